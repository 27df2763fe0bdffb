"""create_client and create_staff: what they print, write and refuse; the one-time password."""

import base64
import json
import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from audit.models import ServiceCall
from pasi.models import OneTimePassword, PasiClient
from tests.province_builder import make_school, set_up


def run(command: str, *args: str) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


def token(client_id: str, secret: str):
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return Client().post(
        "/oauth/token/",
        {"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )


CLIENT = ("Test SIS", "--organization", "O.1", "--role", "PASI System User")


def test_a_new_client_gets_a_token_and_calls(db):
    printed = json.loads(run("create_client", *CLIENT))
    assert set(printed) == {"client_id", "client_secret"}
    assert len(printed["client_secret"]) >= 64
    answer = token(printed["client_id"], printed["client_secret"])
    assert answer.status_code == 200
    bearer = f"Bearer {answer.json()['access_token']}"
    assert Client().get("/api/codes/", headers={"Authorization": bearer}).status_code == 200
    assert token(printed["client_id"], "wrong").status_code == 401
    assert token("unknown", printed["client_secret"]).status_code == 401


def test_a_client_is_one_recorded_call_and_its_secret_is_nowhere(db):
    printed = json.loads(run("create_client", *CLIENT))
    client = PasiClient.objects.get(client_id=printed["client_id"])
    assert (client.name, client.roles, client.addresses) == ("Test SIS", ["PASI System User"], [])
    assert client.client_type == "confidential"
    assert client.authorization_grant_type == "client-credentials"
    assert client.client_secret.startswith("pasi_client_secret$")
    call = ServiceCall.objects.get(operation="ChangeSetUp")
    assert (call.door, call.organization_code, call.response.outcome) == (
        "command",
        "O.1",
        "Applied",
    )
    assert {row.call_id for row in client.history.all()} == {call.pk}
    assert printed["client_secret"] not in call.body
    assert json.loads(call.body)["Roles"] == ["PASI System User"]


def test_lists_are_given_together_or_one_by_one(db):
    with set_up():
        make_school("S.0009", "A.0009")
    run(
        "create_client",
        "Test",
        *("--organization", "A.0009", "s.0009", "--organization", "O.0001", "S.0009"),
        *("--role", "Submit Student User", "View Enrolment User"),
        *("--role", "View Audit User", "--role", "View Audit User"),
        *("--address", "10.0.0.0/8", "--address", "192.168.1.7", "2001:db8::1/32"),
    )
    client = PasiClient.objects.get(name="Test")
    codes = set(client.organizations.values_list("code", flat=True))
    assert codes == {"A.0009", "S.0009", "O.1"}
    assert client.roles == ["Submit Student User", "View Enrolment User", "View Audit User"]
    assert client.addresses == ["10.0.0.0/8", "192.168.1.7/32", "2001:db8::/32"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("T", "--organization", "O.1", "S.9999", "--role", "View Audit User"), "S.9999"),
        (("T", "--organization", "rubbish", "--role", "View Audit User"), "rubbish".upper()),
        (("T", "--organization", "O.1", "--role", "Emperor"), "Emperor"),
        ((*CLIENT, "--address", "10.0.0.0/33"), "10.0.0.0/33"),
        ((*CLIENT, "--address", "everywhere"), "everywhere"),
        (("Taken", *CLIENT[1:]), "Taken"),
        (("  Taken ", *CLIENT[1:]), "Taken"),
        ((" ", *CLIENT[1:]), "name"),
        (("x" * 256, *CLIENT[1:]), "name"),
    ],
)
def test_a_wrong_value_is_a_usage_error_and_writes_nothing(db, args, message):
    run("create_client", "Taken", *CLIENT[1:])
    calls = ServiceCall.objects.count()
    with pytest.raises(CommandError) as refused:
        run("create_client", *args)
    assert refused.value.returncode == 2
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert PasiClient.objects.count() == 1
    assert ServiceCall.objects.count() == calls


# --- Staff --------------------------------------------------------------------------------------


def one_time_password(printed: str) -> str:
    return re.search(r"^One-time password: (\S+)$", printed, re.MULTILINE).group(1)


def signs_in(client: Client, password: str) -> bool:
    form = {"username": "ann", "password": password}
    return client.post(reverse("admin:login"), form).status_code == 302


def test_staff_must_choose_their_own_password_first(db):
    password = one_time_password(
        run("create_staff", "ann", "--group", "Auditor", "Registry Clerk", "--group", "Auditor")
    )
    user = User.objects.get(username="ann")
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert {group.name for group in user.groups.all()} == {"Auditor", "Registry Clerk"}

    client, change = Client(), reverse("admin:password_change")
    assert signs_in(client, password)
    for path in (reverse("admin:index"), "/admin/students/student/", "/admin/pasi/code/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(f"{change}?next=")
    form = {
        "old_password": password,
        "new_password1": "Rather-my-own-1",
        "new_password2": "Rather-my-own-1",
    }
    assert client.post(change, {**form, "old_password": "wrong"}).status_code == 200
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.post(change, {**form, "new_password1": password, "new_password2": password})
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.post(change, form).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200
    assert not OneTimePassword.objects.exists()
    assert not signs_in(Client(), password)


def test_new_staff_are_one_recorded_call_without_the_password(db):
    password = one_time_password(run("create_staff", "ann", "--group", "Auditor"))
    call = ServiceCall.objects.get(operation="ChangeSetUp")
    assert (call.door, call.response.outcome) == ("command", "Applied")
    assert json.loads(call.body)["Groups"] == ["Auditor"]
    assert password not in call.body


@pytest.mark.parametrize(
    ("name", "groups", "code", "message"),
    [
        ("taken", ["Auditor"], 1, "taken"),
        (
            "bo",
            ["Auditors"],
            2,
            "Administrator, Alerts Officer, Auditor, Credential Officer, Registry Clerk",
        ),
        ("bo", ["Auditor", "Nobody"], 2, "Nobody"),
        ("not a name", ["Auditor"], 2, "valid username"),
        ("", ["Auditor"], 2, "blank"),
        ("x" * 151, ["Auditor"], 2, "150"),
    ],
)
def test_a_login_that_cannot_be_made(db, name, groups, code, message):
    User.objects.create(username="taken")
    calls = ServiceCall.objects.count()
    with pytest.raises(CommandError) as refused:
        run("create_staff", name, "--group", *groups)
    assert refused.value.returncode == code
    assert message in str(refused.value)
    assert User.objects.count() == 1
    assert ServiceCall.objects.count() == calls
