"""The number of queries of a call does not depend on the number of students."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.credentials.calls import outcomes
from tests.province_builder import make_school, make_student, set_up

# What one call costs that meets everything: fresh awards, awards over deleted ones, moved maturity
# dates, course enrolments without start date, linked numbers, every kind of rejection.
QUERIES = 40


def everything(school) -> list[str]:
    """ASNs of students that between them take every path of the service."""
    diploma = {"achieved": ["AHSD-2018"], "marks": [("ELA3105", 2026, 5)]}
    started = datetime.date(2027, 1, 15)
    awarded = make_student(**diploma, courses=[(school, 2027, started), (school, 2027, None)])
    number = 2 * awarded.pk
    made = [
        awarded,
        make_student(**diploma, awards=[("AHSD", number, 2019, True)]),
        make_student(**diploma, primary=awarded),
        make_student(achieved=["HSED-ALT2"], ged_marks=[("GED9981", 2020, "A")]),
        make_student(achieved=["COSC"], enrolments=[(school, 2026, None)]),
        make_student(**diploma, awards=[("GHSD", number + 1, 2019, False)]),
        make_student(achieved=["AHSD-2018"]),
        make_student(achieved=["HHSD"]),
        make_student(is_deactivated=True),
        make_student(),
    ]
    return [student.asn for student in made]


KINDS = ["AHSD", "AHSD", "44014", "HSED", "COSC", "44012", "44008", "44011", "44013", "44000"]


@pytest.mark.parametrize("times", [1, 6])
def test_the_number_of_queries_is_constant(db, times):
    with set_up():
        school = make_school()
        asns = [asn for _ in range(times) for asn in everything(school)]
    with CaptureQueriesContext(connection) as captured:
        found = outcomes(*asns, "999999999", asns[0])
    assert found == [*KINDS * times, "9002", "44010"]
    assert len(captured) == QUERIES, "\n".join(query["sql"][:100] for query in captured)


@pytest.mark.parametrize("count", [3, 60])
def test_students_who_only_get_an_award(db, count):
    with set_up():
        asns = [
            make_student(
                achieved=["AHSD-2018"],
                marks=[("ELA3105", 2026, 5)],
                maturity_date=datetime.date(2026, 9, 1),
                maturity_reason="CREDENTIAL",
            ).asn
            for _ in range(count)
        ]
    with CaptureQueriesContext(connection) as captured:
        assert outcomes(*asns) == ["AHSD"] * count
    assert len(captured) == 30, "\n".join(query["sql"][:100] for query in captured)
