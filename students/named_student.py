"""The student that a request names: found, locked, and what the caller's organization may do."""

import datetime
from dataclasses import dataclass

from pasi.calendar import current_school_year
from pasi.faults import Fault
from pasi.models import Organization
from students.associations import (
    KnownStudent,
    Periods,
    created_lately_by,
    known_students,
    may_access,
    may_change,
)
from students.facts import FullName, StoredName, StudentAccess, StudentNames
from students.models import NAME_PARTS, Name, Student


@dataclass(frozen=True)
class NamedStudent:
    """`student` is None where no student has the number."""

    access: StudentAccess
    student: Student | None = None
    known: KnownStudent | None = None
    may_change_original: bool = True


def lock_student(asn: str, organization: Organization, today: datetime.date) -> NamedStudent:
    """Find and lock the student with the number `asn`, its primary too. At most seven queries.

    The keys are read first, locked in one statement in their order, then everything that decides
    is read. Source of the order: spec decision on locks.
    """
    found = Student.objects.filter(asn=asn).values_list("pk", "primary_id").first()
    if found is None:
        return NamedStudent(StudentAccess(asn, is_accessible=False, may_change=False))
    pk, primary = found
    locked = {
        each.pk: each
        for each in Student.objects.filter(pk__in=[pk, primary] if primary else [pk])
        .order_by("pk")
        .select_for_update(no_key=True)
    }
    student = locked[pk]
    if student.primary_id != primary:  # linked by somebody else in between
        raise Fault("4001")
    [known] = known_students([pk]).values()
    periods = Periods.on(today)
    is_ministry = organization.kind == Organization.Kind.MINISTRY
    return NamedStudent(
        access=StudentAccess(
            asn,
            is_accessible=may_access(known, organization, periods),
            primary_asn=locked[primary].asn if primary else "",
            is_deactivated=student.is_deactivated,
            may_change=may_change(known, organization, periods, current_school_year()),
            is_ministry=is_ministry,
        ),
        student=student,
        known=known,
        may_change_original=created_lately_by(known, organization, today),
    )


def names_of(student: Student | None) -> tuple[StudentNames, dict[int, Name]]:
    """All name records of a student, deleted ones too: as facts, and by RefId. One query."""
    if student is None:
        return StudentNames(), {}
    records = {name.pk: name for name in Name.objects.filter(student=student).order_by("pk")}
    for name in records.values():
        name.student = student
    stored = StudentNames(
        names=tuple(
            StoredName(pk, name_facts(name), name.is_deleted) for pk, name in records.items()
        ),
        legal=student.legal_name_id,
        preferred=student.preferred_name_id,
        original=student.original_name_id,
    )
    return stored, records


def name_facts(name: Name) -> FullName:
    return FullName(*(getattr(name, part) for part in NAME_PARTS))


def linked_numbers(student: Student) -> list[int]:
    """The keys of all numbers of the person, the student's own included. One query."""
    person = student.primary_id or student.pk
    return [person, *Student.objects.filter(primary=person).values_list("pk", flat=True)]
