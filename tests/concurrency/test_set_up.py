"""Members of staff who save one record of the set-up at the same moment."""

from functools import partial

import pytest
from django.contrib.auth.models import User

from audit.models import ServiceResponse
from pasi.models import PasiClient
from tests.admin.conftest import address, as_opened, signed_in, staff
from tests.admin.test_changed_meanwhile import client_form, told, user_form
from tests.concurrency.sessions import at_once, held_up
from tests.connections import another_connection
from tests.province_builder import make_client, set_up

pytestmark = pytest.mark.concurrency


def test_of_two_who_save_at_once_one_is_told(committed_database):
    with set_up():
        client = make_client("School system", roles=["Submit Student User", "View Audit User"])
    page = address(PasiClient, "change", client.pk)
    changes = ({"name": "Renamed"}, {"roles": ["View Audit User"]})
    saves = []
    for number, change in enumerate(changes):
        browser = signed_in(staff(f"boss{number}", is_superuser=True))
        saves.append(partial(browser.post, page, as_opened(browser, page, client_form(**change))))

    # Both have read the page; the row is held until both wait for it.
    lock = f"SELECT FROM pasi_pasiclient WHERE id = {client.pk} FOR NO KEY UPDATE"
    with held_up(lock, *saves) as (_session, futures):
        pass

    answers = sorted((future.result() for future in futures), key=lambda each: -each.status_code)
    assert [each.status_code for each in answers] == [302, 200]
    client.refresh_from_db()
    if client.name == "Renamed":
        assert client.roles == ["Submit Student User", "View Audit User"]
        assert told(answers[1]) == {"Name": ("School system", "Renamed")}
    else:
        assert client.roles == ["View Audit User"]
        assert set(told(answers[1])) == {"Roles"}
    outcomes = ServiceResponse.objects.filter(call__door="back_office")
    assert sorted(each.outcome for each in outcomes) == ["Applied", "Fault"]


def test_what_is_committed_while_a_save_waits_stays(committed_database):
    """Whoever saves reads the record once it has the row: also what no form shows, such as a
    password; and a password that is set brings no right back.
    """
    boss, ann = staff("boss", is_superuser=True), staff("ann", "Auditor")
    browser = signed_in(boss)
    page = address(User, "change", ann.pk)
    form = as_opened(browser, page, user_form(groups=[ann.groups.get().pk], email="a@example.org"))
    password = {"password1": "Chosen-for-Ann-1", "password2": "Chosen-for-Ann-1"}
    password |= {"usable_password": "true", "set-password": "Change password"}
    own = staff("own", is_superuser=True)
    own.set_password("Known-to-Own-1")
    own.save()
    themselves = {"old_password": "Known-to-Own-1", "new_password1": "Another-one-1"}
    themselves["new_password2"] = "Another-one-1"
    saves = (
        partial(browser.post, page, form),
        # From a browser of its own: whoever sets a password gets a new session.
        partial(signed_in(boss).post, f"/admin/auth/user/{ann.pk}/password/", password),
        partial(signed_in(own).post, "/admin/password_change/", themselves),
    )
    change = "UPDATE auth_user SET is_active = false, is_superuser = false WHERE username <> 'boss'"
    with held_up(change, *saves) as (_session, futures):
        pass
    saved, password_set, changed = (future.result() for future in futures)
    assert told(saved) == {"Active": ("Yes", "No")}
    assert (password_set.status_code, changed.status_code) == (302, 302)
    for user, known in ((ann, "Chosen-for-Ann-1"), (own, "Another-one-1")):
        user.refresh_from_db()
        assert user.check_password(known)
        assert (user.is_active, user.is_superuser) == (False, False)


def test_two_presses_at_once_are_both_told_that_it_is_saved(committed_database):
    ann = staff("ann")
    page = address(User, "change", ann.pk)
    browser = signed_in(staff("boss", is_superuser=True))
    form = as_opened(browser, page, user_form(email="a@example.org"))
    answers = at_once(*(partial(browser.post, page, form) for _press in range(2)))
    assert [answer.status_code for answer in answers] == [302, 302]


def test_who_waits_too_long_for_a_record_is_told_so(committed_database, settings):
    settings.PASI_LOCK_TIMEOUT_SECONDS = 0.2
    ann = staff("ann")
    page = address(User, "change", ann.pk)
    browser = signed_in(staff("boss", is_superuser=True))
    form = as_opened(browser, page, user_form(email="a@example.org"))
    with another_connection() as session:
        session.execute("SELECT FROM auth_user WHERE id = %s FOR UPDATE", [ann.pk])
        answer = browser.post(page, form)
    assert answer.status_code == 503
    assert "Nothing was saved." in answer.content.decode() and "(4002)" in answer.content.decode()
    ann.refresh_from_db()
    assert ann.email == ""
