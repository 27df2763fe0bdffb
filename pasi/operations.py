"""Every published operation. The URLs, the rule catalogue and the checks are made from it."""

from credentials.services import SubmitCredentialAwardingMultiple
from pasi.services import Service

SERVICES: tuple[type[Service], ...] = (SubmitCredentialAwardingMultiple,)


def services_of_rules() -> dict[str, list[str]]:
    """rule code -> operations that judge it."""
    found: dict[str, list[str]] = {}
    for service in SERVICES:
        for stage in service.stages:
            for rule in stage:
                found.setdefault(rule.code, []).append(service.operation)
    return found
