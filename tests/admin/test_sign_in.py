"""Signing in: lockout, idle sessions, the second factor, and what is recorded of each step."""

import json
import re
import time

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from audit.models import ServiceCall, SignIn
from pasi.models import OneTimePassword
from students.models import Student
from tests.admin.addresses import every_address
from tests.admin.conftest import address, save, signed_in, staff
from tests.admin.test_student_page import text_of

PASSWORD = "Only-for-tests-1"
LOGIN = reverse("admin:login")
INDEX = reverse("admin:index")
CODE = reverse("admin:second_factor")
SET_UP = reverse("admin:second_factor_set_up")


@pytest.fixture
def ann(db) -> User:
    user = staff("ann", "Auditor")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, name="ann", password=PASSWORD, **headers):
    return client.post(LOGIN, {"username": name, "password": password}, **headers)


def outcomes() -> list[str]:
    return list(SignIn.objects.order_by("message_id").values_list("outcome", flat=True))


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    """The code that an app shows now, or shows `steps` half minutes later."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + steps * device.step
    return f"{totp.token():06}"


@pytest.fixture
def device(ann) -> TOTPDevice:
    return TOTPDevice.objects.create(user=ann, confirmed=True, name="App")


# --- What is recorded ---------------------------------------------------------------------------


def test_every_way_in_and_out_is_recorded(client, ann):
    assert sign_in(client, password="wrong").status_code == 200
    assert sign_in(client, name="nobody").status_code == 200
    assert sign_in(client, HTTP_USER_AGENT="Lynx").status_code == 302
    client.post(reverse("admin:logout"))
    assert outcomes() == ["Refused", "Refused", "SignedIn", "SignedOut"]
    refused, unknown, accepted, left = SignIn.objects.order_by("message_id")
    assert (refused.name, refused.staff, refused.address) == ("ann", ann, "127.0.0.1")
    assert (unknown.name, unknown.staff) == ("nobody", None)
    assert (accepted.staff, accepted.software) == (ann, "Lynx")
    assert left.staff == ann
    assert not ServiceCall.objects.filter(operation="ChangeSetUp").exists()


@pytest.mark.parametrize("name", ["x" * 500, "a\x00b", "", "Zoë"])
def test_any_name_can_be_typed(client, db, name):
    assert sign_in(client, name=name).status_code == 200
    assert SignIn.objects.get().outcome == "Refused"


def test_a_wrong_password_beside_an_open_session_is_a_failure(ann):
    client = signed_in(ann)
    sign_in(client, password="wrong")
    assert outcomes() == ["Refused"]


def test_sign_ins_are_found_by_name_and_address(client, ann, boss):
    sign_in(client, password="wrong")
    for text in ("ann", "127.0.0.1"):
        page = text_of(boss.get(address(SignIn, "changelist"), {"q": text}))
        assert "Wrong name or password" in page
    assert "No sign-ins found" in text_of(boss.get(address(SignIn, "changelist"), {"q": "bob"}))


# --- Lockout ------------------------------------------------------------------------------------


def test_five_failures_lock_the_name_out_from_there(client, ann, settings):
    for _attempt in range(4):
        assert sign_in(client, password="wrong").status_code == 200
    fifth = sign_in(client, password="wrong")
    assert fifth.status_code == 429
    assert fifth["Retry-After"] == "900"
    assert "closed for 15 minutes" in text_of(fifth)
    assert sign_in(client).status_code == 429, "the right password does not help"
    assert client.get(INDEX).status_code == 302
    assert outcomes() == ["Refused"] * 4 + ["LockedOut"] * 2
    assert sign_in(client, REMOTE_ADDR="10.0.0.7").status_code == 302, "elsewhere it works"
    other = staff("bob", "Auditor")
    other.set_password(PASSWORD)
    other.save()
    assert sign_in(Client(), name="bob").status_code == 302, "another name works"


def test_success_forgets_earlier_failures(client, ann):
    for _round in range(2):
        for _attempt in range(4):
            sign_in(client, password="wrong")
        assert sign_in(client).status_code == 302


def test_the_address_is_that_behind_the_proxy(client, ann, settings):
    settings.PASI_TRUSTED_PROXIES = ["127.0.0.0/8"]
    for _attempt in range(5):
        sign_in(client, password="wrong", HTTP_X_FORWARDED_FOR="192.0.2.1")
    assert sign_in(client, HTTP_X_FORWARDED_FOR="192.0.2.1").status_code == 429
    assert sign_in(client, HTTP_X_FORWARDED_FOR="192.0.2.2").status_code == 302
    assert sign_in(Client(), HTTP_X_FORWARDED_FOR="nonsense").status_code == 302


def test_an_operator_lets_somebody_in_again(client, ann, device):
    for _attempt in range(5):
        sign_in(client, password="wrong")
    call_command("unlock_staff", "ann")
    assert sign_in(client).status_code == 302
    assert TOTPDevice.objects.filter(user=ann).exists()
    call_command("unlock_staff", "ann", "--second-factor")
    assert not TOTPDevice.objects.filter(user=ann).exists()
    bodies = [json.loads(call.body) for call in ServiceCall.objects.filter(door="command")]
    assert [body["SecondFactor"] for body in bodies if body.get("Staff") == "ann"] == [
        "kept",
        "removed",
    ]
    with pytest.raises(CommandError, match="nobody"):
        call_command("unlock_staff", "nobody")


# --- The session --------------------------------------------------------------------------------


def test_a_session_ends_when_nothing_is_asked_for_a_while(client, ann, settings):
    settings.SESSION_COOKIE_AGE = 1
    sign_in(client)
    assert client.get(INDEX).status_code == 200
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert not cookie["max-age"], "it ends with the browser"
    session = client.session
    settings.SESSION_COOKIE_AGE = -1
    session.save()
    assert client.get(INDEX).status_code == 302


# --- The second factor --------------------------------------------------------------------------


def test_nothing_opens_before_the_code(client, ann, device):
    """Not for a superuser either, by GET or POST, but signing out."""
    User.objects.filter(pk=ann.pk).update(is_superuser=True)
    assert sign_in(client).status_code == 302
    open_before = {LOGIN, CODE, reverse("admin:logout"), reverse("admin:jsi18n")}
    pages = every_address()
    assert len(pages) > 150
    for url in pages:
        if url in open_before:
            continue
        for method in (client.get, client.post):
            answer = method(url)
            assert answer.status_code == 302, (method, url)
            assert answer["Location"].startswith(CODE), (method, url)


def test_a_code_opens_what_was_asked_for_and_works_once(client, ann, device):
    sign_in(client)
    wanted = address(Student, "changelist") + "?q=byron"
    code_page = client.get(wanted)["Location"]
    assert "Enter your code" in text_of(client.get(code_page))
    code = code_of(device)
    assert client.post(code_page, {"code": f" {code[:3]} {code[3:]} "})["Location"] == wanted
    assert client.get(wanted).status_code == 200
    assert outcomes() == ["SignedIn", "CodeAccepted"]
    other = Client()
    sign_in(other)
    again = other.post(CODE, {"code": code})
    assert "not right, or was used before" in text_of(again)
    assert outcomes()[-1] == "WrongCode"


def test_where_to_go_next_is_one_of_our_pages(client, ann, device):
    sign_in(client)
    answer = client.post(f"{CODE}?next=https://example.org/", {"code": code_of(device)})
    assert answer["Location"] == INDEX


def test_wrong_codes_must_wait(client, ann, device):
    sign_in(client)
    assert "not right" in text_of(client.post(CODE, {"code": "000000"}))
    waiting = text_of(client.post(CODE, {"code": code_of(device)}))
    assert "Too many wrong codes. Try again in 1 seconds." in waiting
    assert client.get(INDEX)["Location"].startswith(CODE)


def test_no_second_factor_is_asked_of_who_has_none(client, ann):
    sign_in(client)
    assert client.get(INDEX).status_code == 200
    assert client.get(CODE)["Location"] == INDEX


def begin(client: Client) -> TOTPDevice:
    page = client.get(SET_UP, {"what": "replace"})
    made = TOTPDevice.objects.get(confirmed=False)
    html = page.content.decode()
    assert 'src="data:image/svg+xml' in html
    assert "https://" not in re.sub(r"xmlns[^ ]*", "", html)
    return made


def test_setting_it_up(client, ann):
    sign_in(client)
    made = begin(client)
    assert "not right" in text_of(client.post(SET_UP, {"code": "000000", "what": "replace"}))
    assert client.get(INDEX).status_code == 200, "nothing is asked before it is set up"
    TOTPDevice.objects.update(throttling_failure_count=0)
    done = client.post(SET_UP, {"code": code_of(made), "what": "replace"})
    codes = re.findall(r"<li><code>(\w+)</code>", done.content.decode())
    assert len(codes) == StaticToken.objects.count() == 10
    assert client.get(INDEX).status_code == 200
    call = ServiceCall.objects.get(operation="ChangeSetUp")
    body = json.loads(call.body)
    assert (body["Staff"], body["SecondFactor"]) == ("ann", "set up")
    assert made.key not in call.body
    assert not any(code in call.body for code in codes)

    elsewhere = Client()
    sign_in(elsewhere)
    assert elsewhere.get(INDEX)["Location"].startswith(CODE)
    assert elsewhere.post(CODE, {"code": codes[0].upper()}).status_code == 302
    assert elsewhere.get(INDEX).status_code == 200
    again = Client()
    sign_in(again)
    assert "not right" in text_of(again.post(CODE, {"code": codes[0]})), "each works once"
    assert "9 recovery codes are left" in text_of(client.get(SET_UP))


def test_replacing_it_ends_what_the_old_one_opened(client, ann, device):
    sign_in(client)
    client.post(CODE, {"code": code_of(device)})
    elsewhere = Client()
    sign_in(elsewhere)
    elsewhere.post(CODE, {"code": code_of(device, steps=1)})
    assert elsewhere.get(INDEX).status_code == 200
    made = begin(client)
    client.post(SET_UP, {"code": code_of(made), "what": "replace"})
    assert TOTPDevice.objects.get() == made
    assert client.get(INDEX).status_code == 200
    assert elsewhere.get(INDEX)["Location"].startswith(CODE)


def test_removing_ones_own(client, ann, device, settings):
    sign_in(client)
    client.post(CODE, {"code": code_of(device)})
    settings.PASI_SECOND_FACTOR = "required"
    client.post(SET_UP, {"what": "remove"})
    assert TOTPDevice.objects.exists()
    settings.PASI_SECOND_FACTOR = "optional"
    client.post(SET_UP, {"what": "remove"})
    assert not TOTPDevice.objects.exists()
    assert ServiceCall.objects.filter(operation="ChangeSetUp").count() == 1


def test_where_it_is_required_everybody_sets_it_up_first(client, ann, settings):
    settings.PASI_SECOND_FACTOR = "required"
    OneTimePassword.objects.create(user=ann)
    sign_in(client)
    password = reverse("admin:password_change")
    assert client.get(INDEX)["Location"].startswith(password), "the password first"
    form = {"old_password": PASSWORD, "new_password1": "My-very-own-1"}
    client.post(password, {**form, "new_password2": "My-very-own-1"})
    assert client.get(address(Student, "changelist"))["Location"].startswith(SET_UP)
    made = begin(client)
    client.post(SET_UP, {"code": code_of(made), "what": "replace"})
    assert client.get(address(Student, "changelist")).status_code == 200


def test_an_administrator_helps_who_lost_the_phone(ann, device):
    chief = signed_in(staff("chief", "Administrator"))
    page = address(User, "change", ann.pk)
    assert "set up on 2" in text_of(chief.get(page))
    form = {"username": "ann", "is_active": "on", "is_staff": "on", "groups": []}
    assert save(chief, ann, {**form, "remove_second_factor": "on"}).status_code == 302
    assert not TOTPDevice.objects.exists()
    body = json.loads(ServiceCall.objects.get(operation="ChangeSetUp").body)
    assert body["Form"]["remove_second_factor"] == ["on"]


# --- Whose rights an administrator changes ------------------------------------------------------


def test_an_administrator_changes_groups_of_others(db):
    chief = staff("chief", "Administrator")
    other = staff("other")
    form = {"username": "other", "is_active": "on", "is_staff": "on"}
    auditor = Group.objects.get(name="Auditor")
    form |= {"groups": [auditor.pk], "is_superuser": "on"}
    answer = save(signed_in(chief), other, form)
    assert answer.status_code == 302
    other.refresh_from_db()
    assert list(other.groups.all()) == [auditor]
    assert not other.is_superuser


def test_but_not_their_own_nor_those_of_superusers(db):
    chief, boss = staff("chief", "Administrator"), staff("boss", is_superuser=True)
    client = signed_in(chief)
    calls = ServiceCall.objects.count()
    for user in (chief, boss):
        assert client.get(address(User, "change", user.pk)).status_code == 200
        form = {"username": user.username, "is_active": "on", "is_staff": "on", "groups": []}
        assert client.post(address(User, "change", user.pk), form).status_code == 403
        password = {"password1": "Taken-over-1", "password2": "Taken-over-1"}
        assert client.post(f"/admin/auth/user/{user.pk}/password/", password).status_code == 403
        user.refresh_from_db()
        assert not user.check_password("Taken-over-1")
    assert ServiceCall.objects.count() == calls
    group = Group.objects.get(name="Administrator")
    assert client.post(address(Group, "change", group.pk), {"name": "x"}).status_code == 403
