"""Every rule against its truth table, and no rule without one."""

import re

import pytest

import pasi.operations  # noqa: F401  (declares the rules of every service)
import students.rules.stages  # noqa: F401
from pasi import rules
from tests.rules.awarding_cases import AWARDING_CASES
from tests.rules.cases import Case
from tests.rules.student_cases import STUDENT_CASES

ALL_CASES: list[Case] = [*AWARDING_CASES, *STUDENT_CASES]

CODES_NEVER_RAISED = ["11104", "11225"]


@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_rule(case):
    assert tuple(case.rule.judge(case.facts)) == case.violations


@pytest.mark.parametrize("case", [c for c in ALL_CASES if c.violations], ids=str)
def test_yields_what_its_message_needs(case):
    """The placeholders are the contract: no more and no fewer values than the text names."""
    rejections = case.rule.rejections(case.facts)
    for values, rejection in zip(case.violations, rejections, strict=True):
        text = values.get("message", case.rule.message)
        names = set(re.findall(r"{(\w+)}", str(text)))
        assert set(values) - {"message"} == names
        assert rejection.code == case.rule.code
        assert "{" not in rejection.description
        for name in names:
            assert str(values[name]) in rejection.description


@pytest.mark.parametrize("rule", [r for r in rules.catalogue() if r.judge], ids=lambda r: r.code)
def test_every_rule_has_a_breaking_and_a_passing_case(rule):
    own = [case for case in ALL_CASES if case.rule is rule]
    assert [case for case in own if case.violations], f"{rule.code} has no breaking case"
    assert [case for case in own if not case.violations], f"{rule.code} has no passing case"


def test_rules_never_raised_say_why():
    silent = [rule for rule in rules.catalogue() if rule.judge is None]
    assert [rule.code for rule in silent] == CODES_NEVER_RAISED
    for rule in silent:
        assert rule.not_raised_because
        assert not rule.is_raised
        assert rule.rejections(object()) == []


def test_the_catalogue_is_complete_and_in_order():
    codes = [rule.code for rule in rules.catalogue()]
    assert codes == sorted(codes, key=int)
    for rule in rules.catalogue():
        assert rule.title
        assert rule.source
        assert rule.certainty in {"confirmed", "inferred"}
        assert rules.rule(rule.code) is rule
