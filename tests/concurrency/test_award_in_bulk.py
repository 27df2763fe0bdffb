"""Awarding in bulk from the back office with real threads and a real worker: one run, whoever
presses what at the same moment, and whatever becomes of the worker.
"""

import datetime
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.models import ServiceCall
from credentials import bulk_awarding, runs, tasks
from credentials.models import AwardedCredential, AwardingBatch, AwardingOutcome, AwardingRun
from enrolments.models import CoreAlert
from pasi import bulk
from students.models import Name, Student
from tests.admin.conftest import signed_in, staff
from tests.admin.test_award_in_bulk import Killed, die_after, everyone, page, press, shown_run
from tests.concurrency.processes import PROJECT, database_url
from tests.concurrency.sessions import PATIENCE, at_once, held_up, lock_table, until
from tests.connections import another_connection
from tests.enrolments.alert_fixtures import SKIPPED, make_pupil
from tests.province_builder import set_up

pytestmark = pytest.mark.concurrency

BATCH = 100
TODAY = {"PASI_TODAY": "2026-11-26", "PASI_ALLOW_FIXED_TODAY": "1"}


@pytest.fixture(autouse=True)
def day_and_batches(settings, monkeypatch):
    settings.PASI_TODAY = datetime.date(2026, 11, 26)
    monkeypatch.setattr(runs, "STAFF_BATCH", BATCH)


@pytest.fixture
def officers(committed_database):
    return [signed_in(staff(name, "Credential Officer")) for name in ("olive", "otto")]


def carry_out(run: AwardingRun) -> None:
    tasks.carry_out_awarding_run.func(None, run=run.pk)


@pytest.fixture
def preview(students, officers) -> AwardingRun:
    """Of 400 students who have each earned a diploma; it is finished."""
    students(4 * BATCH)
    run = shown_run(officers[0].post("/admin/credentials/awardingrun/award-in-bulk/", everyone()))
    carry_out(run)
    run.refresh_from_db()
    assert run.finished_at
    return run


def confirmed(preview: AwardingRun, officer) -> AwardingRun:
    return shown_run(press(officer, preview, "confirm_award"))


def assert_each_is_awarded_once(run: AwardingRun) -> None:
    run.refresh_from_db()
    assert run.finished_at
    assert AwardingOutcome.objects.filter(run=run, rejection_code="").count() == 4 * BATCH
    assert AwardedCredential.objects.count() == 4 * BATCH


# --- Two at once --------------------------------------------------------------------------------


def test_two_officers_confirm_at_once_and_it_is_one_run(preview, officers):
    path = page(preview, "confirm_award")
    answers = at_once(*(partial(each.post, path, {"form_id": uuid4()}) for each in officers * 2))
    run = AwardingRun.objects.get(preview=preview)
    assert {shown_run(answer) for answer in answers} == {run}
    calls = ServiceCall.objects.filter(operation="ConfirmAwardingRun", response__outcome="Applied")
    assert calls.count() == len(answers)
    [first] = run.staff_calls.all()
    assert first.response.body == {"Run": run.pk}, "the others did nothing"
    jobs = ProcrastinateJob.objects.filter(task_name="carry_out_awarding_run", args={"run": run.pk})
    assert jobs.count() == 1


def test_two_officers_continue_at_once_and_one_of_them_does(preview, officers):
    run = confirmed(preview, officers[0])
    AwardingRun.objects.filter(pk=run.pk).update(stopped_because="A time-out.")
    path = page(run, "continue_run")
    at_once(*(partial(each.post, path, {"form_id": uuid4()}) for each in officers))
    run.refresh_from_db()
    going_on = run.staff_calls.select_related("staff").get(operation="ContinueAwardingRun")
    assert going_on.response.body == {"Run": run.pk, "StoppedBecause": "A time-out."}
    assert (run.stopped_because, run.staff) == ("", going_on.staff)


def test_two_workers_at_one_run_award_each_student_once(preview, officers):
    run = confirmed(preview, officers[0])
    at_once(*[partial(carry_out, run)] * 3)
    assert_each_is_awarded_once(run)
    calls = ServiceCall.objects.filter(operation="SubmitCredentialAwardingMultiple")
    assert calls.count() == 4, "nobody began a batch that somebody else was at"


def test_a_run_that_is_carried_out_shows_so_and_is_not_begun_again(preview, officers):
    run = confirmed(preview, officers[0])
    assert bulk_awarding.waiting_runs() == [run.pk]
    with held_up(lock_table(AwardingOutcome), partial(carry_out, run)):
        assert bulk_awarding.waiting_runs() == []
        progress = officers[1].get(page(run, "run_progress")).json()
        assert (progress["state"], progress["text"]) == (
            "working",
            "Awarding: 0 of 400 students.",
        )
        carry_out(run)  # the lock of the run is taken: it leaves at once
        assert batches_left(run) == 4
    assert_each_is_awarded_once(run)


def test_two_runs_over_the_same_students_award_each_once(preview, officers):
    other = shown_run(officers[1].post("/admin/credentials/awardingrun/award-in-bulk/", everyone()))
    carry_out(other)
    both = [confirmed(preview, officers[0]), confirmed(other, officers[1])]
    at_once(*(partial(carry_out, run) for run in both))
    assert AwardedCredential.objects.count() == 4 * BATCH
    answered = AwardingOutcome.objects.filter(run__in=both)
    assert answered.filter(rejection_code="").count() == answered.count() / 2 == 4 * BATCH


# --- A real worker ------------------------------------------------------------------------------


@contextmanager
def worker(*options: str):
    """A running `manage.py worker`, ended as an operator ends it unless the block kills it."""
    process = subprocess.Popen(
        [sys.executable, PROJECT / "manage.py", "worker", *options],
        env={
            **os.environ,
            **TODAY,
            "DATABASE_URL": database_url(),
            "PASI_LOCK_TIMEOUT_SECONDS": str(PATIENCE),
            "PASI_SECRET_KEY": "of the concurrency tests only",
        },
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()


def begun(run: AwardingRun) -> AwardingRun:
    """The run with its list, its first batch of four done, after which the worker died."""
    with pytest.raises(Killed):
        bulk_awarding.carry_out(run.pk, die_after(5 * BATCH))
    return run


def batches_left(run: AwardingRun) -> int:
    return AwardingBatch.objects.filter(run=run, call=None).count()


def is_finished(run: AwardingRun) -> bool:
    return AwardingRun.objects.filter(pk=run.pk).exclude(finished_at=None).exists()


def test_a_long_run_does_not_hold_up_the_processors_and_ends_with_its_batch(preview, officers):
    """One worker process: its run waits for a lock, while an enrolment is judged."""
    run = begun(confirmed(preview, officers[0]))
    with another_connection() as session, worker("--concurrency", "1") as process:
        session.execute(lock_table(AwardingOutcome))
        until(lambda: bulk.is_run_locked(run.pk))
        for model in (Student, Name):
            bulk.next_ids(model, 4 * BATCH)  # those of the students that are there
        with set_up():
            pupil = make_pupil()
        until(lambda: CoreAlert.objects.filter(alert_code=SKIPPED, record=pupil.pk))
        assert batches_left(run) == 3
        process.send_signal(signal.SIGTERM)
        session.rollback()
        assert process.wait(PATIENCE) == 0
    assert batches_left(run) == 2
    assert bulk_awarding.waiting_runs() == [run.pk]
    tasks.wake_waiting_awarding_runs.func(timestamp=0)
    with worker("--queue", "awarding"):
        until(lambda: is_finished(run))
    assert_each_is_awarded_once(run)


def test_a_run_is_resumed_after_its_worker_was_killed(preview, officers):
    run = begun(confirmed(preview, officers[0]))
    with another_connection() as session, worker() as process:
        session.execute(lock_table(AwardingOutcome))
        until(lambda: bulk.is_run_locked(run.pk))
        process.kill()
        session.rollback()
    until(lambda: not bulk.is_run_locked(run.pk))  # its session ends with it
    assert batches_left(run) == 3
    tasks.wake_waiting_awarding_runs.func(timestamp=0)  # as any worker does every minute
    with worker():
        until(lambda: is_finished(run))
    assert_each_is_awarded_once(run)
