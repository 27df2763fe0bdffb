"""Raising triggers: a record must be looked at again by its processor.

The trigger row, written in the transaction of the change, is the truth. After the commit the
processor is woken, so that its worker need not wait for the next minute.
"""

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from enrolments import models as records
from pasi import bulk

# Processor -> its triggers and statuses. Names: spec decision on processors.
TABLES = {
    "Student": (records.StudentTrigger, records.StudentValidationStatus),
    "StudentSchoolEnrolment": (
        records.SchoolEnrolmentTrigger,
        records.SchoolEnrolmentValidationStatus,
    ),
    "CourseEnrolment": (records.CourseEnrolmentTrigger, records.CourseEnrolmentValidationStatus),
    "ResponsibleSchool": (records.ResponsibleSchoolTrigger, records.ResponsibleSchoolStatus),
    "Transcript": (records.TranscriptTrigger, records.TranscriptRecord),
}


def raise_triggers(processor: str, ids: Sequence[int], object_name: str) -> int:
    """Make the records `ids` outstanding for a processor; how many. Two statements.

    `object_name`: what kind of object has caused it.
    """
    keys = sorted(set(ids))
    if not keys:
        return 0
    trigger, status = TABLES[processor]
    wake_after_commit(processor)
    return bulk.raise_triggers(trigger, status, keys, object_name)


def raise_first_triggers(processor: str, ids: Sequence[int], object_name: str) -> int:
    """The same for records that this transaction made: by COPY."""
    if not ids:
        return 0
    trigger, status = TABLES[processor]
    wake_after_commit(processor)
    return bulk.raise_first_triggers(trigger, status, ids, object_name)


def wake_after_commit(processor: str) -> None:
    from enrolments.tasks import wake

    transaction.on_commit(partial(wake, processor), robust=True)
