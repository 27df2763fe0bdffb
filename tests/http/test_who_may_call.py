"""Who may call: tokens, disabled clients, addresses, roles, organizations."""

import datetime
import logging

import pytest

from audit.models import ServiceCall
from pasi.models import PasiClient
from tests.http.conftest import fault, post, recorded, request
from tests.province_builder import caller_info, make_client, make_school, make_token, set_up

ASN = "999999999"


def for_organization(code) -> dict:
    info = caller_info()
    info["User"]["OrganizationCode"] = code
    return request(ASN, CallerInfo=info)


# --- 1001 ---------------------------------------------------------------------------------------


def refused_for_its_token(response) -> bool:
    return (
        fault(response) == (401, "1001")
        and response.headers["WWW-Authenticate"] == 'Bearer realm="pasi"'
        and recorded(response) is None
    )


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer nobody", "Bearer a b", "{}", "Basic {}", "é"]
)
def test_no_valid_token(token, header):
    headers = {} if header is None else {"Authorization": header.format(token)}
    assert refused_for_its_token(post(request(ASN), headers=headers))


def test_a_token_counts_in_the_header_only(token):
    from tests.http.conftest import URL

    assert refused_for_its_token(post(request(ASN), url=f"{URL}?access_token={token}"))
    in_body = {**request(ASN), "access_token": token}
    assert refused_for_its_token(post(in_body))
    form = f"access_token={token}".encode()
    assert refused_for_its_token(post(form, content_type="application/x-www-form-urlencoded"))


def test_an_expired_token(ministry):
    expired = make_token(ministry, lifetime=datetime.timedelta(seconds=-1))
    assert refused_for_its_token(post(request(ASN), token=expired))


def test_a_token_of_another_scope(ministry):
    from oauth2_provider.models import AccessToken

    token = make_token(ministry)
    AccessToken.objects.filter(token=token).update(scope="other")
    assert refused_for_its_token(post(request(ASN), token=token))


def test_a_token_of_nobody(ministry):
    from oauth2_provider.models import AccessToken

    token = make_token(ministry)
    AccessToken.objects.filter(token=token).update(application=None)
    assert refused_for_its_token(post(request(ASN), token=token))


def test_the_scheme_is_read_in_any_case(token):
    response = post(request(ASN), headers={"Authorization": f"bEARER {token}"})
    assert response.status_code == 200


class Unread:
    """A body that must not be touched."""

    def read(self, *size):
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x"])
def test_nothing_of_the_body_is_read_for_somebody_unknown(db, content_type):
    response = post(
        b"",
        token="nobody",
        content_type=content_type,
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": "1000"},
    )
    assert refused_for_its_token(response)


def test_whoever_is_refused_leaves_a_log_line_with_the_message_id(db, caplog):
    with caplog.at_level(logging.WARNING, logger="pasi"):
        response = post(request(ASN))
    assert response.headers["PASI-Message-Id"] in caplog.text
    assert "1001" in caplog.text
    assert not ServiceCall.objects.filter(operation__startswith="Submit").exists()


# --- 1003, 1006, 1007, 1008 ---------------------------------------------------------------------


def change(client, **values) -> None:
    with set_up():
        for name, value in values.items():
            setattr(client, name, value)
        client.save()


def test_a_disabled_client_and_withdrawn_roles_work_at_once(ministry, token):
    assert post(request(ASN), token=token).status_code == 200
    change(ministry, is_enabled=False)
    assert fault(post(request(ASN), token=token)) == (403, "1003")
    change(ministry, is_enabled=True, roles=[])
    assert fault(post(request(ASN), token=token)) == (403, "1007")
    change(ministry, roles=["PASI System User"])
    assert post(request(ASN), token=token).status_code == 200


@pytest.mark.parametrize(
    ("networks", "address", "allowed"),
    [
        ([], "192.0.2.9", True),
        (["192.0.2.0/24"], "192.0.2.9", True),
        (["192.0.2.0/24"], "192.0.3.9", False),
        (["10.0.0.0/8", "192.0.2.9/32"], "192.0.2.9", True),
        (["192.0.2.9"], "192.0.2.9", True),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "192.0.2.9", False),
        (["192.0.2.0/24"], "", False),
        (["0.0.0.0/0"], "not an address", False),
    ],
)
def test_addresses(ministry, token, networks, address, allowed):
    change(ministry, addresses=networks)
    response = post(request(ASN), token=token, REMOTE_ADDR=address)
    if allowed:
        assert response.status_code == 200
        assert recorded(response).address == address
    else:
        assert fault(response) == (403, "1006")


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("198.51.100.1, 192.0.2.9", "192.0.2.9"),  # the first was claimed by the caller itself
        ("192.0.2.9, 10.0.0.5", "192.0.2.9"),
        ("10.0.0.5", "10.0.0.5"),
        (" , 192.0.2.9 , ", "192.0.2.9"),
    ],
)
def test_behind_a_trusted_proxy_the_address_is_the_last_that_is_not_a_proxy(
    settings, ministry, token, forwarded, address
):
    settings.PASI_TRUSTED_PROXIES = ["10.0.0.0/8"]
    response = post(
        request(ASN),
        token=token,
        REMOTE_ADDR="10.0.0.4",
        headers={"X-Forwarded-For": forwarded},
    )
    assert recorded(response).address == address


def test_nobody_but_a_trusted_proxy_says_for_whom_it_calls(ministry, token):
    response = post(
        request(ASN),
        token=token,
        REMOTE_ADDR="203.0.113.5",
        headers={"X-Forwarded-For": "192.0.2.9"},
    )
    assert recorded(response).address == "203.0.113.5"


@pytest.mark.parametrize("roles", [[], ["Submit Student User", "View Audit User"]])
def test_the_role_is_needed(db, roles):
    with set_up():
        token = make_token(make_client(roles=roles))
    response = post(request(ASN), token=token)
    assert fault(response) == (403, "1007")
    assert "SubmitCredentialAwardingMultiple" in response.json()["detail"]


def test_the_role_is_not_enough_for_an_organization_that_is_not_the_ministry(db):
    with set_up():
        make_school("S.0001", "A.0001")
        token = make_token(make_client(organizations=["A.0001"]))
    for code in ("A.0001", "S.0001"):
        assert fault(post(for_organization(code), token=token)) == (403, "1007")


@pytest.mark.parametrize("code", ["o.1", "O.0001", "o.01", "O.1"])
def test_the_ministrys_code_in_each_form(token, code):
    assert post(for_organization(code), token=token).status_code == 200


@pytest.mark.parametrize(
    "code", ["S.0001", "A.0001", "S.9999", "O.2", "O.", "O", "X.1", "O.1 ", " O.1", "O1", "\x01"]
)
def test_an_organization_the_client_does_not_act_for(token, code):
    with set_up():
        make_school("S.0001", "A.0001")
    response = post(for_organization(code), token=token)
    assert fault(response) == (403, "1008")
    assert response.json()["detail"].endswith(f"organization {code}.")


def test_a_client_of_the_ministry_acts_for_the_ministry_only_if_it_is_its_client(db):
    with set_up():
        make_school("S.0001", "A.0001")
        token = make_token(make_client(organizations=["S.0001"]))
    assert fault(post(for_organization("O.1"), token=token)) == (403, "1008")


def test_the_order_of_refusals(db):
    """1003, 1006, 1007, then what was said (3002, 3001), then 1008."""
    with set_up():
        client = make_client(
            organizations=[], roles=[], addresses=["192.0.2.0/24"], is_enabled=False
        )
    token = make_token(client)
    unreadable, wrong = b"{", {"CallerInfo": caller_info()}

    def code(body):
        return fault(post(body, token=token))[1]

    assert code(unreadable) == "1003"
    change(PasiClient.objects.get(), is_enabled=True)
    assert code(unreadable) == "1006"
    change(PasiClient.objects.get(), addresses=[])
    assert code(unreadable) == "1007"
    change(PasiClient.objects.get(), roles=["PASI System User"])
    assert code(unreadable) == "3002"
    assert code(wrong) == "3001"
    assert code(request(ASN)) == "1008"
