"""SubmitCredentialAwardingSingle over HTTP: the credential and the school year that were chosen."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall, ServiceResponse
from credentials.models import ArchivedCredential, AwardedCredential
from enrolments.models import ResponsibleSchoolTrigger, TranscriptTrigger
from pasi.models import Code
from students.models import Student
from tests.credentials.calls import graduate
from tests.credentials.conftest import TODAY
from tests.credentials.officer import SINGLE, applied, make_officer, recalculated, refused
from tests.credentials.officer import officer as officer
from tests.http.conftest import errors, fault
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import make_award, make_school, make_student, set_up

date = datetime.date
QUERIES = 30  # of an award that moves no maturity date, through HTTP


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    assert_database_is_sound()
    assert_every_call_is_answered()


def holder(*achieved: str, **values) -> Student:
    with set_up():
        return make_student(
            **{"achieved": achieved, "maturity_date": date(2027, 9, 1), "maturity_reason": "AGE"}
            | values
        )


def test_an_award(officer):
    student = holder("AHSD-2018", "COSC", middle_name="King", suffix="III")
    answer = applied(officer.single(student, "COSC", 2024, LegacyCredentialNumber="L-7"))
    award = AwardedCredential.objects.get()
    assert answer == {
        "StateProvinceId": student.asn,
        "CredentialNumber": award.number_id,
        "CredentialType": "COSC",
        "PASICoreVersion": award.version,
        "Rejections": [],
    }
    assert (award.student, award.school_year, award.legacy_number) == (student, 2024, "L-7")
    assert (award.full_name, award.awarded_on) == ("Ada King Byron III", TODAY)
    assert (award.is_deleted, award.delete_reason) == (False, "")
    for trigger in (TranscriptTrigger, ResponsibleSchoolTrigger):
        raised = trigger.objects.get()
        assert raised.pk == student.pk
        assert raised.last_updated_object_name == "AwardedStudentCredential"
        assert raised.version > award.version


def test_history_and_audit(officer):
    student = holder("AHSD-2018")
    response = officer.single(student)
    call = ServiceCall.objects.get(pk=response.headers["PASI-Message-Id"])
    assert (call.operation, call.user_name) == (SINGLE, "Rita Clerk")
    recorded = ServiceResponse.objects.get(call=call)
    assert (recorded.outcome, recorded.body) == ("Applied", response.json())
    assert recorded.state_province_ids == [student.asn]
    [row] = AwardedCredential.history.all()
    assert (row.history_type, row.call) == ("+", call)


@pytest.mark.parametrize(
    ("achieved", "held", "asked"),
    [
        ("HHSD", (), "HHSD"),
        ("COSC", [("AHSD", 77, 2020, False)], "COSC"),
        ("AHSD-2018", [("GHSD", 77, 2020, False)], "AHSD"),
        ("HSED-ALT2", (), "HSED"),
        ("CHSA", [("COSC", 77, 2020, False)], "CHSA"),
    ],
)
def test_what_the_bulk_award_does_not_do(officer, achieved, held, asked):
    """The Credential Order does not matter, nor whether any mark tells the year."""
    student = holder(achieved, awards=held)
    applied(officer.single(student, asked))
    assert student.awarded_credentials.filter(credential_type=asked, is_deleted=False).exists()


def test_the_legal_name_of_the_moment_is_printed(officer):
    student = holder("AHSD-2018", other_names=[("Addie", "", "Byron", "")])
    applied(officer.single(student))
    assert AwardedCredential.objects.get().first_name == "Ada"


@pytest.mark.parametrize(
    ("year", "mature", "reason"),
    [(2026, 2026, "CREDENTIAL"), (2020, 2020, "CREDENTIAL"), (2009, 2009, "CREDENTIAL")],
)
def test_a_diploma_moves_the_maturity_date(officer, year, mature, reason):
    student = holder("AHSD-2018")
    applied(officer.single(student, year=year))
    now = Student.objects.get(pk=student.pk)
    assert (now.maturity_date, now.maturity_reason) == (date(mature, 9, 1), reason)
    assert now.version > student.version


def test_what_was_deleted_is_awarded_anew(officer):
    student = holder("AHSD-2018")
    first = applied(officer.single(student, year=2025, LegacyCredentialNumber="L-7"))
    award = AwardedCredential.objects.get()
    applied(officer.delete(award))
    assert refused(officer.single(student), student.asn) == ["44000"]
    recalculated()
    second = applied(officer.single(student, LegacyCredentialNumber="L-8"))
    now = AwardedCredential.objects.get()
    assert (now.pk, now.number_id, now.legacy_number) == (
        *(award.pk, second["CredentialNumber"], "L-8"),
    )
    assert (now.is_deleted, now.delete_reason) == (False, "")
    archived = ArchivedCredential.objects.get()
    assert (archived.number_id, archived.legacy_number) == (first["CredentialNumber"], "L-7")
    assert (archived.is_deleted, archived.delete_reason) == (True, "Awarded in error")


# --- What it refuses ----------------------------------------------------------------------------


def test_unknown_deactivated_and_secondary_numbers(officer):
    primary = holder("AHSD-2018")
    secondary = holder("AHSD-2018", primary=primary)
    deactivated = holder("AHSD-2018", is_deactivated=True)
    unknown = Student(asn="999999999")
    for student, code in ((unknown, "9002"), (deactivated, "44013"), (secondary, "44014")):
        response = officer.single(student, year=2000, credential="COSC")
        assert refused(response, student.asn) == [code]


def test_not_achieved(officer):
    assert refused(officer.single(holder())) == ["44000"]
    assert refused(officer.single(holder("COSC"))) == ["44000"]
    assert refused(officer.single(holder("AHSD-2018"), "CHSA")) == ["44000"]
    with set_up():
        student = make_student(not_achieved=["AHSD-2018"])
    assert refused(officer.single(student)) == ["44000"]


def test_not_while_it_is_recalculated(officer):
    student = holder("AHSD-2018", "CHSA")
    applied(officer.single(student))
    response = officer.single(student, "CHSA")
    assert refused(response) == ["44000"]
    assert "recalculated" in response.json()["Rejections"][0]["Description"]
    assert refused(officer.single(student)) == ["44010"]
    recalculated()
    applied(officer.single(student, "CHSA"))


def test_held_already(officer):
    student = holder("AHSD-2018", awards=[("AHSD", 77, 2024, False)])
    response = officer.single(student, year=2000)
    assert refused(response, student.asn) == ["44010"]
    text = response.json()["Rejections"][0]["Description"]
    assert student.asn in text
    assert "AHSD" in text


def test_held_under_a_linked_number(officer):
    student = holder("AHSD-2018")
    with set_up():
        make_award(make_student(primary=student), "AHSD", 77, 2024)
    assert refused(officer.single(student)) == ["44010"]


def test_deleted_under_a_linked_number_does_not_count(officer):
    student = holder("AHSD-2018")
    with set_up():
        former = make_award(make_student(primary=student), "AHSD", 77, 2024, is_deleted=True)
    applied(officer.single(student))
    former.refresh_from_db()
    assert (former.number_id, former.is_deleted) == (77, True)
    assert not ArchivedCredential.objects.exists()


@pytest.mark.parametrize("year", [2008, 0, -32768])
def test_years_up_to_that_of_birth(officer, year):
    assert refused(officer.single(holder("AHSD-2018"), year=year)) == ["44004"]


@pytest.mark.parametrize("year", [2027, 32767])
def test_years_ahead(officer, year):
    assert refused(officer.single(holder("AHSD-2018"), year=year)) == ["44009"]


def test_the_current_year_may_be_set(officer, settings):
    settings.PASI_CURRENT_SCHOOL_YEARS = [2027]
    applied(officer.single(holder("AHSD-2018"), year=2027))


@pytest.mark.parametrize(
    ("code", "year", "is_applied"),
    [
        ({"expiry_school_year": 2020}, 2020, True),
        ({"expiry_school_year": 2020}, 2021, False),
        ({"effective_school_year": 2015}, 2014, False),
        ({"effective_school_year": 2015}, 2015, True),
        ({"may_be_submitted": False}, 2020, False),
    ],
)
def test_the_code_is_judged_in_the_year_of_the_award(officer, code, year, is_applied):
    with set_up():
        changed = Code.objects.get(code_type="CredentialType", code="GHSD")
        for name, value in code.items():
            setattr(changed, name, value)
        changed.save()
    response = officer.single(holder("GHSD"), "GHSD", year)
    if is_applied:
        applied(response)
    else:
        assert refused(response) == ["44009"]


def test_all_that_is_wrong_is_told(officer):
    assert refused(officer.single(holder(), year=2008)) == ["44000", "44004"]
    assert refused(officer.single(holder(), year=2027)) == ["44000", "44009"]


def test_nothing_is_written_by_a_refused_call(officer):
    student = holder("COSC")
    officer.single(student)
    assert not AwardedCredential.objects.exists()
    assert not TranscriptTrigger.objects.exists()
    assert Student.objects.get(pk=student.pk).version == student.version


# --- The request --------------------------------------------------------------------------------


def test_everything_that_is_wrong_with_a_request_is_named(officer):
    body = {
        "StateProvinceId": "12345678",
        "CredentialType": "ahsd",
        "SchoolYear": "2026",
        "LegacyCredentialNumber": "x" * 15,
        "PASICoreVersion": 1,
    }
    assert list(errors(officer.post(SINGLE, body))) == [
        *("StateProvinceId", "CredentialType", "SchoolYear", "LegacyCredentialNumber"),
        "PASICoreVersion",
    ]
    assert list(errors(officer.post(SINGLE, {}))) == [
        *("StateProvinceId", "CredentialType", "SchoolYear")
    ]


@pytest.mark.parametrize("value", ["ZZZZ", "", 7, ["AHSD"], "AHSD "])
def test_what_is_no_credential_type(officer, value):
    student = holder("AHSD-2018")
    assert list(errors(officer.single(student, CredentialType=value))) == ["CredentialType"]


def test_who_may_not(officer):
    student = holder("AHSD-2018")
    clerk = make_officer("Clerk", roles=["Submit Transcript User"])
    assert fault(clerk.single(student)) == (403, "1007")


@pytest.mark.parametrize("is_long", [False, True])
def test_queries_whatever_the_student_has(officer, is_long):
    student = holder("CHSA", "COSC")
    if is_long:
        with set_up():
            school = make_school()
            for number in range(30):
                make_award(make_student(primary=student), "COSC", 100 + number, 2020, number % 2)
            make_student(primary=student, enrolments=[(school, 2026, None)])
    else:
        officer.single(holder("COSC"), "COSC")  # what is read once for each process
    with CaptureQueriesContext(connection) as captured:
        applied(officer.single(student, "CHSA"))
    assert len(captured) == QUERIES, "\n".join(query["sql"][:100] for query in captured)


def test_the_bulk_award_agrees(officer):
    """What the one has awarded the other knows of."""
    with set_up():
        student = graduate()
    applied(officer.single(student))
    [answer] = officer.award(student.asn)
    assert answer["Rejections"][0]["Code"] == "44010"
