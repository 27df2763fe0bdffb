"""The request of SubmitStudentSchoolEnrolment against its contract, row by row: 3001 for each."""

import copy
import datetime
import json
from uuid import UUID

import pytest
from django.urls import path
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from enrolments.requests import SubmitStudentSchoolEnrolmentRequest
from enrolments.services import SubmitStudentSchoolEnrolment
from pasi import codes
from pasi.faults import Fault
from pasi.reading_json import Document, validated
from pasi.views import service_view
from tests.enrolments import bodies

# Property, type, required, form; in the order of the contract. `[n]` is a list of at most n codes.
TABLE = """
StateProvinceId                          | String  | Yes | asn
RefId                                    | Guid    | Yes |
PASICoreVersion                          | Int64   | Yes |
SchoolCode                               | String  | Yes | school
SchoolYear                               | Int16   | Yes |
Grade                                    | Code    | Yes | Grade
ProgrammingType                          | Code    | Yes | ProgrammingType
ProgrammingTimeframe                     | Code    | Yes | ProgrammingTimeframe
RegistrationStartDate                    | Day     | Yes |
RegistrationExitDate                     | Day     | Yes |
ExitDateType                             | Code    | Yes | ExitDateType
IsDeleted                                | Boolean | Yes |
EnrolmentTypeCodes                       | Codes   | No  | 3
GrantsProgramCodes                       | Codes   | No  | 3
ExceptionCodes                           | Codes   | No  | 2
ResidentBoard                            | String  | No  | board
FNMIDeclaration                          | String  | No  | code
FrenchHoursOfInstruction                 | Hours   | No  |
SchoolAuthorityProvidedProgramPercentage | Percent | No  |
LocalStudentId                           | String  | No  | line
SourceChangeCode                         | Int16   | No  |
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.strip().splitlines()]

REQUIRED = "is required"
EMPTY = "is required and must not be empty"
TEXT = "must be a text"
CODE = "must be a code of one to four digits"
DAY = "must be a date as YYYY-MM-DD, alone or followed by a time"
LINE = (
    "must not have control characters, leading, trailing or doubled spaces, "
    "or characters beyond U+00FF"
)
RANGES = {
    "Int16": (-32_768, 32_767),
    "Int64": (-(2**63), 2**63 - 1),
    "Hours": (1, 9_999),
    "Percent": (0, 100),
}
WRONG_TYPE = {
    "String": TEXT,
    "Code": TEXT,
    "Guid": TEXT,
    "Day": DAY,
    "Boolean": "must be true or false",
    "Codes": "must be a list of codes",
    **dict.fromkeys(RANGES, "must be an integer"),
}
OTHERS = {
    **{key: [5, 1.5, True, [], ["a"], {}] for key in ("String", "Code", "Guid")},
    "Day": [20260901, 1.5, True, [], {}, "20260901", "2026-02-30", "01/09/2026", "2026-9-1"],
    "Boolean": [0, 1, "true", "false", [], {}],
    "Codes": [5, True, "121", "", {}, {"0": "121"}],
    **{key: [1.5, True, "5", [], {}] for key in RANGES},
}
MISSING = object()
GUID = "must be a Guid of 36 characters"
FORMS = {
    # form: (what is right, what is wrong, what is said of it)
    "asn": (
        ["000000001", "999999999"],
        ["000000000", "12345678", "1234567890", "1234-5678-9", "123456789\n", "٣23456789"],
        "must be nine digits, 000000001 to 999999999",
    ),
    "school": (
        ["S.0000", "S.9999"],
        ["s.0001", "A.0001", "O.1", "S.001", "S.00001", "S0001", " S.0001", "S.0001\n", "S.٣001"],
        "must be a school code: S. and four digits",
    ),
    "board": (
        ["0000", "9999"],
        ["1", "00001", "A.0001", "001x", " 0001", "0001\n", "٣001"],
        "must be the four digits of an authority's code",
    ),
    "code": (["0", "331", "9999"], ["x", "12345", "1.5", " 1", "1\n", "٣"], CODE),
    "line": (
        ["x", "x y", "é ÿ", "x" * 15],
        [" x", "x ", "x  y", "x\t", "x\ny", "\x7f", "\u2019"],
        LINE,
    ),
}


def each(*kinds: str):
    chosen = [row for row in ROWS if row[1] in kinds]
    assert chosen
    return pytest.mark.parametrize("row", chosen, ids=[row[0] for row in chosen])


def with_value(name, value) -> dict:
    body = copy.deepcopy(bodies.enrolment())
    if value is MISSING:
        del body[name]
    else:
        body[name] = value
    return body


def problems(body) -> dict[str, str]:
    """full property name -> what is wrong with it; all in one 3001."""
    try:
        validated(SubmitStudentSchoolEnrolmentRequest, Document(text="", value=body))
    except Fault as fault:
        assert (fault.code, fault.http_status) == ("3001", 400)
        return {problem.field: problem.problem for problem in fault.problems}
    return {}


@pytest.fixture(autouse=True, scope="module")
def codes_once(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), codes.read_once():
        codes.snapshot()
        yield


def test_the_table_has_every_property():
    names = [name for name in SubmitStudentSchoolEnrolmentRequest().fields if name != "CallerInfo"]
    assert [row[0] for row in ROWS] == names
    assert set(bodies.enrolment()) == {"CallerInfo", *names}


def test_right_requests():
    assert problems(json.loads(json.dumps(bodies.enrolment()))) == {}
    assert problems(bodies.enrolment_minimal()) == {}


def test_what_is_read():
    read = validated(
        SubmitStudentSchoolEnrolmentRequest, Document(text="", value=bodies.enrolment())
    )
    assert read["RefId"] == UUID(bodies.REFERENCE)
    assert read["RegistrationStartDate"] == datetime.date(2026, 9, 1)
    assert read["EnrolmentTypeCodes"] == ("330", "121")
    absent = validated(
        SubmitStudentSchoolEnrolmentRequest, Document(text="", value=bodies.enrolment_minimal())
    )
    assert absent["EnrolmentTypeCodes"] == absent["ExceptionCodes"] == ()
    assert "ResidentBoard" not in absent


@each(*WRONG_TYPE)
def test_missing_and_null(row):
    name, _, required, _ = row
    expected = {name: REQUIRED} if required == "Yes" else {}
    assert problems(with_value(name, MISSING)) == expected
    assert problems(with_value(name, None)) == expected


@each(*WRONG_TYPE)
def test_empty(row):
    name, kind, required, _ = row
    found = problems(with_value(name, ""))
    if kind in ("String", "Code", "Guid"):
        assert found == ({name: EMPTY} if required == "Yes" else {})
    else:
        assert found == {name: WRONG_TYPE[kind]}


@each(*WRONG_TYPE)
def test_wrong_type(row):
    name, kind, _, _ = row
    for value in OTHERS[kind]:
        assert problems(with_value(name, value)) == {name: WRONG_TYPE[kind]}, value


@each("String")
def test_forms(row):
    name, _, _, form = row
    right, wrong, said = FORMS[form]
    for text in right:
        assert problems(with_value(name, text)) == {}, text
    for text in wrong:
        assert problems(with_value(name, text)) == {name: said}, text
    for text in ("\x00", "\ud800"):
        found = problems(with_value(name, text))
        assert found[name].startswith("has a character that cannot be stored")


def test_the_length_of_a_local_id():
    assert problems(with_value("LocalStudentId", "x" * 16)) == {
        "LocalStudentId": "must have at most 15 characters"
    }


@each("Code")
def test_closed_code_lists(row):
    name, _, _, code_type = row
    for code in codes.code_list(code_type):
        assert problems(with_value(name, code)) == {}
    for code in ("Unknown", "regular", "13", "EC "):
        assert problems(with_value(name, code)) == {
            name: f"is not a value of code list {code_type}"
        }


@each("Codes")
def test_open_code_lists(row):
    """Codes that nobody knows are accepted; so is one that is there twice."""
    name, _, _, most = row
    most = int(most)
    for value in ([], ["0"], ["9999", "9999"][:most], ["7"] * most):
        assert problems(with_value(name, value)) == {}
    assert problems(with_value(name, ["7"] * (most + 1))) == {
        name: f"may have at most {most} codes"
    }
    for code, said in (
        (5, TEXT),
        (None, TEXT),
        ([], TEXT),
        ("", CODE),
        ("x", CODE),
        ("12345", CODE),
    ):
        assert problems(with_value(name, ["121", code])) == {f"{name}[1]": said}


@each("Guid")
def test_guids(row):
    name = row[0]
    for text in (bodies.REFERENCE.lower(), bodies.REFERENCE.upper()):
        assert problems(with_value(name, text)) == {}
    plain = bodies.REFERENCE.replace("-", "")
    for text in ("x", plain, f"{{{bodies.REFERENCE}}}", f"{bodies.REFERENCE}\n"):
        assert problems(with_value(name, text)) == {name: GUID}


@each(*RANGES)
def test_ranges(row):
    name, kind, _, _ = row
    lowest, highest = RANGES[kind]
    for number in (lowest, highest):
        assert problems(with_value(name, number)) == {}
    for number in (lowest - 1, highest + 1, 10**30):
        assert problems(with_value(name, number)) == {
            name: f"must be between {lowest} and {highest}"
        }


def test_everything_that_is_wrong_is_said_at_once_and_in_order():
    wrong = {**bodies.enrolment(), **{row[0]: OTHERS[row[1]][0] for row in ROWS}, "X": 1}
    assert list(problems(wrong).items()) == [
        *((row[0], WRONG_TYPE[row[1]]) for row in ROWS),
        ("X", "is not a property of the contract"),
    ]


def test_the_published_schema():
    views = [path("x", service_view(SubmitStudentSchoolEnrolment))]
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        made = SchemaGenerator(patterns=views).get_schema(request=None, public=True)
        assert not GENERATOR_STATS
    validate_schema(made)
    judging = Draft202012Validator(
        {
            "$ref": "#/components/schemas/SubmitStudentSchoolEnrolmentRequest",
            "components": made["components"],
        }
    )
    assert judging.is_valid(bodies.enrolment())
    assert judging.is_valid(bodies.enrolment_minimal())
    for name, kind, required, form in ROWS:
        for value in (MISSING, None):
            assert judging.is_valid(with_value(name, value)) is (required == "No"), name
        wrong = [value for value in OTHERS[kind] if not (kind == "Day" and type(value) is str)]
        if form in FORMS:
            wrong += [text for text in FORMS[form][1] if text.isascii() and "\n" not in text]
        if kind in RANGES:
            wrong += [RANGES[kind][0] - 1, RANGES[kind][1] + 1]
        if kind == "Codes":
            wrong += [["7"] * (int(form) + 1), ["x"], [5], [None]]
        for value in wrong:
            assert not judging.is_valid(with_value(name, value)), (name, value)
