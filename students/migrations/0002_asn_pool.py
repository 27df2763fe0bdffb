"""The pool of Alberta Student Numbers: their first eight digits."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("students", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE asn_pool AS bigint MINVALUE 10000000 MAXVALUE 39999999 NO CYCLE",
            "DROP SEQUENCE asn_pool",
        )
    ]
