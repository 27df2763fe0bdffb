"""What GET /api/students/ finds: names, numbers, statuses, birth dates, schools."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pasi.text_search import matching
from students import filters
from students.models import Name
from tests.province_builder import make_enrolment, make_name, make_school, make_student, set_up
from tests.reading.conftest import make_caller


@pytest.fixture(autouse=True)
def fixed_today(settings):
    settings.PASI_TODAY = datetime.date(2026, 11, 22)


def found(caller, **parameters):
    results = caller.results("/api/students/", parameters)
    return [each["StateProvinceId"] for each in results]


@pytest.fixture
def names():
    with set_up():
        make_student("100000001", first_name="Zoë", last_name="Müller")
        make_student("100000002", first_name="Zoe", last_name="Muller-Smith")
        third = make_student("100000003", first_name="José", last_name="O'Neil")
        make_name(third, "Joe", last_name="MULLER")
        fourth = make_student("100000004", first_name="Zoe", last_name="Percent%")
        make_name(fourth, "Zoe", last_name="Muller", is_deleted=True)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"LastName": "müller"}, [1, 3]),
        ({"LastName": "Muller"}, [1, 3]),
        ({"LastName": "mul*"}, [1, 2, 3]),
        ({"LastName": "O'NEIL,Muller-Smith"}, [2, 3]),
        ({"LastName": "o*,muller"}, [1, 3]),
        ({"LastName": "ller"}, []),
        ({"LastName": "Percent%"}, [4]),
        ({"LastName": "P%*"}, []),  # no wildcard but the asterisk
        ({"LastName": "M_ller"}, []),
        ({"FirstName": "zoe"}, [1, 2, 4]),
        ({"FirstName": "jos*"}, [3]),
        ({"LastName": "muller", "FirstName": "zoe"}, [1]),
        ({"LastName": "muller", "FirstName": "jose"}, []),  # two names of one student
        ({"LastName": "muller", "FirstName": "jo*"}, [3]),
    ],
)
def test_names_are_found_without_regard_to_case_and_accents(ministry, names, parameters, expected):
    assert found(ministry, **parameters) == [f"10000000{number}" for number in expected]


def test_filters(ministry):
    with set_up():
        first = make_student("100000001", birth_date=datetime.date(2000, 2, 29))
        make_student("100000002", primary=first)
        make_student("100000003", is_deactivated=True)
        make_student("100000004", birth_date=datetime.date(2001, 1, 1))
    for parameters, expected in [
        ({"StateProvinceId": "100000004,100000001"}, [1, 4]),
        ({"PrimaryStateProvinceId": "100000001"}, [2]),
        ({"Status": "Active"}, [1, 4]),
        ({"Status": "Secondary,Deactivated"}, [2, 3]),
        ({"BirthDate": "2000-02-29"}, [1]),
        ({"BirthDate": "2000-02-29,2001-01-01"}, [1, 4]),
        ({"BirthDate": "2001-01-01", "Status": "Active"}, [4]),
    ]:
        assert found(ministry, **parameters) == [f"10000000{number}" for number in expected]


@pytest.fixture
def at_schools():
    """Numbers 1 to 6 at S.0001 and S.0002 of one authority and S.0003 of another."""
    with set_up():
        here, sister = make_school(), make_school("S.0002")
        there = make_school("S.0003", "A.0003")
        past, present = datetime.date(2026, 6, 28), datetime.date(2027, 6, 28)
        make_student("100000001", enrolments=[(here, 2027, None)])
        make_enrolment(make_student("100000002"), here, 2005)
        third = make_student("100000003")
        make_enrolment(third, here, 2026, exit_date=past)
        make_enrolment(third, there, 2027, exit_date=present)
        make_enrolment(make_student("100000004"), here, 2027, is_deleted=True)
        make_enrolment(make_student("100000005", primary=third), sister, 2028)
        make_student("100000006")


@pytest.mark.parametrize("many", [filters.MANY, 1])
def test_students_of_a_school(ministry, at_schools, monkeypatch, many):
    monkeypatch.setattr(filters, "MANY", many)
    with set_up():
        school = make_caller("School", organizations=["S.0001"])
        authority = make_caller("Authority", organizations=["A.0001"])
    for caller, codes, expected in [
        (ministry, "S.0001", [1, 2, 3]),
        (ministry, "s.0001", [1, 2, 3]),
        (ministry, "S.0002", [5]),
        (ministry, "S.0002,S.0003", [3, 5]),
        (ministry, "S.9999", []),
        (ministry, "A.0001", []),
        # Only those whom the caller sees at all, and only by enrolments that it may see.
        (school, "S.0001", [1, 3]),
        (school, "S.0003", []),
        (school, "S.0001,S.0002,S.0003", [1, 3]),
        (authority, "S.0002", [5]),
        (authority, "S.0003", []),
    ]:
        shown = found(caller, SchoolCode=codes)
        assert shown == [f"10000000{number}" for number in expected], (caller.client, codes)
    assert found(ministry, SchoolCode="S.0001", BirthDate="2000-01-01") == []


def test_a_name_search_uses_its_index(db):
    """Expressions of query and index must stay the same, or millions of names are read."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for fitting, index in [
        (matching("last_name", ["Müller"]), "name_by_last_first"),
        (matching("last_name", ["Mül*"], prefixes=True), "name_by_last_first"),
        (matching("first_name", ["Zo*"], prefixes=True), "name_by_first"),
    ]:
        plan = Name.objects.filter(fitting).explain()
        assert index in plan and "Index Cond" in plan, plan


def test_students_of_a_school_are_found_by_the_index_of_its_enrolments(ministry, school):
    with set_up():
        make_student("100000001", enrolments=[(school, 2027, None)])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as captured:
        assert found(ministry, SchoolCode="S.0001") == ["100000001"]
    asked = [q["sql"] for q in captured if "enrolments_schoolenrolment" in q["sql"]]
    assert len(asked) == 2  # are there many, and the page
    for sql in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        # By its school, by whichever index that begins with it.
        assert "school_enrolment_by_" in plan, plan
