"""Code values and the ministry's own organization, with their history.

The rows are set up by a recorded call like any other change.
"""

import csv
from pathlib import Path

import uuid_utils.compat as uuid_utils
from django.db import migrations
from django.utils import timezone

SOURCE = Path(__file__).resolve().parent.parent / "code_values.csv"


def year(text):
    return int(text) if text else None


def load(apps, schema_editor):
    call = record_call(apps, "SetUpCodeValues")
    code, history = apps.get_model("pasi", "Code"), apps.get_model("pasi", "HistoricalCode")
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = [
            {
                "code_type": row["code_type"],
                "code": row["code"],
                "short_name": row["short_name"],
                "long_name": row["long_name"],
                "effective_school_year": year(row["effective_school_year"]),
                "expiry_school_year": year(row["expiry_school_year"]),
            }
            for row in csv.DictReader(file)
        ]
    made = code.objects.bulk_create(code(**row) for row in rows)
    history.objects.bulk_create(
        history(id=made_row.pk, history_date=timezone.now(), history_type="+", call=call, **row)
        for made_row, row in zip(made, rows, strict=True)
    )
    organization = apps.get_model("pasi", "Organization")
    values = {
        "code": "O.1",
        "name": "Alberta Education",
        "kind": "Ministry",
        "classification": "Ministry",
        "city": "Edmonton",
        "access": "Normal",
    }
    ministry = organization.objects.create(**values)
    apps.get_model("pasi", "HistoricalOrganization").objects.create(
        id=ministry.pk, history_date=timezone.now(), history_type="+", call=call, **values
    )


def record_call(apps, operation):
    call = apps.get_model("audit", "ServiceCall").objects.create(
        message_id=uuid_utils.uuid7(),
        operation=operation,
        door="migration",
        body="{}",
        organization_code="O.1",
        user_name="[System]",
    )
    apps.get_model("audit", "ServiceResponse").objects.create(
        call=call, duration_milliseconds=0, outcome="Applied", http_status=200
    )
    return call


def unload(apps, schema_editor):
    """The record of the call stays: the audit is append-only until its own tables go."""
    apps.get_model("pasi", "HistoricalCode").objects.all().delete()
    apps.get_model("pasi", "HistoricalOrganization").objects.all().delete()
    apps.get_model("pasi", "Code").objects.all().delete()
    apps.get_model("pasi", "Organization").objects.filter(code="O.1").delete()


class Migration(migrations.Migration):
    dependencies = [("pasi", "0002_core_version"), ("audit", "0002_initial")]
    operations = [migrations.RunPython(load, unload)]
