"""Faults without a PASI code, and a Core that is closed."""

import json
import logging

import pytest
from django.test import Client

from tests.http.conftest import URL, check_answer, fault, post, recorded, request

LIMIT = 4 * 1024 * 1024


def test_unknown_addresses(token):
    for url in ("/api/services/Nothing", "/api/services/", "/api/nothing", f"{URL}/"):
        assert fault(post(request("999999999"), token=token, url=url)) == (404, None)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("with_token", [True, False])
def test_other_methods(token, method, with_token):
    headers = {"Authorization": f"Bearer {token}"} if with_token else {}
    response = Client().generic(method, URL, headers=headers)
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    if method != "HEAD":
        check_answer(response)


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/*;q=0.5", 200),
        ("text/html, application/json;q=0.1", 200),
        ("text/html", 406),
        ("application/xml", 406),
        ("nonsense", 406),
    ],
)
def test_accept(token, accept, status):
    response = post(request("999999999"), token=token, headers={"Accept": accept})
    assert response.status_code == status
    if status == 406:
        assert fault(response) == (406, None)
        assert recorded(response) is None


@pytest.mark.parametrize(
    "content_type",
    [
        *("", "text/plain", "text/json", "application/xml", "application/jsonx"),
        *("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
    ],
)
def test_other_content_types(token, content_type):
    body = json.dumps(request("999999999")).encode()
    response = post(body, token=token, content_type=content_type)
    assert fault(response) == (415, None)
    assert recorded(response) is None


def padded(size: int) -> bytes:
    body = json.dumps(request("999999999")).encode()
    return body + b" " * (size - len(body))


def test_as_large_as_allowed(token):
    assert post(padded(LIMIT), token=token).status_code == 200


def test_too_large(token, caplog):
    with caplog.at_level(logging.WARNING, logger="pasi"):
        response = post(padded(LIMIT + 1), token=token)
    assert fault(response) == (413, None)
    assert recorded(response) is None
    assert response.headers["PASI-Message-Id"] in caplog.text
    assert "4194304 bytes" in response.json()["detail"]


def in_chunks(body: bytes):
    """As a server hands on a body sent in chunks: no length, but an end."""
    from io import BytesIO

    return {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}


def test_a_body_in_chunks(token):
    body = json.dumps(request("999999999")).encode()
    response = post(b"", token=token, **in_chunks(body))
    assert response.status_code == 200
    assert recorded(response).body == body.decode()


def test_a_body_in_chunks_that_is_too_large(token):
    sent = in_chunks(padded(LIMIT + 5_000))
    response = post(b"", token=token, **sent)
    assert fault(response) == (413, None)
    assert recorded(response) is None
    assert sent["wsgi.input"].tell() == LIMIT + 1  # and no more of it was read


@pytest.mark.parametrize("length", ["", "0", "x", "-1"])
def test_no_length_and_no_end_is_an_empty_body(token, length):
    response = post(b"", token=token, CONTENT_LENGTH=length)
    assert fault(response) == (400, "3002")


@pytest.mark.parametrize("query", ["a=%zz", "a=b&&", "%", "a=%ff", "format=xml", "a b=1", "[]=é"])
def test_a_query_string_says_nothing_to_a_service(token, query):
    response = post(request("999999999"), token=token, QUERY_STRING=query)
    assert response.status_code == 200


def test_closed(settings, token):
    settings.PASI_CLOSED = True
    for url in (URL, "/api/nothing", "/oauth/token/"):
        response = post(request("999999999"), token=token, url=url)
        assert fault(response) == (503, "2001")
        assert response.headers["Retry-After"] == "60"
        assert recorded(response) is None


def test_each_answer_has_its_own_message_id(token):
    ids = [post(request("999999999"), token=token).headers["PASI-Message-Id"] for _ in range(3)]
    assert ids == sorted(set(ids))
    for text in ids:
        assert len(text) == 36 and text[14] == "7" and text == text.lower()


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/admin/login/", "/oauth/token/", "/"])
def test_whatever_is_asked_has_a_message_id(db, path):
    assert len(Client().get(path).headers["PASI-Message-Id"]) == 36
