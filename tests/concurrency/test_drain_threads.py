"""One worker that works on several batches side by side."""

import dataclasses
import itertools
import threading

import pytest

from audit.models import ServiceCall
from enrolments.models import CoreAlert, StudentTrigger, StudentValidationStatus
from enrolments.processors import BATCH, Processor, drain, processor
from pasi import bulk
from students.models import Name, NameKey, Student
from students.name_keys import keys_of
from tests.concurrency.sessions import deadlocks
from tests.province_builder import COMMAND, set_up

pytestmark = pytest.mark.concurrency

STUDENTS = processor("Student")
WAITING = 2 * BATCH + 100


class Lost(Exception):
    """Nobody's record is to blame."""


@pytest.fixture
def waiting(students) -> list[int]:
    """Students outstanding, more than two batches of them; one in ten has a name in capitals."""
    students(WAITING)
    keys = list(Student.objects.order_by("pk").values_list("pk", flat=True))
    names = Name.objects.filter(student__in=keys[::10]).values_list("pk", flat=True)
    with set_up() as call:
        parts = ("first_name", "middle_name", "last_name")
        rows = [(key, "Ada", "", "BYRON") for key in names]
        bulk.update_rows(Name, parts, rows, call.message_id)
        NameKey.objects.filter(name__in=names).update(**keys_of("Ada", "", "BYRON")._asdict())
        bulk.raise_triggers(STUDENTS.trigger, STUDENTS.status, keys, "Student")
    return keys


def outstanding() -> int:
    return bulk.outstanding_count(StudentTrigger, StudentValidationStatus)


def working_like(judge) -> Processor:
    return Processor("Student", judge)


def test_all_is_done_once_by_threads_that_work_at_the_same_time(waiting):
    first = drain(STUDENTS, COMMAND, threads=1)
    assert first.processed == WAITING
    alone = set(CoreAlert.objects.values_list("record", "alert_code", "arguments_key"))
    assert len(alone) == len(waiting[::10])
    CoreAlert.objects.all().delete()
    with set_up():
        bulk.raise_triggers(STUDENTS.trigger, STUDENTS.status, waiting, "Student")

    counts, started = [], []
    judge = STUDENTS.judge

    def load(keys):
        started.append(threading.get_ident())
        return judge.load(keys)

    done = drain(
        working_like(dataclasses.replace(judge, load=load)), COMMAND, counts.append, threads=3
    )

    assert (done.claimed, done.processed, done.set_aside) == (WAITING, WAITING, 0)
    assert sum(counts) == WAITING
    assert len(set(started)) > 1
    assert set(CoreAlert.objects.values_list("record", "alert_code", "arguments_key")) == alone
    assert CoreAlert.objects.count() == len(alone)
    assert (outstanding(), deadlocks()) == (0, 0)


def test_little_work_needs_no_second_connection(students):
    students(20)
    keys = list(Student.objects.values_list("pk", flat=True))
    with set_up():
        bulk.raise_triggers(STUDENTS.trigger, STUDENTS.status, keys, "Student")
    judge, threads = STUDENTS.judge, set()

    def load(asked):
        threads.add(threading.get_ident())
        return judge.load(asked)

    drain(working_like(dataclasses.replace(judge, load=load)), COMMAND, threads=3)
    assert threads == {threading.get_ident()}
    assert outstanding() == 0


def test_the_first_that_fails_stops_the_others_and_nothing_is_lost(waiting):
    seen = itertools.count(1)

    def on_progress(count):
        if next(seen) == 2:
            raise Lost

    with pytest.raises(Lost):
        drain(STUDENTS, COMMAND, on_progress, threads=2)
    left = outstanding()
    assert 0 <= left <= WAITING - BATCH
    calls = ServiceCall.objects.filter(operation="ProcessTriggers")
    assert not calls.filter(response=None).exists()
    assert drain(STUDENTS, COMMAND, threads=2).processed == left
    assert outstanding() == 0
