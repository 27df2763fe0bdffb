"""What runs of the back office have besides: in whose name, from which form and preview, why stopped."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0012_load_eligibility_definitions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="awardingrun",
            name="form_id",
            field=models.UUIDField(
                help_text="Of the form that started it: pressed twice is one run",
                null=True,
                unique=True,
            ),
        ),
        migrations.AddField(
            model_name="awardingrun",
            name="is_listed",
            field=models.BooleanField(
                default=True, help_text="All its students are in its batches"
            ),
        ),
        migrations.AddField(
            model_name="awardingrun",
            name="preview",
            field=models.OneToOneField(
                help_text="The dry run that was confirmed: its students are awarded, once",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="award",
                to="credentials.awardingrun",
            ),
        ),
        migrations.AddField(
            model_name="awardingrun",
            name="staff",
            field=models.ForeignKey(
                help_text="In whose name its calls are made: who started, confirmed or last continued it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="awardingrun",
            name="staff_address",
            field=models.CharField(blank=True, max_length=45),
        ),
        migrations.AddField(
            model_name="awardingrun",
            name="stopped_because",
            field=models.CharField(
                blank=True, help_text="Why it stopped; it waits to be continued", max_length=300
            ),
        ),
    ]
