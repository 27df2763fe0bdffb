"""SubmitStudentDeath over HTTP: a student has died, and what follows; or has not after all."""

import datetime
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall, ServiceResponse
from pasi import bulk
from students.models import Student
from tests import invariants
from tests.enrolments import bodies as enrolment_bodies
from tests.enrolments.alert_fixtures import alerts_of, process
from tests.enrolments.calls import make_enrolment_caller
from tests.http.conftest import errors, fault
from tests.province_builder import make_enrolment, make_school, make_student, set_up
from tests.students.calls import applied, make_caller
from tests.students.numbers import (
    DEATH,
    a_death,
    forget_triggers,
    link,
    now,
    raised,
)

date = datetime.date
DAY = datetime.timedelta(days=1)
TODAY = date(2026, 11, 26)
QUERIES = 23


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()


@pytest.fixture
def student(db) -> Student:
    with set_up():
        return make_student()


def died(ministry, student, on: str | None = "2026-10-01", **changes) -> dict:
    return applied(ministry.post(DEATH, a_death(student, on, **changes)))


def lives(ministry, student) -> dict:
    return died(ministry, student, None, IsDeceased=False)


def stored(student) -> tuple:
    found = now(student)
    return found.is_deceased, found.date_of_death


def test_a_death_its_date_and_that_it_was_a_mistake(student, ministry):
    seen = [student.version]
    for change, expected in (
        ({"on": None}, (True, None)),
        ({"on": "2026-10-01"}, (True, date(2026, 10, 1))),
        ({"on": str(TODAY)}, (True, TODAY)),
        ({"on": str(student.birth_date)}, (True, student.birth_date)),
        ({"on": None}, (True, None)),
        ({"on": "2026-10-01T23:59:00-06:00"}, (True, date(2026, 10, 1))),
        ({"on": None, "IsDeceased": False}, (False, None)),
    ):
        answer = died(ministry, student, **change)
        after = now(student)
        assert answer == {"Id": student.asn, "PASICoreVersion": after.version, "Rejections": []}
        assert stored(student) == expected
        assert after.version > seen[-1]
        seen.append(after.version)
        assert raised("Student") == {student.pk}
        shown = ministry.get(f"/api/students/{student.asn}/")
        on = expected[1] and str(expected[1])
        assert (shown["IsDeceased"], shown["DateOfDeath"]) == (expected[0], on)
    rows = Student.history.filter(id=student.pk).order_by("history_id")
    assert [row.version for row in rows] == seen


def test_audit(student, ministry):
    response = ministry.post(DEATH, a_death(student))
    call = ServiceCall.objects.get(pk=response.headers["PASI-Message-Id"])
    assert call.operation == DEATH
    assert Student.history.filter(id=student.pk).latest().call == call
    recorded = ServiceResponse.objects.get(call=call)
    assert (recorded.outcome, recorded.state_province_ids) == ("Applied", [student.asn])


def test_enrolments_that_outlast_the_student(student, ministry):
    """10086: the exit date is after the death; also of what is under a secondary number."""
    with set_up():
        school = make_school()
        second = make_student(primary=student)
        ended = make_enrolment(student, school, 2026)
        lasting = make_enrolment(student, school, 2027)
        elsewhere = make_enrolment(second, make_school("S.0002"), 2027, date(2026, 9, 15))

    def alerts() -> list[set[int]]:
        process()
        return [
            {code for code, _arguments in alerts_of(each) if code == 10086}
            for each in (ended, lasting, elsewhere)
        ]

    died(ministry, student)
    assert alerts() == [set(), {10086}, {10086}]
    died(ministry, student, str(ended.exit_date - DAY))
    assert alerts() == [{10086}] * 3
    died(ministry, student, str(ended.exit_date))
    assert alerts() == [set(), {10086}, {10086}]
    died(ministry, student, None)
    assert alerts() == [set()] * 3
    died(ministry, student)
    lives(ministry, student)
    assert alerts() == [set()] * 3


@pytest.mark.parametrize(
    ("before", "after", "years"),
    [
        (None, "2026-10-01", {2027, 2028}),
        (None, "2023-01-01", {2023, 2024, 2025, 2026, 2027, 2028}),
        ("2023-01-01", "2026-10-01", {2023, 2024, 2025, 2026, 2027, 2028}),
        ("2025-06-28", None, {2025, 2026, 2027, 2028}),
        ("2025-06-29", None, {2026, 2027, 2028}),
    ],
)
def test_which_enrolments_are_looked_at_again(student, ministry, before, after, years):
    """The current and later school years, and what lasted until the earlier of the two dates."""
    with set_up():
        school = make_school()
        for year in range(2020, 2029):
            make_enrolment(student, school, year)
        make_enrolment(student, school, 2027, is_deleted=True)
        make_enrolment(make_student(), school, 2027)
    if before:
        died(ministry, student, before)
    forget_triggers()
    died(ministry, student, after)
    found = student.school_enrolments.filter(pk__in=raised("StudentSchoolEnrolment"))
    assert set(found.values_list("school_year", flat=True)) == years
    assert len(raised("StudentSchoolEnrolment")) == len(years)


def test_a_deceased_student_is_not_enrolled(student, ministry):
    with set_up():
        make_school()
        school = make_enrolment_caller("S.0001")
    died(ministry, student, None)
    body = enrolment_bodies.enrolment_minimal(StateProvinceId=student.asn)
    assert school.refused_enrolment(body) == ["10080"]
    lives(ministry, student)
    school.enrol(student)


def test_a_linked_number_dies_with_its_primary(student, ministry):
    with set_up():
        second = make_student()
    link(ministry, second, student)
    died(ministry, student)
    shown = ministry.get(f"/api/students/{second.asn}/")
    assert (shown["IsDeceased"], shown["DateOfDeath"]) == (True, "2026-10-01")
    assert stored(second) == (False, None)


# --- Rejections ---------------------------------------------------------------------------------


def test_unknown_numbers_and_versions(student, ministry):
    wrong = {"PASICoreVersion": 0, "DateOfDeath": "2100-01-01"}
    sent = a_death(student, StateProvinceId="999999999", **wrong)
    assert ministry.refused(DEATH, sent) == ["9002"]
    sent = a_death(student, PASICoreVersion=bulk.latest_version() + 1)
    assert ministry.refused(DEATH, sent) == ["9014"]
    assert fault(ministry.post(DEATH, a_death(student, **wrong))) == (409, "3004")


def test_secondary_numbers(student, ministry):
    with set_up():
        second = make_student(primary=student)
    response = ministry.post(DEATH, a_death(second, PASICoreVersion=0))
    [rejection] = response.json()["Rejections"]
    assert (rejection["Code"], student.asn in rejection["Description"]) == ("99030", True)
    recorded = ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])
    assert recorded.state_province_ids == [second.asn, student.asn]


def test_deactivated_numbers(ministry):
    with set_up():
        gone = make_student(is_deactivated=True)
    died(ministry, gone)


def test_dates(student, ministry):
    for on, codes in ((TODAY + DAY, ["99031"]), (student.birth_date - DAY, ["99032"])):
        assert ministry.refused(DEATH, a_death(student, str(on))) == codes
    assert stored(student) == (False, None)


def test_nothing_to_do(student, ministry):
    assert ministry.refused(DEATH, a_death(student, None, IsDeceased=False)) == ["9023"]
    died(ministry, student)
    assert ministry.refused(DEATH, a_death(student)) == ["9023"]


def test_the_ministry_only(student, school1):
    with set_up():
        clerk = make_caller("O.1", roles=("Submit Student User",))
        system_of_a_school = make_caller("A.0001", roles=("PASI System User",))
    for caller in (school1, clerk, system_of_a_school):
        assert fault(caller.post(DEATH, a_death(student))) == (403, "1007")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"StateProvinceId": None}, {"StateProvinceId": "is required"}),
        ({"PASICoreVersion": 2**63}, {"PASICoreVersion": None}),
        ({"IsDeceased": None}, {"IsDeceased": "is required"}),
        ({"IsDeceased": 0}, {"IsDeceased": "must be true or false"}),
        (
            {"IsDeceased": False},
            {"DateOfDeath": "must be absent unless IsDeceased is true"},
        ),
        (
            {"DateOfDeath": "2026-02-30"},
            {"DateOfDeath": "must be a date as YYYY-MM-DD, alone or followed by a time"},
        ),
        (
            {"DateOfDeath": "", "IsDeceased": False},
            {"DateOfDeath": "must be a date as YYYY-MM-DD, alone or followed by a time"},
        ),
        ({"Cause": "x"}, {"Cause": "is not a property of the contract"}),
    ],
)
def test_the_contract(student, ministry, change, said):
    found = errors(ministry.post(DEATH, a_death(student, **change)))
    assert list(found) == list(said)
    assert all(text in (None, found[name]) for name, text in said.items())


def test_null_is_absent(student, ministry):
    applied(ministry.post(DEATH, a_death(student, None) | {"DateOfDeath": None}))
    assert stored(student) == (True, None)


def test_a_repeat_is_answered_from_the_record(student, ministry):
    sent = json.dumps(a_death(student)).encode()
    first = ministry.post(DEATH, sent)
    lives(ministry, student)
    second = ministry.post(DEATH, sent)
    assert second.json() == first.json()
    assert second.headers["PASI-Replayed"] == first.headers["PASI-Message-Id"]
    assert stored(student) == (False, None)


@pytest.mark.parametrize("years", [1, 15])
def test_queries_whatever_the_history(student, ministry, years):
    with set_up():
        for number in range(years):
            make_enrolment(student, make_school(), 2027 - number)
            make_student(primary=student)
    with CaptureQueriesContext(connection) as captured:
        died(ministry, student, "2010-01-01")
    assert sum("SAVEPOINT" not in query["sql"] for query in captured) == QUERIES
