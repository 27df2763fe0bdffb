"""SubmitCredentialRequirementAchievement: what is set by hand of a student's credentials.

Role Submit Transcript User. Source: technical documentation of Submit Credential Requirement
Achievement; setting the status of a whole set is ours.
"""

import datetime
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from credentials.manual_requirements import ALL_MANUAL_REQUIREMENTS, MANUAL_REQUIREMENTS
from credentials.models import RequirementAchievement, RequirementSet, RequirementSetStatus
from credentials.requirement_achievements import (
    RequirementChange,
    load_achievements,
    write_achievements,
)
from credentials.rules.requirement_achievements import NEVER_RAISED, REQUIREMENT_STAGES
from pasi.calendar import business_today, current_school_year
from pasi.caller_info import RequestSerializer
from pasi.faults import Fault, Problem
from pasi.fields import AsnField, CodeField, ObjectListField, OneOfField, StrictSerializer
from pasi.fields_schema import ObjectListFieldSchema
from pasi.models import Role
from pasi.rules import core_out_of_date
from pasi.services import Call, Result, SubmitService
from students.associations import Association, Periods, association
from students.named_student import NamedStudent, lock_student

OF_A_SET = tuple(RequirementSetStatus.Status.values)
OF_A_REQUIREMENT = tuple(RequirementAchievement.Achievement.values)


class RequirementAchievementSerializer(StrictSerializer):
    """The status of a requirement set, or of one of its manual requirements."""

    RequirementSet = CodeField("RequirementSet")
    Requirement = OneOfField(
        *ALL_MANUAL_REQUIREMENTS,
        required=False,
        help_text="A manual requirement of the set; without it the status is the set's own.",
    )
    Achievement = OneOfField(
        *dict.fromkeys((*OF_A_SET, *OF_A_REQUIREMENT)),
        help_text=f"Of a set: {', '.join(OF_A_SET)}. Of a requirement: "
        f"{', '.join(OF_A_REQUIREMENT)}.",
    )

    def contradictions(self, present: Mapping) -> dict[tuple[str, ...], str]:
        found = {}
        code, requirement = present.get("RequirementSet"), present.get("Requirement")
        of_set = MANUAL_REQUIREMENTS.get(code, ()) if isinstance(code, str) else (requirement,)
        if requirement and requirement not in of_set:
            found[("Requirement",)] = _("is not a manual requirement of the set")
        allowed = OF_A_REQUIREMENT if requirement else OF_A_SET
        if "Achievement" in present and present["Achievement"] not in allowed:
            found[("Achievement",)] = _("must be one of {values}").format(values=", ".join(allowed))
        return found


class AchievementsField(ObjectListField):
    """One or more elements; each set, and each requirement, at most once."""

    default_error_messages = {"twice": _("is about the same as an earlier element")}

    def __init__(self, **options):
        super().__init__(RequirementAchievementSerializer(), **options)

    def to_internal_value(self, data):
        elements = super().to_internal_value(data)
        seen, twice = set(), {}
        for index, element in enumerate(elements):
            about = (element["RequirementSet"], element.get("Requirement", ""))
            if about in seen:
                twice[index] = [self.error_messages["twice"]]
            seen.add(about)
        if twice:
            raise serializers.ValidationError(twice)
        return elements


class AchievementsFieldSchema(ObjectListFieldSchema):
    target_class = AchievementsField


class SubmitCredentialRequirementAchievementRequest(RequestSerializer):
    """Whose credentials, and what is set."""

    StateProvinceId = AsnField()
    Achievements = AchievementsField()


class SubmitCredentialRequirementAchievement(SubmitService):
    """Set the status of requirement sets and of manual requirements by hand, all or nothing; the Id
    answered is the StateProvinceId.

    The version answered is that of the transcript trigger: what is set counts once the student's
    eligibility has been looked at again.
    """

    operation = "SubmitCredentialRequirementAchievement"
    roles = frozenset({Role.SUBMIT_TRANSCRIPT_USER})
    request_serializer = SubmitCredentialRequirementAchievementRequest
    stages = REQUIREMENT_STAGES
    listed_only = (core_out_of_date, *NEVER_RAISED)

    def carry_out(self, call: Call) -> Result:
        request, today = call.request, business_today()
        self._check_sets(request["Achievements"])
        named = lock_student(request["StateProvinceId"], call.organization, today)
        change = self._facts(call, named, today)
        rejections = self.judge(change)
        if rejections:
            return self.rejected(call, rejections)
        student, organization = named.student, call.organization.pk
        version = write_achievements(student.pk, change.achievements, organization, call.message_id)
        return self.applied(student.asn, student.asn, version)

    def _check_sets(self, elements: list[dict]) -> None:
        """Staff may have a code of a requirement set in effect before they make the set itself."""
        known = set(RequirementSet.objects.values_list("code", flat=True))
        problems = [
            Problem(f"Achievements[{index}].RequirementSet", str(_("is not a requirement set yet")))
            for index, element in enumerate(elements)
            if element["RequirementSet"] not in known
        ]
        if problems:
            raise Fault("3001", problems=problems)

    def _facts(self, call: Call, named: NamedStudent, today: datetime.date) -> RequirementChange:
        student = named.student
        if student is None:
            return RequirementChange(named.access, ())
        by = call.organization
        best = association(named.known, by, Periods.on(today))
        return RequirementChange(
            access=named.access,
            achievements=load_achievements(student.pk, call.request["Achievements"], by.pk),
            is_associated=best <= Association.LAST_ENROLMENT,
            birth_date=student.birth_date,
            september=datetime.date(current_school_year() - 1, 9, 1),
        )
