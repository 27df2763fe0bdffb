"""3002: what is not a JSON object. It is recorded, as far as a text can hold it."""

import json

import pytest

from tests.http.conftest import fault, post, recorded, request

DEEP = 31  # levels of lists below the object that are still allowed

UNREADABLE = {
    "nothing": (b"", ""),
    "not JSON": (b"<xml/>", "<xml/>"),
    "cut off": (b'{"CallerInfo": {', '{"CallerInfo": {'),
    "an array": (b"[]", "[]"),
    "a text": (b'"x"', '"x"'),
    "null": (b"null", "null"),
    "not UTF-8": (b'{"a": "\xe9"}', '{"a": "\\xe9"}'),
    "UTF-16": ("{}".encode("utf-16-le"), "{\\x00}\\x00"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "\ufeff{}"),
    "a doubled name": (b'{"a": 1, "a": 1}', '{"a": 1, "a": 1}'),
    "NaN": (b'{"a": NaN}', '{"a": NaN}'),
    "Infinity": (b'{"a": -Infinity}', '{"a": -Infinity}'),
    "a raw NUL": (b'{"a": "\x00"}', '{"a": "\\x00"}'),
    "nested too deep": (b'{"a":' + b"[" * 32 + b"]" * 32 + b"}", None),
    "60 KB of [": (b"[" * 60_000, None),
    '60 KB of {"a":': (b'{"a":' * 12_000, None),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_unreadable(token, kind):
    body, kept = UNREADABLE[kind]
    response = post(body, token=token)
    assert fault(response) == (400, "3002")
    assert response.json()["detail"].startswith("The request could not be read: ")
    call = recorded(response)
    assert call.body == (body.decode() if kept is None else kept)
    assert call.client_message_id == ""
    assert (call.response.outcome, call.response.codes) == ("Fault", ["3002"])


def test_nesting_as_deep_as_allowed_is_judged_by_the_contract(token):
    body = b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}"
    assert fault(post(body, token=token)) == (400, "3001")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", 'Application/JSON ;charset="UTF-8"'],
)
def test_json_however_it_is_named(token, content_type):
    assert post(request("999999999"), token=token, content_type=content_type).status_code == 200


def test_a_body_is_utf_8_whatever_its_content_type_says(token):
    body = json.dumps(request("999999999"), ensure_ascii=False)
    latin = body.replace("Rita", "Renée").encode("latin-1")
    response = post(latin, token=token, content_type="application/json; charset=iso-8859-1")
    assert fault(response) == (400, "3002")
    assert "Ren\\xe9e" in recorded(response).body


def test_the_body_is_kept_as_received(token):
    body = json.dumps(request("999999999"), indent=3, ensure_ascii=False).replace("Rita", "Zoë")
    response = post(body.encode(), token=token)
    assert response.status_code == 200
    assert recorded(response).body == body
