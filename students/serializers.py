"""How a student is shown. The serializers describe the answer, the functions beside them make it.

An absent text, date or code is null; a list without elements is empty; every property is there.
"""

import datetime
from typing import Any, NamedTuple

from rest_framework import serializers

from pasi.fields import (
    INT32,
    AsnField,
    BooleanField,
    DayField,
    InstantField,
    IntegerField,
    TextField,
    instant_text,
)
from students.assessment import Quality
from students.countries import address_format
from students.identify import Match
from students.models import NAME_PARTS, Student
from students.similarity import Reason


def _day(value: datetime.date | None) -> str | None:
    return value.isoformat() if value else None


def _ref_id() -> IntegerField:
    return IntegerField(lowest=1, highest=INT32[1], help_text="Unique over all students.")


class StudentIdentitySerializer(serializers.Serializer):
    """The identity block. Under a secondary number: the primary's data, but the number's own
    StateProvinceId, Status and PASICoreVersion."""

    StateProvinceId = AsnField()
    PrimaryStateProvinceId = AsnField(
        allow_null=True, help_text="The number that replaces this one; null unless Secondary."
    )
    Status = serializers.ChoiceField(Student.Status.values)
    FirstName = TextField(help_text="Of the legal name, as are the three that follow.")
    MiddleName = TextField(allow_null=True)
    LastName = TextField()
    Suffix = TextField(allow_null=True)
    BirthDate = DayField()
    Gender = TextField(help_text="Code of type Gender.")
    HasDisclosureRestriction = BooleanField(help_text="One is active and has not expired.")
    PASICoreVersion = IntegerField(lowest=0)


# What identity_json() needs of a student, besides `has_disclosure_restriction`.
_PERSONAL = (*(f"legal_name__{part}" for part in NAME_PARTS), "birth_date", "gender")
IDENTITY_COLUMNS = (
    "pk",
    "asn",
    "version",
    "is_deactivated",
    "primary_id",
    "primary__asn",
    *_PERSONAL,
    *(f"primary__{column}" for column in _PERSONAL),
)


def identity_json(row: dict[str, Any]) -> dict[str, Any]:
    """The identity block of one row of IDENTITY_COLUMNS."""
    person = "primary__" if row["primary_id"] else ""
    name = f"{person}legal_name__"
    return {
        "StateProvinceId": row["asn"],
        "PrimaryStateProvinceId": row["primary__asn"],
        "Status": _status(row),
        "FirstName": row[f"{name}first_name"],
        "MiddleName": row[f"{name}middle_name"] or None,
        "LastName": row[f"{name}last_name"],
        "Suffix": row[f"{name}suffix"] or None,
        "BirthDate": row[f"{person}birth_date"].isoformat(),
        "Gender": row[f"{person}gender"],
        "HasDisclosureRestriction": row["has_disclosure_restriction"],
        "PASICoreVersion": row["version"],
    }


def _status(row: dict[str, Any]) -> str:
    if row["is_deactivated"]:
        return Student.Status.DEACTIVATED.value
    return (Student.Status.SECONDARY if row["primary_id"] else Student.Status.ACTIVE).value


class IdentificationRecordSerializer(serializers.Serializer):
    """The current identity: the legal name and what it is based on."""

    FirstName = TextField()
    MiddleName = TextField(allow_null=True)
    LastName = TextField()
    Suffix = TextField(allow_null=True)
    BirthDate = DayField()
    DocumentType = TextField(help_text="Code of type SourceDocumentType.")
    DocumentNumber = TextField(allow_null=True, help_text="Its last four characters.")
    DocumentIssueDate = DayField(allow_null=True)
    IsNameExact = BooleanField()


class NameSerializer(serializers.Serializer):
    """One name that is not deleted."""

    RefId = _ref_id()
    FirstName = TextField()
    MiddleName = TextField(allow_null=True)
    LastName = TextField()
    Suffix = TextField(allow_null=True)
    IsLegal = BooleanField()
    IsPreferred = BooleanField()
    IsOriginal = BooleanField()
    EffectiveOn = InstantField(help_text="When it was added.")
    CreatedByOrganizationCode = TextField(allow_null=True)
    UpdatedByOrganizationCode = TextField(allow_null=True)
    LastUpdateUtcTime = InstantField()


class AddressSerializer(serializers.Serializer):
    RefId = _ref_id()
    AddressType = TextField(help_text="Code of type AddressType.")
    AddressFormat = TextField(help_text="Mail-CA, Mail-US or Mail-International, by the country.")
    Street = TextField(help_text="Lines separated by CR LF.")
    City = TextField(allow_null=True)
    StateProvince = TextField(allow_null=True)
    PostalCode = TextField(allow_null=True)
    Country = TextField()
    EffectiveDate = DayField()
    ExpiryDate = DayField(allow_null=True)
    LastUpdateUtcTime = InstantField()


class PhoneNumberSerializer(serializers.Serializer):
    RefId = _ref_id()
    Type = TextField(help_text="Code of type PhoneType.")
    Number = TextField()
    Extension = TextField(allow_null=True)
    IsListable = serializers.ChoiceField(["Y", "N", "U"])
    EffectiveDate = DayField()
    ExpiryDate = DayField(allow_null=True)
    LastUpdateUtcTime = InstantField()


class EmailAddressSerializer(serializers.Serializer):
    RefId = _ref_id()
    EmailAddress = TextField()
    LastUpdateUtcTime = InstantField()


class CitizenshipStatusSerializer(serializers.Serializer):
    RefId = _ref_id()
    CitizenshipStatus = TextField(help_text="Code of type CitizenshipStatus.")
    GuardianCitizenshipStatus = TextField(allow_null=True)
    DocumentExpiryDate = DayField(allow_null=True)
    EffectiveDate = DayField()
    LastUpdateUtcTime = InstantField()


class DisclosureRestrictionSerializer(serializers.Serializer):
    RefId = _ref_id()
    DisclosureRestrictionCode = TextField(help_text="Code of type DisclosureRestriction.")
    DisclosureRestrictionDetails = TextField(allow_null=True)
    EffectiveDate = DayField()
    ExpiryDate = DayField(allow_null=True)
    IsActive = BooleanField()
    LastUpdateUtcTime = InstantField()


class StudentSerializer(StudentIdentitySerializer):
    """The whole personal record; parts that are deleted are left out. Under a secondary number:
    the primary's, but the number's own StateProvinceId, Status, PASICoreVersion and times."""

    IdentificationRecord = IdentificationRecordSerializer()
    Names = NameSerializer(many=True, help_text="The newest first.")
    MailingAddresses = AddressSerializer(many=True)
    PhoneNumbers = PhoneNumberSerializer(many=True)
    EmailAddresses = EmailAddressSerializer(many=True)
    CitizenshipStatuses = CitizenshipStatusSerializer(many=True)
    DisclosureRestrictions = DisclosureRestrictionSerializer(many=True)
    Section23Eligibility = TextField(allow_null=True)
    IsDeceased = BooleanField()
    DateOfDeath = DayField(allow_null=True)
    MaturityDate = DayField(allow_null=True)
    MaturityReason = TextField(allow_null=True, help_text="AGE or CREDENTIAL.")
    CreatedOnUtc = InstantField()
    LastUpdateUtcTime = InstantField()


def _name_parts(name) -> dict[str, Any]:
    return {
        "FirstName": name.first_name,
        "MiddleName": name.middle_name or None,
        "LastName": name.last_name,
        "Suffix": name.suffix or None,
    }


def student_json(number: Student, identity: dict[str, Any], parts: dict[str, list]) -> dict:
    """The whole record behind `number`; `identity` is its identity block.

    `parts`: the records of the primary that are not deleted, by related name. The legal name and
    the organizations of names must be loaded.
    """
    person = number.primary or number
    return {
        **identity,
        "IdentificationRecord": {
            **_name_parts(person.legal_name),
            "BirthDate": person.birth_date.isoformat(),
            "DocumentType": person.document_type,
            "DocumentNumber": person.document_number or None,
            "DocumentIssueDate": _day(person.document_issue_date),
            "IsNameExact": person.is_name_exact,
        },
        "Names": [_name_json(name, person) for name in parts["names"]],
        "MailingAddresses": [_address_json(each) for each in parts["mailing_addresses"]],
        "PhoneNumbers": [_phone_json(each) for each in parts["phone_numbers"]],
        "EmailAddresses": [_email_json(each) for each in parts["email_addresses"]],
        "CitizenshipStatuses": [_citizenship_json(each) for each in parts["citizenship_statuses"]],
        "DisclosureRestrictions": [
            _restriction_json(each) for each in parts["disclosure_restrictions"]
        ],
        "Section23Eligibility": person.section23_eligibility or None,
        "IsDeceased": person.is_deceased,
        "DateOfDeath": _day(person.date_of_death),
        "MaturityDate": _day(person.maturity_date),
        "MaturityReason": person.maturity_reason or None,
        "CreatedOnUtc": instant_text(number.created_on),
        "LastUpdateUtcTime": instant_text(number.updated_at),
    }


def _name_json(name, person: Student) -> dict[str, Any]:
    created, updated = name.created_by_organization, name.updated_by_organization
    return _shown_name_json(
        name, person, created.code if created else None, updated.code if updated else None
    )


def _shown_name_json(name, person, created_by: str | None, updated_by: str | None) -> dict:
    """`person`: a student, or what a search has of one."""
    return {
        "RefId": name.pk,
        **_name_parts(name),
        "IsLegal": name.pk == person.legal_name_id,
        "IsPreferred": name.pk == person.preferred_name_id,
        "IsOriginal": name.pk == person.original_name_id,
        "EffectiveOn": instant_text(name.effective_on),
        "CreatedByOrganizationCode": created_by,
        "UpdatedByOrganizationCode": updated_by,
        "LastUpdateUtcTime": instant_text(name.updated_at),
    }


def _address_json(address) -> dict[str, Any]:
    return {
        "RefId": address.pk,
        "AddressType": address.address_type,
        "AddressFormat": address_format(address.country),
        "Street": address.street,
        "City": address.city or None,
        "StateProvince": address.state_province or None,
        "PostalCode": address.postal_code or None,
        "Country": address.country,
        "EffectiveDate": _day(address.effective_on),
        "ExpiryDate": _day(address.expires_on),
        "LastUpdateUtcTime": instant_text(address.updated_at),
    }


def _phone_json(phone) -> dict[str, Any]:
    return {
        "RefId": phone.pk,
        "Type": phone.phone_type,
        "Number": phone.number,
        "Extension": phone.extension or None,
        "IsListable": phone.is_listable,
        "EffectiveDate": _day(phone.effective_on),
        "ExpiryDate": _day(phone.expires_on),
        "LastUpdateUtcTime": instant_text(phone.updated_at),
    }


def _email_json(address) -> dict[str, Any]:
    return {
        "RefId": address.pk,
        "EmailAddress": address.email_address,
        "LastUpdateUtcTime": instant_text(address.updated_at),
    }


def _citizenship_json(status) -> dict[str, Any]:
    return {
        "RefId": status.pk,
        "CitizenshipStatus": status.citizenship_status,
        "GuardianCitizenshipStatus": status.guardian_citizenship_status or None,
        "DocumentExpiryDate": _day(status.document_expiry_date),
        "EffectiveDate": _day(status.effective_on),
        "LastUpdateUtcTime": instant_text(status.updated_at),
    }


def _restriction_json(restriction) -> dict[str, Any]:
    return {
        "RefId": restriction.pk,
        "DisclosureRestrictionCode": restriction.code,
        "DisclosureRestrictionDetails": restriction.details or None,
        "EffectiveDate": _day(restriction.effective_on),
        "ExpiryDate": _day(restriction.expires_on),
        "IsActive": restriction.is_active,
        "LastUpdateUtcTime": instant_text(restriction.updated_at),
    }


# --- IdentifyStudent ----------------------------------------------------------------------------


class IdentifiedStudentSerializer(serializers.Serializer):
    """A student who may be meant. A secondary number has its own names."""

    StateProvinceId = AsnField()
    Quality = serializers.ChoiceField([quality.value for quality in Quality])
    Names = NameSerializer(many=True, help_text="The newest first.")
    BirthDate = DayField()
    Gender = TextField(help_text="Code of type Gender.")
    Reasons = serializers.ListField(
        child=serializers.ChoiceField([reason.value for reason in Reason]),
        help_text="In what the student agrees, or may agree.",
    )


class IdentifyStudentResponseSerializer(serializers.Serializer):
    """Who may be meant, best first; nobody where more than 20 are equally good (Ambiguous)."""

    Status = serializers.ChoiceField(["Found", "NotFound", "Ambiguous"])
    Students = IdentifiedStudentSerializer(many=True)


class ShownName(NamedTuple):
    """What is shown of a name, without the records it refers to."""

    pk: int
    first_name: str
    middle_name: str
    last_name: str
    suffix: str
    effective_on: datetime.datetime
    updated_at: datetime.datetime
    created_by: str | None
    updated_by: str | None

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        by = "created_by_organization__code", "updated_by_organization__code"
        return *cls._fields[:-2], *by


def identified_json(match: Match, names: list[ShownName]) -> dict[str, Any]:
    """A match of a search as the answer shows it; `names`: those that are not deleted."""
    return {
        "StateProvinceId": match.asn,
        "Quality": match.quality.value,
        "Names": [
            _shown_name_json(name, match.number, name.created_by, name.updated_by) for name in names
        ],
        "BirthDate": match.number.birth_date.isoformat(),
        "Gender": match.number.gender,
        "Reasons": [reason.value for reason in match.reasons],
    }
