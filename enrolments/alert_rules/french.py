"""Alert rules about hours of instruction in French."""

from django.utils.translation import gettext_lazy as _

from enrolments.facts import SchoolEnrolmentFacts, grade_number
from pasi.rules import advice, warning
from students.rules.sources import KNOWLEDGE_BASE

ALTERNATIVE_FRENCH, FRANCOPHONE, FRENCH_AS_SECOND_LANGUAGE = "211", "221", "230"
# Grades 10 to 12, from 2020/2021. Source: PASI knowledge base; other minimums are not public.
HOURS_OF_ALTERNATIVE_FRENCH = 200


@advice(
    "10011",
    _("Alternative French Hours"),
    _(
        "Too few French hours. Student {StateProvinceId} needs {FrenchHoursOfInstruction} in grade "
        "{Grade}."
    ),
    source=KNOWLEDGE_BASE + "; title ours; minimums of other grades and years are not public",
    from_school_year=2021,
)
def too_few_alternative_hours(facts: SchoolEnrolmentFacts):
    """Code 211 in grades 10 to 12, and the French hours of all the student's enrolments of the
    year with 211 add up to less than 200. Hours not given count as 0.
    """
    own = facts.enrolment
    if not own.has_grant(ALTERNATIVE_FRENCH) or grade_number(own.grade) < 10:
        return
    hours = sum(
        each.french_hours_of_instruction or 0
        for each in (own, *facts.same_year)
        if each.has_grant(ALTERNATIVE_FRENCH)
    )
    if hours < HOURS_OF_ALTERNATIVE_FRENCH:
        yield {
            "StateProvinceId": facts.person.asn,
            "FrenchHoursOfInstruction": HOURS_OF_ALTERNATIVE_FRENCH,
            "Grade": own.grade,
        }


@warning(
    "10120",
    _("Invalid French Hours of Instruction"),
    _("French hours unexpected. They need code 211, 221 or 230."),
    source=KNOWLEDGE_BASE,
    from_school_year=2012,
)
def french_hours_unexpected(facts: SchoolEnrolmentFacts):
    """French hours are given without code 211, 221 or 230."""
    if facts.enrolment.french_hours_of_instruction is not None and not facts.enrolment.has_grant(
        ALTERNATIVE_FRENCH, FRANCOPHONE, FRENCH_AS_SECOND_LANGUAGE
    ):
        yield {}
