"""What an enrolment as a step-child (417, 418) tells of the citizenship, through the service."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrolments.models import CoreAlert, SchoolEnrolmentTrigger, StudentTrigger
from students.models import CitizenshipStatus, Student
from tests import invariants
from tests.enrolments import bodies
from tests.enrolments.alert_fixtures import process
from tests.enrolments.calls import SERVICE
from tests.province_builder import make_enrolment, make_school, make_student, set_up
from tests.students.calls import applied

BEFORE = datetime.date(2025, 9, 1)
TODAY = datetime.date(2026, 11, 26)
QUERIES = 42


def record(student, status="9", guardian="", effective_on=BEFORE, **values) -> CitizenshipStatus:
    with set_up():
        return CitizenshipStatus.objects.create(
            student=student,
            citizenship_status=status,
            guardian_citizenship_status=guardian,
            effective_on=effective_on,
            **values,
        )


def statuses(student) -> list[tuple[str, str]]:
    """Of the student and of the guardian, the oldest first."""
    found = CitizenshipStatus.objects.filter(student=student).order_by("effective_on", "pk")
    return list(found.values_list("citizenship_status", "guardian_citizenship_status"))


def forget_triggers() -> None:
    SchoolEnrolmentTrigger.objects.all().delete()
    StudentTrigger.objects.all().delete()


@pytest.mark.parametrize(
    ("status", "codes", "expected"),
    [
        ("9", ["417"], ("5", "1")),
        ("9", ["418"], ("5", "5")),
        ("9", ["121", "417"], ("5", "1")),
        ("9", ["418", "417"], ("9", "")),  # one contradicts the other
        ("9", ["416"], ("9", "")),
        ("9", [], ("9", "")),
        *((status, ["417"], (status, "")) for status in ("1", "2", "5")),
    ],
)
def test_other_or_unknown_turns_into_temporary_resident(student, school1, status, codes, expected):
    record(student, status)
    school1.enrol(student, EnrolmentTypeCodes=codes)
    assert statuses(student) == [expected]
    invariants.assert_database_is_sound()


def test_the_record_keeps_its_dates_and_names_the_call(student, school1):
    expiry = datetime.date(2027, 6, 30)
    told = record(student, document_expiry_date=expiry)
    response = school1.post(
        SERVICE,
        bodies.enrolment_minimal(StateProvinceId=student.asn, EnrolmentTypeCodes=["418"]),
    )
    applied(response)
    now = CitizenshipStatus.objects.get()
    assert (now.pk, now.effective_on, now.document_expiry_date) == (told.pk, BEFORE, expiry)
    assert now.updated_at > told.updated_at
    history = CitizenshipStatus.history.order_by("-history_id").first()
    assert (history.history_type, str(history.call_id)) == (
        "~",
        response.headers["PASI-Message-Id"],
    )
    [shown] = school1.get(f"/api/students/{student.asn}/")["CitizenshipStatuses"]
    assert (shown["CitizenshipStatus"], shown["GuardianCitizenshipStatus"]) == ("5", "5")


def test_no_record_is_made_and_deleted_ones_stay(student, school1):
    school1.enrol(student, EnrolmentTypeCodes=["417"])
    assert statuses(student) == []
    record(student, is_deleted=True)
    school1.enrol(student, EnrolmentTypeCodes=["418"])
    assert statuses(student) == [("9", "")]


def test_the_code_coming_later_tells_it_too_and_its_going_leaves_it(student, school1):
    record(student)
    one = school1.enrol(student)
    assert statuses(student) == [("9", "")]
    one = school1.change(one, EnrolmentTypeCodes=["417"])
    assert statuses(student) == [("5", "1")]
    one = school1.change(one, EnrolmentTypeCodes=["418"])
    assert statuses(student) == [("5", "1")]
    school1.change(one, EnrolmentTypeCodes=[])
    assert statuses(student) == [("5", "1")]


def test_a_deleted_enrolment_tells_nothing_until_it_comes_back(student, school1):
    one = school1.enrol(student)
    record(student)
    gone = school1.change(one, IsDeleted=True, EnrolmentTypeCodes=["417"])
    assert statuses(student) == [("9", "")]
    school1.change(gone, IsDeleted=False)
    assert statuses(student) == [("5", "1")]


def test_a_status_recorded_later_is_told_by_the_next_change(student, school1):
    """An enrolment that is submitted as it stands changes nothing, this neither."""
    one = school1.enrol(student, EnrolmentTypeCodes=["417"])
    record(student)
    forget_triggers()
    before = Student.objects.get(pk=student.pk).version
    one = school1.change(one)
    assert statuses(student) == [("9", "")]
    assert Student.objects.get(pk=student.pk).version == before
    school1.change(one, LocalStudentId="L-2")
    assert statuses(student) == [("5", "1")]
    assert Student.objects.get(pk=student.pk).version > before
    assert StudentTrigger.objects.get().pk == student.pk


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({}, 1),
        # An enrolment that is over: the status on its last day.
        (
            {
                "SchoolYear": 2026,
                "RegistrationStartDate": "2025-09-02",
                "RegistrationExitDate": "2026-06-26",
            },
            0,
        ),
    ],
)
def test_only_the_status_that_counts_for_the_enrolment(student, school1, changes, place):
    for effective_on in (BEFORE, TODAY, TODAY + datetime.timedelta(days=1)):
        record(student, effective_on=effective_on)
    school1.enrol(student, EnrolmentTypeCodes=["417"], **changes)
    expected = [("9", "")] * 3
    expected[place] = ("5", "1")
    assert statuses(student) == expected


def test_whose_alerts_look_at_it_is_looked_at_again(student, school1):
    record(student, effective_on=datetime.date(2020, 9, 1))
    second_record = record(student)
    with set_up():
        school = make_school()
        second = make_student(primary=student)
        over = make_enrolment(student, school, 2024)  # before the record took effect
        made = {
            make_enrolment(student, school, 2026).pk,
            make_enrolment(second, school, 2027).pk,
            make_enrolment(student, school, 2028).pk,
        }
        make_enrolment(make_student(), school, 2027)
    one = school1.enrol(student, EnrolmentTypeCodes=["417"])
    assert statuses(student) == [("9", ""), ("5", "1")]
    assert CitizenshipStatus.objects.get(pk=second_record.pk).citizenship_status == "5"
    raised = set(SchoolEnrolmentTrigger.objects.values_list("pk", flat=True))
    assert raised == {one.pk, *made}
    assert over.pk not in raised


def test_the_first_status_counts_for_what_was_before_it(student, school1):
    record(student, effective_on=TODAY)
    with set_up():
        over = make_enrolment(student, make_school(), 2020)
    one = school1.enrol(student, EnrolmentTypeCodes=["417"])
    raised = set(SchoolEnrolmentTrigger.objects.values_list("pk", flat=True))
    assert raised == {one.pk, over.pk}


def test_under_a_secondary_number_it_is_the_persons(student, ministry):
    record(student)
    with set_up():
        second = make_student(primary=student)
    ministry.enrol(second, EnrolmentTypeCodes=["418"])
    assert statuses(student) == [("5", "5")]
    assert StudentTrigger.objects.get().pk == student.pk


def test_moved_to_another_number_it_tells_of_that_person(student, school1):
    with set_up():
        other = make_student()
    one = school1.enrol(student, EnrolmentTypeCodes=["417"])
    for each in (student, other):
        record(each)
    school1.change(one, StateProvinceId=other.asn)
    assert (statuses(student), statuses(other)) == ([("9", "")], [("5", "1")])


def test_the_warning_that_the_citizenship_does_not_fit_is_not_raised(student, school1):
    record(student)
    one = school1.enrol(student, EnrolmentTypeCodes=["417", "418"])
    process()
    assert CoreAlert.objects.filter(alert_code=10114).count() == 2
    school1.change(one, EnrolmentTypeCodes=["417"])
    process()
    assert not CoreAlert.objects.filter(alert_code=10114).exists()


@pytest.mark.parametrize("years", [0, 10])
def test_queries(student, school1, years):
    with set_up():
        for year in range(2028 - years, 2028):
            make_enrolment(student, make_school(), year)
    for age in range(1 + years):
        record(student, effective_on=BEFORE - datetime.timedelta(days=age))
    body = bodies.enrolment_minimal(StateProvinceId=student.asn, EnrolmentTypeCodes=["417"])
    with CaptureQueriesContext(connection) as captured:
        applied(school1.post(SERVICE, body))
    assert statuses(student)[-1] == ("5", "1")
    assert len([each for each in captured if "SAVEPOINT" not in each["sql"]]) <= QUERIES
