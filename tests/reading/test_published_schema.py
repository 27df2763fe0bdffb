"""The OpenAPI document at /api/schema/ and the page at /api/docs/."""

import io
import re

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from pasi.operations import SERVICES
from pasi.schema_views import document
from tests.reading.test_access import API, OPEN


def test_the_document_is_valid_and_whole():
    """--fail-on-warn raises for whatever the generator could not make out."""
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    written = yaml.safe_load(out.getvalue())
    assert written["openapi"].startswith("3.1")
    assert set(written["paths"]) == set(API) - OPEN | {"/oauth/token/"}


def test_json_and_yaml():
    as_json = Client().get("/api/schema/")
    assert as_json["Content-Type"] == "application/json"
    as_yaml = Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi"})
    assert yaml.safe_load(as_yaml.content) == as_json.json()


def operations():
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            if path != "/oauth/token/":
                yield path, method, operation


@pytest.mark.parametrize(("path", "method", "operation"), list(operations()))
def test_every_operation_says_what_can_be_answered(path, method, operation):
    responses = operation["responses"]
    expected = {"200", "400", "401", "403", "429", "500", "503"}
    if method == "post":
        service = {each.operation: each for each in SERVICES}[operation["operationId"]]
        expected |= {"413", "415"}
        expected |= {"422"} if service.may_be_rejected_whole else set()
        expected |= {"409"} if service.takes_version else set()
    elif "{" in path:
        expected |= {"404"}
    assert set(responses) == expected
    for status, response in responses.items():
        media = "application/json" if status in ("200", "422") else "application/problem+json"
        assert list(response["content"]) == [media]
        assert "PASI-Message-Id" in response["headers"]
    assert operation["security"] == [{"clientCredentials": []}] or operation["security"] == [
        {"clientCredentials": ["pasi"]}
    ]


def test_services_are_called_by_their_names():
    for service in SERVICES:
        operation = document()["paths"][f"/api/services/{service.operation}"]["post"]
        assert operation["operationId"] == service.operation


_DATES = {"ExpiryDate", "LastUpdateUtcTime"}
# Schema -> properties that may be absent; of all others every property is required.
OPTIONAL = {
    "Problem": {"errors"},
    "BasicPersonalInfo": {
        *("Alias", "AlternateMailingAddress", "CitizenshipStatus", "DocumentExpiryDate"),
        *("ExtendedPersonalInfo", "PreferredMailingAddress", "PreferredPhoneNumber"),
        "Section23Eligibility",
    },
    "CreateStudentRequest": {
        *("AcknowledgeSimilarStateProvinceIdList", "DisclosureRestrictionInfo"),
        *("EmailAddress", "ExtendedInfo"),
    },
    "IdentifyStudentRequest": {
        *("ApproximateAge", "BirthDate", "IncludeAllQualities", "IncludeDisclosureRestricted"),
        *("MiddleName", "StateProvinceId"),
    },
    "KeyValuePair": {"Value"},
    "NewAddress": {"City", "PostalCode", "StateProvince", *_DATES},
    "NewPhoneNumber": {"Extension", *_DATES},
    "RequirementAchievement": {"Requirement"},
    "StudentDisclosureRestrictionInfo": {"DisclosureRestrictionDetails", *_DATES},
    "StudentIdentityInfo": {"DocumentIssueDate", "DocumentNumber", "MiddleName", "Suffix"},
    "SubmitCredentialAwardingSingleRequest": {"LegacyCredentialNumber"},
    "SubmitCredentialDeleteReasonRequest": {"DeleteReason"},
    "SubmitCredentialLegacyNumberRequest": {"LegacyCredentialNumber"},
    "SubmitOfficialMarkRequest": {"EvaluationMethod", "MarkValue"},
    "SubmitCredentialReIssueRequest": {"LegacyCredentialNumber", "MiddleName", "Suffix"},
    "SubmitIdentificationInformationRequest": {
        *("AcknowledgeSimilarStateProvinceIdList", "Gender"),
    },
    "SubmitStatusAcknowledgementRequest": {"Arguments"},
    "SubmitStudentStatusAcknowledgementRequest": {"Arguments"},
    "SubmitStudentSchoolEnrolmentRequest": {
        *("EnrolmentTypeCodes", "GrantsProgramCodes", "ExceptionCodes", "ResidentBoard"),
        *("FNMIDeclaration", "FrenchHoursOfInstruction", "LocalStudentId", "SourceChangeCode"),
        "SchoolAuthorityProvidedProgramPercentage",
    },
    "SubmitStudentCitizenshipStatusRequest": {"DocumentExpiryDate"},
    "SubmitStudentDeathRequest": {"DateOfDeath"},
    "SubmitStudentLinkRequest": {"PrimaryStateProvinceId"},
    "SubmittedDisclosureRestriction": {"DisclosureRestrictionDetails", *_DATES},
    "SubmitNameRequest": {"IsPreferred", "SourceChangeCode"},
    "SubmittedName": {"LastUpdateUtcTime", "MiddleName", "Suffix"},
}


def test_objects_are_closed_and_their_properties_required():
    for name, schema in document()["components"]["schemas"].items():
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False, name
            left_out = set(schema["properties"]) - set(schema.get("required", ()))
            assert left_out == OPTIONAL.get(name, set()), name


def test_the_page_works_offline():
    page = Client().get("/api/docs/")
    html = page.content.decode()
    assert "'unsafe-inline'" not in _directive(page, "script-src") + _directive(page, "default-src")
    sources = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(sources) >= 4
    for source in sources:
        assert source.startswith(("/static/", "/api/docs/")), source
        if source.startswith("/static/"):
            assert finders.find(source.removeprefix("/static/")), source
    assert not re.search(r"<script(?![^>]*src=)", html)
    [script] = [source for source in sources if source.startswith("/api/docs/")]
    code = Client().get(script)
    assert code["Content-Type"].startswith("application/javascript")
    assert "/api/schema/" in code.content.decode()
    assert not re.search(r"https?://", code.content.decode())


def test_only_that_page_may_have_inline_styles():
    assert "'unsafe-inline'" in _directive(Client().get("/api/docs/"), "style-src")
    assert "'unsafe-inline'" not in Client().get("/api/schema/")["Content-Security-Policy"]


def _directive(response, name: str) -> str:
    policy = dict(
        part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";")
    )
    return policy.get(name, "")
