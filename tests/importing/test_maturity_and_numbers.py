"""What imported awards and numbers cause: maturity dates, and where our own numbers go on."""

import datetime
import uuid

import pytest
from django.db import connection

from credentials import credential_numbers
from credentials.models import IssuedCredentialNumber
from enrolments import models as enrolments
from pasi import bulk
from students.models import Student
from tests.importing.conftest import ada, last_value, the_call
from tests.province_files import ADA, BEN

pytestmark = pytest.mark.django_db


# --- Maturity dates -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("awards", "expected"),
    [
        ([], ("2027-09-01", "AGE")),
        ([{}], ("2026-09-01", "CREDENTIAL")),
        ([{"school_year": 2027}], ("2027-09-01", "AGE")),
        ([{"credential_type": "CHSA"}], ("2027-09-01", "AGE")),
        ([{"is_deleted": True}], ("2027-09-01", "AGE")),
        ([{}, {"credential_type": "GHSD", "school_year": 2025}], ("2025-09-01", "CREDENTIAL")),
    ],
)
def test_maturity_dates(load, awards, expected):
    files = {"awarded_credentials": awards} if awards else {}
    load(students=[{"birth_date": "2008-05-17"}], **files)
    student = ada()
    assert (student.maturity_date.isoformat(), student.maturity_reason) == expected


def test_an_award_under_a_linked_number_moves_the_date_of_the_primary(load):
    load(
        students=[{}, {"asn": BEN, "status": "Secondary", "primary_asn": ADA}],
        awarded_credentials=[{"asn": BEN}],
    )
    assert ada().maturity_reason == "CREDENTIAL"
    assert Student.objects.get(asn=BEN).maturity_reason == "AGE"


def test_an_award_moves_the_date_of_a_student_who_was_there_before(load):
    load(
        students=[{}],
        course_enrolments=[
            {"course_code": "ELA1105", "start_date": "2026-09-05"},
            {"course_code": "ELA2105", "start_date": "2025-09-05"},
        ],
    )
    before = ada().version
    enrolments.CourseEnrolmentTrigger.objects.all().delete()
    load(awarded_credentials=[{}])
    student = ada()
    assert student.maturity_date == datetime.date(2026, 9, 1)
    assert student.version > before
    assert student.history.filter(history_type="~", call=the_call()).count() == 1
    # Only the course that starts between the two dates is concerned.
    concerned = enrolments.CourseEnrolmentTrigger.objects.values_list(
        "course_enrolment__course_code", flat=True
    )
    assert list(concerned) == ["ELA1105"]


# --- Numbers ------------------------------------------------------------------------------------


def test_the_asn_pool_goes_on_above_the_greatest_number(load):
    greatest = last_value("asn_pool") + 500
    load(
        students=[
            {"asn": f"{greatest}5"},
            {"asn": "000000018"},
            {"asn": "999999991"},
            {"asn": BEN, "status": "Secondary", "primary_asn": f"{greatest}5"},
        ]
    )
    assert bulk.next_values("asn_pool", 1) == [greatest + 1]


def test_imported_credential_numbers_are_skipped(load):
    """The sequence stays where it is: a number near its end must not use it up."""
    at = last_value("credential_number")
    ahead = [credential_numbers.number_of(at + step) for step in range(1, 40)]
    last = credential_numbers.number_of(credential_numbers.LAST)
    load(
        students=[{}, {"asn": BEN}, *({"asn": f"{700_000_000 + n:09d}"} for n in range(39))],
        awarded_credentials=[
            {"credential_number": last},
            {"asn": BEN, "credential_number": 999_999_999},
            *(
                {"asn": f"{700_000_000 + n:09d}", "credential_number": number}
                for n, number in enumerate(ahead)
            ),
        ],
    )
    assert set(IssuedCredentialNumber.objects.values_list("number", flat=True)) >= {
        last,
        999_999_999,
        *ahead,
    }
    assert last_value("credential_number") == at
    fresh = credential_numbers.allocate(3)
    assert not set(fresh) & {last, *ahead}


@pytest.mark.parametrize("gap", [1, 1000, bulk.SAFE_GAP - 1, bulk.SAFE_GAP + 1, 10 * bulk.SAFE_GAP])
def test_a_sequence_is_advanced_over_any_gap(gap):
    name = f"sequence_{uuid.uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP SEQUENCE {name} MINVALUE 100")
    bulk.advance_sequence(name, 100 + gap)
    assert bulk.next_values(name, 2) == [101 + gap, 102 + gap]
    bulk.advance_sequence(name, 100)
    assert bulk.next_values(name, 1) == [103 + gap]


def test_a_fresh_sequence_skips_a_value_that_came(load):
    name = f"sequence_{uuid.uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP SEQUENCE {name} MINVALUE 100")
    bulk.advance_sequence(name, 100)
    assert bulk.next_values(name, 1) == [101]


def test_values_of_a_sequence_that_others_draw_from_as_well():
    """An increment of two stands for somebody who takes every other value."""
    name = f"sequence_{uuid.uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP SEQUENCE {name} INCREMENT 2")
    assert bulk.next_values(name, 3) == [1, 3, 5]
    assert bulk.next_values(name, 0) == []
    assert bulk.next_values(name, 1) == [7]
