from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("students", "0009_labels_in_plain_words")]

    operations = [
        migrations.AddIndex(
            model_name="student",
            index=models.Index(
                condition=models.Q(("is_deactivated", True)),
                fields=["id"],
                name="student_newest_deactivated",
            ),
        ),
        migrations.AddIndex(
            model_name="student",
            index=models.Index(
                condition=models.Q(("primary__isnull", False)),
                fields=["id"],
                name="student_newest_secondary",
            ),
        ),
        migrations.AddIndex(
            model_name="student",
            index=models.Index(
                condition=models.Q(("is_deceased", True)),
                fields=["id"],
                name="student_newest_deceased",
            ),
        ),
    ]
