"""Who sees the work in the background and does it for a living may have failed work done again."""

from django.db import migrations

GROUPS = ("Credential Officer", "Alerts Officer")


def permission(apps):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="enrolments", model="processorprogress"
    )
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename="retry_work",
        defaults={"name": "Can have failed background work done again"},
    )
    return found


def allow(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(permission(apps))


def forbid(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(permission(apps))


class Migration(migrations.Migration):
    dependencies = [
        ("pasi", "0016_figures"),
        ("enrolments", "0007_having_work_done_again"),
    ]
    operations = [migrations.RunPython(allow, forbid)]
