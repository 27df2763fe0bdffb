"""Loading what the eligibility calculator judges: the facts of many students at once.

The number of queries does not depend on the number of students. Records under a secondary number
are its primary's; deleted ones are left out.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from credentials.eligibility.facts import (
    Award,
    CourseEnrolment,
    ExamMark,
    Exemption,
    ManualAchievement,
    Mark,
    SchoolEnrolment,
    StoredStatus,
    StudentFacts,
)
from credentials.models import (
    AwardedCredential,
    RequirementAchievement,
    RequirementExemption,
    RequirementSetStatus,
)
from enrolments import models as records
from pasi import bulk
from students.models import Student


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A student's row of a requirement set as it stands in its table."""

    key: int
    status: str
    percentage: int | None
    is_calculated: bool


@dataclass(slots=True)
class Loaded:
    """What is known of one student, and the rows that say where it stood until now."""

    facts: StudentFacts
    rows: dict[str, StoredRow] = field(default_factory=dict)  # by requirement set


def primaries_of(numbers: Iterable[int]) -> dict[int, int]:
    """Number -> the student whose it is: its primary, or itself. One query."""
    return {
        key: primary or key
        for key, primary in Student.objects.filter(id__any=numbers).values_list("id", "primary_id")
    }


def lock_primaries(students: Iterable[int]) -> dict[int, datetime.date]:
    """Lock students, by key; the birth dates of those that are (still) no secondary. One query."""
    locked = (
        Student.objects.filter(id__any=students)
        .order_by("id")
        .select_for_update(no_key=True)
        .values_list("id", "birth_date", "primary_id")
    )
    return {key: birth_date for key, birth_date, primary in locked if primary is None}


def load(birth_dates: Mapping[int, datetime.date]) -> dict[int, Loaded]:
    """The facts of students none of which is a secondary, by key, from their birth dates. Lock them
    first if something is to be written.
    """
    loaded = {key: Loaded(_no_facts(birth_date)) for key, birth_date in birth_dates.items()}
    facts_of = {key: each.facts for key, each in loaded.items()}
    # The records of a secondary number go to the facts of its primary.
    for key, primary in Student.objects.filter(primary__any=birth_dates.keys()).values_list(
        "id", "primary_id"
    ):
        facts_of[key] = facts_of[primary]
    numbers = bulk.Many(facts_of)
    _load_marks(facts_of, numbers)
    _load_school_enrolments(facts_of, numbers)
    _load_course_enrolments(facts_of, numbers)
    _load_exam_marks(facts_of, numbers)
    _load_what_was_said(facts_of, numbers)
    _load_exemptions(facts_of, numbers)
    _load_awards(facts_of, numbers)
    _load_rows(loaded)
    return loaded


def _no_facts(birth_date: datetime.date) -> StudentFacts:
    return StudentFacts(
        birth_date=birth_date,
        marks=[],
        school_enrolments=[],
        course_enrolments=[],
        exam_marks=[],
        achievements=[],
        exemptions=[],
        awards=[],
        stored={},
    )


def _load_marks(facts_of: Mapping[int, StudentFacts], numbers: bulk.Many) -> None:
    """By far the most rows: hence nothing is unpacked twice."""
    marks_of = {key: facts.marks for key, facts in facts_of.items()}
    make = Mark._make
    for row in records.OfficialMark.objects.filter(
        student__any=numbers, is_deleted=False
    ).values_list(
        "student_id",
        "course_code",
        "credits_awarded",
        "achievement_school_year",
        "mark_value",
        "is_available",
        "evaluation_method",
    ):
        marks_of[row[0]].append(make(row[1:]))


def _load_school_enrolments(facts_of: Mapping[int, StudentFacts], numbers: bulk.Many) -> None:
    for key, school, year, start, exceptions, grants in records.SchoolEnrolment.objects.filter(
        student__any=numbers, is_deleted=False
    ).values_list(
        "student_id",
        "school__code",
        "school_year",
        "start_date",
        "exception_codes",
        "grants_program_codes",
    ):
        facts_of[key].school_enrolments.append(
            SchoolEnrolment(school, year, start, _codes(exceptions), _codes(grants))
        )


def _codes(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(";")) if joined else ()


def _load_course_enrolments(facts_of: Mapping[int, StudentFacts], numbers: bulk.Many) -> None:
    """Whether a mark was approved is not stored here: an approved mark brings an official one."""
    for key, *enrolment in records.CourseEnrolment.objects.filter(
        student__any=numbers, is_deleted=False
    ).values_list("student_id", "course_code", "school_year", "status"):
        facts_of[key].course_enrolments.append(CourseEnrolment(*enrolment))


def _load_exam_marks(facts_of: Mapping[int, StudentFacts], numbers: bulk.Many) -> None:
    for key, *exam in records.ExamMark.objects.filter(student__any=numbers).values_list(
        "student_id", "course_code", "school_year", "status"
    ):
        facts_of[key].exam_marks.append(ExamMark(*exam))


def _load_what_was_said(facts_of: Mapping[int, StudentFacts], numbers: bulk.Many) -> None:
    for key, *said in RequirementAchievement.objects.filter(student__any=numbers).values_list(
        "student_id",
        "requirement",
        "achievement",
        "updated_at",
        "organization__code",
        "organization__name",
    ):
        facts_of[key].achievements.append(ManualAchievement(*said))


def _load_exemptions(facts_of: Mapping[int, StudentFacts], numbers: bulk.Many) -> None:
    for key, *exemption in RequirementExemption.objects.filter(
        student__any=numbers, is_deleted=False
    ).values_list("student_id", "requirement", "status", "reason"):
        facts_of[key].exemptions.append(Exemption(*exemption))


def _load_awards(facts_of: Mapping[int, StudentFacts], numbers: bulk.Many) -> None:
    for key, *award in AwardedCredential.objects.filter(
        student__any=numbers, is_deleted=False
    ).values_list("student_id", "credential_type", "awarded_on"):
        facts_of[key].awards.append(Award(*award))


def _load_rows(loaded: Mapping[int, Loaded]) -> None:
    """A secondary number may have rows of former times: they are nobody's."""
    for key, code, *row in RequirementSetStatus.objects.filter(
        student__any=bulk.Many(loaded)
    ).values_list(
        "student_id",
        "requirement_set_id",
        "id",
        "status",
        "percentage_complete",
        "is_calculated",
    ):
        stored = StoredRow(*row)
        loaded[key].rows[code] = stored
        loaded[key].facts.stored[code] = StoredStatus(stored.status, stored.is_calculated)
