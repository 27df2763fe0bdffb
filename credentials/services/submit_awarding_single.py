"""SubmitCredentialAwardingSingle: one credential for one student, chosen by the caller.

The only way to award the Honorary diploma, a lower credential than one that is held, or one whose
school year nothing tells. Source: technical documentation of the same service.
"""

from credentials.awarding import SingleCandidate, load_single, lock_students
from credentials.requests import CREDENTIAL_TYPES, SubmitCredentialAwardingSingleRequest
from credentials.rules.awarding import AWARDING_SINGLE_STAGES
from credentials.services.submitting import SubmitCredentialService
from credentials.writing_awards import write_awards
from pasi import codes
from pasi.calendar import business_today, current_school_year
from pasi.services import Call, Result


class SubmitCredentialAwardingSingle(SubmitCredentialService):
    """Award the credential that is named, for the school year that is named, in the student's
    present legal name; the Credential Order does not matter.

    It must be achieved and not awarded. What was deleted is awarded anew, under a new number.
    """

    operation = "SubmitCredentialAwardingSingle"
    request_serializer = SubmitCredentialAwardingSingleRequest
    stages = AWARDING_SINGLE_STAGES

    def carry_out(self, call: Call) -> Result:
        candidate = self._candidate(call)
        if rejections := self.judge(candidate):
            return self.refused(candidate.asn, rejections)
        [award] = write_awards([candidate], today=business_today(), call=call.message_id)
        return self.applied(candidate.asn, award.credential_type, award.number, award.version)

    def _candidate(self, call: Call) -> SingleCandidate:
        request = call.request
        code = codes.code_list(CREDENTIAL_TYPES)[request["CredentialType"]]
        candidate = SingleCandidate(
            request["StateProvinceId"],
            requested=code.code,
            requested_year=request["SchoolYear"],
            is_awardable=code.may_be_submitted and code.is_in_effect(request["SchoolYear"]),
            current_year=current_school_year(),
            legacy_number=request.get("LegacyCredentialNumber", ""),
        )
        lock_students([candidate.asn])
        load_single(candidate)
        return candidate
