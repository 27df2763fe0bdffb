"""Every rule against its truth table, and no rule without one."""

import re

import pytest

import pasi.operations  # noqa: F401  (declares the rules of every service)
import students.rules.stages  # noqa: F401
from pasi import rules
from tests.rules.acknowledgement_cases import ACKNOWLEDGEMENT_CASES
from tests.rules.award_change_cases import AWARD_CHANGE_CASES
from tests.rules.awarding_cases import AWARDING_CASES
from tests.rules.cases import Case
from tests.rules.document_order_cases import DOCUMENT_ORDER_CASES
from tests.rules.enrolment_cases import ENROLMENT_CASES
from tests.rules.enrolment_submit_cases import ENROLMENT_SUBMIT_CASES
from tests.rules.exemption_cases import EXEMPTION_CASES
from tests.rules.number_cases import NUMBER_CASES
from tests.rules.official_mark_cases import OFFICIAL_MARK_CASES
from tests.rules.part_cases import PART_CASES
from tests.rules.requirement_cases import REQUIREMENT_CASES
from tests.rules.student_cases import STUDENT_CASES

ALL_CASES: list[Case] = [
    *AWARDING_CASES,
    *AWARD_CHANGE_CASES,
    *STUDENT_CASES,
    *PART_CASES,
    *NUMBER_CASES,
    *ENROLMENT_CASES,
    *ENROLMENT_SUBMIT_CASES,
    *ACKNOWLEDGEMENT_CASES,
    *DOCUMENT_ORDER_CASES,
    *REQUIREMENT_CASES,
    *EXEMPTION_CASES,
    *OFFICIAL_MARK_CASES,
]

CODES_NEVER_RAISED = [
    "9062",
    *("10003", "10009", "10013", "10023", "10024", "10027", "10028", "10035", "10038", "10040"),
    *("10041", "10049", "10054", "10071", "10100", "10102", "10108", "10116", "10118", "10123"),
    *("10128", "10129", "10143", "10152", "11104", "11225"),
    *("43004", "43015", "43016", "44016"),
]


@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_rule(case):
    assert tuple(case.rule.judge(case.facts)) == case.violations


@pytest.mark.parametrize("case", [c for c in ALL_CASES if c.violations], ids=str)
def test_yields_what_its_message_needs(case):
    """The placeholders are the contract: no more and no fewer values than the text names."""
    is_rejection = case.rule.kind == rules.REJECTION
    found = case.rule.rejections(case.facts) if is_rejection else case.rule.alerts(case.facts)
    for values, one in zip(case.violations, found, strict=True):
        text = values.get("message", case.rule.message)
        names = set(re.findall(r"{(\w+)}", str(text)))
        assert set(values) - {"message"} == names
        assert str(one.code) == case.rule.code
        assert "{" not in one.description
        for name in names:
            assert str(values[name]) in one.description
        if not is_rejection:
            assert one.kind == case.rule.kind
            assert one.arguments == {name: str(value) for name, value in values.items()}


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
        assert rule.rejections(object()) == rule.alerts(object()) == []


def test_the_catalogue_is_complete_and_in_order():
    codes = [rule.code for rule in rules.catalogue()]
    assert codes == sorted(codes, key=int)
    for rule in rules.catalogue():
        assert rule.title
        assert rule.source
        assert rule.certainty in {"confirmed", "inferred"}
        assert rules.rule(rule.code) is rule
