"""A token asked for with the former secret while another one is made is not left behind."""

from functools import partial

import pytest
from django.test import Client
from oauth2_provider.models import AccessToken

from tests.admin.conftest import signed_in, staff
from tests.concurrency.sessions import at_once, held_up
from tests.province_builder import make_client, set_up

pytestmark = pytest.mark.concurrency
FORMER = "former" * 15


def test_no_token_of_the_former_secret_outlives_it(committed_database):
    with set_up():
        client = make_client("School system", client_secret=FORMER)
    administrator = signed_in(staff("adam", "Administrator"))
    page = f"/admin/pasi/pasiclient/{client.pk}/rotate-secret/"
    form = {"as_of": administrator.get(page).context["as_of"]}
    asked = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": FORMER,
    }

    rotated, *tokens = at_once(
        partial(administrator.post, page, form),
        *(partial(Client().post, "/oauth/token/", asked) for _program in range(6)),
    )

    assert rotated.context["secret"]
    assert {answer.status_code for answer in tokens} <= {200, 401}
    assert not AccessToken.objects.exists()


def test_a_token_that_waits_for_another_secret_is_not_given(committed_database):
    """The secret was right when it was looked at; by the time the token is stored it is another."""
    with set_up():
        client = make_client("School system", client_secret=FORMER)
    asked = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": FORMER,
    }
    lock = f"UPDATE pasi_pasiclient SET client_secret = 'another' WHERE id = {client.pk}"
    with held_up(lock, partial(Client().post, "/oauth/token/", asked)) as (_session, [token]):
        pass
    assert (token.result().status_code, token.result().json()["error"]) == (401, "invalid_client")
    assert not AccessToken.objects.exists()
