"""The school years around the day for which a province is made."""

import datetime
from dataclasses import dataclass
from functools import cache, cached_property

from pasi.calendar import school_year_of

# The oldest school year of which the province knows marks: in it the reference courses start.
OLDEST_HIGH_SCHOOL_YEAR = 2004
OLDEST_LEAVING_YEAR = OLDEST_HIGH_SCHOOL_YEAR + 2

FIRST_SEMESTER = 1
SECOND_SEMESTER = 2


@dataclass(frozen=True)
class Terms:
    """What is over and what is to come on `today`. School years are named by their ending year."""

    today: datetime.date

    @cached_property
    def current(self) -> int:
        """The school year of today."""
        return school_year_of(self.today)

    @cached_property
    def finished(self) -> int:
        """The latest school year whose courses are all marked: the current one from 1 July."""
        over = self.today >= datetime.date(self.current, 7, 1)
        return self.current if over else self.current - 1

    def is_marked(self, school_year: int, semester: int) -> bool:
        """Whether the courses of this semester have their official marks."""
        if school_year <= self.finished:
            return True
        first_over = self.today >= datetime.date(self.current, 2, 5)
        return school_year == self.current and semester == FIRST_SEMESTER and first_over

    def award_days(self, school_year: int) -> list[datetime.date]:
        """The days of the bulk runs that awarded the graduates of `school_year`."""
        days = (
            datetime.date(school_year, 7, 28),
            datetime.date(school_year, 8, 25),
            datetime.date(school_year, 11, 17),
        )
        return [day for day in days if day < self.today] or [self.today]


@cache
def mark_days(school_year: int, semester: int) -> tuple[str, ...]:
    """The days on which the marks of a semester were achieved, as ISO dates."""
    if semester == FIRST_SEMESTER:
        return tuple(f"{school_year}-01-{day}" for day in (25, 26, 27, 28, 29, 30))
    return tuple(f"{school_year}-06-{day}" for day in (20, 21, 22, 25, 26, 27))


@cache
def course_starts(school_year: int, semester: int) -> tuple[str, ...]:
    """First days of the courses of a semester; the 1st is the likeliest."""
    if semester == FIRST_SEMESTER:
        year, month = school_year - 1, "09"
    else:
        year, month = school_year, "02"
    return tuple(f"{year}-{month}-{day:02d}" for day in (1, 1, 1, 2, 3, 4))


@cache
def course_ends(school_year: int, semester: int) -> str:
    """Last day of the courses of a semester."""
    return f"{school_year}-01-31" if semester == FIRST_SEMESTER else f"{school_year}-06-30"


@cache
def enrolment_starts(school_year: int) -> tuple[str, ...]:
    """First days at school."""
    return tuple(f"{school_year - 1}-09-{day:02d}" for day in (1, 1, 2, 2, 3, 4, 7, 8))


@cache
def enrolment_ends(school_year: int) -> tuple[str, ...]:
    """Last days at school."""
    return tuple(f"{school_year}-06-{day}" for day in (24, 25, 26, 26, 27, 28))
