"""generate_province --calculate: the statuses come from the calculator, and the examples hold."""

import io
from collections import Counter

import pytest
from django.core.management import call_command

from audit.models import ServiceCall
from credentials.models import RequirementSetStatus
from enrolments.processors import has_outstanding, processor
from pasi.province import examples
from tests.credentials.calls import call
from tests.invariants import assert_database_is_sound
from tests.province.conftest import SEED, TODAY

STUDENTS = 300


@pytest.fixture
def said(db, settings) -> str:
    settings.PASI_TODAY = TODAY
    out = io.StringIO()
    call_command("generate_province", students=STUDENTS, seed=SEED, calculate=True, stdout=out)
    return out.getvalue()


def test_a_calculated_province(said):
    assert not has_outstanding(processor("Transcript"))
    assert_database_is_sound()
    rows = RequirementSetStatus.objects.values_list("is_calculated", "percentage_complete")
    calculated = [percentage for is_calculated, percentage in rows if is_calculated]
    by_hand = [percentage for is_calculated, percentage in rows if not is_calculated]
    assert len(calculated) > 100 and None not in calculated
    assert 5 < len(by_hand) < 30 and set(by_hand) == {None}
    assert ServiceCall.objects.filter(operation="CalculateEverybody").count() == 1
    lines = [line.split() for line in said.splitlines()]
    assert ["Achieved", "nearly", "others"] in lines
    counts = {line[0]: list(map(int, line[1:])) for line in lines if line and line[0] in SETS}
    assert set(counts) == SETS
    stored = Counter(RequirementSetStatus.objects.values_list("requirement_set_id", flat=True))
    assert {code: sum(numbers) for code, numbers in counts.items()} == dict(stored)
    achieved = RequirementSetStatus.objects.filter(requirement_set="CHSA", status="Achieved")
    assert counts["CHSA"][0] == achieved.count()


def test_the_award_of_each_example_is_refused_by_its_rule(said):
    named = examples(STUDENTS, SEED, TODAY)
    responses = call(*named.values()).body["Responses"]
    codes = [response["Rejections"][0]["Code"] for response in responses]
    assert codes == list(named)


SETS = {
    *("AHSD-2018", "AHSD-2010-2018", "AHSD-PRE2010", "ADEX", "ADVD", "GHSD"),
    *("HSED-ALT1", "HSED-ALT2", "CHSA", "IOPC", "HHSD", "COSC"),
}
