"""What the credential services are asked: the requests, property by property.

Names, order, types, lengths and patterns of a re-issue are those of its seed document, to the
letter; the others follow it.
"""

from pasi.caller_info import RequestSerializer
from pasi.fields import (
    INT16,
    INT32,
    AsnField,
    CodeField,
    IntegerField,
    NameField,
    SingleLineField,
)

# Code types. A reason to delete may be one of the codes, or free text.
CREDENTIAL_TYPES, DELETE_REASONS = "CredentialType", "CredentialDeleteReason"


def _number(help_text: str = "The present one: former and legacy numbers are not.") -> IntegerField:
    return IntegerField(lowest=INT32[0], highest=INT32[1], help_text=help_text)


def _version() -> IntegerField:
    return IntegerField(help_text="Of the award.")


def _school_year() -> IntegerField:
    return IntegerField(
        lowest=INT16[0], highest=INT16[1], help_text="The calendar year in which it ends."
    )


def _legacy_number(help_text: str) -> SingleLineField:
    return SingleLineField(max_length=14, required=False, help_text=help_text)


class SubmitCredentialReIssueRequest(RequestSerializer):
    """An award as it shall be printed. Source: seed document SubmitCredentialReIssue."""

    CredentialNumber = _number()
    FirstName = NameField(
        max_length=50, help_text="Like the other parts: as awarded, or of the present legal name."
    )
    LastName = NameField(max_length=50)
    LegacyCredentialNumber = _legacy_number("Absent: the award has none from now on.")
    MiddleName = NameField(max_length=50, required=False)
    PASICoreVersion = _version()
    SchoolYear = _school_year()
    Suffix = NameField(max_length=15, required=False)


class SubmitCredentialAwardingSingleRequest(RequestSerializer):
    """The student and the one credential to be awarded."""

    StateProvinceId = AsnField()
    # Whether it is awarded in the school year is a matter of rule 44009.
    CredentialType = CodeField(CREDENTIAL_TYPES, accepts_expired=True)
    SchoolYear = _school_year()
    LegacyCredentialNumber = _legacy_number("Absent: the award has none.")


class SubmitCredentialDeleteReasonRequest(RequestSerializer):
    """Why an award is deleted; without a reason it comes back."""

    CredentialNumber = _number()
    PASICoreVersion = _version()
    DeleteReason = SingleLineField(
        max_length=250,
        required=False,
        help_text=f"Text, or a code of type {DELETE_REASONS}. Absent: the award comes back.",
    )


class SubmitCredentialLegacyNumberRequest(RequestSerializer):
    """The legacy number that an award shall have."""

    CredentialNumber = _number()
    PASICoreVersion = _version()
    LegacyCredentialNumber = _legacy_number("Absent: the award has none from now on.")
