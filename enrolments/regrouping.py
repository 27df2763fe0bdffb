"""Enrolments that must be looked at again because numbers have become one person's, or no longer
are: alert rules judge the person, under whatever linked number a record is.
"""

from collections.abc import Collection

from enrolments.models import CourseEnrolment, SchoolEnrolment
from enrolments.triggers import raise_triggers


def numbers_regrouped(
    one: Collection[int], other: Collection[int], courses: Collection[int], object_name: str
) -> None:
    """After the numbers `one` and `other` have been put together, or taken apart. Six statements.

    All school enrolments under them: they overlap with each other, follow each other, and may have
    got another birth date, citizenship or death. Course enrolments at a school and in a school year
    in which the other side has a school enrolment: that one decides whether theirs is missing.
    Deleted enrolments have no alerts and decide nothing. `courses`: further course enrolments; all
    are raised at once, for triggers are locked by ascending key.
    """
    numbers = sorted({*one, *other})
    places: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
    enrolments = []
    for key, student, school, school_year in _of(SchoolEnrolment, numbers):
        enrolments.append(key)
        places[student in one].add((school, school_year))
    missing = [
        key
        for key, student, school, school_year in _of(CourseEnrolment, numbers)
        if (school, school_year) in places[student not in one]
    ]
    raise_triggers("StudentSchoolEnrolment", enrolments, object_name)
    raise_triggers("CourseEnrolment", [*courses, *missing], object_name)


def _of(model: type[SchoolEnrolment] | type[CourseEnrolment], numbers: Collection[int]) -> list:
    found = model.objects.filter(student__any=numbers, is_deleted=False)
    return list(found.values_list("pk", "student_id", "school_id", "school_year"))
