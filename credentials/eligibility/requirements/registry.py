"""Requirements: how they are declared and found.

A requirement is a pure function of an assessed student. It looks at nothing but its own facts: the
same credits may serve several requirements.
"""

from collections.abc import Callable
from dataclasses import dataclass

from credentials.eligibility.assessed import AssessedStudent
from credentials.eligibility.outcomes import Outcome

KNOWLEDGE_BASE = "PASI knowledge base"
CODE_VALUES = "PASI code values"
GUIDE = "Guide to Education"
CONFIRMED, INFERRED = "confirmed", "inferred"

Judge = Callable[[AssessedStudent], Outcome]


@dataclass(frozen=True)
class Requirement:
    """`certainty` is "inferred" if the meaning of the requirement is our reading.
    `looks_at_other_sets`: a set with it is judged after those without.
    """

    code: str
    judge: Judge
    source: str
    certainty: str
    looks_at_other_sets: bool = False


class DuplicateRequirement(Exception):
    """Two requirements were declared under one code."""


_registry: dict[str, Requirement] = {}


def requirement(
    code: str, *, source: str, certainty: str = CONFIRMED, looks_at_other_sets: bool = False
) -> Callable[[Judge], Requirement]:
    """Declare the function that judges a requirement."""

    def register(judge: Judge) -> Requirement:
        if code in _registry:
            raise DuplicateRequirement(f"Requirement {code} is declared twice.")
        declared = Requirement(code, judge, source, certainty, looks_at_other_sets)
        _registry[code] = declared
        return declared

    return register


def declared() -> dict[str, Requirement]:
    """Every requirement that has a function, by code."""
    return dict(_registry)
