from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrolments", "0008_work_items")]

    operations = [
        migrations.RemoveIndex(
            model_name="schoolenrolment",
            name="school_enrolment_by_year",
        ),
        migrations.AddIndex(
            model_name="acknowledgement",
            index=models.Index(fields=["status", "id"], name="acknowledgement_by_status"),
        ),
        migrations.AddIndex(
            model_name="acknowledgement",
            index=models.Index(fields=["record_type", "id"], name="acknowledgement_by_type"),
        ),
        migrations.AddIndex(
            model_name="acknowledgement",
            index=models.Index(fields=["alert_code", "id"], name="acknowledgement_by_code"),
        ),
        migrations.AddIndex(
            model_name="courseenrolment",
            index=models.Index(fields=["school", "id"], name="course_enrolment_by_school"),
        ),
        migrations.AddIndex(
            model_name="courseenrolment",
            index=models.Index(fields=["school_year", "id"], name="course_enrolment_by_year"),
        ),
        migrations.AddIndex(
            model_name="courseenrolment",
            index=models.Index(
                condition=models.Q(("is_deleted", True)),
                fields=["id"],
                name="course_enrolment_deleted",
            ),
        ),
        migrations.AddIndex(
            model_name="exammark",
            index=models.Index(fields=["school_year", "id"], name="exam_mark_by_year"),
        ),
        migrations.AddIndex(
            model_name="officialmark",
            index=models.Index(
                fields=["achievement_school_year", "id"], name="official_mark_by_year"
            ),
        ),
        migrations.AddIndex(
            model_name="officialmark",
            index=models.Index(
                condition=models.Q(("is_available", False)),
                fields=["id"],
                name="official_mark_not_counted",
            ),
        ),
        migrations.AddIndex(
            model_name="officialmark",
            index=models.Index(
                condition=models.Q(("is_deleted", True)),
                fields=["id"],
                name="official_mark_deleted",
            ),
        ),
        migrations.AddIndex(
            model_name="schoolenrolment",
            index=models.Index(fields=["school_year", "id"], name="school_enrolment_by_year"),
        ),
        migrations.AddIndex(
            model_name="schoolenrolment",
            index=models.Index(
                condition=models.Q(("is_deleted", True)),
                fields=["id"],
                name="school_enrolment_deleted",
            ),
        ),
    ]
