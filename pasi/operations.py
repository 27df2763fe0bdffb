"""Every published operation. The URLs, the rule catalogue and the checks are made from it."""

from audit.models import ServiceResponse
from credentials.services import SubmitCredentialAwardingMultiple
from pasi.services import Service
from students.services import SERVICES as STUDENT_SERVICES

SERVICES: tuple[type[Service], ...] = (*STUDENT_SERVICES, SubmitCredentialAwardingMultiple)


def services_of_rules() -> dict[str, list[str]]:
    """rule code -> operations whose document lists it."""
    found: dict[str, list[str]] = {}
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
