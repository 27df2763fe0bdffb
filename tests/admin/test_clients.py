"""Clients made and given other secrets in the back office: shown once, kept nowhere."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from oauth2_provider.models import AccessToken

from audit.models import ServiceCall, ServiceResponse
from pasi.models import Organization, PasiClient
from tests.admin.conftest import address, save, signed_in, staff
from tests.admin.test_student_page import text_of
from tests.province_builder import make_client, make_school, make_token, set_up


@pytest.fixture
def administrator(db) -> Client:
    return signed_in(staff("adam", "Administrator", first_name="Adam", last_name="Smith"))


def new_client(**changes) -> dict:
    return {
        "name": "School system",
        "is_enabled": "on",
        "organizations": [Organization.objects.get(code="O.1").pk],
        "roles": ["Submit Student User"],
        "addresses": "10.0.0.0/8\n127.0.0.1",
        **changes,
    }


def token_for(client: PasiClient, secret: str) -> int:
    """The status of asking for a token, as a program asks."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": secret,
    }
    return Client().post("/oauth/token/", form).status_code


def calls_with(token: str) -> int:
    return Client().get("/api/codes/", headers={"Authorization": f"Bearer {token}"}).status_code


def assert_kept_nowhere(secret: str, browser: Client, caplog) -> None:
    client = PasiClient.objects.get()
    assert secret != client.client_secret
    kept = [
        *ServiceCall.objects.values_list("body", flat=True),
        *map(str, ServiceResponse.objects.values_list("body", flat=True)),
        *(str(session.get_decoded()) for session in Session.objects.all()),
        *map(str, LogEntry.objects.values_list("change_message", flat=True)),
        *map(str, client.history.values()),
        *(str(morsel.value) for morsel in browser.cookies.values()),
        caplog.text,
    ]
    assert not [text for text in kept if secret in text]
    for page in ("change", "history"):
        assert secret not in browser.get(address(PasiClient, page, client.pk)).content.decode()


def test_a_client_is_made_and_its_secret_shown_once(administrator, caplog):
    caplog.set_level("DEBUG")
    shown = administrator.post(address(PasiClient, "add"), new_client())
    assert shown.status_code == 200  # no redirect could carry the secret
    assert "no-store" in shown["Cache-Control"]
    secret, client = shown.context["secret"], PasiClient.objects.get()
    assert len(secret) > 80
    assert shown.content.decode().count(secret) == 1
    assert (client.client_type, client.authorization_grant_type) == (
        "confidential",
        "client-credentials",
    )
    assert client.addresses == ["10.0.0.0/8", "127.0.0.1/32"]
    assert [each.code for each in client.organizations.all()] == ["O.1"]
    call = ServiceCall.objects.get(door="back_office")
    assert (call.operation, call.staff.username) == ("ChangeSetUp", "adam")
    assert json.loads(call.body)["Form"]["roles"] == ["Submit Student User"]
    assert client.history.first().call_id == call.pk
    assert token_for(client, secret) == 200
    assert_kept_nowhere(secret, administrator, caplog)
    again = administrator.post(address(PasiClient, "add"), new_client())
    assert "secret" not in again.context
    assert "already exists" in text_of(again)


def test_what_a_new_client_cannot_be(administrator):
    for wrong in ({"name": ""}, {"roles": []}, {"organizations": []}, {"addresses": "here"}):
        answer = administrator.post(address(PasiClient, "add"), new_client(**wrong))
        assert answer.context["errors"], wrong
    assert not PasiClient.objects.exists()


@pytest.fixture
def client_record(db) -> PasiClient:
    with set_up():
        return make_client("School system", client_secret="former" * 15)


def rotate(client: PasiClient) -> str:
    return f"/admin/pasi/pasiclient/{client.pk}/rotate-secret/"


def test_another_secret_stops_the_former_one_and_its_tokens(administrator, client_record, caplog):
    caplog.set_level("DEBUG")
    token = make_token(client_record)
    assert calls_with(token) == 200
    assert token_for(client_record, "former" * 15) == 200
    page = administrator.get(address(PasiClient, "change", client_record.pk))
    assert rotate(client_record) in page.content.decode()
    asked = administrator.get(rotate(client_record))
    assert "the 2 access tokens" in text_of(asked)
    form = {"as_of": asked.context["as_of"]}

    shown = administrator.post(rotate(client_record), form)
    secret = shown.context["secret"]
    assert "no-store" in shown["Cache-Control"]
    assert "2 access tokens with it" in text_of(shown)
    assert calls_with(token) == 401
    assert token_for(client_record, "former" * 15) == 401
    assert token_for(client_record, secret) == 200
    call = ServiceCall.objects.get(door="back_office")
    assert (call.operation, call.response.outcome) == ("ChangeSetUp", "Applied")
    assert json.loads(call.body)["Action"] == "RotateSecret"
    assert client_record.history.first().call_id == call.pk

    twice = administrator.post(rotate(client_record), form)
    assert "secret" not in twice.context
    assert "No secret was made just now" in text_of(twice)
    assert "Adam Smith (adam)" in text_of(twice)
    assert token_for(client_record, secret) == 200
    assert_kept_nowhere(secret, administrator, caplog)


def test_without_saying_which_state_is_meant_nothing_is_rotated(administrator, client_record):
    before = client_record.client_secret
    assert "secret" not in administrator.post(rotate(client_record), {}).context
    client_record.refresh_from_db()
    assert client_record.client_secret == before
    assert administrator.get("/admin/pasi/pasiclient/77/rotate-secret/").status_code == 404


@pytest.mark.parametrize(
    "group", ["Registry Clerk", "Credential Officer", "Alerts Officer", "Auditor"]
)
def test_nobody_else_may(client_record, group):
    member = signed_in(staff("somebody", group))
    for page in (address(PasiClient, "add"), rotate(client_record)):
        assert member.get(page).status_code == 403
        assert member.post(page, {}).status_code == 403
    assert not ServiceCall.objects.filter(door="back_office").exists()
    page = member.get(address(PasiClient, "change", client_record.pk))
    if group == "Auditor":
        assert rotate(client_record) not in page.content.decode()
    else:
        assert page.status_code == 403


def test_a_disabled_client_says_so(administrator, client_record):
    form = new_client(is_enabled="", name="School system")
    save(administrator, client_record, form)
    page = text_of(administrator.get(address(PasiClient, "change", client_record.pk)))
    assert "Disabled: each of its calls is refused (1003)." in page
    assert calls_with(make_token(client_record)) == 403


def test_the_page_of_a_client_costs_the_same_for_one_organization_and_twenty(
    administrator, client_record
):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            administrator.get(address(PasiClient, "change", client_record.pk))
            administrator.get(rotate(client_record))
        return len(captured)

    queries()
    few = queries()
    with set_up():
        schools = [make_school(f"S.{number:04d}", "A.3020") for number in range(1, 21)]
        client_record.organizations.set(schools)
    for _number in range(20):
        make_token(client_record)
    assert AccessToken.objects.count() == 20
    assert queries() == few
