"""When the record of a student is due for disposal."""

import datetime

import pytest

from enrolments.models import SchoolEnrolment
from students.disposal import scheduled_disposal_date

BORN = datetime.date(2000, 11, 9)


def enrolled(school_year: int, grade: str, *, is_deleted=False) -> SchoolEnrolment:
    return SchoolEnrolment(school_year=school_year, grade=grade, is_deleted=is_deleted)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("2000-11-09", "2027-11-09"),
        ("2000-02-29", "2027-02-28"),
        ("2000-02-28", "2027-02-28"),
        ("2001-03-01", "2028-03-01"),
    ],
)
def test_without_enrolments_it_is_the_27th_birthday(born, expected):
    birth_date = datetime.date.fromisoformat(born)
    deleted = enrolled(2018, "03", is_deleted=True)
    for enrolments in ((), (deleted,)):
        assert scheduled_disposal_date(birth_date, enrolments).isoformat() == expected


@pytest.mark.parametrize(
    ("enrolments", "year"),
    [
        ([(2018, "03")], 2034),
        ([(2018, "12")], 2025),
        ([(2018, "EC")], 2037),
        ([(2018, "K")], 2037),
        ([(2017, "03"), (2018, "04")], 2033),
        # The highest grade counts, not the latest school year ...
        ([(2018, "05"), (2020, "03")], 2032),
        # ... but of several in that grade the latest.
        ([(2018, "05"), (2020, "05"), (2019, "05")], 2034),
        ([(2018, "09"), (2016, "10")], 2025),
    ],
)
def test_with_enrolments_it_is_seven_years_after_grade_12(enrolments, year):
    rows = [enrolled(*each) for each in enrolments]
    for order in (rows, rows[::-1]):
        assert scheduled_disposal_date(BORN, order) == datetime.date(year, 9, 1)


def test_deleted_enrolments_do_not_count():
    rows = [enrolled(2018, "03"), enrolled(2020, "12", is_deleted=True)]
    assert scheduled_disposal_date(BORN, rows) == datetime.date(2034, 9, 1)
