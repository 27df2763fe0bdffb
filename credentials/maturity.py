"""When a student becomes mature: by age, or by a diploma.

Mature status starts on a 1 September, for a student who is 19 by then or holds a diploma. Source:
PASI knowledge base; the calculation: inferred.
"""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings

AGE, CREDENTIAL = "AGE", "CREDENTIAL"


class Maturity(NamedTuple):
    date: datetime.date
    reason: str


def by_age(birth_date: datetime.date) -> datetime.date:
    """The first 1 September on which the student is 19 or older (a birthday that day counts)."""
    born_by_september = (birth_date.month, birth_date.day) <= (9, 1)
    return datetime.date(birth_date.year + (19 if born_by_september else 20), 9, 1)


def maturity(birth_date: datetime.date, awards: Iterable[tuple[str, int]]) -> Maturity:
    """The maturity date. `awards`: (credential type, school year) of the active awards.

    The award of school year 2019 makes mature from 2019-09-01. Age wins a tie.
    """
    age = by_age(birth_date)
    counting = [
        school_year
        for credential_type, school_year in awards
        if credential_type in settings.PASI_MATURITY_CREDENTIALS
    ]
    # Years are compared, not dates: a school year may lie beyond the last date there is.
    earliest = min(counting, default=age.year)
    if earliest >= age.year:
        return Maturity(age, AGE)
    return Maturity(datetime.date(earliest, 9, 1), CREDENTIAL)
