"""The groups of staff send to the services in roles (decision 84); the Auditor sends nothing."""

from django.db import migrations

LABELS = {
    "send_as_pasi_system_user": "Sends to the services as PASI System User",
    "send_as_submit_student_user": "Sends to the services as Submit Student User",
    "send_as_submit_enrolment_user": "Sends to the services as Submit Enrolment User",
    "send_as_submit_transcript_user": "Sends to the services as Submit Transcript User",
}
GROUPS = {
    "Registry Clerk": ("send_as_submit_student_user",),
    "Credential Officer": ("send_as_pasi_system_user", "send_as_submit_transcript_user"),
    "Alerts Officer": ("send_as_submit_enrolment_user", "send_as_submit_student_user"),
}


def permissions(apps):
    """The permissions as Django makes them after the migrations; here they are needed before."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="pasi", model="pasiclient"
    )
    of_model = apps.get_model("auth", "Permission").objects
    return {
        codename: of_model.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )[0]
        for codename, name in LABELS.items()
    }


def give(apps, schema_editor):
    found = permissions(apps)
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(*(found[codename] for codename in GROUPS[group.name]))


def take(apps, schema_editor):
    for permission in permissions(apps).values():
        permission.delete()


class Migration(migrations.Migration):
    dependencies = [("pasi", "0014_administrators")]
    operations = [
        migrations.AlterModelOptions(
            name="pasiclient",
            options={
                "permissions": list(LABELS.items()),
                "verbose_name": "PASI client",
            },
        ),
        migrations.RunPython(give, take),
    ]
