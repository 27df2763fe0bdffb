"""Alert rules about independent students: enrolment type 121 and the disclosure restriction."""

import datetime

from django.utils.translation import gettext_lazy as _

from enrolments.facts import SchoolEnrolmentFacts, age_on
from pasi.rules import advice, warning
from students.rules.sources import KNOWLEDGE_BASE

INDEPENDENT = "121"
INDEPENDENT_UNDER_18 = "IndependentUnder18"


def _is_restricted(facts: SchoolEnrolmentFacts) -> bool:
    """An active restriction for independent students under 18 overlaps the enrolment."""
    return any(
        each.code == INDEPENDENT_UNDER_18 and each.is_active and each.overlaps(facts.enrolment)
        for each in facts.person.restrictions
    )


@warning(
    "10039",
    _("Independent Student Under 16"),
    _("Too young for code 121. The student is {Age}; 16 is required on the start date."),
    source=KNOWLEDGE_BASE + "; title ours; the age shown: inferred",
)
def independent_under_16(facts: SchoolEnrolmentFacts):
    """Code 121, and younger than 16 on the start date; the 16th birthday itself passes. (The page
    says "over 16", its message "16 or older".) Inferred: `Age` is the age on the start date, which
    does not change as time goes by.
    """
    age = age_on(facts.person.birth_date, facts.enrolment.start_date)
    if facts.enrolment.has_type(INDEPENDENT) and age < 16:
        yield {"Age": age}


@advice(
    "10111",
    _("Missing Code 121"),
    _("Code 121 missing. The student is recorded as independent and under 18."),
    source=KNOWLEDGE_BASE + "; title ours",
)
def restricted_but_not_independent(facts: SchoolEnrolmentFacts):
    """An active restriction "Independent Under 18" shares at least one day with the enrolment,
    which has no code 121. The restriction's day of expiry counts.
    """
    if not facts.enrolment.has_type(INDEPENDENT) and _is_restricted(facts):
        yield {}


@advice(
    "10112",
    _("Missing Student Disclosure Restriction record"),
    _('Restriction missing. Code 121 needs an "Independent Under 18" restriction.'),
    source=KNOWLEDGE_BASE + "; birthday on the exit date: inferred",
    from_school_year=2013,
)
def independent_but_not_restricted(facts: SchoolEnrolmentFacts):
    """Code 121, no active restriction "Independent Under 18" shares a day with the enrolment, and
    the student does not turn 18 before it ends. Inferred: an 18th birthday on the exit date is not
    before it, on the day before it is.
    """
    day_before = facts.enrolment.exit_date - datetime.timedelta(days=1)
    if (
        facts.enrolment.has_type(INDEPENDENT)
        and age_on(facts.person.birth_date, day_before) < 18
        and not _is_restricted(facts)
    ):
        yield {}
