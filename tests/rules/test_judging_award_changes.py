"""The rules of changing awards together: which stage ends a call, and in which order."""

import os
import subprocess
import sys

import pytest

from credentials.rules import award_changes, awarding
from pasi.checks import CODES_OF_SERVICES
from pasi.operations import SERVICES
from pasi.rules import first_failing_stage
from tests.rules.award_change_cases import AWARD, DELETED, change, deletion, legacy, re_issue
from tests.rules.awarding_cases import single

OF_CREDENTIALS = {
    service.operation: service for service in SERVICES if "Credential" in service.operation
}


def codes(stages, facts) -> list[str]:
    return [each.code for each in first_failing_stage(stages, facts)]


@pytest.mark.parametrize("operation", OF_CREDENTIALS)
def test_a_service_judges_exactly_the_codes_of_its_document(operation):
    judged = [rule.code for rule in OF_CREDENTIALS[operation].rules()]
    assert len(judged) == len(set(judged))
    assert set(judged) == CODES_OF_SERVICES[operation]


RE_ISSUE = (*award_changes.RE_ISSUE_ACCESS_STAGES, *award_changes.RE_ISSUE_STAGES)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"award": None, "version": 1}, ["44002"]),
        ({"award": DELETED, "version": 1, "has_open_order": True}, ["44001"]),
        ({"award": DELETED, "has_open_order": True, "school_year": 1}, ["44003"]),
        ({"has_open_order": True, "school_year": 2000}, ["44015", "44004"]),
        ({"has_open_order": True}, ["44015", "44005"]),
        ({"school_year": 2025}, []),
    ],
)
def test_re_issue(facts, expected):
    assert codes(RE_ISSUE, re_issue(**facts)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"reason": "x", "award": None, "version": 1}, ["44002"]),
        ({"reason": "x", "version": 1, "has_open_order": True}, ["44001"]),
        ({"reason": "x", "has_open_order": True}, ["44015"]),
        ({"reason": "", "has_open_order": True}, ["9023"]),
        ({"reason": "", "award": DELETED, "has_open_order": True}, []),
    ],
)
def test_delete_reason(facts, expected):
    assert codes(award_changes.DELETE_REASON_STAGES, deletion(**facts)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"award": None}, ["44002"]),
        ({"award": DELETED, "version": 1}, ["44001"]),
        ({"award": DELETED, "number": "L-7"}, ["44003"]),
        ({"number": "L-7"}, ["9023"]),
        ({"number": "L-8"}, []),
    ],
)
def test_legacy_number(facts, expected):
    assert codes(award_changes.LEGACY_NUMBER_STAGES, legacy(**facts)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"student_id": None, "is_deactivated": True, "primary_asn": "2"}, ["9002"]),
        ({"is_deactivated": True, "primary_asn": "200000001", "achieved": ""}, ["44013"]),
        ({"primary_asn": "200000001", "awarded": "AHSD"}, ["44014"]),
        ({"awarded": "AHSD", "achieved": "", "year": 2008}, ["44010"]),
        ({"achieved": "", "year": 2008, "is_awardable": False}, ["44000", "44004", "44009"]),
        ({}, []),
    ],
)
def test_single(facts, expected):
    assert codes(awarding.AWARDING_SINGLE_STAGES, single(**facts)) == expected


# --- Numbers that are not active ----------------------------------------------------------------


@pytest.mark.parametrize("facts", [{"is_deactivated": True}, {"primary_asn": "200000001"}])
def test_awards_under_numbers_that_are_not_active_stay_correctable(facts):
    assert codes(RE_ISSUE, re_issue(school_year=2025, **facts)) == []
    assert codes(award_changes.DELETE_REASON_STAGES, deletion("x", **facts)) == []


def test_the_ministry_may_set_it_otherwise():
    judged = award_changes.stages_of_the_number(is_judged=True)
    assert codes(judged, change(is_deactivated=True)) == ["44013"]
    assert codes(judged, change(primary_asn="200000001")) == ["44014"]
    assert codes(judged, change(award=AWARD)) == []
    script = (
        "import django; django.setup()\n"
        "from credentials.services import SubmitCredentialDeleteReason as d\n"
        "from credentials.services import SubmitCredentialReIssue as r\n"
        "print(*(rule.code for s in (r, d) for rule in s.rules()))"
    )
    environ = {
        **os.environ,
        "PASI_ACTIVE_NUMBERS_ONLY": "1",
        "DJANGO_SETTINGS_MODULE": "pasi.settings",
    }
    shown = subprocess.run(
        [sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True
    )
    assert shown.stdout.split() == [
        *("9014", "44002", "44001", "44013", "44014", "44003", "44015", "44004", "44005"),
        *("9014", "44002", "44001", "44013", "44014", "9023", "44010", "44015"),
    ]
