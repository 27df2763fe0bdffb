"""The student services called over HTTP by real clients, and what they answered."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from pasi.models import PasiClient
from students.models import Student
from tests.http.conftest import check_answer
from tests.province_builder import caller_info, make_client, make_token
from tests.students import bodies

EVERY_STUDENT_ROLE = ("Submit Student User",)
_client = Client()  # one for all: it loads the middleware once


@dataclass
class School:
    """A client that acts for one organization; each call carries that organization's CallerInfo."""

    code: str
    client: PasiClient
    token: str

    def post(self, operation: str, body: dict[str, Any] | bytes):
        """POST as it is, but for whom the call is made."""
        if isinstance(body, dict):
            info = {**caller_info(), **body.get("CallerInfo", {})}
            info["User"] = {**info["User"], "OrganizationCode": self.code}
            body = json.dumps({**body, "CallerInfo": info}).encode()
        response = _client.post(
            f"/api/services/{operation}",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        check_answer(response)
        return response

    def get(self, path: str, **parameters) -> dict[str, Any]:
        response = _client.get(path, parameters, headers={"Authorization": f"Bearer {self.token}"})
        assert response.status_code == 200, response.content
        return response.json()

    # --- Services ---

    def create(self, body: dict[str, Any] | None = None, **changes) -> str:
        """Create a student; the number."""
        response = self.post("CreateStudent", body or bodies.create_student_minimal(**changes))
        return applied(response)["Id"]

    def refused(self, operation: str, body: dict[str, Any]) -> list[str]:
        """The codes of a rejected call; every rejected answer has the same shape."""
        response = self.post(operation, body)
        assert response.status_code == 422, response.content
        answer = response.json()
        assert list(answer) == ["Id", "PASICoreVersion", "Rejections"]
        assert (answer["Id"], answer["PASICoreVersion"]) == ("0", 0)
        assert all(list(each) == ["Code", "Description"] for each in answer["Rejections"])
        return [each["Code"] for each in answer["Rejections"]]

    def name(self, asn: str, first="Mark", last="Doe", **changes) -> dict[str, Any]:
        """A SubmitName body for the student as it is now. Name parts: middle=, suffix=, ref_id=."""
        parts = {"FirstName": first, "LastName": last, "RefId": changes.pop("ref_id", 0)}
        for key, name in (("middle", "MiddleName"), ("suffix", "Suffix")):
            if changes.get(key):
                parts[name] = changes[key]
            changes.pop(key, None)
        return bodies.submit_name_minimal(
            **{
                "StateProvinceId": asn,
                "PASICoreVersion": version_of(asn),
                "Name": parts,
                **changes,
            }
        )

    def submit_name(self, asn: str, first="Mark", last="Doe", **changes) -> int:
        """Submit a name; its RefId."""
        answer = applied(self.post("SubmitName", self.name(asn, first, last, **changes)))
        return int(answer["Id"])


def make_caller(code: str, *, roles=EVERY_STUDENT_ROLE) -> School:
    """A client of the organization `code`, which exists. Call inside set_up()."""
    client = make_client(f"Client of {code}", organizations=[code], roles=roles)
    return School(code, client, make_token(client))


def applied(response) -> dict[str, Any]:
    assert response.status_code == 200, response.content
    answer = response.json()
    assert answer["Rejections"] == []
    assert answer["PASICoreVersion"] > 0
    return answer


def version_of(asn: str) -> int:
    return Student.objects.filter(asn=asn).values_list("version", flat=True).first() or 1
