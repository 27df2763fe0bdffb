"""A calculator to be plugged into the Transcript processor, as every one of them must behave."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils import timezone

from credentials.models import RequirementSetStatus
from enrolments.models import OfficialMark
from enrolments.processors import Processor
from pasi import bulk
from students.models import Student

SET = "AHSD-2018"
ENOUGH = 5


def by_credits(students: Sequence[int], call: UUID) -> Mapping[int, Exception]:
    """Whoever has a mark with five credits has achieved the diploma. Set-based, as it should be."""
    list(
        Student.objects.filter(id__any=students)
        .order_by("id")
        .select_for_update(no_key=True)
        .values_list("id")
    )
    stored = {
        student: (row, status, is_calculated)
        for student, row, status, is_calculated in RequirementSetStatus.objects.filter(
            student__any=students, requirement_set=SET
        ).values_list("student_id", "pk", "status", "is_calculated")
    }
    achieved = set(
        OfficialMark.objects.filter(
            student__any=students, credits_awarded__gte=ENOUGH, is_deleted=False
        ).values_list("student_id", flat=True)
    )
    new, changed = [], []
    for student in students:
        row, status, is_calculated = stored.get(student, (None, "", True))
        found = "Achieved" if student in achieved else "NotAchieved"
        if is_calculated and status != found:
            (new if row is None else changed).append((row or student, found))
    versions = iter(bulk.next_versions(len(new) + len(changed)))
    bulk.insert_rows(
        RequirementSetStatus,
        ("student_id", "requirement_set_id", "status", "is_calculated", "version"),
        [(student, SET, found, True, next(versions)) for student, found in new],
        call,
    )
    now = timezone.now()
    bulk.update_rows(
        RequirementSetStatus,
        ("status", "version", "updated_at"),
        [(row, found, next(versions), now) for row, found in changed],
        call,
    )
    return {}


def transcript_with(calculator) -> Processor:
    """The Transcript processor with another calculator."""
    return Processor("Transcript", calculator=calculator)
