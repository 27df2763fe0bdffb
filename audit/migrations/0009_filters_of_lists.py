from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0008_calls_by_user_and_code")]

    operations = [
        migrations.AddIndex(
            model_name="servicecall",
            index=models.Index(
                condition=models.Q(("door", "http"), _negated=True),
                fields=["door", "message_id"],
                name="call_by_other_door",
            ),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["address", "message_id"], name="sign_in_by_address"),
        ),
    ]
