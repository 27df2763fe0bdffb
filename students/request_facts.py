"""From validated requests to the facts that rules judge. An absent optional text is empty."""

import datetime
from collections.abc import Iterable
from typing import Any

from pasi.calendar import current_school_year
from pasi.codes import code_list
from pasi.models import MINISTRY_CODE, Organization
from pasi.services import Call
from students.associations import effective_access
from students.citizenship import stored_citizenship
from students.countries import preferred_country
from students.duplicates import find_duplicates
from students.facts import (
    Citizenship,
    Duplicates,
    FullName,
    Identification,
    NewAddress,
    NewPhone,
    NewStudent,
    Restriction,
)
from students.models import Name, Student
from students.named_student import name_facts

ADDRESSES = (
    ("PreferredMailingAddress", "Preferred Mailing"),
    ("AlternateMailingAddress", "Alternate Mailing"),
)


def new_student(
    request: dict[str, Any], *, today: datetime.date, duplicates: Duplicates
) -> NewStudent:
    """The facts of a CreateStudent request."""
    personal = request["PersonalInfo"]
    eligibility = personal.get("Section23Eligibility", "")
    known = code_list("Section23Eligibility").get(eligibility)
    alias = personal.get("Alias")
    phone = personal.get("PreferredPhoneNumber")
    restriction = request.get("DisclosureRestrictionInfo")
    return NewStudent(
        today=today,
        identification=identification(request["IdentificationRecord"]),
        gender=personal["Gender"],
        alias=full_name(alias) if alias else None,
        addresses=tuple(
            _address(label, personal[name]) for name, label in ADDRESSES if personal.get(name)
        ),
        phone=_phone(phone) if phone else None,
        email_address=request.get("EmailAddress", ""),
        restriction=restriction_of(restriction) if restriction else None,
        citizenship=citizenship_of(personal),
        section23_eligibility=eligibility,
        section23_may_be_submitted=known is None
        or (known.may_be_submitted and known.is_in_effect(current_school_year())),
        duplicates=duplicates,
    )


def full_name(sent: dict[str, Any]) -> FullName:
    return FullName(
        sent["FirstName"], sent.get("MiddleName", ""), sent["LastName"], sent.get("Suffix", "")
    )


def identification(record: dict[str, Any]) -> Identification:
    document = code_list("SourceDocumentType")[record["DocumentType"]]
    return Identification(
        name=full_name(record),
        birth_date=record["BirthDate"],
        document_type=document.code,
        document_number=record.get("DocumentNumber", ""),
        document_issue_date=record.get("DocumentIssueDate"),
        is_name_exact=record["IsNameExact"],
        quality=document.quality or 0,
        may_be_submitted=document.may_be_submitted,
    )


def stored_identification(student: Student, legal: Name) -> Identification:
    """The present identity. A source document type that is no longer in the list counts as the
    least (inferred)."""
    document = code_list("SourceDocumentType").get(student.document_type)
    return Identification(
        name=name_facts(legal),
        birth_date=student.birth_date,
        document_type=student.document_type,
        document_number=student.document_number,
        document_issue_date=student.document_issue_date,
        is_name_exact=student.is_name_exact,
        quality=(document.quality if document else None) or 0,
        may_be_submitted=document is None or document.may_be_submitted,
    )


def duplicates_of(
    call: Call, today: datetime.date, *, leaving_out: Iterable[int] = ()
) -> Duplicates:
    """Who else has the identity that the request brings. Hold its lock. One query."""
    record = call.request["IdentificationRecord"]
    similar, exact = find_duplicates(
        record["FirstName"],
        record.get("MiddleName", ""),
        record["LastName"],
        record["BirthDate"],
        leaving_out=frozenset(leaving_out),
    )
    return Duplicates(
        similar=similar,
        exact=exact,
        acknowledged=call.request.get("AcknowledgeSimilarStateProvinceIdList", frozenset()),
        has_limited_access=effective_access(call.organization, today) != Organization.Access.NORMAL,
        is_ministry=call.organization.code == MINISTRY_CODE,
    )


def _address(label: str, sent: dict[str, Any]) -> NewAddress:
    return NewAddress(
        label=label,
        address_type=sent["AddressType"],
        street=sent["Street"],
        city=sent.get("City", ""),
        state_province=sent.get("StateProvince", ""),
        postal_code=sent.get("PostalCode", ""),
        country=preferred_country(sent["Country"]),
        effective_on=sent["EffectiveDate"],
        expires_on=sent.get("ExpiryDate"),
    )


def _phone(sent: dict[str, Any]) -> NewPhone:
    return NewPhone(
        phone_type=sent["Type"],
        number=sent["Number"],
        extension=sent.get("Extension", ""),
        is_listable=sent["IsListable"],
        effective_on=sent["EffectiveDate"],
        expires_on=sent.get("ExpiryDate"),
    )


def restriction_of(sent: dict[str, Any]) -> Restriction:
    return Restriction(
        code=sent["DisclosureRestrictionCode"],
        details=sent.get("DisclosureRestrictionDetails", ""),
        effective_on=sent["EffectiveDate"],
        expires_on=sent.get("ExpiryDate"),
        is_active=sent["IsActive"],
    )


def citizenship_of(sent: dict[str, Any]) -> Citizenship | None:
    """An expiry date without a status belongs to nothing and is not stored (inferred)."""
    submitted = sent.get("CitizenshipStatus", "")
    if not submitted:
        return None
    status, guardian = stored_citizenship(submitted)
    return Citizenship(submitted, status, guardian, sent.get("DocumentExpiryDate"))
