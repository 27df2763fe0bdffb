"""SubmitCredentialLegacyNumber: the number that a credential had before there was PASI.

Source: technical documentation of the same service.
"""

from credentials.award_changes import LegacyNumberChange
from credentials.named_award import NamedAward
from credentials.requests import SubmitCredentialLegacyNumberRequest
from credentials.rules.award_changes import LEGACY_NUMBER_STAGES
from credentials.services.submitting import ChangeAwardService
from credentials.writing_awards import change_award
from pasi.services import Call


class SubmitCredentialLegacyNumber(ChangeAwardService):
    """Set, change or take away the legacy number of an award; its own number stays."""

    operation = "SubmitCredentialLegacyNumber"
    request_serializer = SubmitCredentialLegacyNumberRequest
    stages = LEGACY_NUMBER_STAGES

    def change(self, call: Call, named: NamedAward) -> LegacyNumberChange:
        return LegacyNumberChange(
            **named.facts(call.request),
            legacy_number=call.request.get("LegacyCredentialNumber", ""),
        )

    def write(self, call: Call, named: NamedAward, change: LegacyNumberChange) -> tuple[int, int]:
        values = {"legacy_number": change.legacy_number}
        return change.number, change_award(change.award.key, values, call.message_id)
