"""The requests of the student services against their documents, row by row.

The tables repeat the rows of the seed documents in short: property, type, required, form. A form
of text is `line n` (single line, at most n characters), `lines n`, `name n`, `text n`, `exactly n`,
`asn`, `email`, `code LIST` or `one of`. What must be answered follows from type and form.
"""

import copy
import datetime
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from django.urls import path
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from pasi import codes
from pasi.faults import Fault
from pasi.fields import EmailField
from pasi.reading_json import Document, validated
from pasi.services import Service
from pasi.views import service_view
from students import requests
from tests.students import bodies

# In the order in which the Core has always listed its problems; the documents sort by letter.
CALLER_INFO = """
CallerInfo                                | object  | Yes |
CallerInfo.ClientMessageID                | String  | Yes | line 50
CallerInfo.SentUtcTime                    | Instant | Yes |
CallerInfo.Software                       | object  | Yes |
CallerInfo.Software.Manufacturer          | String  | Yes | line 100
CallerInfo.Software.Product               | String  | Yes | line 100
CallerInfo.Software.Version               | String  | Yes | line 30
CallerInfo.Software.BuildNumber           | String  | Yes | line 30
CallerInfo.User                           | object  | Yes |
CallerInfo.User.Name                      | String  | Yes | line 100
CallerInfo.User.LocalID                   | String  | Yes | line 50
CallerInfo.User.IPAddress                 | String  | Yes | line 50
CallerInfo.User.OrganizationCode          | String  | Yes | text 6
"""

IDENTIFICATION_RECORD = """
IdentificationRecord                      | object  | Yes |
IdentificationRecord.BirthDate            | Day     | Yes |
IdentificationRecord.DocumentIssueDate    | Day     | No  |
IdentificationRecord.DocumentNumber       | String  | No  | exactly 4
IdentificationRecord.DocumentType         | String  | Yes | code SourceDocumentType
IdentificationRecord.FirstName            | String  | Yes | name 50
IdentificationRecord.IsNameExact          | Boolean | Yes |
IdentificationRecord.LastName             | String  | Yes | name 50
IdentificationRecord.MiddleName           | String  | No  | name 50
IdentificationRecord.Suffix               | String  | No  | name 15
"""

ADDRESS = """
PersonalInfo.@Address                     | object  | No  |
PersonalInfo.@Address.AddressType         | String  | Yes | code AddressType
PersonalInfo.@Address.City                | String  | No  | line 60
PersonalInfo.@Address.Country             | String  | Yes | line 60
PersonalInfo.@Address.EffectiveDate       | Day     | Yes |
PersonalInfo.@Address.ExpiryDate          | Day     | No  |
PersonalInfo.@Address.LastUpdateUtcTime   | Instant | No  |
PersonalInfo.@Address.PostalCode          | String  | No  | line 15
PersonalInfo.@Address.RefId               | Int32   | Yes |
PersonalInfo.@Address.StateProvince       | String  | No  | line 20
PersonalInfo.@Address.Street              | String  | Yes | lines 140
"""

# `ExtendedInfo` of the request has the same shape.
EXTENDED_INFO = """
@Info                                     | object  | No  |
@Info.List                                | List    | Yes |
@Info.List.Name                           | String  | Yes | line
@Info.List.Values                         | List    | Yes |
@Info.List.Values.Key                     | String  | Yes | text
@Info.List.Values.Value                   | String  | No  | text
"""  # Value: "Yes", but for the mark IsNotRequired

CREATE_STUDENT = f"""
AcknowledgeSimilarStateProvinceIdList     | Asns    | No  |
{CALLER_INFO}
DisclosureRestrictionInfo                 | object  | No  |
DisclosureRestrictionInfo.DisclosureRestrictionCode    | String  | Yes | code DisclosureRestriction
DisclosureRestrictionInfo.DisclosureRestrictionDetails | String  | No  | lines 250
DisclosureRestrictionInfo.EffectiveDate   | Day     | Yes |
DisclosureRestrictionInfo.ExpiryDate      | Day     | No  |
DisclosureRestrictionInfo.IsActive        | Boolean | Yes |
DisclosureRestrictionInfo.LastUpdateUtcTime            | Instant | No  |
DisclosureRestrictionInfo.RefId           | Int32   | Yes |
EmailAddress                              | String  | No  | email
{EXTENDED_INFO.replace("@Info", "ExtendedInfo")}
{IDENTIFICATION_RECORD}
PersonalInfo                              | object  | Yes |
PersonalInfo.Alias                        | object  | No  |
PersonalInfo.Alias.FirstName              | String  | Yes | name 50
PersonalInfo.Alias.LastName               | String  | Yes | name 50
PersonalInfo.Alias.LastUpdateUtcTime      | Instant | No  |
PersonalInfo.Alias.MiddleName             | String  | No  | name 50
PersonalInfo.Alias.RefId                  | Int32   | Yes |
PersonalInfo.Alias.Suffix                 | String  | No  | name 15
{ADDRESS.replace("@Address", "AlternateMailingAddress")}
PersonalInfo.CitizenshipStatus            | String  | No  | code CitizenshipStatus
PersonalInfo.DocumentExpiryDate           | Day     | No  |
{EXTENDED_INFO.replace("@Info", "PersonalInfo.ExtendedPersonalInfo")}
PersonalInfo.Gender                       | String  | Yes | code Gender
{ADDRESS.replace("@Address", "PreferredMailingAddress")}
PersonalInfo.PreferredPhoneNumber         | object  | No  |
PersonalInfo.PreferredPhoneNumber.EffectiveDate        | Day     | Yes |
PersonalInfo.PreferredPhoneNumber.ExpiryDate           | Day     | No  |
PersonalInfo.PreferredPhoneNumber.Extension            | String  | No  | text 7
PersonalInfo.PreferredPhoneNumber.IsListable           | String  | Yes | one of
PersonalInfo.PreferredPhoneNumber.LastUpdateUtcTime    | Instant | No  |
PersonalInfo.PreferredPhoneNumber.Number  | String  | Yes | text 16
PersonalInfo.PreferredPhoneNumber.RefId   | Int32   | Yes |
PersonalInfo.PreferredPhoneNumber.Type    | String  | Yes | code PhoneType
PersonalInfo.Section23Eligibility         | String  | No  | code Section23Eligibility
"""

SUBMIT_NAME = f"""
{CALLER_INFO}
DeleteName                                | Boolean | Yes |
IsPreferred                               | Boolean | No  |
Name                                      | object  | Yes |
Name.FirstName                            | String  | Yes | name 50
Name.LastName                             | String  | Yes | name 50
Name.LastUpdateUtcTime                    | Instant | No  |
Name.MiddleName                           | String  | No  | name 50
Name.RefId                                | Int32   | Yes |
Name.Suffix                               | String  | No  | name 15
PASICoreVersion                           | Int64   | Yes |
SourceChangeCode                          | Int16   | No  |
StateProvinceId                           | String  | Yes | asn
"""

IDENTIFICATION = f"""
{CALLER_INFO}
StateProvinceId                           | String  | Yes | asn
PASICoreVersion                           | Int64   | Yes |
{IDENTIFICATION_RECORD}
Gender                                    | String  | No  | code Gender
AcknowledgeSimilarStateProvinceIdList     | Asns    | No  |
"""

IDENTIFY = f"""
{CALLER_INFO}
FirstName                                 | String  | Yes | name 50
LastName                                  | String  | Yes | name 50
MiddleName                                | String  | No  | name 50
BirthDate                                 | Day     | No  |
ApproximateAge                            | Age     | No  |
StateProvinceId                           | String  | No  | asn
IncludeAllQualities                       | Boolean | No  |
IncludeDisclosureRestricted               | Boolean | No  |
"""

REQUIRED = "is required"
EMPTY = "is required and must not be empty"
UNKNOWN = "is not a property of the contract"
TEXT = "must be a text"
LINE = (
    "must not have control characters, leading, trailing or doubled spaces, "
    "or characters beyond U+00FF"
)
LINES = (
    "must not have control characters, empty lines or characters beyond U+00FF; "
    "lines are separated by carriage return and line feed"
)
NAME = "may only have letters, accented letters, hyphens, apostrophes, periods and spaces"
ASN = "must be nine digits, 000000001 to 999999999"
EMAIL = "must be an e-mail address in plain ASCII characters"
UNSTORABLE = "has a character that cannot be stored (U+0000 or half a surrogate pair)"
WRONG_TYPE = {
    "object": "must be an object",
    "List": "must be a list of objects",
    "Asns": "must be a list of ASNs",
    "String": TEXT,
    "Boolean": "must be true or false",
    "Day": "must be a date as YYYY-MM-DD, alone or followed by a time",
    "Instant": "must be a time as YYYY-MM-DDThh:mm:ss.ffffffZ",
    "Int16": "must be an integer",
    "Int32": "must be an integer",
    "Int64": "must be an integer",
    "Age": "must be an integer",
}
RANGES = {
    "Int16": (-32_768, 32_767),
    "Int32": (-2_147_483_648, 2_147_483_647),
    "Int64": (-9_223_372_036_854_775_808, 9_223_372_036_854_775_807),
    "Age": (0, 99),
}
# JSON values that are not of a type.
OTHERS = {
    "object": [5, 1.5, True, "text", [], [{}]],
    "List": [5, 1.5, True, "text", {}, {"0": {}}],
    "Asns": [5, 1.5, True, "123456789", {}, {"0": "123456789"}],
    "String": [5, 1.5, True, [], ["a"], {}],
    "Boolean": [0, 1, 1.0, "true", "false", "Y", [], {}],
    "Day": [20260101, 1.5, True, [], {}, "20260101", "2026-02-30", "01/02/2026", "2026-1-1"],
    "Instant": [20260101, 1.5, True, [], {}, "20260101", "2026-02-30", "01/02/2026", "18:00"],
    **{kind: [1.0, 1.5, True, "5", [], {}] for kind in RANGES},
}
MISSING = object()
ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ"


@dataclass(frozen=True)
class Row:
    """A row of a table, with the request it belongs to and a body that is right."""

    request: type
    body: dict
    name: str  # the path within the body: elements of lists are the first
    kind: str
    required: bool
    form: str
    length: int | str | None

    @property
    def value(self):
        """What the right body has there."""
        place, key = place_of(self.body, self.name)
        return place[key]

    def problems(self, value) -> dict[str, str]:
        """What is wrong with the request if the property has this value, or is MISSING."""
        return problems(self.request, changed(self.body, {self.name: value}))


def rows_of(request: type, body: dict, table: str) -> list[Row]:
    rows = []
    for line in filter(None, (line.strip() for line in table.splitlines())):
        name, kind, required, form = (cell.strip() for cell in line.split("|"))
        form, _, argument = form.partition(" ")
        rows.append(
            Row(
                request,
                body,
                re.sub(r"(?<=\.)(List|Values)(?=\.)", r"\1[0]", name),
                kind,
                required == "Yes",
                form,
                int(argument) if argument.isdigit() else argument or None,
            )
        )
    return rows


TABLES = [
    (requests.CreateStudentRequest, bodies.create_student(), CREATE_STUDENT),
    (requests.SubmitNameRequest, bodies.submit_name(), SUBMIT_NAME),
    (
        requests.SubmitIdentificationInformationRequest,
        bodies.identification(),
        IDENTIFICATION,
    ),
    (requests.IdentifyStudentRequest, bodies.identify(), IDENTIFY),
]
ROWS = [row for table in TABLES for row in rows_of(*table)]


def each(*kinds: str, forms: tuple[str, ...] = ()):
    """Parametrize over the rows of some types, or of some forms of text."""
    chosen = [row for row in ROWS if row.kind in kinds or row.form in forms]
    assert chosen
    return pytest.mark.parametrize(
        "row", chosen, ids=[f"{row.request.__name__}-{row.name}" for row in chosen]
    )


with_request = pytest.mark.parametrize(
    ("request_class", "body", "table"), TABLES, ids=[table[0].__name__ for table in TABLES]
)


def place_of(body: dict, name: str):
    """The object or list that holds a property, and its key there."""
    *parents, key = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", name)]
    for parent in parents:
        body = body[parent]
    return body, key


def changed(body: dict, values: dict) -> dict:
    """A copy of the body with other values of some properties."""
    body = copy.deepcopy(body)
    for name, value in values.items():
        place, key = place_of(body, name)
        if value is MISSING:
            del place[key]
        else:
            place[key] = value
    return body


def problems(request_class: type, body) -> dict[str, str]:
    """full property name -> what is wrong with it, in the order answered; all in one 3001."""
    try:
        validated(request_class, Document(text="", value=body))
    except Fault as fault:
        assert (fault.code, fault.http_status) == ("3001", 400)
        found = {problem.field: problem.problem for problem in fault.problems}
        assert len(found) == len(fault.problems)
        return found
    return {}


@pytest.fixture(autouse=True, scope="module")
def codes_once(django_db_setup, django_db_blocker):
    """Thousands of requests, one look at the code values."""
    with django_db_blocker.unblock(), codes.read_once():
        codes.snapshot()
        yield


# --- Right requests -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_class", "body"),
    [
        (requests.CreateStudentRequest, bodies.create_student()),
        (requests.CreateStudentRequest, bodies.create_student_minimal()),
        (requests.SubmitNameRequest, bodies.submit_name()),
        (requests.SubmitNameRequest, bodies.submit_name_minimal()),
        (requests.SubmitIdentificationInformationRequest, bodies.identification()),
        (requests.SubmitIdentificationInformationRequest, bodies.identification_minimal()),
        (requests.IdentifyStudentRequest, bodies.identify()),
        (requests.IdentifyStudentRequest, bodies.identify_minimal()),
    ],
)
def test_the_builders_make_right_requests(request_class, body):
    assert problems(request_class, json.loads(json.dumps(body))) == {}


@with_request
def test_the_full_bodies_have_every_row_and_the_tables_every_property(request_class, body, table):
    rows = rows_of(request_class, body, table)
    for row in rows:
        place, key = place_of(body, row.name)
        assert key in place, row.name
    assert [row.name for row in rows] == list(names_of(request_class()))


def names_of(serializer, path: str = ""):
    """Every property of a request, in its order."""
    for name, field in serializer.fields.items():
        yield path + name
        if hasattr(field, "fields"):
            yield from names_of(field, f"{path}{name}.")
        elif hasattr(field, "child"):
            yield from names_of(field.child, f"{path}{name}[0].")


def test_what_is_read():
    request = validated(requests.CreateStudentRequest, Document("", bodies.create_student()))
    record = request["IdentificationRecord"]
    assert record["BirthDate"] == datetime.date(2012, 5, 17)
    assert record["FirstName"] == "Amélie"
    assert record["IsNameExact"] is True
    personal = request["PersonalInfo"]
    assert personal["PreferredMailingAddress"]["Street"] == "Apt 12\r\n10155 102 Street NW"
    assert personal["PreferredPhoneNumber"]["RefId"] == 0
    assert personal["Alias"]["LastUpdateUtcTime"].year == 1
    assert personal["ExtendedPersonalInfo"]["List"][1]["Values"][1] == {"Key": "B", "Value": "2"}
    minimal = validated(
        requests.CreateStudentRequest, Document("", bodies.create_student_minimal())
    )
    assert minimal["AcknowledgeSimilarStateProvinceIdList"] == frozenset()
    assert minimal["PersonalInfo"] == {"Gender": "F"}
    assert "DisclosureRestrictionInfo" not in minimal


def test_dates_are_kept_as_written_whatever_time_follows():
    record = bodies.identification_record(BirthDate="2012-05-17T23:59:59.9999999-07:00")
    body = bodies.create_student(IdentificationRecord=record)
    request = validated(requests.CreateStudentRequest, Document("", body))
    assert request["IdentificationRecord"]["BirthDate"] == datetime.date(2012, 5, 17)


# --- Missing, null, empty, of another type ------------------------------------------------------


@each(*WRONG_TYPE)
def test_missing_and_null(row):
    """Null is absent; an optional object that is null is none."""
    expected = {row.name: REQUIRED} if row.required else {}
    assert row.problems(MISSING) == expected
    assert row.problems(None) == expected


@each(*WRONG_TYPE)
def test_empty(row):
    """An optional text may be empty; nothing of another type is a text."""
    if row.kind == "String":
        assert row.problems("") == ({row.name: EMPTY} if row.required else {})
    else:
        assert row.problems("") == {row.name: WRONG_TYPE[row.kind]}


@each(*WRONG_TYPE)
def test_wrong_type(row):
    for value in OTHERS[row.kind]:
        assert row.problems(value) == {row.name: WRONG_TYPE[row.kind]}, value


@each("object")
def test_an_empty_object_lacks_what_is_required(row):
    inside = [
        each.name
        for each in ROWS
        if each.request is row.request and each.required and each.name.startswith(f"{row.name}.")
    ]
    below = len(row.name.split(".")) + 1
    expected = [name for name in inside if len(name.split(".")) == below]
    assert expected
    assert row.problems({}) == dict.fromkeys(expected, REQUIRED)


@each("List")
def test_lists_of_objects(row):
    """A required list that is empty is as good as absent. Each element is an object."""
    assert row.problems([]) == {row.name: "must have at least one element"}
    for element in (None, 5, "text", [], True):
        assert row.problems([element]) == {f"{row.name}[0]": "must be an object"}
    first = "Name" if row.name.endswith("List") else "Key"
    found = row.problems([row.value[0], {}])
    assert next(iter(found)) == f"{row.name}[1].{first}"
    assert set(found.values()) == {REQUIRED}


def test_a_list_of_nothing_but_mistakes_ends_at_200():
    body = bodies.create_student(ExtendedInfo={"List": [{}] * 20_000})
    with pytest.raises(Fault) as raised:
        validated(requests.CreateStudentRequest, Document("", body))
    assert len(raised.value.problems) == 200


@pytest.mark.parametrize("value", [MISSING, None, "", "any text\n\x1f\u2019"])
def test_a_value_under_a_key_may_be_anything_or_nothing(value):
    for name in ("ExtendedInfo", "PersonalInfo.ExtendedPersonalInfo"):
        body = changed(bodies.create_student(), {f"{name}.List[1].Values[1].Value": value})
        assert problems(requests.CreateStudentRequest, body) == {}


# --- Unknown properties -------------------------------------------------------------------------


@each("object")
def test_an_unknown_property_of_each_object(row):
    assert row.problems(
        {**place_of(row.body, row.name)[0][row.name.rpartition(".")[2]], "X": 1}
    ) == {f"{row.name}.X": UNKNOWN}


@with_request
def test_an_unknown_property_of_the_request(request_class, body, table):
    assert problems(request_class, {"X": None, **body}) == {"X": UNKNOWN}
    [name] = [name for name in body if name != "CallerInfo"][:1]
    assert problems(request_class, {name.lower(): 1, **body}) == {name.lower(): UNKNOWN}


@each("List")
def test_an_unknown_property_of_an_element(row):
    assert row.problems([{**element, "X": 1} for element in row.value]) == {
        f"{row.name}[{index}].X": UNKNOWN for index in range(len(row.value))
    }


# --- Texts --------------------------------------------------------------------------------------


@each(forms=("line", "lines", "name", "text"))
def test_lengths(row):
    if row.length is None:
        assert row.problems("x" * 5_000) == {}
    else:
        assert row.problems("x" * row.length) == {}
        assert row.problems("x" * (row.length + 1)) == {
            row.name: f"must have at most {row.length} characters"
        }


@each(forms=("exactly",))
def test_exact_lengths(row):
    assert row.problems("x" * row.length) == {}
    for length in (1, row.length - 1, row.length + 1):
        assert row.problems("x" * length) == {
            row.name: f"must have exactly {row.length} characters"
        }


@each("String")
def test_what_no_text_can_hold(row):
    for text in ("\x00", "\ud800", "x\udfff"):
        assert row.problems(text) == {row.name: UNSTORABLE}


@each(forms=("line",))
def test_single_lines(row):
    for text in ("x", "x y", "x\xa0y", "é", "ÿ", "~"):
        assert row.problems(text) == {}, text
    for text in (
        *(" x", "x ", "x  y", "x\t", "x\ny", "x\r\ny", "\x01", "\x1a", "\x1f", "\x7f", "\x80"),
        *("\x9f", "x\xa0", "\xa0x", "x\xa0 y", "\u0100", "\u2019", "e\u0301", "\U0001f600"),
    ):
        assert row.problems(text) == {row.name: LINE}, text


@each(forms=("exactly",))
def test_single_lines_of_an_exact_length(row):
    for text in ("471a", "4 71", "éÿ-~"):
        assert row.problems(text) == {}, text
    for text in (" 471", "471 ", "4  1", "47\x1f1", "471\u2019", "471\n"):
        assert row.problems(text) == {row.name: LINE}, text


@each(forms=("lines",))
def test_several_lines(row):
    """CR LF parts lines; white space within a line is a matter of rules 11015 and 11016."""
    for text in ("x", "x\r\ny", "x\r\ny\r\nz", " x  y ", "x\ty", "é ÿ"):
        assert row.problems(text) == {}, text
    for text in (
        *("x\ny", "x\ry", "x\n\ry", "\r\nx", "x\r\n", "x\r\n\r\ny", "x\r\n \r\ny", "x\r\n\t"),
        *("\x01", "\x08", "\x0e", "\x1f", "\x7f", "\x9f", "\u0100", "\u2019", "e\u0301"),
    ):
        assert row.problems(text) == {row.name: LINES}, text


@each(forms=("name",))
def test_names(row):
    """Where spaces, hyphens, apostrophes and periods may stand is a matter of the 112xx rules."""
    for letter in ACCENTED:
        assert row.problems(letter) == {}, letter
    for text in ("O'Neil", "St. John", "Jean-Luc", "J.-P.", " x", "x  y", ".", "-", "'", "ABCabc"):
        assert row.problems(text) == {}, text
    for text in (
        *("O\u2019Neil", "O\u2018Neil", "O`Neil", "O´Neil", "e\u0301", "E\u0308", "x\xa0y", "x1"),
        *("x,", "x\t", "x\n", "x\r\ny", "x\x1f", "x\x7f", "x\x85", "(x)", "x_y", "x\u2010y"),
        *("Æ", "æ", "Ð", "ð", "Ø", "ø", "Þ", "þ", "ß", "×", "÷", "Š", "Ÿ", "Œ", "Ā", "ᐊ"),
    ):
        assert row.problems(text) == {row.name: NAME}, text


@each(forms=("text",))
def test_plain_texts(row):
    """Any characters: what a telephone number may have is a matter of rules."""
    for text in (" x ", "x  y", "(4) 5", "é\n", "\u2019", "\x1f"):
        assert row.problems(text) == {}, text


@each(forms=("asn",))
def test_asns(row):
    for text in ("000000001", "999999999"):
        assert row.problems(text) == {}
    for text in ("000000000", "12345678", "1234567890", "1234-5678-9", "12345678x", "123456789\n"):
        assert row.problems(text) == {row.name: ASN}, text


@each(forms=("email",))
def test_email_addresses(row):
    longest = "x" * (254 - len("@example.org")) + "@example.org"
    for text in ("a@b", "a.b+c@example.org", "o'neil@a-b.c", "!#$%&'*/=?^_`{|}~@x", longest):
        assert row.problems(text) == {}, text
    assert row.problems("x" + longest) == {row.name: "must have at most 254 characters"}
    for text in (
        *("a", "@b", "a@", "a@b@c", "a b@c", " a@b", "a@b ", "a@b\n", "a@b_c", "<a@b>", "a,b@c"),
        *("a@b;c@d", 'a"b@c', "a\\b@c", "a(b@c", "a[b@c", "a:b@c", "é@b", "a@é", "a\u2019@b"),
        *("a\x01@b", "a\x7f@b", "a\x1c@b"),
    ):
        assert row.problems(text) == {row.name: EMAIL}, text


def test_every_character_of_an_email_address():
    r"""Against the form ^[^\s@<>()\[\],;:\\"]+@[A-Za-z0-9.-]+$ in printable ASCII."""
    before = re.compile(r'[^\s@<>()\[\],;:\\"]')
    after = re.compile(r"[A-Za-z0-9.-]")
    pattern = EmailField.pattern
    for character in map(chr, range(1, 0x180)):
        printable = character.isascii() and character.isprintable()
        assert bool(pattern.fullmatch(f"{character}@x")) == bool(
            printable and before.fullmatch(character)
        )
        assert bool(pattern.fullmatch(f"x@{character}")) == bool(after.fullmatch(character))


@each(forms=("one",))
def test_one_of(row):
    for text in ("Y", "N", "U"):
        assert row.problems(text) == {}
    for text in ("y", "X", "YN", "Y ", "Yes", "Y,N"):
        assert row.problems(text) == {row.name: "must be one of Y, N, U"}


# --- Code values --------------------------------------------------------------------------------


@each(forms=("code",))
def test_codes(row):
    known = codes.code_list(row.length)
    assert known
    for code in known:
        assert row.problems(code) == {}, code
    some = next(iter(known))
    for text in ("Unknown", f"{some} ", f" {some}", f"{some}\n", f"{some}\u0301", "\u2019"):
        assert row.problems(text) == {row.name: f"is not a value of code list {row.length}"}, text


@pytest.mark.parametrize("code", ["MAILING", "mailing"])
def test_codes_are_case_sensitive(code):
    name = "PersonalInfo.PreferredMailingAddress.AddressType"
    body = changed(bodies.create_student(), {name: code})
    assert problems(requests.CreateStudentRequest, body) == {
        name: "is not a value of code list AddressType"
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("PersonalInfo.Section23Eligibility", "A"),
        ("IdentificationRecord.DocumentType", "StudentDocumentVerified"),
        ("IdentificationRecord.DocumentType", "SupportingDocumentNoLongerAvailable"),
        ("PersonalInfo.PreferredMailingAddress.AddressType", "Physical"),
    ],
)
def test_codes_that_rules_refuse_are_of_the_contract(name, code):
    body = changed(bodies.create_student(), {name: code})
    assert problems(requests.CreateStudentRequest, body) == {}


# --- Numbers and times --------------------------------------------------------------------------


@each(*RANGES)
def test_ranges(row):
    lowest, highest = RANGES[row.kind]
    for number in (lowest, 0, highest):
        assert row.problems(number) == {}
    for number in (lowest - 1, highest + 1, 10**30, -(10**30)):
        assert row.problems(number) == {row.name: f"must be between {lowest} and {highest}"}


@each("Day", "Instant")
def test_times(row):
    for text in ("2026-01-01", "0001-01-01", "9999-12-31", "2026-01-01T10:00:00.1234567-07:00"):
        assert row.problems(text) == {}
    for text in ("", " 2026-01-01", "2026-01-01 10:00", "2026-13-01", "2026-01-01T24:00", "today"):
        assert row.problems(text) == {row.name: WRONG_TYPE[row.kind]}, text


# --- Acknowledged ASNs --------------------------------------------------------------------------

ACKNOWLEDGED = "AcknowledgeSimilarStateProvinceIdList"


def acknowledged(value) -> frozenset:
    body = bodies.create_student_minimal() | {ACKNOWLEDGED: value}
    return validated(requests.CreateStudentRequest, Document("", body))[ACKNOWLEDGED]


def test_acknowledged_asns_without_hyphens_malformed_ones_ignored():
    assert acknowledged(
        [
            *("1234-5678-9", "000000001", "000000001", "2-0-0-0-0-0-0-0-2", "", "-", "000000000"),
            *("12345678", "1234567890", "12345678x", " 300000003", "٣00000003", "300000003\n"),
        ]
    ) == {"123456789", "000000001", "200000002"}
    assert acknowledged([]) == acknowledged(None) == frozenset()


@each("Asns")
def test_elements_that_are_not_texts_are_named(row):
    assert row.problems(["123456789", 123456789, None, "x", ["1"], {}, True, "\x00", "\ud800"]) == {
        **{f"{row.name}[{index}]": TEXT for index in (1, 2, 4, 5, 6)},
        **{f"{row.name}[{index}]": UNSTORABLE for index in (7, 8)},
    }


@each("Asns")
def test_at_most_a_thousand(row):
    assert row.problems(["123456789"] * 1_000) == {}
    assert row.problems(["123456789"] * 1_001) == {row.name: "may have at most 1000 ASNs"}


# --- What contradicts itself --------------------------------------------------------------------

NOTHING_TO_DELETE = "must name the record to delete; 0 is a new name"


def test_deleting_a_name_needs_its_ref_id():
    wrong = bodies.submit_name(DeleteName=True)
    assert problems(requests.SubmitNameRequest, wrong) == {"Name.RefId": NOTHING_TO_DELETE}
    for ref_id in (1, -1, 2_147_483_647):
        body = bodies.submit_name(DeleteName=True, Name=bodies.name(RefId=ref_id))
        assert problems(requests.SubmitNameRequest, body) == {}
    assert problems(requests.SubmitNameRequest, bodies.submit_name(DeleteName=False)) == {}


def test_that_is_said_together_with_all_else_in_order():
    body = bodies.submit_name(
        DeleteName=True,
        IsPreferred="no",
        Name={"FirstName": "", "RefId": 0, "Suffix": 5, "Extra": 1},
        StateProvinceId="5",
        Extra=1,
    )
    assert list(problems(requests.SubmitNameRequest, body).items()) == [
        ("IsPreferred", "must be true or false"),
        ("Name.FirstName", EMPTY),
        ("Name.LastName", REQUIRED),
        ("Name.RefId", NOTHING_TO_DELETE),
        ("Name.Suffix", TEXT),
        ("Name.Extra", UNKNOWN),
        ("StateProvinceId", ASN),
        ("Extra", UNKNOWN),
    ]
    body = bodies.submit_name(DeleteName=True, IsPreferred=1, StateProvinceId=5)
    assert list(problems(requests.SubmitNameRequest, body)) == [
        *("IsPreferred", "Name.RefId", "StateProvinceId")
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (MISSING, {"Name": REQUIRED}),
        ([], {"Name": "must be an object"}),
        ({"FirstName": "A", "LastName": "B", "RefId": None}, {"Name.RefId": REQUIRED}),
        ({"FirstName": "A", "LastName": "B", "RefId": "0"}, {"Name.RefId": "must be an integer"}),
        ({"FirstName": "A", "LastName": "B", "RefId": False}, {"Name.RefId": "must be an integer"}),
        ({"FirstName": "A", "LastName": "B", "RefId": 0.0}, {"Name.RefId": "must be an integer"}),
    ],
)
def test_a_property_has_one_problem(name, expected):
    body = changed(bodies.submit_name(DeleteName=True), {"Name": name})
    assert problems(requests.SubmitNameRequest, body) == expected


AGE_OR_DATE = "is required unless there is an ApproximateAge"


@pytest.mark.parametrize("value", [MISSING, None])
def test_a_birth_date_or_an_age_is_needed(value):
    body = changed(bodies.identify(), {"BirthDate": value, "ApproximateAge": value})
    assert problems(requests.IdentifyStudentRequest, body) == {"BirthDate": AGE_OR_DATE}
    for name in ("BirthDate", "ApproximateAge"):
        body = changed(bodies.identify(), {name: value})
        assert problems(requests.IdentifyStudentRequest, body) == {}


def test_that_too_is_said_together_with_all_else_in_order():
    body = {"LastName": "x1", "MiddleName": 5, "StateProvinceId": "x", "Extra": 1}
    assert list(problems(requests.IdentifyStudentRequest, body).items()) == [
        ("CallerInfo", REQUIRED),
        ("FirstName", REQUIRED),
        ("LastName", NAME),
        ("MiddleName", TEXT),
        ("BirthDate", AGE_OR_DATE),
        ("StateProvinceId", ASN),
        ("Extra", UNKNOWN),
    ]


def test_a_wrong_age_or_date_is_one_all_the_same():
    body = changed(bodies.identify_minimal(), {"BirthDate": "today"})
    assert problems(requests.IdentifyStudentRequest, body) == {"BirthDate": WRONG_TYPE["Day"]}
    body = bodies.identify(BirthDate=None, ApproximateAge=100)
    assert problems(requests.IdentifyStudentRequest, body) == {
        "ApproximateAge": "must be between 0 and 99"
    }


def test_defaults_of_a_search():
    request = validated(requests.IdentifyStudentRequest, Document("", bodies.identify_minimal()))
    assert request["IncludeAllQualities"] is False
    assert request["IncludeDisclosureRestricted"] is False


# --- Everything at once -------------------------------------------------------------------------


@with_request
def test_everything_that_is_wrong_is_said_at_once_and_in_order(request_class, body, table):
    rows = rows_of(request_class, body, table)
    leaves = [row for row in rows if row.kind not in ("object", "List")]
    wrong = changed(body, {row.name: OTHERS[row.kind][0] for row in leaves} | {"X": 1})
    assert list(problems(request_class, wrong).items()) == [
        *((row.name, WRONG_TYPE[row.kind]) for row in leaves),
        ("X", UNKNOWN),
    ]


def test_full_names_within_lists():
    body = changed(
        bodies.create_student(),
        {
            "PersonalInfo.Gender": "Q",
            "PersonalInfo.ExtendedPersonalInfo.List[0].Values": [
                {"Key": "A"},
                {"Key": "", "Value": 5, "X": 1},
            ],
            "PersonalInfo.ExtendedPersonalInfo.List[1].Name": " x",
            "ExtendedInfo.List[1].Values[1]": None,
            "AcknowledgeSimilarStateProvinceIdList": ["x", 5],
        },
    )
    assert list(problems(requests.CreateStudentRequest, body).items()) == [
        ("AcknowledgeSimilarStateProvinceIdList[1]", TEXT),
        ("ExtendedInfo.List[1].Values[1]", "must be an object"),
        ("PersonalInfo.ExtendedPersonalInfo.List[0].Values[1].Key", EMPTY),
        ("PersonalInfo.ExtendedPersonalInfo.List[0].Values[1].Value", TEXT),
        ("PersonalInfo.ExtendedPersonalInfo.List[0].Values[1].X", UNKNOWN),
        ("PersonalInfo.ExtendedPersonalInfo.List[1].Name", LINE),
        ("PersonalInfo.Gender", "is not a value of code list Gender"),
    ]


def test_requests_at_the_same_time_do_not_mix():
    """One serializer serves all threads. SubmitName has no code values: no database is needed."""

    def read(number: int) -> str:
        body = bodies.submit_name(StateProvinceId=f"{number:09d}", PASICoreVersion=number)
        if number % 2:
            body["SourceChangeCode"] = 100_000 + number
            return str(problems(requests.SubmitNameRequest, body))
        request = validated(requests.SubmitNameRequest, Document("", body))
        return f"{request['StateProvinceId']} {request['PASICoreVersion']}"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(read, range(1, 2_000)))
    for number, answer in enumerate(answers, start=1):
        expected = (
            str({"SourceChangeCode": "must be between -32768 and 32767"})
            if number % 2
            else f"{number:09d} {number}"
        )
        assert answer == expected


# --- The published schema -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def document():
    """The OpenAPI document of services that have these requests."""
    services = [
        type(
            request.__name__,
            (Service,),
            {
                "__doc__": "A service.",
                "operation": request.__name__,
                "request_serializer": request,
                "response_serializer": requests.KeyValuePairSerializer,
            },
        )
        for request, _, _ in TABLES
    ]
    views = [path(service.operation, service_view(service)) for service in services]
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        made = SchemaGenerator(patterns=views).get_schema(request=None, public=True)
        assert not GENERATOR_STATS
    validate_schema(made)
    return made


def judge(document: dict, request_class: type) -> Draft202012Validator:
    reference = {"$ref": f"#/components/schemas/{request_class.__name__}"}
    return Draft202012Validator({**reference, "components": document["components"]})


def test_codes_are_named_not_listed_in_the_schema(document):
    gender = document["components"]["schemas"]["BasicPersonalInfo"]["properties"]["Gender"]
    assert gender["type"] == "string"
    assert "enum" not in gender
    assert "code list Gender" in gender["description"]


@with_request
def test_the_schema_allows_what_is_right(document, request_class, body, table):
    judging = judge(document, request_class)
    assert not list(judging.iter_errors(body))
    for row in rows_of(request_class, body, table):
        if not row.required:
            for value in (MISSING, None, *([""] if row.kind == "String" else [])):
                assert judging.is_valid(changed(body, {row.name: value})), (row.name, value)


@with_request
def test_the_schema_forbids_what_is_wrong(document, request_class, body, table):
    """What it cannot say: which dates exist, which codes there are."""
    judging = judge(document, request_class)
    wrong_text = {"line": "x ", "lines": "x\ny", "name": "x1", "email": "x", "asn": "x"}
    assert not judging.is_valid({**body, "X": 1})
    for row in rows_of(request_class, body, table):
        values = [value for value in OTHERS[row.kind] if row.kind not in ("Day", "Instant")]
        values = [value for value in values if value != 1.0]  # JSON Schema calls it an integer
        if row.required:
            values += [MISSING, None]
        if row.form in wrong_text:
            values.append(wrong_text[row.form])
        if isinstance(row.length, int):
            values.append("x" * (row.length + 1))
        if row.kind in RANGES:
            values += [RANGES[row.kind][0] - 1, RANGES[row.kind][1] + 1]
        for value in values:
            assert not judging.is_valid(changed(body, {row.name: value})), (row.name, value)
