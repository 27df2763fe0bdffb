"""What is known of one student: plain values, loaded for a whole batch before any is judged.

Deleted records are no facts: whoever loads leaves them out. Records under linked numbers are the
student's own; a secondary number has no facts of its own.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple


class Mark(NamedTuple):
    """An official mark. The way it was calculated makes no difference (inferred)."""

    course: str
    credits: int
    school_year: int  # in which it was achieved
    value: str = ""
    is_available: bool = True
    evaluation_method: str = ""  # empty: earned at a school in Alberta

    @property
    def is_counted(self) -> bool:
        """Carries credit. A failed mark, a second one in an equivalent course and one without its
        prerequisite have no credits or are unavailable.
        """
        return self.is_available and self.credits > 0


class SchoolEnrolment(NamedTuple):
    organization_code: str
    school_year: int
    start_date: datetime.date
    exception_codes: tuple[str, ...] = ()
    grants_program_codes: tuple[str, ...] = ()


class CourseEnrolment(NamedTuple):
    course: str
    school_year: int
    status: str = ""
    has_approved_mark: bool = False


class ExamMark(NamedTuple):
    """A diploma-exam mark; `status` without spaces."""

    course: str
    school_year: int
    status: str


class ManualAchievement(NamedTuple):
    """What an organization said of a requirement that is set by hand."""

    requirement: str
    achievement: str
    updated_at: datetime.datetime
    organization_code: str = ""
    organization_name: str = ""


class Exemption(NamedTuple):
    requirement: str
    status: str
    reason: str = ""


class Award(NamedTuple):
    """An active award, under any linked number."""

    credential: str
    awarded_on: datetime.date


class StoredStatus(NamedTuple):
    """The student's row of a requirement set. Not calculated: imported or set by hand."""

    status: str
    is_calculated: bool = True


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """`stored`: requirement set -> the row that exists."""

    birth_date: datetime.date
    marks: Sequence[Mark] = ()
    school_enrolments: Sequence[SchoolEnrolment] = ()
    course_enrolments: Sequence[CourseEnrolment] = ()
    exam_marks: Sequence[ExamMark] = ()
    achievements: Sequence[ManualAchievement] = ()
    exemptions: Sequence[Exemption] = ()
    awards: Sequence[Award] = ()
    stored: Mapping[str, StoredStatus] = field(default_factory=lambda: MappingProxyType({}))
