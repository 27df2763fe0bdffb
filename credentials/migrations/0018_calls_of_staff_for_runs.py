from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0009_filters_of_lists"),
        ("credentials", "0017_filters_of_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="awardingrun",
            name="staff_calls",
            field=models.ManyToManyField(
                help_text="With which staff started, confirmed and continued it",
                related_name="+",
                to="audit.servicecall",
            ),
        ),
    ]
