"""The calculator of the Transcript processor on the database: whose facts it takes, what it writes.

What it finds is tested by the vectors, in tests/eligibility.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall
from credentials.definition_models import EligibilityLimit
from credentials.definitions import current_calculator
from credentials.eligibility.definitions import DefinitionError
from credentials.models import RequirementExemption, RequirementSetStatus
from enrolments.models import ExamMark, OfficialMark, TranscriptRecord, TranscriptTrigger
from enrolments.processors import drain, has_outstanding, processor
from enrolments.triggers import raise_triggers
from students.models import Student
from tests import invariants
from tests.eligibility.students import B, without
from tests.province_builder import (
    COMMAND,
    make_award,
    make_enrolment,
    make_mark,
    make_school,
    make_student,
    set_up,
)

DIPLOMA = "AHSD-2018"
TODAY = datetime.date(2024, 8, 1)
BORN = datetime.date(2006, 5, 1)
# Beyond the calendar is the 1 September on which this student would be 19.
BORN_TOO_LATE = datetime.date(9990, 1, 1)


@pytest.fixture(autouse=True)
def on_the_day(db, settings):
    settings.PASI_TODAY = TODAY
    yield
    invariants.assert_database_is_sound()


def graduate(marks=B, **values) -> Student:
    """With the marks of base B of the vectors, which meet the diploma."""
    made = make_student(**{"birth_date": BORN, **values})
    add_marks(made, marks)
    return made


def add_marks(student: Student, marks) -> None:
    for mark in marks:
        make_mark(student, mark.course, mark.school_year, mark.credits, mark.value)


def recalculate(*students: Student):
    with set_up():
        raise_triggers("Transcript", [student.pk for student in students], "OfficialMark")
    done = drain(processor("Transcript"), COMMAND)
    assert not has_outstanding(processor("Transcript"))
    return done


def standing(student: Student) -> dict[str, tuple]:
    rows = RequirementSetStatus.objects.filter(student=student)
    return {
        code: tuple(rest)
        for code, *rest in rows.values_list(
            "requirement_set_id", "status", "percentage_complete", "is_calculated"
        )
    }


def test_a_row_is_made_in_the_call_of_the_batch():
    with set_up():
        ada = graduate()
    recalculate(ada)
    assert standing(ada) == {DIPLOMA: ("Achieved", 100, True)}
    [call] = ServiceCall.objects.filter(operation="ProcessTriggers")
    [history] = RequirementSetStatus.history.all()
    assert (history.call, history.history_type) == (call, "+")


def test_what_has_not_changed_is_not_touched():
    with set_up():
        ada = graduate()
    recalculate(ada)
    before = list(RequirementSetStatus.objects.values())
    assert recalculate(ada).processed == 1
    assert list(RequirementSetStatus.objects.values()) == before
    assert RequirementSetStatus.history.count() == 1


def test_a_change_of_the_percentage_alone_is_one():
    with set_up():
        ada = graduate(without(B, "LDC2501"))
    recalculate(ada)
    former = RequirementSetStatus.objects.get()
    assert (former.status, former.percentage_complete) == ("NotAchieved", 90)
    with set_up():
        OfficialMark.objects.get(course_code="PED0770").delete()
    recalculate(ada)
    row = RequirementSetStatus.objects.get()
    assert (row.pk, row.status, row.percentage_complete) == (former.pk, "NotAchieved", 81)
    assert row.version > former.version and row.updated_at > former.updated_at
    assert row.created_at == former.created_at
    assert RequirementSetStatus.history.filter(history_type="~").count() == 1


def test_rows_that_are_not_calculated_are_left_alone():
    with set_up():
        ada = graduate(not_achieved=[DIPLOMA, "HHSD"])
    recalculate(ada)
    assert standing(ada) == dict.fromkeys([DIPLOMA, "HHSD"], ("NotAchieved", None, False))


def test_deleted_records_are_no_facts():
    with set_up():
        ada, ben = graduate(without(B, "LDC2501")), graduate(without(B, "PED0770"))
        make_mark(ada, "LDC2501", 2024, 5, "70", is_deleted=True)
        RequirementExemption.objects.create(
            **{"student": ben, "requirement": "CALM-81160", "reason": "ReligiousCALM"},
            **{"status": "Approved", "is_deleted": True, "version": 1},
        )
        make_enrolment(
            ben, make_school(), 2024, grants_program_codes="710", is_deleted=True
        )  # would make a row of CHSA
    recalculate(ada, ben)
    assert standing(ada) == {DIPLOMA: ("NotAchieved", 90, True)}
    assert standing(ben) == {DIPLOMA: ("NotAchieved", 81, True)}  # 97 credits


def test_exam_marks_make_mature_privileges():
    """19 on 1 September 2023, no other work since then: Career and Life Management is met."""
    with set_up():
        marks = [mark._replace(school_year=2022) for mark in without(B, "PED0770")]
        ada = graduate(marks, birth_date=datetime.date(2004, 8, 1))
    recalculate(ada)
    assert standing(ada)[DIPLOMA] == ("NotAchieved", 81, True)
    with set_up():
        ExamMark.objects.create(
            student=ada, course_code="ELA3105", school_year=2024, status="SplitWriting", version=1
        )
    recalculate(ada)
    assert standing(ada)[DIPLOMA] == ("NotAchieved", 90, True)


# --- Linked numbers -----------------------------------------------------------------------------


def test_everything_under_a_secondary_number_is_the_primarys():
    with set_up():
        ada = graduate(without(B, "LDC PED0770"))
        second = make_student(primary=ada, birth_date=BORN)
        add_marks(second, [mark for mark in B if mark.course.startswith(("LDC", "PED0770"))])
        make_enrolment(second, make_school(), 2024, grants_program_codes="132;710")
    recalculate(ada)
    assert standing(ada)[DIPLOMA] == ("Achieved", 100, True)
    assert "CHSA" in standing(ada)
    assert standing(second) == {}


def test_a_trigger_on_a_secondary_number_is_the_primarys():
    with set_up():
        ada = graduate()
        second = make_student(primary=ada, birth_date=BORN, achieved=["CHSA"])
    assert recalculate(second).processed == 1
    assert standing(ada) == {DIPLOMA: ("Achieved", 100, True)}
    assert standing(second) == {"CHSA": ("Achieved", None, False)}  # of former times


def test_awards_under_a_secondary_number_count():
    """HSED Alternative 1 is closed to who has a diploma."""
    with set_up():
        ada, ben = (make_student(birth_date=datetime.date(1990, 1, 1)) for _ in range(2))
        make_award(make_student(primary=ada), "AHSD", 1_000_009, 2010)
        make_award(make_student(primary=ben), "AHSD", 1_000_017, 2010, True)
    recalculate(ada, ben)
    assert "HSED-ALT1" not in standing(ada)
    assert "HSED-ALT1" in standing(ben)


# --- Who cannot be done -------------------------------------------------------------------------


def test_a_student_who_cannot_be_done_is_set_aside_and_the_others_are_done():
    with set_up():
        ada, ben = graduate(), graduate()
        bad = make_student(birth_date=BORN_TOO_LATE, not_achieved=["HHSD"])
        add_marks(bad, without(B, "PED0770"))
        second = make_student(primary=bad)
    done = recalculate(ada, bad, ben, second)
    assert (done.processed, done.set_aside) == (2, 2)
    aside = TranscriptRecord.objects.exclude(set_aside_at=None)
    assert {record.pk for record in aside} == {bad.pk, second.pk}
    assert all("ValueError" in record.set_aside_error for record in aside)
    assert standing(bad) == {"HHSD": ("NotAchieved", None, False)}
    assert standing(ada) == standing(ben) == {DIPLOMA: ("Achieved", 100, True)}


def test_definitions_that_contradict_each_other_are_nobodys_fault():
    """Nothing is done, and nobody is set aside for it."""
    with set_up():
        ada = graduate()
        limit = EligibilityLimit.objects.get(name="equivalency_age")
        limit.value = "nineteen"  # past check(), which would refuse it
        limit.save()
    with pytest.raises(DefinitionError):
        recalculate(ada)
    assert has_outstanding(processor("Transcript"))
    assert not TranscriptRecord.objects.exclude(set_aside_at=None).exists()
    with set_up():
        limit.value = "19"
        limit.save()
    assert recalculate(ada).processed == 1


# --- Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 25])
def test_queries_of_a_batch(count):
    """Each student has two numbers, and as many marks as there are students; half of them have a
    row that changes.
    """
    with set_up():
        students = [make_student(birth_date=BORN) for _ in range(count)]
        for number, student in enumerate(students):
            second = make_student(primary=student)
            for course in range(count):
                make_mark(student, f"LDC25{course:02d}", 2024, 5, "70")
            make_mark(second, "ELA3105", 2024, 5, "70")
            RequirementSetStatus.objects.create(
                **{"student": student, "requirement_set_id": DIPLOMA if number % 2 else "CHSA"},
                **{"status": "Achieved", "is_calculated": True, "version": 1},
            )
        keys = [student.pk for student in students]
        raise_triggers("Transcript", keys, "OfficialMark")
    current_calculator()  # is kept: a batch asks only whether it is still right
    with CaptureQueriesContext(connection) as captured:
        assert drain(processor("Transcript"), COMMAND).processed == count
    assert len(captured) == 38, "\n".join(query["sql"][:120] for query in captured)
    assert TranscriptTrigger.objects.count() == count
