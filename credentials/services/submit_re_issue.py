"""SubmitCredentialReIssue: an award gets a new number, since its name or school year was wrong.

Source: seed document SubmitCredentialReIssue and the technical documentation of the same service.
"""

from django.utils.translation import gettext_lazy as _

from credentials.award_changes import ReIssue
from credentials.named_award import NamedAward
from credentials.requests import SubmitCredentialReIssueRequest
from credentials.rules.award_changes import RE_ISSUE_ACCESS_STAGES, RE_ISSUE_STAGES
from credentials.services.submitting import ChangeAwardService
from credentials.writing_awards import Issue, awards_changed, issue
from pasi.calendar import business_today
from pasi.faults import Problem, contract_fault
from pasi.rules import Rejection, first_failing_stage
from pasi.services import Call
from students.facts import FullName

NEITHER = _(
    "must be as awarded or as in the student's present legal name; the legal name is changed first"
)

# In the order of students.models.NAME_PARTS.
_PARTS = ("FirstName", "MiddleName", "LastName", "Suffix")


class SubmitCredentialReIssue(ChangeAwardService):
    """Re-issue an award under a new number, with another school year or the present legal name.

    The former number is archived: it stays findable and is never used again.
    """

    operation = "SubmitCredentialReIssue"
    request_serializer = SubmitCredentialReIssueRequest
    access_stages = RE_ISSUE_ACCESS_STAGES
    stages = RE_ISSUE_STAGES

    def change(self, call: Call, named: NamedAward) -> ReIssue:
        request = call.request
        parts = (request.get(part, "") for part in _PARTS)
        return ReIssue(
            **named.facts(request),
            school_year=request["SchoolYear"],
            name=FullName(*parts),
            legacy_number=request.get("LegacyCredentialNumber", ""),
            legal_names=named.legal_names,
            birth_date=named.owner and named.owner.birth_date,
        )

    def judge(self, change: ReIssue) -> list[Rejection]:
        """Another name is no matter of a rule: 3001, once it is known that there is an award to be
        changed. Source: spec decision on re-issue with another name.
        """
        if refused := first_failing_stage(self.access_stages, change):
            return refused
        if strange := change.strange_parts:
            raise contract_fault(*(Problem(part, str(NEITHER)) for part in strange))
        return first_failing_stage(self.stages, change)

    def write(self, call: Call, named: NamedAward, change: ReIssue) -> tuple[int, int]:
        award = change.award
        [issued] = issue(
            [
                Issue(
                    award.student,
                    award.credential_type,
                    change.school_year,
                    change.name.parts,
                    change.legacy_number,
                    replaces=award.key,
                )
            ],
            today=business_today(),
            call=call.message_id,
        )
        own = (award.credential_type, change.school_year)
        awards_changed([named.holder(own)], call.message_id)
        return issued
