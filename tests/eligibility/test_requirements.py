"""Every requirement against its truth table, and no requirement without one."""

from pathlib import Path

import pytest

from credentials.eligibility import messages
from credentials.eligibility.outcomes import ACHIEVED, MOST_PARAMETERS
from credentials.eligibility.requirements import declared, registry
from tests.eligibility.cases import Case
from tests.eligibility.completion_cases import COMPLETION_CASES
from tests.eligibility.credit_cases import CREDIT_CASES
from tests.eligibility.diploma_cases import DIPLOMA_CASES
from tests.eligibility.equivalency_cases import EQUIVALENCY_CASES
from tests.eligibility.knowledge_cases import KNOWLEDGE_CASES
from tests.eligibility.prior_cases import PRIOR_CASES
from tests.eligibility.students import DEFINITIONS

ALL_CASES: list[Case] = [
    *CREDIT_CASES,
    *DIPLOMA_CASES,
    *KNOWLEDGE_CASES,
    *EQUIVALENCY_CASES,
    *COMPLETION_CASES,
    *PRIOR_CASES,
]
REQUIREMENTS = list(declared().values())
SOURCES = Path(registry.__file__).parent


@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_requirement(case):
    found = case.requirement.judge(case.student)
    assert (found.achievement, found.message.key, found.credits, dict(found.message.values)) == (
        *(case.achievement, case.key, case.credits, case.values),
    )
    assert len(found.message.parameters) <= MOST_PARAMETERS


def test_the_marks_named_explain_the_credits():
    """What counts, less what of it does not, is what is counted; nothing is named twice."""
    for case in ALL_CASES:
        found = case.requirement.judge(case.student)
        counted = {mark.course: mark.credits for mark in found.marks}
        over = sum(each.credits for each in found.left_out if each.mark.course in counted)
        assert len(counted) == len(found.marks), str(case)
        assert sum(counted.values()) - over == found.credits, str(case)


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda each: each.code)
def test_every_requirement_has_a_case_of_each_kind(requirement):
    own = {case.achievement == ACHIEVED for case in ALL_CASES if case.requirement is requirement}
    assert own == {True, False}


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda each: each.code)
def test_a_requirement_is_found_by_grepping_its_code(requirement):
    declarations = [
        file.name for file in SOURCES.glob("*.py") if f'"{requirement.code}"' in file.read_text()
    ]
    assert len(declarations) == 1


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda each: each.code)
def test_who_infers_says_so(requirement):
    assert requirement.judge.__doc__
    assert requirement.certainty in {"confirmed", "inferred"}
    if requirement.certainty == "inferred":
        assert "inferred" in requirement.source
        assert "nferred" in requirement.judge.__doc__


def test_functions_and_definitions_have_the_same_requirements():
    assert set(declared()) == set(DEFINITIONS.requirements)


def test_a_requirement_is_declared_once():
    with pytest.raises(registry.DuplicateRequirement, match="CALM-81160"):
        registry.requirement("CALM-81160", source="test")(lambda student: None)


# --- Messages -----------------------------------------------------------------------------------


def test_messages_carry_what_their_texts_need():
    for case in ALL_CASES:
        found = case.requirement.judge(case.student)
        for message in (found.message, *(each.reason for each in found.left_out)):
            text = messages.text(message)
            assert "{" not in text, str(case)
            assert text.endswith("."), str(case)
            assert len(text) <= 500, str(case)
            for value in message.values.values():
                assert str(value) in text, str(case)


def test_every_message_is_used():
    used = {case.key for case in ALL_CASES}
    used |= {
        each.reason.key
        for case in ALL_CASES
        for each in case.requirement.judge(case.student).left_out
    }
    assert used == set(messages.TEXTS)


def test_every_reason_is_used():
    named = {name for case in ALL_CASES for name in case.values}
    assert set(messages.REASONS) <= named
