"""The system checks: a wrong set-up stops the start."""

import pytest
from django.core import checks as django_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from credentials.rules import awarding
from credentials.services import SubmitCredentialAwardingMultiple
from pasi import checks, operations, rules


def ids(errors) -> list[str]:
    return [error.id for error in errors]


def test_this_set_up_is_whole():
    assert checks.rules_are_whole(None) == []
    assert checks.calls_stay(None) == []
    assert django_checks.run_checks() == []


@pytest.mark.parametrize("code", ["9002", "44000", "44010", "12345", "9014"])
def test_only_inferred_rules_can_be_switched_off(settings, code):
    settings.PASI_RULES_OFF = [code]
    [error] = checks.rules_are_whole(None)
    assert error.id == "pasi.E003"
    assert code in error.msg
    with pytest.raises(SystemCheckError, match=code):
        call_command("check")


def test_an_inferred_rule_can_be_switched_off(settings, monkeypatch):
    monkeypatch.setattr(rules, "_registry", dict(rules._registry))

    @rules.rejection("60001", "Title", "Text", source="test", certainty="inferred")
    def optional(facts):
        yield {}

    stages = (*awarding.AWARDING_STAGES, (optional,))
    monkeypatch.setattr(SubmitCredentialAwardingMultiple, "stages", stages)
    settings.PASI_RULES_OFF = ["60001"]
    assert checks.rules_are_whole(None) == []


def test_a_rule_that_no_service_uses_is_an_error(monkeypatch):
    monkeypatch.setattr(rules, "_registry", dict(rules._registry))

    @rules.rejection("60001", "Title", "Text", source="test")
    def unused(facts):
        yield {}

    [error] = checks.rules_are_whole(None)
    assert (error.id, error.msg) == ("pasi.E001", "Rule 60001 is used by no service.")


def test_a_service_without_one_of_its_codes_is_an_error(monkeypatch):
    *fewer, _rule_of_this_service_alone, _last = awarding.AWARDING_STAGES
    monkeypatch.setattr(SubmitCredentialAwardingMultiple, "stages", (*fewer, _last))
    errors = checks.rules_are_whole(None)
    assert ids(errors) == ["pasi.E001", "pasi.E002"]
    assert errors[1].msg == "SubmitCredentialAwardingMultiple lacks rule 44008."


def test_a_service_without_a_list_of_codes_is_an_error(monkeypatch):
    class Unlisted(SubmitCredentialAwardingMultiple):
        operation = "Unlisted"

    monkeypatch.setattr(operations, "SERVICES", (*operations.SERVICES, Unlisted))
    assert ids(checks.rules_are_whole(None)) == ["pasi.E005"]


def test_one_transaction_per_request_is_an_error(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)
    assert ids(checks.calls_stay(None)) == ["pasi.E004"]
