"""Who sees students sees their phone numbers and e-mail addresses too."""

import importlib

from django.db import migrations

CONTACTS = ("students.phonenumber", "students.emailaddress")
groups = importlib.import_module("pasi.migrations.0005_staff_groups")


def allow(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=groups.GROUPS):
        group.permissions.add(*(groups.permission(apps, "view", model) for model in CONTACTS))


def forbid(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=groups.GROUPS):
        group.permissions.remove(*(groups.permission(apps, "view", model) for model in CONTACTS))


class Migration(migrations.Migration):
    dependencies = [
        ("pasi", "0006_what_may_be_submitted"),
        ("students", "0005_contacts_and_name_keys"),
    ]
    operations = [migrations.RunPython(allow, forbid)]
