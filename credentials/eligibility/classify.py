"""From requirements to the status of each requirement set."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from credentials.eligibility.assessed import AssessedStudent
from credentials.eligibility.definitions import (
    PRIOR,
    DefinitionError,
    Definitions,
    RequirementSet,
)
from credentials.eligibility.facts import StudentFacts
from credentials.eligibility.outcomes import (
    ACHIEVED,
    APPROVED,
    CALCULATION_OUTSTANDING,
    NONE,
    NOT_ACHIEVED,
    NOT_ASSESSED,
    NOT_ASSESSING,
    TO_BE_ASSESSED,
    Outcome,
)
from credentials.eligibility.requirements import declared

# Which of a credential's sets speaks for it. Source: inferred.
BEST_FIRST = (ACHIEVED, CALCULATION_OUTSTANDING, TO_BE_ASSESSED, NOT_ACHIEVED, NOT_ASSESSING)


class RequirementResult(NamedTuple):
    """A requirement of a set, and whether the student meets it."""

    requirement: str
    is_trigger: bool
    is_manual: bool
    outcome: Outcome
    exemption: str = NONE

    @property
    def is_met(self) -> bool:
        """Achieved, or an approved exemption, whatever else was found."""
        return self.outcome.achievement == ACHIEVED or self.exemption == APPROVED


@dataclass(frozen=True, slots=True)
class SetAssessment:
    """Where a student stands in a set. `status` None: the student gets no row."""

    requirement_set: RequirementSet
    status: str | None
    met: int
    results: tuple[RequirementResult, ...]

    @property
    def percentage(self) -> int:
        """Share of the requirements met; 100 only if all are. Formula: inferred."""
        return 100 * self.met // len(self.results)

    def result(self, requirement: str) -> RequirementResult:
        return next(each for each in self.results if each.requirement == requirement)


def status_of(category: str, results: Sequence[RequirementResult], *, has_row: bool) -> str | None:
    """The status of a set. Source: PASI code values; "every one a manual one": inferred.

    Without all triggers there is no row, or one that is not assessed any more. To be assessed is
    only a set of former times in which nothing is missing but what a person has yet to review.
    """
    if not all(result.is_met for result in results if result.is_trigger):
        return NOT_ASSESSING if has_row else None
    unmet = [result for result in results if not result.is_met]
    if not unmet:
        return ACHIEVED
    if category == PRIOR and all(
        result.is_manual and result.outcome.achievement == NOT_ASSESSED for result in unmet
    ):
        return TO_BE_ASSESSED
    return NOT_ACHIEVED


def shown_status(stored: str, *, is_outstanding: bool, is_awarded: bool) -> str:
    """What a reader is shown: while a transcript trigger is outstanding, Achieved counts only for
    a credential that is already awarded.
    """
    if stored == ACHIEVED and is_outstanding and not is_awarded:
        return CALCULATION_OUTSTANDING
    return stored


def best_status(statuses: Iterable[str]) -> str | None:
    """The status of a credential: the best of its sets."""
    return min(statuses, key=BEST_FIRST.index, default=None)


class _Judged(NamedTuple):
    """A requirement of a set, ready to be judged."""

    code: str
    is_trigger: bool
    is_manual: bool
    judge: Callable[[AssessedStudent], Outcome]


class Calculator:
    """Judges students by one state of the definitions. Made once for a batch."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        functions = declared()
        plans = []
        for each in definitions.sets:
            judged = []
            for link in each.requirements:
                if link.requirement not in functions:
                    raise DefinitionError(
                        f"Requirement {link.requirement} of {each.code} has no function."
                    )
                judged.append(
                    _Judged(
                        link.requirement,
                        link.is_trigger,
                        definitions.requirements[link.requirement].is_manual,
                        functions[link.requirement].judge,
                    )
                )
            looks_at_others = any(functions[j.code].looks_at_other_sets for j in judged)
            plans.append((looks_at_others, each, tuple(judged)))
        # The sort is stable: sets that look at others come last, else the order of the sets.
        plans.sort(key=lambda plan: plan[0])
        self._plans = [(each, judged) for _looks, each, judged in plans]

    def assess(self, facts: StudentFacts, as_of: datetime.date) -> list[SetAssessment]:
        """The rows that the student is to have, in the order of judging. Sets that are not
        calculated, and rows that were imported or set by hand, are left alone and left out.
        """
        return self._assess(facts, as_of, is_whole=False)

    def explain(self, facts: StudentFacts, as_of: datetime.date) -> list[SetAssessment]:
        """Every set with all its requirements, also without a row and where the row is left alone:
        then the status is the stored one.
        """
        return self._assess(facts, as_of, is_whole=True)

    def _assess(
        self, facts: StudentFacts, as_of: datetime.date, *, is_whole: bool
    ) -> list[SetAssessment]:
        student = AssessedStudent(facts, self.definitions, as_of)
        outcomes: dict[str, Outcome] = {}
        found = []
        for each, judged in self._plans:
            stored = facts.stored.get(each.code)
            is_left_alone = _is_left_alone(each, stored, student.school_year)
            if is_left_alone and stored is not None and stored.status == ACHIEVED:
                student.achieved.add(each.credential)
            if is_left_alone and not is_whole:
                continue
            needs_all = is_whole or stored is not None
            if not needs_all and not _opens(student, judged, outcomes):
                continue
            results = tuple([_judge(student, one, outcomes) for one in judged])
            status = status_of(each.category, results, has_row=stored is not None)
            if is_left_alone:
                status = stored.status if stored is not None else None
            elif status == ACHIEVED:
                student.achieved.add(each.credential)
            met = sum([result.is_met for result in results])
            found.append(SetAssessment(each, status, met, results))
        return found


def _is_left_alone(each: RequirementSet, stored, school_year: int) -> bool:
    """Also a set that is not in effect: what was stored stays (inferred)."""
    return (
        not each.is_calculated
        or (stored is not None and not stored.is_calculated)
        or not each.is_in_effect(school_year)
    )


def _opens(
    student: AssessedStudent, judged: Sequence[_Judged], outcomes: dict[str, Outcome]
) -> bool:
    """All triggers are met; asked first, because most sets are closed to most students."""
    return all(_judge(student, one, outcomes).is_met for one in judged if one.is_trigger)


def _judge(
    student: AssessedStudent, one: _Judged, outcomes: dict[str, Outcome]
) -> RequirementResult:
    """A requirement is judged once, whatever number of sets it is in."""
    outcome = outcomes.get(one.code)
    if outcome is None:
        outcome = outcomes[one.code] = one.judge(student)
    return RequirementResult(
        one.code, one.is_trigger, one.is_manual, outcome, student.exemptions.get(one.code, NONE)
    )
