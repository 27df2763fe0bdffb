"""The award that a request names by its number: found, locked, and what hangs together with it."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from credentials.award_changes import StoredAward
from credentials.document_orders import awards_with_open_orders
from credentials.models import AwardedCredential
from credentials.writing_awards import Holder
from pasi.faults import Fault
from students.facts import FullName
from students.models import NAME_PARTS, Student

NOBODY = "0"  # what is answered for a StateProvinceId where no student is known

_AWARD_COLUMNS = ("pk", "student_id", "credential_type", "number_id", "school_year")
_FATE_COLUMNS = ("legacy_number", "is_deleted", "delete_reason", "version")


@dataclass(frozen=True, slots=True)
class Owner:
    """A number of the person who holds an award."""

    asn: str
    is_deactivated: bool
    birth_date: datetime.date
    maturity_date: datetime.date | None
    legal_name: FullName


@dataclass(frozen=True)
class NamedAward:
    """`award` is None where no award has this number now; `asn` is then that of the student whose
    number it was once, "0" if it never existed.

    `owner`: of the number the award is under; `person`: of the primary, mostly the same.
    `other_awards`: (type, school year) of the person's other active awards, whatever linked number
    they are under.
    """

    number: int
    asn: str
    award: StoredAward | None = None
    owner: Owner | None = None
    person_key: int = 0
    person: Owner | None = None
    primary_asn: str = ""
    other_awards: tuple[tuple[str, int], ...] = ()
    has_open_order: bool = False

    def facts(self, request: dict[str, Any]) -> dict[str, Any]:
        """What every AwardChange has, for a request that names this award."""
        return {
            "number": self.number,
            "version": request["PASICoreVersion"],
            "award": self.award,
            "has_open_order": self.has_open_order,
            "asn": self.asn,
            "is_deactivated": bool(self.owner) and self.owner.is_deactivated,
            "primary_asn": self.primary_asn,
        }

    @property
    def legal_names(self) -> tuple[FullName, ...]:
        """The primary's last: it is the person's."""
        return (self.owner.legal_name, self.person.legal_name) if self.award else ()

    def holder(self, *own: tuple[str, int]) -> Holder:
        """The person as it stands once this award is `own`: (type, school year), or nothing."""
        return Holder(
            self.person_key,
            self.person.birth_date,
            self.person.maturity_date,
            [*self.other_awards, *own],
        )


def lock_award(number: int) -> NamedAward:
    """Find and lock the award with this number, its student and the student's primary. At most
    seven queries.

    The students are found first and locked in the order of their keys; whoever comes second finds
    that the number was replaced. Source of the order: spec decision on locks.
    """
    found = AwardedCredential.objects.filter(number=number).values_list(
        "student_id", "student__primary_id"
    )
    student, primary = found.first() or (None, None)
    if student is None:
        return NamedAward(number, asn_of(number))
    locked = dict(
        Student.objects.filter(pk__in=[student, primary] if primary else [student])
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", "primary_id")
    )
    if locked[student] != primary:  # linked by somebody else in between
        raise Fault("4001")
    row = (
        AwardedCredential.objects.filter(number=number)
        .select_for_update(no_key=True)
        .values_list(*_AWARD_COLUMNS, *_FATE_COLUMNS, *NAME_PARTS)
        .first()
    )
    if row is None:  # replaced by somebody else in between
        return NamedAward(number, asn_of(number))
    award = _stored(row)
    person = primary or student
    owners = _owners(list(locked))
    return NamedAward(
        number=number,
        asn=owners[student].asn,
        award=award,
        owner=owners[student],
        person_key=person,
        person=owners[person],
        primary_asn=owners[primary].asn if primary else "",
        other_awards=_other_awards(award, person),
        has_open_order=bool(awards_with_open_orders([award.key])),
    )


def asn_of(number: int) -> str:
    """The student of a credential number, present or archived; "0" if there is none. One query."""
    students = Student.objects.order_by()
    present = students.filter(awarded_credentials__number=number)
    former = students.filter(awarded_credentials__archived_numbers__number=number)
    found = present.values_list("asn").union(former.values_list("asn"))
    return next((asn for (asn,) in found), NOBODY)


def _stored(row: tuple) -> StoredAward:
    return StoredAward(*row[:5], FullName(*row[9:]), *row[5:9])


def _owners(keys: list[int]) -> dict[int, Owner]:
    names = (f"legal_name__{part}" for part in NAME_PARTS)
    rows = Student.objects.filter(pk__in=keys).values_list(
        "pk", "asn", "is_deactivated", "birth_date", "maturity_date", *names
    )
    return {key: Owner(*values[:4], FullName(*values[4:])) for key, *values in rows}


def _other_awards(award: StoredAward, person: int) -> tuple[tuple[str, int], ...]:
    numbers = Student.objects.filter(Q(pk=person) | Q(primary=person))
    others = AwardedCredential.objects.filter(student__in=numbers, is_deleted=False)
    return tuple(others.exclude(pk=award.key).values_list("credential_type", "school_year"))
