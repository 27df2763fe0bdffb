"""Which course enrolments a moved maturity date concerns."""

import datetime
from collections.abc import Sequence

from django.db.models import Min

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
    far = datetime.date.max
    period = {
        student: (min(before or far, after or far), max(before or far, after or far))
        for student, before, after in moves
    }
    holder_of = {student: student for student in period}
    holder_of.update(Student.objects.filter(primary__any=list(period)).values_list("id", "primary"))
    concerned, without_start = [], []
    for key, holder, school, year, start in CourseEnrolment.objects.filter(
        student__any=list(holder_of), is_deleted=False
    ).values_list("id", "student_id", "school_id", "school_year", "start_date"):
        earliest, latest = period[holder_of[holder]]
        if start is None:
            without_start.append((key, holder, school, year, earliest, latest))
        elif earliest <= start <= latest:
            concerned.append(key)
    starts = {
        (holder, school, year): start
        for holder, school, year, start in SchoolEnrolment.objects.filter(
            student__any=sorted({row[1] for row in without_start}), is_deleted=False
        )
        .values_list("student_id", "school_id", "school_year")
        .annotate(start=Min("start_date"))
    }
    for key, holder, school, year, earliest, latest in without_start:
        if earliest <= starts.get((holder, school, year), first_day(year)) <= latest:
            concerned.append(key)
    return sorted(concerned)
