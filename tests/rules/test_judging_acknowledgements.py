"""The rules on acknowledgements together: which stage ends a call, and what is answered at once."""

import pytest

from enrolments import acknowledgement_rules as rules
from enrolments.services import submit_acknowledgement as services
from pasi.checks import CODES_OF_SERVICES
from pasi.rules import first_failing_stage
from students.facts import StudentAccess
from tests.rules.acknowledgement_cases import (
    ACKNOWLEDGED,
    ADVICE,
    ASN,
    IN_PROGRESS,
    MINISTRY,
    NONE,
    OVERRIDDEN,
    OVERRIDDEN_WARNING,
    WARNING,
    on_enrolment,
    on_student,
)

NOBODY = StudentAccess(ASN, is_accessible=False)


def codes(facts, access) -> list[str]:
    stages = (*access, *rules.ALERT_STAGES)
    return [rejection.code for rejection in first_failing_stage(stages, facts)]


@pytest.mark.parametrize(
    "service",
    [
        services.SubmitStudentSchoolEnrolmentStatusAcknowledgement,
        services.SubmitStudentStatusAcknowledgement,
    ],
)
def test_a_service_judges_the_codes_of_its_document(service):
    assert {rule.code for rule in service.rules()} == CODES_OF_SERVICES[service.operation]
    assert not service.takes_version


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (on_enrolment(), []),
        (on_enrolment(OVERRIDDEN, None, "S.2", school_code="", is_owner=False), ["12005"]),
        (on_enrolment(OVERRIDDEN, ADVICE, "S.2", is_owner=False), ["10149"]),
        (on_enrolment(OVERRIDDEN, None, "S.2", is_owner=False), ["10149"]),
        (on_enrolment(OVERRIDDEN, None), ["12000"]),
        (on_enrolment(OVERRIDDEN, ADVICE), ["12001", "12004"]),
        (on_enrolment(OVERRIDDEN, ADVICE, MINISTRY), ["12001"]),
        (on_enrolment(OVERRIDDEN, WARNING), ["12004"]),
        (on_enrolment(OVERRIDDEN, WARNING, MINISTRY), []),
        (on_enrolment(ACKNOWLEDGED, OVERRIDDEN_WARNING), ["12002", "12003"]),
        (on_enrolment(ACKNOWLEDGED, OVERRIDDEN_WARNING, MINISTRY), ["12002"]),
        (on_enrolment(OVERRIDDEN, OVERRIDDEN_WARNING), ["12004"]),
        (on_enrolment(NONE, OVERRIDDEN_WARNING), ["12003"]),
        (on_enrolment(NONE, OVERRIDDEN_WARNING, MINISTRY), []),
        (on_enrolment(IN_PROGRESS, OVERRIDDEN_WARNING, MINISTRY), []),
    ],
)
def test_on_an_enrolment(facts, expected):
    assert codes(facts, rules.ENROLMENT_ACCESS_STAGES) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (on_student(), []),
        (on_student(OVERRIDDEN, None, access=NOBODY, is_associated=False), ["9002"]),
        (on_student(OVERRIDDEN, None, is_associated=False), ["9010"]),
        (on_student(OVERRIDDEN, None), ["12000"]),
        (on_student(OVERRIDDEN, ADVICE), ["12001", "12004"]),
    ],
)
def test_on_a_student(facts, expected):
    assert codes(facts, rules.STUDENT_ACCESS_STAGES) == expected
