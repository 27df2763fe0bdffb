"""Administrators make clients in the back office, which shows the secret once."""

import importlib

from django.db import migrations

NAME = "Administrator"
CLIENT = "pasi.pasiclient"
groups = importlib.import_module("pasi.migrations.0005_staff_groups")


def give(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name=NAME):
        group.permissions.add(groups.permission(apps, "add", CLIENT))


def take(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name=NAME):
        group.permissions.remove(groups.permission(apps, "add", CLIENT))


class Migration(migrations.Migration):
    dependencies = [("pasi", "0017_staff_have_work_done_again")]
    operations = [migrations.RunPython(give, take)]
