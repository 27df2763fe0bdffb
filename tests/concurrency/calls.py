"""Calls of the bulk award, through HTTP and in process, and what they answered."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.test import Client

from audit.models import ServiceCall
from credentials.services import SubmitCredentialAwardingMultiple
from pasi.caller_info import of_operator
from pasi.services import Answer, Caller
from tests.province_builder import caller_info, make_client, make_token, set_up

URL = "/api/services/SubmitCredentialAwardingMultiple"
COMMAND = Caller(ServiceCall.Door.COMMAND)


def make_authorization(name: str = "Test client") -> str:
    """The Authorization header of a new client of the ministry."""
    with set_up():
        client = make_client(name, roles=["PASI System User", "View Audit User"])
    return f"Bearer {make_token(client)}"


def body_for(asns: Sequence[str], **info: Any) -> bytes:
    body = {"CallerInfo": caller_info(**info), "StateProvinceIds": list(asns)}
    return json.dumps(body).encode()


def submit(authorization: str, body: bytes):
    """POST a bulk award over HTTP."""
    return Client().post(
        URL, body, content_type="application/json", headers={"Authorization": authorization}
    )


def read(authorization: str, path: str) -> dict[str, Any]:
    """GET what one of the reading endpoints answers; it must answer 200."""
    response = Client().get(path, headers={"Authorization": authorization})
    assert response.status_code == 200, response.content
    return response.json()


def award(asns: Sequence[str]) -> Answer:
    """A bulk award in process, as the command line makes it."""
    body = {"CallerInfo": of_operator("test"), "StateProvinceIds": list(asns)}
    return SubmitCredentialAwardingMultiple().execute(json.dumps(body).encode(), COMMAND)


def answers(document: dict[str, Any]) -> Counter:
    """How often each rejection code was answered; "" stands for an award."""
    return Counter(
        answer["Rejections"][0]["Code"] if answer["Rejections"] else ""
        for answer in document["Responses"]
    )


def numbers(document: dict[str, Any]) -> dict[str, int]:
    """The credential number of each student that a response says was awarded."""
    return {
        answer["StateProvinceId"]: answer["CredentialNumber"]
        for answer in document["Responses"]
        if not answer["Rejections"]
    }
