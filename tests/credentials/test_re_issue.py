"""SubmitCredentialReIssue over HTTP: what it changes, what it leaves, what it refuses."""

import datetime
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall, ServiceResponse
from credentials.models import (
    ArchivedCredential,
    AwardedCredential,
    IssuedCredentialNumber,
)
from enrolments.models import CourseEnrolmentTrigger, ResponsibleSchoolTrigger, TranscriptTrigger
from pasi import bulk
from students.models import Student
from tests.credentials.calls import graduate
from tests.credentials.conftest import TODAY
from tests.credentials.officer import (
    RE_ISSUE,
    Officer,
    applied,
    make_officer,
    named,
    order,
    printed,
    refused,
    with_identity,
)
from tests.credentials.officer import award as award
from tests.credentials.officer import officer as officer
from tests.http.conftest import errors, fault
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import (
    caller_info,
    make_award,
    make_client,
    make_school,
    make_student,
    make_token,
    set_up,
)

date = datetime.date
OBJECT = "AwardedStudentCredential"
QUERIES, MOVING_MATURITY = 25, 5  # through HTTP, with the look at the token


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    assert_database_is_sound()
    assert_every_call_is_answered()


@pytest.fixture
def student(db) -> Student:
    with set_up():
        return graduate(middle_name="King", suffix="III")


# --- What it does -------------------------------------------------------------------------------


def test_another_school_year(award, officer, student):
    answer = applied(officer.re_issue(award, SchoolYear=2025))
    now = AwardedCredential.objects.get(pk=award.pk)
    assert answer == {
        "StateProvinceId": student.asn,
        "CredentialNumber": now.number_id,
        "CredentialType": "AHSD",
        "PASICoreVersion": now.version,
        "Rejections": [],
    }
    assert now.number_id != award.number_id
    assert now.version > award.version
    assert (now.school_year, now.awarded_on, now.is_deleted) == (2025, TODAY, False)
    assert now.full_name == award.full_name == "Ada King Byron III"
    assert now.created_at == award.created_at
    assert now.updated_at > award.updated_at


def test_the_former_number_is_archived_as_it_was(award, officer):
    with set_up():
        award.awarded_on = date(2026, 2, 3)
        award.legacy_number = "L-7"
        award.save()
    response = officer.re_issue(award, SchoolYear=2025)
    archived = ArchivedCredential.objects.get()
    assert archived.award_id == award.pk
    for name in (
        *("credential_type", "number_id", "school_year", "first_name", "middle_name", "last_name"),
        *("suffix", "awarded_on", "legacy_number", "is_deleted", "delete_reason", "version"),
    ):
        assert getattr(archived, name) == getattr(award, name), name
    assert str(archived.call_id) == response.headers["PASI-Message-Id"]
    assert set(IssuedCredentialNumber.objects.values_list("number", flat=True)) == {
        *(award.number_id, response.json()["CredentialNumber"])
    }


def test_the_legal_name_is_changed_first_and_then_printed(award, officer, student):
    with_identity(student, LastName="Lovelace", Suffix=None)
    applied(officer.re_issue(award, LastName="Lovelace", Suffix=None))
    now = AwardedCredential.objects.get(pk=award.pk)
    assert now.full_name == "Ada King Lovelace"
    assert ArchivedCredential.objects.get().full_name == "Ada King Byron III"


def test_with_another_year_the_awarded_name_may_stay(award, officer, student):
    with_identity(student, LastName="Lovelace")
    applied(officer.re_issue(award, SchoolYear=2024))
    assert AwardedCredential.objects.get(pk=award.pk).last_name == "Byron"


@pytest.mark.parametrize(("sent", "kept"), [("OLD 77/b", "OLD 77/b"), ("", ""), (None, "")])
def test_the_legacy_number_is_replaced_or_taken_away(award, officer, sent, kept):
    with set_up():
        award.legacy_number = "L-7"
        award.save()
    applied(officer.re_issue(award, SchoolYear=2025, LegacyCredentialNumber=sent))
    assert AwardedCredential.objects.get(pk=award.pk).legacy_number == kept
    assert officer.found("L-7")["MatchedBy"] == "ArchivedLegacy"


def test_history_and_audit(award, officer, student):
    response = officer.re_issue(award, SchoolYear=2025)
    call = ServiceCall.objects.get(pk=response.headers["PASI-Message-Id"])
    assert (call.operation, call.user_name) == (RE_ISSUE, "Rita Clerk")
    assert (call.organization_code, call.software_product) == ("O.1", "Suite")
    recorded = ServiceResponse.objects.get(call=call)
    assert (recorded.outcome, recorded.body) == ("Applied", response.json())
    assert recorded.state_province_ids == [student.asn]
    rows = AwardedCredential.history.filter(id=award.pk).order_by("history_id")
    assert [(row.history_type, row.school_year) for row in rows] == [("+", 2026), ("~", 2025)]
    assert rows.last().call == call


def test_triggers(award, officer, student):
    applied(officer.re_issue(award, SchoolYear=2027))
    now = AwardedCredential.objects.get(pk=award.pk)
    for trigger in (TranscriptTrigger, ResponsibleSchoolTrigger):
        raised = trigger.objects.get()
        assert (raised.pk, raised.last_updated_object_name) == (student.pk, OBJECT)
        assert raised.version > now.version


def test_number_after_number(award, officer):
    numbers = [award.number_id]
    for year in (2025, 2026, 2024, 2026):
        award.refresh_from_db()
        numbers.append(applied(officer.re_issue(award, SchoolYear=year))["CredentialNumber"])
    assert len(set(numbers)) == 5
    archived = ArchivedCredential.objects.order_by("id").values_list("number", flat=True)
    assert list(archived) == numbers[:-1]
    assert officer.found(numbers[0])["PriorCredentialNumbers"] == numbers[:-1]


# --- The maturity date --------------------------------------------------------------------------


def test_an_earlier_year_makes_mature_earlier(officer):
    """The student's version rises, and what starts in between is looked at again."""
    with set_up():
        school = make_school()
        starts = [date(2025, 8, 31), date(2025, 9, 1), date(2026, 9, 1), date(2026, 9, 2)]
        student = graduate(courses=[(school, 2026, start) for start in starts])
    award = officer.awarded(student)
    CourseEnrolmentTrigger.objects.all().delete()
    before = Student.objects.get(pk=student.pk)
    assert before.maturity_date == date(2026, 9, 1)
    applied(officer.re_issue(award, SchoolYear=2025))
    now = Student.objects.get(pk=student.pk)
    assert (now.maturity_date, now.maturity_reason) == (date(2025, 9, 1), "CREDENTIAL")
    assert now.version > before.version
    assert now.history.latest().maturity_date == date(2025, 9, 1)
    concerned = student.course_enrolments.filter(start_date__in=starts[1:3])
    assert sorted(CourseEnrolmentTrigger.objects.values_list("pk", flat=True)) == sorted(
        concerned.values_list("pk", flat=True)
    )


def test_a_later_year_than_age_leaves_it_to_age(award, officer, student):
    assert Student.objects.get(pk=student.pk).maturity_reason == "CREDENTIAL"
    applied(officer.re_issue(award, SchoolYear=2027))
    now = Student.objects.get(pk=student.pk)
    assert (now.maturity_date, now.maturity_reason) == (date(2027, 9, 1), "AGE")


def test_another_name_moves_nothing(award, officer, student):
    with_identity(student, LastName="Lovelace")
    before = Student.objects.get(pk=student.pk)
    applied(officer.re_issue(award, LastName="Lovelace"))
    assert Student.objects.get(pk=student.pk).version == before.version


def test_a_year_beyond_all_dates(award, officer, student):
    """Nothing published refuses it; the date of maturity is by age then."""
    applied(officer.re_issue(award, SchoolYear=32767))
    assert Student.objects.get(pk=student.pk).maturity_date == date(2027, 9, 1)


# --- What it refuses ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [2**31 - 1, 0, -1, -(2**31), 1000000009])
def test_a_number_that_was_never_issued(award, officer, number):
    assert refused(officer.re_issue(award, CredentialNumber=number), "0") == ["44002"]


def test_a_number_that_was_replaced(award, officer, student):
    applied(officer.re_issue(award, SchoolYear=2025))
    now = AwardedCredential.objects.get(pk=award.pk)
    response = officer.re_issue(award, SchoolYear=2024, PASICoreVersion=now.version)
    assert refused(response, student.asn) == ["44002"]


def test_another_version(award, officer, student):
    response = officer.re_issue(award, PASICoreVersion=award.version - 1, LastName="Other")
    assert refused(response, student.asn) == ["44001"]
    assert refused(officer.re_issue(award, PASICoreVersion=0)) == ["44001"]
    assert refused(officer.re_issue(award, PASICoreVersion=-5)) == ["44001"]


def test_a_version_that_was_never_issued(award, officer, student):
    version = bulk.latest_version() + 1
    response = officer.re_issue(award, PASICoreVersion=version)
    assert refused(response, student.asn) == ["9014"]
    response = officer.re_issue(award, PASICoreVersion=version, CredentialNumber=77)
    assert refused(response, "0") == ["9014"]


def test_a_deleted_award(award, officer, student):
    with set_up():
        award.is_deleted, award.delete_reason = True, "Awarded by mistake"
        award.save()
    response = officer.re_issue(award, SchoolYear=1999)
    assert refused(response, student.asn) == ["44003"]
    assert "AHSD" in response.json()["Rejections"][0]["Description"]
    assert refused(officer.re_issue(award, PASICoreVersion=0)) == ["44001"]


@pytest.mark.parametrize("year", [2008, 2007, 0, -32768])
def test_a_year_before_birth(award, officer, year):
    assert refused(officer.re_issue(award, SchoolYear=year)) == ["44004"]


def test_nothing_new(award, officer):
    assert refused(officer.re_issue(award)) == ["44005"]
    assert refused(officer.re_issue(award, LegacyCredentialNumber="L-7")) == ["44005"]
    assert refused(officer.re_issue(award, MiddleName="King", Suffix="III")) == ["44005"]
    assert str(award.number_id) in officer.re_issue(award).json()["Rejections"][0]["Description"]


@pytest.mark.parametrize("status", ["Ordered", "ReadyForDelivery", "UserHold", "SystemHold"])
def test_open_orders(award, officer, status):
    order(award, status)
    assert refused(officer.re_issue(award, SchoolYear=2025)) == ["44015"]


@pytest.mark.parametrize("status", ["SentForDelivery", "Delivered", "FailedDelivery", "Cancelled"])
def test_orders_that_are_done_with(award, officer, status):
    order(award, status)
    applied(officer.re_issue(award, SchoolYear=2025))


def test_all_that_is_wrong_with_the_content(officer):
    """A year of birth on record: 44004 and 44005 together with 44015."""
    with set_up():
        award = make_award(graduate(), "AHSD", 4321, 2008)
    order(award)
    assert refused(officer.re_issue(award)) == ["44015", "44004", "44005"]


def test_nothing_is_written_by_a_refused_call(award, officer, student):
    before = list(AwardedCredential.objects.values()), Student.objects.get(pk=student.pk).version
    issued = IssuedCredentialNumber.objects.count()
    for changes in ({}, {"CredentialNumber": 77}, {"SchoolYear": 2000}, {"LastName": "Other"}):
        officer.re_issue(award, **changes)
    assert before == (
        *(list(AwardedCredential.objects.values()), Student.objects.get(pk=student.pk).version),
    )
    assert IssuedCredentialNumber.objects.count() == issued
    assert not ArchivedCredential.objects.exists()


# --- Whose name ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"LastName": "Other"}, ["LastName"]),
        ({"FirstName": "Adam", "Suffix": None}, ["FirstName", "Suffix"]),
        ({"LastName": "byron"}, ["LastName"]),
        ({"FirstName": "Àda"}, ["FirstName"]),
        ({"MiddleName": None}, ["MiddleName"]),
        ({"FirstName": "King", "LastName": "Ada", "MiddleName": "Byron"}, None),
    ],
)
def test_a_name_that_is_neither_is_no_valid_request(award, officer, changes, named):
    expected = named or ["FirstName", "LastName", "MiddleName"]
    assert list(errors(officer.re_issue(award, SchoolYear=2025, **changes))) == expected


def test_a_mixture_of_both_names_is_told_from_the_legal_one(award, officer, student):
    with_identity(student, FirstName="Augusta", LastName="Lovelace")
    response = officer.re_issue(award, FirstName="Ada", LastName="Lovelace")
    assert list(errors(response)) == ["FirstName"]


def test_another_name_comes_after_44003_and_before_the_rest(award, officer):
    order(award)
    response = officer.re_issue(award, SchoolYear=2000, LastName="Other")
    assert list(errors(response)) == ["LastName"]
    response = officer.re_issue(award, LastName="Other", PASICoreVersion=1)
    assert refused(response) == ["44001"]
    recorded = ServiceResponse.objects.filter(call__operation=RE_ISSUE).order_by("answered_at")
    assert [each.outcome for each in recorded] == ["Fault", "Rejected"]


# --- Linked and deactivated numbers -------------------------------------------------------------


@pytest.fixture
def linked(db) -> tuple[Student, Student, AwardedCredential]:
    """A person with two numbers; the diploma is under the secondary one."""
    with set_up():
        primary = make_student(
            first_name="Augusta",
            maturity_date=date(2025, 9, 1),
            maturity_reason="CREDENTIAL",
        )
        secondary = make_student(first_name="Ada", primary=primary)
        return primary, secondary, make_award(secondary, "AHSD", 4321, 2025)


def test_an_award_under_a_secondary_number_stays_there(linked, officer):
    primary, secondary, award = linked
    answer = applied(officer.re_issue(award, SchoolYear=2024))
    assert answer["StateProvinceId"] == secondary.asn
    assert AwardedCredential.objects.get(pk=award.pk).student == secondary
    person = Student.objects.get(pk=primary.pk)
    assert person.maturity_date == date(2024, 9, 1)
    assert Student.objects.get(pk=secondary.pk).maturity_date is None
    assert TranscriptTrigger.objects.get().pk == primary.pk
    assert ResponsibleSchoolTrigger.objects.get().pk == primary.pk


@pytest.mark.parametrize("first_name", ["Ada", "Augusta"])
def test_under_a_secondary_number_both_legal_names_are_the_persons(linked, officer, first_name):
    _primary, _secondary, award = linked
    applied(officer.re_issue(award, FirstName=first_name, SchoolYear=2024))
    assert AwardedCredential.objects.get(pk=award.pk).first_name == first_name


def test_other_awards_under_any_number_count_for_the_maturity_date(linked, officer):
    primary, _secondary, award = linked
    with set_up():
        make_award(primary, "GHSD", 77, 2023)
        make_award(primary, "ADVD", 78, 2020, is_deleted=True)
    applied(officer.re_issue(award, SchoolYear=2022))
    assert Student.objects.get(pk=primary.pk).maturity_date == date(2022, 9, 1)
    award.refresh_from_db()
    applied(officer.re_issue(award, SchoolYear=2026))
    assert Student.objects.get(pk=primary.pk).maturity_date == date(2023, 9, 1)


def test_a_deactivated_number_is_correctable(officer):
    with set_up():
        award = make_award(make_student(is_deactivated=True), "AHSD", 4321, 2025)
    applied(officer.re_issue(award, SchoolYear=2026))


# --- The request --------------------------------------------------------------------------------


def test_everything_that_is_wrong_with_a_request_is_named(award, officer):
    response = officer.post(
        RE_ISSUE,
        {
            "CredentialNumber": str(award.number_id),
            "FirstName": "Ada2",
            "LastName": "x" * 51,
            "LegacyCredentialNumber": " L-7",
            "MiddleName": 7,
            "PASICoreVersion": 1.5,
            "SchoolYear": 2**15,
            "Suffix": "I" * 16,
            "Shoe": 42,
        },
    )
    assert list(errors(response)) == [
        *("CredentialNumber", "FirstName", "LastName", "LegacyCredentialNumber", "MiddleName"),
        *("PASICoreVersion", "SchoolYear", "Suffix", "Shoe"),
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CredentialNumber", 2**31),
        ("CredentialNumber", -(2**31) - 1),
        ("CredentialNumber", True),
        ("CredentialNumber", None),
        ("PASICoreVersion", 2**63),
        ("PASICoreVersion", None),
        ("SchoolYear", "2025"),
        ("SchoolYear", -(2**15) - 1),
        ("SchoolYear", None),
        ("FirstName", ""),
        ("FirstName", None),
        ("LastName", None),
        ("LegacyCredentialNumber", "x" * 15),
        ("LegacyCredentialNumber", "a  b"),
        ("LegacyCredentialNumber", "\x1b"),
        ("Suffix", 3),
    ],
)
def test_what_the_contract_refuses(award, officer, name, value):
    assert list(errors(officer.re_issue(award, **{name: value}))) == [name]


def test_who_may_not(award, officer):
    clerk = make_officer("Clerk", roles=["Submit Student User", "Submit Transcript User"])
    assert fault(clerk.re_issue(award)) == (403, "1007")
    with set_up():
        make_school()
        token = make_token(make_client("School", organizations=["S.0001"]))
    info = caller_info()
    info["User"]["OrganizationCode"] = "S.0001"
    school = Officer(token)
    assert fault(school.re_issue(award, CallerInfo=info)) == (403, "1007")


def test_a_repeat_is_answered_from_the_record(award, officer):
    body = json.dumps({"CallerInfo": caller_info(), **printed(award), "SchoolYear": 2025}).encode()
    first, second = (officer.post(RE_ISSUE, body) for _ in range(2))
    assert second.json() == first.json()
    assert second.headers["PASI-Replayed"] == first.headers["PASI-Message-Id"]
    assert IssuedCredentialNumber.objects.count() == 2
    applied(officer.re_issue(AwardedCredential.objects.get(), SchoolYear=2024))
    assert officer.post(RE_ISSUE, body).json() == first.json()


# --- How much it costs --------------------------------------------------------------------------


@pytest.mark.parametrize("times", [0, 12])
def test_queries_whatever_the_history(award, officer, times):
    """Many archived numbers, other awards, linked numbers: they cost no further query."""
    for year in range(times):
        award.refresh_from_db()
        applied(officer.re_issue(award, SchoolYear=2027 + year))
    if times:
        with set_up():
            holder = award.student
            for number, kind in enumerate(("CHSA", "IOPC", "COSC")):
                make_award(holder, kind, 100 + number, 2026, is_deleted=kind == "COSC")
            make_award(make_student(primary=holder), "HSED", 200, 2026)
    award.refresh_from_db()
    applied(officer.re_issue(award, SchoolYear=2100))
    for year, expected in ((2101, QUERIES), (2020, QUERIES + MOVING_MATURITY)):
        award.refresh_from_db()
        with CaptureQueriesContext(connection) as captured:
            applied(officer.re_issue(award, SchoolYear=year))
        assert len(captured) == expected, "\n".join(query["sql"][:100] for query in captured)


def test_a_refused_call_costs_less(award, officer):
    with CaptureQueriesContext(connection) as captured:
        assert refused(officer.post(RE_ISSUE, {**printed(award), **named(award)})) == ["44005"]
    assert len(captured) < QUERIES - 8
