"""Who sees where students stand in requirement sets sees what was set by hand."""

import importlib

from django.db import migrations

ACHIEVEMENTS = ("credentials.requirementachievement",)
OF_CREDENTIALS = ("Credential Officer", "Auditor")
groups = importlib.import_module("pasi.migrations.0005_staff_groups")


def allow(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=OF_CREDENTIALS):
        group.permissions.add(*(groups.permission(apps, "view", model) for model in ACHIEVEMENTS))


def forbid(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=OF_CREDENTIALS):
        group.permissions.remove(
            *(groups.permission(apps, "view", model) for model in ACHIEVEMENTS)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("pasi", "0009_staff_see_document_orders"),
        ("credentials", "0007_requirement_achievements"),
    ]
    operations = [migrations.RunPython(allow, forbid)]
