"""How awards are shown, and the answers of the credential services."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from credentials.finding import MATCHES
from pasi.fields import (
    INT16,
    INT32,
    INT64,
    AsnField,
    BooleanField,
    DayField,
    IntegerField,
    TextField,
)
from pasi.responses import RejectionSerializer
from pasi.rules import Rejection


class CredentialSerializer(serializers.Serializer):
    """An awarded credential under its current number. An absent text is null."""

    CredentialNumber = IntegerField(
        lowest=1, highest=INT32[1], help_text="People write it XXXXX-XXXXX."
    )
    CredentialType = TextField(help_text="Code of type CredentialType.")
    StateProvinceId = AsnField(help_text="The number it was awarded under.")
    SchoolYear = IntegerField(
        lowest=0, highest=INT16[1], help_text="The calendar year in which the school year ends."
    )
    LastName = TextField(help_text="As awarded, like the other parts of the name.")
    FirstName = TextField()
    MiddleName = TextField(allow_null=True)
    Suffix = TextField(allow_null=True)
    AwardedOnDate = DayField()
    LegacyCredentialNumber = TextField(allow_null=True)
    IsDeleted = BooleanField()
    DeleteReason = TextField(allow_null=True)
    PASICoreVersion = IntegerField(lowest=0)
    PriorCredentialNumbers = serializers.ListField(
        child=IntegerField(lowest=1, highest=INT32[1]),
        help_text="Numbers that this one replaced, the oldest first.",
    )
    MatchedBy = serializers.ChoiceField(
        MATCHES, allow_null=True, help_text="How the number asked for was found; null if none was."
    )


CREDENTIAL_COLUMNS = (
    "pk",
    "number_id",
    "credential_type",
    "student__asn",
    "school_year",
    "last_name",
    "first_name",
    "middle_name",
    "suffix",
    "awarded_on",
    "legacy_number",
    "is_deleted",
    "delete_reason",
    "version",
)


def credential_json(
    row: dict[str, Any], prior_numbers: list[int], matched_by: str | None
) -> dict[str, Any]:
    """The answer for one row of CREDENTIAL_COLUMNS."""
    return {
        "CredentialNumber": row["number_id"],
        "CredentialType": row["credential_type"],
        "StateProvinceId": row["student__asn"],
        "SchoolYear": row["school_year"],
        "LastName": row["last_name"],
        "FirstName": row["first_name"],
        "MiddleName": row["middle_name"] or None,
        "Suffix": row["suffix"] or None,
        "AwardedOnDate": row["awarded_on"].isoformat(),
        "LegacyCredentialNumber": row["legacy_number"] or None,
        "IsDeleted": row["is_deleted"],
        "DeleteReason": row["delete_reason"] or None,
        "PASICoreVersion": row["version"],
        "PriorCredentialNumbers": prior_numbers,
        "MatchedBy": matched_by,
    }


# --- Answers of services ------------------------------------------------------------------------


class SubmitCredentialResponseSerializer(serializers.Serializer):
    """What became of one student's credential."""

    StateProvinceId = TextField(
        help_text='As asked for, or found by the number; "0" if no student is known.'
    )
    CredentialNumber = IntegerField(lowest=0, highest=INT64[1], help_text="0 if rejected.")
    CredentialType = TextField(allow_null=True, help_text="null if rejected.")
    PASICoreVersion = IntegerField(lowest=0, help_text="Of the award; 0 if rejected.")
    Rejections = RejectionSerializer(many=True, help_text="Empty if applied.")


def submit_credential_response(
    asn: str,
    credential_type: str | None = None,
    number: int = 0,
    version: int = 0,
    rejections: Sequence[Rejection] = (),
) -> dict[str, Any]:
    return {
        "StateProvinceId": asn,
        "CredentialNumber": number,
        "CredentialType": credential_type,
        "PASICoreVersion": version,
        "Rejections": [rejection.as_json() for rejection in rejections],
    }


class SubmitCredentialAwardingMultipleResponseSerializer(serializers.Serializer):
    """One answer for each number of the request, in its order."""

    Responses = SubmitCredentialResponseSerializer(many=True)
