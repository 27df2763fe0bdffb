"""The background jobs, run by a real worker on committed records."""

import datetime
import os
import subprocess
import sys

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from enrolments.models import CoreAlert
from enrolments.processors import has_outstanding, processor
from enrolments.tasks import process, wake, wake_outstanding
from enrolments.triggers import raise_triggers
from pasi import bulk
from tests.concurrency.processes import PROJECT, database_url
from tests.concurrency.sessions import PATIENCE, at_once, until
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
