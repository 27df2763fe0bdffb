"""The facts that awarding decides on, read from the database."""

import datetime

import pytest

from credentials.awarding import load_candidates
from enrolments.models import TranscriptRecord, TranscriptTrigger
from pasi import bulk
from pasi.models import Code
from tests.credentials.conftest import TODAY
from tests.province_builder import (
    make_award,
    make_enrolment,
    make_mark,
    make_school,
    make_student,
    process,
    set_up,
)

date = datetime.date


@pytest.fixture
def school(db):
    with set_up():
        return make_school()


def facts(student, **options):
    return load_candidates([student.asn], today=TODAY, **options)[student.asn]


def raise_transcript_trigger(student):
    bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, [student.pk], "Test")


# --- The student --------------------------------------------------------------------------------


def test_unknown_numbers_have_no_student(db):
    found = load_candidates(["999999999", "999999999"], today=TODAY)
    assert list(found) == ["999999999"]
    assert found["999999999"].student_id is None


def test_the_student(db):
    with set_up():
        student = make_student(
            first_name="Ada",
            middle_name="Joy",
            last_name="Byron",
            suffix="Jr.",
            birth_date=date(2008, 2, 29),
            maturity_date=date(2027, 9, 1),
        )
        secondary = make_student(primary=student)
        deactivated = make_student(is_deactivated=True)
    found = facts(student)
    assert found.student_id == student.pk
    assert found.legal_name == ("Ada", "Joy", "Byron", "Jr.")
    assert (found.birth_date, found.maturity_date) == (date(2008, 2, 29), date(2027, 9, 1))
    assert (found.is_deactivated, found.primary_asn) == (False, "")
    assert facts(secondary).primary_asn == student.asn
    assert facts(deactivated).is_deactivated
    assert facts(deactivated).maturity_date is None


# --- What is achieved ---------------------------------------------------------------------------


def test_only_sets_that_read_achieved_count(db):
    with set_up():
        student = make_student(achieved=["HSED-ALT2", "CHSA"], not_achieved=["AHSD-2018", "COSC"])
    found = facts(student)
    assert found.achieved_sets == {"HSED-ALT2", "CHSA"}
    assert found.achieved == {"HSED", "CHSA"}


@pytest.mark.parametrize(
    ("code", "credential_type"),
    [
        ("AHSD-2010-2018", "AHSD"),
        ("AHSD-2018", "AHSD"),
        ("AHSD-PRE2010", "AHSD"),
        ("ADVD", "ADVD"),
        ("ADEX", "ADEX"),
        ("GHSD", "GHSD"),
        ("HSED-ALT1", "HSED"),
        ("HSED-ALT2", "HSED"),
        ("CHSA", "CHSA"),
        ("COSC", "COSC"),
        ("IOPC", "IOPC"),
        ("HHSD", "HHSD"),
    ],
)
def test_each_set_stands_for_its_credential(db, code, credential_type):
    with set_up():
        student = make_student(achieved=[code])
    assert facts(student).achieved == {credential_type}


def test_sets_of_a_secondary_number_do_not_count(db):
    with set_up():
        student = make_student()
        make_student(achieved=["AHSD-2018"], primary=student)
    assert facts(student).stored_achieved == frozenset()


def test_while_a_transcript_trigger_is_outstanding_only_what_is_awarded_reads_achieved(db):
    with set_up():
        student = make_student(
            achieved=["AHSD-2018", "CHSA"], awards=[("CHSA", 1_234, 2025, False)]
        )
    assert facts(student).achieved == {"AHSD", "CHSA"}
    raise_transcript_trigger(student)
    found = facts(student)
    assert found.is_outstanding
    assert found.is_recalculating
    assert found.achieved == {"CHSA"}
    process(limit=10)
    found = facts(student)
    assert not found.is_outstanding
    assert found.achieved == {"AHSD", "CHSA"}
    raise_transcript_trigger(student)
    assert facts(student).is_outstanding


# --- What is awarded ----------------------------------------------------------------------------


def test_active_awards_under_any_linked_number_count(db):
    with set_up():
        student = make_student(awards=[("CHSA", 11, 2024, False), ("COSC", 12, 2023, True)])
        secondary = make_student(
            primary=student, awards=[("GHSD", 13, 2022, False), ("AHSD", 14, 2021, True)]
        )
        make_student(awards=[("ADEX", 15, 2020, False)])
    found = facts(student)
    assert sorted(found.awards) == [("CHSA", 2024), ("GHSD", 2022)]
    assert found.awarded == {"CHSA", "GHSD"}
    own = student.awarded_credentials.get(credential_type="COSC")
    assert found.deleted_awards == {"COSC": own.pk}
    assert secondary.awarded_credentials.count() == 2


def test_a_primary_and_its_secondary_asked_for_together(db):
    with set_up():
        student = make_student(awards=[("CHSA", 21, 2024, False)])
        secondary = make_student(primary=student, awards=[("GHSD", 22, 2022, False)])
    found = load_candidates([secondary.asn, student.asn], today=TODAY)
    assert found[student.asn].awarded == {"CHSA", "GHSD"}
    assert found[secondary.asn].primary_asn == student.asn


# --- School year from marks ---------------------------------------------------------------------


def test_the_most_current_mark_with_credit(db):
    with set_up():
        student = make_student(
            marks=[("ELA3105", 2024, 5), ("SSN3156", 2025, 1), ("MAT3791", 2023, 5)]
        )
        make_mark(student, "PED3445", 2030, 0, "85")
        make_mark(student, "CSC3000", 2031, 5, "85", is_available=False)
        make_mark(student, "CSC3010", 2032, 5, "85", is_deleted=True)
    assert facts(student).mark_year == 2025


def test_marks_under_a_secondary_number_count(db):
    with set_up():
        student = make_student(marks=[("ELA3105", 2024, 5)], ged_marks=[("GED9981", 2016, "A")])
        make_student(
            primary=student, marks=[("ELA3105", 2026, 5)], ged_marks=[("GED9981", 2017, "B")]
        )
    assert facts(student).mark_year == 2026
    assert facts(student).ged_year == 2017


def test_no_marks(db):
    with set_up():
        student = make_student()
    assert (facts(student).mark_year, facts(student).ged_year) == (None, None)


@pytest.mark.parametrize(
    ("course", "value", "counts"),
    [
        *((f"GED998{digit}", "A", True) for digit in (1, 2, 3, 4, 5)),
        ("GED9981", "B", True),
        ("GED9981", "C", True),
        ("GEDSY", "C", True),
        ("GED9981", "D", False),
        ("GED9981", "F", False),
        ("GED9981", "a", False),
        ("GED9981", "450", False),
        ("GED9981", "", False),
        ("GED9980", "A", False),
        ("GED9986", "A", False),
        ("ELA3105", "A", False),
    ],
)
def test_which_marks_are_ged_marks(db, course, value, counts):
    with set_up():
        student = make_student(ged_marks=[(course, 2019, value)])
    assert facts(student).ged_year == (2019 if counts else None)


def test_the_converted_ged_year_is_a_code_that_staff_may_change(db):
    with set_up():
        Code.objects.create(
            code_type="GEDSchoolYearConversionCourse", code="GEDXX", short_name="Converted"
        )
        student = make_student(ged_marks=[("GEDXX", 2012, "A"), ("GEDSY", 2011, "A")])
    assert facts(student).ged_year == 2012


def test_ged_marks_must_be_available_and_not_deleted(db):
    with set_up():
        student = make_student(ged_marks=[("GED9981", 2017, "C")])
        make_mark(student, "GED9982", 2018, 0, "A", is_available=False)
        make_mark(student, "GED9983", 2019, 0, "A", is_deleted=True)
    assert facts(student).ged_year == 2017
    assert facts(student).mark_year is None


# --- School year from enrolments ----------------------------------------------------------------


def completing(**values):
    return make_student(achieved=["COSC"], **values)


def test_the_most_current_enrolment_is_the_greatest_year(school):
    with set_up():
        student = completing(enrolments=[(school, 2024, None), (school, 2026, None)])
        make_enrolment(student, school, 2025)
    assert facts(student).enrolment_year == 2026


def test_enrolments_that_have_started_come_first(school):
    with set_up():
        student = completing(
            enrolments=[(school, 2024, None), (school, 2026, TODAY + datetime.timedelta(1))]
        )
    assert facts(student).enrolment_year == 2024


def test_an_enrolment_that_starts_today_has_started(school):
    with set_up():
        student = completing(enrolments=[(school, 2025, None)])
        make_enrolment(student, school, 2027, TODAY)
    assert facts(student).enrolment_year == 2027


def test_an_enrolment_to_come_counts_where_there_is_no_other(school):
    with set_up():
        student = completing(enrolments=[(school, 2027, date(2026, 9, 1))])
    assert facts(student).enrolment_year == 2027


def test_deleted_enrolments_do_not_count(school):
    with set_up():
        student = completing(enrolments=[(school, 2024, None)])
        make_enrolment(student, school, 2026, is_deleted=True)
    assert facts(student).enrolment_year == 2024


def test_enrolments_under_a_secondary_number_count(school):
    with set_up():
        student = completing(enrolments=[(school, 2024, None)])
        make_student(primary=student, enrolments=[(school, 2026, None)])
        make_student(enrolments=[(school, 2027, None)])
    assert facts(student).enrolment_year == 2026


def test_awards_of_one_student_are_not_anothers(db):
    with set_up():
        one, other = make_student(), make_student()
        make_award(one, "AHSD", 31, 2020)
        make_mark(one, "ELA3105", 2020, 5, "70")
    found = load_candidates([one.asn, other.asn], today=TODAY)
    assert found[one.asn].awarded == {"AHSD"}
    assert found[other.asn].awarded == frozenset()
    assert found[other.asn].mark_year is None
