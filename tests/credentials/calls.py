"""The awarding service called in process, as an operator, without HTTP; and whom it awards."""

import datetime
import json

from audit.models import ServiceCall
from credentials.services import SubmitCredentialAwardingMultiple
from pasi.services import Answer, Caller
from students.models import Student
from tests.province_builder import caller_info, make_student

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


def graduate(**values) -> Student:
    """A student who has earned the diploma in 2026, mature by age on 2027-09-01."""
    return make_student(
        **{
            "achieved": ["AHSD-2018"],
            "marks": [("ELA3105", 2026, 5)],
            "maturity_date": datetime.date(2027, 9, 1),
            "maturity_reason": "AGE",
            **values,
        }
    )
