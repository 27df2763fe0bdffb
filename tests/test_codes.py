"""Code values as each process keeps them: right at any time, and asked for once a request."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from rest_framework.exceptions import ValidationError

from pasi import codes, reading_json
from pasi.fields import CodeField
from pasi.models import Code
from students import requests
from tests.province_builder import set_up
from tests.students import bodies


def edit(code_type: str, code: str, **values) -> None:
    """What staff do: a recorded change with its history."""
    with set_up():
        change(code_type, code, **values)


def change(code_type: str, code: str, **values) -> None:
    found = Code.objects.get(code_type=code_type, code=code)
    for name, value in values.items():
        setattr(found, name, value)
    found.save()


def elsewhere(work, *arguments, **values) -> None:
    """Carry out in another thread, which has a connection of its own."""

    def alone():
        try:
            work(*arguments, **values)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(alone).result()


def name_of(code_type: str, code: str) -> str:
    return codes.code_list(code_type)[code].short_name


# --- What is kept -------------------------------------------------------------------------------


def test_every_code_value_is_there(db):
    expected = {}
    for row in Code.objects.all():
        expected.setdefault(row.code_type, {})[row.code] = codes.CodeValue(
            row.code,
            row.short_name,
            row.effective_school_year,
            row.expiry_school_year,
            row.may_be_submitted,
            row.quality,
        )
    assert codes.snapshot() == expected
    assert codes.code_list("Gender")["X"].short_name == "Unspecified"
    assert codes.code_list("NoSuchList") == {}


def test_what_is_kept_cannot_be_changed(db):
    for mapping in (codes.snapshot(), codes.code_list("Gender"), codes.code_list("NoSuchList")):
        with pytest.raises(TypeError):
            mapping["M"] = None
    with pytest.raises(AttributeError):
        codes.code_list("Gender")["M"].short_name = "x"


def test_what_may_be_submitted_and_qualities(db):
    assert not codes.code_list("Section23Eligibility")["A"].may_be_submitted
    documents = codes.code_list("SourceDocumentType")
    assert {code for code, value in documents.items() if not value.may_be_submitted} == {
        "StudentDocumentVerified",
        "StudentDocumentSupported",
        "StudentDocumentSelfDeclared",
        "SupportingDocumentNoLongerAvailable",
    }
    assert {value.quality for value in documents.values()} == {100, 200, 250, 300}
    assert {value.quality for value in codes.code_list("Gender").values()} == {None}


@pytest.mark.parametrize(
    ("effective", "expiry", "in_effect", "taken_effect"),
    [
        (None, None, {2018, 2019, 2020, 2021, 2022}, {2018, 2019, 2020, 2021, 2022}),
        (2019, None, {2019, 2020, 2021, 2022}, {2019, 2020, 2021, 2022}),
        (None, 2021, {2018, 2019, 2020, 2021}, {2018, 2019, 2020, 2021, 2022}),
        (2019, 2021, {2019, 2020, 2021}, {2019, 2020, 2021, 2022}),
        (2020, 2020, {2020}, {2020, 2021, 2022}),
    ],
)
def test_school_years(effective, expiry, in_effect, taken_effect):
    value = codes.CodeValue("x", "X", effective, expiry, True, None)
    years = range(2018, 2023)
    assert {year for year in years if value.is_in_effect(year)} == in_effect
    assert {year for year in years if value.has_taken_effect(year)} == taken_effect


# --- When it is read again ----------------------------------------------------------------------


def test_queries(db, django_assert_num_queries):
    edit("Gender", "X", short_name="Another")
    with django_assert_num_queries(2):
        assert name_of("Gender", "X") == "Another"
    with django_assert_num_queries(1):
        codes.snapshot()
    with django_assert_num_queries(1), codes.read_once():
        codes.snapshot()
        codes.code_list("Gender")
        with codes.read_once():
            codes.code_list("AddressType")
        codes.snapshot()
    with django_assert_num_queries(0), codes.read_once():
        pass


@pytest.mark.parametrize(
    ("request_class", "body", "queries"),
    [
        (requests.CreateStudentRequest, bodies.create_student(), 1),
        (requests.SubmitIdentificationInformationRequest, bodies.identification(), 1),
        (requests.SubmitNameRequest, bodies.submit_name(), 0),
        (requests.IdentifyStudentRequest, bodies.identify(), 0),
    ],
)
def test_a_request_asks_once(db, django_assert_num_queries, request_class, body, queries):
    codes.snapshot()
    for _ in range(2):
        with django_assert_num_queries(queries):
            reading_json.validated(request_class, reading_json.Document("", body))


def test_within_one_request_the_codes_stay(db):
    with codes.read_once():
        before = codes.snapshot()
        edit("Gender", "X", short_name="Another")
        assert codes.snapshot() is before
    assert name_of("Gender", "X") == "Another"
    with pytest.raises(ZeroDivisionError), codes.read_once():
        codes.snapshot()
        _ = 1 / 0
    edit("Gender", "X", short_name="Yet another")
    assert name_of("Gender", "X") == "Yet another"


def test_new_and_removed_codes(db):
    codes.snapshot()
    with set_up():
        made = Code.objects.create(code_type="Gender", code="Z", short_name="Zed")
    assert name_of("Gender", "Z") == "Zed"
    with set_up():
        made.delete()
    assert "Z" not in codes.code_list("Gender")


def test_what_is_rolled_back_is_forgotten(db):
    with pytest.raises(ZeroDivisionError), set_up():
        change("Gender", "X", short_name="Another")
        assert name_of("Gender", "X") == "Another"
        _ = 1 / 0
    assert name_of("Gender", "X") == "Unspecified"
    edit("Gender", "M", short_name="Man")
    assert name_of("Gender", "X") == "Unspecified"


def test_an_edit_of_another_connection_is_seen_at_once(committed_database):
    assert name_of("Gender", "X") == "Unspecified"
    elsewhere(edit, "Gender", "X", short_name="Another")
    assert name_of("Gender", "X") == "Another"
    elsewhere(edit, "Gender", "X", expiry_school_year=1999)
    assert not codes.code_list("Gender")["X"].is_in_effect(2000)


def test_of_two_edits_the_earlier_may_be_committed_later(committed_database):
    """The newest row of the history stays the same then."""
    with set_up():  # one transaction
        change("Gender", "X", short_name="First")
        elsewhere(edit, "Gender", "M", short_name="Second")
        elsewhere(_sees, {"X": "Unspecified", "M": "Second"})
    elsewhere(_sees, {"X": "First", "M": "Second"})


def _sees(expected: dict[str, str]) -> None:
    assert {code: name_of("Gender", code) for code in expected} == expected


def test_threads_do_not_share_what_one_holds(committed_database):
    with codes.read_once():
        codes.snapshot()
        elsewhere(edit, "Gender", "X", short_name="Another")
        elsewhere(_sees, {"X": "Another"})
        _sees({"X": "Unspecified"})
    _sees({"X": "Another"})


# --- A field for codes --------------------------------------------------------------------------


def problem_of(field: CodeField, text: str) -> str:
    try:
        field.run_validation(text)
    except ValidationError as error:
        return str(error.detail[0])
    return ""


def test_a_code_counts_in_the_current_school_year(db, settings):
    edit("PhoneType", "Home", effective_school_year=2019, expiry_school_year=2021)
    strict, lenient = CodeField("PhoneType"), CodeField("PhoneType", accepts_expired=True)
    not_yet = "is a value of code list PhoneType not in effect in 2017/2018"
    expired = "is a value of code list PhoneType not in effect in 2021/2022"
    for year, of_the_strict, of_the_lenient in (
        (2018, not_yet, not_yet),
        (2019, "", ""),
        (2020, "", ""),
        (2021, "", ""),
        (2022, expired, ""),
    ):
        settings.PASI_CURRENT_SCHOOL_YEARS = [year]
        assert problem_of(strict, "Home") == of_the_strict
        assert problem_of(lenient, "Home") == of_the_lenient
    settings.PASI_CURRENT_SCHOOL_YEARS = [2022, 2021]  # of two the earlier is used
    assert problem_of(strict, "Home") == ""
    settings.PASI_CURRENT_SCHOOL_YEARS = []
    settings.PASI_TODAY = datetime.date(2021, 8, 31)
    assert problem_of(strict, "Home") == ""
    settings.PASI_TODAY = datetime.date(2021, 9, 1)
    assert problem_of(strict, "Home") == expired


def test_section_23_takes_expired_codes_and_the_others_do_not(db):
    edit("Section23Eligibility", "C", expiry_school_year=1999)
    edit("CitizenshipStatus", "5", expiry_school_year=1999)
    body = bodies.create_student(PersonalInfo=bodies.personal_info(Section23Eligibility="C"))
    with pytest.raises(reading_json.Fault) as raised:
        reading_json.validated(requests.CreateStudentRequest, reading_json.Document("", body))
    assert [problem.field for problem in raised.value.problems] == [
        "PersonalInfo.CitizenshipStatus"
    ]


def test_a_list_that_does_not_exist_has_no_values(db):
    field = CodeField("NoSuchList")
    assert problem_of(field, "x") == "is not a value of code list NoSuchList"
