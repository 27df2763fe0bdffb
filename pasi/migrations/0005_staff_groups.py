"""The groups of staff and what each may see and change in the back office.

Registry Clerk stands for the role Submit Student User; Credential Officer for PASI System User and
Submit Transcript User; Alerts Officer for Submit Enrolment User and Submit Student User; Auditor
for View Audit User, who may see everything and change nothing. Set-up that decides what a program
may do (clients, staff, groups) is left to superusers.
"""

from django.db import migrations

SET_UP = ("pasi.organization", "pasi.code", "enrolments.course", "credentials.requirementset")
STUDENTS = (
    "students.student",
    "students.name",
    "students.mailingaddress",
    "students.citizenshipstatus",
    "students.disclosurerestriction",
)
ENROLMENTS = (
    "enrolments.schoolenrolment",
    "enrolments.courseenrolment",
    "enrolments.studenttrigger",
    "enrolments.schoolenrolmenttrigger",
    "enrolments.courseenrolmenttrigger",
    "enrolments.responsibleschooltrigger",
)
CREDENTIALS = (
    "enrolments.officialmark",
    "enrolments.transcripttrigger",
    "credentials.requirementsetstatus",
    "credentials.awardedcredential",
    "credentials.archivedcredential",
    "credentials.awardingrun",
    "credentials.awardingbatch",
    "credentials.awardingoutcome",
)
AUDIT = ("audit.servicecall", "audit.recordread", "pasi.pasiclient")

# group -> (what it sees, what it also adds and changes)
GROUPS = {
    "Registry Clerk": (
        (*SET_UP, *STUDENTS, "enrolments.schoolenrolment"),
        ("pasi.organization",),
    ),
    "Credential Officer": (
        (*SET_UP, *STUDENTS, *ENROLMENTS, *CREDENTIALS),
        ("pasi.code", "enrolments.course", "credentials.requirementset"),
    ),
    "Alerts Officer": ((*SET_UP, *STUDENTS, *ENROLMENTS), ()),
    "Auditor": ((*SET_UP, *STUDENTS, *ENROLMENTS, *CREDENTIALS, *AUDIT), ()),
}


def make_groups(apps, schema_editor):
    group_model = apps.get_model("auth", "Group")
    for name, (seen, changed) in GROUPS.items():
        group, _ = group_model.objects.get_or_create(name=name)
        group.permissions.add(
            *(permission(apps, "view", model) for model in seen),
            *(permission(apps, action, model) for model in changed for action in ("add", "change")),
        )
    bodies = permission(apps, "view_bodies", "audit.servicecall")
    group_model.objects.get(name="Auditor").permissions.add(bodies)


def permission(apps, action, label):
    """The permission as Django makes it after the migrations; here it is needed before that."""
    app, model = label.split(".")
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app, model=model
    )
    codename, name = f"{action}_{model}", f"Can {action} {apps.get_model(label)._meta.verbose_name}"
    if action == "view_bodies":
        codename, name = action, "Can see the bodies of requests and responses"
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    return found


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("pasi", "0004_one_time_password"),
        ("audit", "0004_view_bodies_permission"),
        ("students", "0004_names_in_plain_words"),
        ("enrolments", "0002_school_enrolments_by_exit"),
        ("credentials", "0005_names_in_plain_words"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, remove_groups)]
