"""Declaring rules: what the registry refuses, and what the settings may switch off."""

import pytest

from credentials.rules import awarding
from pasi import rules
from tests.rules.awarding_cases import candidate


@pytest.fixture
def registry(monkeypatch):
    """A registry of its own, so that what a test declares is gone afterwards."""
    monkeypatch.setattr(rules, "_registry", {})


def declare(code="60001", judge=None, message="Value {Value} is wrong.", **options):
    def all_wrong(facts):
        for value in facts:
            yield {"Value": value}

    return rules.rejection(code, "Title", message, source="test", **options)(judge or all_wrong)


def test_a_code_is_declared_once(registry):
    declare()
    with pytest.raises(rules.DuplicateRule, match="60001"):
        declare()


def test_a_rule_is_a_generator_function(registry):
    with pytest.raises(TypeError, match="60001"):
        declare(judge=lambda facts: [])


def test_descriptions_carry_the_values(registry):
    rule = declare()
    assert [r.as_json() for r in rule.rejections(["{odd}", 7])] == [
        {"Code": "60001", "Description": "Value {odd} is wrong."},
        {"Code": "60001", "Description": "Value 7 is wrong."},
    ]


def test_a_rule_may_yield_the_same_dictionary_again(registry):
    same = {"message": "Otherwise: {Value}", "Value": 1}

    def judge(facts):
        yield same
        yield same

    rule = declare(judge=judge)
    for _again in range(2):
        assert [r.description for r in rule.rejections(None)] == ["Otherwise: 1"] * 2


def test_alert_rules_have_a_kind_and_years(registry):
    def judge(facts):
        yield {}

    advice = rules.advice("60002", "T", "M", source="test", from_school_year=2020)(judge)
    warning = rules.warning("60003", "T", "M", source="test", to_school_year=2019)(judge)
    assert (advice.kind, advice.from_school_year, advice.to_school_year) == ("Advice", 2020, None)
    assert (warning.kind, warning.from_school_year, warning.to_school_year) == (
        *("Warning", None, 2019),
    )


@pytest.mark.parametrize(
    ("options", "is_raised"),
    [
        ({"certainty": "inferred"}, False),
        ({"certainty": "inferred", "is_essential": True}, True),
        ({"certainty": "confirmed"}, True),
    ],
)
def test_only_inferred_rules_that_are_not_essential_can_be_off(
    registry, settings, options, is_raised
):
    rule = declare(**options)
    assert rule.is_raised
    settings.PASI_RULES_OFF = ["60001"]
    assert rule.is_raised is is_raised
    assert bool(rule.rejections(["x"])) is is_raised


def test_nothing_is_awarded_to_whom_nothing_is_achieved_whatever_is_switched_off(settings):
    settings.PASI_RULES_OFF = [rule.code for rule in rules.catalogue()]
    found = rules.first_failing_stage(awarding.AWARDING_STAGES, candidate())
    assert [rejection.code for rejection in found] == ["44000"]


def test_a_stage_collects_all_its_violations_and_ends_the_judging(registry):
    stages = [
        (declare("60001", message="A {Value}", judge=lambda facts: (yield from ())),),
        (declare("60002", message="B {Value}"), declare("60003", message="C {Value}")),
        (declare("60004", message="D {Value}"),),
    ]
    found = rules.first_failing_stage(stages, [1, 2])
    assert [rejection.description for rejection in found] == ["B 1", "B 2", "C 1", "C 2"]
    assert rules.first_failing_stage(stages, []) == []
