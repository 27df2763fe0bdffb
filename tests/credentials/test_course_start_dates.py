"""Which course enrolments a moved maturity date concerns."""

import datetime

import pytest

from enrolments.course_start_dates import course_enrolments_between
from enrolments.models import CourseEnrolment, SchoolEnrolment
from tests.province_builder import make_enrolment, make_school, make_student, set_up

date = datetime.date
FIRST, LAST = date(2026, 9, 1), date(2027, 9, 1)


def starts_found(*moves) -> list[datetime.date | None]:
    """The start dates of the course enrolments concerned, in order of key."""
    keys = course_enrolments_between(moves)
    assert keys == sorted(set(keys))
    found = CourseEnrolment.objects.in_bulk(keys)
    return [found[key].start_date for key in keys]


@pytest.fixture
def school(db):
    with set_up():
        return make_school()


def student_with(school, *starts, year=2027, **values):
    return make_student(courses=[(school, year, start) for start in starts], **values)


DAYS = [date(2026, 8, 31), FIRST, date(2027, 1, 15), LAST, date(2027, 9, 2)]


@pytest.mark.parametrize("move", [(FIRST, LAST), (LAST, FIRST)], ids=["later", "earlier"])
def test_both_ends_count_in_either_order(school, move):
    with set_up():
        student = student_with(school, *DAYS)
    assert starts_found((student.pk, *move)) == DAYS[1:4]


@pytest.mark.parametrize("move", [(None, LAST), (LAST, None)], ids=["from", "to"])
def test_a_missing_date_is_far_in_the_future(school, move):
    with set_up():
        student = student_with(school, *DAYS, date(2199, 1, 1))
    assert starts_found((student.pk, *move)) == [*DAYS[3:], date(2199, 1, 1)]


def test_nothing_moved(db):
    assert course_enrolments_between([]) == []


def test_two_missing_dates_concern_nothing(school):
    with set_up():
        student = student_with(school, *DAYS, None)
    assert starts_found((student.pk, None, None)) == []


def test_deleted_ones_are_left_out(school):
    with set_up():
        student = student_with(school, FIRST, LAST)
        deleted = CourseEnrolment.objects.get(student=student, start_date=FIRST)
        deleted.is_deleted = True
        deleted.save()
    assert starts_found((student.pk, FIRST, LAST)) == [LAST]


def test_each_student_has_its_own_period(school):
    with set_up():
        one, two, other = (student_with(school, *DAYS) for _ in range(3))
    found = starts_found((one.pk, FIRST, FIRST), (two.pk, LAST, None))
    assert found == [FIRST, LAST, date(2027, 9, 2)]
    assert other.course_enrolments.count() == len(DAYS)


def test_those_under_a_secondary_number_are_the_students(school):
    with set_up():
        student = student_with(school, FIRST)
        student_with(school, LAST, date(2027, 9, 2), primary=student)
    assert starts_found((student.pk, FIRST, LAST)) == [FIRST, LAST]


# --- Without a start date -----------------------------------------------------------------------


def is_found(student, day) -> bool:
    return starts_found((student.pk, day, day)) == [None]


def test_without_start_it_starts_with_the_students_enrolment_at_its_school(school):
    with set_up():
        student = student_with(school, None)
        make_enrolment(student, school, 2027, date(2026, 11, 3))
    assert is_found(student, date(2026, 11, 3))
    assert not is_found(student, FIRST)


def test_of_several_enrolments_there_the_earliest(school):
    with set_up():
        student = student_with(school, None)
        for day in (date(2027, 2, 1), date(2026, 10, 5), date(2026, 12, 1)):
            make_enrolment(student, school, 2027, day)
    assert is_found(student, date(2026, 10, 5))
    assert not is_found(student, date(2027, 2, 1))


@pytest.mark.parametrize("other", ["school", "school year", "deleted", "student"])
def test_otherwise_it_starts_on_1_september(school, other):
    with set_up():
        student = student_with(school, None)
        owner = make_student() if other == "student" else student
        make_enrolment(
            owner,
            make_school("S.0002") if other == "school" else school,
            2028 if other == "school year" else 2027,
            date(2026, 11, 3),
            is_deleted=other == "deleted",
        )
    assert SchoolEnrolment.objects.count() == 1
    assert is_found(student, FIRST)
    assert not is_found(student, date(2026, 11, 3))


@pytest.mark.parametrize("enrolled_under", ["primary", "secondary"])
def test_the_enrolment_may_be_under_another_number_of_the_student(school, enrolled_under):
    with set_up():
        student = make_student()
        secondary = student_with(school, None, primary=student)
        owner = student if enrolled_under == "primary" else secondary
        make_enrolment(owner, school, 2027, date(2026, 11, 3))
    assert is_found(student, date(2026, 11, 3))
    assert not is_found(student, FIRST)
