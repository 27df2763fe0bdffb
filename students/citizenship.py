"""Citizenship as the 2017 contract submits it, as it is stored, and which record of it counts.

Source: PASI knowledge base; which record counts: inferred.
"""

import datetime
from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar

# Submitted status -> stored status of the student and of the guardian.
STORED_CITIZENSHIP = {
    "1": ("1", ""),
    "2": ("2", ""),
    "5": ("5", ""),
    "6": ("5", "1"),
    "7": ("5", "9"),
    "9": ("9", ""),
}
OTHER_OR_UNKNOWN = "9"
# The enrolment types of step-children -> what "other or unknown" stands for beside them.
STEP_CHILDREN = {"417": ("5", "1"), "418": ("5", "5")}


class TakesEffect(Protocol):
    effective_on: datetime.date


Record = TypeVar("Record", bound=TakesEffect)


def stored_citizenship(submitted: str) -> tuple[str, str]:
    """Status of the student and of the guardian; a code that staff have added stays as it is."""
    return STORED_CITIZENSHIP.get(submitted, (submitted, ""))


def step_childs_citizenship(
    status: str, enrolment_types: Collection[str]
) -> tuple[str, str] | None:
    """What the stored status of a student turns into who is enrolled with these types; None if it
    stays. Both types of step-children at once tell nothing of the guardian (inferred).
    """
    told = [STEP_CHILDREN[code] for code in STEP_CHILDREN if code in enrolment_types]
    return told[0] if status == OTHER_OR_UNKNOWN and len(told) == 1 else None


def in_effect_on(day: datetime.date, records: Sequence[Record]) -> Record | None:
    """Of records in the order of their dates the one in effect on a day; before the first, none."""
    return next((each for each in reversed(records) if each.effective_on <= day), None)


def counting_on(day: datetime.date, records: Sequence[Record]) -> Record | None:
    """The record that counts on a day (inferred). Records take effect when they are submitted,
    often after an enrolment has started or even ended: where none is in effect yet, the first one
    counts.
    """
    return in_effect_on(day, records) or next(iter(records), None)
