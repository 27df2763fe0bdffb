"""Who sees official marks and requirements set by hand sees exam marks and exemptions."""

import importlib

from django.db import migrations

SEEN = ("credentials.requirementexemption", "enrolments.exammark")
OF_CREDENTIALS = ("Credential Officer", "Auditor")
groups = importlib.import_module("pasi.migrations.0005_staff_groups")


def allow(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=OF_CREDENTIALS):
        group.permissions.add(*(groups.permission(apps, "view", model) for model in SEEN))


def forbid(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=OF_CREDENTIALS):
        group.permissions.remove(*(groups.permission(apps, "view", model) for model in SEEN))


class Migration(migrations.Migration):
    dependencies = [
        ("pasi", "0011_delete_reasons"),
        ("credentials", "0009_requirement_exemptions"),
        ("enrolments", "0006_exam_marks"),
    ]
    operations = [migrations.RunPython(allow, forbid)]
