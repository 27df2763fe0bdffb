"""When a student's record is due for disposal: calculated, never stored.

Source: PASI knowledge base; 29 February inferred.
"""

import datetime
from collections.abc import Iterable

from enrolments.models import SchoolEnrolment

YEARS_WITHOUT_SCHOOL = 27
LAST_GRADE = 12
YEARS_AFTER_LAST_GRADE = 7


def scheduled_disposal_date(
    birth_date: datetime.date, enrolments: Iterable[SchoolEnrolment]
) -> datetime.date:
    """The day on which the record may go. Deleted enrolments do not count.

    The student is thought to go on from the highest grade (in its latest school year) to grade 12
    without a break, and the record stays for seven years more. Without enrolments: the 27th
    birthday.
    """
    reached = [(_grade(each), each.school_year) for each in enrolments if not each.is_deleted]
    if not reached:
        return _birthday(birth_date, YEARS_WITHOUT_SCHOOL)
    grade, school_year = max(reached)
    return datetime.date(school_year + LAST_GRADE - grade + YEARS_AFTER_LAST_GRADE, 9, 1)


def _grade(enrolment: SchoolEnrolment) -> int:
    """The grade as a number; kindergarten and early childhood are 0."""
    return int(enrolment.grade) if enrolment.grade.isdecimal() else 0


def _birthday(birth_date: datetime.date, age: int) -> datetime.date:
    """Of somebody born on 29 February: on 28 February."""
    year = birth_date.year + age
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return datetime.date(year, 2, 28)
