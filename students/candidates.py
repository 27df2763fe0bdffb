"""Whom a search compares: names read in blocks, each served by one index and of bounded size.

What a block brings beyond its purpose is dropped before anything is compared in earnest.
"""

import datetime
from collections.abc import Collection, Iterable

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from pasi import bulk
from students.assessment import Criteria, KeyRow
from students.birth_dates import mistyped, stands_for_unknown, swapped
from students.models import NameKey
from students.name_keys import normalized, sound
from students.related_names import distant_forms, other_family_names, other_forms
from students.similarity import UNKNOWN_LAST_NAME

# No name is so frequent that a block should bring as many; should it, the search stays fast.
MOST_OF_A_BLOCK = 2_000
# People of about the age who have one half of the name; where they are more, the other half must
# sound alike or nearly so.
FEW = 150
ALIKE = 0.8  # by Jaro-Winkler: names below it are not compared any further

_COLUMNS = (
    *("name_id", "student_id", "was_legal", "birth_date"),
    *("first_key", "middle_key", "last_key"),
)
_SOUNDS = "ABFHJKLMNPRSTX"


def candidates(asked: Criteria) -> list[KeyRow]:
    """The stored names that may be the one asked for. One query each for a date, for a range of
    days and for a number.
    """
    rows: set[KeyRow] = set()
    if asked.birth_date:
        rows |= _of_the_date(asked)
    if days := _range_of_days(asked):
        rows |= _born_between(asked, *days)
    if not asked.asn:
        return _promising(asked, rows)
    # Whoever has the number, or a linked one, may differ in either half.
    named = NameKey.objects.filter(name__student__asn=asked.asn).values_list(*_COLUMNS)
    return [*rows.union(map(KeyRow._make, named))]


def _range_of_days(asked: Criteria) -> tuple[datetime.date, datetime.date] | None:
    """Where no day of birth is known: the years of the age, or the year of the birth date."""
    if not asked.birth_date:
        return asked.born_between
    if not stands_for_unknown(asked.birth_date):
        return None
    year = asked.birth_date.year
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31)


# --- Blocks ---------------------------------------------------------------------------------------


def _of_the_date(asked: Criteria) -> set[KeyRow]:
    """Everybody born on the day: some hundreds. And those born on one of the dates that may have
    been meant, if either half of the name sounds alike."""
    turned = swapped(asked.birth_date) or asked.birth_date
    rows = bulk.names_born(
        asked.birth_date,
        near=sorted(mistyped(asked.birth_date) | {turned}),
        last_sounds=_lasts(asked),
        first_sounds=_firsts(asked),
        turned_round=(sound(asked.first), sound(asked.last)),
        most=MOST_OF_A_BLOCK,
    )
    return set(map(KeyRow._make, rows))


def _born_between(asked: Criteria, *days: datetime.date) -> set[KeyRow]:
    """Born from one day to another: names of which one half sounds alike and the other nearly so.
    And all of whom one half sounds alike, if they are FEW.
    """
    first, last = sound(asked.first), sound(asked.last)
    firsts, lasts = _firsts(asked), _lasts(asked)
    forms = other_forms(asked.first) | distant_forms(asked.first)
    near_firsts = {*_misheard(first), *map(sound, (*forms, asked.first[:1])), *firsts}
    near_lasts = {*_misheard(last), *lasts}
    blocks: dict[str, list[KeyRow]] = {"both": [], "last": [], "first": []}
    for *columns, block in bulk.names_born_between(
        *days,
        both=[(lasts, sorted(near_firsts)), (sorted(near_lasts), firsts), ([first], [last])],
        last=last,
        first=first,
        is_initial=len(asked.first) == 1,
        few=FEW,
        most=MOST_OF_A_BLOCK,
    ):
        blocks[block].append(KeyRow._make(columns))
    few = [row for half in ("last", "first") if len(blocks[half]) <= FEW for row in blocks[half]]
    return {*blocks["both"], *few}


def _lasts(asked: Criteria) -> list[str]:
    """How the family name sounds, and if it has several words, each of them."""
    return _sounds(asked.last, *asked.last.split(), *_hyphenated(asked.last_name))


def _firsts(asked: Criteria) -> list[str]:
    return _sounds(asked.first, *_hyphenated(asked.first_name))


def _hyphenated(name: str) -> list[str]:
    return [normalized(part) for part in name.split("-")] if "-" in name else []


def _sounds(*names: str) -> list[str]:
    return sorted(set(map(sound, names)) - {""})


def _misheard(key: str) -> set[str]:
    """The sounds that differ from `key` in one place: what a slip in the name can do to it."""
    places = range(len(key))
    return {
        *(key[:at] + key[at + 1 :] for at in places),
        *(key[:at] + key[at + 1] + key[at] + key[at + 2 :] for at in places[:-1]),
        *(key[:at] + other + key[at + 1 :] for at in places for other in _SOUNDS),
        *(key[:at] + other + key[at:] for at in (*places, len(key)) for other in _SOUNDS),
    } - {""}


# --- What is worth comparing ----------------------------------------------------------------------


def _promising(asked: Criteria, rows: Collection[KeyRow]) -> list[KeyRow]:
    """Those born on the day of whom any part of the name resembles one that is asked for; of the
    others both halves must, each with any part of the name."""
    lasts, firsts = {row.last for row in rows}, {row.first for row in rows}
    middles = {row.middle for row in rows} - {""}
    parts = (asked.first, asked.last, asked.middle)
    near_lasts = _alike(parts, lasts) | (lasts & other_family_names(asked.last))
    if UNKNOWN_LAST_NAME in (asked.last, asked.first):
        near_lasts = lasts
    near_lasts.add(UNKNOWN_LAST_NAME)
    near_firsts = _alike(parts, firsts)
    near_firsts |= firsts & (other_forms(asked.first) | distant_forms(asked.first))
    near_middles = _alike((asked.first, asked.last), middles)

    def is_promising(row: KeyRow) -> bool:
        is_first = row.first in near_firsts or row.middle in near_middles
        if row.birth_date == asked.birth_date:
            return is_first or row.last in near_lasts
        return is_first and row.last in near_lasts

    return [row for row in rows if is_promising(row)]


def _alike(names: Iterable[str], among: Collection[str]) -> set[str]:
    """Those that resemble one of the names, end like it, or are its initial."""
    among = list(among)
    found: set[str] = set()
    for name in filter(None, names):
        resembling = process.extract(
            name, among, scorer=JaroWinkler.similarity, score_cutoff=ALIKE, limit=None
        )
        found.update(each for each, _score, _place in resembling)
        if len(name) == 1:
            found.update(each for each in among if each.startswith(name))
        else:
            found.update(each for each in among if each.endswith(name) or name.endswith(each))
            found.update({name[0]}.intersection(among))
    return found
