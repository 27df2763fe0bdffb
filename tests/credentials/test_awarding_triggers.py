"""What an award sets off: triggers, and a maturity date that moves."""

import datetime

import pytest

from credentials.models import AwardedCredential
from enrolments import models as enrolments
from enrolments.processors import PROCESSORS
from students.models import Student
from tests.credentials.calls import award, graduate, outcomes
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import make_school, make_student, set_up

date = datetime.date


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    assert_database_is_sound()
    assert_every_call_is_answered()


def triggers() -> dict[str, list[tuple[int, str]]]:
    """Processor -> (record, what caused it), for processors with triggers."""
    found = {
        each.name: sorted(each.trigger.objects.values_list("pk", "last_updated_object_name"))
        for each in PROCESSORS
    }
    return {name: rows for name, rows in found.items() if rows}


def test_an_award_that_leaves_the_maturity_date_raises_two_triggers():
    with set_up():
        school = make_school()
        student = make_student(
            achieved=["CHSA"],
            marks=[("ELA3105", 2026, 5)],
            maturity_date=date(2027, 9, 1),
            maturity_reason="AGE",
            courses=[(school, 2027, date(2027, 1, 15))],
        )
    award(student.asn)
    assert triggers() == {
        "Transcript": [(student.pk, "AwardedStudentCredential")],
        "ResponsibleSchool": [(student.pk, "AwardedStudentCredential")],
    }
    found = Student.objects.get(pk=student.pk)
    assert found.version == student.version
    assert found.maturity_date == date(2027, 9, 1)
    assert student.history.count() == 1


def test_a_diploma_moves_the_maturity_date_and_raises_what_depends_on_it():
    with set_up():
        school = make_school()
        starts = [date(2026, 8, 31), date(2026, 9, 1), date(2027, 9, 1), date(2027, 9, 2)]
        student = graduate(courses=[(school, 2027, start) for start in starts])
    award(student.asn)
    concerned = student.course_enrolments.filter(start_date__in=starts[1:3])
    assert triggers() == {
        "Transcript": [(student.pk, "AwardedStudentCredential")],
        "ResponsibleSchool": [(student.pk, "AwardedStudentCredential")],
        "Student": [(student.pk, "StudentMaturityDate")],
        "CourseEnrolment": sorted(
            (key, "StudentMaturityDate") for key in concerned.values_list("pk", flat=True)
        ),
    }
    found = Student.objects.get(pk=student.pk)
    assert (found.maturity_date, found.maturity_reason) == (date(2026, 9, 1), "CREDENTIAL")
    assert found.version > student.version
    assert found.updated_at > student.updated_at
    latest = student.history.latest()
    assert (latest.history_type, latest.maturity_date) == ("~", date(2026, 9, 1))


def test_a_missing_maturity_date_is_far_in_the_future():
    with set_up():
        school = make_school()
        starts = [date(2026, 8, 31), date(2026, 9, 1), date(2150, 1, 1)]
        student = graduate(
            maturity_date=None,
            maturity_reason="",
            courses=[(school, 2027, start) for start in starts],
        )
    award(student.asn)
    concerned = student.course_enrolments.filter(start_date__gte=date(2026, 9, 1))
    keys = enrolments.CourseEnrolmentTrigger.objects.values_list("pk", flat=True)
    assert sorted(keys) == sorted(concerned.values_list("pk", flat=True))


def test_an_award_of_the_year_in_which_age_makes_mature_moves_nothing():
    with set_up():
        student = graduate(marks=[("ELA3105", 2027, 5)])
    assert outcomes(student.asn) == ["AHSD"]
    found = Student.objects.get(pk=student.pk)
    assert (found.maturity_date, found.maturity_reason) == (date(2027, 9, 1), "AGE")
    assert set(triggers()) == {"Transcript", "ResponsibleSchool"}


def test_a_stored_maturity_date_that_was_wrong_is_put_right():
    with set_up():
        student = make_student(
            achieved=["HSED-ALT1"],
            marks=[("ELA3105", 2026, 5)],
            maturity_date=date(2025, 9, 1),
            maturity_reason="CREDENTIAL",
        )
    assert outcomes(student.asn) == ["HSED"]
    found = Student.objects.get(pk=student.pk)
    assert (found.maturity_date, found.maturity_reason) == (date(2027, 9, 1), "AGE")
    assert found.version > student.version


@pytest.mark.parametrize("holder", ["own number", "linked number"])
def test_what_the_student_holds_already_counts_for_the_maturity_date(settings, holder):
    settings.PASI_MATURITY_CREDENTIALS = ["HSED", "AHSD"]
    held = [("HSED", 61, 2024, False)]
    with set_up():
        student = graduate(
            maturity_date=date(2024, 9, 1),
            maturity_reason="CREDENTIAL",
            awards=held if holder == "own number" else (),
        )
        if holder == "linked number":
            make_student(primary=student, awards=held)
    assert outcomes(student.asn) == ["AHSD"]
    found = Student.objects.get(pk=student.pk)
    assert (found.maturity_date, found.version) == (date(2024, 9, 1), student.version)
    assert set(triggers()) == {"Transcript", "ResponsibleSchool"}


def test_a_deleted_award_does_not_count_for_the_maturity_date():
    with set_up():
        student = graduate(awards=[("GHSD", 62, 2020, True)])
    assert outcomes(student.asn) == ["AHSD"]
    assert Student.objects.get(pk=student.pk).maturity_date == date(2026, 9, 1)


def test_rejected_students_are_left_alone():
    with set_up():
        student = graduate(marks=[])
    assert outcomes(student.asn) == ["44008"]
    assert triggers() == {}
    assert Student.objects.get(pk=student.pk).version == student.version
    assert student.history.count() == 1
    assert not AwardedCredential.objects.exists()


def test_a_further_award_raises_the_version_of_the_triggers():
    with set_up():
        student = graduate()
        enrolments.TranscriptRecord.objects.create(student=student)
        enrolments.TranscriptTrigger.objects.create(
            student=student, version=0, last_updated_object_name="OfficialMark"
        )
    award(student.asn)
    trigger = enrolments.TranscriptTrigger.objects.get(student=student)
    written = AwardedCredential.objects.get(student=student)
    assert trigger.version > written.version
    assert trigger.last_updated_object_name == "AwardedStudentCredential"
