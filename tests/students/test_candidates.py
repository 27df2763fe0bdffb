"""The two ways in which the block of a birth date is read bring the same."""

import datetime

import pytest

from students.assessment import Criteria
from students.candidates import _by_date, _of_the_date, _rows
from tests.province_builder import make_student, set_up

BORN = datetime.date(2012, 5, 7)
PEOPLE = [
    ("Anna", "Byron", BORN),
    ("Ann", "Biron", datetime.date(2012, 5, 8)),
    ("Byron", "Anna", datetime.date(2012, 7, 5)),
    ("Zoe", "Other", BORN),
    ("Zoe", "Byron", datetime.date(2011, 5, 7)),
    ("Zoe", "Other", datetime.date(2012, 5, 8)),
    ("Anna", "Byron", datetime.date(1999, 1, 2)),
]


@pytest.mark.parametrize(
    ("first", "last"), [("Anna", "Byron"), ("Byron", "Anna"), ("Jean-Luc", "Biron Other")]
)
def test_both_queries_bring_the_same(db, first, last):
    with set_up():
        for given, family, born in PEOPLE:
            make_student(first_name=given, last_name=family, birth_date=born)
    asked = Criteria(
        first_name=first, last_name=last, birth_date=BORN, today=datetime.date(2026, 11, 26)
    )
    quick = _of_the_date(asked)
    assert quick == {row for block in _rows(_by_date(asked)) for row in block}
    assert {row.birth_date for row in quick} > {BORN}
    assert datetime.date(1999, 1, 2) not in {row.birth_date for row in quick}
