"""History of business records: one row per change, tied to the call that caused it."""

from django.db import models
from simple_history.models import HistoricalRecords

from audit.current_call import current_call_id


class HistoryBase(models.Model):
    """What every history row adds to the copy of its record: the call that caused it."""

    call = models.ForeignKey(
        "audit.ServiceCall",
        on_delete=models.PROTECT,
        related_name="+",
        default=current_call_id,
        editable=False,
    )

    class Meta:
        abstract = True


def tracked(*, no_index: tuple[str, ...] = (), **options) -> HistoricalRecords:
    """History for a model. `no_index` names columns whose index the history table does without.

    History is read by record and by call only; each further index slows every bulk write.
    The person behind a change is the call's, so history_user stays an unconstrained, empty column.
    """
    return HistoricalRecords(
        bases=[HistoryBase],
        history_id_field=models.BigAutoField(),
        history_user_id_field=models.IntegerField(null=True),
        no_db_index=list(no_index),
        **options,
    )
