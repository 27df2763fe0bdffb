"""How well a stored name and birth date fit what is asked for: one number, a quality, reasons.

High is the High of rule 11401. Source: PASI knowledge base; what is Medium and Low: inferred.
"""

import datetime
import enum
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from students.birth_dates import DateMatch, born_between, compare, years_before
from students.name_keys import normalized
from students.similarity import (
    Agreement,
    Reason,
    first_names,
    last_names,
    middle_names,
)

DATE_WEIGHTS = {
    DateMatch.SAME: 13.0,
    DateMatch.SWAPPED: 8.5,
    DateMatch.SLIP: 6.0,
    DateMatch.ONE_PART: 3.0,
    DateMatch.DIFFERENT: -6.0,
}
OF_THE_AGE, NEAR_THE_AGE = 3.0, 0.25  # the second: less for each year off
SAME_NUMBER = 20.0
# What it costs to take a name in another order than it was given.
LAST_FIRST, MIDDLE_FIRST, OTHER_ORDER = -2.0, -1.5, -2.5
INCONSISTENT = frozenset({Reason.TYPING, Reason.DAY_MONTH_SWAPPED})


class Quality(enum.StrEnum):
    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"

    @property
    def rank(self) -> int:
        return ("High", "Medium", "Low").index(self)


class KeyRow(NamedTuple):
    """What a search reads of a NameKey."""

    name: int
    student: int
    was_legal: bool
    birth_date: datetime.date
    first: str
    middle: str
    last: str


@dataclass(frozen=True)
class Criteria:
    """Who is looked for. One of birth date and approximate age is given; "" = not given."""

    first_name: str
    last_name: str
    today: datetime.date
    middle_name: str = ""
    birth_date: datetime.date | None = None
    approximate_age: int | None = None
    asn: str = ""
    include_all: bool = False

    @cached_property
    def first(self) -> str:
        return normalized(self.first_name)

    @cached_property
    def middle(self) -> str:
        return normalized(self.middle_name)

    @cached_property
    def last(self) -> str:
        return normalized(self.last_name)

    @cached_property
    def born_between(self) -> tuple[datetime.date, datetime.date]:
        return born_between(self.approximate_age, self.today)


class Assessment(NamedTuple):
    """How one name of a student fits. `is_exact`: name and date are those asked for, so it is
    High if the name is legal and the number is not another."""

    weight: float
    reasons: frozenset[Reason]
    is_consistent: bool
    is_exact: bool = False


def assess(asked: Criteria, row: KeyRow) -> Assessment:
    """One stored name with its birth date, but for the number."""
    weight, reasons, contradicts = _names(asked, row)
    is_exact = False
    if asked.birth_date:
        match = compare(asked.birth_date, row.birth_date)
        weight += DATE_WEIGHTS[match]
        if match is DateMatch.SAME:
            reasons.add(Reason.SAME_BIRTH_DATE)
            is_exact = (asked.first, asked.last) == (row.first, row.last)
        elif match is DateMatch.SWAPPED:
            reasons.add(Reason.DAY_MONTH_SWAPPED)
        elif match is DateMatch.DIFFERENT:
            contradicts = True
        else:
            reasons.add(Reason.TYPING)
    else:
        off = _years_off(asked, row.birth_date)
        if off is None:
            weight += DATE_WEIGHTS[DateMatch.DIFFERENT]
            contradicts = True
        else:
            weight += OF_THE_AGE - NEAR_THE_AGE * off
    consistent = not contradicts and not reasons & INCONSISTENT
    return Assessment(weight, frozenset(reasons), consistent, is_exact)


def fit_of_names(asked: Criteria, row: KeyRow) -> Assessment:
    """One stored name, where nothing is known of the birth date."""
    weight, reasons, contradicts = _names(asked, row)
    return Assessment(weight, frozenset(reasons), not contradicts)


def _years_off(asked: Criteria, born: datetime.date) -> int | None:
    """By how many years the age differs from the approximate one; none if it is not near it."""
    earliest, latest = asked.born_between
    if not earliest <= born <= latest:
        return None
    age = asked.today.year - born.year
    if born > years_before(asked.today, age):
        age -= 1
    return abs(age - asked.approximate_age)


def _names(asked: Criteria, row: KeyRow) -> tuple[float, set[Reason], bool]:
    """The order of the parts in which the names agree best: bits, reasons, does any contradict."""
    first, last = first_names(asked.first, row.first), last_names(asked.last, row.last)
    middle = middle_names(asked.middle, row.middle)
    best = _sum(0, (first, last, middle))
    if not first.contradicts and not last.contradicts:
        if first.weight < 7 and _all_given(asked.first, asked.middle) == _all_given(
            row.first, row.middle
        ):
            # "Mary Ann" and "Mary", middle name "Ann".
            return max(best, (9.0 + last.weight, *_sum(0, (last,))[1:]), key=_first)
        return best
    orders = [
        _sum(
            LAST_FIRST,
            (first_names(asked.last, row.first), last_names(asked.first, row.last), middle),
            Reason.FIRST_LAST_SWAPPED,
        )
    ]
    if row.middle or asked.middle:
        orders += _with_middle_names(asked, row, last)
    return max(best, *orders, key=_first)


def _with_middle_names(asked: Criteria, row: KeyRow, last: Agreement) -> list[tuple]:
    """A middle name used as first name, and the other orders of three parts."""
    orders = []
    for called, others in ((asked.first, row.middle), (asked.middle, row.first)):
        if called and others:
            best = max(
                (first_names(called, each) for each in (others, *others.split())), key=_first
            )
            orders.append(_sum(MIDDLE_FIRST, (best, last), Reason.OTHER_NAME))
    if asked.middle and row.middle:
        for one, two, three in (
            (asked.middle, asked.last, asked.first),
            (asked.last, asked.first, asked.middle),
            (asked.first, asked.last, asked.middle),
        ):
            parts = (
                first_names(one, row.first),
                first_names(two, row.middle),
                last_names(three, row.last),
            )
            orders.append(_sum(OTHER_ORDER, parts, Reason.FIRST_LAST_SWAPPED))
    return orders


def _sum(
    weight: float, parts: tuple[Agreement, ...], order: Reason | None = None
) -> tuple[float, set[Reason], bool]:
    reasons = {part.reason for part in parts if part.reason}
    if order:
        reasons.add(order)
    return (
        weight + sum(part.weight for part in parts),
        reasons,
        any(part.contradicts for part in parts),
    )


def _first(pair: tuple) -> float:
    return pair[0]


def _all_given(first: str, middle: str) -> str:
    return f"{first} {middle}".replace(" ", "")
