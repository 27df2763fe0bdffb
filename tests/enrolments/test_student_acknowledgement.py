"""Acknowledging alerts of students over HTTP: what differs from those of enrolments."""

import datetime

import pytest

from audit.models import ServiceResponse
from enrolments.models import Acknowledgement, CoreAlert
from enrolments.triggers import raise_triggers
from pasi.models import Organization
from students.models import Name, Student
from tests import invariants
from tests.enrolments.alert_fixtures import (
    ACKNOWLEDGE_STUDENT,
    ACKNOWLEDGED,
    IN_PROGRESS,
    NONE,
    OVERRIDDEN,
    STUDENT,
    alerts_of,
    kept_of,
    make_shouting_student,
    process,
    student_acknowledgement,
    version_of,
)
from tests.enrolments.calls import make_enrolment_caller
from tests.http.conftest import errors, fault
from tests.province_builder import make_enrolment, make_school, set_up
from tests.students.calls import applied, make_caller

LONG_AGO = datetime.date(2020, 1, 31)


@pytest.fixture
def callers(db):
    """By organization: one where the student is, its authority, another, and the ministry."""
    with set_up():
        make_school("S.0001", "A.0001")
        make_school("S.0002", "A.0002")
        return {code: make_caller(code) for code in ("S.0001", "A.0001", "S.0002", "O.1")}


@pytest.fixture
def student(callers):
    """Enrolled at S.0001; the name is in upper case only."""
    with set_up():
        made = make_shouting_student()
        make_enrolment(made, make_school("S.0001"), 2027)
    process(STUDENT)
    assert list(alerts_of(made, STUDENT).values()) == [NONE]
    return made


def status_of(student) -> str:
    [status] = alerts_of(student, STUDENT).values()
    return status


def correct(student, first_name: str) -> None:
    """The legal name, corrected and processed."""
    with set_up():
        name = Name.objects.get(pk=student.legal_name_id)
        name.first_name = first_name
        name.save()
        raise_triggers(STUDENT, [student.pk], "StudentName")
    process(STUDENT)


def test_the_answer_and_what_is_written(student, callers):
    version = Student.objects.get(pk=student.pk).version
    before = version_of(student, STUDENT)
    response = callers["S.0001"].post(
        ACKNOWLEDGE_STUDENT, student_acknowledgement(student, ACKNOWLEDGED)
    )
    answer = applied(response)
    assert answer["Id"] == "11205"
    assert before < answer["PASICoreVersion"] == version_of(student, STUDENT)
    assert Student.objects.get(pk=student.pk).version == version
    alert = CoreAlert.objects.get()
    assert (alert.acknowledgement_status, alert.version) == (
        ACKNOWLEDGED,
        version_of(student, STUDENT),
    )
    kept = Acknowledgement.objects.get()
    assert (kept.record_type, kept.record, kept.alert_code) == ("Student", student.pk, 11205)
    recorded = ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])
    assert recorded.state_province_ids == [student.asn]
    invariants.assert_history_is_complete([Acknowledgement])


def test_every_associated_organization_may(student, callers):
    for code in ("S.0001", "A.0001", "O.1"):
        for status in (IN_PROGRESS, ACKNOWLEDGED, NONE):
            applied(
                callers[code].post(ACKNOWLEDGE_STUDENT, student_acknowledgement(student, status))
            )
            assert status_of(student) == status


def test_others_may_not(student, callers):
    version = version_of(student, STUDENT)
    refused = callers["S.0002"].refused
    assert refused(ACKNOWLEDGE_STUDENT, student_acknowledgement(student)) == ["9010"]
    assert refused(ACKNOWLEDGE_STUDENT, student_acknowledgement(student, code=1)) == ["9010"]
    assert status_of(student) == NONE
    assert version_of(student, STUDENT) == version


def test_who_has_created_the_student_may(callers):
    with set_up():
        made = make_shouting_student(created_by=Organization.objects.get(code="S.0002"))
    process(STUDENT)
    applied(callers["S.0002"].post(ACKNOWLEDGE_STUDENT, student_acknowledgement(made)))
    assert callers["S.0001"].refused(ACKNOWLEDGE_STUDENT, student_acknowledgement(made)) == ["9010"]


@pytest.mark.parametrize(
    ("exit_date", "codes"),
    [
        (datetime.date(2026, 11, 27), []),  # tomorrow: current
        (datetime.date(2026, 5, 26), []),  # six months ago: last
        (datetime.date(2026, 5, 25), ["9010"]),  # recent only
    ],
)
def test_by_last_enrolment_is_the_least(callers, exit_date, codes):
    with set_up():
        made = make_shouting_student()
        make_enrolment(made, make_school("S.0002"), 2026, LONG_AGO, exit_date=exit_date)
    process(STUDENT)
    response = callers["S.0002"].post(ACKNOWLEDGE_STUDENT, student_acknowledgement(made))
    assert [each["Code"] for each in response.json()["Rejections"]] == codes


def test_nobodys_number(student, callers):
    body = student_acknowledgement(student, StateProvinceId="999999999")
    for caller in callers.values():
        assert caller.refused(ACKNOWLEDGE_STUDENT, body) == ["9002"]


def test_for_limited_access_others_students_do_not_exist(student):
    with set_up():
        make_school("S.0900", "A.0230")
        Organization.objects.filter(code="A.0230").update(
            access=Organization.Access.HIGH_RESTRICTION
        )
        limited = make_caller("S.0900")
    assert limited.refused(ACKNOWLEDGE_STUDENT, student_acknowledgement(student)) == ["9002"]


def test_the_role_is_needed(student):
    with set_up():
        make_school("S.0003", "A.0001")
        caller = make_enrolment_caller("S.0003", "Submit Enrolment User")
    response = caller.post(ACKNOWLEDGE_STUDENT, student_acknowledgement(student))
    assert fault(response) == (403, "1007")


def test_an_advice_is_not_overridden(student, callers):
    body = student_acknowledgement(student, OVERRIDDEN)
    assert callers["S.0001"].refused(ACKNOWLEDGE_STUDENT, body) == ["12001", "12004"]
    assert callers["O.1"].refused(ACKNOWLEDGE_STUDENT, body) == ["12001"]


def test_without_its_arguments_it_is_not_found(student, callers):
    body = student_acknowledgement(student, Arguments=None)
    response = callers["S.0001"].post(ACKNOWLEDGE_STUDENT, body)
    [rejection] = response.json()["Rejections"]
    assert rejection["Code"] == "12000"
    assert student.asn in rejection["Description"]


def test_for_how_long(student, callers):
    school = callers["S.0001"]
    applied(school.post(ACKNOWLEDGE_STUDENT, student_acknowledgement(student, ACKNOWLEDGED)))
    correct(student, "Ada")
    assert alerts_of(student, STUDENT) == {}
    correct(student, "ADA")
    assert status_of(student) == ACKNOWLEDGED
    correct(student, "ADÈLE")
    assert status_of(student) == NONE
    applied(school.post(ACKNOWLEDGE_STUDENT, student_acknowledgement(student, IN_PROGRESS)))
    correct(student, "Ada")
    assert list(kept_of(student, STUDENT).values()) == [ACKNOWLEDGED]


def test_a_secondary_number_has_alerts_of_its_own(student, callers):
    """Acknowledged under it, by whoever is associated with the person."""
    with set_up():
        second = make_shouting_student(primary=student)
    process(STUDENT)
    applied(callers["S.0001"].post(ACKNOWLEDGE_STUDENT, student_acknowledgement(second)))
    assert (status_of(second), status_of(student)) == (IN_PROGRESS, NONE)


def test_a_deactivated_number_has_neither_associations_nor_alerts(student, callers):
    body = student_acknowledgement(student)
    with set_up():
        student.is_deactivated = True
        student.save()
        raise_triggers(STUDENT, [student.pk], STUDENT)
    assert callers["S.0001"].refused(ACKNOWLEDGE_STUDENT, body) == ["9010"]
    assert callers["O.1"].refused(ACKNOWLEDGE_STUDENT, body) == ["12000"]
    process(STUDENT)
    assert callers["O.1"].refused(ACKNOWLEDGE_STUDENT, body) == ["12000"]


def test_the_number_must_be_one(student, callers):
    body = student_acknowledgement(student, StateProvinceId="12345678", ReferenceId="x")
    assert list(errors(callers["S.0001"].post(ACKNOWLEDGE_STUDENT, body))) == [
        "StateProvinceId",
        "ReferenceId",
    ]
