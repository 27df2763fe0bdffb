"""Alert rules about a student's citizenship.

Which of several citizenship records counts, and what a valid study permit is, are inferred: see
SchoolEnrolmentFacts.citizenship and has_study_permit().

None looks at the guardian's citizenship status: 10065, 10105, 10114 and 10154 name the student's
alone, and the guardian of 10114 is one who is linked, not a status. What was submitted as 6 or 7 is
stored as 5 with a status of the guardian, and judged as 5. Source: PASI knowledge base.
"""

from django.utils.translation import gettext_lazy as _

from enrolments.facts import SchoolEnrolmentFacts
from pasi.rules import advice, warning
from students.rules.sources import KNOWLEDGE_BASE

PERMANENT_RESIDENT, TEMPORARY_RESIDENT = "2", "5"
# 6 and 7 are on the list but stored as 5; see students.citizenship.
VALID_STATUSES = frozenset({"1", "2", "5", "6", "7"})
FROM_OUTSIDE_CANADA = "414"
# Authorities outside the province. Source: PASI knowledge base (types 20 and 21).
OUTSIDE_ALBERTA = frozenset({"Nationally Contracted", "International"})


def needs_citizenship(facts: SchoolEnrolmentFacts) -> bool:
    """Rule 10065 applies: an active enrolment of the current year, none of the exemptions."""
    enrolment = facts.enrolment
    return (
        facts.is_current_year
        and facts.is_active
        and not enrolment.is_distance_learning
        and not enrolment.has_type(FROM_OUTSIDE_CANADA)
        and enrolment.authority.classification not in OUTSIDE_ALBERTA
    )


def has_study_permit(facts: SchoolEnrolmentFacts) -> bool:
    """Inferred: citizenship 5 whose document does not expire before the exit date. No expiry date
    means no permit.
    """
    found = facts.citizenship
    return (
        found is not None
        and found.status == TEMPORARY_RESIDENT
        and found.document_expiry_date is not None
        and found.document_expiry_date >= facts.enrolment.exit_date
    )


@advice(
    "10065",
    _("Missing Citizenship Status"),
    _(
        "Citizenship missing. Student {StateProvinceID} is enrolled without a valid citizenship "
        "status."
    ),
    source=KNOWLEDGE_BASE + "; which statuses are valid: inferred",
    certainty="inferred",
)
def missing_citizenship(facts: SchoolEnrolmentFacts):
    """Today the enrolment is active and the student's citizenship is not valid: none recorded,
    status 9, or its document has expired, which counts from the day after and not for status 2.

    Current school year only; not for the distance-learning schools, for code 414, nor for
    authorities outside Alberta. Inferred: the list of valid statuses (1, 2, 5, 6, 7); further
    codes that are exempt are not public.
    """
    if not needs_citizenship(facts):
        return
    found = facts.person.citizenship_on(facts.today)
    if found is not None and found.status in VALID_STATUSES:
        expires_on = found.document_expiry_date
        if found.status == PERMANENT_RESIDENT or expires_on is None or facts.today <= expires_on:
            return
    yield {"StateProvinceID": facts.person.asn}


@advice(
    "10105",
    _('Missing ETC for Citizenship Status of "5"'),
    _("Study permit needed. No valid study permit covers this enrolment."),
    source=KNOWLEDGE_BASE + "; what a valid study permit is: inferred",
    certainty="inferred",
    from_school_year=2011,
)
def study_permit_needed(facts: SchoolEnrolmentFacts):
    """Code 413 or 416, citizenship 5, and no study permit for the whole enrolment: one that ends
    on the exit date is enough. Not for the distance-learning schools, nor with code 414. Inferred:
    what a study permit is, see has_study_permit().
    """
    enrolment, found = facts.enrolment, facts.citizenship
    if (
        enrolment.has_type("413", "416")
        and not enrolment.has_type(FROM_OUTSIDE_CANADA)
        and not enrolment.is_distance_learning
        and found is not None
        and found.status == TEMPORARY_RESIDENT
        and not has_study_permit(facts)
    ):
        yield {}


@warning(
    "10114",
    _("Invalid Citizenship Status for ETC"),
    _(
        "Citizenship does not fit. Code {EnrolmentTypeCode} needs citizenship 5 and, if a guardian "
        "is linked, a step-parent."
    ),
    source=KNOWLEDGE_BASE + "; no citizenship, and one alert per code: inferred",
    from_school_year=2014,
)
def citizenship_of_step_child(facts: SchoolEnrolmentFacts):
    """Code 417 or 418, and the citizenship is not 5. Not for the distance-learning schools, nor
    while both the start date and the school year are in the future.

    Guardians are not recorded here: their part of the rule is not judged. Inferred: no citizenship
    at all is not 5 either; one alert per code; the code stands without its description.
    """
    enrolment, found = facts.enrolment, facts.citizenship
    if enrolment.is_distance_learning:
        return
    if facts.is_future_year and enrolment.start_date > facts.today:
        return
    if found is None or found.status != TEMPORARY_RESIDENT:
        for code in ("417", "418"):
            if enrolment.has_type(code):
                yield {"EnrolmentTypeCode": code}


@warning(
    "10154",
    _("Invalid Citizenship Code ETC 414"),
    _("Citizenship does not fit. Code 414 needs citizenship 5 and a valid study permit."),
    source=KNOWLEDGE_BASE + "; what a valid study permit is: inferred",
    certainty="inferred",
)
def citizenship_of_student_from_outside(facts: SchoolEnrolmentFacts):
    """Code 414, and the citizenship is not 5 or no study permit lasts to the exit date. Inferred:
    no citizenship at all is not 5 either.
    """
    if facts.enrolment.has_type(FROM_OUTSIDE_CANADA) and not has_study_permit(facts):
        yield {}
