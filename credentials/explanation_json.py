"""An explanation as it is answered, and as the command prints it: the same, with the marks."""

from typing import Any

from rest_framework import serializers

from credentials.eligibility.classify import BEST_FIRST
from credentials.eligibility.outcomes import (
    ACHIEVED,
    EXEMPTIONS,
    NOT_ACHIEVED,
    NOT_ASSESSED,
)
from credentials.explaining import (
    ExplainedAwarding,
    ExplainedCredential,
    ExplainedMark,
    ExplainedRequirement,
    ExplainedSet,
    Explanation,
)
from pasi.fields import INT16, AsnField, BooleanField, IntegerField, TextField

STATUS_HELP = (
    "CalculationOutstanding: something has changed, and whether it is achieved is worked out anew."
)


# --- The published shape ------------------------------------------------------------------------


class RequirementProgressSerializer(serializers.Serializer):
    """A requirement, judged as of today."""

    Code = TextField()
    IsMet = BooleanField(help_text="Achieved, or lifted by an approved exemption.")
    Achievement = serializers.ChoiceField((ACHIEVED, NOT_ACHIEVED, NOT_ASSESSED))
    Exemption = serializers.ChoiceField(EXEMPTIONS)
    Message = TextField(help_text="Why, in words for students and their parents.")
    Credits = IntegerField(lowest=0, help_text="Credits that count; 0 where it is not about them.")


class RequirementSetProgressSerializer(serializers.Serializer):
    """A way to earn the credential."""

    RequirementSet = TextField(help_text="Code of type RequirementSet.")
    Status = serializers.ChoiceField(
        BEST_FIRST,
        allow_null=True,
        help_text="null: the set is not open to the student. " + STATUS_HELP,
    )
    Percentage = IntegerField(
        lowest=0,
        highest=100,
        allow_null=True,
        help_text="Share of the requirements met; null where the status was set by hand.",
    )
    Requirements = RequirementProgressSerializer(many=True)


class CredentialProgressSerializer(serializers.Serializer):
    """A credential and the ways to it."""

    CredentialType = TextField(help_text="Code of type CredentialType.")
    Progress = serializers.ChoiceField(
        BEST_FIRST, allow_null=True, help_text="The status of the best set. " + STATUS_HELP
    )
    IsAwarded = BooleanField()
    RequirementSets = RequirementSetProgressSerializer(many=True)


class AwardingProspectSerializer(serializers.Serializer):
    """What the bulk award would do now: award a credential, or refuse by a rule."""

    CredentialType = TextField(allow_null=True, help_text="null: nothing would be awarded.")
    SchoolYear = IntegerField(lowest=0, highest=INT16[1], allow_null=True)
    Code = TextField(allow_null=True, help_text="The rule that refuses; null: none does.")
    Description = TextField(allow_null=True)
    Blocks = serializers.ListField(
        child=TextField(), help_text="What stands in the way, in sentences."
    )


class StudentCredentialsSerializer(serializers.Serializer):
    """What a student has earned, what is missing, and what would be awarded."""

    StateProvinceId = AsnField(help_text="As asked; a secondary number has what its primary has.")
    IsRecalculating = BooleanField(help_text="What has changed last is being worked out.")
    Credentials = CredentialProgressSerializer(many=True)
    Awarding = AwardingProspectSerializer()


# --- Writing it ---------------------------------------------------------------------------------


def explanation_json(found: Explanation, *, with_marks: bool = False) -> dict[str, Any]:
    return {
        "StateProvinceId": found.asn,
        "IsRecalculating": found.is_recalculating,
        "Credentials": [_credential(each, with_marks) for each in found.credentials],
        "Awarding": _awarding(found.awarding),
    }


def _credential(each: ExplainedCredential, with_marks: bool) -> dict[str, Any]:
    return {
        "CredentialType": each.code,
        "Progress": each.progress,
        "IsAwarded": each.is_awarded,
        "RequirementSets": [_set(one, with_marks) for one in each.sets],
    }


def _set(each: ExplainedSet, with_marks: bool) -> dict[str, Any]:
    return {
        "RequirementSet": each.code,
        "Status": each.status,
        "Percentage": each.percentage,
        "Requirements": [_requirement(one, with_marks) for one in each.requirements],
    }


def _requirement(each: ExplainedRequirement, with_marks: bool) -> dict[str, Any]:
    shown = {
        "Code": each.code,
        "IsMet": each.is_met,
        "Achievement": each.achievement,
        "Exemption": each.exemption,
        "Message": each.message,
        "Credits": each.credits,
    }
    if with_marks:
        shown["Counted"] = [_mark(mark) for mark in each.counted]
        shown["NotCounted"] = [{**_mark(mark), "Reason": mark.reason} for mark in each.left_out]
    return shown


def _mark(mark: ExplainedMark) -> dict[str, Any]:
    return {
        "CourseCode": mark.course,
        "SchoolYear": mark.school_year,
        "Credits": mark.credits,
    }


def _awarding(each: ExplainedAwarding) -> dict[str, Any]:
    return {
        "CredentialType": each.credential or None,
        "SchoolYear": each.school_year,
        "Code": each.code or None,
        "Description": each.description or None,
        "Blocks": list(each.blocks),
    }
