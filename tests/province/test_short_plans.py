"""Transcripts made to miss a credential by one requirement do so, each requirement in its turn."""

import datetime
import random
from collections import Counter

import pytest

from credentials.eligibility.facts import ManualAchievement, Mark
from pasi.province import outcomes, short_plans, transcripts
from tests.eligibility.students import NOMINATED_AT, REQUESTED, assess

WAYS = {
    "AHSD-2018": len(short_plans.SHORT_OF_DIPLOMA),
    "CHSA": len(short_plans.SHORT_OF_CERTIFICATE),
    "HSED-ALT1": len(short_plans.SHORT_OF_EQUIVALENCY) + 1,
    "HSED-ALT2": len(transcripts.GED_TESTS),
}


def marks_of(kind: str, seed: int, age: int) -> list[Mark]:
    rng = random.Random(seed)
    plan = transcripts.plan_for(rng, kind, 51 + seed % 41, age)
    years = {10: 2022, 11: 2023, 12: 2024, transcripts.AS_ADULT: 2024, transcripts.GED_YEAR: 2024}
    return [
        Mark(
            code,
            credits if is_passed else 0,
            years[when],
            transcripts.mark_value(rng, code, credits, 70, is_passed),
        )
        for when, code, credits, is_passed in plan
    ]


@pytest.mark.parametrize(
    ("kind", "code", "age"),
    [
        (outcomes.SHORT, "AHSD-2018", 17),
        (outcomes.KNOWLEDGE_SHORT, "CHSA", 17),
        (outcomes.EQUIVALENCY_SHORT, "HSED-ALT1", 35),
        (outcomes.TESTS_FAILED, "HSED-ALT2", 35),
    ],
)
def test_one_short(kind, code, age):
    born = datetime.date(2024 - age, 5, 1)
    said = [ManualAchievement(REQUESTED, "Achieved", NOMINATED_AT, "O.1", "Ministry")]
    missing = Counter()
    for seed in range(300):
        marks = marks_of(kind, seed, age)
        found = assess(marks, birth_date=born, achievements=said)[code]
        unmet = [each.requirement for each in found.results if not each.is_met]
        if kind == outcomes.TESTS_FAILED and len(unmet) > 1:
            continue  # several tests failed
        assert (len(unmet), seed) == (1, seed), unmet
        assert len({mark.course for mark in marks}) == len(marks)
        missing[unmet[0]] += 1
    assert len(missing) == WAYS[code], missing
