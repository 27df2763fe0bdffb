"""Alerts acknowledged while workers are at them, by many at once; and workers that are killed."""

import datetime
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any

import pytest
from django.db import connection

from audit.models import ServiceCall, ServiceResponse
from enrolments.models import Acknowledgement, CoreAlert, SchoolEnrolmentValidationStatus
from enrolments.processors import processor
from enrolments.status_processor import carry_out
from pasi import bulk
from pasi.services import recorded_call
from tests import invariants
from tests.concurrency.processes import PROJECT, database_url
from tests.concurrency.sessions import (
    PATIENCE,
    and_leave,
    at_once,
    deadlocks,
    held_up,
    lock_table,
    wait_until_alone,
    wait_until_blocked,
)
from tests.connections import another_connection
from tests.enrolments.alert_fixtures import (
    ACKNOWLEDGE,
    ACKNOWLEDGED,
    BOARD,
    ENROLMENT,
    FROM_4_TO_6,
    IN_PROGRESS,
    NONE,
    OVERRIDDEN,
    SKIPPED,
    acknowledgement,
    alerts_of,
    change,
    changed,
    identity,
    kept_of,
    make_pupil,
    process,
    version_of,
)
from tests.enrolments.calls import EnrolmentCaller, make_enrolment_caller
from tests.province_builder import COMMAND, make_school, set_up
from tests.students.calls import applied

pytestmark = pytest.mark.concurrency

TODAY = datetime.date(2026, 11, 26)
SENDERS = 8
ENROLMENTS = processor(ENROLMENT)
PERCENTAGE_MISSING = 10094
UNKNOWN_BOARD = {"ResidentBoard": "9991"}
SKIPPED_ALERT = identity(SKIPPED, FROM_4_TO_6)
BOARD_ALERT = identity(BOARD, UNKNOWN_BOARD)


@pytest.fixture(autouse=True)
def today(settings):
    settings.PASI_TODAY = TODAY


@pytest.fixture
def school(committed_database) -> EnrolmentCaller:
    with set_up():
        make_school("S.0001", "A.0001")
        return make_enrolment_caller("S.0001")


@pytest.fixture
def ministry(committed_database) -> EnrolmentCaller:
    with set_up():
        return make_enrolment_caller("O.1")


@pytest.fixture
def pupil(school):
    """With an Advice and a Warning."""
    [enrolment] = make_pupils(1)
    process()
    assert alerts_of(enrolment) == {SKIPPED_ALERT: NONE, BOARD_ALERT: NONE}
    return enrolment


def make_pupils(count: int) -> list:
    with set_up():
        at = make_school("S.0001", "A.0001")
        return [make_pupil(at, resident_board="9991") for _ in range(count)]


def say(caller, enrolment, status, code=SKIPPED, arguments=FROM_4_TO_6):
    return caller.post(ACKNOWLEDGE, acknowledgement(enrolment, status, code, arguments))


def say_of_board(caller, enrolment, status):
    return say(caller, enrolment, status, BOARD, UNKNOWN_BOARD)


def codes(response) -> list[str]:
    return [each["Code"] for each in response.json()["Rejections"]]


def outstanding() -> int:
    return bulk.outstanding_count(ENROLMENTS.trigger, ENROLMENTS.status)


@contextmanager
def worker_at_work() -> Iterator[list[tuple[int, int]]]:
    """A worker that has judged and written, and commits at the end of the block."""
    with recorded_call("ProcessTriggers", COMMAND, {}) as call:
        claimed = bulk.claim_triggers(ENROLMENTS.trigger, ENROLMENTS.status, limit=1_000)
        carry_out(ENROLMENTS.judge, ENROLMENTS.status, claimed, call.message_id)
        yield claimed


def while_a_worker_is_at_work(work: Callable[[], Any]) -> Any:
    """`work` starts when the worker has written, and has to wait for it; what it comes to."""
    with ThreadPoolExecutor(1) as pool:
        with worker_at_work() as claimed:
            assert claimed
            future = pool.submit(and_leave, work)
            wait_until_blocked(connection.connection)
        return future.result()


# --- Acknowledgement and worker take turns ------------------------------------------------------


@pytest.mark.parametrize("status", [IN_PROGRESS, ACKNOWLEDGED])
def test_nothing_is_said_of_an_alert_that_is_just_taken_away(pupil, school, status):
    """Who acknowledges waits for the worker, and then sees that the alert is gone."""
    with set_up():
        change(pupil, grade="05")
    response = while_a_worker_is_at_work(partial(say, school, pupil, status))
    assert codes(response) == ["12000"]
    assert alerts_of(pupil) == {BOARD_ALERT: NONE}
    assert kept_of(pupil) == {}
    assert deadlocks() == 0


def test_an_alert_that_is_just_raised_can_be_acknowledged(school):
    [new] = make_pupils(1)
    response = while_a_worker_is_at_work(partial(say, school, new, ACKNOWLEDGED))
    assert applied(response)["PASICoreVersion"] == version_of(new)
    assert alerts_of(new) == {SKIPPED_ALERT: ACKNOWLEDGED, BOARD_ALERT: NONE}


def test_an_alert_that_stays_keeps_what_is_said_meanwhile(pupil, school):
    with set_up():
        change(pupil, resident_board="")
    applied(while_a_worker_is_at_work(partial(say, school, pupil, IN_PROGRESS)))
    assert alerts_of(pupil) == kept_of(pupil) == {SKIPPED_ALERT: IN_PROGRESS}


def test_what_is_taken_back_while_its_alert_returns_is_not_resurrected(pupil, school):
    applied(say(school, pupil, ACKNOWLEDGED))
    changed(pupil, grade="05")
    with set_up():
        change(pupil, grade="06")
    applied(while_a_worker_is_at_work(partial(say, school, pupil, NONE)))
    assert alerts_of(pupil) == {SKIPPED_ALERT: NONE, BOARD_ALERT: NONE}
    changed(pupil, grade="05")
    changed(pupil, grade="06")
    assert alerts_of(pupil)[SKIPPED_ALERT] == NONE
    assert kept_of(pupil) == {}


def test_a_worker_passes_by_whom_somebody_acknowledges_and_is_woken_for_it(pupil, school):
    [other] = make_pupils(1)
    with set_up():
        change(pupil, grade="05")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    with held_up(lock_table(Acknowledgement), partial(say, school, pupil, IN_PROGRESS)) as (
        session,
        [waiting],
    ):
        assert process().processed == 1
        assert set(alerts_of(other)) == {SKIPPED_ALERT, BOARD_ALERT}
        assert not waiting.done()
        assert outstanding() == 1
        session.commit()
        applied(waiting.result())
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'name' FROM procrastinate_jobs WHERE status = 'todo'")
        assert cursor.fetchall() == [(ENROLMENT,)]
    process()
    assert alerts_of(pupil) == {BOARD_ALERT: NONE}
    assert kept_of(pupil) == {}


# --- Several workers, and who changes records meanwhile -----------------------------------------


def test_workers_on_the_same_triggers_raise_each_alert_once(school):
    pupils = make_pupils(40)
    done = at_once(*[process] * 4)
    assert sum(each.processed for each in done) == len(pupils)
    assert not any(each.set_aside for each in done)
    assert CoreAlert.objects.count() == 2 * len(pupils)
    assert outstanding() == 0
    assert deadlocks() == 0


def test_who_changes_a_record_does_not_wait_and_it_is_judged_again(pupil):
    """The worker has judged grade 6 when grade 5 is stored."""

    def store_grade_5() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        with set_up():
            change(pupil, grade="05")

    with set_up():
        change(pupil, local_student_id="L-1")
    with worker_at_work():
        at_once(store_grade_5)
    assert outstanding() == 1
    assert set(alerts_of(pupil)) == {SKIPPED_ALERT, BOARD_ALERT}
    process()
    assert set(alerts_of(pupil)) == {BOARD_ALERT}


def test_submits_and_workers_at_once(pupil, school):
    """However they fall, in the end the alerts are those of what is stored."""

    def submit() -> None:
        for grade in ("05", "06", "04", "06", "05", "06") * 2:
            with set_up():
                change(pupil, grade=grade)

    def work() -> None:
        for _ in range(15):
            process()

    at_once(submit, work, work)
    process()
    assert outstanding() == 0
    assert alerts_of(pupil) == {SKIPPED_ALERT: NONE, BOARD_ALERT: NONE}
    assert deadlocks() == 0


# --- Several who acknowledge --------------------------------------------------------------------


def test_the_same_said_many_times_at_once_is_one_change(pupil, school):
    before = version_of(pupil)
    responses = at_once(*[partial(say, school, pupil, ACKNOWLEDGED)] * SENDERS)
    assert {applied(each)["PASICoreVersion"] for each in responses} == {version_of(pupil)}
    assert version_of(pupil) > before
    assert [row.history_type for row in Acknowledgement.history.all()] == ["+"]
    assert alerts_of(pupil)[SKIPPED_ALERT] == ACKNOWLEDGED


def test_of_several_acknowledgements_at_once_the_last_one_holds(pupil, school):
    """Each takes its turn; none is lost, the versions say in which order."""
    statuses = [IN_PROGRESS, ACKNOWLEDGED, NONE] * 4
    responses = at_once(*(partial(say, school, pupil, status) for status in statuses))
    said = {
        applied(response)["PASICoreVersion"]: status
        for response, status in zip(responses, statuses, strict=True)
    }
    last = said[version_of(pupil)]
    assert max(said) == version_of(pupil)
    assert alerts_of(pupil)[SKIPPED_ALERT] == last
    assert kept_of(pupil) == ({} if last == NONE else {SKIPPED_ALERT: last})
    assert deadlocks() == 0


def test_whoever_comes_first_the_ministry_overrides(pupil, school, ministry):
    for _ in range(5):
        of_school, of_ministry = at_once(
            partial(say_of_board, school, pupil, IN_PROGRESS),
            partial(say_of_board, ministry, pupil, OVERRIDDEN),
        )
        applied(of_ministry)
        assert codes(of_school) in ([], ["12003"])
        assert alerts_of(pupil)[BOARD_ALERT] == OVERRIDDEN
        applied(say_of_board(ministry, pupil, NONE))


def test_everybody_at_once(school, ministry):
    """Workers, submits and acknowledgements on the same few enrolments."""
    pupils = make_pupils(4)
    process()

    def submit(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(12):
            with set_up():
                change(
                    chance.choice(pupils[seed::2]),
                    grade=chance.choice(["05", "06"]),
                    resident_board=chance.choice(["", "9991"]),
                )

    def work() -> None:
        for _ in range(12):
            process()

    def acknowledge(caller, seed: int) -> list:
        chance = random.Random(seed)
        return [
            (pupil, code, status, say(caller, pupil, status, code, arguments))
            for pupil, (code, arguments), status in (
                (
                    chance.choice(pupils),
                    chance.choice([(SKIPPED, FROM_4_TO_6), (BOARD, UNKNOWN_BOARD)]),
                    chance.choice([NONE, IN_PROGRESS, ACKNOWLEDGED, OVERRIDDEN]),
                )
                for _ in range(12)
            )
        ]

    results = at_once(
        *(partial(submit, seed) for seed in (0, 1)),
        *[work] * 2,
        *(partial(acknowledge, caller, seed) for seed, caller in enumerate([school, ministry] * 2)),
    )
    process()
    assert outstanding() == 0
    assert not SchoolEnrolmentValidationStatus.objects.exclude(set_aside_at=None).exists()
    last: dict[tuple, tuple[int, str]] = {}
    for pupil, code, status, response in chain.from_iterable(results[4:]):
        if response.status_code == 200:
            said = (response.json()["PASICoreVersion"], status)
            key = (pupil.pk, code)
            last[key] = max(last.get(key, said), said)
        else:
            assert set(codes(response)) <= {"12000", "12001", "12002", "12003", "12004"}
    for pupil in pupils:
        pupil.refresh_from_db()
        kept = kept_of(pupil)
        for code, alert in ((SKIPPED, SKIPPED_ALERT), (BOARD, BOARD_ALERT)):
            _, status = last.get((pupil.pk, code), (0, NONE))
            if status in (ACKNOWLEDGED, OVERRIDDEN):  # none is lost
                assert kept[alert] == status
            elif status == NONE:  # none is resurrected
                assert alert not in kept
            else:  # or its alert was gone meanwhile
                assert kept.get(alert, status) == status
        there = {SKIPPED_ALERT} if pupil.grade == "06" else set()
        there |= {BOARD_ALERT} if pupil.resident_board else set()
        assert set(alerts_of(pupil)) == there
    assert deadlocks() == 0


# --- Workers that are killed --------------------------------------------------------------------

# Tables that a batch writes, in the order of writing: the worker is killed at each.
WRITTEN = (
    ServiceCall,
    CoreAlert,
    Acknowledgement,
    Acknowledgement.history.model,
    SchoolEnrolmentValidationStatus,
    ServiceResponse,
)


def start_worker() -> subprocess.Popen:
    """A process of `manage.py process_triggers` on the database under test."""
    return subprocess.Popen(
        [
            *(sys.executable, PROJECT / "manage.py", "process_triggers"),
            *("--processor", ENROLMENT),
        ],
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "PASI_SECRET_KEY": "of the concurrency tests only",
            "PASI_TODAY": TODAY.isoformat(),
            "PASI_ALLOW_FIXED_TODAY": "1",
        },
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def killed_at(table) -> Iterator[None]:
    """A worker is killed when it wants to write `table`: no handler runs, nothing is said to the
    server. The table is free again after the block."""
    with another_connection() as session:
        session.execute(lock_table(table))
        worker = start_worker()
        try:
            wait_until_blocked(session)
        finally:
            worker.kill()
            worker.communicate()
        yield


def everything() -> dict[str, list]:
    """Alerts, what is kept of what was said, and how far the processor is."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (CoreAlert, Acknowledgement, SchoolEnrolmentValidationStatus)
    }


def test_a_worker_killed_in_the_middle_of_a_batch_leaves_nothing_and_loses_nothing(school):
    pupils = make_pupils(6)
    process()
    at_work, reviewed = pupils[0::2], pupils[1::2]
    for each in pupils:
        applied(say(school, each, IN_PROGRESS if each in at_work else ACKNOWLEDGED))
    with set_up():
        for each in pupils:  # one alert goes, one comes, one is other than before
            change(each, grade="05", resident_board="9992", grants_program_codes="610")
    before = everything()
    history = Acknowledgement.history.count()

    for table in WRITTEN:
        with killed_at(table):
            pass
        with another_connection(autocommit=True) as observer:
            wait_until_alone(observer)
        assert everything() == before, f"killed while it wrote {table.__name__}"
        assert Acknowledgement.history.count() == history
        assert outstanding() == len(pupils)
        invariants.assert_database_is_sound()

    worker = start_worker()
    out, err = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, err
    assert out == f"{ENROLMENT}: {len(pupils)} processed\n"
    assert outstanding() == 0
    found = {
        identity(BOARD, {"ResidentBoard": "9992"}): NONE,
        identity(PERCENTAGE_MISSING, {"GrantsProgramCode": "610"}): NONE,
    }
    for each in pupils:
        assert alerts_of(each) == found
        assert kept_of(each) == ({} if each in at_work else {SKIPPED_ALERT: ACKNOWLEDGED})
    assert Acknowledgement.history.count() == history + len(at_work)

    for each in reviewed:
        changed(each, grade="06")
        assert alerts_of(each) == {**found, SKIPPED_ALERT: ACKNOWLEDGED}
