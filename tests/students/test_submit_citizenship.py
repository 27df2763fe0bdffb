"""SubmitStudentCitizenshipStatus over HTTP: the status from today on, and what follows from it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrolments.models import SchoolEnrolmentTrigger, StudentTrigger
from pasi.checks import CODES_OF_SERVICES
from students.models import CitizenshipStatus, Student
from students.rules import stages
from students.services import SubmitStudentCitizenshipStatus
from tests import invariants
from tests.http.conftest import errors
from tests.province_builder import caller_info, make_enrolment, make_school, make_student, set_up
from tests.students.calls import applied, make_caller, version_of

SERVICE = "SubmitStudentCitizenshipStatus"
QUERIES = 32
OBJECT = "StudentCitizenshipStatus"
TODAY = datetime.date(2026, 11, 26)
EARLIER = datetime.date(2025, 9, 1)


@pytest.fixture
def student(school1) -> Student:
    with set_up():
        made = make_student()
        make_enrolment(made, make_school(), 2027)
    return made


def sent(student, status="1", expiry=None, **changes) -> dict:
    body = {
        "CallerInfo": caller_info(),
        "StateProvinceId": student.asn,
        "PASICoreVersion": version_of(student.asn),
        "CitizenshipStatus": status,
        "DocumentExpiryDate": expiry,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def record(student, status, guardian="", expiry=None, effective_on=EARLIER, **values):
    with set_up():
        return CitizenshipStatus.objects.create(
            student=student,
            citizenship_status=status,
            guardian_citizenship_status=guardian,
            document_expiry_date=expiry,
            effective_on=effective_on,
            **values,
        )


def stored(student) -> list[tuple]:
    rows = CitizenshipStatus.objects.filter(student=student, is_deleted=False).order_by("pk")
    return list(
        rows.values_list(
            *("citizenship_status", "guardian_citizenship_status"),
            *("document_expiry_date", "effective_on"),
        )
    )


@pytest.mark.parametrize(
    ("status", "expiry", "expected"),
    [
        ("1", None, ("1", "", None)),
        ("2", "2029-08-31", ("2", "", datetime.date(2029, 8, 31))),
        ("5", "2026-11-26", ("5", "", TODAY)),
        ("6", None, ("5", "1", None)),
        ("7", "2029-08-31", ("5", "9", datetime.date(2029, 8, 31))),
        ("9", None, ("9", "", None)),
    ],
)
def test_the_first_status(student, school1, status, expiry, expected):
    answer = applied(school1.post(SERVICE, sent(student, status, expiry)))
    now = Student.objects.get(pk=student.pk)
    assert answer == {"Id": student.asn, "PASICoreVersion": now.version, "Rejections": []}
    assert now.version > student.version
    assert stored(student) == [(*expected, TODAY)]
    assert CitizenshipStatus.history.get().history_type == "+"
    assert Student.history.filter(id=student.pk).count() == 2
    trigger = StudentTrigger.objects.get(pk=student.pk)
    assert trigger.last_updated_object_name == OBJECT
    shown = school1.get(f"/api/students/{student.asn}/")["CitizenshipStatuses"]
    assert len(shown) == 1
    invariants.assert_database_is_sound()


def test_a_new_status_supersedes_the_earlier_one(student, school1):
    record(student, "9")
    applied(school1.post(SERVICE, sent(student, "2")))
    assert stored(student) == [("9", "", None, EARLIER), ("2", "", None, TODAY)]


def test_what_took_effect_today_is_changed(student, school1):
    applied(school1.post(SERVICE, sent(student, "9")))
    applied(school1.post(SERVICE, sent(student, "6")))
    assert stored(student) == [("5", "1", None, TODAY)]
    assert [row.history_type for row in CitizenshipStatus.history.order_by("history_id")] == [
        *("+", "~")
    ]


def test_only_what_is_in_effect_counts(student, school1):
    record(student, "2", is_deleted=True)
    record(student, "2", effective_on=TODAY + datetime.timedelta(days=1))
    applied(school1.post(SERVICE, sent(student, "2")))
    assert len(stored(student)) == 2
    assert school1.refused(SERVICE, sent(student, "2")) == ["9023"]


def test_enrolments_are_looked_at_again(student, school1):
    current = student.school_enrolments.get().pk
    with set_up():
        school = make_school()
        second = make_student(primary=student)
        next_year = make_enrolment(second, school, 2028).pk
        past = make_enrolment(student, school, 2025).pk
        make_enrolment(student, school, 2027, is_deleted=True)
        make_enrolment(make_student(), school, 2027)
    applied(school1.post(SERVICE, sent(student, "1")))
    raised = SchoolEnrolmentTrigger.objects
    # The first record of all counts for what was before it, too.
    assert set(raised.values_list("pk", flat=True)) == {current, next_year, past}
    raised.all().delete()
    applied(school1.post(SERVICE, sent(student, "2")))  # the same record, of the same day
    assert set(raised.values_list("pk", flat=True)) == {current, next_year, past}
    raised.all().delete()
    record(student, "1", effective_on=TODAY - datetime.timedelta(days=400))
    applied(school1.post(SERVICE, sent(student, "1")))
    assert set(raised.values_list("pk", flat=True)) == {current, next_year}
    assert set(raised.values_list("last_updated_object_name", flat=True)) == {OBJECT}


# --- Rejections, in their order -----------------------------------------------------------------


def test_the_codes_of_the_service():
    judged = [rule.code for stage in SubmitStudentCitizenshipStatus.stages for rule in stage]
    access = [rule.code for stage in stages.SUBMIT_CITIZENSHIP_ACCESS_STAGES for rule in stage]
    assert {"9014", *judged, *access} == CODES_OF_SERVICES[SERVICE]


def test_access(student, school1, ministry, limited):
    with set_up():
        make_school("S.0003", "A.0003")
        stranger = make_caller("S.0003")
        second = make_student(primary=student)
        gone = make_student(is_deactivated=True)
    # A wrong version and a missing date: access comes first.
    wrong = {"PASICoreVersion": 0, "status": "5"}
    assert school1.refused(SERVICE, sent(student, StateProvinceId="999999999", **wrong)) == ["9002"]
    assert limited.refused(SERVICE, sent(student, **wrong)) == ["9002"]
    assert stranger.refused(SERVICE, sent(student, **wrong)) == ["9065"]
    assert school1.refused(SERVICE, sent(second, **wrong)) == ["9011"]
    assert school1.refused(SERVICE, sent(gone, **wrong)) == ["9065"]
    for each in (second, gone):
        applied(ministry.post(SERVICE, sent(each)))
    assert school1.refused(SERVICE, sent(student, PASICoreVersion=2**62)) == ["9014"]


def test_another_version_is_a_fault(student, school1):
    response = school1.post(SERVICE, sent(student, "5", PASICoreVersion=0))
    assert (response.status_code, response.json()["code"]) == (409, "3004")


def test_documents(student, school1):
    assert school1.refused(SERVICE, sent(student, "5")) == ["11326"]
    assert school1.refused(SERVICE, sent(student, "7")) == ["11326"]
    assert school1.refused(SERVICE, sent(student, "5", "2026-11-25")) == ["11332"]
    assert not CitizenshipStatus.objects.exists()
    assert not StudentTrigger.objects.exists()


def test_nothing_to_do(student, school1):
    record(student, "5", "1", datetime.date(2027, 1, 1))
    assert school1.refused(SERVICE, sent(student, "6", "2027-01-01")) == ["9023"]
    applied(school1.post(SERVICE, sent(student, "6", "2027-01-02")))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"CitizenshipStatus": None}, "is required"),
        ({"CitizenshipStatus": ""}, "is required and must not be empty"),
        ({"CitizenshipStatus": "3"}, "is not a value of code list CitizenshipStatus"),
        ({"CitizenshipStatus": 1}, "must be a text"),
        (
            {"DocumentExpiryDate": "tomorrow"},
            "must be a date as YYYY-MM-DD, alone or followed by a time",
        ),
        ({"PASICoreVersion": "1"}, "must be an integer"),
        ({"StateProvinceId": "1"}, "must be nine digits, 000000001 to 999999999"),
        ({"GuardianCitizenshipStatus": "1"}, "is not a property of the contract"),
    ],
)
def test_the_contract(student, school1, change, said):
    assert errors(school1.post(SERVICE, sent(student, **change))) == {next(iter(change)): said}


def test_dates_may_be_null_or_absent(student, school1):
    applied(school1.post(SERVICE, sent(student) | {"DocumentExpiryDate": None}))


@pytest.mark.parametrize("years", [1, 15])
def test_queries(student, school1, years):
    with set_up():
        for year in range(2027 - years, 2027):
            make_enrolment(student, make_school(), year)
    for number in range(years):
        record(student, "9", effective_on=EARLIER - datetime.timedelta(days=number))
    with CaptureQueriesContext(connection) as captured:
        applied(school1.post(SERVICE, sent(student)))
    assert sum("SAVEPOINT" not in query["sql"] for query in captured) <= QUERIES
