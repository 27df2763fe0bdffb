"""Whom a search compares: names read in blocks, each served by one index and of bounded size.

What a block brings beyond its purpose is dropped before anything is compared in earnest.
"""

import datetime
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q, QuerySet, Value
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
    """The stored names that may be the one asked for. One query."""
    if asked.birth_date and not asked.asn and not stands_for_unknown(asked.birth_date):
        return _promising(asked, _of_the_date(asked))
    few, of_the_number, blocks = [], [], []
    if asked.birth_date:
        blocks = _by_date(asked)
    if days := _range_of_days(asked):
        blocks = [*blocks, *_born(asked, *days)]
        few = _few(asked, *days)
    if asked.asn:
        of_the_number = [NameKey.objects.filter(name__student__asn=asked.asn)]
    brought = _rows([*few, *of_the_number, *blocks])
    rows: set[KeyRow] = set()
    for number, block in enumerate(brought):
        if number >= len(few) or len(block) <= FEW:
            rows.update(block)
    # Whoever has the number may differ in either half.
    named = brought[len(few)] if of_the_number else []
    return [*{*_promising(asked, rows), *named}]


def _range_of_days(asked: Criteria) -> tuple[datetime.date, datetime.date] | None:
    """Where no day of birth is known: the years of the age, or the year of the birth date."""
    if not asked.birth_date:
        return asked.born_between
    if not stands_for_unknown(asked.birth_date):
        return None
    year = asked.birth_date.year
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31)


def _rows(blocks: Sequence[QuerySet]) -> list[list[KeyRow]]:
    """What each block brings."""
    first, *others = (
        block.values_list(*_COLUMNS, Value(number)) for number, block in enumerate(blocks)
    )
    brought: list[list[KeyRow]] = [[] for _ in blocks]
    for *columns, number in first.union(*others, all=True):
        brought[number].append(KeyRow._make(columns))
    return brought


def _of_the_date(asked: Criteria) -> set[KeyRow]:
    """What _by_date() brings, for the search that nearly everybody makes: by a birth date alone.
    The ORM would take longer to write this query than the database to answer it.
    """
    rows = bulk.names_born(
        asked.birth_date,
        near=_near(asked),
        last_sounds=_lasts(asked),
        first_sounds=_firsts(asked),
        turned_round=(sound(asked.first), sound(asked.last)),
        most=MOST_OF_A_BLOCK,
    )
    return set(map(KeyRow._make, rows))


# --- Blocks ---------------------------------------------------------------------------------------


def _by_date(asked: Criteria) -> list[QuerySet]:
    """Everybody born on the day: some hundreds. And those born on one of the dates that may have
    been meant, if either half of the name sounds alike."""
    sounds_alike = Q(last_sound__any=_lasts(asked)) | Q(first_sound__any=_firsts(asked))
    return [
        NameKey.objects.filter(birth_date=asked.birth_date),
        NameKey.objects.filter(sounds_alike | _turned_round(asked), birth_date__any=_near(asked))[
            :MOST_OF_A_BLOCK
        ],
    ]


def _near(asked: Criteria) -> list[datetime.date]:
    """The dates that may have been meant."""
    turned = swapped(asked.birth_date) or asked.birth_date
    return sorted(mistyped(asked.birth_date) | {turned})


def _born(asked: Criteria, *days: datetime.date) -> list[QuerySet]:
    """Born from one day to another: names of which one half sounds alike and the other nearly
    so."""
    first, last = sound(asked.first), sound(asked.last)
    forms = other_forms(asked.first) | distant_forms(asked.first)
    near_firsts = {*_misheard(first), *map(sound, (*forms, asked.first[:1])), *_firsts(asked)}
    near_lasts = {*_misheard(last), *_lasts(asked)}
    sounds_alike = (
        Q(last_sound__any=_lasts(asked), first_sound__any=sorted(near_firsts))
        | Q(last_sound__any=sorted(near_lasts), first_sound__any=_firsts(asked))
        | _turned_round(asked)
    )
    if len(asked.first) == 1:
        sounds_alike |= Q(last_sound=last, first_sound__range=(first, f"{first}Z"))
    return [NameKey.objects.filter(sounds_alike, birth_date__range=days)[:MOST_OF_A_BLOCK]]


def _few(asked: Criteria, *days: datetime.date) -> list[QuerySet]:
    """Born from one day to another and one half of the name sounds alike, in two blocks; each one
    row more than FEW, if there are so many."""
    # In the order of the index, or the planner would read them all for the first of them.
    born = NameKey.objects.filter(birth_date__range=days).order_by("birth_date")
    return [
        born.filter(last_sound=sound(asked.last))[: FEW + 1],
        born.filter(first_sound=sound(asked.first))[: FEW + 1],
    ]


def _lasts(asked: Criteria) -> list[str]:
    """How the family name sounds, and if it has several words, each of them."""
    return _sounds(asked.last, *asked.last.split(), *_hyphenated(asked.last_name))


def _firsts(asked: Criteria) -> list[str]:
    return _sounds(asked.first, *_hyphenated(asked.first_name))


def _turned_round(asked: Criteria) -> Q:
    return Q(last_sound=sound(asked.first), first_sound=sound(asked.last))


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

    if asked.asn:  # whoever has the number may differ in either half
        return list(rows)
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
