"""Staff call core alerts work items; what was ever said of one is found without its key, since
whoever takes a status back deletes the row and the next one gets another."""

from django.db import migrations

INDEX = (
    "CREATE INDEX historical_acknowledgement_of_alert"
    " ON enrolments_historicalacknowledgement (record, alert_code)"
)


class Migration(migrations.Migration):
    dependencies = [("enrolments", "0007_having_work_done_again")]
    operations = [
        migrations.AlterModelOptions(name="corealert", options={"verbose_name": "work item"}),
        migrations.RunSQL(INDEX, "DROP INDEX historical_acknowledgement_of_alert"),
    ]
