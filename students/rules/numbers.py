"""Rules on linking and closing numbers and on deaths. Facts: students.number_facts.

What is said of linked and deactivated numbers is public, the services are ours, so are the codes.
Nothing moves from one number to another: what must stay known has to be under the primary number
before the link.
"""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from pasi.rules import rejection
from students.number_facts import DeactivationChange, DeathChange, LinkChange, NumberFacts

OURS = "number, title and condition ours"
OF_NUMBERS = "number and title ours; condition from what the PASI knowledge base says of numbers"


class ClosesNumber(Protocol):
    """The facts of a request after which nothing goes on under a number, if it is one."""

    @property
    def closed(self) -> NumberFacts | None: ...


# --- Linking ------------------------------------------------------------------------------------


@rejection(
    "99020",
    _("Number Linked to Itself"),
    _("Alberta Student Number {StateProvinceId} cannot be linked to itself."),
    source=OURS,
    certainty="inferred",
    is_essential=True,  # the database refuses it too
)
def linked_to_itself(change: LinkChange):
    """Inferred (high). Primary and secondary are the same number."""
    if change.is_to_itself:
        yield {"StateProvinceId": change.secondary.asn}


@rejection(
    "99021",
    _("Deactivated Number Cannot Be Linked"),
    _("Alberta Student Number {StateProvinceId} is deactivated; such a number is never linked."),
    source=OF_NUMBERS,
    certainty="inferred",
    is_essential=True,  # the database refuses it too
)
def deactivated_number(change: LinkChange):
    """Inferred (high). One of the two numbers is deactivated. Reactivate it first."""
    for number in change.numbers:
        if number.is_deactivated:
            yield {"StateProvinceId": number.asn}


@rejection(
    "99022",
    _("Primary Number Is Secondary"),
    _(
        "{StateProvinceId} cannot be the primary number, for it is itself linked to {PrimaryASN}; "
        "link to {PrimaryASN}."
    ),
    source=OF_NUMBERS,
    certainty="inferred",
    is_essential=True,  # a person has one primary number
)
def primary_is_secondary(change: LinkChange):
    """Inferred (high). The number to link to is a secondary one."""
    primary = change.primary
    if primary and primary.primary_asn:
        yield {"StateProvinceId": primary.asn, "PrimaryASN": primary.primary_asn}


@rejection(
    "99023",
    _("Number Is Linked Already"),
    _("{SecondaryASN} is linked to {PrimaryASN}; undo that link first."),
    source=OURS,
    certainty="inferred",
    is_essential=True,  # the former primary's records would not be looked at again
)
def linked_already(change: LinkChange):
    """Inferred (medium). The number to be linked is a secondary one of another number."""
    if change.primary and change.secondary.primary_asn:
        yield {
            "SecondaryASN": change.secondary.asn,
            "PrimaryASN": change.secondary.primary_asn,
        }


@rejection(
    "99024",
    _("Number Has Secondary Numbers"),
    _("{StateProvinceId} has secondary numbers: {SecondaryASNs}. Undo their links first."),
    source=OF_NUMBERS,
    certainty="inferred",
    is_essential=True,  # a person has one primary number, and it is in use
)
def has_secondary_numbers(change: ClosesNumber):
    """Inferred (high). A primary number is neither linked to another one nor deactivated: its
    secondary numbers would lead nowhere.
    """
    number = change.closed
    if number and number.secondary_asns:
        yield {
            "StateProvinceId": number.asn,
            "SecondaryASNs": ", ".join(number.secondary_asns),
        }


@rejection(
    "99025",
    _("Credential Held Under Both Numbers"),
    _(
        "Both {SecondaryASN} and {PrimaryASN} hold an active {CredentialType}; delete one of the "
        "two awards first."
    ),
    source=OURS,
    certainty="inferred",
)
def credential_under_both(change: LinkChange):
    """Inferred (medium). A person holds a credential once, under whatever linked number. Which of
    two documents is withdrawn is for a credential officer to say; deleted awards do not count.
    """
    if change.primary:
        for credential_type in sorted(change.secondary.credentials & change.primary.credentials):
            yield {
                "SecondaryASN": change.secondary.asn,
                "PrimaryASN": change.primary.asn,
                "CredentialType": credential_type,
            }


@rejection(
    "99026",
    _("Disclosure Restriction Would Be Lost"),
    _(
        "{SecondaryASN} has an active {DisclosureRestrictionCode} restriction that {PrimaryASN} "
        "has not; submit it for {PrimaryASN} first."
    ),
    source=OURS,
    certainty="inferred",
)
def restriction_would_be_lost(change: LinkChange):
    """Inferred (medium). Linked numbers answer with the primary's parts: nobody would be told any
    longer that the student is to be protected. Restrictions are the same if their codes are; those
    that take effect later count, expired ones do not.
    """
    if change.primary:
        for code in sorted(change.secondary.restrictions - change.primary.restrictions):
            yield {
                "SecondaryASN": change.secondary.asn,
                "PrimaryASN": change.primary.asn,
                "DisclosureRestrictionCode": code,
            }


@rejection(
    "99027",
    _("Death Would Be Lost"),
    _(
        "{SecondaryASN} is deceased and {PrimaryASN} is not; submit the death for {PrimaryASN} "
        "first, or correct it."
    ),
    source=OURS,
    certainty="inferred",
)
def death_would_be_lost(change: LinkChange):
    """Inferred (medium). Linked numbers answer with the primary's data, so the student would be
    alive again. The other way round passes.
    """
    if change.primary and change.secondary.is_deceased and not change.primary.is_deceased:
        yield {"SecondaryASN": change.secondary.asn, "PrimaryASN": change.primary.asn}


# --- Deactivating -------------------------------------------------------------------------------


@rejection(
    "99028",
    _("Secondary Number Cannot Be Deactivated"),
    _("{SecondaryASN} is linked to {PrimaryASN}; undo the link before you deactivate it."),
    source=OF_NUMBERS,
    certainty="inferred",
    is_essential=True,  # the database refuses it too
)
def deactivates_secondary(change: DeactivationChange):
    """Inferred (high). A secondary number leads to its primary; a deactivated one is not linked."""
    if change.closed and change.closed.primary_asn:
        yield {"SecondaryASN": change.closed.asn, "PrimaryASN": change.closed.primary_asn}


@rejection(
    "99029",
    _("Number Is in Use"),
    _(
        "{StateProvinceId} is in use: it has {Records}. Link it to the student's right number, or "
        "delete them first."
    ),
    source=OF_NUMBERS + "; what counts besides school enrolments: inferred",
    certainty="inferred",
    is_essential=True,  # nobody could see or change these records any longer
)
def number_in_use(change: DeactivationChange):
    """Inferred (medium). Only a number that was created in error is deactivated, one without valid
    enrolments; nor may it have official marks or active awards. Deleted records do not count.
    """
    if change.closed:
        for records in change.records:
            yield {"StateProvinceId": change.closed.asn, "Records": records}


# --- Deaths -------------------------------------------------------------------------------------


@rejection(
    "99030",
    _("Death Under a Secondary Number"),
    _("{SecondaryASN} is linked to {PrimaryASN}; submit the death for {PrimaryASN}."),
    source=OURS,
    certainty="inferred",
    is_essential=True,  # nobody would see it
)
def death_of_secondary(change: DeathChange):
    """Inferred (high). Linked numbers answer with the primary's data. Unlike other changes (9011)
    not even the ministry makes this one under a secondary number.
    """
    if change.access.primary_asn:
        yield {"SecondaryASN": change.access.asn, "PrimaryASN": change.access.primary_asn}


@rejection(
    "99031",
    _("Date of Death in the Future"),
    _("Date of death {DateOfDeath} is in the future."),
    source=OURS,
    certainty="inferred",
)
def died_in_the_future(change: DeathChange):
    """Inferred (high). After today; today passes."""
    if change.date_of_death is not None and change.date_of_death > change.today:
        yield {"DateOfDeath": change.date_of_death}


@rejection(
    "99032",
    _("Date of Death Before Birth"),
    _("Date of death {DateOfDeath} is before the birth date."),
    source=OURS,
    certainty="inferred",
)
def died_before_birth(change: DeathChange):
    """Inferred (high). Before the birth date; the same day passes."""
    if change.date_of_death is not None and change.date_of_death < change.birth_date:
        yield {"DateOfDeath": change.date_of_death}
