"""Writing a new student and every part of the record, and changing one who exists: each change with
its history, names with their keys. A fixed number of statements.
"""

from typing import Any
from uuid import UUID

from django.utils import timezone

from credentials.maturity import maturity
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.calendar import current_school_year
from pasi.models import Organization
from students import asn as numbers
from students.facts import FullName, NewStudent
from students.models import (
    NAME_PARTS,
    CitizenshipStatus,
    DisclosureRestriction,
    EmailAddress,
    MailingAddress,
    Name,
    NameKey,
    PhoneNumber,
    Student,
    StudentActivity,
)
from students.name_keys import Keys, keys_of
from students.named_student import name_facts

STUDENT_OBJECT = "Student"
_NAME_COLUMNS = (
    "id",
    "student_id",
    *NAME_PARTS,
    "was_legal",
    "is_deleted",
    "created_by_organization_id",
    "updated_by_organization_id",
)


def write_student(facts: NewStudent, organization: Organization, call: UUID) -> tuple[str, int]:
    """Create the student whom the rules have let pass; the number and the version.

    Source of what is written: create_student.md 1.1 (PASI knowledge base).
    """
    asn = numbers.allocate()
    student, version, legal, alias = bulk.next_of_each(Student, bulk.VERSION_SEQUENCE, Name, Name)
    identity = facts.identification
    mature = maturity(identity.birth_date, ())
    _insert(
        Student,
        {
            "id": student,
            "asn": asn,
            "version": version,
            "is_deactivated": False,
            "legal_name_id": legal,
            "preferred_name_id": legal,
            "original_name_id": legal,
            "birth_date": identity.birth_date,
            "gender": facts.gender,
            "document_type": identity.document_type,
            "document_number": identity.document_number,
            "document_issue_date": identity.document_issue_date,
            "is_name_exact": identity.is_name_exact,
            "section23_eligibility": facts.section23_eligibility,
            "is_deceased": False,
            "maturity_date": mature.date,
            "maturity_reason": mature.reason,
            "created_by_organization_id": organization.pk,
        },
        call,
    )
    names = [(legal, identity.name, True)]
    if facts.alias:
        names.append((alias, facts.alias, False))
    by = (organization.pk, organization.pk)
    bulk.insert_rows(
        Name,
        _NAME_COLUMNS,
        [(key, student, *name.parts, was_legal, False, *by) for key, name, was_legal in names],
        call,
    )
    bulk.insert_rows(
        NameKey,
        KEY_COLUMNS,
        [
            (key, student, identity.birth_date, was_legal, *keys_of_name(name))
            for key, name, was_legal in names
        ],
    )
    _write_parts(facts, student, call)
    _insert(StudentActivity, {"student_id": student, "school_year": current_school_year()}, call)
    raise_triggers("Student", [student], STUDENT_OBJECT)
    return asn, version


KEY_COLUMNS = ("name_id", "student_id", "birth_date", "was_legal", *Keys._fields)


def keys_of_name(name: FullName) -> Keys:
    return keys_of(name.first_name, name.middle_name, name.last_name)


def _write_parts(facts: NewStudent, student: int, call: UUID) -> None:
    if facts.addresses:
        bulk.insert_rows(
            MailingAddress,
            (
                *("student_id", "address_type", "street", "city", "state_province"),
                *("postal_code", "country", "effective_on", "expires_on", "is_deleted"),
            ),
            [
                (
                    *(student, each.address_type, each.street, each.city, each.state_province),
                    *(each.postal_code, each.country, each.effective_on, each.expires_on, False),
                )
                for each in facts.addresses
            ],
            call,
        )
    if phone := facts.phone:
        _insert(
            PhoneNumber,
            {
                "student_id": student,
                "phone_type": phone.phone_type,
                "number": phone.number,
                "extension": phone.extension,
                "is_listable": phone.is_listable,
                "effective_on": phone.effective_on,
                "expires_on": phone.expires_on,
                "is_deleted": False,
            },
            call,
        )
    if facts.email_address:
        _insert(
            EmailAddress,
            {"student_id": student, "email_address": facts.email_address, "is_deleted": False},
            call,
        )
    if restriction := facts.restriction:
        _insert(
            DisclosureRestriction,
            {
                "student_id": student,
                "code": restriction.code,
                "details": restriction.details,
                "effective_on": restriction.effective_on,
                "expires_on": restriction.expires_on,
                "is_active": restriction.is_active,
                "is_deleted": False,
            },
            call,
        )
    if citizenship := facts.citizenship:
        _insert(
            CitizenshipStatus,
            {
                "student_id": student,
                "citizenship_status": citizenship.status,
                "guardian_citizenship_status": citizenship.guardian_status,
                "document_expiry_date": citizenship.document_expiry_date,
                "effective_on": facts.today,
                "is_deleted": False,
            },
            call,
        )


def _insert(model: type, values: dict[str, Any], call: UUID) -> None:
    bulk.insert_rows(model, tuple(values), [tuple(values.values())], call)


# --- Changing a student who exists ----------------------------------------------------------------


def change_student(student: Student, values: dict[str, Any], call: UUID) -> int:
    """Set columns of a student, who is locked, under a new version; the version."""
    [version] = bulk.next_of_each(bulk.VERSION_SEQUENCE)
    columns = (*values, "version", "updated_at")
    row = (student.pk, *values.values(), version, timezone.now())
    bulk.update_rows(Student, columns, [row], call)
    return version


def add_name(
    student: Student, name: FullName, organization: Organization, call: UUID, *, was_legal: bool
) -> int:
    """A new name record, with its keys; its RefId."""
    [key] = bulk.next_of_each(Name)
    by = (organization.pk, organization.pk)
    row = (key, student.pk, *name.parts, was_legal, False, *by)
    bulk.insert_rows(Name, _NAME_COLUMNS, [row], call)
    _write_key(student, key, name, was_legal)
    return key


def change_name(name: Name, values: dict[str, Any], organization: Organization, call: UUID) -> None:
    """Set columns of a name record; its keys follow. The student is locked and loaded."""
    for column, value in values.items():
        setattr(name, column, value)
    columns = (*values, "updated_by_organization_id", "updated_at")
    row = (name.pk, *values.values(), organization.pk, timezone.now())
    bulk.update_rows(Name, columns, [row], call)
    NameKey.objects.filter(pk=name.pk).delete()
    if not name.is_deleted:
        _write_key(name.student, name.pk, name_facts(name), name.was_legal)


def _write_key(student: Student, key: int, name: FullName, was_legal: bool) -> None:
    row = (key, student.pk, student.birth_date, was_legal, *keys_of_name(name))
    bulk.insert_rows(NameKey, KEY_COLUMNS, [row])
