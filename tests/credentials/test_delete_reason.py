"""SubmitCredentialDeleteReason over HTTP: an award goes, and comes back under its number."""

import datetime
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall, ServiceResponse
from credentials.models import ArchivedCredential, AwardedCredential, IssuedCredentialNumber
from enrolments.models import CourseEnrolmentTrigger, ResponsibleSchoolTrigger, TranscriptTrigger
from pasi import bulk
from students.models import Student
from tests.credentials.calls import graduate
from tests.credentials.officer import (
    DELETE,
    applied,
    make_officer,
    named,
    order,
    recalculated,
    refused,
)
from tests.credentials.officer import award as award
from tests.credentials.officer import officer as officer
from tests.http.conftest import errors, fault
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import (
    caller_info,
    make_award,
    make_enrolment,
    make_school,
    make_student,
    set_up,
)
from tests.reading.conftest import make_caller

date = datetime.date
QUERIES, MOVING_MATURITY = 21, 5


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    assert_database_is_sound()
    assert_every_call_is_answered()


@pytest.fixture
def student(db) -> Student:
    with set_up():
        return graduate()


def deleted(officer, award, reason="Awarded in error") -> AwardedCredential:
    applied(officer.delete(award, reason))
    return AwardedCredential.objects.get(pk=award.pk)


def test_an_award_is_deleted(award, officer, student):
    answer = applied(officer.delete(award, "Awarded in error"))
    now = AwardedCredential.objects.get()
    assert answer == {
        "StateProvinceId": student.asn,
        "CredentialNumber": award.number_id,
        "CredentialType": "AHSD",
        "PASICoreVersion": now.version,
        "Rejections": [],
    }
    assert now.version > award.version
    assert (now.is_deleted, now.delete_reason) == (True, "Awarded in error")
    unchanged = ("number_id", "school_year", "awarded_on", "full_name", "legacy_number")
    assert [getattr(now, name) for name in unchanged] == [
        getattr(award, name) for name in unchanged
    ]
    assert not ArchivedCredential.objects.exists()
    assert IssuedCredentialNumber.objects.count() == 1


def test_it_comes_back_under_its_number(award, officer):
    gone = deleted(officer, award)
    answer = applied(officer.delete(gone, None))
    now = AwardedCredential.objects.get()
    assert (now.is_deleted, now.delete_reason) == (False, "")
    assert answer["CredentialNumber"] == now.number_id == award.number_id
    assert answer["PASICoreVersion"] == now.version > gone.version


def test_an_empty_reason_is_none(award, officer):
    gone = deleted(officer, award)
    applied(officer.delete(gone, ""))
    assert AwardedCredential.objects.get().is_deleted is False


def test_history_and_audit(award, officer, student):
    response = officer.delete(award)
    call = ServiceCall.objects.get(pk=response.headers["PASI-Message-Id"])
    assert (call.operation, call.user_name) == (DELETE, "Rita Clerk")
    recorded = ServiceResponse.objects.get(call=call)
    assert (recorded.outcome, recorded.body) == ("Applied", response.json())
    assert recorded.state_province_ids == [student.asn]
    rows = AwardedCredential.history.order_by("history_id")
    assert [(row.history_type, row.is_deleted) for row in rows] == [("+", False), ("~", True)]
    assert rows.last().call == call


def test_both_ways_raise_triggers(award, officer, student):
    for reason in ("Awarded in error", None):
        now = AwardedCredential.objects.get()
        version = applied(officer.delete(now, reason))["PASICoreVersion"]
        for trigger in (TranscriptTrigger, ResponsibleSchoolTrigger):
            raised = trigger.objects.get()
            assert (raised.pk, raised.last_updated_object_name) == (
                *(student.pk, "AwardedStudentCredential"),
            )
            assert raised.version > version


def test_another_reason_is_recorded_and_sets_nothing_off(award, officer):
    gone = deleted(officer, award)
    before = TranscriptTrigger.objects.get().version
    version = applied(officer.delete(gone, "Another student's"))["PASICoreVersion"]
    now = AwardedCredential.objects.get()
    assert (now.delete_reason, now.version) == ("Another student's", version)
    assert TranscriptTrigger.objects.get().version == before
    assert AwardedCredential.history.count() == 3


def test_the_maturity_date_goes_and_comes_with_the_award(officer):
    with set_up():
        school = make_school()
        starts = [date(2026, 8, 31), date(2026, 9, 1), date(2027, 9, 1), date(2027, 9, 2)]
        student = graduate(courses=[(school, 2027, start) for start in starts])
    officer.awarded(student)
    concerned = student.course_enrolments.filter(start_date__in=starts[1:3])
    keys = sorted(concerned.values_list("pk", flat=True))
    for reason, year, why in (("By mistake", 2027, "AGE"), (None, 2026, "CREDENTIAL")):
        CourseEnrolmentTrigger.objects.all().delete()
        before = Student.objects.get(pk=student.pk)
        applied(officer.delete(AwardedCredential.objects.get(), reason))
        now = Student.objects.get(pk=student.pk)
        assert (now.maturity_date, now.maturity_reason) == (date(year, 9, 1), why)
        assert now.version > before.version
        assert now.history.latest().maturity_date == date(year, 9, 1)
        assert sorted(CourseEnrolmentTrigger.objects.values_list("pk", flat=True)) == keys


def test_what_others_see(award, officer, student):
    """The ministry sees what was deleted, and why; nobody else does."""
    with set_up():
        make_enrolment(student, make_school(), 2026, exit_date=date(2026, 6, 28))
        school = make_caller("School", organizations=["S.0001"])
    path = f"/api/credentials/{award.number_id}/"
    assert school.get(path).status_code == 200
    gone = deleted(officer, award)
    assert school.get(path).status_code == 404
    shown = officer.found(award.number_id)
    assert (shown["IsDeleted"], shown["DeleteReason"]) == (True, "Awarded in error")
    applied(officer.delete(gone, None))
    assert school.get(path).status_code == 200


def test_a_number_that_was_replaced_after_its_deletion_stays_away(award, officer, student):
    gone = deleted(officer, award)
    recalculated()
    [answer] = officer.award(student.asn)
    assert answer["CredentialNumber"] not in (0, award.number_id)
    now = AwardedCredential.objects.get()
    response = officer.delete(gone, None, PASICoreVersion=now.version)
    assert refused(response, student.asn) == ["44002"]
    assert ArchivedCredential.objects.get().is_deleted is True


# --- What it refuses ----------------------------------------------------------------------------


def test_numbers_that_are_not_present(award, officer):
    assert refused(officer.delete(award, CredentialNumber=77), "0") == ["44002"]
    assert refused(officer.delete(award, CredentialNumber=-(2**31)), "0") == ["44002"]


def test_another_version(award, officer, student):
    assert refused(officer.delete(award, PASICoreVersion=1), student.asn) == ["44001"]
    gone = deleted(officer, award)
    assert refused(officer.delete(gone, None, PASICoreVersion=0)) == ["44001"]
    assert refused(officer.delete(award)) == ["44001"]


def test_a_version_that_was_never_issued(award, officer, student):
    version = bulk.latest_version() + 1
    assert refused(officer.delete(award, PASICoreVersion=version), student.asn) == ["9014"]


def test_nothing_to_do(award, officer):
    assert refused(officer.delete(award, None)) == ["9023"]
    gone = deleted(officer, award)
    assert refused(officer.delete(gone, "Awarded in error")) == ["9023"]


def test_open_orders(award, officer):
    item = order(award)
    assert refused(officer.delete(award)) == ["44015"]
    with set_up():
        item.status = "Cancelled"
        item.save()
    deleted(officer, award)


def test_an_order_does_not_hinder_undeleting(award, officer):
    gone = deleted(officer, award)
    order(gone)
    applied(officer.delete(gone, "Another reason"))
    applied(officer.delete(AwardedCredential.objects.get(), None))


def test_nothing_is_written_by_a_refused_call(award, officer):
    order(award)
    officer.delete(award)
    assert AwardedCredential.objects.get().version == award.version
    assert AwardedCredential.history.count() == 1


# --- Linked and deactivated numbers -------------------------------------------------------------


def test_under_a_secondary_number(officer):
    with set_up():
        primary = make_student(maturity_date=date(2025, 9, 1), maturity_reason="CREDENTIAL")
        award = make_award(make_student(primary=primary), "AHSD", 4321, 2025)
        make_award(make_student(primary=primary), "GHSD", 4322, 2026)
    answer = applied(officer.delete(award))
    assert answer["StateProvinceId"] == award.student.asn
    now = Student.objects.get(pk=primary.pk)
    assert (now.maturity_date, now.maturity_reason) == (date(2026, 9, 1), "CREDENTIAL")
    assert TranscriptTrigger.objects.get().pk == primary.pk


def test_what_a_linked_number_holds_does_not_come_back(officer):
    with set_up():
        primary = make_student()
        gone = make_award(make_student(primary=primary), "AHSD", 4321, 2025, is_deleted=True)
        held = make_award(primary, "AHSD", 4322, 2026)
    assert refused(officer.delete(gone, None), gone.student.asn) == ["44010"]
    deleted(officer, held)
    applied(officer.delete(gone, None))
    held.refresh_from_db()
    assert refused(officer.delete(held, None), primary.asn) == ["44010"]
    applied(officer.delete(held, "Another reason"))


def test_under_a_deactivated_number(officer):
    with set_up():
        award = make_award(make_student(is_deactivated=True), "AHSD", 4321, 2025)
    deleted(officer, award)


# --- The request --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CredentialNumber", 2**31),
        ("CredentialNumber", "1000000008"),
        ("CredentialNumber", None),
        ("PASICoreVersion", None),
        ("PASICoreVersion", 2**63),
        ("DeleteReason", "x" * 251),
        ("DeleteReason", "two  spaces"),
        ("DeleteReason", "line\nbreak"),
        ("DeleteReason", " "),
        ("DeleteReason", 1),
        ("Reason", "Unknown property"),
    ],
)
def test_what_the_contract_refuses(award, officer, name, value):
    assert list(errors(officer.delete(award, **{name: value}))) == [name]


def test_the_longest_reason(award, officer):
    assert deleted(officer, award, "é" * 250).delete_reason == "é" * 250


def test_who_may_not(award, officer):
    clerk = make_officer("Clerk", roles=["Submit Transcript User"])
    assert fault(clerk.delete(award)) == (403, "1007")


def test_a_repeat_is_answered_from_the_record(award, officer):
    body = {"CallerInfo": caller_info(), **named(award), "DeleteReason": "By mistake"}
    first = officer.post(DELETE, json.dumps(body).encode())
    applied(officer.delete(AwardedCredential.objects.get(), None))
    second = officer.post(DELETE, json.dumps(body).encode())
    assert second.json() == first.json()
    assert second.headers["PASI-Replayed"] == first.headers["PASI-Message-Id"]
    assert AwardedCredential.objects.get().is_deleted is False


@pytest.mark.parametrize("times", [0, 6])
def test_queries_whatever_the_history(award, officer, times):
    for number in range(times):
        applied(officer.delete(award, None if number % 2 else "By mistake"))
        award.refresh_from_db()
    with CaptureQueriesContext(connection) as captured:
        applied(officer.delete(award))
    expected = QUERIES + MOVING_MATURITY
    assert len(captured) == expected, "\n".join(query["sql"][:100] for query in captured)
