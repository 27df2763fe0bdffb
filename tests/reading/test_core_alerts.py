"""GET /api/core-alerts/: what is answered, found and seen."""

import datetime
import uuid

import pytest

from enrolments.models import CourseEnrolment
from enrolments.visibility import TELLING_ALERTS
from tests.province_builder import (
    make_alert,
    make_enrolment,
    make_school,
    make_student,
    set_up,
)
from tests.reading.conftest import make_caller
from tests.reading.schema import check
from tests.reading.test_paging import flat, walk

LIST = "/api/core-alerts/"
TODAY = datetime.date(2026, 11, 22)
TOMORROW = datetime.date(2026, 11, 23)
LONG_AGO = datetime.date(2025, 1, 5)


@pytest.fixture(autouse=True)
def fixed_today(settings):
    settings.PASI_TODAY = TODAY


def found(caller, **parameters) -> list[int]:
    return [each["AlertCode"] for each in caller.results(LIST, parameters)]


# --- What is answered ---------------------------------------------------------------------------


def test_an_alert_on_an_enrolment(ministry):
    with set_up():
        enrolment = make_enrolment(make_student("100000001"), make_school(), 2027)
        alert = make_alert(enrolment, 10018, arguments={"PreviousGrade": "04", "Grade": "06"})
    response = ministry.get(LIST)
    check(LIST, response)
    assert response.json()["results"] == [
        {
            "RecordType": "StudentSchoolEnrolment",
            "ReferenceId": str(enrolment.reference_id),
            "StateProvinceId": "100000001",
            "SchoolCode": "S.0001",
            "SchoolYear": 2027,
            "AlertCode": 10018,
            "AlertType": "Advice",
            "Description": "Issue 10018. What it is about.",
            "Arguments": [
                {"Key": "Grade", "Value": "06"},
                {"Key": "PreviousGrade", "Value": "04"},
            ],
            "AcknowledgementStatus": "Unacknowledged",
            "PASICoreVersion": alert.version,
        }
    ]


def test_an_alert_on_a_student(ministry):
    with set_up():
        make_alert(make_student("100000001"), 11205)
    response = ministry.get(LIST)
    check(LIST, response)
    [row] = response.json()["results"]
    assert row["RecordType"] == "Student"
    assert [name for name, value in row.items() if value is None] == [
        *("ReferenceId", "SchoolCode", "SchoolYear")
    ]


# --- What is found ------------------------------------------------------------------------------


@pytest.fixture
def alerts(db) -> dict[str, uuid.UUID]:
    """Six alerts on four records. Answers the reference ids of the enrolments."""
    with set_up():
        first, second = make_school("S.0001"), make_school("S.0002", "A.0002")
        ada = make_student("100000001", courses=[(first, 2027, None)])
        grace = make_student("100000002")
        enrolment = make_enrolment(ada, first, 2027)
        elsewhere = make_enrolment(grace, second, 2026)
        course = CourseEnrolment.objects.get()
        make_alert(enrolment, 10018, acknowledgement_status="Acknowledged")
        make_alert(enrolment, 10033, "Warning", acknowledgement_status="Overridden")
        make_alert(elsewhere, 10019, acknowledgement_status="InProgress")
        make_alert(elsewhere, 10065, "Warning")
        make_alert(course, 40214, "Warning")
        make_alert(grace, 11205)
        return {
            "enrolment": enrolment.reference_id,
            "elsewhere": elsewhere.reference_id,
            "course": course.reference_id,
        }


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, [40214, 10065, 10033, 11205, 10019, 10018]),
        ({"RecordType": "Student"}, [11205]),
        ({"RecordType": "Student,CourseEnrolment"}, [40214, 11205]),
        ({"ReferenceId": "enrolment"}, [10033, 10018]),
        ({"ReferenceId": "course"}, [40214]),
        ({"ReferenceId": "course,elsewhere"}, [40214, 10065, 10019]),
        ({"ReferenceId": str(uuid.UUID(int=1))}, []),
        ({"StateProvinceId": "100000001"}, [40214, 10033, 10018]),
        ({"StateProvinceId": "100000002", "RecordType": "Student"}, [11205]),
        ({"SchoolCode": "s.0001"}, [40214, 10033, 10018]),
        ({"AuthorityCode": "A.0002"}, [10065, 10019]),
        ({"SchoolCode": "S.0001", "SchoolYear": "2026"}, []),
        ({"SchoolYear": "2026"}, [10065, 10019]),
        ({"AlertCode": "10018,40214"}, [40214, 10018]),
        ({"AlertType": "Warning"}, [40214, 10065, 10033]),
        ({"AlertType": "Advice", "SchoolCode": "S.0001"}, [10018]),
        ({"AcknowledgementStatus": "Unacknowledged"}, [40214, 10065, 11205]),
        ({"AcknowledgementStatus": "Overridden,InProgress"}, [10033, 10019]),
    ],
)
def test_filters(ministry, alerts, parameters, expected):
    if asked := parameters.get("ReferenceId"):
        parameters = {
            "ReferenceId": ",".join(str(alerts.get(name, name)) for name in asked.split(","))
        }
    response = ministry.get(LIST, parameters)
    check(LIST, response)
    assert found(ministry, **parameters) == expected


@pytest.mark.parametrize(
    "query",
    [
        "RecordType=SchoolEnrolment",
        "AlertCode=x",
        "AlertCode=0",
        "AlertType=warning",
        "AcknowledgementStatus=In%20Progress",
        "ReferenceId=1",
    ],
)
def test_bad_values_are_refused(ministry, query):
    response = ministry.get(f"{LIST}?{query}")
    check(LIST, response)
    assert [each["field"] for each in response.json()["errors"]] == [query.partition("=")[0]]


def test_pages_begin_with_the_warnings(ministry, alerts):
    for size in (1, 2, 4):
        pages, last = walk(ministry, f"{LIST}?PageSize={size}")
        assert [row["AlertCode"] for row in flat(pages)] == [
            *(40214, 10065, 10033, 11205, 10019, 10018)
        ]
        back, _first = walk(ministry, last, "previous")
        assert flat(back[::-1]) == flat(pages)


# --- What is seen -------------------------------------------------------------------------------


@pytest.fixture
def readers(db):
    with set_up():
        make_school("S.0001"), make_school("S.0002", "A.0002")
        return {
            code: make_caller(f"Reader {code}", organizations=[code])
            for code in ("O.1", "S.0001", "S.0002", "A.0001", "A.0002")
        }


FIRST, SECOND = {"S.0001", "A.0001"}, {"S.0002", "A.0002"}


def seen(readers, code) -> set[str]:
    """Who, besides the ministry, sees the alerts with this code."""
    shown = {each for each, reader in readers.items() if found(reader, AlertCode=code)}
    assert shown == {each for each, reader in readers.items() if code in found(reader)}
    assert "O.1" in shown
    return shown - {"O.1"}


@pytest.fixture
def at_two_schools(readers):
    """A student who has been at the first school and is at the second."""
    with set_up():
        first, second = make_school("S.0001"), make_school("S.0002")
        student = make_student(courses=[(first, 2025, None)])
        former = make_enrolment(student, first, 2025, exit_date=LONG_AGO)
        present = make_enrolment(student, second, 2027, exit_date=TOMORROW)
        course = CourseEnrolment.objects.get()
        return student, former, present, course


def test_alerts_are_seen_by_the_school_and_with_the_student(readers, at_two_schools):
    student, former, present, course = at_two_schools
    with set_up():
        make_alert(former, 10018)
        make_alert(present, 10019)
        make_alert(course, 40214)
        make_alert(student, 11205)
    assert seen(readers, 10018) == FIRST | SECOND
    assert seen(readers, 10019) == SECOND
    assert seen(readers, 40214) == FIRST | SECOND
    assert seen(readers, 11205) == SECOND


def test_the_last_school_sees_the_student_for_six_months(readers):
    with set_up():
        student = make_student()
        enrolment = make_enrolment(
            student, make_school("S.0001"), 2026, exit_date=datetime.date(2026, 5, 22)
        )
        make_alert(student, 11205)
        make_alert(enrolment, 10018)
    assert seen(readers, 11205) == FIRST
    with set_up():
        enrolment.exit_date = datetime.date(2026, 5, 21)
        enrolment.save()
    assert seen(readers, 11205) == set()
    assert seen(readers, 10018) == FIRST


def test_who_created_the_student(readers):
    with set_up():
        make_alert(make_student(created_by=make_school("S.0001")), 11205)
    assert seen(readers, 11205) == FIRST


def test_a_deactivated_number_is_for_the_ministry(readers):
    with set_up():
        student = make_student(is_deactivated=True)
        enrolment = make_enrolment(student, make_school("S.0001"), 2027, exit_date=TOMORROW)
        make_alert(student, 11205)
        make_alert(enrolment, 10018)
    assert seen(readers, 11205) == seen(readers, 10018) == set()


def test_what_tells_of_a_declaration_is_seen_by_its_owner_alone(readers, at_two_schools):
    _student, former, _present, _course = at_two_schools
    [code] = TELLING_ALERTS
    with set_up():
        make_alert(former, code, "Warning")
    assert seen(readers, code) == FIRST


@pytest.mark.parametrize("many", [1, 1000])
def test_many_students(readers, monkeypatch, many):
    """Beyond a number of students they are gathered from the enrolments instead."""
    monkeypatch.setattr("students.associations.FEW", 1)
    monkeypatch.setattr("enrolments.visibility.MANY", many)
    with set_up():
        for _ in range(3):
            student = make_student()
            make_alert(make_enrolment(student, make_school("S.0001"), 2025, exit_date=LONG_AGO))
            make_enrolment(student, make_school("S.0002"), 2027, exit_date=TOMORROW)
            make_alert(student, 11205)
        make_alert(make_student(), 11205)
    assert found(readers["S.0002"]) == [11205, 10018] * 3
    assert found(readers["S.0001"]) == [10018] * 3
