"""The transcripts of the generated province, made to meet or to miss a credential, do so."""

import random

import pytest

from credentials.eligibility.facts import Mark
from pasi.province import outcomes, transcripts
from tests.eligibility.students import assess

ACHIEVED, NOT_ACHIEVED = "Achieved", "NotAchieved"


def marks_of(kind: str, seed: int) -> list[Mark]:
    """As somebody of 17 would have earned them by 2024."""
    rng = random.Random(seed)
    plan = transcripts.plan_for(rng, kind, 50 + seed % 45, 17)
    years = {10: 2022, 11: 2023, 12: 2024}
    return [
        Mark(code, credits if is_passed else 0, years[when], "70")
        for when, code, credits, is_passed in plan
        if when in years
    ]


@pytest.mark.parametrize(
    ("kind", "requirement_set", "status"),
    [
        (outcomes.COMPLETE, "AHSD-2018", ACHIEVED),
        (outcomes.SHORT, "AHSD-2018", NOT_ACHIEVED),
        (outcomes.FAILING, "AHSD-2018", NOT_ACHIEVED),
        (outcomes.KNOWLEDGE, "CHSA", ACHIEVED),
        (outcomes.KNOWLEDGE, "AHSD-2018", NOT_ACHIEVED),
        (outcomes.KNOWLEDGE_SHORT, "CHSA", NOT_ACHIEVED),
    ],
)
def test_transcripts(kind, requirement_set, status):
    for seed in range(60):
        found = assess(marks_of(kind, seed))[requirement_set]
        missing = [each.requirement for each in found.results if not each.is_met]
        assert (found.status, seed) == (status, seed), missing
