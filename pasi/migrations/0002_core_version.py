"""The one sequence of PASI core versions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pasi", "0001_initial")]
    operations = [
        migrations.RunSQL(
            # Used once here: last_value says 1 before and after the first use of a sequence, and
            # readers take last_value for the latest version.
            ["CREATE SEQUENCE pasi_core_version AS bigint", "SELECT nextval('pasi_core_version')"],
            ["DROP SEQUENCE pasi_core_version"],
        )
    ]
