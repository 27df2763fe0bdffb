"""SubmitStudentDeactivation over HTTP: a number is closed, and used again."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall, ServiceResponse
from enrolments.models import CourseEnrolment
from pasi import bulk
from students.models import Student
from tests import invariants
from tests.enrolments.alert_fixtures import alerts_of, make_shouting_student, process
from tests.http.conftest import errors, fault
from tests.province_builder import (
    make_award,
    make_enrolment,
    make_mark,
    make_name,
    make_school,
    make_student,
    set_up,
)
from tests.students import bodies
from tests.students.calls import applied, make_caller
from tests.students.numbers import (
    DEACTIVATION,
    LINK,
    a_deactivation,
    a_link,
    forget_triggers,
    now,
    raised,
)
from tests.students.test_identify import found

QUERIES = 21


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()


@pytest.fixture
def student(db) -> Student:
    """Created by nobody, enrolled nowhere."""
    with set_up():
        return make_student()


def deactivate(ministry, student, to=True) -> dict:
    return applied(ministry.post(DEACTIVATION, a_deactivation(student, to)))


def test_a_number_is_deactivated_and_used_again(student, ministry):
    seen = [student.version]
    for to, status in ((True, "Deactivated"), (False, "Active")):
        forget_triggers()
        answer = deactivate(ministry, student, to)
        after = now(student)
        assert answer == {"Id": student.asn, "PASICoreVersion": after.version, "Rejections": []}
        assert (after.is_deactivated, after.status) == (to, status)
        assert after.version > seen[-1]
        seen.append(after.version)
        assert raised("Student") == {student.pk}
        # What is calculated may have been recalculated for everybody else meanwhile.
        assert raised("Transcript") == (set() if to else {student.pk})
        for processor in ("StudentSchoolEnrolment", "CourseEnrolment", "ResponsibleSchool"):
            assert raised(processor) == set()
    rows = Student.history.filter(id=student.pk).order_by("history_id")
    assert [(row.history_type, row.is_deactivated) for row in rows] == [
        *(("+", False), ("~", True), ("~", False))
    ]


def test_audit(student, ministry):
    response = ministry.post(DEACTIVATION, a_deactivation(student))
    call = ServiceCall.objects.get(pk=response.headers["PASI-Message-Id"])
    assert call.operation == DEACTIVATION
    assert Student.history.filter(id=student.pk).latest().call == call
    recorded = ServiceResponse.objects.get(call=call)
    assert (recorded.outcome, recorded.state_province_ids) == ("Applied", [student.asn])


def test_its_alerts_go_and_come_back(ministry):
    with set_up():
        shouting = make_shouting_student()
    process("Student")
    assert len(alerts_of(shouting, "Student")) == 1
    for to, codes in ((True, set()), (False, {11205}), (True, set())):
        deactivate(ministry, shouting, to)
        process("Student")
        assert {code for code, _arguments in alerts_of(shouting, "Student")} == codes


def test_only_the_ministry_sees_it(ministry, school1):
    asn = school1.create()
    [student] = Student.objects.filter(asn=asn)
    school1.get(f"/api/students/{asn}/")
    deactivate(ministry, student)
    headers = {"Authorization": f"Bearer {school1.token}"}
    assert Client().get(f"/api/students/{asn}/", headers=headers).status_code == 404
    assert ministry.get(f"/api/students/{asn}/")["Status"] == "Deactivated"
    assert school1.refused("SubmitName", school1.name(asn)) == ["9065"]
    listed = school1.get("/api/students/")["results"]
    assert listed == []
    deactivate(ministry, student, to=False)
    assert school1.get(f"/api/students/{asn}/")["Status"] == "Active"
    school1.submit_name(asn)


def test_it_is_nobodys_duplicate_and_is_not_found(ministry, school1):
    asn = school1.create()
    again = bodies.create_student_minimal()
    assert school1.refused("CreateStudent", again) == ["11401", "11404"]
    search = ("Amélie", "Tremblay", "2012-05-17")
    assert [match[0] for match in found(school1, *search)] == [asn]
    deactivate(ministry, Student.objects.get(asn=asn))
    assert found(school1, *search) == []
    another = school1.create()
    # Used again beside another of the same name: the ministry knows what it does, and may link.
    deactivate(ministry, Student.objects.get(asn=asn), to=False)
    assert {match[0] for match in found(school1, *search)} == {asn, another}
    [one, other] = Student.objects.filter(asn__in=[asn, another]).order_by("pk")
    applied(ministry.post(LINK, a_link(one, other)))


def test_nothing_is_awarded_under_it(ministry):
    with set_up():
        student = make_student(achieved=["AHSD-2018"])
    deactivate(ministry, student)
    body = {"CallerInfo": bodies.submit_name()["CallerInfo"], "StateProvinceIds": [student.asn]}
    response = ministry.post("SubmitCredentialAwardingMultiple", body).json()["Responses"]
    assert response[0]["Rejections"][0]["Code"] == "44013"


# --- Rejections ---------------------------------------------------------------------------------


def test_unknown_numbers_and_versions(student, ministry):
    sent = a_deactivation(student, StateProvinceId="999999999", PASICoreVersion=0)
    assert ministry.refused(DEACTIVATION, sent) == ["9002"]
    sent = a_deactivation(student, PASICoreVersion=bulk.latest_version() + 1)
    assert ministry.refused(DEACTIVATION, sent) == ["9014"]
    response = ministry.post(DEACTIVATION, a_deactivation(student, to=False, PASICoreVersion=0))
    assert fault(response) == (409, "3004")


def test_nothing_to_do(student, ministry):
    assert ministry.refused(DEACTIVATION, a_deactivation(student, to=False)) == ["9023"]
    deactivate(ministry, student)
    assert ministry.refused(DEACTIVATION, a_deactivation(student)) == ["9023"]


def test_linked_numbers(student, ministry):
    with set_up():
        secondary = make_student(primary=student)
    response = ministry.post(DEACTIVATION, a_deactivation(student))
    [rejection] = response.json()["Rejections"]
    assert (rejection["Code"], secondary.asn in rejection["Description"]) == ("99024", True)
    response = ministry.post(DEACTIVATION, a_deactivation(secondary))
    [rejection] = response.json()["Rejections"]
    assert (rejection["Code"], student.asn in rejection["Description"]) == ("99028", True)
    recorded = ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])
    assert recorded.state_province_ids == [secondary.asn, student.asn]
    applied(ministry.post(LINK, a_link(secondary, None)))
    deactivate(ministry, secondary)
    deactivate(ministry, student)


def enrolled(student, **values) -> None:
    make_enrolment(student, make_school(), 2026, **values)


def in_course(student, **values) -> None:
    CourseEnrolment.objects.create(
        reference_id="00000000-0000-0000-0000-000000000001",
        student=student,
        school=make_school(),
        school_year=2026,
        course_code="ELA3105",
        status="Active",
        version=bulk.next_versions(1)[0],
        **values,
    )


def marked(student, **values) -> None:
    make_mark(student, "ELA3105", 2026, 5, "75", **values)


def awarded(student, is_deleted=False) -> None:
    make_award(student, "AHSD", 4321, 2026, is_deleted)


@pytest.mark.parametrize("make", [enrolled, in_course, marked, awarded])
@pytest.mark.parametrize("is_deleted", [False, True])
def test_numbers_in_use(student, ministry, make, is_deleted):
    with set_up():
        make(student, is_deleted=is_deleted)
        for other in (enrolled, marked):
            other(make_student())
    if is_deleted:
        deactivate(ministry, student)
    else:
        assert ministry.refused(DEACTIVATION, a_deactivation(student)) == ["99029"]


def test_everything_in_use_is_told(student, ministry):
    with set_up():
        for make in (enrolled, in_course, marked, awarded):
            make(student)
    response = ministry.post(DEACTIVATION, a_deactivation(student))
    told = [each["Description"] for each in response.json()["Rejections"]]
    for text, what in zip(
        told,
        ("school enrolments", "course enrolments", "official marks", "awarded credentials"),
        strict=True,
    ):
        assert what in text and student.asn in text


def test_what_an_import_brought_does_not_hinder_using_it_again(ministry):
    with set_up():
        gone = make_student(is_deactivated=True)
        enrolled(gone)
    deactivate(ministry, gone, to=False)


def test_the_ministry_only(student, school1):
    with set_up():
        clerk = make_caller("O.1", roles=("Submit Student User",))
        system_of_a_school = make_caller("A.0001", roles=("PASI System User",))
    for caller in (school1, clerk, system_of_a_school):
        assert fault(caller.post(DEACTIVATION, a_deactivation(student))) == (403, "1007")
    assert now(student).status == "Active"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"StateProvinceId": None}, "is required"),
        ({"StateProvinceId": "1"}, "must be nine digits, 000000001 to 999999999"),
        ({"PASICoreVersion": 1.5}, "must be an integer"),
        ({"IsDeactivated": None}, "is required"),
        ({"IsDeactivated": "true"}, "must be true or false"),
        ({"IsDeactivated": 1}, "must be true or false"),
        ({"Reason": "x"}, "is not a property of the contract"),
    ],
)
def test_the_contract(student, ministry, change, said):
    response = ministry.post(DEACTIVATION, a_deactivation(student, **change))
    assert errors(response) == {next(iter(change)): said}


def test_a_repeat_is_answered_from_the_record(student, ministry):
    sent = json.dumps(a_deactivation(student)).encode()
    first = ministry.post(DEACTIVATION, sent)
    deactivate(ministry, student, to=False)
    second = ministry.post(DEACTIVATION, sent)
    assert second.json() == first.json()
    assert second.headers["PASI-Replayed"] == first.headers["PASI-Message-Id"]
    assert now(student).status == "Active"


@pytest.mark.parametrize("history", [1, 15])
def test_queries_whatever_the_history(student, ministry, history):
    with set_up():
        for number in range(history):
            make_name(student, f"Name{'n' * number}")
            make_enrolment(student, make_school(), 2000 + number, is_deleted=True)
    with CaptureQueriesContext(connection) as captured:
        deactivate(ministry, student)
    assert sum("SAVEPOINT" not in query["sql"] for query in captured) == QUERIES
