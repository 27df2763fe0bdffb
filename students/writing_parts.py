"""Writing one part of the record of a student who is locked, and what follows from it."""

import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from enrolments.named_enrolment import enrolments_from
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.calendar import current_school_year
from students.models import CitizenshipStatus, DisclosureRestriction, Student
from students.named_student import linked_numbers
from students.writing import change_student

Part = type[CitizenshipStatus] | type[DisclosureRestriction]


def write_part(
    model: Part, ref_id: int | None, student: Student, values: dict[str, Any], call: UUID
) -> int:
    """Add a part, or change the one of a RefId; its RefId. One or two statements."""
    if ref_id:
        columns = (*values, "updated_at")
        bulk.update_rows(model, columns, [(ref_id, *values.values(), timezone.now())], call)
        return ref_id
    [key] = bulk.next_of_each(model)
    columns = ("id", "student_id", "is_deleted", *values)
    bulk.insert_rows(model, columns, [(key, student.pk, False, *values.values())], call)
    return key


def part_changed(student: Student, since: datetime.date, object_name: str, call: UUID) -> int:
    """The student's new version. Student and enrolments are looked at again."""
    version = change_student(student, {}, call)
    look_again(student, since, object_name)
    return version


def look_again(student: Student, since: datetime.date, object_name: str) -> None:
    """Have a student looked at again, and enrolments: those of the current and later school years,
    and those that lasted until `since` or longer (inferred).
    """
    enrolments = enrolments_from(linked_numbers(student), since, current_school_year())
    raise_triggers("Student", [student.pk], object_name)
    raise_triggers("StudentSchoolEnrolment", enrolments, object_name)
