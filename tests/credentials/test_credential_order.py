"""The Credential Order against a second, independent reading of the published table.

The code keeps the column "may still be awarded"; this is the column "prevented".
"""

import itertools

import pytest

from credentials.credential_order import ALLOWED_AFTER, ORDER, allowed, highest
from tests.properties import given, st

# As printed, top to bottom; this is also the order in which a first credential is chosen.
IN_ORDER = ["AHSD", "ADEX", "ADVD", "GHSD", "HSED", "CHSA", "IOPC", "COSC"]
PREVENTED = {
    "AHSD": IN_ORDER,
    "ADEX": IN_ORDER,
    "ADVD": IN_ORDER,
    "GHSD": IN_ORDER,
    "HSED": ["CHSA", "IOPC", "COSC"],
    "CHSA": ["COSC", "ADEX", "ADVD", "GHSD", "IOPC"],
    "IOPC": ["COSC", "CHSA"],
    "COSC": ["ADEX", "ADVD", "GHSD", "IOPC"],
    "HHSD": [],  # not in the table: prevents nothing, and nothing in the table leads to it
}
credentials = st.sets(st.sampled_from(sorted(PREVENTED)))


def by_hand(achieved, awarded) -> list[str]:
    candidates = [c for c in IN_ORDER if c in achieved and c not in awarded]
    return [c for c in candidates if not any(c in PREVENTED[held] for held in awarded)]


@given(credentials, credentials)
def test_allowed_is_the_table_read_by_its_other_column(achieved, awarded):
    assert allowed(achieved, awarded) == by_hand(achieved, awarded)


def test_every_pair_of_held_credentials():
    for held in itertools.combinations(PREVENTED, 2):
        assert allowed(PREVENTED, held) == by_hand(PREVENTED, held)


@given(credentials, credentials, st.sampled_from(sorted(PREVENTED)))
def test_holding_more_never_allows_more(achieved, awarded, another):
    assert set(allowed(achieved, awarded | {another})) <= set(allowed(achieved, awarded))


def test_the_table_is_whole():
    assert list(ORDER) == IN_ORDER
    assert list(ALLOWED_AFTER) == IN_ORDER
    for held, may_follow in ALLOWED_AFTER.items():
        assert held not in may_follow
        assert may_follow == set(IN_ORDER) - set(PREVENTED[held]) - {held}


@pytest.mark.parametrize("held", ["AHSD", "ADEX", "ADVD", "GHSD"])
def test_nothing_follows_a_diploma(held):
    assert allowed(IN_ORDER, [held]) == []


def test_the_table_is_no_rank():
    assert allowed(["ADEX"], ["IOPC"]) == ["ADEX"]
    assert allowed(["ADEX"], ["CHSA"]) == []
    assert allowed(["ADEX"], ["COSC"]) == []


@given(st.sets(st.sampled_from([*sorted(PREVENTED), "ZZZZ"]), min_size=1))
def test_highest_is_the_first_of_the_order_and_others_come_last(types):
    first = highest(types)
    assert first in types
    known = [kind for kind in IN_ORDER if kind in types]
    assert first == (known[0] if known else min(types))
