"""Having failed work of the background done again, by somebody who asks for it: a recorded call.

The caller opens the call; what is done here is done inside it.
"""

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import UniqueViolation

from enrolments.processors import Processor
from enrolments.scans import AGAIN_OBJECT
from enrolments.triggers import raise_triggers
from pasi.faults import Fault, plain_fault

RETRY_JOB = "RetryJob"
FAILED = "failed"


def failed_job(key: int) -> ProcrastinateJob | None:
    return ProcrastinateJob.objects.filter(pk=key, status=FAILED).first()


def retry_job(key: int) -> None:
    """Let a failed job wait for a worker again. Its row is locked; 409 if it has not failed, or if
    another waits to do the same.
    """
    jobs = ProcrastinateJob.objects.select_for_update()
    if not jobs.filter(pk=key, status=FAILED).exists():
        raise _conflict("This job has not failed, or is being tried again already.")
    try:
        app.job_manager.retry_job_by_id(key, retry_at=timezone.now())
    except UniqueViolation as error:
        raise _conflict("Another job that does the same waits already: nothing is lost.") from error


def look_again(processor: Processor, record: int | None = None) -> int:
    """Raise the triggers of the records that a processor has set aside, or of one of them; how many
    were set aside.
    """
    aside = processor.status.objects.filter(set_aside_at__isnull=False)
    if record is not None:
        aside = aside.filter(pk=record)
    keys = list(aside.values_list("pk", flat=True))
    raise_triggers(processor.name, keys, AGAIN_OBJECT)
    return len(keys)


def _conflict(text: str) -> Fault:
    return plain_fault(409, "Conflict", text)
