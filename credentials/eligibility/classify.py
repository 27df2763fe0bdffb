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
from credentials.eligibility.facts import StoredStatus, StudentFacts
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


class _Linked(NamedTuple):
    """A requirement of a set, ready to be judged."""

    code: str
    is_trigger: bool
    is_manual: bool
    judge: Callable[[AssessedStudent], Outcome]


class _Plan(NamedTuple):
    """A set, ready to be judged."""

    requirement_set: RequirementSet
    requirements: tuple[_Linked, ...]
    triggers: tuple[_Linked, ...]
    looks_at_other_sets: bool


class Calculator:
    """Judges students by one state of the definitions. Made once for a batch."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        # The sort is stable: sets that look at others come last, else the order of the sets.
        self._plans = sorted(
            [_plan(each, definitions) for each in definitions.sets],
            key=lambda plan: plan.looks_at_other_sets,
        )

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
        judging = _Judging(student)
        found = []
        for each, requirements, triggers, _looks in self._plans:
            stored = facts.stored.get(each.code)
            is_left_alone = _is_left_alone(each, stored, student.school_year)
            if is_left_alone and stored is not None and stored.status == ACHIEVED:
                student.achieved.add(each.credential)
            if not is_whole and (
                is_left_alone or (stored is None and not judging.meets_all(triggers))
            ):
                continue
            results = judging.results(requirements)
            status = status_of(each.category, results, has_row=stored is not None)
            if is_left_alone:
                status = stored.status if stored is not None else None
            elif status == ACHIEVED:
                student.achieved.add(each.credential)
            met = sum([result.is_met for result in results])
            found.append(SetAssessment(each, status, met, results))
        return found


class _Judging:
    """Judges each requirement of a student once, whatever number of sets it is in."""

    def __init__(self, student: AssessedStudent) -> None:
        self._student = student
        self._outcomes: dict[str, Outcome] = {}

    def outcome(self, one: _Linked) -> Outcome:
        found = self._outcomes.get(one.code)
        if found is None:
            found = self._outcomes[one.code] = one.judge(self._student)
        return found

    def meets_all(self, triggers: Sequence[_Linked]) -> bool:
        """Asked before anything else, because most sets are closed to most students."""
        exemptions = self._student.exemptions
        for one in triggers:
            achievement = self.outcome(one).achievement
            if achievement != ACHIEVED and exemptions.get(one.code) != APPROVED:
                return False
        return True

    def results(self, requirements: Sequence[_Linked]) -> tuple[RequirementResult, ...]:
        exemptions = self._student.exemptions
        return tuple(
            [
                RequirementResult(
                    one.code,
                    one.is_trigger,
                    one.is_manual,
                    self.outcome(one),
                    exemptions.get(one.code, NONE),
                )
                for one in requirements
            ]
        )


def _plan(each: RequirementSet, definitions: Definitions) -> _Plan:
    functions = declared()
    for link in each.requirements:
        if link.requirement not in functions:
            raise DefinitionError(f"Requirement {link.requirement} of {each.code} has no function.")
    requirements = tuple(
        _Linked(
            link.requirement,
            link.is_trigger,
            definitions.requirements[link.requirement].is_manual,
            functions[link.requirement].judge,
        )
        for link in each.requirements
    )
    return _Plan(
        each,
        requirements,
        tuple(one for one in requirements if one.is_trigger),
        any(functions[one.code].looks_at_other_sets for one in requirements),
    )


def _is_left_alone(each: RequirementSet, stored: StoredStatus | None, school_year: int) -> bool:
    """Also a set that is not in effect: what was stored stays (inferred)."""
    return (
        not each.is_calculated
        or (stored is not None and not stored.is_calculated)
        or not each.is_in_effect(school_year)
    )
