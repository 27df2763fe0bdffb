"""The eleven character rules together accept exactly the grammar of names, part by part.

The grammar: words separated by a single space or hyphen; a word has letters and apostrophes and
may end with a period. Doubled apostrophes are refused beyond it. Source: PASI knowledge base.
"""

import itertools
import re

import pytest

from students.facts import PART_LABELS, FullName
from students.rules.name_characters import CHARACTER_RULES
from tests.properties import example, given, st
from tests.rules.student_facts import name_change

LETTERS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
)
GRAMMAR = re.compile(rf"(?!.*'')[{LETTERS}']+\.?([ -][{LETTERS}']+\.?)*")
LONGEST = 6

texts = st.text(LETTERS + "'. -", max_size=50)
# Text at random is hardly ever a name: words and separators, most of them as they should be.
words = st.from_regex(rf"[{LETTERS}]('?[{LETTERS}]+)*\.?", fullmatch=True)
separators = st.sampled_from([" ", "-", " ", "-", "  ", " -", ".", "'"])
nearly_names = st.lists(st.tuples(words, separators), max_size=5).flatmap(
    lambda pairs: st.sampled_from(
        [
            "".join(word + separator for word, separator in pairs),
            "".join(word + separator for word, separator in pairs)[:-1],
        ]
    )
)


def broken(facts) -> list[str]:
    return [rule.code for rule in CHARACTER_RULES if rule.rejections(facts)]


def broken_by(part: str) -> list[str]:
    """The codes that a name is refused with whose last name is `part`."""
    return broken(name_change(name=FullName("Al", "", part, "")))


@pytest.mark.parametrize("length", range(1, LONGEST + 1))
def test_every_short_text(length):
    accepted = 0
    for characters in itertools.product("a'. -", repeat=length):
        part = "".join(characters)
        is_name = GRAMMAR.fullmatch(part) is not None
        assert (not broken_by(part)) is is_name, repr(part)
        accepted += is_name
    assert accepted


@given(texts | nearly_names)
@example("O'Brien-Smith St. John")
@example("Émile-J. d'Août")
def test_long_texts(part):
    is_name = part == "" or GRAMMAR.fullmatch(part) is not None
    assert (not broken_by(part)) is is_name


@given(
    st.lists(
        st.sampled_from(["", "Al", "St. John", "Al-", ".", "J.P.", " x"]) | texts,
        min_size=4,
        max_size=4,
    )
)
def test_each_part_is_judged_alone(parts):
    """A name breaks what its parts break, and each rule names just the parts that break it."""
    facts = name_change(name=FullName(*parts))
    alone = {label: set(broken_by(part)) for label, part in zip(PART_LABELS, parts, strict=True)}
    assert set(broken(facts)) == set().union(*alone.values())
    for rule in CHARACTER_RULES:
        expected = ", ".join(
            f"{label} ({part})"
            for label, part in zip(PART_LABELS, parts, strict=True)
            if rule.code in alone[label]
        )
        assert [found["FieldListWithValues"] for found in rule.judge(facts)] == (
            [expected] if expected else []
        )


@pytest.mark.parametrize(
    ("part", "codes"),
    [
        ("St. John", []),
        ("J.-P.", []),
        ("O'Brien", []),
        ("'Abd", []),
        ("Jean-Luc", []),
        ("LNU", []),
        ("St.John", ["11203"]),
        ("J.P.", ["11203"]),
        (" Bob", ["11204"]),
        ("Bob ", ["11206"]),
        ("Mary  Ann", ["11207"]),
        ("Mary - Ann", ["11208"]),
        ("J. -P.", ["11208"]),
        ("A..", ["11219"]),
        ("X--Y", ["11220"]),
        ("D''A", ["11221"]),
        ("-Al", ["11222"]),
        ("Anne-", ["11223"]),
        ("Mc .J", ["11224"]),
        (".", ["11224"]),
        ("-", ["11222", "11223"]),
        (" ", ["11204", "11206"]),
        ("", []),
    ],
)
def test_which_codes_a_part_breaks(part, codes):
    assert broken_by(part) == codes
