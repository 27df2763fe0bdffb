"""The award that a request names by its number: found, locked, and what hangs together with it."""

import datetime
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Q

from credentials.award_changes import StoredAward
from credentials.document_orders import awards_with_open_orders
from credentials.models import AwardedCredential
from credentials.writing_awards import Holder
from pasi import bulk
from pasi.faults import Fault
from students.facts import FullName
from students.models import NAME_PARTS, Student

NOBODY = "0"  # what is answered for a StateProvinceId where no student is known

_AWARD_COLUMNS = ("pk", "student_id", "credential_type", "number_id", "school_year", *NAME_PARTS)
_FATE_COLUMNS = ("legacy_number", "is_deleted", "delete_reason", "version")
_OWNER_COLUMNS = (
    *("pk", "asn", "is_deactivated", "birth_date", "maturity_date"),
    *(f"legal_name__{part}" for part in NAME_PARTS),
)
_COLUMNS = (
    *(*_AWARD_COLUMNS, *_FATE_COLUMNS),
    *(f"student__{column}" for column in _OWNER_COLUMNS),
    *(f"student__primary__{column}" for column in _OWNER_COLUMNS),
)


@dataclass(frozen=True, slots=True)
class Owner:
    """A number of the person who holds an award."""

    key: int
    asn: str
    is_deactivated: bool
    birth_date: datetime.date
    maturity_date: datetime.date | None
    legal_name: FullName


@dataclass(frozen=True)
class NamedAward:
    """`award` is None where no award has this number now; `asn` is then that of the student whose
    number it was once, "0" if it never existed.

    `owner`: the number that the award is under; `primary`: the one it is linked to, if it is
    secondary. `other_awards`: (type, school year) of the person's other active awards, whatever
    linked number they are under.
    """

    number: int
    asn: str
    award: StoredAward | None = None
    owner: Owner | None = None
    primary: Owner | None = None
    other_awards: tuple[tuple[str, int], ...] = ()
    has_open_order: bool = False

    @property
    def person(self) -> Owner | None:
        return self.primary or self.owner

    def facts(self, request: dict[str, Any]) -> dict[str, Any]:
        """What every AwardChange has, for a request that names this award."""
        return {
            "number": self.number,
            "version": request["PASICoreVersion"],
            "award": self.award,
            "has_open_order": self.has_open_order,
            "asn": self.asn,
            "is_deactivated": bool(self.owner) and self.owner.is_deactivated,
            "primary_asn": self.primary.asn if self.primary else "",
        }

    @property
    def legal_names(self) -> tuple[FullName, ...]:
        """The primary's last: it is the person's."""
        return tuple(each.legal_name for each in (self.owner, self.primary) if each)

    def holder(self, *own: tuple[str, int]) -> Holder:
        """The person as it stands once this award is `own`: (type, school year), or nothing."""
        person = self.person
        return Holder(
            person.key, person.birth_date, person.maturity_date, [*self.other_awards, *own]
        )


def lock_award(number: int) -> NamedAward:
    """Find the award with this number, lock its student and the primary. Four queries at most.

    Whoever changes an award holds its student, so all is read after that; who comes second finds
    that the number was replaced. Source of the order: spec decision on locks.
    """
    locked = bulk.lock_students_of_award(number)
    row = _read(number) if locked else None
    if row is None:  # never issued, or replaced, perhaps by somebody else just now
        return NamedAward(number, asn_of(number))
    award = _stored(row[:13])
    owner, primary = (_owner(each) for each in (row[13:22], row[22:31]))
    if not {each.key for each in (owner, primary) if each} <= locked:  # linked just now
        raise Fault("4001")
    return NamedAward(
        number=number,
        asn=owner.asn,
        award=award,
        owner=owner,
        primary=primary,
        other_awards=_other_awards(award, (primary or owner).key),
        has_open_order=bool(awards_with_open_orders([award.key])),
    )


def asn_of(number: int) -> str:
    """The student of a credential number, present or archived; "0" if there is none. One query."""
    students = Student.objects.order_by()
    present = students.filter(awarded_credentials__number=number)
    former = students.filter(awarded_credentials__archived_numbers__number=number)
    found = present.values_list("asn").union(former.values_list("asn"))
    return next((asn for (asn,) in found), NOBODY)


def _read(number: int) -> tuple | None:
    return next(iter(bulk.fetch(_award_by_number(), [number])), None)


@cache
def _award_by_number() -> str:
    """SQL with one parameter, the number."""
    return bulk.written_once(AwardedCredential.objects.filter(number=0).values_list(*_COLUMNS))


def _stored(row: tuple) -> StoredAward:
    return StoredAward(*row[:5], FullName(*row[5:9]), *row[9:])


def _owner(row: tuple) -> Owner | None:
    return None if row[0] is None else Owner(*row[:5], FullName(*row[5:]))


def _other_awards(award: StoredAward, person: int) -> tuple[tuple[str, int], ...]:
    return tuple(bulk.fetch(_awards_beside(), [person, person, award.key]))


@cache
def _awards_beside() -> str:
    """SQL with three parameters: the person, once more the person, the award to be left out."""
    numbers = Student.objects.filter(Q(pk=0) | Q(primary=0))
    active = AwardedCredential.objects.filter(student__in=numbers, is_deleted=False)
    others = active.exclude(pk=0).values_list("credential_type", "school_year")
    return bulk.written_once(others)
