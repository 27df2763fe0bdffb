"""The processors: which triggers each one works on, and how outstanding work is drained."""

from dataclasses import dataclass

from django.db import models

from enrolments import models as records
from pasi import bulk
from pasi.caller_info import in_process
from pasi.services import Caller, recorded_call

BATCH = 5_000


@dataclass(frozen=True)
class Processor:
    """A background processor: its name, its triggers, and up to where it has worked.

    `marks_done`: it has no rules yet, so draining it marks its triggers done and changes nothing
    else; stored requirement-set statuses stay as they are.
    """

    name: str
    trigger: type[models.Model]
    status: type[models.Model]
    marks_done: bool = False


PROCESSORS = (
    Processor("Student", records.StudentTrigger, records.StudentValidationStatus),
    Processor(
        "StudentSchoolEnrolment",
        records.SchoolEnrolmentTrigger,
        records.SchoolEnrolmentValidationStatus,
    ),
    Processor(
        "CourseEnrolment", records.CourseEnrolmentTrigger, records.CourseEnrolmentValidationStatus
    ),
    Processor(
        "ResponsibleSchool",
        records.ResponsibleSchoolTrigger,
        records.ResponsibleSchoolStatus,
        marks_done=True,
    ),
    Processor("Transcript", records.TranscriptTrigger, records.TranscriptRecord, marks_done=True),
)


def processor(name: str) -> Processor:
    """The processor called `name`. KeyError if there is none."""
    return {each.name: each for each in PROCESSORS}[name]


def drain(each: Processor, caller: Caller, on_progress=lambda count: None) -> int:
    """Process every outstanding trigger of a processor; how many records that were.

    Each batch is a recorded call and a transaction of its own. Any number of workers may drain
    the same processor: they claim different records.
    """
    done = 0
    while True:
        body = {
            "CallerInfo": in_process(
                product="process_triggers",
                user_name="[System]",
                local_id="[System]",
                address="127.0.0.1",
            ),
            "Processor": each.name,
        }
        if not bulk.outstanding_count(each.trigger, each.status, at_most=1):
            return done
        with recorded_call("ProcessTriggers", caller, body):
            count = len(bulk.mark_processed(each.trigger, each.status, limit=BATCH))
        done += count
        on_progress(count)
        if not count:  # another worker holds the rest
            return done
