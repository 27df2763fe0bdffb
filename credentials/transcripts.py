"""What the Transcript processor does with the students whose triggers it has claimed: it works out
where they stand in every requirement set, and writes what has changed.

A trigger on a secondary number is its primary's: a secondary has no rows of its own. The students
are locked, in one statement by key, before anything that decides is read; so does whoever sets a
status by hand or awards. Rows that were imported or set by hand are left alone. While a student's
trigger is outstanding a stored Achieved does not count, so nobody acts on what is about to change.
Source: PASI knowledge base; a whole batch in one transaction: ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from credentials.definitions import current_calculator
from credentials.eligibility.classify import SetAssessment
from credentials.eligibility_facts import Loaded, StoredRow, load, lock_primaries, primaries_of
from credentials.models import RequirementSetStatus
from pasi import bulk
from pasi.calendar import business_today


class _Row(NamedTuple):
    """A row to be written: of a student, in a set; `stored`: the one that is there, if any."""

    student: int
    requirement_set: str
    status: str
    percentage: int
    stored: StoredRow | None


def recalculate(numbers: Sequence[int], call: UUID) -> Mapping[int, Exception]:
    """Bring the stored statuses of students up to date; the errors of those who could not be done.

    The number of queries does not depend on that of the students.
    """
    student_of = primaries_of(numbers)
    # Who becomes a secondary meanwhile is left out: the link raises the triggers of both.
    birth_dates = lock_primaries(set(student_of.values()))
    calculator, today = current_calculator(), business_today()
    failed: dict[int, Exception] = {}
    rows: list[_Row] = []
    for key, loaded in load(birth_dates).items():
        try:
            found = calculator.assess(loaded.facts, today)
        except Exception as error:  # whatever it is: the others are done
            failed[key] = error
        else:
            rows += _changed(key, loaded, found)
    _write(rows, call)
    return {number: failed[student] for number, student in student_of.items() if student in failed}


def _changed(student: int, loaded: Loaded, found: Sequence[SetAssessment]) -> Iterator[_Row]:
    """What differs from what is stored: nothing else is touched."""
    for each in found:
        if each.status is None:
            continue
        code, percentage = each.requirement_set.code, each.percentage
        stored = loaded.rows.get(code)
        if stored is None or (stored.status, stored.percentage) != (each.status, percentage):
            yield _Row(student, code, each.status, percentage, stored)


def _write(rows: Sequence[_Row], call: UUID) -> None:
    if not rows:
        return
    new = [row for row in rows if row.stored is None]
    changed = [(row.stored.key, row) for row in rows if row.stored is not None]
    versions = iter(bulk.next_versions(len(rows)))
    _insert(new, versions, call)
    now = timezone.now()
    bulk.update_rows(
        RequirementSetStatus,
        ("status", "percentage_complete", "version", "updated_at"),
        [(key, row.status, row.percentage, next(versions), now) for key, row in changed],
        call,
    )


def _insert(new: Sequence[_Row], versions: Iterator[int], call: UUID) -> None:
    if not new:
        return
    keys = bulk.next_ids(RequirementSetStatus, len(new))
    bulk.copy_rows(
        RequirementSetStatus,
        (
            *("id", "student_id", "requirement_set_id", "status", "percentage_complete"),
            *("is_calculated", "version"),
        ),
        [
            (key, row.student, row.requirement_set, row.status, row.percentage, True, version)
            for key, row, version in zip(keys, new, versions, strict=False)
        ],
    )
    bulk.copy_history(RequirementSetStatus, call, keys)


def hand_over(students: Sequence[int], call: UUID) -> None:
    """Let the calculator have the rows of students, who are locked or new, that were imported or
    set by hand; those of sets that are never calculated excepted. Two queries.
    """
    sets = [each.code for each in current_calculator().definitions.sets if each.is_calculated]
    rows = RequirementSetStatus.objects.filter(
        student__any=students, requirement_set__in=sets, is_calculated=False
    ).values_list("pk", flat=True)
    keys = sorted(rows)
    now = timezone.now()
    bulk.update_rows(
        RequirementSetStatus,
        ("is_calculated", "version", "updated_at"),
        [
            (key, True, version, now)
            for key, version in zip(keys, bulk.next_versions(len(keys)), strict=True)
        ],
        call,
    )
