"""Which sets of arguments are the same: properties, with a second, slower notion of sameness."""

import re

import pytest
from hypothesis import assume

from enrolments.arguments import arguments_key, canonical_value, key_of_pairs
from tests.properties import example, given, st

# Half of all values look like sets of integers or nearly so.
BLANKS = st.sampled_from(["", " ", "  ", "\t", "\r\n", "\u00a0", "\u2003"])
NUMBERS = st.lists(st.from_regex(r"\A0{0,2}[0-9]{1,3}\Z"), min_size=2, max_size=5)
PLAIN_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NEARLY = st.text("0123456789, .-S٣²\n", max_size=8)
KEYS = st.one_of(PLAIN_TEXT, st.sampled_from(["Grade", "grade", "PreviousGrade", "é", "e\u0301"]))


def written(numbers: list[str], blanks=lambda: "") -> str:
    return ",".join(f"{blanks()}{number}{blanks()}" for number in numbers)


VALUES = st.one_of(st.none(), PLAIN_TEXT, NEARLY, NUMBERS.map(written))
ARGUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


def same_value(one: str | None, other: str | None) -> bool:
    """The rule as the document says it: to the letter, unless both are sets of integers."""
    one, other = one or "", other or ""
    if one == other:
        return True
    lists = []
    for text in (one, other):
        parts = [part.strip() for part in text.split(",")]
        if len(parts) < 2 or not all(re.fullmatch("[0-9]+", part) for part in parts):
            return False
        lists.append(sorted(parts))
    return lists[0] == lists[1]


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(same_value(one[k], other[k]) for k in one)


# --- One value ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,2", "2,1"),
        ("06,4", "4,06"),
        (" 10 ,\t9", "9,10"),
        ("1,1,2", "2,1,1"),
        ("10,9", "9,10"),
        (None, ""),
    ],
)
def test_equal_values(one, other):
    assert arguments_key({"A": one}) == arguments_key({"A": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("06", "6"),
        ("06,4", "6,4"),
        ("1,1,2", "1,2"),
        ("1,2", "12"),
        (" 1", "1"),
        ("1", "1,"),
        ("1,2,", "2,1,"),
        (",1,2", ",2,1"),
        ("1,,2", "2,,1"),
        ("-1,2", "2,-1"),
        ("+1,2", "2,+1"),
        ("1.0,2", "2,1.0"),
        ("1 2,3", "3,1 2"),
        ("1;2", "2;1"),
        ("S.0001,S.0002", "S.0002,S.0001"),
        ("S.0001,2", "2,S.0001"),
        ("٣,1", "1,٣"),  # digits, but not those of the document
        ("a", "A"),
        ("é", "e\u0301"),
        ("a", "a "),
        ("", " "),
    ],
)
def test_different_values(one, other):
    assert arguments_key({"A": one}) != arguments_key({"A": other})


@given(NUMBERS, st.data())
def test_a_set_of_integers_has_no_order_and_no_blanks(numbers, data):
    shuffled = data.draw(st.permutations(numbers))
    text = written(shuffled, lambda: data.draw(BLANKS))
    assert canonical_value(text) == canonical_value(written(numbers)) == ",".join(sorted(numbers))


@given(NUMBERS, st.integers(0, 4))
def test_a_leading_zero_makes_another_integer(numbers, place):
    place %= len(numbers)
    other = [*numbers]
    other[place] = "0" + other[place]
    assert arguments_key({"A": written(numbers)}) != arguments_key({"A": written(other)})


@given(VALUES)
def test_the_canonical_form_is_canonical(value):
    once = canonical_value(value)
    assert canonical_value(once) == once
    assert same_value(once, value)


@given(VALUES, VALUES)
@example("1, 2", "2,1")
@example("1,2\n", "2,1")
def test_values_are_equal_exactly_when_their_canonical_forms_are(one, other):
    assert (canonical_value(one) == canonical_value(other)) == same_value(one, other)


def test_a_long_value_is_judged_at_once():
    """No pattern that tries every way to read 60,000 characters."""
    for text in ("1" * 60_000, "1," * 30_000 + "x", "1" + " " * 60_000 + "x", "1 , " * 15_000):
        assert canonical_value(text) == text


# --- Sets of arguments --------------------------------------------------------------------------


@given(ARGUMENTS, st.data())
def test_the_order_of_keys_does_not_matter(arguments, data):
    shuffled = data.draw(st.permutations(list(arguments.items())))
    assert key_of_pairs(shuffled) == arguments_key(dict(shuffled)) == arguments_key(arguments)


@given(ARGUMENTS, ARGUMENTS)
@example({"A": "1", "B": "2"}, {"A": "2", "B": "1"})
@example({"A": "1"}, {"B": "1"})
@example({"A": ""}, {})
@example({"A": '","'}, {"A": "", "": ""})
@example({"ab": "c"}, {"a": "bc"})
def test_keys_are_equal_exactly_when_the_arguments_are_the_same(one, other):
    assert (arguments_key(one) == arguments_key(other)) == same(one, other)


@given(ARGUMENTS, KEYS, VALUES)
def test_one_argument_more_is_another_set(arguments, key, value):
    assume(key not in arguments)
    assert arguments_key({**arguments, key: value}) != arguments_key(arguments)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), VALUES, st.data())
def test_a_key_given_twice_matches_nothing(arguments, value, data):
    again = data.draw(st.sampled_from(sorted(arguments)))
    pairs = data.draw(st.permutations([*arguments.items(), (again, value)]))
    assert key_of_pairs(pairs) is None
    assert key_of_pairs([*arguments.items(), (again, arguments[again])]) is None


@given(ARGUMENTS)
def test_a_key_has_64_hexadecimal_digits(arguments):
    assert re.fullmatch("[0-9a-f]{64}", arguments_key(arguments))


def test_keys_do_not_change_from_release_to_release():
    """They are stored: another form would part every acknowledgement from its alert."""
    assert key_of_pairs([]) == ("4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945")
    assert arguments_key({"PreviousGrade": "04", "Grade": "06"}) == (
        "bbf4d5ee75b1f5e3872bd381f3a0ec28f944dd4666479ee87a581777f0f6af20"
    )
