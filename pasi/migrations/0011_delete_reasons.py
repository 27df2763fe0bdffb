"""Why an award may be deleted: a list to choose from, besides free text. The values are ours."""

import csv
from importlib import import_module

from django.db import migrations
from django.utils import timezone

CODE_TYPE = "CredentialDeleteReason"
first = import_module("pasi.migrations.0003_code_values")


def load(apps, schema_editor):
    """What a fresh database has from the start already."""
    code, history = apps.get_model("pasi", "Code"), apps.get_model("pasi", "HistoricalCode")
    stored = set(code.objects.filter(code_type=CODE_TYPE).values_list("code", flat=True))
    with first.SOURCE.open(encoding="utf-8", newline="") as file:
        rows = [
            {name: row[name] for name in ("code_type", "code", "short_name", "long_name")}
            for row in csv.DictReader(file)
            if row["code_type"] == CODE_TYPE and row["code"] not in stored
        ]
    if not rows:
        return
    call = first.record_call(apps, "SetUpCodeValues")
    for values in rows:
        made = code.objects.create(**values, may_be_submitted=True)
        history.objects.create(
            id=made.pk,
            **values,
            may_be_submitted=True,
            history_date=timezone.now(),
            history_type="+",
            call=call,
        )


def unload(apps, schema_editor):
    apps.get_model("pasi", "HistoricalCode").objects.filter(code_type=CODE_TYPE).delete()
    apps.get_model("pasi", "Code").objects.filter(code_type=CODE_TYPE).delete()


class Migration(migrations.Migration):
    dependencies = [("pasi", "0010_staff_see_requirement_achievements")]
    operations = [migrations.RunPython(load, unload)]
