"""Numbers of the generated records, each a function of its place, so that any part of the province
can be made without the rest."""

from random import Random

from credentials.credential_numbers import FIRST, number_of
from pasi.check_digits import luhn

FIRST_STUDENT = 10_000_000
LAST_STUDENT = 39_999_999
MOST_STUDENTS = 20_000_000
CREDENTIALS_PER_STUDENT = 4


def student_number(place: int) -> str:
    """The Alberta Student Number at `place`, counted from 0: eight digits of the pool and their
    check digit."""
    return with_check_digit(FIRST_STUDENT + place)


def unused_student_number() -> str:
    """The last number of the pool, which no generated province reaches."""
    return with_check_digit(LAST_STUDENT)


def with_check_digit(digits: int) -> str:
    return f"{digits}{luhn(digits)}"


def credential_number(place: int, which: int) -> int:
    """The number of the `which`th credential (0 to 3) of the student at `place`."""
    return number_of(FIRST + CREDENTIALS_PER_STUDENT * place + which)


def reference_id(rng: Random) -> str:
    """A version 4 UUID from `rng`."""
    digits = f"{rng.getrandbits(128):032x}"
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
