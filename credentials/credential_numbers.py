"""Credential numbers: ten digits, the last a check digit, none issued twice.

The formula is ours (inferred; the original is not public): b = next value of a sequence from
100,000,000 to 214,748,363, number = 10 b + Luhn check digit of b. It fits Int32.
"""

import re

from pasi import bulk
from pasi.check_digits import luhn

SEQUENCE = "credential_number"
FIRST, LAST = 100_000_000, 214_748_363
HIGHEST_NUMBER = 2**31 - 1
WRITTEN = re.compile(r"[0-9]{10}|[0-9]{5}-[0-9]{5}")

LONGEST_STRIDE = 10_000


def number_of(base: int) -> int:
    """The credential number made from a value of the sequence: 100000000 -> 1000000008."""
    return 10 * base + luhn(base)


def written(number: int) -> str:
    """A number as people see it: 1000000008 -> "10000-00008"."""
    digits = f"{number:010d}"
    return f"{digits[:5]}-{digits[5:]}"


def allocate(count: int) -> list[int]:
    """Issue `count` numbers that were never issued before, and record them as issued.

    Numbers that an import brought are skipped. The primary key of the issued numbers is the
    guarantee; a rolled-back call leaves a gap, which is harmless.
    """
    from credentials.models import IssuedCredentialNumber

    numbers: list[int] = []
    stride = count
    while len(numbers) < count:
        fresh = [number_of(base) for base in bulk.next_values(SEQUENCE, stride)]
        taken = bulk.keys_by(IssuedCredentialNumber, "number", fresh, "integer")
        numbers += [number for number in fresh if number not in taken]
        # Longer steps over a stretch of imported numbers; what is left over is a gap.
        stride = min(2 * stride, LONGEST_STRIDE) if taken else count - len(numbers)
    numbers = numbers[:count]
    bulk.copy_rows(IssuedCredentialNumber, ["number"], ((number,) for number in numbers))
    return numbers
