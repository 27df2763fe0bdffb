"""One official mark of one student: what decides about a change, and writing it.

Whoever changes a mark holds the student, so the mark is read and written by one call at a time;
`official_mark_once_per_course` keeps a second one of the same course out whatever happens.
"""

import datetime
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from enrolments.models import OfficialMark
from enrolments.triggers import raise_triggers
from pasi import bulk
from students.facts import StudentAccess

OFFICIAL_MARK_OBJECT = "OfficialMark"
MOST_CREDITS = 30  # of one mark; official_mark_credits_0_to_30


class MarkValues(NamedTuple):
    """What is stored of a mark, under the names of its columns."""

    achievement_school_year: int
    achievement_date: datetime.date
    mark_value: str
    credits_awarded: int
    is_available: bool
    evaluation_method: str
    is_deleted: bool = False


class StoredMark(NamedTuple):
    key: int
    version: int
    values: MarkValues


@dataclass(frozen=True)
class MarkChange:
    """SubmitOfficialMark. `stored`: the mark in the same course, a deleted one too."""

    access: StudentAccess
    course_code: str
    submitted: MarkValues
    stored: StoredMark | None = None
    birth_date: datetime.date = datetime.date.min
    today: datetime.date = datetime.date.max

    @property
    def version(self) -> int:
        """0 where there is no mark yet."""
        return self.stored.version if self.stored else 0

    @property
    def changes_nothing(self) -> bool:
        return self.stored is not None and self.stored.values == self.submitted


def find_mark(student: int, course_code: str) -> StoredMark | None:
    """The student's mark in a course, deleted or not. One query."""
    row = (
        OfficialMark.objects.filter(student=student, course_code=course_code)
        .values_list("pk", "version", *MarkValues._fields)
        .first()
    )
    return StoredMark(row[0], row[1], MarkValues(*row[2:])) if row else None


def write_mark(student: int, person: int, change: MarkChange, call: UUID) -> int:
    """Store the mark with its history, and have the person's transcript looked at again; the
    version. The student is locked. Four queries.
    """
    [version] = bulk.next_of_each(bulk.VERSION_SEQUENCE)
    if change.stored is None:
        columns = ("student_id", "course_code", "version", *MarkValues._fields)
        row = (student, change.course_code, version, *change.submitted)
        bulk.insert_rows(OfficialMark, columns, [row], call)
    else:
        columns = ("version", "updated_at", *MarkValues._fields)
        row = (change.stored.key, version, timezone.now(), *change.submitted)
        bulk.update_rows(OfficialMark, columns, [row], call)
    raise_triggers("Transcript", [person], OFFICIAL_MARK_OBJECT)
    return version
