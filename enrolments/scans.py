"""Records that must be looked at again because a date has come, or because somebody asks for it."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q

from enrolments.models import CourseEnrolment, SchoolEnrolment
from enrolments.processors import Processor
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.calendar import business_today
from pasi.caller_info import in_process, of_operator
from pasi.services import Caller, recorded_call

SCAN_OBJECT, AGAIN_OBJECT = "NextScanDate", "Operator"
RAISE_TRIGGERS = "RaiseTriggers"  # the operation of somebody who asks for it
ENROLMENTS = {"StudentSchoolEnrolment": SchoolEnrolment, "CourseEnrolment": CourseEnrolment}
BATCH = 5_000


def raise_due_scans(processor: Processor, caller: Caller) -> int:
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
            bulk.begin_call(settings.PASI_LOCK_TIMEOUT_SECONDS, announces=False)
            keys = list(
                due.order_by("pk")
                .select_for_update(skip_locked=True)
                .values_list("pk", flat=True)[:BATCH]
            )
            processor.status.objects.filter(pk__any=keys).update(next_scan_date=None)
            raise_triggers(processor.name, keys, SCAN_OBJECT)
        raised += len(keys)
        if not keys:  # others hold them; they are due still, and found in an hour
            return raised


def raise_again(
    processors: Iterable[Processor], caller: Caller, *, set_aside: bool, organization: str | None
) -> None:
    """Raise the triggers of records that were set aside, and of enrolments at a school or at the
    schools of an authority, given by its code. One recorded call.
    """
    body = {
        "CallerInfo": of_operator("process_triggers"),
        "SetAside": set_aside,
        "Organization": organization,
    }
    with recorded_call(RAISE_TRIGGERS, caller, body):
        for each in processors:
            keys: set[int] = set()
            if set_aside:
                aside = each.status.objects.filter(set_aside_at__isnull=False)
                keys.update(aside.values_list("pk", flat=True))
            if organization and (model := ENROLMENTS.get(each.name)):
                at_school = Q(school__code=organization) | Q(school__authority__code=organization)
                found = model.objects.filter(at_school, is_deleted=False)
                keys.update(found.values_list("pk", flat=True))
            raise_triggers(each.name, sorted(keys), AGAIN_OBJECT)
