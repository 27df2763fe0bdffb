"""Who is to be awarded: achieved, and not awarded."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials.selection import achieved_not_awarded, in_chunks
from enrolments.models import TranscriptRecord, TranscriptTrigger
from pasi import bulk
from pasi.models import Organization
from tests.province_builder import make_enrolment, make_school, make_student, process, set_up

DIPLOMA = {"achieved": ["AHSD-2018"], "marks": [("ELA3105", 2026, 5)]}
FUTURE = datetime.date(2026, 9, 1)


@pytest.fixture
def school(db):
    with set_up():
        return make_school("S.0001", "A.0001")


def chosen(**options) -> list[str]:
    return list(achieved_not_awarded(**options))


def test_in_chunks():
    assert list(in_chunks(iter("abcde"), 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(in_chunks(iter("abcd"), 2)) == [["a", "b"], ["c", "d"]]
    assert list(in_chunks(iter(""), 2)) == []


def test_something_achieved_that_is_not_awarded(db):
    with set_up():
        achieved = make_student("300000000", **DIPLOMA)
        make_student("200000000", not_achieved=["AHSD-2018"])
        make_student("200000001", **DIPLOMA, awards=[("AHSD", 11, 2026, False)])
        deleted = make_student("100000000", **DIPLOMA, awards=[("AHSD", 12, 2026, True)])
        further = make_student(
            "250000000", achieved=["AHSD-2018", "CHSA"], awards=[("CHSA", 13, 2025, False)]
        )
    assert chosen() == [deleted.asn, further.asn, achieved.asn]


def test_of_any_status_and_whatever_the_rules_will_say(db):
    with set_up():
        students = [
            make_student("100000010", **DIPLOMA, is_deactivated=True),
            make_student("100000020", achieved=["HHSD"]),
            make_student("100000030", **DIPLOMA, awards=[("GHSD", 21, 2020, False)]),
            make_student("100000040", achieved=["AHSD-2018"]),
        ]
        secondary = make_student("100000050", **DIPLOMA, primary=students[0])
    assert chosen() == [*(student.asn for student in students), secondary.asn]


def test_an_award_under_a_linked_number_counts(db):
    with set_up():
        student = make_student(**DIPLOMA)
        make_student(primary=student, awards=[("AHSD", 31, 2020, False)])
    assert chosen() == []


def test_whoever_is_being_recalculated_has_to_wait(db):
    with set_up():
        student, other = make_student(**DIPLOMA), make_student(**DIPLOMA)
        bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, [student.pk], "Test")
    assert chosen() == [other.asn]
    with set_up():
        process(limit=10)
    assert chosen() == sorted([student.asn, other.asn])


def test_by_the_credential_to_be_awarded(db):
    with set_up():
        both = make_student(achieved=["AHSD-2018", "CHSA"])
        lower = make_student(achieved=["CHSA"])
        prevented = make_student(achieved=["CHSA"], awards=[("GHSD", 41, 2020, False)])
        blocked = make_student(achieved=["CHSA", "HHSD"])
    assert chosen(credential_types=("AHSD",)) == [both.asn]
    assert chosen(credential_types=("CHSA",)) == [lower.asn]
    assert chosen(credential_types=("CHSA", "AHSD")) == sorted([both.asn, lower.asn])
    assert chosen(credential_types=("COSC",)) == []
    assert {prevented.asn, blocked.asn} <= set(chosen())


def test_by_school_and_by_authority(school):
    authority = school.authority
    with set_up():
        sister = make_school("S.0002", "A.0001")
        elsewhere = make_school("S.0003", "A.0002")
        here = make_student(**DIPLOMA, enrolments=[(school, 2026, None)])
        there = make_student(**DIPLOMA, enrolments=[(sister, 2026, None)])
        make_student(**DIPLOMA, enrolments=[(elsewhere, 2026, None)])
        make_student(**DIPLOMA)
    assert chosen(organization=school) == [here.asn]
    assert chosen(organization=authority) == sorted([here.asn, there.asn])
    assert len(chosen()) == 4
    nobody = Organization.objects.get(code="A.0002")
    assert len(chosen(organization=nobody)) == 1


@pytest.mark.parametrize(
    ("enrolments", "is_here"),
    [
        ([("here", 2026, None), ("there", 2025, None)], True),
        ([("here", 2025, None), ("there", 2026, None)], False),
        ([("here", 2026, None), ("there", 2027, FUTURE)], True),
        ([("there", 2027, FUTURE)], False),
        ([("here", 2027, FUTURE)], True),
        ([("here", 2026, None), ("there", 2026, datetime.date(2026, 2, 1))], False),
        ([("there", 2026, None), ("here", 2026, datetime.date(2026, 2, 1))], True),
    ],
)
def test_the_most_current_enrolment_decides(school, enrolments, is_here):
    with set_up():
        places = {"here": school, "there": make_school("S.0003", "A.0002")}
        student = make_student(
            **DIPLOMA, enrolments=[(places[name], year, start) for name, year, start in enrolments]
        )
        make_enrolment(student, places["there"], 2026, is_deleted=True)
    assert chosen(organization=school) == ([student.asn] if is_here else [])


def test_an_enrolment_under_a_secondary_number_counts(school):
    with set_up():
        student = make_student(**DIPLOMA)
        make_student(primary=student, enrolments=[(school, 2026, None)])
    assert chosen(organization=school) == [student.asn]


@pytest.mark.parametrize("count", [2, 30])
def test_the_number_of_queries_is_constant(db, count):
    with set_up():
        for _ in range(count):
            make_student(achieved=["AHSD-2018"])
    with CaptureQueriesContext(connection) as captured:
        assert len(chosen(credential_types=("AHSD",))) == count
    assert len(captured) <= 10
