"""Say of every name whether it is or was legal, and write the keys by which it is found."""

from django.db import migrations

from students.name_keys import keys_of

BATCH = 10_000
MARK = """
    UPDATE {} SET was_legal = true WHERE id IN (
        SELECT legal_name_id FROM students_student
        UNION SELECT original_name_id FROM students_student
    )
"""


def fill(apps, schema_editor):
    name, key = apps.get_model("students", "Name"), apps.get_model("students", "NameKey")
    rows = (
        name.objects.filter(is_deleted=False)
        .values_list(
            "pk",
            "student_id",
            "student__birth_date",
            "was_legal",
            "first_name",
            "middle_name",
            "last_name",
        )
        .iterator(chunk_size=BATCH)
    )
    batch = []
    for pk, student, birth_date, was_legal, *parts in rows:
        batch.append(
            key(
                name_id=pk,
                student_id=student,
                birth_date=birth_date,
                was_legal=was_legal,
                **keys_of(*parts)._asdict(),
            )
        )
        if len(batch) == BATCH:
            key.objects.bulk_create(batch)
            batch.clear()
    key.objects.bulk_create(batch)


def empty(apps, schema_editor):
    apps.get_model("students", "NameKey").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("students", "0005_contacts_and_name_keys")]
    operations = [
        migrations.RunSQL(
            [MARK.format("students_name"), MARK.format("students_historicalname")],
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(fill, empty),
    ]
