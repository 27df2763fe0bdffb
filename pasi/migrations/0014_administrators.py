"""Administrator: who may sign in, what a program may do, and the set-up; no student's data.

The auditor sees the sign-ins as well. Rights of groups are changed by migrations and superusers.
"""

import importlib

from django.db import migrations

NAME = "Administrator"
SIGN_INS = "audit.signin"
SEEN = ("auth.group", "credentials.recalculation", SIGN_INS)
CHANGED = ("pasi.pasiclient", "auth.user")  # made by commands, which show a secret once
definitions = importlib.import_module("pasi.migrations.0013_staff_see_definitions")
groups = importlib.import_module("pasi.migrations.0005_staff_groups")
ADDED = (
    *("pasi.organization", "pasi.code", "enrolments.course", "credentials.requirementset"),
    *definitions.CHANGED,
)


def make_group(apps, schema_editor):
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=NAME)
    wanted = [
        *(("view", model) for model in (*SEEN, *CHANGED, *ADDED)),
        *(("change", model) for model in (*CHANGED, *ADDED)),
        *(("add", model) for model in ADDED),
    ]
    group.permissions.add(*(groups.permission(apps, action, model) for action, model in wanted))
    for auditor in apps.get_model("auth", "Group").objects.filter(name="Auditor"):
        auditor.permissions.add(groups.permission(apps, "view", SIGN_INS))


def remove_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=NAME).delete()
    for auditor in apps.get_model("auth", "Group").objects.filter(name="Auditor"):
        auditor.permissions.remove(groups.permission(apps, "view", SIGN_INS))


class Migration(migrations.Migration):
    dependencies = [
        ("pasi", "0013_staff_see_definitions"),
        ("audit", "0007_sign_ins"),
    ]
    operations = [migrations.RunPython(make_group, remove_group)]
