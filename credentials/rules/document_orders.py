"""Rules of document orders. Facts: credentials.document_orders.AwardToOrder and StatusChange."""

from django.utils.translation import gettext_lazy as _

from credentials.credential_numbers import written
from credentials.document_orders import ALLOWED_CHANGES, AwardToOrder, StatusChange
from pasi.rules import not_raised, rejection
from students.rules.names import empty_update
from students.rules.sources import KNOWLEDGE_BASE

OURS = "number and title ours; condition inferred from rules 44015 and 44017"

# --- Ordering -----------------------------------------------------------------------------------

order_refused_before_others = not_raised(
    "44016",
    _("Document Cannot Be Ordered"),
    _("The document cannot be ordered."),
    because=_("Its condition is not public; it is known only to hide 44017 and 44018."),
    source="number: PASI knowledge base; title paraphrased",
)


@rejection(
    "44020",
    _("Invalid Credential Number"),
    _("Credential number {CredentialNumber} does not exist or is deleted."),
    source=KNOWLEDGE_BASE + "; a number that a newer one has replaced: inferred",
)
def invalid_number(award: AwardToOrder):
    """Nobody has the number, a newer one has replaced it, or the award is deleted."""
    if award.award is None or award.is_deleted:
        yield {"CredentialNumber": written(award.number)}


@rejection(
    "44017",
    _("Selected Credential Was Already Ordered"),
    _("The document of credential {CredentialNumber} was ordered already."),
    source=KNOWLEDGE_BASE + "; per number, and cancelled orders not counted: inferred",
)
def already_ordered(award: AwardToOrder):
    """Only first orders are taken. An order for a former number does not count, for a re-issue
    brings another document; nor does one that was cancelled.
    """
    if award.is_ordered:
        yield {"CredentialNumber": written(award.number)}


@rejection(
    "44018",
    _("Legacy Credential"),
    _("Credential {CredentialNumber} is a legacy credential: its document can only be reprinted."),
    source=KNOWLEDGE_BASE + "; that an import is data conversion: inferred",
)
def legacy_credential(award: AwardToOrder):
    """It has a legacy number, or an import was the last to change it."""
    if award.is_legacy:
        yield {"CredentialNumber": written(award.number)}


ORDER_STAGES = ((invalid_number,), (already_ordered, legacy_credential))


# --- Status -------------------------------------------------------------------------------------


@rejection(
    "99002",
    _("Unknown Document Order Item"),
    _("Document order item {OrderItemId} does not exist."),
    source=OURS,
    certainty="inferred",
    is_essential=True,  # without it there is nothing to change
)
def unknown_item(change: StatusChange):
    """Inferred (high). No item has the id."""
    if not change.present:
        yield {"OrderItemId": change.item}


@rejection(
    "99003",
    _("Document Order Status Cannot Change So"),
    _("Document order item {OrderItemId} is {PresentStatus}; it cannot become {Status}."),
    source=OURS,
    certainty="inferred",
    is_essential=True,  # a cancelled item that came back could be the second of its number
)
def change_not_allowed(change: StatusChange):
    """Inferred (medium). The table of allowed changes does not lead from the present status to the
    submitted one. What was delivered or cancelled stays so.
    """
    if change.submitted not in ALLOWED_CHANGES[change.present]:
        yield {
            "OrderItemId": change.item,
            "PresentStatus": change.present,
            "Status": change.submitted,
        }


@rejection(
    "99004",
    _("Document Can No Longer Be Sent"),
    _(
        "Document order item {OrderItemId} cannot be ordered again: its credential was deleted or "
        "has a newer number."
    ),
    source=OURS,
    certainty="inferred",
    is_essential=True,  # without it a deleted award could have an open order
)
def document_outdated(change: StatusChange):
    """Inferred (high). What came back undelivered would be sent once more, but the award was
    deleted or re-issued meanwhile.
    """
    if change.opens and not change.is_current:
        yield {"OrderItemId": change.item}


STATUS_ACCESS_STAGES = ((unknown_item,),)
STATUS_STAGES = ((empty_update,), (change_not_allowed,), (document_outdated,))
