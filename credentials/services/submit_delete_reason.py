"""SubmitCredentialDeleteReason: an award is deleted, or comes back.

Source: technical documentation of the same service; what undeleting and a changed reason cause:
inferred.
"""

from credentials.award_changes import Deletion
from credentials.named_award import NamedAward
from credentials.requests import SubmitCredentialDeleteReasonRequest
from credentials.rules.award_changes import DELETE_REASON_STAGES
from credentials.services.submitting import ChangeAwardService
from credentials.writing_awards import awards_changed, change_award
from pasi.services import Call


class SubmitCredentialDeleteReason(ChangeAwardService):
    """Delete an award for a reason; without a reason, bring a deleted one back under its number.

    The record stays: a student counts as not awarded meanwhile. Only the present number can come
    back, never one that was replaced; and not while a linked number holds the same credential.
    """

    operation = "SubmitCredentialDeleteReason"
    request_serializer = SubmitCredentialDeleteReasonRequest
    stages = DELETE_REASON_STAGES

    def change(self, call: Call, named: NamedAward) -> Deletion:
        return Deletion(
            **named.facts(call.request),
            reason=call.request.get("DeleteReason", ""),
            held_elsewhere={kind for kind, _year in named.other_awards},
        )

    def write(self, call: Call, named: NamedAward, change: Deletion) -> tuple[int, int]:
        award, is_deleted = change.award, bool(change.reason)
        values = {"is_deleted": is_deleted, "delete_reason": change.reason}
        version = change_award(award.key, values, call.message_id)
        if is_deleted != award.is_deleted:
            own = [] if is_deleted else [(award.credential_type, award.school_year)]
            awards_changed([named.holder(*own)], call.message_id)
        return award.number, version
