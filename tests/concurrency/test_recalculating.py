"""The eligibility calculator while others set by hand, submit marks, award, or change what it works
by; and two of it at once.
"""

import datetime
import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection

from credentials import recalculations
from credentials.definition_models import EligibilityLimit, Recalculation, SetRequirement
from credentials.definitions import check, current_calculator
from credentials.eligibility.definitions import DefinitionError
from credentials.models import RequirementSetStatus
from enrolments.models import TranscriptRecord, TranscriptTrigger
from enrolments.processors import drain, has_outstanding, processor
from enrolments.triggers import raise_triggers
from students.models import Student
from tests.concurrency.calls import award
from tests.concurrency.sessions import (
    and_leave,
    at_once,
    deadlocks,
    held_up,
    lock_table,
    wait_until_blocked,
)
from tests.credentials.test_recalculating import TODAY, graduate, standing
from tests.credentials.test_requirement_achievement import SERVICE, of_set
from tests.credentials.test_requirement_achievement import sent as said
from tests.eligibility.students import B, without
from tests.enrolments import test_official_mark as marks
from tests.province_builder import COMMAND, make_student, set_up
from tests.students.calls import School, make_caller

pytestmark = pytest.mark.concurrency

DIPLOMA, LAST_COURSE = "AHSD-2018", "LDC2501"
TRANSCRIPT = processor("Transcript")
NEARLY = without(B, LAST_COURSE)
NEARLY_DONE, DONE = ("NotAchieved", 90, True), ("Achieved", 100, True)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PASI_TODAY = TODAY


@pytest.fixture
def ministry(committed_database) -> School:
    with set_up():
        return make_caller("O.1", roles=["Submit Transcript User", "PASI System User"])


def calculate():
    return drain(TRANSCRIPT, COMMAND)


def outstanding(*students: Student) -> None:
    with set_up():
        raise_triggers("Transcript", [student.pk for student in students], "OfficialMark")


@pytest.fixture
def ada(committed_database) -> Student:
    """Lacks one course for the diploma."""
    with set_up():
        made = graduate(NEARLY)
    outstanding(made)
    return made


def submit_last_mark(ministry, student) -> int:
    changes = {
        "CourseCode": LAST_COURSE,
        "AchievementSchoolYear": 2024,
        "AchievementDate": "2024-06-28",
    }
    return ministry.post(marks.SERVICE, marks.sent(student, **changes)).status_code


def what_was_written() -> list[tuple]:
    rows = RequirementSetStatus.history.order_by("history_id")
    return list(rows.values_list("status", "percentage_complete", "is_calculated"))


# --- Marks --------------------------------------------------------------------------------------


def test_a_mark_that_is_being_submitted_is_waited_for_and_counts(ministry, ada):
    submit = partial(submit_last_mark, ministry, ada)
    with (
        held_up(lock_table(TranscriptTrigger), submit) as (session, [submitting]),
        ThreadPoolExecutor(1) as pool,
    ):
        working = pool.submit(and_leave, calculate)
        wait_until_blocked(session, 2)
        session.commit()
        done = working.result()
    assert submitting.result() == 200
    # The first look saw the mark already; its trigger brought a second one, which changed nothing.
    assert done.processed == 2
    assert what_was_written() == [DONE]
    assert deadlocks() == 0


def test_a_mark_that_arrives_during_the_run_waits_and_is_not_lost(ministry, ada):
    with (
        held_up(lock_table(RequirementSetStatus), calculate) as (session, [working]),
        ThreadPoolExecutor(1) as pool,
    ):
        submitting = pool.submit(and_leave, partial(submit_last_mark, ministry, ada))
        wait_until_blocked(session, 2)
        session.commit()
        assert submitting.result() == 200
        working.result()
    calculate()
    assert what_was_written() == [NEARLY_DONE, DONE]
    assert deadlocks() == 0


# --- Everything at once -------------------------------------------------------------------------


def test_two_workers_do_each_student_once(committed_database):
    with set_up():
        students = [graduate() for _ in range(8)]
        seconds = [make_student(primary=student) for student in students]
    outstanding(*students, *seconds)  # a person may be claimed by both, under two numbers
    done = at_once(calculate, calculate)
    assert sum(each.processed for each in done) == 16
    assert sum(each.set_aside for each in done) == 0
    assert what_was_written() == [DONE] * 8
    assert deadlocks() == 0


def test_everybody_at_once(ministry):
    """Whatever comes first: what is set by hand stays, and all else is what the marks say."""
    with set_up():
        students = [graduate(NEARLY) for _ in range(6)]
    outstanding(*students)

    def set_by_hand(seed: int) -> set[int]:
        chance, done = random.Random(seed), set()
        for _ in range(8):
            student = chance.choice(students)
            response = ministry.post(SERVICE, said(student, of_set(DIPLOMA, "NotAchieved")))
            if response.status_code == 200:
                done.add(student.pk)
        return done

    def submit_marks() -> None:
        for student in students[::2]:
            assert submit_last_mark(ministry, student) == 200

    def work() -> None:
        for _ in range(10):
            calculate()

    def bulk_award() -> None:
        for _ in range(4):
            award([student.asn for student in students])

    by_hand, *_others = at_once(partial(set_by_hand, 1), submit_marks, work, work, bulk_award)
    calculate()
    assert not has_outstanding(TRANSCRIPT)
    assert not TranscriptRecord.objects.exclude(set_aside_at=None).exists()
    for number, student in enumerate(students):
        if student.pk in by_hand:
            assert standing(student)[DIPLOMA] == ("NotAchieved", None, False)
        else:
            assert standing(student)[DIPLOMA] == (NEARLY_DONE if number % 2 else DONE)
    assert deadlocks() == 0


# --- Everybody anew -----------------------------------------------------------------------------


def carry_on() -> int:
    return recalculations.carry_on(COMMAND)


def change_a_limit() -> None:
    with set_up():
        limit = EligibilityLimit.objects.get(name="equivalency_age")
        limit.value = "18"
        limit.save()
        recalculations.want("Test", recalculations.every_set())


def test_a_change_of_definitions_is_raised_once_for_everybody_with_a_row(ada):
    calculate()
    with set_up():
        make_student()  # has no row
    change_a_limit()
    assert sum(at_once(carry_on, carry_on)) == 1
    [trigger] = TranscriptTrigger.objects.filter(last_updated_object_name="Recalculation")
    assert trigger.pk == ada.pk
    assert has_outstanding(TRANSCRIPT)
    [each] = Recalculation.objects.filter(cause="Test")
    assert (each.students, each.finished_at is not None) == (1, True)
    assert carry_on() == 0


def take_triggers_away(*requirements: str) -> None:
    """A change of the definitions, as the back office makes it."""
    for link in SetRequirement.objects.filter(requirement_set="GHSD"):
        if link.requirement_id.startswith(requirements):
            link.is_trigger = False
            link.save()
    check()


def in_a_call(work, *arguments) -> None:
    with set_up():
        work(*arguments)


def test_two_changes_that_contradict_each_other_only_together(committed_database):
    """GHSD has three triggers; one takes two of them away, the other the third."""
    with ThreadPoolExecutor(1) as pool:
        with set_up():
            take_triggers_away("ActivityBefore", "NoHigher")
            other = partial(in_a_call, take_triggers_away, "100Credits")
            changing = pool.submit(and_leave, other)
            wait_until_blocked(connection.connection)
        with pytest.raises(DefinitionError):
            changing.result()
    current_calculator()


def test_who_works_by_the_former_definitions_is_waited_for(ada):
    """A batch that began before the change may make a row of somebody who was passed by."""
    with held_up(lock_table(RequirementSetStatus), calculate) as (session, [working]):
        change_a_limit()
        assert carry_on() == 0
        assert Recalculation.objects.get(cause="Test").finished_at is None
        session.commit()
        working.result()
    assert carry_on() == 1


def test_a_school_year_begins_once(settings, monkeypatch, committed_database):
    monkeypatch.setattr(recalculations, "STRETCH", 2)
    settings.PASI_TODAY = datetime.date(2030, 9, 1)
    with set_up():
        aged = [make_student(birth_date=datetime.date(2030 - age, 9, 1)) for age in range(17, 23)]
        born_later = make_student(birth_date=datetime.date(2012, 9, 2))
        unfinished = make_student(birth_date=datetime.date(1980, 1, 1), not_achieved=[DIPLOMA])
        finished = make_student(birth_date=datetime.date(1980, 1, 1), achieved=[DIPLOMA])
        make_student(primary=aged[1], birth_date=aged[1].birth_date)
    assert sorted(at_once(*[recalculations.begin_school_year] * 4)).count(True) >= 1
    assert Recalculation.objects.filter(cause="School year 2031").count() == 1
    assert sum(at_once(carry_on, carry_on)) == 4
    raised = set(TranscriptTrigger.objects.values_list("pk", flat=True))
    assert raised == {*(student.pk for student in aged[1:4]), unfinished.pk}
    assert not raised & {born_later.pk, finished.pk}
    # Nothing more that day, nor on another of the school year.
    settings.PASI_TODAY = datetime.date(2031, 8, 31)
    assert not recalculations.begin_school_year()
    assert carry_on() == 0
    # A year later it begins again, and she is 19.
    calculate()
    settings.PASI_TODAY = datetime.date(2031, 9, 1)
    assert recalculations.begin_school_year()
    assert carry_on() >= 4
    calculate()
    assert "HSED-ALT1" in standing(aged[1])
