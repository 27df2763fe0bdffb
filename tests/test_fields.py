"""The contract's fields at their edges; the text patterns against the seed documents' own."""

import datetime
import re
import uuid

import pytest
from rest_framework.exceptions import ValidationError

from pasi import fields
from tests.properties import example, given, st

UTC = datetime.UTC

# As the documents print them, with the one deliberate deviation: \x1F where they print \x19.
SEED_SINGLE_LINE = r"^\s|\s{2,}|\s$|[\x00-\x1F]|[\x7F-\x9F]|[^\x00-\xFF]"
SEED_MULTI_LINE = (
    r"[\x00-\x08]|[\x0E-\x1F]|[\x7F-\x9F]|[^\x00-\xFF]|(^|\n)\s*\r|\n\s*(\r|$)|[^\r]\n|\r[^\n]"
)
ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# Mostly what matters at the edges, now and then anything at all.
characters = st.one_of(
    st.sampled_from("ab \t\n\r\x0b\x0c\x1a\x1f\x7f\x85\x9f\xa0\xff\u0100\u2019"),
    st.characters(codec="utf-8"),
)
texts = st.text(characters, max_size=8)


def problem_of(field, value) -> str:
    """What the field says of a value; empty if it takes it."""
    try:
        field.run_validation(value)
    except ValidationError as error:
        return str(error.detail[0])
    return ""


def is_taken(field, value) -> bool:
    return not problem_of(field, value)


# --- Texts --------------------------------------------------------------------------------------


@given(texts)
@example("a\n")
@example("\xa0a")
@example("a\xa0 b")
def test_single_line_is_the_pattern_of_the_documents(text):
    expected = text != "" and "\x00" not in text and not re.search(SEED_SINGLE_LINE, text)
    assert is_taken(fields.SingleLineField(), text) == expected


@given(texts)
@example("a\r\nb")
@example("a\r\n")
@example("a\n")
@example("a\r\n \r\nb")
@example("\r\na")
def test_multi_line_is_the_pattern_of_the_documents(text):
    expected = text != "" and "\x00" not in text and not re.search(SEED_MULTI_LINE, text)
    assert is_taken(fields.MultiLineField(), text) == expected


@given(texts)
@example("A\n")
@example("٣")
def test_a_name_has_only_the_listed_characters(text):
    allowed = set(LETTERS + ACCENTED + "-'. ")
    assert is_taken(fields.NameField(), text) == (text != "" and set(text) <= allowed)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("a", True),
        ("a b", True),
        ("a\xa0b", True),  # a no-break space alone inside is allowed
        ("\xff", True),
        ("~", True),
        (" a", False),
        ("a ", False),
        ("a  b", False),
        ("a\xa0", False),
        ("a \xa0b", False),
        ("a\tb", False),
        ("a\n", False),
        ("\x19", False),
        ("a\x1ab", False),  # U+001A to U+001F slip through the documents' misprint
        ("a\x1fb", False),
        ("\x7e", True),
        ("a\x7fb", False),
        ("a\x9fb", False),
        ("a\x85b", False),
        ("a\u0100b", False),
        ("\u2019", False),
        ("\U0001f600", False),
    ],
)
def test_single_line_edges(text, taken):
    assert is_taken(fields.SingleLineField(), text) is taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("a", True),
        ("a\r\nb", True),
        ("a\r\nb\r\nc", True),
        (" a ", True),  # left to the rules 11015 and 11016
        ("a  b", True),
        ("a\tb", True),
        ("\x0b", True),
        ("a\nb", False),
        ("a\rb", False),
        ("a\n\rb", False),
        ("a\r\n", False),
        ("\r\na", False),
        ("a\r\n\r\nb", False),
        ("a\r\n \r\nb", False),
        ("a\x08b", False),
        ("a\x0eb", False),
        ("a\x1fb", False),
        ("a\x7fb", False),
        ("a\u0100b", False),
    ],
)
def test_multi_line_edges(text, taken):
    assert is_taken(fields.MultiLineField(), text) is taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("O'Neil-St. Ångström"[:9], True),
        ("Zoë", True),
        (".", True),
        ("ÿ", True),
        ("Ÿ", False),
        ("Æ", False),
        ("ß", False),
        ("A1", False),
        ("A_B", False),
        ("A,B", False),
        ("A\n", False),
        ("A\tB", False),
        ("A\xa0B", False),
        ("Ā", False),
    ],
)
def test_name_edges(text, taken):
    assert is_taken(fields.NameField(), text) is taken


@pytest.mark.parametrize("kind", [fields.SingleLineField, fields.MultiLineField, fields.NameField])
@pytest.mark.parametrize("value", [1, 1.0, True, [], {}, ["a"], b"a"])
def test_a_text_is_a_text(kind, value):
    assert problem_of(kind(), value) == "must be a text"


@pytest.mark.parametrize("kind", [fields.TextField, fields.SingleLineField, fields.NameField])
def test_lengths(kind):
    assert is_taken(kind(max_length=3), "abc")
    assert problem_of(kind(max_length=3), "abcd") == "must have at most 3 characters"
    assert is_taken(kind(length=3), "abc")
    for text in ("ab", "abcd"):
        assert problem_of(kind(length=3), text) == "must have exactly 3 characters"


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "a\udfffb"])
def test_what_cannot_be_stored_is_refused_in_every_text(text):
    assert "cannot be stored" in problem_of(fields.TextField(), text)
    assert not is_taken(fields.MultiLineField(), text)


def test_empty_is_absent_for_an_optional_text_only():
    for kind in (fields.TextField, fields.SingleLineField, fields.NameField, fields.AsnField):
        assert kind(required=False).run_validation("") == ""
        assert problem_of(kind(), "") == "is required and must not be empty"
    for kind in (
        *(fields.GuidField, fields.DayField, fields.InstantField),
        *(fields.IntegerField, fields.BooleanField),
    ):
        assert not is_taken(kind(required=False), "")


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("000000001", True),
        ("999999999", True),
        ("000000000", False),
        ("12345678", False),
        ("1234567890", False),
        ("12345678a", False),
        ("123456789\n", False),
        (" 123456789", False),
        ("1234-5678-9", False),
        ("١٢٣٤٥٦٧٨٩", False),
    ],
)
def test_asn(text, taken):
    assert is_taken(fields.AsnField(), text) is taken


# --- Numbers, Booleans, Guids -------------------------------------------------------------------


@pytest.mark.parametrize(("lowest", "highest"), [fields.INT16, fields.INT32, fields.INT64, (1, 10)])
def test_integers_at_the_ends_of_their_range(lowest, highest):
    field = fields.IntegerField(lowest=lowest, highest=highest)
    for value in (lowest, highest, (lowest + highest) // 2):
        assert field.run_validation(value) == value
    for value in (lowest - 1, highest + 1, 10**400, -(10**400)):
        assert problem_of(field, value) == f"must be between {lowest} and {highest}"


def test_ranges_are_those_of_the_contract():
    assert fields.INT16 == (-32_768, 32_767)
    assert fields.INT32 == (-2_147_483_648, 2_147_483_647)
    assert fields.INT64 == (-9_223_372_036_854_775_808, 9_223_372_036_854_775_807)


@pytest.mark.parametrize("value", [True, False, 1.0, 1e3, float("inf"), "1", "", None, [], {}])
def test_an_integer_is_an_integer(value):
    assert not is_taken(fields.IntegerField(), value)


@pytest.mark.parametrize("value", [0, 1, "true", "false", "", "Y", None, [], 1.0])
def test_a_boolean_is_true_or_false(value):
    assert not is_taken(fields.BooleanField(), value)
    assert fields.BooleanField().run_validation(True) is True
    assert fields.BooleanField().run_validation(False) is False


def test_guid():
    text = "0f8fad5b-d9cb-469f-a165-70867728950e"
    field = fields.GuidField()
    for written in (text, text.upper()):
        assert field.run_validation(written) == uuid.UUID(text)
    assert field.to_representation(uuid.UUID(text.upper())) == text
    for wrong in (
        *(text.replace("-", ""), "{" + text + "}", f"urn:uuid:{text}", text + "\n", " " + text),
        *(text[:-1], text + "0", text.replace("f", "g"), text.replace("-", "_"), 5, ""),
    ):
        assert not is_taken(field, wrong), wrong


# --- Dates and instants -------------------------------------------------------------------------

NOT_DATES = [
    *("", "2026", "2026-1-01", "20260101", "2026-W01-1", "2026-02-29", "2026-13-01", "0000-01-01"),
    *("2026-01-01 ", " 2026-01-01", "2026-01-01\n", "2026-01-01Z", "2026-01-01+00:00"),
    *("2026-01-01T", "2026-01-01T10", "2026-01-01 10:00", "2026-01-01t10:00", "2026-01-01T10:00z"),
    *("2026-01-01T24:00", "2026-01-01T10:60", "2026-01-01T10:00:60", "2026-01-01T10:00:00."),
    *("2026-01-01T10:00:00.1234567890", "2026-01-01T10:00:00,5", "2026-01-01T10:00.5"),
    *("2026-01-01T10:00+0700", "2026-01-01T10:00+07", "2026-01-01T10:00+24:00"),
    *("2026-01-01T10:00:00ZZ", "٢٠٢٦-01-01", "01/02/2026", "2026-01-01T10:00:00 Z"),
    *(20260101, 1767225600.0, True, [], {}),
]


@pytest.mark.parametrize("value", NOT_DATES, ids=repr)
def test_nothing_else_is_a_date_or_an_instant(value):
    assert problem_of(fields.DayField(), value).startswith("must be a date")
    assert problem_of(fields.InstantField(), value).startswith("must be a time")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-07-31", datetime.datetime(2026, 7, 31, tzinfo=UTC)),
        ("2026-07-31T18:05", datetime.datetime(2026, 7, 31, 18, 5, tzinfo=UTC)),
        ("2026-07-31T18:05:09", datetime.datetime(2026, 7, 31, 18, 5, 9, tzinfo=UTC)),
        ("2026-07-31T18:05:09Z", datetime.datetime(2026, 7, 31, 18, 5, 9, tzinfo=UTC)),
        ("2026-07-31T18:05Z", datetime.datetime(2026, 7, 31, 18, 5, tzinfo=UTC)),
        ("2026-07-31T18:05:09.5", datetime.datetime(2026, 7, 31, 18, 5, 9, 500_000, tzinfo=UTC)),
        (
            "2026-07-31T18:05:09.123456789-06:00",
            datetime.datetime(2026, 8, 1, 0, 5, 9, 123_456, tzinfo=UTC),
        ),
        ("2026-01-01T00:30+05:30", datetime.datetime(2025, 12, 31, 19, tzinfo=UTC)),
        ("2024-02-29T23:59:59.999999Z", datetime.datetime(2024, 2, 29, 23, 59, 59, 999_999, UTC)),
        ("0001-01-01", datetime.datetime(1, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", datetime.datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-12:00", datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_instants(text, instant):
    assert fields.InstantField().run_validation(text) == instant


@pytest.mark.parametrize(
    "time", ["", "T00:00", "T00:00:00Z", "T23:59:59.999-12:00", "T00:30+14:00"]
)
@pytest.mark.parametrize("day", ["2026-01-01", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_plain_date_is_kept_as_written(day, time):
    assert fields.DayField().run_validation(day + time) == datetime.date.fromisoformat(day)


@given(st.datetimes(timezones=st.just(UTC)))
@example(datetime.datetime(1, 1, 1, tzinfo=UTC))
def test_instants_are_answered_with_six_digits_and_read_back(instant):
    text = fields.InstantField().to_representation(instant)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text)
    assert fields.InstantField().run_validation(text) == instant


def test_instants_of_other_zones_are_answered_in_utc():
    edmonton = datetime.timezone(datetime.timedelta(hours=-7))
    instant = datetime.datetime(2026, 1, 1, 20, tzinfo=edmonton)
    assert fields.instant_text(instant) == "2026-01-02T03:00:00.000000Z"
    assert fields.instant_text(None) is None


# --- Objects and lists --------------------------------------------------------------------------


class Inner(fields.StrictSerializer):
    First = fields.SingleLineField(max_length=3)
    Second = fields.IntegerField(required=False)


class Outer(fields.StrictSerializer):
    Head = fields.SingleLineField()
    Inner = Inner()
    Tail = fields.SingleLineField(required=False)
    Late = fields.DayField(required=False)


def errors_of(body) -> list[str]:
    from pasi.reading_json import flattened

    serializer = Outer(data=body)
    serializer.is_valid()
    return [f"{problem.field}: {problem.problem}" for problem in flattened(serializer.errors)]


def test_problems_come_in_the_order_of_the_contract_unknown_last():
    body = {
        "Zzz": 1,
        "Tail": 5,
        "Inner": {"Aaa": 1, "Second": "2", "First": "long"},
        "non_field_errors": 1,
        "Head": "",
    }
    assert errors_of(body) == [
        "Head: is required and must not be empty",
        "Inner.First: must have at most 3 characters",
        "Inner.Second: must be an integer",
        "Inner.Aaa: is not a property of the contract",
        "Tail: must be a text",
        "Zzz: is not a property of the contract",
        "non_field_errors: is not a property of the contract",
    ]


def test_null_is_absent():
    assert errors_of({"Head": None, "Inner": None, "Tail": None, "Late": None}) == [
        "Head: is required",
        "Inner: is required",
    ]
    whole = Outer(data={"Head": "a", "Inner": {"First": "b", "Second": None}, "Tail": None})
    assert whole.is_valid()
    assert whole.validated_data == {"Head": "a", "Inner": {"First": "b"}}


@pytest.mark.parametrize("value", ["text", 1, True, [], [{}]])
def test_an_object_is_an_object(value):
    assert errors_of({"Head": "a", "Inner": value}) == ["Inner: must be an object"]


def test_asn_list_is_given_back_as_it_came():
    field = fields.AsnListField(most=3)
    asns = ["999999999", "000000001", "999999999"]
    assert field.run_validation(asns) == asns
    assert problem_of(field, [*asns, "000000002"]) == "may have at most 3 ASNs"
    assert problem_of(field, []) == "must have at least one ASN"
    for value in ("000000001", {"0": "000000001"}, 1, True):
        assert problem_of(field, value) == "must be a list of ASNs"


def test_asn_list_names_each_malformed_element():
    field = fields.AsnListField(most=10)
    with pytest.raises(ValidationError) as raised:
        field.run_validation(
            ["000000001", "000000000", "1234567890", "12345678a", 123456789, None, [], "1\n"]
        )
    digits, kind = "must be nine digits, 000000001 to 999999999", "must be a text"
    assert {position: str(texts[0]) for position, texts in raised.value.detail.items()} == {
        **{1: digits, 2: digits, 3: digits},
        **{4: kind, 5: kind, 6: kind, 7: digits},
    }
