"""Official marks and course enrolments, from a plan of courses."""

from datetime import date
from random import Random

from pasi.province.identifiers import reference_id
from pasi.province.people import Person, only_sat_tests
from pasi.province.reference import School, one_of
from pasi.province.rows import Rows
from pasi.province.story import ADULT, AT_SCHOOL, LEFT, Story
from pasi.province.terms import (
    FIRST_SEMESTER,
    OLDEST_HIGH_SCHOOL_YEAR,
    SECOND_SEMESTER,
    Terms,
    course_ends,
    course_starts,
    mark_days,
)
from pasi.province.transcripts import (
    AS_ADULT,
    GED_YEAR,
    NEWEST_REPLACEMENT,
    Plan,
    course_code_in,
    mark_value,
    upgrading,
)

# The GED tests ended in Alberta in May 2024. Source: public announcements.
LAST_GED_YEAR = 2024
EVALUATED_SHARE = 0.004
FROM_ELSEWHERE_METHOD = "OOP"  # out of province; the code is ours
NO_START_DATE_SHARE = 0.15
MARK_AT_SECOND_NUMBER_SHARE = 0.3


def course_years(rng: Random, terms: Terms, story: Story, person: Person) -> dict[int, int]:
    """The school year of each grade, and of an adult's credits and tests; years before the
    oldest known one are left out."""
    if story.stage == AT_SCHOOL:
        return {grade: terms.current - story.grade + grade for grade in (10, 11, 12)}
    if story.stage != ADULT:
        years = {grade: story.last_year - 12 + grade for grade in (10, 11, 12)}
        if story.stage == LEFT:
            years[GED_YEAR] = min(LAST_GED_YEAR, terms.finished, story.last_year + 2)
        return years
    at_school = {grade: person.birth_date.year + 6 + grade for grade in (10, 11, 12)}
    if not only_sat_tests(story) and "equivalency" not in story.outcome:
        at_school[12] = terms.finished
    first_possible = person.birth_date.year + 19
    years = {grade: year for grade, year in at_school.items() if year >= OLDEST_HIGH_SCHOOL_YEAR}
    years[AS_ADULT] = terms.finished
    years[GED_YEAR] = max(
        OLDEST_HIGH_SCHOOL_YEAR,
        min(LAST_GED_YEAR, terms.finished, first_possible + int(rng.random() * 8)),
    )
    return years


def write_marks(
    rng: Random,
    terms: Terms,
    rows: Rows,
    person: Person,
    plan: Plan,
    years: dict[int, int],
    ability: float,
    *,
    is_withheld: bool,
    is_from_elsewhere: bool,
    second_asn: str,
) -> None:
    """Official marks of the courses that are over, one per course; some of them under
    `second_asn` where there is one."""
    marks = rows.official_marks
    asn = person.asn
    for position, (when, planned_code, credits, is_passed) in enumerate(plan):
        year = years.get(when)
        if year is None:
            continue
        semester = 1 + (position & 1)
        if year > terms.finished and not terms.is_marked(year, semester):
            continue
        code = planned_code
        if year < NEWEST_REPLACEMENT:
            code = course_code_in(planned_code, year)
        value = mark_value(rng, code, credits, ability, is_passed)
        day = one_of(rng, mark_days(year, semester))
        if second_asn:
            at_second = rng.random() < MARK_AT_SECOND_NUMBER_SHARE
            asn = second_asn if at_second else person.asn
        if is_withheld:
            marks.append(f"{asn},{code},{year},{day},{value},0,false,\n")
        elif is_passed:
            method = "CHA" if when == 10 and rng.random() < EVALUATED_SHARE else ""
            if is_from_elsewhere and when == 12:
                method = FROM_ELSEWHERE_METHOD
            marks.append(f"{asn},{code},{year},{day},{value},{credits},true,{method}\n")
        else:
            marks.append(f"{asn},{code},{year},{day},{value},0,true,\n")


def write_course_enrolments(
    rng: Random,
    terms: Terms,
    rows: Rows,
    asn: str,
    plan: Plan,
    years: dict[int, int],
    schools: dict[int, School],
) -> None:
    """Course enrolments of the last finished, the current and the next school year."""
    for position, (when, code, _, _) in enumerate(plan):
        year = years.get(when)
        if year is None or year < terms.finished or when > 12:
            continue
        school = schools.get(year)
        if school is not None:
            write_course_enrolment(rng, terms, rows, asn, code, year, 1 + (position & 1), school)


def write_upgrading(
    rng: Random,
    terms: Terms,
    rows: Rows,
    asn: str,
    plan: Plan,
    school_year: int,
    school: School,
) -> None:
    """What somebody who came back to grade 12 takes, from 1 September on: the day on which
    a diploma of the year before makes a student mature."""
    already = {code for _, code, _, is_passed in plan if is_passed}
    for position, code in enumerate(upgrading(rng, already)):
        semester = FIRST_SEMESTER if position % 2 == 0 else SECOND_SEMESTER
        write_course_enrolment(rng, terms, rows, asn, code, school_year, semester, school)


def write_course_enrolment(
    rng: Random,
    terms: Terms,
    rows: Rows,
    asn: str,
    code: str,
    school_year: int,
    semester: int,
    school: School,
) -> None:
    start = one_of(rng, course_starts(school_year, semester))
    end = course_ends(school_year, semester)
    if terms.is_marked(school_year, semester):
        status = "Completed"
    elif date.fromisoformat(start) > terms.today:
        status = "Registered"
    else:
        status = "Withdrawn" if rng.random() < 0.03 else "Active"
    if rng.random() < NO_START_DATE_SHARE:
        start = ""
    lines = rows.course_enrolments
    lines.append(
        f"{reference_id(rng)},{asn},{school.code},{school_year},{code},{status},{start},{end},"
        "false\n"
    )
    if rng.random() < 0.01:  # entered twice by mistake
        lines.append(
            f"{reference_id(rng)},{asn},{school.code},{school_year},{code},{status},{start},{end},"
            "true\n"
        )
