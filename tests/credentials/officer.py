"""A credential officer: calls the services on single awards over HTTP, and what they answered."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from credentials.models import AwardedCredential, DocumentOrderItem
from pasi import bulk
from students.models import NAME_PARTS, Student
from tests.http.conftest import check_answer
from tests.province_builder import caller_info, make_client, make_token, process, set_up
from tests.students import bodies

AWARD, SINGLE = "SubmitCredentialAwardingMultiple", "SubmitCredentialAwardingSingle"
RE_ISSUE, DELETE = "SubmitCredentialReIssue", "SubmitCredentialDeleteReason"
LEGACY = "SubmitCredentialLegacyNumber"
ANSWER = ["StateProvinceId", "CredentialNumber", "CredentialType", "PASICoreVersion", "Rejections"]
PARTS = dict(
    zip(NAME_PARTS, ("FirstName", "MiddleName", "LastName", "Suffix"), strict=True)
)  # column -> property


@dataclass
class Officer:
    """A client of the ministry with a token."""

    token: str

    def post(self, operation: str, body: dict[str, Any] | bytes, **changes):
        """POST a body, with a CallerInfo unless it has one. A change to None leaves the property
        out.
        """
        if isinstance(body, dict):
            body = {"CallerInfo": caller_info(), **body, **changes}
            body = {name: value for name, value in body.items() if value is not None}
            body = json.dumps(body).encode()
        response = Client().post(
            f"/api/services/{operation}",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        check_answer(response)
        return response

    def get(self, path: str, **parameters):
        return Client().get(path, parameters, headers={"Authorization": f"Bearer {self.token}"})

    def found(self, number) -> dict[str, Any] | None:
        """The credential that a number leads to, by the address and by the list alike."""
        response = self.get(f"/api/credentials/{number}/")
        [*rows] = self.get("/api/credentials/", CredentialNumber=number).json()["results"]
        if response.status_code == 404:
            assert rows == []
            return None
        assert response.status_code == 200, response.content
        assert response.json() in rows
        return response.json()

    # --- Services ---

    def award(self, *asns: str) -> list[dict[str, Any]]:
        response = self.post(AWARD, {"StateProvinceIds": list(asns)})
        assert response.status_code == 200, response.content
        return response.json()["Responses"]

    def awarded(self, student: Student) -> AwardedCredential:
        """The award that the bulk award makes for a student."""
        [answer] = self.award(student.asn)
        assert answer["Rejections"] == []
        return AwardedCredential.objects.get(number=answer["CredentialNumber"])

    def re_issue(self, award: AwardedCredential, **changes):
        return self.post(RE_ISSUE, printed(award), **changes)

    def delete(self, award: AwardedCredential, reason: str | None = "Awarded in error", **changes):
        """Without a reason the award comes back."""
        return self.post(DELETE, {**named(award), "DeleteReason": reason}, **changes)

    def renumber(self, award: AwardedCredential, legacy: str | None, **changes):
        return self.post(LEGACY, {**named(award), "LegacyCredentialNumber": legacy}, **changes)

    def single(self, student: Student, credential="AHSD", year=2026, **changes):
        body = {
            "StateProvinceId": student.asn,
            "CredentialType": credential,
            "SchoolYear": year,
        }
        return self.post(SINGLE, body, **changes)


def named(award: AwardedCredential) -> dict[str, Any]:
    """How a request names an award."""
    return {"CredentialNumber": award.number_id, "PASICoreVersion": award.version}


def printed(award: AwardedCredential) -> dict[str, Any]:
    """The re-issue that changes nothing but the legacy number, which it takes away."""
    names = {PARTS[part]: getattr(award, part) or None for part in NAME_PARTS}
    return {**named(award), **names, "SchoolYear": award.school_year}


def applied(response) -> dict[str, Any]:
    assert response.status_code == 200, response.content
    answer = response.json()
    assert list(answer) == ANSWER
    assert answer["Rejections"] == []
    assert answer["CredentialNumber"] > 0
    assert answer["PASICoreVersion"] > 0
    return answer


def refused(response, asn: str | None = None) -> list[str]:
    """The codes of a rejected call; every rejected answer has the same shape."""
    assert response.status_code == 422, response.content
    answer = response.json()
    assert list(answer) == ANSWER
    assert (answer["CredentialNumber"], answer["PASICoreVersion"]) == (0, 0)
    assert answer["CredentialType"] is None
    if asn is not None:
        assert answer["StateProvinceId"] == asn
    return [each["Code"] for each in answer["Rejections"]]


def make_officer(name="Credential officer", *, roles=("PASI System User",)) -> Officer:
    with set_up():
        client = make_client(name, roles=roles)
    return Officer(make_token(client))


@pytest.fixture
def officer(db) -> Officer:
    return make_officer()


def recalculated() -> None:
    """Every outstanding transcript trigger is processed."""
    with set_up():
        process(limit=1_000)


def with_identity(student: Student, **parts) -> None:
    """Change legal name or birth date as they should be: SubmitIdentificationInformation."""
    response = submit_identity(student, **parts)
    assert response.status_code == 200, response.content


def submit_identity(student: Student, **parts):
    """The student's identity as it is, but for `parts`."""
    registrar = make_officer(f"Registrar {uuid.uuid4()}", roles=["Submit Student User"])
    student.refresh_from_db()
    names = {PARTS[part]: getattr(student.legal_name, part) or None for part in NAME_PARTS}
    record = {
        **names,
        "BirthDate": student.birth_date.isoformat(),
        "DocumentType": "AlbertaBirthCertificate",
        "IsNameExact": True,
        **parts,
    }
    body = bodies.identification_minimal(
        StateProvinceId=student.asn, PASICoreVersion=student.version, IdentificationRecord=record
    )
    return registrar.post("SubmitIdentificationInformation", body)


def order(award, status="Ordered") -> DocumentOrderItem:
    with set_up():
        return DocumentOrderItem.objects.create(
            award=award,
            number_id=award.number_id,
            status=status,
            delivery_method="ManualMail",
            language="en",
            copies=1,
            version=bulk.next_versions(1)[0],
        )


@pytest.fixture
def award(student, officer) -> AwardedCredential:
    """A diploma of 2026 made by the service, whose transcript trigger is processed. `student`: a
    fixture of the module that imports this one.
    """
    made = officer.awarded(student)
    recalculated()
    return made
