"""Records that must be looked at again because a date has come."""

from enrolments.triggers import raise_triggers
from pasi.calendar import business_today
from pasi.caller_info import in_process
from pasi.services import Caller, recorded_call

SCAN_OBJECT = "NextScanDate"
BATCH = 5_000


def raise_due_scans(processor, caller: Caller) -> int:
    """Raise triggers for the records of a processor whose next scan date has come; how many.

    Each batch is a recorded call of its own.
    """
    raised = 0
    while True:
        due = processor.status.objects.filter(next_scan_date__lte=business_today())
        if not due.exists():
            return raised
        body = {
            "CallerInfo": in_process(
                product="worker", user_name="[System]", local_id="[System]", address="127.0.0.1"
            ),
            "Processor": processor.name,
        }
        with recorded_call("RaiseDueScans", caller, body):
            keys = list(
                due.order_by("pk")
                .select_for_update(skip_locked=True)
                .values_list("pk", flat=True)[:BATCH]
            )
            processor.status.objects.filter(pk__any=keys).update(next_scan_date=None)
            raise_triggers(processor.name, keys, SCAN_OBJECT)
        raised += len(keys)
        if not keys:  # a worker is at them, and will set another date
            return raised
