"""The rules of awarding together: which one ends a student, and what is awarded otherwise."""

import pytest

from credentials.awarding import Candidate
from credentials.rules import awarding as rules
from pasi.rules import first_failing_stage
from tests.rules.awarding_cases import ASN, candidate

# already awarded | achieved | the credential awarded, or the code of the rejection
VECTORS = [
    ("", "AHSD CHSA", "AHSD"),
    ("CHSA", "AHSD", "AHSD"),
    ("CHSA", "GHSD", "44012"),
    ("COSC", "CHSA", "CHSA"),
    ("HSED", "COSC", "44012"),
    ("GHSD", "AHSD", "44012"),
    ("AHSD", "AHSD", "44010"),
    ("", "AHSD HHSD", "44011"),
    ("", "", "44000"),
    # More of the same kind: several held, the honorary diploma, no rank.
    ("HSED CHSA", "AHSD", "AHSD"),
    ("HSED CHSA", "ADEX GHSD", "44012"),
    ("IOPC", "ADEX", "ADEX"),
    ("CHSA", "ADEX", "44012"),
    ("COSC", "ADEX", "44012"),
    ("HHSD", "COSC", "COSC"),
    ("HHSD", "HHSD", "44010"),
    ("HHSD", "HHSD COSC", "COSC"),
    ("AHSD", "AHSD HHSD", "44011"),
    ("AHSD", "AHSD COSC", "44012"),
    ("CHSA", "AHSD CHSA", "AHSD"),
    ("", "COSC IOPC HSED GHSD", "GHSD"),
]


def outcome(facts: Candidate) -> str:
    [*found] = first_failing_stage(rules.AWARDING_STAGES, facts)
    if not found:
        return facts.credential
    [one] = found
    return one.code


@pytest.mark.parametrize(("awarded", "achieved", "expected"), VECTORS)
def test_vectors_of_the_credential_order(awarded, achieved, expected):
    assert outcome(candidate(achieved, awarded=awarded, enrolment_year=2026)) == expected


# Facts that break every rule from the one named on, so that the earliest must win.
@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (Candidate(ASN, is_deactivated=True, primary_asn="200000001"), "9002"),
        (candidate(is_deactivated=True, primary_asn="200000001"), "44013"),
        (candidate(primary_asn="200000001"), "44014"),
        (candidate("HHSD", is_outstanding=True), "44000"),
        (candidate("AHSD HHSD", awarded="AHSD HHSD", mark_year=None), "44010"),
        (candidate("COSC HHSD", awarded="AHSD", mark_year=None), "44011"),
        (candidate("COSC", awarded="AHSD", mark_year=None), "44012"),
        (candidate("AHSD", mark_year=None), "44008"),
        (candidate("AHSD", mark_year=2008), "44004"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_first_failing_rule_ends_a_student(facts, code):
    assert outcome(facts) == code


def test_stages_are_the_order_of_the_document():
    assert [rule.code for stage in rules.AWARDING_STAGES for rule in stage] == [
        *("9002", "44013", "44014", "44000", "44010"),
        *("44011", "44012", "44008", "44004"),
    ]


@pytest.mark.parametrize(
    ("achieved", "sets", "expected"),
    [
        ("COSC", ["COSC"], 2027),
        ("HSED", ["HSED-ALT1"], 2025),
        ("HSED", ["HSED-ALT2"], 2026),
        ("HSED", ["HSED-ALT1", "HSED-ALT2"], 2026),
        ("AHSD HSED", ["AHSD-2018", "HSED-ALT2"], 2025),
        ("AHSD COSC", ["AHSD-2018", "COSC"], 2025),
        ("IOPC COSC", ["IOPC", "COSC"], 2025),
        ("", [], None),
    ],
)
def test_school_year_by_credential(achieved, sets, expected):
    """Marks give 2025, GED marks 2026, enrolments 2027."""
    facts = candidate(achieved, sets=sets, mark_year=2025, ged_year=2026, enrolment_year=2027)
    assert facts.school_year == expected
