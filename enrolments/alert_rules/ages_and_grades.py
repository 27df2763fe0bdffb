"""Alert rules about a student's age and grade."""

import datetime

from django.utils.translation import gettext_lazy as _

from enrolments.facts import CONTINUING_EDUCATION, SchoolEnrolmentFacts, age_on, grade_number
from pasi.calendar import first_day, school_year_text
from pasi.rules import advice, warning
from students.rules.sources import KNOWLEDGE_BASE

# Usual ages on 1 September by grade, youngest and oldest. Source: PASI knowledge base.
USUAL_AGES: dict[str, tuple[int, int | None]] = {
    "EC": (2, 5),
    "01": (5, 7),
    "02": (6, 8),
    "03": (7, 9),
    "04": (8, 10),
    "05": (9, 11),
    "06": (10, 12),
    "07": (11, 13),
    "08": (12, 14),
    "09": (13, 15),
    "10": (13, 17),
    "11": (14, 18),
    "12": (15, None),
}


@advice(
    "10017",
    _("Age Inconsistent With Grade"),
    _("Unusual age. A student born {BirthDate} is not of the usual age for grade {Grade}."),
    source=KNOWLEDGE_BASE + "; which 1 September: inferred",
)
def unusual_age(facts: SchoolEnrolmentFacts):
    """The age on 1 September is not one that is usual for the grade; both limits are usual.

    Current school year only; not in continuing education. Inferred: the 1 September on which the
    school year starts. A birthday that day counts.
    """
    enrolment = facts.enrolment
    if not facts.is_current_year or enrolment.programming_type == CONTINUING_EDUCATION:
        return
    youngest, oldest = USUAL_AGES[enrolment.grade]
    age = age_on(facts.person.birth_date, first_day(enrolment.school_year))
    if age < youngest or (oldest is not None and age > oldest):
        yield {"BirthDate": facts.person.birth_date, "Grade": enrolment.grade}


@advice(
    "10018",
    _("Skipped Grade"),
    _("Grade skipped. Last year's grade was {PreviousGrade}, this year's is {Grade}."),
    source="number: PASI knowledge base; title and meaning inferred from its example alert",
    certainty="inferred",
)
def skipped_grade(facts: SchoolEnrolmentFacts):
    """Inferred. The grade is more than one above the highest of the school year before; EC counts
    as 0, and from 03 to 04 passes. Current school year only; without an enrolment the year before
    nothing is compared.
    """
    before = facts.highest_of_last_year
    if not facts.is_current_year or before is None:
        return
    if grade_number(facts.enrolment.grade) > grade_number(before.grade) + 1:
        yield {"Grade": facts.enrolment.grade, "PreviousGrade": before.grade}


@advice(
    "10019",
    _("Lower Grade"),
    _("Lower grade. In {PreviousSchoolYear} the grade was {PreviousGrade}, now it is {Grade}."),
    source=KNOWLEDGE_BASE + "; which of several earlier enrolments: inferred",
)
def lower_grade(facts: SchoolEnrolmentFacts):
    """The grade is below that of the school year before; the same grade passes. Current school
    year only. Inferred: among several enrolments of that year the highest grade counts.
    """
    before = facts.highest_of_last_year
    if not facts.is_current_year or before is None:
        return
    if grade_number(facts.enrolment.grade) < grade_number(before.grade):
        yield {
            "PreviousSchoolYear": school_year_text(before.school_year),
            "PreviousGrade": before.grade,
            "Grade": facts.enrolment.grade,
        }


@warning(
    "10063",
    _("Underage Student"),
    _("Too young. A student born {BirthDate} is under two and a half on September 1."),
    source=KNOWLEDGE_BASE + "; which 1 September: inferred",
)
def under_two_and_a_half(facts: SchoolEnrolmentFacts):
    """Younger than two and a half years on 1 September. Who was born on 1 March two and a half
    years before is exactly that old and passes. Inferred: the 1 September on which the school year
    starts.
    """
    september = first_day(facts.enrolment.school_year)
    if facts.person.birth_date > datetime.date(september.year - 2, 3, 1):
        yield {"BirthDate": facts.person.birth_date}
