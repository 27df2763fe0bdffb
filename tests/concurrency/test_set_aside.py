"""Records that cannot be judged, and who changes or acknowledges them while they are set aside."""

import dataclasses
import datetime
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from enrolments.models import Acknowledgement, SchoolEnrolmentValidationStatus
from enrolments.processors import Processor, drain, processor
from enrolments.status_processor import carry_out
from pasi import bulk
from pasi.services import recorded_call
from tests.concurrency.sessions import (
    and_leave,
    at_once,
    deadlocks,
    lock_table,
    wait_until_blocked,
)
from tests.connections import another_connection
from tests.enrolments.alert_fixtures import (
    ACKNOWLEDGE,
    ACKNOWLEDGED,
    ENROLMENT,
    FROM_4_TO_6,
    NONE,
    SKIPPED,
    acknowledgement,
    alerts_of,
    change,
    identity,
    kept_of,
    make_pupil,
    process,
)
from tests.enrolments.calls import EnrolmentCaller, make_enrolment_caller
from tests.province_builder import COMMAND, make_school, set_up
from tests.students.calls import applied

pytestmark = pytest.mark.concurrency

SKIPPED_ALERT = identity(SKIPPED, FROM_4_TO_6)


class Poison(Exception):
    """A rule fails, or the facts cannot be loaded."""


@pytest.fixture(autouse=True)
def today(settings):
    settings.PASI_TODAY = datetime.date(2026, 11, 26)


@pytest.fixture
def school(committed_database) -> EnrolmentCaller:
    with set_up():
        make_school("S.0001", "A.0001")
        return make_enrolment_caller("S.0001")


@pytest.fixture
def pupil(school):
    """With an alert, and outstanding again."""
    with set_up():
        made = make_pupil(make_school("S.0001", "A.0001"))
    process()
    assert alerts_of(made) == {SKIPPED_ALERT: NONE}
    with set_up():
        change(made, local_student_id="L-1")
    ProcrastinateJob.objects.all()._raw_delete("default")
    return made


def say(school, pupil):
    return school.post(ACKNOWLEDGE, acknowledgement(pupil, ACKNOWLEDGED))


def failing(*, at: str, times: int = 1_000) -> Processor:
    """The processor of school enrolments, but that it fails so many times."""
    each = processor(ENROLMENT)
    well, left = getattr(each.judge, at), iter(range(times))

    def fail(argument):
        if argument and next(left, None) is not None:
            raise Poison
        return well(argument)

    return Processor(each.name, dataclasses.replace(each.judge, **{at: fail}))


def is_set_aside(pupil) -> bool:
    status = SchoolEnrolmentValidationStatus.objects.get(pk=pupil.pk)
    return status.set_aside_at is not None


def woken() -> int:
    """Jobs that wait for a worker, but for those of the set-up, which are gone."""
    return ProcrastinateJob.objects.filter(status="todo").count()


def outstanding() -> int:
    each = processor(ENROLMENT)
    return bulk.outstanding_count(each.trigger, each.status)


@contextmanager
def when_a_failure_is_logged(act: Callable[[], None]) -> Iterator[None]:
    """`act` between the batch that failed and the one that sets the record aside."""

    class Acting(logging.Handler):
        def emit(self, record) -> None:
            act()

    logger, handler = logging.getLogger("enrolments.status_processor"), Acting()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def test_what_has_changed_since_it_failed_is_judged_and_not_set_aside(pupil):
    """A submit mends the record just when the worker has failed on it: that must not be lost."""

    def mend() -> None:
        with set_up():
            change(pupil, grade="05")

    with when_a_failure_is_logged(partial(at_once, mend)):
        done = drain(failing(at="load", times=1), COMMAND)
    assert (done.processed, done.set_aside) == (1, 0)
    assert not is_set_aside(pupil)
    assert alerts_of(pupil) == {}
    assert outstanding() == 0


def test_who_acknowledges_first_delays_the_setting_aside_only(pupil, school):
    """The worker passes by what is locked, here too; it is woken, and sets it aside then."""
    each = failing(at="load")
    with ThreadPoolExecutor(1) as pool, another_connection() as session:
        session.execute(lock_table(Acknowledgement))
        waiting: list[Future] = []

        def acknowledge() -> None:
            waiting.append(pool.submit(and_leave, partial(say, school, pupil)))
            wait_until_blocked(session)  # it holds the Validation Status

        with when_a_failure_is_logged(acknowledge):
            done = drain(each, COMMAND)
        assert (done.processed, done.set_aside) == (0, 0)
        assert not is_set_aside(pupil)
        assert outstanding() == 1
        session.commit()
        applied(waiting[0].result())
    assert woken() == 1
    done = drain(each, COMMAND)
    assert (done.claimed, done.set_aside) == (1, 1)
    assert is_set_aside(pupil)
    assert alerts_of(pupil) == kept_of(pupil) == {SKIPPED_ALERT: ACKNOWLEDGED}
    assert deadlocks() == 0


def test_what_is_set_aside_is_not_claimed_again_for_being_acknowledged(pupil, school):
    """Who acknowledges waits until the record is set aside; neither undoes what the other did."""
    each = failing(at="evaluate")
    with ThreadPoolExecutor(1) as pool:
        with recorded_call("ProcessTriggers", COMMAND, {}) as call:
            claimed = bulk.claim_triggers(each.trigger, each.status, limit=10)
            batch = carry_out(each.judge, each.status, claimed, call.message_id)
            assert (batch.processed, batch.set_aside) == (0, 1)
            acknowledged = pool.submit(and_leave, partial(say, school, pupil))
            wait_until_blocked(connection.connection)
        applied(acknowledged.result())
    assert is_set_aside(pupil)
    assert alerts_of(pupil) == kept_of(pupil) == {SKIPPED_ALERT: ACKNOWLEDGED}
    assert outstanding() == 0
    assert woken() == 0
    assert drain(processor(ENROLMENT), COMMAND).claimed == 0


def test_workers_and_acknowledgements_of_records_that_fail(pupil, school):
    """However they fall: set aside once nobody is at it, and what was said is kept."""
    each = failing(at="load")

    def work() -> None:
        for _ in range(6):
            drain(each, COMMAND)

    def acknowledge() -> None:
        for _ in range(6):
            applied(say(school, pupil))

    at_once(work, work, acknowledge, acknowledge)
    drain(each, COMMAND)
    assert is_set_aside(pupil)
    assert outstanding() == 0
    assert alerts_of(pupil) == kept_of(pupil) == {SKIPPED_ALERT: ACKNOWLEDGED}
    assert deadlocks() == 0
