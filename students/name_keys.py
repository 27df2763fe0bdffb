"""How names are compared when a student is searched for: their keys, and the rows that hold them.

Source: create_student.md 3.1 (PASI knowledge base; the normalization and the sounds: inferred).
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import jellyfish

_DROPPED = re.compile(r"[-'.]")
# What Metaphone tells apart and writers of names from all over the world do not: Smyth and Smit,
# Kowalski and Kovalski, Yelena and Elena, Mohamed and Mohammad, Oleksandr and Aleksandr.
_ALIKE = str.maketrans("0W", "TF")
_FIRST_VOWEL = re.compile(r"^[AEIOUY]")
_UNHEARD = re.compile(r"(?<=.)[HY]")


@lru_cache(maxsize=65_536)
def normalized(text: str) -> str:
    """A name part as High matches compare it: no accents, capitals, no hyphens, apostrophes and
    periods, single spaces. "Anne-Marie" -> "ANNEMARIE".
    """
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )
    return " ".join(_DROPPED.sub("", plain.upper()).split())


@lru_cache(maxsize=65_536)
def sound(text: str) -> str:
    """How a name part sounds, for finding other spellings of it: its consonants, by Metaphone,
    less what differs between languages. At most 50 letters; "Mohammed" -> "MMT".
    """
    key = jellyfish.metaphone(normalized(text).replace(" ", "")).translate(_ALIKE)
    return _UNHEARD.sub("", _FIRST_VOWEL.sub("A", key))[:50]


class Keys(NamedTuple):
    """The columns of a NameKey that come from the name itself."""

    first_key: str
    middle_key: str
    last_key: str
    first_sound: str
    last_sound: str


def keys_of(first_name: str, middle_name: str, last_name: str) -> Keys:
    return Keys(
        normalized(first_name),
        normalized(middle_name),
        normalized(last_name),
        sound(first_name),
        sound(last_name),
    )
