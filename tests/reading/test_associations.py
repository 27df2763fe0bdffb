"""Who may see a student: the truth table, and the two homes of the rule against each other."""

import datetime
import itertools
import random

import pytest

from pasi.models import Organization
from students.associations import (
    Association,
    Enrolled,
    KnownStudent,
    Periods,
    View,
    _gathered,
    association,
    created_lately_by,
    effective_access,
    known_students,
    may_access,
    may_change,
    months_later,
    view_of,
)
from students.models import Student
from tests.province_builder import make_enrolment, make_school, make_student, set_up

TODAY = datetime.date(2026, 11, 22)
PERIODS = Periods.on(TODAY)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def organization(pk: int, kind="School", authority=None, **values) -> Organization:
    return Organization(pk=pk, code=f"S.{pk:04d}", kind=kind, authority=authority, **values)


AUTHORITY = organization(1, "Authority")
SCHOOL = organization(11, authority=AUTHORITY)
SISTER = organization(12, authority=AUTHORITY)
STRICT = organization(13, authority=AUTHORITY, access="HighRestriction")
OTHER = organization(21, authority=organization(2, "Authority"))
MINISTRY = organization(99, "Ministry")
EVERYBODY = (MINISTRY, AUTHORITY, SCHOOL, SISTER, STRICT, OTHER)


def at(school: Organization, exit_date: str, school_year: int = 2026) -> Enrolled:
    return Enrolled(school.pk, school.authority_id, day(exit_date), school_year)


def known(*enrolments, created_by=None, created_on="2000-01-01", **values) -> KnownStudent:
    return KnownStudent(
        enrolments=enrolments,
        created_by=created_by.pk if created_by else None,
        authority_of_creator=created_by.authority_id if created_by else None,
        created_on=day(created_on),
        **values,
    )


# student -> the association of (authority, school, sister, strict school, other school)
TRUTH_TABLE = {
    "unknown to all": (known(), (7, 7, 7, 7, 7)),
    "enrolled now": (known(at(SCHOOL, "2026-11-23")), (3, 3, 7, 7, 7)),
    "left today": (known(at(SCHOOL, "2026-11-22")), (4, 4, 7, 7, 7)),
    "left six months ago": (known(at(SCHOOL, "2026-05-22")), (4, 4, 7, 7, 7)),
    "left a day earlier": (known(at(SCHOOL, "2026-05-21")), (5, 5, 7, 7, 7)),
    "left a year ago": (known(at(SCHOOL, "2025-11-22")), (5, 5, 7, 7, 7)),
    "left longer ago": (known(at(SCHOOL, "2025-11-21")), (7, 7, 7, 7, 7)),
    "strict: left six months ago": (known(at(STRICT, "2026-05-22")), (4, 7, 7, 4, 7)),
    "strict: left earlier": (known(at(STRICT, "2026-05-21")), (5, 7, 7, 7, 7)),
    "moved to another authority": (
        known(at(SCHOOL, "2026-08-31"), at(OTHER, "2027-06-30")),
        (5, 5, 7, 7, 3),
    ),
    "moved within the authority": (
        known(at(SCHOOL, "2026-08-31"), at(SISTER, "2027-06-30")),
        (3, 5, 3, 7, 7),
    ),
    "left both, the other one later": (
        known(at(STRICT, "2026-08-30"), at(OTHER, "2026-08-31")),
        (5, 7, 7, 7, 4),
    ),
    "left both on one day": (
        known(at(SCHOOL, "2026-08-31"), at(OTHER, "2026-08-31")),
        (4, 4, 7, 7, 4),
    ),
    "two enrolments at one school": (
        known(at(STRICT, "2026-08-30"), at(STRICT, "2026-08-31")),
        (4, 7, 7, 4, 7),
    ),
    "created by the school": (
        known(created_by=SCHOOL, created_on="2024-11-22"),
        (2, 2, 7, 7, 7),
    ),
    "created too long ago": (
        known(created_by=SCHOOL, created_on="2024-11-21"),
        (7, 7, 7, 7, 7),
    ),
    "created by the authority": (
        known(created_by=AUTHORITY, created_on="2026-01-01"),
        (2, 7, 7, 7, 7),
    ),
    "created by the school, enrolled elsewhere": (
        known(at(OTHER, "2012-06-30"), created_by=SCHOOL, created_on="2026-01-01"),
        (7, 7, 7, 7, 7),
    ),
    "deactivated": (
        known(at(SCHOOL, "2027-06-30"), is_deactivated=True),
        (7, 7, 7, 7, 7),
    ),
}


@pytest.mark.parametrize("case", TRUTH_TABLE)
def test_association(case):
    student, expected = TRUTH_TABLE[case]
    found = [association(student, each, PERIODS) for each in EVERYBODY]
    assert found == [Association.MINISTRY, *expected]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-11-22", -6, "2026-05-22"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-01-31", -2, "2025-11-30"),
    ],
)
def test_months_end_with_the_month(start, months, end):
    assert months_later(day(start), months) == day(end)


def test_a_period_counts_every_day_that_reaches_to_today():
    """The first day of a period reaches to today, the day before it does not."""
    for offset in range(400):
        today = day("2027-12-01") + datetime.timedelta(days=offset)
        periods = Periods.on(today)
        for since, months in (
            (periods.last_since, 6),
            (periods.recent_since, 12),
            (periods.created_since, 24),
        ):
            assert months_later(since, months) >= today
            assert months_later(since - datetime.timedelta(days=1), months) < today


@pytest.mark.parametrize(
    ("own", "of_authority", "expected"),
    [
        ({}, {}, "Normal"),
        ({"access": "LowRestriction"}, {}, "LowRestriction"),
        ({}, {"access": "LowRestriction"}, "LowRestriction"),
        ({"access": "LowRestriction"}, {"access": "HighRestriction"}, "HighRestriction"),
        ({"closed_on": TODAY}, {}, "HighRestriction"),
        ({"closed_on": day("2026-11-23")}, {}, "Normal"),
        ({}, {"closed_on": day("2020-01-01")}, "HighRestriction"),
    ],
)
def test_the_strictest_access_counts(own, of_authority, expected):
    school = organization(31, authority=organization(3, "Authority", **of_authority), **own)
    assert effective_access(school, TODAY) == expected


@pytest.mark.parametrize(
    ("student", "organizations", "expected"),
    [
        (known(at(SCHOOL, "2027-06-30")), [SCHOOL], View.FULL),
        (known(at(SCHOOL, "2027-06-30")), [OTHER, SCHOOL], View.FULL),
        (known(at(SCHOOL, "2027-06-30")), [OTHER], View.IDENTITY),
        (known(at(SCHOOL, "2027-06-30")), [STRICT], View.NOTHING),
        (known(at(SCHOOL, "2027-06-30")), [STRICT, OTHER], View.IDENTITY),
        (known(at(SCHOOL, "2027-06-30")), [], View.NOTHING),
        (known(at(SCHOOL, "2027-06-30"), is_deactivated=True), [SCHOOL], View.NOTHING),
        (known(is_deactivated=True), [MINISTRY], View.FULL),
    ],
)
def test_what_is_seen_of_a_student(student, organizations, expected):
    assert view_of(student, organizations, PERIODS) is expected


# --- What the services ask -----------------------------------------------------------------------

# The same school under an authority of low restriction, of high restriction, and closed.
LOW = organization(31, authority=organization(3, "Authority", access="LowRestriction"))
HIGH = organization(41, authority=organization(4, "Authority", access="HighRestriction"))
CLOSED = organization(51, authority=organization(5, "Authority"), closed_on=TODAY)

# student -> whether the number exists for (normal, low, authority of low, high, closed)
EXISTS_FOR = {
    "unknown to all": (known(), (1, 0, 0, 0, 0)),
    "at low, long ago": (known(at(LOW, "2001-06-30")), (1, 1, 1, 0, 0)),
    "at low, then elsewhere": (
        known(at(LOW, "2026-06-30"), at(OTHER, "2027-06-30")),
        (1, 1, 1, 0, 0),
    ),
    "at high now": (known(at(HIGH, "2026-11-23")), (1, 0, 0, 1, 0)),
    "left high six months ago": (known(at(HIGH, "2026-05-22")), (1, 0, 0, 1, 0)),
    "left high a day earlier": (known(at(HIGH, "2026-05-21")), (1, 0, 0, 0, 0)),
    "left high lately, now elsewhere": (
        known(at(HIGH, "2026-11-21"), at(OTHER, "2027-06-30")),
        (1, 0, 0, 0, 0),
    ),
    "left the closed school six months ago": (known(at(CLOSED, "2026-05-22")), (1, 0, 0, 0, 1)),
    "left the closed school earlier": (known(at(CLOSED, "2026-05-21")), (1, 0, 0, 0, 0)),
    "created by low, not enrolled": (
        known(created_by=LOW, created_on="2024-11-22"),
        (1, 1, 1, 0, 0),
    ),
    "created by high too long ago": (
        known(created_by=HIGH, created_on="2024-11-21"),
        (1, 0, 0, 0, 0),
    ),
    "deactivated": (
        known(at(LOW, "2027-06-30"), at(HIGH, "2027-06-30"), is_deactivated=True),
        (1, 0, 0, 0, 0),
    ),
}


@pytest.mark.parametrize("case", EXISTS_FOR)
def test_for_whom_a_number_exists(case):
    student, expected = EXISTS_FOR[case]
    asking = (OTHER, LOW, LOW.authority, HIGH, CLOSED)
    assert [may_access(student, each, PERIODS) for each in asking] == [*map(bool, expected)]
    assert may_access(student, MINISTRY, PERIODS)


# student -> whether (authority, school, sister, strict school, other school) may change it;
# the current school year is 2027
MAY_CHANGE = {
    "unknown to all": (known(), (0, 0, 0, 0, 0)),
    "enrolled now": (known(at(SCHOOL, "2026-11-23", 2027)), (1, 1, 0, 0, 0)),
    "created here": (known(created_by=SCHOOL, created_on="2024-11-22"), (1, 1, 0, 0, 0)),
    "created too long ago": (known(created_by=SCHOOL, created_on="2024-11-21"), (0, 0, 0, 0, 0)),
    "created here, enrolled elsewhere": (
        known(at(OTHER, "2012-06-30", 2012), created_by=SCHOOL, created_on="2026-11-22"),
        (0, 0, 0, 0, 1),
    ),
    "long ago, but nowhere since": (known(at(SCHOOL, "2012-06-30", 2012)), (1, 1, 0, 0, 0)),
    "strict, long ago, nowhere since": (known(at(STRICT, "2012-06-30", 2012)), (1, 0, 0, 1, 0)),
    "two schools in the last year of schooling": (
        known(at(SCHOOL, "2011-12-31", 2012), at(OTHER, "2012-06-30", 2012)),
        (1, 1, 0, 0, 1),
    ),
    "elsewhere in a later year": (
        known(at(SCHOOL, "2025-06-30", 2025), at(OTHER, "2026-06-30", 2026)),
        (0, 0, 0, 0, 1),
    ),
    "left lately, elsewhere in a later year": (
        known(at(SCHOOL, "2026-06-30", 2026), at(OTHER, "2027-06-30", 2027)),
        (0, 0, 0, 0, 1),
    ),
    "left here last, though in an earlier year": (
        known(at(SCHOOL, "2026-08-31", 2026), at(OTHER, "2026-08-30", 2027)),
        (1, 1, 0, 0, 1),
    ),
    "leaves today, elsewhere in a later year": (
        known(at(SCHOOL, "2026-11-22", 2027), at(OTHER, "2028-06-30", 2028)),
        (1, 1, 0, 0, 1),
    ),
    "left yesterday, elsewhere in a later year": (
        known(at(SCHOOL, "2026-11-21", 2027), at(OTHER, "2028-06-30", 2028)),
        (0, 0, 0, 0, 1),
    ),
    # An exit before the school year begins is odd, but only the year may decide here.
    "a future year here, a later one elsewhere": (
        known(at(SCHOOL, "2026-11-21", 2028), at(OTHER, "2029-06-30", 2029)),
        (1, 1, 0, 0, 1),
    ),
    "deactivated": (known(at(SCHOOL, "2027-06-30", 2027), is_deactivated=True), (0, 0, 0, 0, 0)),
    "deactivated, created here": (
        known(created_by=SCHOOL, created_on="2026-11-22", is_deactivated=True),
        (0, 0, 0, 0, 0),
    ),
}


@pytest.mark.parametrize("case", MAY_CHANGE)
def test_who_may_change_a_student(case):
    student, expected = MAY_CHANGE[case]
    found = [may_change(student, each, PERIODS, 2027) for each in EVERYBODY]
    assert found == [True, *map(bool, expected)]


# created by, on -> whether (authority, school, sister, strict school, other school) did so lately
CREATED_LATELY = {
    "today": (known(created_by=SCHOOL, created_on="2026-11-22"), (1, 1, 0, 0, 0)),
    "30 days ago": (known(created_by=SCHOOL, created_on="2026-10-23"), (1, 1, 0, 0, 0)),
    "31 days ago": (known(created_by=SCHOOL, created_on="2026-10-22"), (0, 0, 0, 0, 0)),
    "by the authority": (known(created_by=AUTHORITY, created_on="2026-11-01"), (1, 0, 0, 0, 0)),
    "enrolled elsewhere since": (
        known(at(OTHER, "2027-06-30"), created_by=SCHOOL, created_on="2026-11-01"),
        (1, 1, 0, 0, 0),
    ),
    "by nobody known": (known(created_on="2026-11-22"), (0, 0, 0, 0, 0)),
}


@pytest.mark.parametrize("case", CREATED_LATELY)
def test_who_created_a_student_lately(case):
    student, expected = CREATED_LATELY[case]
    found = [created_lately_by(student, each, TODAY) for each in EVERYBODY]
    assert found == [True, *map(bool, expected)]


# --- The same for many --------------------------------------------------------------------------


def _some_students(schools: list[Organization], chance: random.Random) -> None:
    """Students in every state: linked, deactivated, created here, enrolled anywhere at any time."""
    exits = [
        TODAY + datetime.timedelta(days=days)
        for days in (-800, -366, -365, -364, -185, -184, -100, -99, -1, 0, 1, 200)
    ]
    made: list[Student] = []
    for number in range(120):
        primary = chance.choice(made) if made and number % 5 == 0 else None
        if primary is not None and (primary.primary_id or primary.is_deactivated):
            primary = None
        student = make_student(
            primary=primary,
            is_deactivated=primary is None and number % 11 == 0,
            created_by=chance.choice([*schools, schools[0].authority, None]),
            created_on=datetime.datetime(
                chance.choice([2023, 2025, 2026]), 3, 1, tzinfo=datetime.UTC
            ),
        )
        made.append(student)
        for _ in range(chance.choice([0, 0, 1, 1, 2])):
            exit_date = chance.choice(exits)
            make_enrolment(
                student,
                chance.choice(schools),
                2026,
                exit_date - datetime.timedelta(days=90),
                exit_date=exit_date,
                is_deleted=chance.random() < 0.1,
            )


def test_the_facts_of_linked_numbers_in_three_queries(db, django_assert_num_queries):
    with set_up():
        school = make_school()
        primary = make_student(created_by=school, created_on="2026-03-01T06:59:59Z")
        secondary = make_student(primary=primary, created_by=make_school("S.0002"))
        make_enrolment(primary, school, 2026, day("2025-09-02"), exit_date=day("2026-06-28"))
        make_enrolment(secondary, school, 2027, day("2026-09-01"), exit_date=day("2027-06-28"))
        make_enrolment(secondary, school, 2028, is_deleted=True)
    with django_assert_num_queries(3):
        facts = known_students([primary.pk, secondary.pk])
    enrolments = {
        at(school, "2026-06-28", 2026),
        at(school, "2027-06-28", 2027),
    }
    assert set(facts[primary.pk].enrolments) == set(facts[secondary.pk].enrolments) == enrolments
    for number in (primary, secondary):  # who created the person created the primary number
        assert facts[number.pk].created_by == school.pk
        assert facts[number.pk].authority_of_creator == school.authority_id
        assert facts[number.pk].created_on == day("2026-02-28")  # the day in Alberta


def test_gathering_finds_exactly_those_that_judging_finds(db):
    with set_up():
        schools = [
            make_school("S.0001", "A.0001"),
            make_school("S.0002", "A.0001", access="HighRestriction"),
            make_school("S.0003", "A.0002"),
        ]
        _some_students(schools, random.Random(7))
    facts = known_students(Student.objects.values_list("pk", flat=True))
    readers = [[each] for each in Organization.objects.exclude(kind="Ministry")]
    readers += [list(pair) for pair in itertools.combinations([r[0] for r in readers], 2)]
    seen = set()
    for reader in readers:
        for worst in (Association.LAST_ENROLMENT, Association.RECENT_ENROLMENT):
            judged = {
                number
                for number, student in facts.items()
                if any(association(student, each, PERIODS) <= worst for each in reader)
            }
            assert _gathered(reader, PERIODS, worst) == judged
            seen |= judged
    assert 20 < len(seen) < len(facts)
