"""Which groups a course belongs to, from the mapping table and the course master."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

CODE, PREFIX, SUBJECT, FLAG, GROUP = "code", "prefix", "subject", "flag", "group"
WAYS = (CODE, PREFIX, SUBJECT, FLAG, GROUP)

# Courses are of level 10, 20 or 30. 30 is what PASI calls intended grade level 12.
LEVELS = {"1": 10, "2": 20, "3": 30}
# Career and Life Management is a 20-level course; ELA0333 stands in a list of 30-level courses.
# Source: PASI knowledge base; the levels of unassigned credits: public list.
UNUSUAL_LEVELS = {"PED0770": 20, "ELA0333": 30, "UCR9991": 10, "UCR9992": 20, "UCR9993": 30}
WITHOUT_LEVEL = ("AEC", "GED")


class CourseMapping(NamedTuple):
    """A row of the mapping table: what makes a course a member of a group."""

    group: str
    by: str
    value: str
    level: int | None = None  # only courses of this level
    first_year: int | None = None  # only marks achieved from this school year
    last_year: int | None = None  # until this one


class MasterCourse(NamedTuple):
    """A course of the course master."""

    code: str
    level: int | None = None
    subject: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """What requirements need to know of a course in which a mark was achieved."""

    level: int | None
    groups: frozenset[str]


def level_by_code(code: str) -> int | None:
    """The level of a course without one in the master: the first digit. Source: inferred."""
    if code in UNUSUAL_LEVELS:
        return UNUSUAL_LEVELS[code]
    if code.startswith(WITHOUT_LEVEL):
        return None
    return LEVELS.get(code[3:4])


class CourseGroups:
    """Answers for any code, in the master or not; what was once looked up is kept."""

    def __init__(
        self,
        mappings: Iterable[CourseMapping],
        subjects: Mapping[str, str],
        courses: Iterable[MasterCourse] = (),
    ) -> None:
        self._direct: dict[tuple[str, str], list[CourseMapping]] = {}
        self._prefixes: list[CourseMapping] = []
        self._of_groups: list[CourseMapping] = []
        for row in mappings:
            if row.by == PREFIX:
                self._prefixes.append(row)
            elif row.by == GROUP:
                self._of_groups.append(row)
            else:
                self._direct.setdefault((row.by, row.value), []).append(row)
        self._subjects = subjects
        self._courses = {course.code: course for course in courses}
        self._known: dict[tuple[str, int], Course] = {}

    def course(self, code: str, school_year: int) -> Course:
        """A course as it counts for a mark achieved in `school_year`."""
        try:
            return self._known[code, school_year]
        except KeyError:
            found = self._known[code, school_year] = self._look_up(code, school_year)
            return found

    def _look_up(self, code: str, school_year: int) -> Course:
        """What the master leaves open is taken from the code (inferred)."""
        master = self._courses.get(code, MasterCourse(code))
        level = level_by_code(code) if master.level is None else master.level
        subject = master.subject or self._subjects.get(code[:3], "")
        keys = [(CODE, code), (SUBJECT, subject), *((FLAG, flag) for flag in master.flags)]
        rows = [row for key in keys for row in self._direct.get(key, ())]
        rows += [row for row in self._prefixes if code.startswith(row.value)]

        def counts(row: CourseMapping) -> bool:
            return (
                (row.level is None or row.level == level)
                and (row.first_year is None or row.first_year <= school_year)
                and (row.last_year is None or school_year <= row.last_year)
            )

        groups = {row.group for row in rows if counts(row)}
        size = -1
        while size != len(groups):  # groups of groups of groups
            size = len(groups)
            groups |= {r.group for r in self._of_groups if r.value in groups and counts(r)}
        return Course(level, frozenset(groups))
