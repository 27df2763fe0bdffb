"""The first state of the definitions, from the files of credentials/eligibility/data, with history.

The school year in which this is set up is over and done with: nothing has been calculated yet.
"""

import importlib

from django.db import migrations
from django.utils import timezone

from credentials.eligibility.definition_files import rows
from pasi.calendar import school_year_of

YEARS = ("effective_school_year", "expiry_school_year")
OTHER_NAMES = {"requirement": "requirement_id", "course_group": "course_group_id"}
OTHER_NAMES["requirement_set"] = "requirement_set_id"
FILES = {
    "Credential": "credentials.csv",
    "CredentialRequirement": "requirements.csv",
    "SetRequirement": "set_requirements.csv",
    "ExemptionReason": "exemption_reasons.csv",
    "CourseGroup": "course_groups.csv",
    "CourseMapping": "course_mappings.csv",
    "CourseSubject": "course_subjects.csv",
    "CreditCap": "credit_caps.csv",
    "EligibilityLimit": "limits.csv",
}
FLAGS = {"is_system_updateable", "is_trigger", "is_calculated"}
NUMBERS = {"level", "sequence", "most_credits", *YEARS}


def value(column, text):
    if column in FLAGS:
        return text == "true"
    if column in NUMBERS:
        return int(text) if text else None
    return text


def records(file):
    for row in rows(file):
        certainty = row.pop("certainty", "")
        if certainty:
            row["source"] = f"{row['source']} ({certainty})"
        yield {OTHER_NAMES.get(name, name): value(name, text) for name, text in row.items()}


def exception_codes():
    codes = ";".join(f"{row['code']}={row['description']}" for row in rows("exception_codes.csv"))
    source = "Guide to Education; labels: general knowledge"
    return {"name": "completion_exception_codes", "value": codes, "source": source}


def load(apps, schema_editor):
    record_call = importlib.import_module("pasi.migrations.0003_code_values").record_call
    call = record_call(apps, "SetUpEligibilityDefinitions")
    now = timezone.now()

    def add_history(model, made, history_type):
        history = apps.get_model("credentials", f"Historical{model}")
        history.objects.bulk_create(
            history(
                **{field.attname: getattr(row, field.attname) for field in row._meta.fields},
                history_date=now,
                history_type=history_type,
                call=call,
            )
            for row in made
        )

    sets = apps.get_model("credentials", "RequirementSet")
    changed = []
    for row in records("requirement_sets.csv"):
        row["credential_type"] = row.pop("credential")
        code = row["code"]
        new = {name: row[name] for name in ("sequence", "is_calculated", *YEARS)}
        if sets.objects.filter(code=code).update(**new):
            changed.append(sets.objects.get(code=code))
        else:
            add_history("RequirementSet", [sets.objects.create(**row)], "+")
    add_history("RequirementSet", changed, "~")
    for model, file in FILES.items():
        table = apps.get_model("credentials", model)
        values = list(records(file))
        if model == "EligibilityLimit":
            values.append(exception_codes())
        add_history(model, table.objects.bulk_create(table(**each) for each in values), "+")
    apps.get_model("credentials", "Recalculation").objects.create(
        cause=f"School year {school_year_of(timezone.localdate())}", finished_at=now
    )


def unload(apps, schema_editor):
    """The sets stay as they are; the columns that were filled here go with the tables."""
    apps.get_model("credentials", "Recalculation").objects.all().delete()
    for model in reversed(FILES):
        apps.get_model("credentials", f"Historical{model}").objects.all().delete()
    for model in ("SetRequirement", "ExemptionReason", "CourseMapping", "CreditCap"):
        apps.get_model("credentials", model).objects.all().delete()
    for model in ("Credential", "CredentialRequirement", "CourseGroup", "CourseSubject"):
        apps.get_model("credentials", model).objects.all().delete()
    apps.get_model("credentials", "EligibilityLimit").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0011_eligibility_definitions"),
        ("pasi", "0012_staff_see_exemptions"),
        ("audit", "0006_worker_door"),
    ]
    operations = [migrations.RunPython(load, unload)]
