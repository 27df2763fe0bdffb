"""The background jobs, run by a real worker on committed records."""

import asyncio
import datetime
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from enrolments.models import CoreAlert
from enrolments.processors import has_outstanding, processor
from enrolments.tasks import (
    process,
    remove_old_jobs,
    take_over_stalled_jobs,
    wake,
    wake_outstanding,
)
from enrolments.triggers import raise_triggers
from pasi import bulk
from tests.concurrency.processes import PROJECT, database_url
from tests.concurrency.sessions import (
    PATIENCE,
    and_leave,
    at_once,
    until,
    wait_until_blocked,
)
from tests.connections import another_connection
from tests.enrolments.alert_fixtures import ENROLMENT, SKIPPED, make_pupil
from tests.province_builder import set_up

pytestmark = pytest.mark.concurrency


@pytest.fixture(autouse=True)
def today(settings):
    settings.PASI_TODAY = datetime.date(2026, 11, 26)


def work() -> None:
    """Run a real worker until nothing waits, and stop it as an operator does."""
    worker = subprocess.Popen(
        [sys.executable, PROJECT / "manage.py", "worker"],
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "PASI_SECRET_KEY": "of the concurrency tests only",
            "PASI_TODAY": "2026-11-26",
            "PASI_ALLOW_FIXED_TODAY": "1",
        },
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
    )
    try:
        until(lambda: not has_outstanding(processor(ENROLMENT)) and not waiting())
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
    finally:
        worker.kill()
        worker.wait()


def waiting() -> list[str]:
    jobs = ProcrastinateJob.objects.filter(status="todo", task_name="process")
    return sorted(job.args["name"] for job in jobs)


def test_a_change_wakes_its_processor_after_the_commit(committed_database):
    with set_up():
        pupil = make_pupil()
        assert waiting() == []
    assert waiting() == [ENROLMENT]
    work()
    assert CoreAlert.objects.get(alert_code=SKIPPED).record == pupil.pk
    assert waiting() == []


def test_one_job_waits_however_many_changes_there_are(committed_database):
    with set_up():
        pupils = [make_pupil() for _ in range(3)]
    for pupil in pupils:
        with set_up():
            raise_triggers(ENROLMENT, [pupil.pk], "Test")
    assert waiting() == [ENROLMENT]
    work()
    assert CoreAlert.objects.filter(alert_code=SKIPPED).count() == 3


def test_a_change_that_is_rolled_back_wakes_nobody(committed_database):
    with pytest.raises(ZeroDivisionError), set_up():
        make_pupil()
        raise ZeroDivisionError
    assert waiting() == []


def test_a_lost_wake_up_is_made_up_for(committed_database):
    with set_up():
        make_pupil()
    ProcrastinateJob.objects.all()._raw_delete("default")
    assert waiting() == []
    wake_outstanding.func(timestamp=0)
    assert waiting() == [ENROLMENT]
    work()
    assert CoreAlert.objects.filter(alert_code=SKIPPED).count() == 1
    wake_outstanding.func(timestamp=0)
    assert waiting() == []


def test_waking_twice_at_once_is_no_error(committed_database):
    at_once(*[lambda: wake(ENROLMENT)] * 8)
    assert waiting() == [ENROLMENT]
    with transaction.atomic():
        assert bulk.latest_version() > 0  # the connection is usable
    process.func(ENROLMENT)


# --- Jobs of workers that died ------------------------------------------------------------------


def jobs() -> dict[int, str]:
    """Job -> its status, the oldest first."""
    return dict(
        ProcrastinateJob.objects.filter(task_name="process")
        .order_by("id")
        .values_list("id", "status")
    )


def worker_that_died() -> None:
    """A worker in a session of its own takes the waiting job, and is never heard of again."""
    with another_connection() as session:
        [(worker,)] = session.execute("SELECT * FROM procrastinate_register_worker_v1()").fetchall()
        session.execute("SELECT procrastinate_fetch_job_v2(NULL, %s)", [worker])
        session.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
            " WHERE id = %s",
            [worker],
        )


def run(task, *arguments) -> None:
    """Run an asynchronous job on a connection such as a worker has."""

    async def on_its_connection(worker) -> None:
        async with worker.open_async():
            await task.func(*arguments, timestamp=0)

    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        asyncio.run(on_its_connection(worker))


def take_over() -> None:
    run(take_over_stalled_jobs, None)


@pytest.fixture
def stalled(committed_database) -> int:
    """A job that a dead worker was at."""
    with set_up():
        make_pupil()
    worker_that_died()
    [(job, status)] = jobs().items()
    assert status == "doing"
    return job


def test_the_job_of_a_dead_worker_is_taken_over(stalled):
    take_over()
    assert jobs() == {stalled: "todo"}
    work()
    assert CoreAlert.objects.filter(alert_code=SKIPPED).count() == 1
    assert jobs() == {}


def test_the_job_of_a_worker_that_lives_is_left_to_it(stalled):
    with another_connection() as session:
        session.execute("UPDATE procrastinate_workers SET last_heartbeat = now()")
    take_over()
    assert jobs() == {stalled: "doing"}


def test_another_job_waits_to_do_the_same(stalled):
    """One is enough. The dead worker's is given up, and named as failed."""
    wake(ENROLMENT)
    assert list(jobs().values()) == ["doing", "todo"]
    take_over()
    assert list(jobs().values()) == ["failed", "todo"]
    assert jobs()[stalled] == "failed"
    take_over()
    assert list(jobs().values()) == ["failed", "todo"]
    work()
    assert CoreAlert.objects.filter(alert_code=SKIPPED).count() == 1
    assert jobs() == {stalled: "failed"}


def test_another_job_to_do_the_same_is_just_being_queued(stalled):
    """Who takes over waits for the other session's commit, and then sees that one is enough."""
    blocked_until(stalled, psycopg.Connection.commit)
    assert list(jobs().values()) == ["failed", "todo"]
    work()
    assert jobs() == {stalled: "failed"}


def test_another_job_to_do_the_same_is_not_queued_after_all(stalled):
    blocked_until(stalled, psycopg.Connection.rollback)
    assert jobs() == {stalled: "todo"}


def blocked_until(stalled: int, end) -> None:
    """Take over while another session has queued a job to do the same, and then ends so."""
    with another_connection() as session, ThreadPoolExecutor(1) as pool:
        session.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args)"
            " SELECT queue_name, task_name, priority, queueing_lock, args"
            " FROM procrastinate_jobs WHERE id = %s",
            [stalled],
        )
        taking_over = pool.submit(and_leave, take_over)
        wait_until_blocked(session)
        end(session)
        taking_over.result(PATIENCE)


def test_a_failed_job_is_kept_for_30_days(stalled):
    wake(ENROLMENT)
    take_over()
    [failed, waiting] = jobs()

    def finished(days: int) -> None:
        with another_connection() as session:
            session.execute(
                "UPDATE procrastinate_events SET at = now() - %s * interval '1 day'", [days]
            )

    finished(29)
    run(remove_old_jobs)
    assert list(jobs()) == [failed, waiting]
    finished(31)
    run(remove_old_jobs)
    assert list(jobs()) == [waiting]
