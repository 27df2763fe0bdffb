"""The rules on numbers together: which stage ends a call, and in which order."""

import pytest

from pasi.checks import CODES_OF_SERVICES
from pasi.rules import catalogue, first_failing_stage
from students.facts import StudentAccess
from students.number_facts import LinkChange
from students.rules import stages
from students.services import SubmitStudentDeactivation, SubmitStudentDeath, SubmitStudentLink
from tests.rules.number_cases import (
    OTHER,
    THIRD,
    deactivation,
    death,
    holding,
    link,
    restricted,
    undo,
)
from tests.rules.student_facts import ASN, BORN, DAY, TODAY

SERVICES = (SubmitStudentLink, SubmitStudentDeactivation, SubmitStudentDeath)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_judges_its_codes_in_their_order(service):
    assert {rule.code for rule in service.rules()} == CODES_OF_SERVICES[service.operation]
    for stage in (*service.access_stages, *service.stages):
        assert [rule.code for rule in stage] == sorted((rule.code for rule in stage), key=int)


def judged(stages, facts) -> list[str]:
    return [rejection.code for rejection in first_failing_stage(stages, facts)]


BAD = {"is_deactivated": True, "is_deceased": True, **holding("AHSD"), **restricted("Caution")}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (link(), []),
        (link({"asn": ASN}, **BAD), ["99020"]),
        (link(BAD, primary_asn=OTHER, secondary_asns=(THIRD,), **BAD), ["9023"]),
        (
            link({"primary_asn": THIRD}, primary_asn=THIRD, secondary_asns=(THIRD,), **BAD),
            ["99021", "99022", "99023", "99024"],
        ),
        (link(BAD), ["99021"]),
        (
            link(holding("AHSD"), **{**BAD, "is_deactivated": False}),
            ["99025", "99026", "99027"],
        ),
        # Nothing hinders undoing, whatever has become of the numbers meanwhile.
        (undo(primary_asn=OTHER, **{**BAD, "is_deactivated": False}), []),
        (undo(**BAD), ["9023"]),
    ],
)
def test_linking(facts, expected):
    assert judged(stages.SUBMIT_LINK_STAGES, facts) == expected


def test_a_number_that_nobody_has_ends_it():
    unknown = LinkChange(StudentAccess(OTHER, is_accessible=False))
    assert judged(stages.SUBMIT_LINK_ACCESS_STAGES, unknown) == ["9002"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (deactivation(), []),
        (deactivation("official marks", is_deactivated=True), ["9023"]),
        (
            deactivation("official marks", "x", secondary_asns=(THIRD,), primary_asn=OTHER),
            ["99024", "99028", "99029", "99029"],
        ),
        (deactivation("official marks", to=False, secondary_asns=(THIRD,)), []),
    ],
)
def test_deactivating(facts, expected):
    assert judged(stages.SUBMIT_DEACTIVATION_STAGES, facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (death(), []),
        (death(TODAY + DAY, birth_date=TODAY + DAY + DAY), ["99031", "99032"]),
        (death(BORN - DAY, stored_deceased=True, stored_date=BORN - DAY), ["9023"]),
        (death(None, is_deceased=False), ["9023"]),
    ],
)
def test_deaths(facts, expected):
    assert judged(stages.SUBMIT_DEATH_STAGES, facts) == expected


def test_what_keeps_numbers_whole_cannot_be_switched_off(settings):
    settings.PASI_RULES_OFF = [rule.code for rule in catalogue()]
    bad = link({"primary_asn": THIRD}, primary_asn=THIRD, secondary_asns=(THIRD,), **BAD)
    assert judged(stages.SUBMIT_LINK_STAGES, bad) == ["99021", "99022", "99023", "99024"]
    assert judged(stages.SUBMIT_LINK_STAGES, link({"asn": ASN})) == ["99020"]
    bad = deactivation("official marks", secondary_asns=(THIRD,), primary_asn=OTHER)
    assert judged(stages.SUBMIT_DEACTIVATION_STAGES, bad) == ["99024", "99028", "99029"]
