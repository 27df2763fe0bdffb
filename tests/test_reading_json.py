"""Bodies as bytes: what is JSON to us, what is kept of what is not."""

import json

import pytest

from pasi import reading_json


def nested(levels: int, opening="[", closing="]") -> bytes:
    """An object that is the first of `levels` levels."""
    return b'{"a":' + (opening * (levels - 1) + closing * (levels - 1)).encode() + b"}"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is not JSON."),
        (b"   ", "it is not JSON."),
        (b"{", "it is not JSON."),
        (b"{'a': 1}", "it is not JSON."),
        (b'{"a": 1,}', "it is not JSON."),
        (b'{"a": 01}', "it is not JSON."),
        (b'{"a": 1} {}', "it is not JSON."),
        (b'{"a": "\x00"}', "it is not JSON."),
        (b'{"a": "\n"}', "it is not JSON."),
        (b'{"a": "\\x"}', "it is not JSON."),
        (b'\xef\xbb\xbf{"a": 1}', "it is not JSON."),
        (b"[]", "it must be a JSON object."),
        (b'"text"', "it must be a JSON object."),
        (b"null", "it must be a JSON object."),
        (b"5", "it must be a JSON object."),
        (b'{"a": 1, "a": 1}', "a property name is repeated."),
        (b'{"a": {"b": 1, "c": 2, "b": 3}}', "a property name is repeated."),
        (b'{"a": 1, "\\u0061": 2}', "a property name is repeated."),
        (b'{"a": NaN}', "NaN is not a JSON number."),
        (b'{"a": [Infinity]}', "Infinity is not a JSON number."),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number."),
        (b"\xff\xfe{}", "it is not UTF-8."),
        (b'{"a": "\xe9"}', "it is not UTF-8."),
        (b'{"a": "\xed\xa0\x80"}', "it is not UTF-8."),  # half a surrogate pair, encoded
        (nested(33), "it is nested too deep."),
        (nested(33, '{"a":', "}").replace(b":}", b":1}"), "it is nested too deep."),
        (b"[" * 60_000, "it is nested too deep."),
        (b'{"a":' * 60_000, "it is nested too deep."),
        (nested(60_000), "it is nested too deep."),
    ],
)
def test_what_cannot_be_read(body, why):
    document = reading_json.read(body)
    assert document.unreadable == why
    assert document.value is None


@pytest.mark.parametrize(
    "body", [b"{}", b' {"a": {"b": [1, 2.5, "x", null, true]}} ', nested(32), b'{"a": 1e5}']
)
def test_what_can_be_read(body):
    document = reading_json.read(body)
    assert document.unreadable == ""
    assert document.value == json.loads(body)
    assert document.text == body.decode()


def test_numbers_beyond_every_range_are_json():
    document = reading_json.read(b'{"a": %s, "b": -%s, "c": 1e400}' % (b"9" * 6_000, b"9" * 6_000))
    assert document.unreadable == ""
    assert document.value["a"] > 2**63
    assert document.value["b"] < -(2**63)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b'{"a": "\\u0000"}', '{"a": "\\u0000"}'),
        (b'{"a": "\\ud800"}', '{"a": "\\ud800"}'),
        (b"a\x00b", "a\\x00b"),
        (b"\xe9\x00t\xc3\xa9", "\\xe9\\x00té"),
        ("{é}".encode(), "{é}"),
    ],
)
def test_the_body_is_kept_as_received_as_far_as_a_text_can_hold_it(body, kept):
    assert reading_json.read(body).text == kept
