"""What the services on a single award have in common.

All need the role PASI System User and are for the ministry only.
"""

from abc import abstractmethod
from collections.abc import Sequence

from credentials.award_changes import AwardChange
from credentials.named_award import NamedAward, asn_of, lock_award
from credentials.serializers import SubmitCredentialResponseSerializer, submit_credential_response
from pasi.models import Role
from pasi.rules import Rejection
from pasi.services import Call, Outcome, Result, Service


class SubmitCredentialService(Service):
    """A service that answers a SubmitCredentialResponse."""

    roles = frozenset({Role.PASI_SYSTEM_USER})
    ministry_only = True
    response_serializer = SubmitCredentialResponseSerializer

    def refused(self, asn: str, rejections: Sequence[Rejection]) -> Result:
        """Nothing is written but the record of the call. `asn`: "0" where no student is known."""
        body = submit_credential_response(asn, rejections=rejections)
        return Result(
            body=body,
            stored_body=body,
            outcome=Outcome.REJECTED,
            http_status=422,
            codes=[rejection.code for rejection in rejections],
            state_province_ids=[asn] if int(asn) else [],
        )

    def applied(self, asn: str, credential_type: str, number: int, version: int) -> Result:
        body = submit_credential_response(asn, credential_type, number, version)
        return Result(
            body=body, stored_body=body, outcome=Outcome.APPLIED, state_province_ids=[asn]
        )


class ChangeAwardService(SubmitCredentialService):
    """A service that names an award by its present number and carries the award's version.

    Whoever changes a student's awards holds the student, so of two at once the second finds what
    the first has written: a number that was replaced (44002) or another version (44001).
    """

    takes_version = True
    mismatch_is_fault = False  # 44001

    @abstractmethod
    def change(self, call: Call, named: NamedAward) -> AwardChange:
        """What is asked, as the rules judge it; the award may be None."""

    @abstractmethod
    def write(self, call: Call, named: NamedAward, change: AwardChange) -> tuple[int, int]:
        """Do it; the award's number and version from now on."""

    def carry_out(self, call: Call) -> Result:
        named = lock_award(call.request["CredentialNumber"])
        change = self.change(call, named)
        if rejections := self.judge(change):
            return self.refused(named.asn, rejections)
        number, version = self.write(call, named, change)
        return self.applied(named.asn, change.award.credential_type, number, version)

    def rejected(self, call: Call, rejections: Sequence[Rejection]) -> Result:
        """9014 comes before anything is read: only the student is looked up."""
        return self.refused(asn_of(call.request["CredentialNumber"]), rejections)
