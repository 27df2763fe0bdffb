"""Every published operation. The URLs, the rule catalogue and the checks are made from it."""

from audit.models import ServiceResponse
from credentials.services import SERVICES as CREDENTIAL_SERVICES
from enrolments.alert_rules.registry import (
    COURSE_ENROLMENT_RULES,
    RULES_OF_BIRTH_DATE,
    RULES_OF_CITIZENSHIP,
    RULES_OF_DEATH,
    RULES_OF_PERSON,
    RULES_OF_RESTRICTIONS,
    SCHOOL_ENROLMENT_RULES,
    STUDENT_RULES,
)
from enrolments.services import SERVICES as ENROLMENT_SERVICES
from pasi.rules import Rule
from pasi.services import Service
from students.services import SERVICES as STUDENT_SERVICES

SERVICES: tuple[type[Service], ...] = (
    *STUDENT_SERVICES,
    *ENROLMENT_SERVICES,
    *CREDENTIAL_SERVICES,
)

# Rules that processors judge, and the operations whose submits can raise their alerts.
ALERT_RULES: tuple[tuple[tuple[Rule, ...], tuple[str, ...]], ...] = (
    (STUDENT_RULES, ("CreateStudent", "SubmitName", "SubmitIdentificationInformation")),
    (STUDENT_RULES, ("SubmitStudentDeactivation",)),  # used again
    (SCHOOL_ENROLMENT_RULES, ("SubmitStudentSchoolEnrolment",)),
    (RULES_OF_CITIZENSHIP, ("SubmitStudentCitizenshipStatus",)),
    (RULES_OF_RESTRICTIONS, ("SubmitStudentDisclosureRestriction",)),
    (RULES_OF_BIRTH_DATE, ("SubmitIdentificationInformation",)),
    (RULES_OF_DEATH, ("SubmitStudentDeath",)),
    (RULES_OF_PERSON, ("SubmitStudentLink",)),
    # Course enrolments themselves are imported only.
    (COURSE_ENROLMENT_RULES, ("SubmitStudentSchoolEnrolment", "SubmitStudentLink")),
)


def services_of_rules() -> dict[str, list[str]]:
    """rule code -> operations whose document lists it, or whose submits can raise the alert.

    A rule that is not here is judged by nobody.
    """
    found: dict[str, list[str]] = {}
    for rules, operations in ALERT_RULES:
        for rule in rules:
            found.setdefault(rule.code, []).extend(operations)
    for service in SERVICES:
        for rule in service.rules():
            found.setdefault(rule.code, []).append(service.operation)
    return found


def recorded_answer(response: ServiceResponse) -> dict | None:
    """The body that a recorded call was answered with; None where it had none.

    `response`: with its call and, for a repeated call, the first answer loaded.
    """
    first = response.replay_of.response if response.replay_of_id else response
    if first.outcome == ServiceResponse.Outcome.FAULT or first.body is None:
        return first.body
    # A dry run is recorded under the operation's name followed by a remark.
    operation = response.call.operation.partition(" ")[0]
    service = {each.operation: each for each in SERVICES}.get(operation)
    return service().recorded_body(first) if service else first.body
