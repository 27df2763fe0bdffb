"""3001: everything that is wrong with a request, by full property name, in the contract's order."""

import copy
import json

import pytest

from tests.http.conftest import errors, fault, post, recorded, request
from tests.province_builder import caller_info

UNKNOWN = "is not a property of the contract"
REQUIRED = "is required"
EMPTY = "is required and must not be empty"
TEXT = "must be a text"
LIST = "StateProvinceIds"
DIGITS = "must be nine digits, 000000001 to 999999999"
LINE = (
    "must not have control characters, leading, trailing or doubled spaces, "
    "or characters beyond U+00FF"
)

# Every text of CallerInfo and its greatest length, in the order of the contract.
LENGTHS = {
    "CallerInfo.ClientMessageID": 50,
    "CallerInfo.Software.Manufacturer": 100,
    "CallerInfo.Software.Product": 100,
    "CallerInfo.Software.Version": 30,
    "CallerInfo.Software.BuildNumber": 30,
    "CallerInfo.User.Name": 100,
    "CallerInfo.User.LocalID": 50,
    "CallerInfo.User.IPAddress": 50,
    "CallerInfo.User.OrganizationCode": 6,
}
SINGLE_LINE = list(LENGTHS)[:-1]
MISSING = object()


def changed(values: dict) -> dict:
    """A good request, with other values at some paths."""
    body = copy.deepcopy(request("999999999"))
    for path, value in values.items():
        *parents, name = path.split(".")
        place = body
        for parent in parents:
            place = place[parent]
        if value is MISSING:
            del place[name]
        else:
            place[name] = value
    return body


# --- CallerInfo ---------------------------------------------------------------------------------


def test_every_text_at_its_greatest_length(token):
    body = changed({path: "é" * LENGTHS[path] for path in SINGLE_LINE})
    response = post(body, token=token)
    assert response.status_code == 200
    call = recorded(response)
    assert call.client_message_id == "é" * 50
    assert call.software_manufacturer == call.software_product == call.user_name == "é" * 100
    assert call.software_version == call.software_build_number == "é" * 30
    assert call.user_local_id == call.user_ip_address == "é" * 50


def test_every_text_one_longer(token):
    body = changed({path: "x" * (length + 1) for path, length in LENGTHS.items()})
    assert list(errors(post(body, token=token)).items()) == [
        (path, f"must have at most {length} characters") for path, length in LENGTHS.items()
    ]


@pytest.mark.parametrize(
    "text", [" x", "x ", "x  y", "x\n", "x\ty", "x\x1ay", "x\x1fy", "x\x7fy", "x\x9fy", "x\u0100"]
)
def test_the_pattern_of_single_line_texts(token, text):
    found = errors(post(changed(dict.fromkeys(SINGLE_LINE, text)), token=token))
    assert found == dict.fromkeys(SINGLE_LINE, LINE)
    assert list(found) == SINGLE_LINE


@pytest.mark.parametrize("text", ["x", "x y", "x\xa0y", "x\xff", "~", "x.y-z'"])
def test_what_the_pattern_allows(token, text):
    assert post(changed(dict.fromkeys(SINGLE_LINE, text)), token=token).status_code == 200


ALL = [*LENGTHS, "CallerInfo.SentUtcTime"]


@pytest.mark.parametrize(
    ("value", "problem", "of_the_time"),
    [
        (MISSING, REQUIRED, REQUIRED),
        (None, REQUIRED, REQUIRED),
        ("", EMPTY, "must be a time as YYYY-MM-DDThh:mm:ss.ffffffZ"),
        (5, TEXT, "must be a time as YYYY-MM-DDThh:mm:ss.ffffffZ"),
        (True, TEXT, "must be a time as YYYY-MM-DDThh:mm:ss.ffffffZ"),
        (["x"], TEXT, "must be a time as YYYY-MM-DDThh:mm:ss.ffffffZ"),
        ({"a": "x"}, TEXT, "must be a time as YYYY-MM-DDThh:mm:ss.ffffffZ"),
    ],
    ids=["missing", "null", "empty", "number", "Boolean", "list", "object"],
)
def test_every_property_is_required_and_a_text(token, value, problem, of_the_time):
    found = errors(post(changed(dict.fromkeys(ALL, value)), token=token))
    expected = dict.fromkeys(ALL, problem) | {"CallerInfo.SentUtcTime": of_the_time}
    assert found == expected
    assert list(found)[:3] == [
        *("CallerInfo.ClientMessageID", "CallerInfo.SentUtcTime"),
        "CallerInfo.Software.Manufacturer",
    ]


@pytest.mark.parametrize("part", ["CallerInfo", "CallerInfo.Software", "CallerInfo.User"])
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (MISSING, REQUIRED),
        (None, REQUIRED),
        ("", "must be an object"),
        (5, "must be an object"),
        ([], "must be an object"),
        ([{}], "must be an object"),
    ],
    ids=["missing", "null", "empty", "number", "list", "list of objects"],
)
def test_parts_are_objects(token, part, value, problem):
    assert errors(post(changed({part: value}), token=token)) == {part: problem}


@pytest.mark.parametrize(
    "sent",
    ["2026-07-31T18:00:00Z", "2026-07-31T12:00:00.1234567-06:00", "2026-07-31", "0001-01-01"],
)
def test_when_it_was_sent(token, sent):
    assert post(changed({"CallerInfo.SentUtcTime": sent}), token=token).status_code == 200


@pytest.mark.parametrize("text", ["\\u0000", "x\\u0000", "\\ud800", "\\udc00\\ud800"])
def test_characters_that_no_text_can_hold(token, text):
    plain = changed({"CallerInfo.User.Name": "HERE"})
    response = post(json.dumps(plain).replace("HERE", text).encode(), token=token)
    assert list(errors(response)) == ["CallerInfo.User.Name"]
    assert text in recorded(response).body


# --- Unknown properties -------------------------------------------------------------------------


def test_unknown_properties_are_refused_after_the_known_of_their_object(token):
    body = changed(
        {
            "Extra": 1,
            "stateProvinceIds": ["999999999"],
            "StateProvinceIds": [],
            "CallerInfo.Extra": None,
            "CallerInfo.User.Extra": {},
            "CallerInfo.User.Name": "",
            "CallerInfo.Software.version": "1",
        }
    )
    assert list(errors(post(body, token=token)).items()) == [
        ("CallerInfo.Software.version", UNKNOWN),
        ("CallerInfo.User.Name", EMPTY),
        ("CallerInfo.User.Extra", UNKNOWN),
        ("CallerInfo.Extra", UNKNOWN),
        ("StateProvinceIds", "must have at least one ASN"),
        ("Extra", UNKNOWN),
        ("stateProvinceIds", UNKNOWN),
    ]


def test_names_of_unknown_properties_as_they_can_be_written(token):
    long = "x" * 150
    text = json.dumps(request("999999999", **{long: 1, "non_field_errors": 1, "a.b[0]": 1, "é": 1}))
    body = text[:-1] + ', "bad\\ud800\\u0000": 1}'
    response = post(body.encode(), token=token)
    assert errors(response) == {
        "x" * 100: UNKNOWN,
        "non_field_errors": UNKNOWN,
        "a.b[0]": UNKNOWN,
        "é": UNKNOWN,
        "bad\ufffd\ufffd": UNKNOWN,
    }
    assert recorded(response).response.body == response.json()


def test_at_most_200_problems_are_listed(token):
    body = {**request("999999999"), **{f"Extra{number}": 1 for number in range(300)}}
    found = errors(post(body, token=token))
    assert list(found) == [f"Extra{number}" for number in range(200)]


def test_the_detail_names_the_first_problems(token):
    response = post({"Extra": 1}, token=token)
    assert response.json()["detail"] == (
        "The request does not meet its contract: CallerInfo: is required; "
        "StateProvinceIds: is required; Extra: is not a property of the contract"
    )
    many = {f"Extra{number}": 1 for number in range(5)}
    assert post(many, token=token).json()["detail"].endswith("; and 4 more")


def test_all_problems_together(token):
    assert errors(post({}, token=token)) == {"CallerInfo": REQUIRED, LIST: REQUIRED}


# --- The list of ASNs ---------------------------------------------------------------------------


def test_malformed_elements_are_named(token):
    asns = [
        *("000000001", "1234567890", "abcdefghi", 123456789, "000000000", "", None),
        *("1234-5678-9", " 123456789", "123456789\n", "١٢٣٤٥٦٧٨٩", True, [], {}, 1.5),
    ]
    assert errors(post(request(*asns), token=token)) == {
        **{f"{LIST}[{position}]": DIGITS for position in (1, 2, 4, 5, 7, 8, 9, 10)},
        **{f"{LIST}[{position}]": TEXT for position in (3, 6, 11, 12, 13, 14)},
    }


def test_malformed_elements_come_in_order(token):
    found = errors(post(request("x", "000000001", 5, "y"), token=token))
    assert list(found) == [f"{LIST}[0]", f"{LIST}[2]", f"{LIST}[3]"]


def test_at_most_100_malformed_elements_are_named(token):
    found = errors(post(request("000000001", *["x"] * 101), token=token))
    assert list(found) == [f"{LIST}[{position}]" for position in range(1, 101)]


@pytest.mark.parametrize("value", ["000000001", 5, True, {}, {"0": "000000001"}, ""])
def test_the_list_is_a_list(token, value):
    body = request(StateProvinceIds=value)
    assert errors(post(body, token=token)) == {LIST: "must be a list of ASNs"}


def test_the_list_is_required_and_not_empty(token):
    assert errors(post(request(), token=token)) == {LIST: "must have at least one ASN"}
    assert errors(post(request(StateProvinceIds=None), token=token)) == {LIST: REQUIRED}
    assert errors(post({"CallerInfo": caller_info()}, token=token)) == {LIST: REQUIRED}


def test_at_most_50_000(token):
    asns = [f"{900_000_000 + number}" for number in range(50_001)]
    found = errors(post(request(*asns), token=token))
    assert found == {LIST: "may have at most 50000 ASNs"}
    response = post(request(*asns[:50_000]), token=token)
    assert response.status_code == 200
    answers = response.json()["Responses"]
    assert [answer["StateProvinceId"] for answer in answers] == asns[:50_000]


@pytest.mark.parametrize("asn", ["000000001", "999999999"])
def test_well_formed_but_unknown_is_that_students_9002(token, asn):
    response = post(request(asn), token=token)
    [answer] = response.json()["Responses"]
    assert answer["Rejections"][0]["Code"] == "9002"
    assert answer["Rejections"][0]["Description"].startswith(f"Alberta Student Number {asn} ")


# --- Numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "9" * 6_000, "-" + "9" * 6_000, "1.5", "1E2"]
)
def test_numbers_beyond_every_range_are_a_matter_of_the_contract(token, number):
    text = json.dumps(changed({"CallerInfo.User.Name": 7_777}))
    response = post(text.replace("7777", number).encode(), token=token)
    assert errors(response) == {"CallerInfo.User.Name": TEXT}
    assert number in recorded(response).body


def test_faults_of_the_contract_change_nothing(token, graduate):
    from credentials.models import AwardedCredential, AwardingRun

    response = post(request(graduate.asn, "x"), token=token)
    assert fault(response) == (400, "3001")
    assert not AwardedCredential.objects.exists()
    assert not AwardingRun.objects.exists()
