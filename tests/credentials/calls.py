"""The awarding service called in process, as an operator, without HTTP."""

import json

from audit.models import ServiceCall
from credentials.services import SubmitCredentialAwardingMultiple
from pasi.services import Answer, Caller
from tests.province_builder import caller_info

OPERATOR = Caller(ServiceCall.Door.COMMAND)


def call(*asns: str) -> Answer:
    body = {"CallerInfo": caller_info(), "StateProvinceIds": list(asns)}
    return SubmitCredentialAwardingMultiple().execute(json.dumps(body).encode(), OPERATOR)


def award(*asns: str) -> list[dict]:
    """The answer of each student, in order."""
    answer = call(*asns)
    assert answer.http_status == 200, answer.body
    return answer.body["Responses"]


def outcome(response: dict) -> str:
    """The credential type awarded, or the code of the rejection."""
    if response["Rejections"]:
        [rejection] = response["Rejections"]
        assert response["CredentialNumber"] == 0
        assert response["CredentialType"] is None
        assert response["PASICoreVersion"] == 0
        return rejection["Code"]
    assert response["CredentialNumber"] > 0
    assert response["PASICoreVersion"] > 0
    return response["CredentialType"]


def outcomes(*asns: str) -> list[str]:
    return [outcome(response) for response in award(*asns)]
