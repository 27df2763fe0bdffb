"""Birth dates as they are mistyped, and approximate ages."""

import datetime
import random

import pytest

from students.birth_dates import DateMatch, born_between, compare, mistyped, swapped

DAY = datetime.date


def days(count: int) -> list[DAY]:
    rng = random.Random(3)
    return [DAY(1950, 1, 1) + datetime.timedelta(rng.randrange(27_000)) for _ in range(count)]


@pytest.mark.parametrize(
    ("asked", "found", "match"),
    [
        (DAY(2012, 5, 7), DAY(2012, 5, 7), "SAME"),
        (DAY(2012, 5, 7), DAY(2012, 7, 5), "SWAPPED"),
        (DAY(2012, 5, 7), DAY(2012, 5, 8), "SLIP"),
        (DAY(2012, 5, 31), DAY(2012, 6, 1), "SLIP"),  # a day off
        (DAY(2012, 5, 7), DAY(2012, 6, 7), "SLIP"),
        (DAY(2012, 5, 7), DAY(2013, 5, 7), "SLIP"),
        (DAY(2012, 5, 7), DAY(2002, 5, 7), "SLIP"),
        (DAY(2012, 5, 7), DAY(2021, 5, 7), "SLIP"),
        (DAY(2012, 5, 12), DAY(2012, 5, 21), "SLIP"),
        (DAY(2011, 11, 5), DAY(2011, 10, 15), "SLIP"),  # 1105, 1015
        (DAY(2012, 5, 7), DAY(2012, 5, 28), "ONE_PART"),
        (DAY(2012, 5, 7), DAY(2012, 12, 7), "ONE_PART"),
        (DAY(2012, 5, 7), DAY(2008, 5, 7), "ONE_PART"),
        (DAY(2012, 1, 1), DAY(2012, 5, 7), "ONE_PART"),
        (DAY(2012, 5, 7), DAY(2012, 1, 1), "ONE_PART"),
        (DAY(2012, 5, 7), DAY(2013, 6, 7), "DIFFERENT"),
        (DAY(2012, 5, 7), DAY(2012, 8, 22), "DIFFERENT"),
    ],
)
def test_how_far_two_dates_agree(asked, found, match):
    assert compare(asked, found) is DateMatch[match]
    assert compare(found, asked) is DateMatch[match]


def test_what_is_looked_for_is_what_counts_as_mistyped():
    for asked in days(200):
        looked_for = mistyped(asked)
        assert len(looked_for) < 90
        assert {compare(asked, found) for found in looked_for} <= {
            DateMatch.SLIP,
            DateMatch.ONE_PART,
        }
        year = DAY(asked.year, 1, 1)
        for number in range(365):
            found = year + datetime.timedelta(number)
            near = compare(asked, found)
            is_unknown = (asked.month, asked.day) == (1, 1)  # the whole year is looked through
            if near is DateMatch.SLIP or (near is DateMatch.ONE_PART and not is_unknown):
                assert found in looked_for, (asked, found)


def test_swapping_twice_changes_nothing():
    for day in days(500):
        other = swapped(day)
        assert other is None or (other != day and swapped(other) == day)
    assert swapped(DAY(2012, 5, 13)) is swapped(DAY(2012, 5, 5)) is None


@pytest.mark.parametrize(
    ("age", "first", "last"),
    [
        (0, DAY(2020, 11, 27), DAY(2026, 11, 26)),
        (5, DAY(2020, 11, 27), DAY(2026, 11, 26)),
        (6, DAY(2017, 11, 27), DAY(2022, 11, 26)),
        (14, DAY(2009, 11, 27), DAY(2014, 11, 26)),
    ],
)
def test_who_is_of_an_approximate_age(age, first, last):
    assert born_between(age, DAY(2026, 11, 26)) == (first, last)


def test_an_age_on_a_leap_day():
    assert born_between(14, DAY(2028, 2, 29)) == (DAY(2011, 3, 1), DAY(2016, 2, 29))
