"""SubmitCredentialRequirementExemption over HTTP."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceResponse
from credentials.definitions import current_calculator
from credentials.models import RequirementExemption
from credentials.services import SubmitCredentialRequirementExemption
from enrolments.models import TranscriptTrigger
from pasi.checks import CODES_OF_SERVICES
from pasi.models import Organization
from students.models import Student
from tests import invariants
from tests.http.conftest import errors, fault
from tests.province_builder import (
    caller_info,
    make_enrolment,
    make_school,
    make_student,
    set_up,
)
from tests.students.calls import School, applied, make_caller

SERVICE = "SubmitCredentialRequirementExemption"
CALM, TRANSFER, RELIGIOUS = "CALM-81160", "OutOfProvinceTransferCALM", "ReligiousCALM"
ENGLISH, FRANCOPHONE = "ELA30-X81120", "UnilingualFrancophone"
QUERIES = 22


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()


@pytest.fixture
def school(db) -> School:
    with set_up():
        make_school("S.0001", "A.0001")
        return make_caller("S.0001", roles=["Submit Transcript User"])


@pytest.fixture
def ministry(db) -> School:
    with set_up():
        return make_caller("O.1", roles=["Submit Transcript User"])


@pytest.fixture
def student(school) -> Student:
    with set_up():
        made = make_student()
        make_enrolment(made, make_school(), 2026, exit_date=datetime.date(2026, 8, 31))
    return made


def sent(student, status="Requested", reason=RELIGIOUS, requirement=CALM, **changes) -> dict:
    """A change to ... leaves the property out."""
    body = {
        "CallerInfo": caller_info(),
        "StateProvinceId": student.asn,
        "Requirement": requirement,
        "Reason": reason,
        "Status": status,
        "IsDeleted": False,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def trigger_version(student) -> int:
    return TranscriptTrigger.objects.get(pk=student.pk).version


def stored() -> list[tuple]:
    return list(
        RequirementExemption.objects.order_by("pk").values_list(
            "requirement", "reason", "status", "organization__code", "is_deleted"
        )
    )


# --- What is applied ----------------------------------------------------------------------------


def test_the_codes_of_the_service():
    rules = SubmitCredentialRequirementExemption.rules()
    assert {rule.code for rule in rules} == CODES_OF_SERVICES[SERVICE]


def test_a_request_and_the_decision(school, ministry, student):
    response = school.post(SERVICE, sent(student))
    version = trigger_version(student)
    assert response.json() == {"Id": student.asn, "PASICoreVersion": version, "Rejections": []}
    assert stored() == [(CALM, RELIGIOUS, "Requested", "S.0001", False)]
    message_id = response.headers["PASI-Message-Id"]
    [history] = RequirementExemption.history.all()
    assert (history.history_type, str(history.call_id)) == ("+", message_id)
    assert 0 < history.version < version
    kept = ServiceResponse.objects.get(call=message_id)
    assert (kept.outcome, kept.state_province_ids) == ("Applied", [student.asn])
    raised = TranscriptTrigger.objects.get(pk=student.pk)
    assert raised.last_updated_object_name == "CredentialRequirementExemption"

    # Religious grounds: the ministry decides, as often as it likes.
    assert school.refused(SERVICE, sent(student, "Approved")) == ["99058"]
    for status in ("Pending", "Approved", "Denied", "Approved"):
        applied(ministry.post(SERVICE, sent(student, status)))
        assert stored() == [(CALM, RELIGIOUS, status, "O.1", False)]
        assert trigger_version(student) > version
        version = trigger_version(student)
    assert school.refused(SERVICE, sent(student)) == ["99056"]
    assert ministry.refused(SERVICE, sent(student)) == ["99056"]
    assert RequirementExemption.history.count() == 5
    assert Student.objects.get(pk=student.pk).version == student.version


def test_what_a_school_approves_itself(school, student):
    applied(school.post(SERVICE, sent(student, "Approved", TRANSFER)))
    applied(school.post(SERVICE, sent(student, "Denied", TRANSFER)))
    assert stored() == [(CALM, TRANSFER, "Denied", "S.0001", False)]


def test_deleting(school, ministry, student):
    """What is deleted keeps its status and can be requested anew; a decision is deleted by whoever
    may decide."""
    assert school.refused(SERVICE, sent(student, IsDeleted=True)) == ["99055"]
    applied(school.post(SERVICE, sent(student)))
    applied(school.post(SERVICE, sent(student, "Denied", IsDeleted=True)))
    assert stored() == [(CALM, RELIGIOUS, "Requested", "S.0001", True)]
    assert school.refused(SERVICE, sent(student, IsDeleted=True)) == ["9023"]
    applied(school.post(SERVICE, sent(student)))
    assert stored() == [(CALM, RELIGIOUS, "Requested", "S.0001", False)]
    applied(ministry.post(SERVICE, sent(student, "Denied")))
    before = trigger_version(student)
    assert school.refused(SERVICE, sent(student, "Denied", IsDeleted=True)) == ["99058"]
    assert trigger_version(student) == before
    applied(ministry.post(SERVICE, sent(student, "Denied", IsDeleted=True)))
    applied(school.post(SERVICE, sent(student)))
    assert stored() == [(CALM, RELIGIOUS, "Requested", "S.0001", False)]


def test_another_reason_is_another_exemption(school, student):
    applied(school.post(SERVICE, sent(student)))
    applied(school.post(SERVICE, sent(student, "Approved", TRANSFER)))
    assert [row[1:3] for row in stored()] == [(RELIGIOUS, "Requested"), (TRANSFER, "Approved")]


@pytest.mark.parametrize("where", ["S.0300", "A.0300"])
def test_a_francophone_school(school, student, where):
    """An authority stands for its schools; that it is francophone counts for them, too."""
    body = sent(student, "Requested", FRANCOPHONE, ENGLISH)
    assert school.refused(SERVICE, body) == ["99057"]
    with set_up():
        there = make_school("S.0300", "A.0300")
        authority = Organization.objects.get(code="A.0300")
        authority.classification = "Francophone"
        authority.save()
        make_enrolment(student, there, 2026, exit_date=datetime.date(2026, 8, 31))
        caller = make_caller(where, roles=["Submit Transcript User"])
    applied(caller.post(SERVICE, body))


def test_a_repeated_request_is_answered_from_the_record(school, student):
    body = sent(student)
    first = applied(school.post(SERVICE, body))
    again = school.post(SERVICE, body)
    assert applied(again) == first
    assert "PASI-Replayed" in again.headers
    assert school.refused(SERVICE, sent(student)) == ["9023"]


# --- Rejections and the contract ----------------------------------------------------------------


def test_access(school, ministry, student):
    with set_up():
        second = make_student(primary=student)
        gone = make_student(is_deactivated=True)
        make_school("S.0002", "A.0002")
        stranger = make_caller("S.0002", roles=["Submit Transcript User"])
        other = make_caller("A.0001", roles=["PASI System User", "Submit Student User"])
    assert stranger.refused(SERVICE, sent(student)) == ["43017"]
    for caller in (school, ministry):
        assert caller.refused(SERVICE, sent(gone)) == ["44013"]
        assert caller.refused(SERVICE, sent(second)) == ["44014"]
    unknown = sent(student, StateProvinceId="999999999")
    assert school.refused(SERVICE, unknown) == ["9002"]
    assert fault(other.post(SERVICE, sent(student))) == (403, "1007")
    assert not TranscriptTrigger.objects.exists()


@pytest.mark.parametrize(
    ("requirement", "reason"),
    [
        (CALM, "MedicalPE"),
        (CALM, "Religious"),
        ("100Credits-81190", "SpecialCase"),
        ("StudentRequested-81700", "SpecialCase"),
    ],
)
def test_no_reason_for_the_requirement(ministry, student, requirement, reason):
    body = sent(student, "Approved", reason, requirement)
    assert ministry.refused(SERVICE, body) == ["43003"]


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"Requirement": "CALM"}, "Requirement", "is not a requirement"),
        ({"Requirement": ...}, "Requirement", "is required"),
        ({"Reason": ""}, "Reason", "is required"),
        ({"Reason": "X" * 61}, "Reason", "must be a code of at most 60 letters"),
        ({"Status": "None"}, "Status", "must be one of Requested, Pending, Approved, Denied"),
        ({"Status": None}, "Status", "is required"),
        ({"IsDeleted": "no"}, "IsDeleted", "must be true or false"),
        ({"IsDeleted": ...}, "IsDeleted", "is required"),
        ({"PASICoreVersion": 1}, "PASICoreVersion", "is not a property of the contract"),
    ],
)
def test_the_contract(school, student, changes, field, problem):
    [(named, said)] = errors(school.post(SERVICE, sent(student, **changes))).items()
    assert named == field
    assert said.startswith(problem)


# --- Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, 20])
def test_queries(school, ministry, student, before):
    """However many enrolments and exemptions there are, new, changed or deleted."""
    with set_up():
        for year in range(2026 - before, 2026):
            make_enrolment(student, make_school(), year)
    current_calculator()  # reads the definitions, once for each process
    applied(school.post(SERVICE, sent(student)))
    for status, deleted in (("Approved", False), ("Denied", False), ("Denied", True)):
        body = sent(student, status, TRANSFER, IsDeleted=deleted)
        with CaptureQueriesContext(connection) as captured:
            applied(school.post(SERVICE, body))
        assert len(captured) == QUERIES, "\n".join(q["sql"][:120] for q in captured)
