"""Which course enrolments a moved maturity date concerns."""

import datetime
from collections.abc import Sequence
from functools import cache

from django.db.models import Q

from enrolments.models import CourseEnrolment, SchoolEnrolment
from pasi import bulk
from pasi.calendar import first_day
from students.models import Student


def course_enrolments_between(
    moves: Sequence[tuple[int, datetime.date | None, datetime.date | None]],
) -> list[int]:
    """Keys, ascending, of course enrolments that start between two maturity dates.

    `moves`: (student, date before, date after). Both ends count, in either order; a missing date
    is far in the future; deleted enrolments are left out; those held under a secondary number are
    the student's. A course enrolment without start date starts with the student's enrolment at
    its school and year, else on 1 September. Source: seed documents; ends and fallback inferred.
    """
    if not moves:
        return []
    far = datetime.date.max
    period = {
        student: (min(before or far, after or far), max(before or far, after or far))
        for student, before, after in moves
    }
    possible = (
        min(earliest for earliest, _latest in period.values()),
        max(latest for _earliest, latest in period.values()),
    )
    concerned, without_start = [], []
    students = bulk.array(period)
    for key, number, primary, school, year, start in bulk.fetch(
        _course_enrolments_of(), [students, students, *possible]
    ):
        student = primary if primary in period else number
        earliest, latest = period[student]
        if start is None:
            without_start.append((key, student, school, year))
        elif earliest <= start <= latest:
            concerned.append(key)
    starts = _starts_of_school_enrolments({student for _key, student, *_ in without_start})
    for key, student, school, year in without_start:
        earliest, latest = period[student]
        if earliest <= starts.get((student, school, year), first_day(year)) <= latest:
            concerned.append(key)
    return sorted(concerned)


@cache
def _course_enrolments_of() -> str:
    """SQL with four parameters: the students, once more the students, first and last start."""
    numbers = Student.objects.filter(Q(pk__any=[]) | Q(primary__any=[]))
    far = datetime.date.max
    possible = Q(start_date=None) | Q(start_date__range=(far, far))
    found = CourseEnrolment.objects.filter(student__in=numbers).filter(possible, is_deleted=False)
    return bulk.written_once(
        found.values_list(
            *("id", "student_id", "student__primary_id", "school_id", "school_year", "start_date")
        )
    )


def _starts_of_school_enrolments(
    students: set[int],
) -> dict[tuple[int, int, int], datetime.date]:
    """(student, school, school year) -> the earliest start of an enrolment there, any number."""
    if not students:
        return {}
    keys = list(students)
    numbers = Student.objects.filter(Q(pk__any=keys) | Q(primary__any=keys))
    starts: dict[tuple[int, int, int], datetime.date] = {}
    for number, primary, school, year, start in SchoolEnrolment.objects.filter(
        student__in=numbers, is_deleted=False
    ).values_list("student_id", "student__primary_id", "school_id", "school_year", "start_date"):
        place = (primary if primary in students else number, school, year)
        starts[place] = min(start, starts.get(place, start))
    return starts
