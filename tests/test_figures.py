"""Counting figures: set-based, day by day, the same however often."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django import app

from enrolments.job_lists import TASKS
from enrolments.processors import drain, processor
from enrolments.triggers import raise_triggers
from pasi.calendar import ALBERTA
from pasi.figures import keeping
from pasi.models import Figure, FigureSet
from pasi.tasks import refresh_figures
from tests.admin.population import populate
from tests.enrolments.alert_fixtures import STUDENT, make_shouting_student
from tests.figures import DAY, MINUTE, alberta_day, call_at, kept, refreshed
from tests.province_builder import COMMAND, set_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon() -> datetime.datetime:
    """Of yesterday in Alberta, so that every test has a whole day before now."""
    return timezone.now().astimezone(ALBERTA).replace(hour=12) - DAY


def everything() -> set[tuple]:
    rows = Figure.objects.values_list("figure_set", "name", "key", "period", "value")
    return set(rows)


def test_the_number_of_queries_does_not_grow_with_the_rows():
    def queries() -> int:
        FigureSet.objects.update(mark=0)
        with CaptureQueriesContext(connection) as captured:
            refreshed()
        return len(captured)

    populate(3)
    queries()
    few = queries()
    populate(30)
    assert queries() == few < 120


def test_counting_twice_changes_nothing():
    populate(2)
    assert refreshed() == [each.name for each in keeping.SETS]
    before = everything()
    assert before
    refreshed()
    assert everything() == before


def test_nothing_at_all_is_counted_as_zero():
    refreshed()
    values = Figure.objects.exclude(name__startswith="call").values_list("value", flat=True)
    assert set(values) <= {0}
    assert keeping.as_of() is not None


def test_nothing_is_as_of_anything_before_all_is_counted():
    assert keeping.as_of() is None
    refreshed()
    FigureSet.objects.filter(name="runs").delete()
    assert keeping.as_of() is None


def test_calls_are_counted_by_day_outcome_operation_and_duration(noon):
    for milliseconds in (3, 7, 20_000):
        call_at(noon, "Applied", operation="Op", milliseconds=milliseconds)
    call_at(noon, "Rejected", operation="Op", milliseconds=5)
    call_at(noon, None, operation="Other")
    call_at(noon - DAY, "Fault", operation="Other", milliseconds=100)
    call_at(timezone.now(), None, operation="Underway")
    refreshed()
    day, before = alberta_day(noon), alberta_day(noon - DAY)
    calls = kept("calls")
    assert calls["Applied", day] == 3
    assert calls["Rejected", day] == 1
    assert calls["Unanswered", day] == 1
    assert calls["Fault", before] == 1
    by_operation = kept("calls_by_operation")
    assert by_operation["Op|Applied", day] == 3
    assert by_operation["Other|Unanswered", day] == 1
    assert not [key for key, _day in by_operation if key.startswith("Underway")]
    within = kept("calls_within")
    assert [within[f"Op|{bound}", day] for bound in (5, 10, 10_000)] == [2, 3, 3]
    assert kept("calls_answered")["Op", day] == 4
    assert kept("call_milliseconds")["Op", day] == 20_015


def test_the_day_of_a_call_is_alberta_s(noon):
    last_minute = noon.replace(hour=23, minute=59, second=30)
    call_at(last_minute, "Replayed")
    call_at(last_minute + MINUTE, "Replayed")
    refreshed()
    assert kept("calls")["Replayed", alberta_day(noon)] == 1
    assert kept("calls")["Replayed", alberta_day(noon + DAY)] == 1


def test_days_that_are_over_are_not_counted_again(noon):
    call_at(noon - 3 * DAY, "Rejected")
    call_at(noon - DAY, "Rejected")
    refreshed()
    FigureSet.objects.filter(name="calls").update(counted_at=noon - DAY)
    Figure.objects.filter(name="calls", key="Rejected").update(value=100)
    refreshed()
    assert kept("calls")["Rejected", alberta_day(noon - 3 * DAY)] == 100
    assert kept("calls")["Rejected", alberta_day(noon - DAY)] == 1


def test_old_days_become_one_sum_and_are_counted_in_it_once(noon):
    old = noon - 40 * DAY
    FigureSet.objects.create(name="calls", counted_at=old)
    call_at(old, "Applied", operation="Op")
    call_at(old + DAY, "Applied", operation="Op")
    call_at(noon, "Applied", operation="Op")
    for _time in range(2):
        refreshed()
        by_operation = kept("calls_by_operation")
        assert by_operation["Op|Applied", ""] == 2
        assert by_operation["Op|Applied", alberta_day(noon)] == 1
        assert ("Op|Applied", alberta_day(old)) not in by_operation
        assert ("Applied", "") not in kept("calls")


def test_alerts_raised_and_cleared_are_counted_from_what_processors_say(settings):
    settings.PASI_TODAY = datetime.date(2026, 11, 26)
    with set_up():
        student = make_shouting_student()
    drain(processor(STUDENT), COMMAND)
    refreshed()
    today = alberta_day(timezone.now())
    raised = kept("alert_changes")["raised", today]
    assert raised == student.core_alerts.count() > 0
    assert kept("alert_changes")["cleared", today] == 0
    alert = student.core_alerts.get(alert_code=11205)
    with set_up():
        student.names.update(first_name="Ada", last_name="Byron")
        raise_triggers(STUDENT, [student.pk], STUDENT)
    drain(processor(STUDENT), COMMAND)
    assert not student.core_alerts.filter(pk=alert.pk).exists()
    refreshed()
    assert kept("alert_changes")["raised", today] == raised
    assert kept("alert_changes")["cleared", today] == raised - student.core_alerts.count() > 0


def test_the_command_counts_now(capsys):
    call_command("refresh_figures")
    assert "8 sets of figures counted." in capsys.readouterr().out
    assert keeping.as_of() is not None


def test_a_worker_counts_now_and_then():
    assert "refresh_figures" in app.tasks
    refresh_figures(timestamp=0)
    assert keeping.as_of() is not None


def test_every_background_job_has_its_words():
    ours = {name for name in app.tasks if not name.startswith(("builtin", "procrastinate"))}
    assert set(TASKS) == ours
