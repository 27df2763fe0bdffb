"""Which stored names a search compares."""

import datetime

import pytest

from students.assessment import Criteria
from students.candidates import FEW, candidates
from students.models import NameKey
from students.name_keys import sound
from tests.province_builder import make_student, set_up

TODAY = datetime.date(2026, 11, 26)
BORN = datetime.date(2012, 5, 7)
NEXT_DAY, SWAPPED = datetime.date(2012, 5, 8), datetime.date(2012, 7, 5)
LONG_BEFORE = datetime.date(1999, 1, 2)
PEOPLE = [
    ("Anna", "Byron", BORN),
    ("Zoe", "Byron", BORN),
    ("Ann", "Biron", NEXT_DAY),
    ("Byron", "Anna", SWAPPED),
    ("Zoe", "Other", NEXT_DAY),
    ("Anna", "Byron", LONG_BEFORE),
]


def brought(**asked) -> set[tuple[str, str, datetime.date]]:
    rows = candidates(
        Criteria(**{"first_name": "Anna", "last_name": "Byron", **asked}, today=TODAY)
    )
    return {(row.first.title(), row.last.title(), row.birth_date) for row in rows}


@pytest.fixture
def people(db):
    with set_up():
        return [
            make_student(first_name=first, last_name=last, birth_date=born)
            for first, last, born in PEOPLE
        ]


def test_of_the_day_whoever_shares_half_a_name_and_of_dates_that_may_be_meant_both(people):
    assert brought(birth_date=BORN) == {*PEOPLE[:4]}


def test_names_the_other_way_round(people):
    assert ("Anna", "Byron", BORN) in brought(
        first_name="Byron", last_name="Anna", birth_date=SWAPPED
    )


def test_of_about_the_age_both_halves_must_resemble(people):
    found = brought(approximate_age=14)
    assert {PEOPLE[0], PEOPLE[2], PEOPLE[3]} <= found
    assert not found & {PEOPLE[4], PEOPLE[5]}


def test_the_first_of_january_stands_for_the_year(people):
    assert PEOPLE[0] in brought(birth_date=datetime.date(2012, 1, 1))


def test_an_initial_goes_with_every_name_that_begins_so(people):
    assert PEOPLE[0] in brought(first_name="A", approximate_age=14)


def test_whoever_has_the_number_whatever_the_name(people):
    named_otherwise = people[4]
    asked = {"first_name": "Quentin", "last_name": "Xu", "birth_date": LONG_BEFORE}
    assert PEOPLE[4] in brought(**asked, asn=named_otherwise.asn)
    assert PEOPLE[4] not in brought(**asked)


@pytest.mark.parametrize("is_one_more", [False, True])
def test_half_a_name_is_enough_while_there_are_few_of_it(people, is_one_more):
    """Two slips in the first name: only the family name sounds alike."""
    with set_up():
        make_student(first_name="Kassamlra", last_name="Byron", birth_date=BORN)
        of_about_the_age = {"last_sound": sound("Byron"), "birth_date__gt": LONG_BEFORE}
        others = FEW - NameKey.objects.filter(**of_about_the_age).count()
        for _ in range(others + is_one_more):
            make_student(first_name="Olga", last_name="Byron", birth_date=BORN)
    found = brought(first_name="Kassandra", approximate_age=14)
    assert (("Kassamlra", "Byron", BORN) in found) is not is_one_more
