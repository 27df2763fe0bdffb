"""All groups of staff see core alerts and what was said of them."""

import importlib

from django.db import migrations

ALERTS = ("enrolments.corealert", "enrolments.acknowledgement")
groups = importlib.import_module("pasi.migrations.0005_staff_groups")


def allow(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=groups.GROUPS):
        group.permissions.add(*(groups.permission(apps, "view", model) for model in ALERTS))


def forbid(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=groups.GROUPS):
        group.permissions.remove(*(groups.permission(apps, "view", model) for model in ALERTS))


class Migration(migrations.Migration):
    dependencies = [
        ("pasi", "0007_staff_see_contacts"),
        ("enrolments", "0003_core_alerts"),
    ]
    operations = [migrations.RunPython(allow, forbid)]
