"""How a birth date goes wrong when it is typed, and how far two of them agree.

Which mistakes count is ours (inferred).
"""

import datetime
import enum
from functools import lru_cache
from itertools import pairwise

MISTYPED_YEARS = 10  # a wrong year is at most so far off, unless a single digit is wrong


class DateMatch(enum.Enum):
    """Best first."""

    SAME = "same"
    SWAPPED = "day and month have changed places"
    SLIP = "one slip: a digit, two digits in the wrong order, one day, month or year off"
    ONE_PART = "only day, only month or only year differ"
    DIFFERENT = "different"


def swapped(day: datetime.date) -> datetime.date | None:
    """Day and month in each other's place; none where that is no other date."""
    return _date(day.year, day.day, day.month) if day.day != day.month else None


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def stands_for_unknown(day: datetime.date) -> bool:
    """The first of January is written where only the year of birth is known."""
    return (day.month, day.day) == (1, 1)


@lru_cache(maxsize=1_024)
def mistyped(asked: datetime.date) -> frozenset[datetime.date]:
    """The dates, some seventy, that may have been meant by `asked` besides itself and swapped().

    Whatever compare() calls SLIP or ONE_PART.
    """
    year, month, day = asked.year, asked.month, asked.day
    years = {year + off for off in range(-MISTYPED_YEARS, MISTYPED_YEARS + 1)}
    years |= {year // 100 * 100 + digit * 10 + year % 10 for digit in range(10)}
    years |= {year - 100, year + 100, year // 100 * 100 + int(f"{year % 100:02d}"[::-1])}
    dates = {
        *(_date(year, month, other) for other in range(1, 32)),
        *(_date(year, other, day) for other in range(1, 13)),
        *(_date(other, month, day) for other in years),
        *(asked + datetime.timedelta(days) for days in (-1, 1)),
        *_transposed(asked),
        datetime.date(year, 1, 1),
    }
    return frozenset(dates - {None, asked, swapped(asked)})


def _transposed(day: datetime.date) -> list[datetime.date | None]:
    """Two neighbouring digits in each other's place: 2011-11-05 for 2011-10-15."""
    text = f"{day:%Y%m%d}"
    turned = [text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(1, 7)]
    return [_date(int(each[:4]), int(each[4:6]), int(each[6:])) for each in turned]


def compare(asked: datetime.date, found: datetime.date) -> DateMatch:
    if asked == found:
        return DateMatch.SAME
    if found == swapped(asked):
        return DateMatch.SWAPPED
    if _is_slip(asked, found):
        return DateMatch.SLIP
    same = (asked.year == found.year, asked.month == found.month, asked.day == found.day)
    # The first of January stands for a day that is not known.
    unknown = asked.year == found.year and (1, 1) in (
        asked.timetuple()[1:3],
        found.timetuple()[1:3],
    )
    return DateMatch.ONE_PART if sum(same) == 2 or unknown else DateMatch.DIFFERENT


def _is_slip(asked: datetime.date, found: datetime.date) -> bool:
    if abs((asked - found).days) == 1:
        return True
    if asked.day == found.day and abs(asked.month - found.month) + 12 * abs(
        asked.year - found.year
    ) in (1, 12):
        return True
    one, other = f"{asked:%Y%m%d}", f"{found:%Y%m%d}"
    differ = [place for place in range(8) if one[place] != other[place]]
    if len(differ) == 1:
        return True
    return any(
        differ == [place, after] and (one[place], one[after]) == (other[after], other[place])
        for place, after in pairwise(range(8))
    )


def years_before(day: datetime.date, years: int) -> datetime.date:
    """The same day `years` earlier; 28 February for the 29th."""
    return _date(day.year - years, day.month, day.day) or datetime.date(day.year - years, 2, 28)


def born_between(age: int, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First and last birth date of those who may be of this approximate age.

    0 to 5: born in the last six years; above: two years younger or older. Source: PASI knowledge
    base; the two years inferred.
    """
    if age <= 5:
        return years_before(today, 6) + datetime.timedelta(1), today
    return (
        years_before(today, age + 3) + datetime.timedelta(1),
        years_before(today, age - 2),
    )
