"""Calls of a service through HTTP, with a real access token."""

import json

import pytest
from django.test import Client

from audit.models import ServiceCall
from tests.province_builder import caller_info, make_client, make_student, make_token, set_up

OPERATION = "SubmitCredentialAwardingMultiple"
URL = f"/api/services/{OPERATION}"
_client = Client()  # one for all: it loads the middleware once


def post(body, *, token="", url=URL, content_type="application/json", headers=None, **environ):
    """Send a body (bytes as they are, anything else as JSON) and check what every answer has."""
    response = _client.generic(
        "POST",
        url,
        body if isinstance(body, bytes) else json.dumps(body),
        content_type=content_type,
        CONTENT_TYPE=content_type,  # Django's client leaves it out where there is no body
        headers={**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})},
        **environ,
    )
    check_answer(response)
    return response


def check_answer(response) -> None:
    message_id = response.headers["PASI-Message-Id"]
    if response.status_code >= 400 and response.status_code != 422:
        assert response.headers["Content-Type"] == "application/problem+json"
        problem = response.json()
        shape = ["type", "title", "status", "detail", "code", "messageId"]
        assert list(problem) == shape + (["errors"] if problem["code"] == "3001" else [])
        assert problem["messageId"] == message_id
        assert problem["status"] == response.status_code
        assert problem["title"] and problem["detail"]
        expected = f"urn:pasi:fault:{problem['code']}" if problem["code"] else "about:blank"
        assert problem["type"] == expected
        assert "Traceback" not in response.content.decode()
    else:
        assert response.headers["Content-Type"] == "application/json"


def fault(response) -> tuple[int, str | None]:
    return response.status_code, response.json()["code"]


def errors(response) -> dict[str, str]:
    """The problems of a 3001, in order."""
    assert fault(response) == (400, "3001")
    listed = [(error["field"], error["problem"]) for error in response.json()["errors"]]
    assert len(dict(listed)) == len(listed), "a property is named twice"
    return dict(listed)


def request(*asns, **changes) -> dict:
    return {"CallerInfo": caller_info(), "StateProvinceIds": list(asns), **changes}


def recorded(response):
    """The ServiceCall of an answer, or None."""
    message_id = response.headers["PASI-Message-Id"]
    return ServiceCall.objects.filter(pk=message_id).first()


@pytest.fixture
def ministry(db):
    with set_up():
        return make_client()


@pytest.fixture
def token(ministry):
    return make_token(ministry)


@pytest.fixture
def graduate(db):
    with set_up():
        return make_student(achieved=["AHSD-2018"], marks=[("ELA3105", 2026, 5)])
