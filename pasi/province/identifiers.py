"""Numbers of the generated records, each a function of its place, so that any part of the province
can be made without the rest."""

from random import Random

FIRST_STUDENT = 10_000_000
LAST_STUDENT = 39_999_999
MOST_STUDENTS = 20_000_000
FIRST_CREDENTIAL = 100_000_000
CREDENTIALS_PER_STUDENT = 4


def check_digit(number: int) -> int:
    """Luhn (mod 10) check digit of `number`, whose last digit is doubled first.

    Source: ours; the province's own formula is not public.
    """
    total = 0
    double = True
    while number:
        number, digit = divmod(number, 10)
        if double:
            digit *= 2
            if digit > 9:
                digit -= 9
        total += digit
        double = not double
    return -total % 10


def student_number(index: int) -> str:
    """The Alberta Student Number of the student at `index`, counted from 0: nine digits."""
    return with_check_digit(FIRST_STUDENT + index)


def unused_student_number() -> str:
    """The last number of the pool, which no generated province reaches."""
    return with_check_digit(LAST_STUDENT)


def credential_number(index: int, which: int) -> str:
    """The number of the `which`th credential (0 to 3) of the student at `index`: ten digits."""
    return with_check_digit(FIRST_CREDENTIAL + CREDENTIALS_PER_STUDENT * index + which)


def with_check_digit(number: int) -> str:
    return f"{number}{check_digit(number)}"


def reference_id(rng: Random) -> str:
    """A version 4 UUID from `rng`."""
    digits = f"{rng.getrandbits(128):032x}"
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
