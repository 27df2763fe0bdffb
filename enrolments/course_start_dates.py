"""Which course enrolments a moved maturity date concerns."""

import datetime
from collections.abc import Sequence

from django.db.models import Q

from enrolments.models import CourseEnrolment, SchoolEnrolment
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
    holder_of = {student: student for student in period}
    holder_of.update(Student.objects.filter(primary__any=list(period)).values_list("id", "primary"))
    possible = (
        min(earliest for earliest, _latest in period.values()),
        max(latest for _earliest, latest in period.values()),
    )
    concerned, without_start = [], []
    for key, holder, school, year, start in CourseEnrolment.objects.filter(
        Q(start_date=None) | Q(start_date__range=possible),
        student__any=list(holder_of),
        is_deleted=False,
    ).values_list("id", "student_id", "school_id", "school_year", "start_date"):
        student = holder_of[holder]
        earliest, latest = period[student]
        if start is None:
            without_start.append((key, student, school, year))
        elif earliest <= start <= latest:
            concerned.append(key)
    starts = _starts_of_school_enrolments(holder_of, {row[1] for row in without_start})
    for key, student, school, year in without_start:
        earliest, latest = period[student]
        if earliest <= starts.get((student, school, year), first_day(year)) <= latest:
            concerned.append(key)
    return sorted(concerned)


def _starts_of_school_enrolments(
    holder_of: dict[int, int], students: set[int]
) -> dict[tuple[int, int, int], datetime.date]:
    """(student, school, school year) -> the earliest start of an enrolment there, any number."""
    starts: dict[tuple[int, int, int], datetime.date] = {}
    for holder, school, year, start in SchoolEnrolment.objects.filter(
        student__any=[holder for holder, student in holder_of.items() if student in students],
        is_deleted=False,
    ).values_list("student_id", "school_id", "school_year", "start_date"):
        place = (holder_of[holder], school, year)
        starts[place] = min(start, starts.get(place, start))
    return starts
