"""SubmitCredentialRequirementExemption: request, decide on or delete an exemption.

Role Submit Transcript User. Source: PASI knowledge base for what an exemption is and who has a say;
the shape of the request is ours.
"""

import re

from django.utils.translation import gettext_lazy as _

from credentials.definitions import current_calculator
from credentials.eligibility.definitions import Definitions
from credentials.models import RequirementExemption
from credentials.requirement_exemptions import (
    ExemptionChange,
    find_exemption,
    find_reason,
    parties_of,
    write_exemption,
)
from credentials.rules.requirement_exemptions import EXEMPTION_STAGES
from pasi.calendar import business_today
from pasi.caller_info import RequestSerializer
from pasi.faults import Fault, Problem
from pasi.fields import AsnField, BooleanField, OneOfField, TextField
from pasi.models import Role
from pasi.rules import core_out_of_date
from pasi.services import Call, Result, SubmitService
from students.associations import Association, Periods, association
from students.named_student import NamedStudent, lock_student


class DefinitionCodeField(TextField):
    """The code of a requirement or of an exemption reason; which there are, staff decide."""

    pattern = re.compile(r"[A-Za-z0-9._-]{1,60}")
    what = _("must be a code of at most 60 letters, digits, hyphens, points and underscores")


class SubmitCredentialRequirementExemptionRequest(RequestSerializer):
    """An exemption as it shall be."""

    StateProvinceId = AsnField()
    Requirement = DefinitionCodeField()
    Reason = DefinitionCodeField(
        help_text="With student and requirement it names the exemption; it never changes."
    )
    Status = OneOfField(*RequirementExemption.Status.values)
    IsDeleted = BooleanField(
        help_text="true deletes the exemption, whose status stays; it can be brought back."
    )


class SubmitCredentialRequirementExemption(SubmitService):
    """Request an exemption of a student from a requirement, approve, deny or hold it, or delete it;
    the Id answered is the StateProvinceId.

    Who may request and who may decide depends on the reason. The version answered is that of the
    transcript trigger: the exemption counts once the student's eligibility was looked at again.
    """

    operation = "SubmitCredentialRequirementExemption"
    roles = frozenset({Role.SUBMIT_TRANSCRIPT_USER})
    request_serializer = SubmitCredentialRequirementExemptionRequest
    stages = EXEMPTION_STAGES
    listed_only = (core_out_of_date,)

    def carry_out(self, call: Call) -> Result:
        request = call.request
        definitions = current_calculator().definitions
        if request["Requirement"] not in definitions.requirements:
            raise Fault("3001", problems=[Problem("Requirement", str(_("is not a requirement")))])
        named = lock_student(request["StateProvinceId"], call.organization, business_today())
        change = self._facts(call, named, definitions)
        rejections = self.judge(change)
        if rejections:
            return self.rejected(call, rejections)
        student = named.student
        version = write_exemption(student.pk, change, call.organization.pk, call.message_id)
        return self.applied(student.asn, student.asn, version)

    def _facts(self, call: Call, named: NamedStudent, definitions: Definitions) -> ExemptionChange:
        request, student, by = call.request, named.student, call.organization
        key = request["Requirement"], request["Reason"]
        is_associated = student is not None and (
            association(named.known, by, Periods.on(business_today())) <= Association.LAST_ENROLMENT
        )
        return ExemptionChange(
            named.access,
            *key,
            status=request["Status"],
            is_deleted=request["IsDeleted"],
            row=find_reason(definitions, *key),
            stored=find_exemption(student.pk, *key) if student else None,
            parties=parties_of(by),
            is_associated=is_associated,
        )
