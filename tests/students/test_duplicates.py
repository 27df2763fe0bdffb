"""find_duplicates(): who has a name and birth date already."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from students.duplicates import find_duplicates
from tests.province_builder import make_name, make_student, set_up

BORN = datetime.date(2012, 5, 17)


def student(asn: str, first="Zoë", middle="", last="Smith-Jones", birth_date=BORN, **values):
    with set_up():
        return make_student(
            asn,
            first_name=first,
            middle_name=middle,
            last_name=last,
            birth_date=birth_date,
            **values,
        )


def find(first="Zoë", middle="", last="Smith-Jones", birth_date=BORN, **options):
    return find_duplicates(first, middle, last, birth_date, **options)


@pytest.mark.django_db
class TestFindDuplicates:
    @pytest.mark.parametrize(
        ("first", "last", "is_exact"),
        [
            ("Zoë", "Smith-Jones", True),
            ("ZOË", "smith-jones", True),
            ("Zoe", "Smith-Jones", False),
            ("Zoë", "SmithJones", False),
            ("Z.oe", "Smith'Jones", False),
        ],
    )
    def test_similar_ignores_accents_and_marks_but_exact_only_case(self, first, last, is_exact):
        student("100000017")
        assert find(first, last=last) == (["100000017"], ["100000017"] if is_exact else [])

    @pytest.mark.parametrize(
        "changed",
        [
            {"first": "Zoey"},
            {"last": "Smith Jones"},
            {"last": "Smith"},
            {"first": "Smith-Jones", "last": "Zoë"},
            {"birth_date": datetime.date(2012, 5, 18)},
            {"birth_date": datetime.date(2013, 5, 17)},
        ],
    )
    def test_anything_less_is_not_similar(self, changed):
        student("100000017")
        assert find(**changed) == ([], [])

    @pytest.mark.parametrize(
        ("asked", "stored", "is_exact"),
        [
            ("", "", True),
            ("", "Rose", True),
            ("Rose", "Rose", True),
            ("Rose", "ROSE", True),
            ("Rose", "", False),
            ("Rose", "Rosé", False),
            ("Rose", "Ann", False),
        ],
    )
    def test_the_middle_name_counts_where_it_is_asked_for(self, asked, stored, is_exact):
        student("100000017", middle=stored)
        assert find(middle=asked) == (["100000017"], ["100000017"] if is_exact else [])

    def test_former_legal_names_count_but_no_others(self):
        one = student("100000017", last="Wilson")
        with set_up():
            make_name(one, "Zoë", "", "Smith-Jones", was_legal=True)
            make_name(one, "Zoë", "", "Nobody", was_legal=False)
            make_name(one, "Zoë", "", "Deleted", was_legal=True, is_deleted=True)
        assert find() == (["100000017"], ["100000017"])
        assert find(last="Nobody") == find(last="Deleted") == ([], [])

    def test_a_secondary_number_brings_its_primary(self):
        primary = student("100000025", first="Somebody")
        student("100000017", primary=primary)
        assert find() == (["100000017", "100000025"], ["100000017"])

    def test_deactivated_numbers_and_those_left_out_do_not_count(self):
        student("100000017", is_deactivated=True)
        other = student("100000025")
        assert find() == (["100000025"], ["100000025"])
        assert find(leaving_out={other.pk}) == ([], [])

    def test_all_are_listed_in_one_query(self):
        for number in range(25):
            student(f"1000001{number:02d}")
        with CaptureQueriesContext(connection) as captured:
            similar, exact = find()
        assert len(captured) == 1
        assert similar == exact == [f"1000001{number:02d}" for number in range(25)]
