"""Who sees credentials sees the orders of their documents."""

import importlib

from django.db import migrations

ORDERS = ("credentials.documentorderitem",)
OF_CREDENTIALS = ("Credential Officer", "Auditor")
groups = importlib.import_module("pasi.migrations.0005_staff_groups")


def allow(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=OF_CREDENTIALS):
        group.permissions.add(*(groups.permission(apps, "view", model) for model in ORDERS))


def forbid(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=OF_CREDENTIALS):
        group.permissions.remove(*(groups.permission(apps, "view", model) for model in ORDERS))


class Migration(migrations.Migration):
    dependencies = [
        ("pasi", "0008_staff_see_alerts"),
        ("credentials", "0006_document_order_items"),
    ]
    operations = [migrations.RunPython(allow, forbid)]
