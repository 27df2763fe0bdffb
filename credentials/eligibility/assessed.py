"""One student on one day: what several requirements need, worked out once."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from credentials.eligibility.courses import Course
from credentials.eligibility.definitions import CreditCap, Definitions
from credentials.eligibility.facts import (
    CourseEnrolment,
    ManualAchievement,
    Mark,
    SchoolEnrolment,
    StudentFacts,
)
from credentials.eligibility.outcomes import ACHIEVED, LeftOut, Message, strongest
from credentials.maturity import by_age
from pasi.calendar import ALBERTA, school_year_of

NO_ACTIVITY, TESTS, CTS = "NO_ACTIVITY", "GED", "CTS"
NO_MARKS: tuple[Mark, ...] = ()
CTS_INCOMPLETE = "Incomplete"
NOMINATION = "StudentIsNominated-81350"


def credits_of(marks: Iterable[Mark]) -> int:
    return sum([mark.credits for mark in marks])


class Nomination(NamedTuple):
    """The nomination of COSC, and what it says about the nominating school."""

    achievement: ManualAchievement
    day: datetime.date
    enrolments: Sequence[SchoolEnrolment]  # there, whenever
    last_enrolment_year: int | None  # the latest that began by the day of nomination

    @property
    def organization_code(self) -> str:
        return self.achievement.organization_code

    @property
    def organization_name(self) -> str:
        return self.achievement.organization_name or self.achievement.organization_code


class AssessedStudent:
    """Facts grouped for judging. Nothing depends on the order of the facts.

    `achieved`: credentials of which a set is Achieved; classify.py adds to it set by set.
    """

    def __init__(self, facts: StudentFacts, definitions: Definitions, as_of: datetime.date) -> None:
        self.facts = facts
        self.definitions = definitions
        self.as_of = as_of
        self.school_year = school_year_of(as_of)
        self.achieved: set[str] = set()
        self._group_marks()

    # --- Marks ----------------------------------------------------------------------------------

    def _group_marks(self) -> None:
        """One pass over the marks: the counted ones by group, each course once, the oldest first;
        tests; those without credit; the years of academic activity.
        """
        course_of = self.definitions.courses.course
        best: dict[str, tuple[int, str, Mark, Course]] = {}
        self.tests: list[Mark] = []  # available, whatever their credits
        self._without_credit: list[Mark] = []
        self._mark_years: set[int] = set()
        for mark in self.facts.marks:
            code, credits, year, _value, is_available, _method = mark
            course = course_of(code, year)
            if is_available:
                if NO_ACTIVITY not in course.groups:
                    self._mark_years.add(year)
                elif TESTS in course.groups:
                    self.tests.append(mark)
            if not is_available or credits <= 0:
                self._without_credit.append(mark)
            elif code not in best or _is_better(mark, best[code][2]):
                best[code] = (year, code, mark, course)
        self.counted: list[Mark] = []
        self.level_30: list[Mark] = []
        self._marks: dict[str, list[Mark]] = defaultdict(list)
        for _year, _code, mark, course in sorted(best.values()):  # no two have the same code
            self.counted.append(mark)
            if course.level == 30:
                self.level_30.append(mark)
            for group in course.groups:
                self._marks[group].append(mark)
        self.total = credits_of(self.counted)

    def credits(self, group: str) -> int:
        """Credits of the counted marks in a group, without any cap."""
        return credits_of(self.marks(group))

    def marks(self, group: str) -> Sequence[Mark]:
        """The counted marks in a group, the oldest first."""
        return self._marks.get(group, NO_MARKS)

    def is_in(self, mark: Mark, *groups: str) -> bool:
        """The course of a mark, counted or not, is in one of these groups."""
        own = self.definitions.courses.course(mark.course, mark.school_year).groups
        return not own.isdisjoint(groups)

    def caps(self, requirement: str) -> tuple[CreditCap, ...]:
        return self.definitions.credit_caps.get(requirement, ())

    def not_counted(self, *groups: str) -> list[LeftOut]:
        """Marks in these groups that carry no credit, so that a reader does not miss them."""
        return [
            LeftOut(mark, 0, Message("NoCredit" if mark.is_available else "NotAvailable"))
            for mark in sorted(self._without_credit)
            if self.is_in(mark, *groups)
        ]

    # --- Activity and maturity ------------------------------------------------------------------

    @cached_property
    def activity_years(self) -> list[int]:
        """School years with academic activity, ascending: an available official mark, with or
        without credits, or a course enrolment. Tests, their converted year and mature credits are
        no activity. Source: inferred, the definition is not public.
        """
        return sorted(self._mark_years | self._academic_years(self.facts.course_enrolments))

    def _academic_years(self, records: Iterable[CourseEnrolment]) -> set[int]:
        course_of = self.definitions.courses.course
        return {
            record.school_year
            for record in records
            if NO_ACTIVITY not in course_of(record.course, record.school_year).groups
        }

    def activity(self, first: int = 0, last: int = 9999) -> list[int]:
        """Those from one school year to another."""
        return [year for year in self.activity_years if first <= year <= last]

    @cached_property
    def has_mature_privileges(self) -> bool:
        """Nineteen on a 1 September that has come, and new work in that school year or later:
        approved course work, an incomplete course of Career and Technology Studies or a diploma
        exam. An earlier maturity date because of an award does not count here.
        """
        start = by_age(self.facts.birth_date)
        if start > self.as_of:
            return False
        first_year = school_year_of(start)
        return any(year >= first_year for year in self._years_of_work())

    def _years_of_work(self) -> Iterable[int]:
        facts = self.facts
        yield from self._mark_years
        yield from self._academic_years(
            course for course in facts.course_enrolments if course.has_approved_mark
        )
        course_of = self.definitions.courses.course
        for course in facts.course_enrolments:
            if course.status == CTS_INCOMPLETE and (
                CTS in course_of(course.course, course.school_year).groups
            ):
                yield course.school_year
        for exam in facts.exam_marks:
            if exam.status in self.definitions.limits.mature_exam_statuses:
                yield exam.school_year

    # --- What people decided --------------------------------------------------------------------

    def manual(self, requirement: str) -> ManualAchievement | None:
        """What was last said of a requirement that is set by hand, under any linked number."""
        said = [each for each in self.facts.achievements if each.requirement == requirement]
        return max(said, key=attrgetter("updated_at", "achievement"), default=None)

    @cached_property
    def exemptions(self) -> dict[str, str]:
        """Requirement -> the strongest exemption."""
        found: dict[str, list[str]] = defaultdict(list)
        for exemption in self.facts.exemptions:
            found[exemption.requirement].append(exemption.status)
        return {requirement: strongest(statuses) for requirement, statuses in found.items()}

    @cached_property
    def awarded(self) -> frozenset[str]:
        """Credentials with an active award."""
        return frozenset(award.credential for award in self.facts.awards)

    @cached_property
    def nomination(self) -> Nomination | None:
        """Of the Certificate of School Completion; none unless it is set to Achieved. Its day is
        the local date of the last update. Source: PASI knowledge base; the latest enrolment that
        began by that day: inferred.
        """
        said = self.manual(NOMINATION)
        if said is None or said.achievement != ACHIEVED:
            return None
        day = said.updated_at.astimezone(ALBERTA).date()
        there = [
            enrolment
            for enrolment in self.facts.school_enrolments
            if enrolment.organization_code == said.organization_code
        ]
        begun = [enrolment.school_year for enrolment in there if enrolment.start_date <= day]
        return Nomination(said, day, there, max(begun, default=None))


def _is_better(mark: Mark, other: Mark) -> bool:
    """Which mark counts where linked numbers hold the same course: the one with more credits, of
    equal ones that earned at a school in Alberta, then the later. Source: inferred.
    """
    return _rank(mark) > _rank(other)


def _rank(mark: Mark) -> tuple:
    method = mark.evaluation_method
    return mark.credits, not method, mark.school_year, mark.value, method
