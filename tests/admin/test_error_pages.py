"""What staff see where a page can not be shown, or where their session has ended."""

from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from pasi.back_office.site import BackOfficeSite
from students.models import Student
from tests.admin.conftest import address, signed_in, staff
from tests.admin.test_student_page import text_of

INDEX, LOGIN = reverse("admin:index"), reverse("admin:login")


@pytest.fixture
def clerk(db) -> Client:
    return signed_in(staff("clerk", "Registry Clerk"))


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        (reverse("admin:student_tab", args=[1, "names"]), 404, "There is no such student."),
        ("/admin/nowhere/at/all/", 404, "There is nothing at this address."),
        (reverse("admin:audit_servicecall_changelist"), 403, "ask an administrator"),
    ],
)
def test_staff_are_told_what_happened_and_find_the_way_back(clerk, path, status, says):
    answer = clerk.get(path)
    assert answer.status_code == status
    assert says in text_of(answer)
    page = answer.content.decode()
    assert f'class="main-button" href="{INDEX}"' in page
    assert f'href="{address(Student, "changelist")}"' in page, "the menu"


def test_a_form_of_another_sign_in_is_explained(db):
    User.objects.create_superuser("boss", password="Only-for-tests-1")
    browser = Client(enforce_csrf_checks=True)
    stranger = browser.post(LOGIN, {"username": "boss", "password": "Only-for-tests-1"})
    browser.force_login(User.objects.get())
    known = browser.post(reverse("admin:password_change"), {"old_password": "x"})
    for answer in (stranger, known):
        assert answer.status_code == 403
        assert "Nothing was saved" in text_of(answer)
        assert "Sign in again in this tab; what you typed is still" in text_of(answer)
        assert f'href="{INDEX}"' in answer.content.decode()


def test_a_fault_of_ours_is_said_without_asking_the_database(clerk, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("Broken")

    monkeypatch.setattr(BackOfficeSite, "each_context", fail)
    clerk.raise_request_exception = False
    for path in (INDEX, "/admin/nowhere/at/all/"):  # the page itself, and that of an error
        answer = clerk.get(path)
        assert answer.status_code == 500
        assert answer["PASI-Message-Id"] in text_of(answer)
        assert f'href="{INDEX}"' in answer.content.decode()
        assert "Broken" not in answer.content.decode()


def test_outside_the_back_office_the_page_stands_alone(clerk, client):
    for browser in (clerk, client):
        answer = browser.get("/nowhere")
        assert answer.status_code == 404
        assert "unfold" not in answer.content.decode()
    assert client.get("/api/nowhere")["Content-Type"] == "application/problem+json"


# --- The end of a session -----------------------------------------------------------------------


def test_who_was_signed_out_is_told_so_and_what_became_of_the_form(clerk, settings):
    settings.SESSION_COOKIE_AGE = 60 * 25
    page = reverse("admin:password_change")
    assert 'data-minutes="25"' in clerk.get(page).content.decode()
    cookie = clerk.cookies["sessionid"].value
    Session.objects.all().delete()
    sent = clerk.post(page, {"old_password": "x"})
    clerk.cookies["sessionid"] = cookie
    asked = clerk.get(page)
    for answer, says, not_said in (
        (sent, "What you had typed was not saved", "the page that you asked for opens"),
        (asked, "the page that you asked for opens", "was not saved"),
    ):
        assert urlsplit(answer["Location"]).path == LOGIN
        there = text_of(clerk.get(answer["Location"]))
        assert "You were signed out after 25 minutes without a press." in there
        assert says in there
        assert not_said not in there
    without = Client().post(page, {"old_password": "x"})
    there = text_of(Client().get(without["Location"]))
    assert "You are signed out, perhaps by another tab. What you had typed was not saved" in there
    again = clerk.post(asked["Location"], {"username": "clerk", "password": "wrong"})
    assert "You were signed out" in text_of(again)


def test_who_comes_for_the_first_time_is_not(client, db):
    answer = client.get(INDEX)
    assert answer["Location"] == f"{LOGIN}?next={INDEX}"
    assert "signed out" not in text_of(client.get(answer["Location"]))
