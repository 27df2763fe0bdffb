"""Writing awards: rows, archived numbers, history, triggers, maturity dates. Set-based throughout.

Whatever the service, an award gets its number here, and what follows from changed awards is set off
here. The students are locked.
"""

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from credentials import credential_numbers
from credentials.awarding import Candidate
from credentials.maturity import Maturity, maturity
from credentials.models import ArchivedCredential, AwardedCredential
from enrolments.course_start_dates import course_enrolments_between
from enrolments.triggers import raise_triggers
from pasi import bulk
from students.models import NAME_PARTS, Student

AWARD_OBJECT = "AwardedStudentCredential"
MATURITY_OBJECT = "StudentMaturityDate"

# What is printed under a number, and what became of it.
_PRINTED = (
    "credential_number",
    "school_year",
    *NAME_PARTS,
    "awarded_on",
    "legacy_number",
    "is_deleted",
    "delete_reason",
    "version",
)
_ARCHIVED = ("credential_type", *_PRINTED)


class Issue(NamedTuple):
    """A credential to be printed under a fresh number.

    `name` in the order of NAME_PARTS. `replaces`: the key of the award whose number gives way.
    """

    student: int
    credential_type: str
    school_year: int
    name: tuple[str, str, str, str]
    legacy_number: str = ""
    replaces: int | None = None


class Issued(NamedTuple):
    """The number under which a credential was issued, and the award's version."""

    number: int
    version: int


class Holder(NamedTuple):
    """A student whose awards have changed. `awards`: (type, school year) of the active ones under
    any linked number, as they are now.
    """

    student: int
    birth_date: datetime.date
    maturity_date: datetime.date | None
    awards: Collection[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Award:
    """One award as written."""

    candidate: Candidate
    credential_type: str
    number: int
    school_year: int
    version: int


def write_awards(
    candidates: Sequence[Candidate], *, today: datetime.date, call: UUID
) -> list[Award]:
    """Award each candidate its credential; the awards in the order of `candidates`.

    An award that was deleted is awarded anew: its number goes into the archive.
    """
    if not candidates:
        return []
    issued = issue(
        [
            Issue(
                candidate.student_id,
                candidate.credential,
                candidate.school_year,
                candidate.legal_name,
                candidate.legacy_number,
                candidate.deleted_awards.get(candidate.credential),
            )
            for candidate in candidates
        ],
        today=today,
        call=call,
    )
    awards_changed(
        [
            Holder(
                candidate.student_id,
                candidate.birth_date,
                candidate.maturity_date,
                [*candidate.awards, (candidate.credential, candidate.school_year)],
            )
            for candidate in candidates
        ],
        call,
    )
    return [
        Award(candidate, candidate.credential, number, candidate.school_year, version)
        for candidate, (number, version) in zip(candidates, issued, strict=True)
    ]


def issue(issues: Sequence[Issue], *, today: datetime.date, call: UUID) -> list[Issued]:
    """Write each credential under a fresh number, with its history; the numbers in order.

    A number that is replaced is archived with all that was printed under it, and is never used
    again: re-issuing, and awarding anew what was deleted, are the same thing here.
    """
    numbers = credential_numbers.allocate(len(issues))
    versions = bulk.next_versions(len(issues))
    issued = [Issued(*each) for each in zip(numbers, versions, strict=True)]
    fresh, again = [], []
    for each, under in zip(issues, issued, strict=True):
        (fresh if each.replaces is None else again).append((each, under))
    _insert(fresh, today, call)
    _replace(again, today, call)
    return issued


def _printed(each: Issue, under: Issued, today: datetime.date) -> tuple:
    """The values of the columns _PRINTED."""
    number, version = under
    return (number, each.school_year, *each.name, today, each.legacy_number, False, "", version)


def _insert(awards: Sequence[tuple[Issue, Issued]], today: datetime.date, call: UUID) -> None:
    if not awards:
        return
    ids = bulk.next_ids(AwardedCredential, len(awards))
    bulk.copy_rows(
        AwardedCredential,
        ("id", "student_id", "credential_type", *_PRINTED),
        (
            (key, each.student, each.credential_type, *_printed(each, under, today))
            for key, (each, under) in zip(ids, awards, strict=True)
        ),
    )
    bulk.copy_history(AwardedCredential, call, ids)


def _replace(awards: Sequence[tuple[Issue, Issued]], today: datetime.date, call: UUID) -> None:
    """Archive the present numbers, then put the new ones in their place. Two statements."""
    keys = [each.replaces for each, _under in awards]
    bulk.copy_records(
        ArchivedCredential,
        AwardedCredential,
        _ARCHIVED,
        keys,
        key="award_id",
        values={"call_id": call},
    )
    now = timezone.now()
    bulk.update_rows(
        AwardedCredential,
        (*_PRINTED, "updated_at"),
        [(each.replaces, *_printed(each, under, today), now) for each, under in awards],
        call,
    )


def change_award(award: int, values: dict[str, Any], call: UUID) -> int:
    """Set columns of an award under the number that it has; its new version. Two statements."""
    [version] = bulk.next_versions(1)
    columns = (*values, "version", "updated_at")
    row = (award, *values.values(), version, timezone.now())
    bulk.update_rows(AwardedCredential, columns, [row], call)
    return version


# --- What follows -------------------------------------------------------------------------------


def awards_changed(holders: Iterable[Holder], call: UUID) -> None:
    """Have the students' eligibility and responsible schools looked at again, and store the
    maturity dates that have moved.
    """
    holders = sorted(holders, key=lambda holder: holder.student)
    students = [holder.student for holder in holders]
    raise_triggers("Transcript", students, AWARD_OBJECT)
    raise_triggers("ResponsibleSchool", students, AWARD_OBJECT)
    moved = []
    for holder in holders:
        after = maturity(holder.birth_date, holder.awards)
        if after.date != holder.maturity_date:
            moved.append((holder.student, holder.maturity_date, after))
    store_maturity_dates(moved, call)


def store_maturity_dates(
    moved: Sequence[tuple[int, datetime.date | None, Maturity]], call: UUID
) -> None:
    """Give students, who are locked, another maturity date, and raise the triggers that follow.

    `moved`: (student, date before, maturity after), each student once.
    """
    if not moved:
        return
    moved = sorted(moved, key=lambda move: move[0])
    now = timezone.now()
    bulk.update_rows(
        Student,
        ("maturity_date", "maturity_reason", "version", "updated_at"),
        [
            (student, after.date, after.reason, version, now)
            for (student, _before, after), version in zip(
                moved, bulk.next_versions(len(moved)), strict=True
            )
        ],
        call,
    )
    raise_triggers("Student", [student for student, _before, _after in moved], MATURITY_OBJECT)
    raise_maturity_triggers(moved)


def raise_maturity_triggers(
    moved: Sequence[tuple[int, datetime.date | None, Maturity]],
) -> None:
    """Have the course enrolments that lie between two maturity dates looked at again.

    `moved`: as for store_maturity_dates().
    """
    if not moved:
        return
    raise_triggers(
        "CourseEnrolment",
        course_enrolments_between(
            [(student, before, after.date) for student, before, after in moved]
        ),
        MATURITY_OBJECT,
    )
