"""The search for similar students: who may be meant, best first. Two queries.

Source: create_student.md 3.1 (PASI knowledge base); the order and the limits are ours.
"""

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from students.assessment import (
    SAME_NUMBER,
    Assessment,
    Criteria,
    KeyRow,
    Quality,
    assess,
)
from students.candidates import candidates
from students.models import Student
from students.similarity import Reason

MOST_SHOWN = 20
# In bits. Below LEAST nobody is shown; nor who is so far behind the best. Those within TIED of the
# best are equally good.
LEAST, BEHIND, TIED = 13.0, 9.0, 1.0


@dataclass(frozen=True, slots=True)
class Number:
    """A student's number and what is shown of them."""

    student: int
    asn: str
    birth_date: datetime.date
    gender: str
    legal_name_id: int
    preferred_name_id: int
    original_name_id: int


_NUMBER = (
    *("pk", "asn", "birth_date", "gender"),
    *("legal_name_id", "preferred_name_id", "original_name_id"),
)


@dataclass(frozen=True, slots=True)
class Match:
    """A student who may be meant. `primary`: of a secondary number."""

    number: Number
    primary: Number | None
    quality: Quality
    weight: float
    reasons: tuple[Reason, ...]

    @property
    def asn(self) -> str:
        return self.number.asn

    @property
    def person(self) -> Number:
        return self.primary or self.number


@dataclass(frozen=True, slots=True)
class Found:
    """The matches, best first. Ambiguous: more than 20 are equally good, so none is given."""

    matches: tuple[Match, ...] = ()
    is_ambiguous: bool = False


Sight = Callable[[Collection[Match]], Collection[Match]]


def search(asked: Criteria, visible: Sight = lambda matches: matches) -> Found:
    """Who may be meant.

    `visible` says which of the matches the caller may see: the others are gone before anything is
    counted, so that no answer tells of them.
    """
    best: dict[int, tuple[Assessment, KeyRow]] = {}
    for row in candidates(asked):
        assessment = assess(asked, row)
        known = best.get(row.student)
        if known is None or _standing(assessment, row) > _standing(*known):
            best[row.student] = assessment, row
    floor = LEAST - SAME_NUMBER if asked.asn else LEAST
    likely = [student for student, (fit, _row) in best.items() if fit.weight >= floor]
    matches = _matches(asked, best, likely) if likely else []
    return _listed(asked, list(visible(matches)) if matches else [])


def _standing(assessment: Assessment, row: KeyRow) -> tuple[bool, float, bool]:
    return assessment.is_exact and row.was_legal, assessment.weight, row.was_legal


# --- What comes of it ----------------------------------------------------------------------------


def _matches(
    asked: Criteria, best: dict[int, tuple[Assessment, KeyRow]], students: list[int]
) -> list[Match]:
    """One query. Deactivated numbers are left out; a secondary brings its primary, which is at
    least as good a match."""
    rows = Student.objects.filter(pk__any=students, is_deactivated=False).values_list(
        *_NUMBER, *(f"primary__{column}" for column in _NUMBER)
    )
    matches: dict[int, Match] = {}
    for row in rows:
        number, primary = Number(*row[: len(_NUMBER)]), Number(*row[len(_NUMBER) :])
        match = _match(asked, *best[number.student], number, primary if primary.student else None)
        if match.weight < LEAST:
            continue
        _note(match, matches)
        if match.primary:
            _note(replace(match, number=primary, primary=None), matches)
    return list(matches.values())


def _note(match: Match, matches: dict[int, Match]) -> None:
    known = matches.get(match.number.student)
    if known is None or _rank(match) < _rank(known):
        matches[match.number.student] = match


def _match(
    asked: Criteria, fit: Assessment, row: KeyRow, number: Number, primary: Number | None
) -> Match:
    reasons, weight = set(fit.reasons), fit.weight
    if row.name != number.legal_name_id:
        reasons.add(Reason.OTHER_NAME)
    is_another_number = False
    if asked.asn:
        is_another_number = asked.asn not in (number.asn, primary and primary.asn)
        if not is_another_number:
            reasons.add(Reason.SAME_NUMBER)
            weight += SAME_NUMBER
    quality = Quality.LOW
    if not is_another_number:
        if fit.is_exact and row.was_legal:
            quality = Quality.HIGH
        elif fit.is_consistent:
            quality = Quality.MEDIUM
    ordered = tuple(reason for reason in Reason if reason in reasons)
    return Match(number, primary, quality, weight, ordered)


def _listed(asked: Criteria, matches: list[Match]) -> Found:
    """At most 20 of them, the best. None where more are equally good; but weak matches beyond the
    twentieth make nothing ambiguous, they are left out with all that are equal to them.
    """
    if not matches:
        return Found()
    best = max(match.weight for match in matches)
    if not asked.include_all:
        high = [match for match in matches if match.quality is Quality.HIGH]
        matches = high or [match for match in matches if match.weight >= best - BEHIND]
    matches.sort(key=_order)
    if len(matches) > MOST_SHOWN:
        too_many = matches[MOST_SHOWN]
        matches = [match for match in matches[:MOST_SHOWN] if _rank(match) < _rank(too_many)]
        if not matches or too_many.quality is Quality.HIGH or too_many.weight >= best - TIED:
            return Found(is_ambiguous=True)
    return Found(tuple(matches))


def _rank(match: Match) -> tuple[int, float]:
    return match.quality.rank, -match.weight


def _order(match: Match) -> tuple:
    """Linked numbers side by side, the primary first."""
    return *_rank(match), match.person.asn, match.primary is not None, match.asn
