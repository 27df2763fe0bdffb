"""Who sees and changes requirement sets sees and changes what they are made of."""

import importlib

from django.db import migrations

groups = importlib.import_module("pasi.migrations.0005_staff_groups")
CHANGED = (
    "credentials.credential",
    "credentials.credentialrequirement",
    "credentials.exemptionreason",
    "credentials.coursegroup",
    "credentials.coursemapping",
    "credentials.coursesubject",
    "credentials.creditcap",
    "credentials.eligibilitylimit",
)
SEEN = (*CHANGED, "credentials.recalculation")
CHANGING_GROUP = "Credential Officer"


def each_right(apps):
    """(group, permission) of all that this migration is about."""
    group = apps.get_model("auth", "Group")
    for name in groups.GROUPS:
        for model in SEEN:
            yield group.objects.get(name=name), groups.permission(apps, "view", model)
    for model in CHANGED:
        for action in ("add", "change"):
            officers = group.objects.get(name=CHANGING_GROUP)
            yield officers, groups.permission(apps, action, model)


def allow(apps, schema_editor):
    for group, permission in each_right(apps):
        group.permissions.add(permission)


def forbid(apps, schema_editor):
    for group, permission in each_right(apps):
        group.permissions.remove(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("pasi", "0012_staff_see_exemptions"),
        ("credentials", "0012_load_eligibility_definitions"),
    ]
    operations = [migrations.RunPython(allow, forbid)]
