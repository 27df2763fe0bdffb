from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0015_review_candidates"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="awardingrun",
            index=models.Index(
                fields=["id"],
                condition=models.Q(("finished_at__isnull", True)),
                name="awarding_run_open",
            ),
        ),
    ]
