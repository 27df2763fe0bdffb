"""What the planner has to know of legacy numbers.

The statistics of a partial index are not used for estimates: it would expect thousands of awards
under one legacy number, and start parallel workers to look for them.
"""

from django.db import migrations

from pasi.text_search import Folded

FOLDED = Folded.template % {"expressions": "legacy_number"}
TABLES = {
    "award_legacy_number": "credentials_awardedcredential",
    "archive_legacy_number": "credentials_archivedcredential",
}


class Migration(migrations.Migration):
    dependencies = [("credentials", "0007_requirement_achievements")]
    operations = [
        migrations.RunSQL(
            f"CREATE STATISTICS {name} ON ({FOLDED}) FROM {table}", f"DROP STATISTICS {name}"
        )
        for name, table in TABLES.items()
    ]
