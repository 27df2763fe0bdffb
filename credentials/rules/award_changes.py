"""Rules of changing an award that was made. Facts: credentials.award_changes.AwardChange."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from credentials.award_changes import AwardChange, ReIssue
from credentials.rules import awarding
from credentials.rules.awarding import KNOWLEDGE_BASE
from pasi.rules import Rule, rejection
from students.rules.names import empty_update


@rejection(
    "44002",
    _("Invalid Credential Number"),
    _(
        "This credential number cannot be changed: it does not exist, or a newer number has "
        "replaced it."
    ),
    source=KNOWLEDGE_BASE,
)
def invalid_number(change: AwardChange):
    """No award has the number now: it never was one, or is archived. The number of a deleted award
    passes (inferred): undeleting needs it.
    """
    if change.award is None:
        yield {}


@rejection(
    "44001",
    _("Awarded Credential Out of Date"),
    _("Your copy of this awarded credential is out of date. Get the current record and try again."),
    source="number: technical documentation; title and meaning inferred",
    certainty="inferred",
    is_essential=True,  # without it nobody would notice what others have changed meanwhile
)
def out_of_date(change: AwardChange):
    """Inferred (medium). The version sent is not the award's; deleted ones are no exception."""
    if change.version != change.award.version:
        yield {}


@rejection(
    "44003",
    _("Credential Number Is Deleted"),
    _("The {CredentialType} award was deleted, so it cannot be changed. Make a new award instead."),
    source=KNOWLEDGE_BASE,
)
def award_is_deleted(change: AwardChange):
    """The student does not hold the credential any longer."""
    if change.award.is_deleted:
        yield {"CredentialType": change.award.credential_type}


@rejection(
    "44005",
    _("No New Credential Information"),
    _("Credential number {CredentialNumber} was not re-issued: nothing on it would change."),
    source=KNOWLEDGE_BASE + "; what is compared: inferred",
)
def nothing_new(change: ReIssue):
    """Neither the school year nor a part of the name differs from what was awarded, case and
    accents included. An empty part is an absent one.
    """
    if change.changes_nothing:
        yield {"CredentialNumber": change.number}


@rejection(
    "44015",
    _("Awarded Credential Has Open Document Order Items"),
    _(
        "This cannot be done: the awarded credential has document order items that are Ordered, "
        "Ready for Delivery, on User Hold or on System Hold. Cancel them first."
    ),
    source=KNOWLEDGE_BASE,
)
def open_document_orders(change: AwardChange):
    """A document would be sent that holds no longer. Of a deleted award nothing is sent."""
    if change.withdraws_number and change.has_open_order and not change.award.is_deleted:
        yield {}


def stages_of_the_number(*, is_judged: bool) -> tuple[tuple[Rule, ...], ...]:
    """44013 and 44014 say that they cover re-issuing and revoking; the documents of these services
    do not list them. So that a wrong award stays correctable they are not judged, unless the
    ministry sets it so (inferred).
    """
    return ((awarding.deactivated_asn,), (awarding.secondary_asn,)) if is_judged else ()


# Each ends the judging. Source of the order: spec decision on re-issue; inferred for the others.
_NAMES_AN_AWARD = ((invalid_number,), (out_of_date,))
_OF_THE_NUMBER = stages_of_the_number(is_judged=settings.PASI_ACTIVE_NUMBERS_ONLY)
RE_ISSUE_ACCESS_STAGES = (*_NAMES_AN_AWARD, *_OF_THE_NUMBER, (award_is_deleted,))
RE_ISSUE_STAGES = ((open_document_orders, awarding.unreasonable_school_year, nothing_new),)
DELETE_REASON_STAGES = (
    *_NAMES_AN_AWARD,
    *_OF_THE_NUMBER,
    (empty_update, awarding.already_awarded, open_document_orders),
)
LEGACY_NUMBER_STAGES = (*_NAMES_AN_AWARD, (award_is_deleted,), (empty_update,))
