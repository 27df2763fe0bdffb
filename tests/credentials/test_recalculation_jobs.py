"""The jobs of recalculations: what a worker does by itself. Raising is tested in
tests/concurrency/test_recalculating.py.
"""

import datetime

from procrastinate.contrib.django.models import ProcrastinateJob

from credentials import recalculations
from credentials.definition_models import Recalculation
from enrolments import tasks
from pasi import bulk
from tests.province_builder import set_up


def waiting() -> list[str]:
    return list(ProcrastinateJob.objects.filter(status="todo").values_list("task_name", flat=True))


def test_the_year_in_which_all_was_set_up_is_done(db):
    [first] = Recalculation.objects.all()
    assert first.finished_at is not None
    assert first.cause.startswith("School year ")
    assert not recalculations.is_open()


def test_a_school_year_is_begun_and_woken(settings, committed_database):
    settings.PASI_TODAY = datetime.date(2040, 9, 1)
    tasks.begin_school_year(0)
    tasks.begin_school_year(1)
    assert Recalculation.objects.filter(cause="School year 2041").count() == 1
    assert waiting() == ["raise_recalculations"]
    tasks.raise_recalculations()
    assert not recalculations.is_open()


def test_a_wake_up_that_was_lost_is_made_up_for(committed_database):
    with set_up():
        recalculations.want("Test", ["AHSD-2018"])
    bulk.run("DELETE FROM procrastinate_jobs")
    tasks.wake_outstanding(0)
    assert waiting() == ["raise_recalculations"]


def test_a_cause_counts_once(db):
    for _ in range(2):
        with set_up():
            recalculations.want("Test", ["AHSD-2018"])
    assert Recalculation.objects.filter(cause="Test").count() == 1
