"""Rules about a disclosure restriction: a new student's, one that is added, one that changes."""

import datetime

from django.utils.translation import gettext_lazy as _

from enrolments.facts import age_on
from pasi.rules import not_raised, rejection
from students.facts import NewStudent, Restriction, RestrictionChange
from students.rules.sources import KNOWLEDGE_BASE, NUMBER_ONLY

OVER_18_WITH_GUARDIAN = "StudentOver18withGuardian"
NEED_DETAILS = frozenset({"Caution", OVER_18_WITH_GUARDIAN})


@rejection(
    "11101",
    _("Invalid Expiry Date"),
    _(
        "The restriction's expiry date {ExpiryDate} must be after its effective date "
        "{EffectiveDate}."
    ),
    source="condition: PASI knowledge base; that this code carries it: inferred",
    certainty="inferred",
)
def restriction_expires_too_early(student: NewStudent | RestrictionChange):
    """Inferred (medium). The expiry date is not later than the effective date: unlike with
    addresses, the same day is refused.
    """
    restriction = student.restriction
    if restriction is None or restriction.expires_on is None:
        return
    if restriction.expires_on <= restriction.effective_on:
        yield {
            "ExpiryDate": restriction.expires_on,
            "EffectiveDate": restriction.effective_on,
        }


expired_but_active = not_raised(
    "11104",
    _("Expired Restriction Cannot Be Active"),
    _("A restriction that expired on {ExpiryDate} cannot be active."),
    because="Condition not public; an expired active restriction is the later warning 11105.",
    source=NUMBER_ONLY,
)


@rejection(
    "11111",
    _("Overlapping Disclosure Restriction"),
    _("The student already has an active {DisclosureRestrictionCode} restriction in this period."),
    source=NUMBER_ONLY,
    certainty="inferred",
)
def restriction_overlaps(student: NewStudent | RestrictionChange):
    """Inferred (low). An earlier active restriction of the same code shares at least a day with
    this one. A new student has no earlier one; a change that leaves a restriction inactive passes.
    """
    new = student.restriction
    if new is not None and any(
        earlier.is_active and earlier.code == new.code and _overlap(earlier, new)
        for earlier in student.earlier_restrictions
    ):
        yield {"DisclosureRestrictionCode": new.code}


def _overlap(one: Restriction, other: Restriction) -> bool:
    """Both periods include their expiry date; without one they never end."""
    end_of_one = one.expires_on or datetime.date.max
    end_of_other = other.expires_on or datetime.date.max
    return one.effective_on <= end_of_other and other.effective_on <= end_of_one


@rejection(
    "11113",
    _("Unreasonable Disclosure Restriction Effective date for date of birth"),
    _("The restriction's effective date {EffectiveDate} is before the student's birth date."),
    source=KNOWLEDGE_BASE,
)
def restriction_before_birth(student: NewStudent | RestrictionChange):
    """The restriction takes effect before the birth date; the same day passes."""
    restriction = student.restriction
    if restriction is not None and restriction.effective_on < student.birth_date:
        yield {"EffectiveDate": restriction.effective_on}


@rejection(
    "11116",
    _("Guardian Restriction Before 18th Birthday"),
    _(
        "Restriction {DisclosureRestrictionCode} takes effect on {EffectiveDate}, before the "
        "student's 18th birthday."
    ),
    source=KNOWLEDGE_BASE + "; its title ours",
)
def guardian_before_eighteen(change: RestrictionChange):
    """An active StudentOver18withGuardian takes effect before the 18th birthday; that day passes.
    Who was born on 29 February turns 18 on 1 March.
    """
    new = change.restriction
    if (
        new.is_active
        and new.code == OVER_18_WITH_GUARDIAN
        and age_on(change.birth_date, new.effective_on) < 18
    ):
        yield {"DisclosureRestrictionCode": new.code, "EffectiveDate": new.effective_on}


@rejection(
    "11120",
    _("Missing Disclosure Restriction Details"),
    _("Details are required for restriction {DisclosureRestrictionCode}."),
    source=KNOWLEDGE_BASE + "; its title ours",
)
def missing_restriction_details(change: RestrictionChange):
    """Caution and StudentOver18withGuardian need details, active or not."""
    new = change.restriction
    if new.code in NEED_DETAILS and not new.details:
        yield {"DisclosureRestrictionCode": new.code}
