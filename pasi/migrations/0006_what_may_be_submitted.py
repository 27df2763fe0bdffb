"""Which code values a request may bring, and the quality of source document types.

The code values are brought to what code_values.csv says, as a recorded call.
"""

import csv
import importlib
from pathlib import Path

from django.db import migrations, models
from django.utils import timezone

SOURCE = Path(__file__).resolve().parent.parent / "code_values.csv"
COLUMNS = (
    "short_name",
    "long_name",
    "effective_school_year",
    "expiry_school_year",
    "may_be_submitted",
    "quality",
)
first = importlib.import_module("pasi.migrations.0003_code_values")


def load(apps, schema_editor):
    code, history = apps.get_model("pasi", "Code"), apps.get_model("pasi", "HistoricalCode")
    stored = {(row.code_type, row.code): row for row in code.objects.all()}
    call = first.record_call(apps, "SetUpCodeValues")
    with SOURCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            wanted = {
                "may_be_submitted": row["may_be_submitted"] != "no",
                "quality": int(row["quality"]) if row["quality"] else None,
            }
            found = stored.get((row["code_type"], row["code"]))
            if found is None:
                found = code(
                    code_type=row["code_type"],
                    code=row["code"],
                    short_name=row["short_name"],
                    long_name=row["long_name"],
                    effective_school_year=first.year(row["effective_school_year"]),
                    expiry_school_year=first.year(row["expiry_school_year"]),
                )
                kind = "+"
            elif all(getattr(found, name) == value for name, value in wanted.items()):
                continue
            else:
                kind = "~"
            for name, value in wanted.items():
                setattr(found, name, value)
            found.save()
            history.objects.create(
                id=found.pk,
                code_type=found.code_type,
                code=found.code,
                **{name: getattr(found, name) for name in COLUMNS},
                history_date=timezone.now(),
                history_type=kind,
                call=call,
            )


def unload(apps, schema_editor):
    """The columns go; what was changed in them needs no undoing."""


class Migration(migrations.Migration):
    dependencies = [("pasi", "0005_staff_groups")]
    operations = [
        *(
            operation
            for model in ("code", "historicalcode")
            for operation in (
                migrations.AddField(
                    model_name=model,
                    name="may_be_submitted",
                    field=models.BooleanField(
                        db_default=True,
                        default=True,
                        help_text="No: the system or an older record has it, but no request may "
                        "bring it.",
                    ),
                ),
                migrations.AddField(
                    model_name=model,
                    name="quality",
                    field=models.PositiveSmallIntegerField(
                        "source document quality",
                        null=True,
                        blank=True,
                        help_text="Of source document types only: 100 unverified, "
                        "200 self declared, 250 supported, 300 verified.",
                    ),
                ),
            )
        ),
        migrations.RunPython(load, unload),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.CheckConstraint(
                name="code_quality_of_source_documents",
                condition=models.Q(code_type="SourceDocumentType", quality__in=[100, 200, 250, 300])
                | (~models.Q(code_type="SourceDocumentType") & models.Q(quality__isnull=True)),
                violation_error_message="A source document type has a quality: 100, 200, 250 or "
                "300. No other code has one.",
            ),
        ),
    ]
