"""Writing a batch of awards: rows, history, triggers, maturity dates. Set-based throughout."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from credentials import credential_numbers
from credentials.awarding import Candidate
from credentials.maturity import Maturity, maturity
from credentials.models import ArchivedCredential, AwardedCredential
from enrolments.course_start_dates import course_enrolments_between
from enrolments.triggers import raise_triggers
from pasi import bulk
from students.models import Student

AWARD_OBJECT = "AwardedStudentCredential"
MATURITY_OBJECT = "StudentMaturityDate"

_PRINTED = ("first_name", "middle_name", "last_name", "suffix")
_AWARD_COLUMNS = (
    "id",
    "student_id",
    "credential_type",
    "credential_number",
    "school_year",
    *_PRINTED,
    "awarded_on",
    "legacy_number",
    "is_deleted",
    "delete_reason",
    "version",
)


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

    The students are locked. Writes the awards with fresh numbers, their history, a transcript and
    a responsible-school trigger per student, and what a moved maturity date causes.
    """
    if not candidates:
        return []
    numbers = credential_numbers.allocate(len(candidates))
    versions = bulk.next_versions(len(candidates))
    awards = [
        Award(candidate, candidate.credential, number, candidate.school_year, version)
        for candidate, number, version in zip(candidates, numbers, versions, strict=True)
    ]
    again = [a for a in awards if a.credential_type in a.candidate.deleted_awards]
    fresh = [a for a in awards if a.credential_type not in a.candidate.deleted_awards]
    _insert(fresh, today, call)
    _replace_deleted(again, today, call)
    students = sorted(award.candidate.student_id for award in awards)
    raise_triggers("Transcript", students, AWARD_OBJECT)
    raise_triggers("ResponsibleSchool", students, AWARD_OBJECT)
    _move_maturity_dates(awards, call)
    return awards


def _insert(awards: Sequence[Award], today: datetime.date, call: UUID) -> None:
    ids = bulk.next_ids(AwardedCredential, len(awards))
    bulk.copy_rows(
        AwardedCredential,
        _AWARD_COLUMNS,
        (
            (
                key,
                a.candidate.student_id,
                a.credential_type,
                a.number,
                a.school_year,
                *a.candidate.legal_name,
                today,
                "",
                False,
                "",
                a.version,
            )
            for key, a in zip(ids, awards, strict=True)
        ),
    )
    bulk.copy_history(AwardedCredential, call, ids)


def _replace_deleted(awards: Sequence[Award], today: datetime.date, call: UUID) -> None:
    """Award again what was deleted: the deleted number goes into the archive."""
    keys = [award.candidate.deleted_awards[award.credential_type] for award in awards]
    if not keys:
        return
    archived = (
        "award_id",
        "credential_type",
        "credential_number",
        "school_year",
        *_PRINTED,
        "awarded_on",
        "legacy_number",
        "is_deleted",
        "delete_reason",
        "version",
        "call_id",
    )
    former = AwardedCredential.objects.filter(id__any=keys).values_list(
        "id",
        "credential_type",
        "number",
        "school_year",
        *_PRINTED,
        "awarded_on",
        "legacy_number",
        "is_deleted",
        "delete_reason",
        "version",
    )
    bulk.copy_rows(ArchivedCredential, archived, [(*row, call) for row in former])
    now = timezone.now()
    bulk.update_rows(
        AwardedCredential,
        (
            "credential_number",
            "school_year",
            *_PRINTED,
            "awarded_on",
            "legacy_number",
            "is_deleted",
            "delete_reason",
            "version",
            "updated_at",
        ),
        [
            (
                key,
                a.number,
                a.school_year,
                *a.candidate.legal_name,
                today,
                "",
                False,
                "",
                a.version,
                now,
            )
            for key, a in zip(keys, awards, strict=True)
        ],
        call,
    )


def _move_maturity_dates(awards: Sequence[Award], call: UUID) -> None:
    """Store maturity dates that the awards move, and have what depends on them looked at again."""
    moved = []
    for award in awards:
        candidate = award.candidate
        after = maturity(
            candidate.birth_date,
            [*candidate.awards, (award.credential_type, award.school_year)],
        )
        if after.date != candidate.maturity_date:
            moved.append((candidate.student_id, candidate.maturity_date, after))
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
