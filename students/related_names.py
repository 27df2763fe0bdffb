"""Given names that stand for one another: short forms, and forms of other languages.

Names are keys as students.name_keys.normalized() makes them. Sources: students/data/README.md.
"""

import csv
from collections import defaultdict
from functools import cache, lru_cache
from itertools import permutations
from pathlib import Path

from students.name_keys import normalized

_DATA = Path(__file__).parent / "data"

Forms = dict[str, frozenset[str]]


@cache
def _across_languages() -> Forms:
    lines = (_DATA / "names_across_languages.txt").read_text("utf-8").splitlines()
    return _forms(pair for line in lines for pair in permutations(line.split(), 2))


@cache
def _nicknames() -> Forms:
    with (_DATA / "nicknames.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(row["formal"], row["nickname"]) for row in csv.DictReader(file)]
    return _forms([*pairs, *((short, formal) for formal, short in pairs)])


def _forms(pairs) -> Forms:
    found = defaultdict(set)
    for name, other in pairs:
        found[normalized(name)].add(normalized(other))
    return {name: frozenset(others - {name}) for name, others in found.items()}


def nicknames(name: str) -> frozenset[str]:
    """The short and long forms of a given name: "BILL" -> {"WILLIAM" …}."""
    return _nicknames().get(name, frozenset())


def other_forms(name: str) -> frozenset[str]:
    """Its nicknames, and its forms in other languages: "WILLIAM" -> {"BILL", "GUILLAUME" …}."""
    return nicknames(name) | _across_languages().get(name, frozenset())


@lru_cache(maxsize=4_096)
def distant_forms(name: str) -> frozenset[str]:
    """The forms of its forms: "BILL" -> {"WILL" …}, "OLEKSANDR" -> {"ALEX" …}."""
    near = other_forms(name)
    return frozenset().union(*map(other_forms, near)) - near - {name}


def other_family_names(name: str) -> frozenset[str]:
    """Other ways to write a family name in Latin letters: "ZHANG" -> {"CHEUNG" …}."""
    return _across_languages().get(name, frozenset())
