"""Finding students by what staff type, the best matches first, each with why it matches.

A birth date, a name in any order, or both. Names are compared as IdentifyStudent compares them
(students.assessment). Where a birth date narrows it down, its candidates are those of
IdentifyStudent; otherwise names that begin as typed and names that sound alike. However frequent a
name is, no more than LOOKED_AT of each kind are read, each kind by an index of its own.
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q, QuerySet, Value

from pasi.calendar import business_today
from pasi.text_search import folded
from students.assessment import Assessment, Criteria, KeyRow, assess, fit_of_names
from students.candidates import candidates
from students.identify import BEHIND, LEAST
from students.models import Name, NameKey
from students.name_keys import sound
from students.related_names import other_forms
from students.similarity import Reason

LOOKED_AT = 1_000
MOST_RANKED = 200
MOST_WORDS = 5
# In bits, where no birth date is given: below it names have too little in common; and what it is
# worth besides that a name is as typed, or begins so: who types half a name means what he types.
LEAST_OF_NAMES, LEAST_OF_ONE = 7.0, 5.0
SAME_NAME, BEGINS_SO = "SameName", "BeginsSo"
AS_TYPED = {SAME_NAME: 12.0, BEGINS_SO: 8.0}

BIRTH_DATE = re.compile(r"(?<![0-9-])([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9-])")
_COLUMNS = (
    *("name_id", "student_id", "was_legal", "birth_date"),
    *("first_key", "middle_key", "last_key"),
)


class Reading(NamedTuple):
    """Which words are which part of a name. What may be either a first or a last name, all of it,
    stands last."""

    first: str
    middle: str
    last: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: a birth date, the words of a name, or both."""

    readings: tuple[Reading, ...] = ()
    birth_date: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A student who may be meant; which name was found, and why, in the order of importance."""

    student: int
    name: int
    weight: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best match first. `is_cut`: there are more, or not all were looked at."""

    students: Sequence[Ranked] = ()
    is_cut: bool = False


def read(text: str) -> Typed:
    """What `text` says: "Smith, Jo", "Jo Smith", "Smith Jo 2008-03-01", "2008-03-01"."""
    day = None
    if match := BIRTH_DATE.search(text):
        try:
            day = datetime.date(*map(int, match.groups()))
        except ValueError:
            pass  # no day of the calendar: nobody has it
        else:
            text = f"{text[: match.start()]} {text[match.end() :]}"
    last, _comma, first = (part.split() for part in text.partition(","))
    if last and first:
        return Typed(tuple(_with_first_and_last(first, last)), day)
    return Typed(tuple(_in_any_order(last or first)), day)


def _with_first_and_last(first: list[str], last: list[str]) -> Iterable[Reading]:
    yield Reading(" ".join(first), "", " ".join(last))
    if len(first) > 1:
        yield Reading(first[0], " ".join(first[1:]), " ".join(last))
        yield Reading(first[-1], " ".join(first[:-1]), " ".join(last))


def _in_any_order(words: list[str]) -> list[Reading]:
    """All of them as one part; first names before last names and the other way round, wherever one
    ends and the other begins. Words beyond MOST_WORDS belong to the last of them.
    """
    if len(words) > MOST_WORDS:
        words = [*words[: MOST_WORDS - 1], " ".join(words[MOST_WORDS - 1 :])]
    if not words:
        return []
    found = [Reading("", "", " ".join(words))]
    for at in range(len(words) - 1, 0, -1):
        found += _with_first_and_last(words[:at], words[at:])
        found += _with_first_and_last(words[at:], words[:at])
    return list(dict.fromkeys(found))


# --- Names that begin as typed --------------------------------------------------------------------


def beginning_so(typed: Typed) -> Q:
    """Names that begin as typed, in any order; each order is served by an index of names."""
    return reduce(or_, (_begins(reading) for reading in typed.readings))


def _begins(reading: Reading) -> Q:
    if not reading.first:
        return _starts("last_name", reading.last) | _starts("first_name", reading.last)
    return _starts("last_name", reading.last) & _starts("first_name", reading.first)


def _starts(field: str, text: str) -> Q:
    return Q(**{f"{field}__folded__startswith": folded(text)})


def _keys_beginning_so(typed: Typed, among: QuerySet | None) -> tuple[set[int], bool]:
    """The first LOOKED_AT of each order, in the order of its index, so that whoever has just the
    name that was typed comes before those whose name is longer; and whether any order may have
    more. One query.
    """
    names = _among(Name.objects.filter(is_deleted=False), among)
    by_last = names.order_by("last_name__folded", "first_name__folded")
    by_first = names.order_by("first_name__folded")
    parts = []
    for reading in typed.readings:
        if reading.first:
            parts.append(by_last.filter(_begins(reading)))
        else:
            parts.append(by_last.filter(_starts("last_name", reading.last)))
            parts.append(by_first.filter(_starts("first_name", reading.last)))
    first, *others = (
        part.annotate(part=Value(number)).values_list("pk", "part")[:LOOKED_AT]
        for number, part in enumerate(parts)
    )
    found = list(first.union(*others, all=True))
    counts = Counter(part for _key, part in found)
    return {key for key, _part in found}, max(counts.values(), default=0) >= LOOKED_AT


def _among(rows: QuerySet, students: QuerySet | None) -> QuerySet:
    return rows if students is None else rows.filter(student__in=students.values("pk"))


# --- Ranking --------------------------------------------------------------------------------------


def ranked(typed: Typed, among: QuerySet | None = None) -> Ranking:
    """At most MOST_RANKED students of the name; `among` those of a query where one is given. So the
    query narrows whom the search looks at, not what it has found. Deactivated and secondary numbers
    are among them: staff look for those as well.
    """
    today = business_today()
    asked = [
        Criteria(first, last, today, middle_name=middle, birth_date=typed.birth_date)
        for first, middle, last in typed.readings
    ]
    if typed.birth_date:
        rows, is_cut = _born_then(asked, among), False
    else:
        rows, is_cut = _of_the_name(typed, asked, among)
    best: dict[int, Ranked] = {}
    for row in rows:
        for each in asked:
            match = _match(each, row)
            known = best.get(row.student)
            if match and (known is None or match.weight > known.weight):
                best[row.student] = match
    found = sorted(best.values(), key=lambda each: (-each.weight, each.student))
    if typed.birth_date and found:
        found = [each for each in found if each.weight >= found[0].weight - BEHIND]
    return Ranking(found[:MOST_RANKED], is_cut or len(found) > MOST_RANKED)


def _born_then(asked: Sequence[Criteria], among: QuerySet | None) -> set[KeyRow]:
    """As IdentifyStudent finds them: everybody born on the day of whom a part of the name fits, and
    who was born on a day that may have been meant. At most two queries, one more among some."""
    rows = set(candidates(next((each for each in asked if each.first), asked[0])))
    if among is None:
        return rows
    those = among.filter(pk__any=list({row.student for row in rows}))
    kept = set(those.order_by().values_list("pk", flat=True))
    return {row for row in rows if row.student in kept}


def _of_the_name(
    typed: Typed, asked: Sequence[Criteria], among: QuerySet | None
) -> tuple[set[KeyRow], bool]:
    """The names, and whether there may be more. Three queries."""
    keys, is_cut = _keys_beginning_so(typed, among)
    rows = NameKey.objects.values_list(*_COLUMNS)
    sounding = _among(rows.filter(reduce(or_, map(_sounds_like, asked))), among)[:LOOKED_AT]
    found = set(map(KeyRow._make, [*rows.filter(pk__any=list(keys)), *sounding]))
    return found, is_cut or len(sounding) >= LOOKED_AT


def _sounds_like(asked: Criteria) -> Q:
    """Both halves sound alike, the first name perhaps in another form; of one word the last."""
    last = Q(last_sound=sound(asked.last))
    if not asked.first:
        return last
    firsts = {sound(each) for each in (asked.first, *other_forms(asked.first))}
    return last & Q(first_sound__in=sorted(firsts))


def _match(asked: Criteria, row: KeyRow) -> Ranked | None:
    """How well a name fits one reading; None where it does not."""
    as_typed = _as_typed(asked, row)
    if asked.birth_date:
        fit, least = assess(asked, row), LEAST
    else:
        fit, least = fit_of_names(asked, row), LEAST_OF_NAMES if asked.first else LEAST_OF_ONE
    weight = fit.weight
    if as_typed:
        weight = max(weight, least) + (0 if asked.birth_date else AS_TYPED[as_typed])
    elif weight < least or (not asked.first and " " in asked.last):
        return None
    return Ranked(row.student, row.name, weight, _why(fit, as_typed))


def _as_typed(asked: Criteria, row: KeyRow) -> str | None:
    """Whether the name is as typed, or begins so; None if it is another."""
    if asked.birth_date and asked.birth_date != row.birth_date:
        return None
    if not row.middle.startswith(asked.middle):
        return None
    if not asked.first:
        pairs = [(asked.last, name) for name in (row.last, row.first)]
        is_as_typed = any
    else:
        pairs, is_as_typed = [(asked.first, row.first), (asked.last, row.last)], all
    if is_as_typed(typed == name for typed, name in pairs):
        return SAME_NAME
    return BEGINS_SO if is_as_typed(name.startswith(typed) for typed, name in pairs) else None


def _why(fit: Assessment, as_typed: str | None) -> tuple[str, ...]:
    reasons = [reason for reason in Reason if reason in fit.reasons]
    if as_typed is None:
        return tuple(reasons)
    return (as_typed, *(reason for reason in reasons if reason is Reason.SAME_BIRTH_DATE))
