"""System checks: the rule registry is whole."""

from django.conf import settings
from django.core.checks import Error, register

from pasi import rules

# What each service must be able to return, by its document.
CODES_OF_SERVICES = {
    "SubmitCredentialAwardingMultiple": {
        "9002",
        "44000",
        "44004",
        "44008",
        "44010",
        "44011",
        "44012",
        "44013",
        "44014",
    },
}


@register
def rules_are_whole(app_configs, **kwargs):
    """Every raised rule is used by a service, every service has its codes, and only inferred,
    not essential rules are switched off. (A doubled code fails at import.)
    """
    from pasi.operations import SERVICES, services_of_rules

    errors = []
    used = services_of_rules()
    for rule in rules.catalogue():
        if rule.judge is not None and rule.code not in used:
            errors.append(Error(f"Rule {rule.code} is used by no service.", id="pasi.E001"))
    for service in SERVICES:
        have = {rule.code for stage in service.stages for rule in stage}
        needed = CODES_OF_SERVICES.get(service.operation)
        if needed is None:
            errors.append(Error(f"{service.operation} has no list of codes.", id="pasi.E005"))
        for code in sorted((needed or set()) - have):
            errors.append(Error(f"{service.operation} lacks rule {code}.", id="pasi.E002"))
    may_be_off = {rule.code for rule in rules.catalogue() if rule.may_be_off}
    for code in settings.PASI_RULES_OFF:
        if code not in may_be_off:
            errors.append(
                Error(f"PASI_RULES_OFF: {code} is not a rule that may be off.", id="pasi.E003")
            )
    return errors


@register
def calls_stay(app_configs, **kwargs):
    """ATOMIC_REQUESTS would undo the record of a call together with its work."""
    if settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        return [Error("ATOMIC_REQUESTS must stay off.", id="pasi.E004")]
    return []
