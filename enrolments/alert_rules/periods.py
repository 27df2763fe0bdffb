"""Alert rules about enrolments that overlap, and about one that outlasts the student."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from enrolments.facts import EnrolmentFacts, SchoolEnrolmentFacts
from pasi.rules import advice, warning
from students.rules.sources import KNOWLEDGE_BASE

DISPLACED = "600"


def _school_codes(enrolments: Iterable[EnrolmentFacts]) -> str:
    """Each school once, in ascending order, so that the same schools are the same argument."""
    return ",".join(sorted({each.school.code for each in enrolments}))


@warning(
    "10069",
    _("Duplicate Enrolment At School"),
    _(
        "Duplicate enrolment. Student {StateProvinceID} is already at {SchoolCode} in "
        "{ProgrammingType}/{ProgrammingTimeframe}."
    ),
    source=KNOWLEDGE_BASE + "; title ours",
)
def duplicate_enrolment(facts: SchoolEnrolmentFacts):
    """Another enrolment of the student in the same school year, at the same school, of the same
    programming type and timeframe, shares at least one day with this one. One alert, however many
    there are.
    """
    own = facts.enrolment
    if any(
        other.school.code == own.school.code
        and other.programming_type == own.programming_type
        and other.programming_timeframe == own.programming_timeframe
        for other in facts.overlapping
    ):
        yield {
            "StateProvinceID": facts.person.asn,
            "SchoolCode": own.school.code,
            "ProgrammingType": own.programming_type,
            "ProgrammingTimeframe": own.programming_timeframe,
        }


@advice(
    "10070",
    _("Overlapping Enrolments within School Authority"),
    _(
        "Overlap in the authority. Student {StateProvinceID} is also enrolled in {AuthorityCode} "
        "at {ListOfSchoolCodes}."
    ),
    source=KNOWLEDGE_BASE,
)
def overlap_in_authority(facts: SchoolEnrolmentFacts):
    """Enrolments of the same school year at other schools of the same authority share at least one
    day with this one. Current school year only; displaced students (600, on either side) are left
    out. The schools are listed in ascending order.
    """
    own = facts.enrolment
    if not facts.is_current_year or own.has_type(DISPLACED):
        return
    found = [
        other
        for other in facts.overlapping
        if other.authority.code == own.authority.code
        and other.school.code != own.school.code
        and not other.has_type(DISPLACED)
    ]
    if found:
        yield {
            "StateProvinceID": facts.person.asn,
            "AuthorityCode": own.authority.code,
            "ListOfSchoolCodes": _school_codes(found),
        }


@advice(
    "10085",
    _("Overlap Across Authorities"),
    _(
        "Overlap with others. Student {StateProvinceID} is also enrolled at {ListOfSchoolCodes}.",
    ),
    source=KNOWLEDGE_BASE + "; title ours",
)
def overlap_across_authorities(facts: SchoolEnrolmentFacts):
    """Enrolments of the same school year at schools of other authorities share at least one day
    with this one. Current or future school year; displaced students (600) and the
    distance-learning schools are left out, on either side. The schools are listed in ascending
    order.
    """
    own = facts.enrolment
    if own.school_year < facts.current_school_year:
        return
    if own.has_type(DISPLACED) or own.is_distance_learning:
        return
    found = [
        other
        for other in facts.overlapping
        if other.authority.code != own.authority.code
        and not other.has_type(DISPLACED)
        and not other.is_distance_learning
    ]
    if found:
        yield {
            "StateProvinceID": facts.person.asn,
            "ListOfSchoolCodes": _school_codes(found),
        }


@warning(
    "10086",
    _("Invalid Exit Date for Deceased Student"),
    _("Exit after death. The exit date must not be after {DateOfDeath}."),
    source=KNOWLEDGE_BASE,
)
def exit_after_death(facts: SchoolEnrolmentFacts):
    """The date of death is known, and the exit date is later; the same day passes."""
    died_on = facts.person.date_of_death
    if died_on is not None and facts.enrolment.exit_date > died_on:
        yield {"DateOfDeath": died_on}
