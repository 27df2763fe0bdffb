"""What the lists of credentials to review are read from. Empty until a worker has counted."""

from django.db import migrations, models


def say_not_counted(apps, schema_editor):
    """Or the lists would be empty as of a count that kept nothing for them."""
    apps.get_model("pasi", "FigureSet").objects.filter(name="reviews").update(counted_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0014_review_lists"),
        ("pasi", "0016_figures"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewCandidate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30)),
                ("record", models.BigIntegerField()),
                (
                    "rank",
                    models.BigIntegerField(help_text="The greatest stands first in the list."),
                ),
                ("credential_type", models.CharField(max_length=60)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "rank", "record"], name="review_by_rank"),
                    models.Index(
                        fields=["kind", "credential_type", "rank", "record"], name="review_by_type"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "record"), name="review_candidate_once")
                ],
            },
        ),
        migrations.RunPython(say_not_counted, migrations.RunPython.noop),
    ]
