"""POST /oauth/token/ and /oauth/revoke/: client credentials, and nothing else."""

import base64

import pytest
from django.core.cache import cache
from django.test import Client

from tests.province_builder import make_client, set_up

TOKEN = "/oauth/token/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def credentials(db):
    with set_up():
        client = make_client(client_id="the-client", client_secret="the-secret")
    assert client.client_secret != "the-secret"  # only its hash is kept
    return {
        "grant_type": "client_credentials",
        "client_id": "the-client",
        "client_secret": "the-secret",
    }


def test_a_token_is_given_and_works(credentials):
    response = Client().post(TOKEN, credentials)
    body = response.json()
    assert (response.status_code, body["token_type"], body["scope"]) == (200, "Bearer", "pasi")
    assert body["expires_in"] == 3600
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert Client().get("/api/client/", headers=headers).json()["Name"] == "Test client"
    revoked = Client().post("/oauth/revoke/", {**credentials, "token": body["access_token"]})
    assert revoked.status_code == 200
    assert Client().get("/api/client/", headers=headers).status_code == 401


def test_programs_have_no_cookies(credentials):
    """The protection against forged forms is for browsers with a session."""
    client = Client(enforce_csrf_checks=True)
    token = client.post(TOKEN, credentials).json()["access_token"]
    assert client.post("/oauth/revoke/", {**credentials, "token": token}).status_code == 200


def test_basic_authentication(credentials):
    basic = base64.b64encode(b"the-client:the-secret").decode()
    response = Client().post(
        TOKEN, {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "unknown"}, 401, "invalid_client"),
        (
            {"grant_type": "password", "username": "a", "password": "b"},
            400,
            "unsupported_grant_type",
        ),
        (
            {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"},
            400,
            "unsupported_grant_type",
        ),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"client_id": "a\x00"}, 400, "invalid_request"),
        ({"client_secret": "a\x00"}, 401, "invalid_client"),
    ],
)
def test_what_is_refused(credentials, changes, status, error):
    response = Client().post(TOKEN, {**credentials, **changes})
    assert (response.status_code, response.json()["error"]) == (status, error)


@pytest.mark.parametrize("path", [TOKEN, "/oauth/revoke/"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", FORM),
        (b"\xff\xfe\x00", FORM),
        (b"grant_type=client_credentials&client_id=%00&client_secret=%ff", FORM),
        (b"grant_type=client_credentials&client_id=%ed%a0%80&client_secret=x", FORM),
        (b"client_id=a&client_id=b&grant_type=client_credentials", FORM),
        (b"=&&==%%%", FORM),
        (b"token=%00&client_id=the-client&client_secret=the-secret", FORM),
        (b"grant_type=client_credentials", FORM + "; charset=nonsense"),
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"\x00\x01", "multipart/form-data"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"a" * 6_000_000, FORM),
        (b"&".join(b"a%d=1" % n for n in range(2000)), FORM),
    ],
)
def test_junk_is_answered_with_a_refusal(credentials, path, body, content_type):
    client = Client(raise_request_exception=False)
    response = client.generic("POST", path, body, content_type=content_type)
    # A token that was never issued counts as revoked (RFC 7009).
    is_revoked = path != TOKEN and body.startswith(b"token=")
    assert response.status_code == 200 if is_revoked else 400 <= response.status_code < 500
    assert response["PASI-Message-Id"]


@pytest.mark.parametrize("authorization", ["Basic", "Basic !", "Basic AA==", "Basic AAo6AA=="])
def test_junk_in_the_header_is_answered_with_a_refusal(credentials, authorization):
    response = Client(raise_request_exception=False).post(
        TOKEN,
        {"grant_type": "client_credentials"},
        headers={"Authorization": authorization},
    )
    assert 400 <= response.status_code < 500


def test_other_methods(credentials):
    response = Client().get(TOKEN)
    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_an_address_may_ask_so_often(credentials, settings):
    settings.PASI_TOKENS_PER_MINUTE = 2
    settings.PASI_TRUSTED_PROXIES = ["127.0.0.1"]
    for expected in (200, 200, 429):
        response = Client().post(TOKEN, credentials)
        assert response.status_code == expected
    assert response["Content-Type"] == "application/problem+json"
    assert 0 < int(response["Retry-After"]) <= 61
    elsewhere = Client().post(TOKEN, credentials, headers={"X-Forwarded-For": "192.0.2.7"})
    assert elsewhere.status_code == 200
    settings.PASI_TOKENS_PER_MINUTE = 0
    assert Client().post(TOKEN, credentials).status_code == 200
