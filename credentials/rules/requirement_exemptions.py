"""Rules of exemptions. Facts: credentials.requirement_exemptions.ExemptionChange."""

from django.utils.translation import gettext_lazy as _

from credentials.requirement_exemptions import ExemptionChange, Status
from credentials.rules.awarding import deactivated_asn, secondary_asn
from credentials.rules.requirement_achievements import not_associated
from pasi.rules import rejection
from students.rules.access import invalid_asn
from students.rules.names import empty_update
from students.rules.sources import KNOWLEDGE_BASE

OURS = "number and title ours; condition: " + KNOWLEDGE_BASE


@rejection(
    "43003",
    _("Exemption Reason Not Valid for Requirement"),
    _("{Reason} is not a reason for an exemption from {Requirement}."),
    source=KNOWLEDGE_BASE + "; title paraphrased",
)
def not_a_reason(change: ExemptionChange):
    """The table of exemption reasons has no row for them. From a requirement without reasons
    nobody is exempted.
    """
    if change.row is None:
        yield {"Reason": change.reason, "Requirement": change.requirement}


@rejection(
    "99055",
    _("No Exemption to Delete"),
    _("Student {StateProvinceId} has no exemption from {Requirement} for {Reason}."),
    source="number and title ours; inferred",
    certainty="inferred",
    is_essential=True,  # an exemption would be made only to be deleted
)
def no_exemption_to_delete(change: ExemptionChange):
    """Inferred. There never was one. One that is deleted already is an empty update."""
    if change.is_deleted and change.stored is None:
        yield {
            "StateProvinceId": change.asn,
            "Requirement": change.requirement,
            "Reason": change.reason,
        }


@rejection(
    "99056",
    _("Exemption Is Decided"),
    _("The exemption is {Status}: it cannot be requested. Delete it to request it anew."),
    source=OURS,
    certainty="inferred",
    is_essential=True,  # whoever may only request would undo decisions
)
def decided_already(change: ExemptionChange):
    """Inferred (medium) from the published changes of status, none of which leads back to
    Requested. Who may decide may change the decision.
    """
    present = change.present
    if present and not change.is_deleted and change.status == Status.REQUESTED != present.status:
        yield {"Status": present.status}


@rejection(
    "99057",
    _("Organization May Not Request Exemption"),
    _("Your organization may not request an exemption from {Requirement} for {Reason}."),
    source=OURS,
    certainty="inferred",
    is_essential=True,  # requesting is a right of its own
)
def may_not_request(change: ExemptionChange):
    """The reason's row names somebody else as who requests: school (or its authority), francophone
    school, ministry. The ministry may do what a school may (inferred). Taking a request back
    needs the right to request or to decide.
    """
    asks = change.status == Status.REQUESTED and not change.is_deleted
    takes_back = change.is_deleted and change.present and change.present.status == Status.REQUESTED
    if (asks and not change.may_ask) or (takes_back and not (change.may_ask or change.may_decide)):
        yield {"Requirement": change.requirement, "Reason": change.reason}


@rejection(
    "99058",
    _("Organization May Not Decide on Exemption"),
    _(
        "Your organization may not approve, deny or hold an exemption from {Requirement} for "
        "{Reason}."
    ),
    source=OURS,
    certainty="inferred",
    is_essential=True,  # deciding is a right of its own
)
def may_not_decide(change: ExemptionChange):
    """The reason's row names somebody else as who approves; denying and leaving pending are the
    same right. So is deleting what was decided (inferred).
    """
    if change.is_deleted:
        decides = change.present is not None and change.present.status != Status.REQUESTED
    else:
        decides = change.status != Status.REQUESTED
    if decides and not change.may_decide:
        yield {"Requirement": change.requirement, "Reason": change.reason}


# Order inferred; as for what is set by hand.
EXEMPTION_STAGES = (
    (invalid_asn,),
    (deactivated_asn,),
    (secondary_asn,),
    (not_associated,),
    (not_a_reason,),
    (no_exemption_to_delete,),
    (may_not_request, may_not_decide),
    (decided_already,),
    (empty_update,),
)
