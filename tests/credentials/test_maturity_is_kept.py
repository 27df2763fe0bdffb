"""The maturity date follows awards and birth dates, whichever service changes them."""

import datetime

import pytest

from credentials.maturity import maturity
from credentials.models import AwardedCredential
from enrolments.models import CourseEnrolmentTrigger, StudentTrigger
from students.models import Student
from tests.credentials.officer import applied, recalculated, with_identity
from tests.credentials.officer import officer as officer
from tests.invariants import assert_database_is_sound
from tests.province_builder import make_award, make_school, make_student, set_up

date = datetime.date
DIPLOMAS = ("AHSD", "ADEX", "ADVD", "GHSD")


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    assert_database_is_sound()


@pytest.fixture
def student(db) -> Student:
    """Has achieved three diplomas; 19 on 1 September 2027."""
    with set_up():
        school = make_school()
        return make_student(
            achieved=["AHSD-2018", "GHSD", "ADVD"],
            maturity_date=date(2027, 9, 1),
            maturity_reason="AGE",
            courses=[(school, year, date(year, 1, 15)) for year in range(2020, 2032)],
        )


def stored(student) -> tuple[date, str]:
    now = Student.objects.get(pk=student.pk)
    return now.maturity_date, now.maturity_reason


def due(student) -> tuple[date, str]:
    """What it has to be, by all active awards of the person."""
    now = Student.objects.get(pk=student.pk)
    awards = AwardedCredential.objects.filter(
        student__in=[now, *now.secondaries.all()], is_deleted=False
    )
    return maturity(now.birth_date, awards.values_list("credential_type", "school_year"))


def award_of(student, credential) -> AwardedCredential:
    return student.awarded_credentials.get(credential_type=credential)


def test_through_the_life_of_several_awards(officer, student):
    seen = []

    def note(response) -> None:
        applied(response)
        recalculated()
        assert stored(student) == due(student)
        assert student.history.latest().version == Student.objects.get(pk=student.pk).version
        seen.append((stored(student)[0].year, stored(student)[1][:3]))

    note(officer.single(student, "AHSD", 2026))
    note(officer.single(student, "GHSD", 2024))
    note(officer.single(student, "ADVD", 2025))
    note(officer.re_issue(award_of(student, "GHSD"), SchoolYear=2026))
    note(officer.delete(award_of(student, "ADVD")))
    note(officer.delete(award_of(student, "AHSD")))
    with_identity(student, BirthDate="2003-09-02")  # 19 on 2022-09-02: mature in 2023
    seen.append((stored(student)[0].year, stored(student)[1][:3]))
    assert stored(student) == due(student)
    note(officer.delete(award_of(student, "AHSD"), None))
    with_identity(student, BirthDate="2010-01-01")
    seen.append((stored(student)[0].year, stored(student)[1][:3]))
    note(officer.re_issue(award_of(student, "AHSD"), SchoolYear=2020))
    note(officer.delete(award_of(student, "AHSD")))
    note(officer.single(student, "AHSD", 2023))
    note(officer.delete(award_of(student, "AHSD")))
    note(officer.delete(award_of(student, "GHSD")))
    assert seen == [
        *((2026, "CRE"), (2024, "CRE"), (2024, "CRE"), (2025, "CRE"), (2026, "CRE")),
        *((2026, "CRE"), (2023, "AGE"), (2023, "AGE"), (2026, "CRE"), (2020, "CRE")),
        *((2026, "CRE"), (2023, "CRE"), (2026, "CRE"), (2029, "AGE")),
    ]


def test_each_move_has_what_lies_between_looked_at_again(officer, student):
    applied(officer.single(student, "AHSD", 2026))
    recalculated()
    for change, between in (
        (lambda: officer.re_issue(award_of(student, "AHSD"), SchoolYear=2022), range(2023, 2027)),
        (lambda: officer.delete(award_of(student, "AHSD")), range(2023, 2028)),
        (lambda: officer.delete(award_of(student, "AHSD"), None), range(2023, 2028)),
        (lambda: with_identity(student, BirthDate="1999-01-01"), range(2020, 2023)),
        (lambda: officer.delete(award_of(student, "AHSD")), ()),
    ):
        CourseEnrolmentTrigger.objects.all().delete()
        StudentTrigger.objects.all().delete()
        before = Student.objects.get(pk=student.pk).version
        change()
        looked_at = student.course_enrolments.filter(
            pk__in=CourseEnrolmentTrigger.objects.values("pk")
        )
        assert sorted(each.school_year for each in looked_at) == list(between)
        rose = Student.objects.get(pk=student.pk).version > before
        assert rose is bool(between)
        assert StudentTrigger.objects.exists() is rose


def test_awards_under_linked_numbers_are_the_persons(officer, student):
    with set_up():
        other = make_student(primary=student)
        award = make_award(other, "GHSD", 4321, 2025)
    applied(officer.single(student, "AHSD", 2026))
    assert stored(student) == due(student) == (date(2025, 9, 1), "CREDENTIAL")
    applied(officer.delete(award))
    assert stored(student) == due(student) == (date(2026, 9, 1), "CREDENTIAL")
    with_identity(student, BirthDate="1990-03-03")
    assert stored(student) == due(student) == (date(2009, 9, 1), "AGE")
    award.refresh_from_db()
    applied(officer.delete(award, None))
    assert stored(student) == due(student) == (date(2009, 9, 1), "AGE")


@pytest.mark.parametrize("credential", ["HSED", "CHSA", "IOPC", "COSC", "HHSD"])
def test_other_credentials_make_nobody_mature(officer, credential):
    sets = {"HSED": "HSED-ALT1"}
    with set_up():
        student = make_student(
            achieved=[sets.get(credential, credential)],
            maturity_date=date(2027, 9, 1),
            maturity_reason="AGE",
        )
    for response in (
        officer.single(student, credential, 2020),
        officer.re_issue(award_of(student, credential), SchoolYear=2019),
        officer.delete(award_of(student, credential)),
        officer.delete(award_of(student, credential), None),
    ):
        applied(response)
        assert stored(student) == (date(2027, 9, 1), "AGE")
    assert Student.objects.get(pk=student.pk).version == student.version


def test_a_date_that_was_never_stored_comes_with_the_next_change(officer):
    with set_up():
        award = make_award(make_student(), "AHSD", 4321, 2025)
    applied(officer.re_issue(award, SchoolYear=2024))
    assert stored(award.student) == (date(2024, 9, 1), "CREDENTIAL")
