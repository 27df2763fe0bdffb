from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0016_unfinished_awarding_runs")]

    operations = [
        migrations.RemoveIndex(
            model_name="documentorderitem",
            name="document_order_open",
        ),
        migrations.AddIndex(
            model_name="archivedcredential",
            index=models.Index(fields=["credential_type", "id"], name="archive_by_type"),
        ),
        migrations.AddIndex(
            model_name="archivedcredential",
            index=models.Index(fields=["school_year", "id"], name="archive_by_year"),
        ),
        migrations.AddIndex(
            model_name="awardedcredential",
            index=models.Index(fields=["credential_type", "id"], name="award_by_type"),
        ),
        migrations.AddIndex(
            model_name="awardedcredential",
            index=models.Index(fields=["school_year", "id"], name="award_by_year"),
        ),
        migrations.AddIndex(
            model_name="awardedcredential",
            index=models.Index(
                condition=models.Q(("is_deleted", True)), fields=["id"], name="award_deleted"
            ),
        ),
        migrations.AddIndex(
            model_name="awardingoutcome",
            index=models.Index(
                condition=models.Q(("credential_type", ""), _negated=True),
                fields=["run", "credential_type", "position"],
                name="outcome_by_type",
            ),
        ),
        migrations.AddIndex(
            model_name="awardingoutcome",
            index=models.Index(
                condition=models.Q(("rejection_code", ""), _negated=True),
                fields=["run", "rejection_code", "position"],
                name="outcome_by_rejection",
            ),
        ),
        migrations.AddIndex(
            model_name="documentorderitem",
            index=models.Index(
                condition=models.Q(("status", "Delivered"), _negated=True),
                fields=["status", "id"],
                name="document_order_not_delivered",
            ),
        ),
        migrations.AddIndex(
            model_name="documentorderitem",
            index=models.Index(fields=["delivery_method", "id"], name="document_order_by_method"),
        ),
        migrations.AddIndex(
            model_name="documentorderitem",
            index=models.Index(
                condition=models.Q(("language", "fr")),
                fields=["id"],
                name="document_order_in_french",
            ),
        ),
        migrations.AddIndex(
            model_name="requirementachievement",
            index=models.Index(fields=["achievement", "id"], name="requirement_by_achievement"),
        ),
        migrations.AddIndex(
            model_name="requirementexemption",
            index=models.Index(fields=["status", "id"], name="exemption_by_status"),
        ),
        migrations.AddIndex(
            model_name="requirementexemption",
            index=models.Index(
                condition=models.Q(("is_deleted", True)), fields=["id"], name="exemption_deleted"
            ),
        ),
        migrations.AddIndex(
            model_name="requirementsetstatus",
            index=models.Index(
                condition=models.Q(("status__in", ("NotAssessing", "ToBeAssessed"))),
                fields=["status", "id"],
                name="requirement_set_undecided",
            ),
        ),
        migrations.AddIndex(
            model_name="requirementsetstatus",
            index=models.Index(
                condition=models.Q(("is_calculated", False)),
                fields=["id"],
                name="requirement_set_by_hand",
            ),
        ),
    ]
