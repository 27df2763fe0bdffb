"""What is recorded of a bulk award: the call, its response, the run and its outcomes."""

import datetime

import pytest

from audit.models import ServiceCall, ServiceResponse
from credentials.models import AwardedCredential, AwardingOutcome, AwardingRun
from enrolments import models as enrolments
from students.models import Student
from tests.credentials.calls import award, call, graduate
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import (
    make_enrolment,
    make_mark,
    make_school,
    make_student,
    set_up,
)

date = datetime.date


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    assert_database_is_sound()
    assert_every_call_is_answered()


def test_the_call_and_its_response_are_recorded():
    with set_up():
        student, nothing = graduate(), make_student()
    answer = call(student.asn, nothing.asn, "999999999")
    recorded = ServiceCall.objects.get(pk=answer.message_id)
    assert recorded.operation == "SubmitCredentialAwardingMultiple"
    assert (recorded.door, recorded.client, recorded.staff) == ("command", None, None)
    assert (recorded.user_name, recorded.organization_code) == ("Rita Clerk", "O.1")
    assert f'"{student.asn}"' in recorded.body
    response = ServiceResponse.objects.get(call=recorded)
    run = AwardingRun.objects.get(call=recorded)
    assert (response.outcome, response.http_status) == ("Applied", 200)
    assert response.codes == ["44000", "9002"]
    assert response.state_province_ids == [student.asn, nothing.asn, "999999999"]
    assert response.body == {
        "Run": run.pk,
        "FirstPosition": 0,
        "Requested": 3,
        "Awarded": {"AHSD": 1},
        "Rejected": {"44000": 1, "9002": 1},
    }
    for change in (AwardedCredential.history, Student.history):
        changes = change.filter(call=recorded)
        assert changes.count() == 1


def test_a_call_that_awards_nobody_is_rejected():
    with set_up():
        student = make_student()
    answer = call(student.asn)
    response = ServiceResponse.objects.get(call_id=answer.message_id)
    assert (response.outcome, response.http_status, response.codes) == ("Rejected", 200, ["44000"])


def test_a_call_is_a_run_with_one_outcome_per_position():
    with set_up():
        student = graduate()
    answer = call(student.asn, "999999999", student.asn)
    run = AwardingRun.objects.get()
    assert (run.origin, run.started_by, run.requested) == ("http", "Rita Clerk", 3)
    assert run.finished_at is not None
    assert (run.is_dry_run, run.credential_types, run.call_id) == (False, [], answer.message_id)
    rows = AwardingOutcome.objects.filter(run=run).order_by("position")
    written = AwardedCredential.objects.get()
    assert list(
        rows.values_list(
            *("position", "asn", "credential_type", "credential_number", "version"),
            *("school_year", "rejection_code", "is_recalculating"),
        )
    ) == [
        (0, student.asn, "AHSD", written.number_id, written.version, 2026, "", False),
        (1, "999999999", "", 0, 0, None, "9002", False),
        (2, student.asn, "", 0, 0, None, "44010", False),
    ]


def test_the_answer_can_be_rebuilt_from_the_outcomes():
    from credentials.services import SubmitCredentialAwardingMultiple

    with set_up():
        student = graduate()
    answer = call("999999999", student.asn, student.asn)
    response = ServiceResponse.objects.get(call_id=answer.message_id)
    assert SubmitCredentialAwardingMultiple().recorded_body(response) == answer.body


def test_of_a_long_list_the_response_names_the_first_hundred():
    asns = [f"{900_000_000 + number}" for number in range(101)]
    response = ServiceResponse.objects.get(call_id=call(*asns).message_id)
    assert response.state_province_ids == asns[:100]


def test_nobody_else_is_touched():
    with set_up():
        school = make_school()
        asked, other = graduate(), graduate(courses=[(school, 2027, date(2027, 1, 1))])
        make_mark(other, "SSN3156", 2026, 5, "80")
        make_enrolment(other, school, 2026)
    before = list(Student.history.filter(id=other.pk).values())
    award(asked.asn)
    assert list(Student.history.filter(id=other.pk).values()) == before
    assert not AwardedCredential.objects.filter(student=other).exists()
    assert not enrolments.TranscriptTrigger.objects.filter(student=other).exists()
