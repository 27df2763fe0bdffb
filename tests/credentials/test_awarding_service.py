"""SubmitCredentialAwardingMultiple through HTTP."""

import json

import pytest
from django.test import Client

from tests.province_builder import caller_info, make_client, make_student, make_token, set_up

URL = "/api/services/SubmitCredentialAwardingMultiple"


@pytest.fixture
def ministry(db):
    with set_up():
        client = make_client()
    return f"Bearer {make_token(client)}"


def submit(authorization, body):
    return Client().post(
        URL,
        body if isinstance(body, bytes) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": authorization},
    )


def test_awards(ministry):
    with set_up():
        student = make_student(achieved=["AHSD-2018"], marks=[("ELA3105", 2026, 5)])
    response = submit(
        ministry, {"CallerInfo": caller_info(), "StateProvinceIds": [student.asn, "999999999"]}
    )
    print(response.json())
    assert response.status_code == 200
