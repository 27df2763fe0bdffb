"""A name may be corrected into a deleted one; numbers without a check digit have a pool too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("students", "0006_fill_name_keys")]
    operations = [
        migrations.RemoveConstraint(model_name="name", name="name_once_per_student"),
        migrations.AddConstraint(
            model_name="name",
            constraint=models.UniqueConstraint(
                fields=["student", "last_name", "first_name", "middle_name", "suffix"],
                condition=models.Q(("is_deleted", False)),
                name="name_once_per_student",
            ),
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE asn_pool_nine_digits AS bigint"
            " MINVALUE 100000000 MAXVALUE 399999999 NO CYCLE",
            "DROP SEQUENCE asn_pool_nine_digits",
        ),
    ]
