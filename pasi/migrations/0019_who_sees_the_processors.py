"""The page of all processors has a permission of its own: it names no student, so Administrators
see it as well, and may have failed work done again.
"""

import importlib

from django.db import migrations

PROCESSORS = "enrolments.processorprogress"
GROUPS = ("Credential Officer", "Alerts Officer", "Auditor", "Administrator")
groups = importlib.import_module("pasi.migrations.0005_staff_groups")
retrying = importlib.import_module("pasi.migrations.0017_staff_have_work_done_again")


def give(apps, schema_editor):
    of_name = apps.get_model("auth", "Group").objects
    for group in of_name.filter(name__in=GROUPS):
        group.permissions.add(groups.permission(apps, "view", PROCESSORS))
    of_name.get(name="Administrator").permissions.add(retrying.permission(apps))


def take(apps, schema_editor):
    of_name = apps.get_model("auth", "Group").objects
    for group in of_name.filter(name__in=GROUPS):
        group.permissions.remove(groups.permission(apps, "view", PROCESSORS))
    of_name.get(name="Administrator").permissions.remove(retrying.permission(apps))


class Migration(migrations.Migration):
    dependencies = [
        ("pasi", "0018_administrators_add_clients"),
        ("enrolments", "0007_having_work_done_again"),
    ]
    operations = [migrations.RunPython(give, take)]
