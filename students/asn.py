"""New Alberta Student Numbers: drawn from a pool, never used twice, the last digit a check digit.

The pool holds the first eight digits; the ninth is the Luhn digit of those eight. The original's
check digit and pool are not public: inferred. PASI_ASN_CHECK_DIGIT=none draws all nine digits from
a sequence. Gaps are harmless, so drawing takes no lock.
"""

from django.conf import settings

from pasi import bulk
from pasi.check_digits import luhn
from students.models import Student

EIGHT_DIGITS, NINE_DIGITS = "asn_pool", "asn_pool_nine_digits"
FIRST_OF_POOL, LAST_OF_POOL = 10_000_000, 39_999_999  # the first eight digits of its numbers


def allocate() -> str:
    """A number of the pool that no student has. Two queries, more where an import brought it.

    The unique constraint on the number is the guarantee.
    """
    while True:
        asn = _draw()
        if not bulk.existing(Student, ["asn"], [(asn,)]):
            return asn


def _draw() -> str:
    if settings.PASI_ASN_CHECK_DIGIT == "none":
        return str(bulk.next_of_each(NINE_DIGITS)[0])
    return asn_of(bulk.next_of_each(EIGHT_DIGITS)[0])


def asn_of(eight_digits: int) -> str:
    """The number made from a value of the pool: 10000000 -> "100000009"."""
    return f"{eight_digits}{luhn(eight_digits)}"


def skip_pool_to(greatest: int) -> None:
    """Have the pool go on above the numbers that begin with `greatest` (eight digits)."""
    bulk.advance_sequence(EIGHT_DIGITS, greatest)
    bulk.advance_sequence(NINE_DIGITS, 10 * greatest + 9)
