"""The sequence that credential numbers are made from, and the requirement sets.

The set codes are ours: the provincial ones are not public.
"""

from importlib import import_module

from django.db import migrations
from django.utils import timezone

SETS = [
    ("AHSD-2010-2018", "Alberta High School Diploma: 2010-2018", "AHSD", "Current"),
    ("AHSD-2018", "Alberta High School Diploma: activity from 2018/2019", "AHSD", "Current"),
    ("AHSD-PRE2010", "Alberta High School Diploma before 2010", "AHSD", "Prior"),
    ("ADVD", "Advanced High School Diploma", "ADVD", "Prior"),
    ("ADEX", "Advanced High School Diploma with Excellence", "ADEX", "Prior"),
    ("GHSD", "General High School Diploma", "GHSD", "Prior"),
    ("HSED-ALT1", "High School Equivalency Diploma: Alternative 1", "HSED", "Current"),
    ("HSED-ALT2", "High School Equivalency Diploma: Alternative 2", "HSED", "Current"),
    ("CHSA", "Certificate of High School Achievement", "CHSA", "Current"),
    ("COSC", "Certificate of School Completion", "COSC", "Current"),
    ("IOPC", "Certificate of Achievement", "IOPC", "Prior"),
    ("HHSD", "Honorary High School Diploma", "HHSD", "Manual"),
]


def load(apps, schema_editor):
    record_call = import_module("pasi.migrations.0003_code_values").record_call
    call = record_call(apps, "SetUpRequirementSets")
    requirement_set = apps.get_model("credentials", "RequirementSet")
    history = apps.get_model("credentials", "HistoricalRequirementSet")
    for code, name, credential_type, category in SETS:
        values = {
            "code": code,
            "name": name,
            "credential_type": credential_type,
            "category": category,
        }
        requirement_set.objects.create(**values)
        history.objects.create(history_date=timezone.now(), history_type="+", call=call, **values)


def unload(apps, schema_editor):
    apps.get_model("credentials", "HistoricalRequirementSet").objects.all().delete()
    apps.get_model("credentials", "RequirementSet").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial"), ("pasi", "0003_code_values")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE credential_number AS bigint "
            "MINVALUE 100000000 MAXVALUE 214748363 NO CYCLE",
            "DROP SEQUENCE credential_number",
        ),
        migrations.RunPython(load, unload),
    ]
