"""Credential numbers: the formula, and that none is issued twice."""

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from credentials.credential_numbers import (
    FIRST,
    LAST,
    WRITTEN,
    allocate,
    number_of,
    written,
)
from credentials.models import IssuedCredentialNumber
from tests.properties import example, given, st

bases = st.integers(min_value=FIRST, max_value=LAST)


def is_luhn_valid(number: int) -> bool:
    """The mod 10 test as cards use it: from the right, every second digit doubled."""
    total = 0
    for place, digit in enumerate(map(int, reversed(str(number)))):
        total += sum(divmod(2 * digit, 10)) if place % 2 else digit
    return total % 10 == 0


@pytest.mark.parametrize(
    ("base", "number", "text"),
    [
        (100_000_000, 1_000_000_008, "10000-00008"),
        (100_000_001, 1_000_000_016, "10000-00016"),
        (214_748_363, 2_147_483_636, "21474-83636"),
    ],
)
def test_vectors(base, number, text):
    assert number_of(base) == number
    assert written(number) == text


@given(bases)
@example(FIRST)
@example(LAST)
def test_a_number_passes_the_mod_10_test_and_fits_the_contract(base):
    number = number_of(base)
    assert is_luhn_valid(number)
    assert number // 10 == base
    assert len(str(number)) == 10
    assert number <= 2**31 - 1
    assert WRITTEN.fullmatch(written(number))
    assert int(written(number).replace("-", "")) == number


@given(bases, st.integers(0, 9), st.integers(0, 9))
def test_one_wrong_digit_is_noticed(base, place, digit):
    number = number_of(base)
    wrong = list(str(number))
    wrong[place] = str(digit)
    changed = int("".join(wrong))
    assert is_luhn_valid(changed) == (changed == number)


@given(st.integers(1, 2**31 - 1))
def test_imported_numbers_are_written_with_ten_digits_too(number):
    assert len(written(number)) == 11
    assert int(written(number).replace("-", "")) == number


# --- Issuing ------------------------------------------------------------------------------------


def next_base() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('credential_number')")
        return cursor.fetchone()[0]


def issue(*numbers: int) -> None:
    IssuedCredentialNumber.objects.bulk_create(IssuedCredentialNumber(n) for n in numbers)


def test_numbers_come_from_the_sequence_and_are_recorded_as_issued(db):
    base = next_base()
    numbers = allocate(3)
    assert numbers == [number_of(base + step) for step in (1, 2, 3)]
    assert set(IssuedCredentialNumber.objects.values_list("number", flat=True)) == set(numbers)
    assert allocate(1) == [number_of(base + 4)]


def test_none_asked_none_issued(db):
    before = next_base()
    assert allocate(0) == []
    assert next_base() == before + 1


def test_imported_numbers_are_skipped(db):
    base = next_base()
    taken = [number_of(base + step) for step in (1, 2, 4, 7)]
    issue(*taken, 5, 2**31 - 1)  # an import takes any number, with no check of the digit
    numbers = allocate(4)
    assert numbers == [number_of(base + step) for step in (3, 5, 6, 8)]


def test_a_long_row_of_imported_numbers_is_skipped(db):
    base = next_base()
    issue(*(number_of(base + step) for step in range(1, 41)))
    assert allocate(2) == [number_of(base + 41), number_of(base + 42)]


def test_the_database_refuses_a_number_issued_before(db):
    [number] = allocate(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedCredentialNumber.objects.create(number=number)
    with pytest.raises(IntegrityError, match="credential_number_positive"), transaction.atomic():
        IssuedCredentialNumber.objects.create(number=0)


def test_numbers_of_a_rolled_back_call_are_not_issued_again(db):
    with transaction.atomic():
        lost = allocate(2)
        transaction.set_rollback(True)
    assert not IssuedCredentialNumber.objects.exists()
    assert set(allocate(2)).isdisjoint(lost)


@pytest.fixture
def sequence(db):
    """Sets the sequence, which no rollback undoes, and puts it back."""
    before = next_base()

    def set_to(value):
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('credential_number', %s)", [value])

    yield set_to
    set_to(before)


def test_an_exhausted_sequence_stops_rather_than_starts_again(sequence):
    sequence(LAST - 1)
    assert allocate(1) == [number_of(LAST)]
    with pytest.raises(DataError, match="reached maximum value"), transaction.atomic():
        allocate(1)
