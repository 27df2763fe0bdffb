"""How much two names agree, part by part.

What agrees counts by how unlikely it is by chance, in bits; what contradicts counts against. So
the parts can be added up. The weights are ours, measured on generated registries.
"""

import enum
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

from students.name_keys import sound
from students.related_names import distant_forms, nicknames, other_family_names, other_forms

UNKNOWN_LAST_NAME = "LNU"  # what is written where a person has one name only


class Reason(enum.StrEnum):
    """Why somebody was found; the contract's closed list, in the order in which they are given."""

    SAME_BIRTH_DATE = "SameBirthDate"
    DAY_MONTH_SWAPPED = "DayMonthSwapped"
    FIRST_LAST_SWAPPED = "FirstLastSwapped"
    NICKNAME = "Nickname"
    PHONETIC = "Phonetic"
    TYPING = "Typing"
    OTHER_NAME = "OtherName"
    INITIAL = "Initial"
    SAME_NUMBER = "SameStateProvinceId"


class Agreement(NamedTuple):
    """What one part of a name says: bits, why it may still be the same, does it contradict."""

    weight: float
    reason: Reason | None = None
    contradicts: bool = False


NOTHING = Agreement(0.0)
MISSPELT = 0.86  # by Jaro-Winkler: from here on it may be the same name, badly written


@lru_cache(maxsize=65_536)
def first_names(asked: str, found: str) -> Agreement:
    """Two given names, as keys."""
    if asked == found:
        return Agreement(7.0)
    if not asked or not found:
        return NOTHING
    if (len(asked) == 1 or len(found) == 1) and asked[0] == found[0]:
        return Agreement(2.5, Reason.INITIAL)
    written = _written(asked, found, 5.5)
    if found in other_forms(asked):
        is_spelling = found not in nicknames(asked) and sound(asked) == sound(found)
        reason = Reason.PHONETIC if is_spelling else Reason.NICKNAME
        return Agreement(max(written.weight, 5.0), reason)
    part = _part(asked, found, 4.5)
    form = NOTHING
    if found in distant_forms(asked):
        form = Agreement(3.5, Reason.NICKNAME)
    best = max(written, part, form, key=_by_weight)
    return best if best.weight > 0 else Agreement(-4.0, None, True)


@lru_cache(maxsize=65_536)
def last_names(asked: str, found: str) -> Agreement:
    """Two family names, as keys."""
    if asked == found:
        return Agreement(9.0)
    if UNKNOWN_LAST_NAME in (asked, found):
        return NOTHING
    if (len(asked) == 1 or len(found) == 1) and asked[0] == found[0]:
        return Agreement(2.5, Reason.INITIAL)
    written = _written(asked, found, 6.5)
    part = _part(asked, found, 5.5)
    form = Agreement(4.5, Reason.PHONETIC) if found in other_family_names(asked) else NOTHING
    best = max(written, part, form, key=_by_weight)
    return best if best.weight > 0 else Agreement(-4.5, None, True)


@lru_cache(maxsize=65_536)
def middle_names(asked: str, found: str) -> Agreement:
    """Two middle names, as keys; one that is missing says nothing."""
    if not asked or not found:
        return NOTHING
    if asked == found:
        return Agreement(4.0)
    if (len(asked) == 1 or len(found) == 1) and asked[0] == found[0]:
        return Agreement(1.5)
    best = first_names(asked, found)
    if best.weight > 0:
        return Agreement(best.weight / 2)
    if set(asked.split()) & set(found.split()):
        return Agreement(2.0)
    return Agreement(-2.5, None, True)


def _by_weight(agreement: Agreement) -> float:
    return agreement.weight


def _written(asked: str, found: str, most: float) -> Agreement:
    """The same name written otherwise, up to `most` bits: by a slip, by ear, or badly."""
    if asked.replace(" ", "") == found.replace(" ", ""):
        return Agreement(most + 0.5, Reason.TYPING)
    longer = max(len(asked), len(found))
    distance = OSA.distance(asked, found, score_cutoff=2)
    similar = JaroWinkler.similarity(asked, found)
    best = NOTHING
    if distance == 1:
        best = Agreement(most - (0 if longer > 4 else 1.5 if longer > 3 else 2.5), Reason.TYPING)
    elif distance == 2 and longer > 4:
        best = Agreement(most - (1.5 if longer > 6 else 2.5), Reason.TYPING)
    if sound(asked) == sound(found) and similar > 0.6:
        # A long key agrees by chance less often than a short one.
        heard = most - (0.5 if len(sound(asked)) > 2 else 2.0)
        best = Agreement(max(heard, best.weight), Reason.PHONETIC)
    if not best.weight and similar >= MISSPELT:
        best = Agreement(most - 3.0, Reason.TYPING)
    return best


def _part(asked: str, found: str, most: float) -> Agreement:
    """One name is a part of the other: half of a double name, or cut off.

    Keys have no hyphens, so the parts of "SMITHJONES" are what it begins or ends with.
    """
    shorter, longer = sorted((asked, found), key=len)
    if shorter in longer.split() or (longer.split() and set(shorter.split()) & set(longer.split())):
        return Agreement(most)
    if len(shorter) > 3 and (longer.startswith(shorter) or longer.endswith(shorter)):
        return Agreement(most - 0.5)
    if len(shorter) == 3 and longer.startswith(shorter):
        return Agreement(most - 2)
    return NOTHING
