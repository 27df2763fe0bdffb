"""Dates of the school system: the business day, school years.

A school year is an integer, the calendar year in which it ends: 2019 is 2018/2019. It starts on
1 September. Source: PASI knowledge base.
"""

import datetime
import os
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings

ALBERTA = ZoneInfo("America/Edmonton")


def business_today() -> datetime.date:
    """Today's date in Alberta, the province's business date.

    PASI_TODAY=YYYY-MM-DD fixes it, for tests and rehearsals; settings.py refuses that setting in
    production. Source: inferred (no public page states the time zone).
    """
    return settings.PASI_TODAY or datetime.datetime.now(tz=ALBERTA).date()


def school_year_of(day: datetime.date) -> int:
    """The school year that contains `day`: 2001-09-01 belongs to 2001/2002, which is 2002."""
    return day.year + (1 if day.month >= 9 else 0)


def current_school_year() -> int:
    """The school year of today, or the earliest named in PASI_CURRENT_SCHOOL_YEARS."""
    if settings.PASI_CURRENT_SCHOOL_YEARS:
        return min(settings.PASI_CURRENT_SCHOOL_YEARS)
    return school_year_of(business_today())


def school_year_text(school_year: int) -> str:
    """A school year as people read it: 2019 -> "2018/2019"."""
    return f"{school_year - 1}/{school_year}"


@cache
def first_day(school_year: int) -> datetime.date:
    """1 September on which the school year starts."""
    return datetime.date(school_year - 1, 9, 1)


def fixed_today_from_environment(*, allowed: bool) -> datetime.date | None:
    """Read PASI_TODAY; refuse it where a fixed clock is not allowed."""
    text = os.environ.get("PASI_TODAY")
    if not text:
        return None
    if not allowed:
        raise SystemExit(
            "PASI_TODAY fixes the business date and is for tests and rehearsals only. "
            "Unset it, or set PASI_ALLOW_FIXED_TODAY=1."
        )
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise SystemExit(f"PASI_TODAY must be a date like 2026-07-31, not {text!r}.") from None
