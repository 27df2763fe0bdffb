"""What the rules of the student services judge: plain values, loaded before any rule is asked."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pasi.rules import Rejection

PART_LABELS = ("First Name", "Middle Name", "Last Name", "Suffix")


@dataclass(frozen=True, slots=True)
class FullName:
    """The four parts of a name; an absent part is empty. Equal means equal to the letter."""

    first_name: str
    middle_name: str
    last_name: str
    suffix: str

    @property
    def parts(self) -> tuple[str, str, str, str]:
        return (self.first_name, self.middle_name, self.last_name, self.suffix)

    def placeholders(self) -> dict[str, str]:
        return {
            "FirstName": self.first_name,
            "MiddleName": self.middle_name,
            "LastName": self.last_name,
            "Suffix": self.suffix,
        }


@dataclass(frozen=True, slots=True)
class SubmittedName:
    """A name to be judged, and what messages call it: Legal or Alias."""

    descriptor: str
    name: FullName


@dataclass(frozen=True, slots=True)
class NewAddress:
    """A mailing address as sent. `label`: Preferred Mailing or Alternate Mailing. `country`: the
    preferred spelling where there is one (students.countries)."""

    label: str
    address_type: str
    street: str
    city: str
    state_province: str
    postal_code: str
    country: str
    effective_on: datetime.date
    expires_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class NewPhone:
    phone_type: str
    number: str
    extension: str
    is_listable: str
    effective_on: datetime.date
    expires_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class Restriction:
    code: str
    details: str
    effective_on: datetime.date
    expires_on: datetime.date | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class Citizenship:
    """`submitted`: the code of the 2017 contract; `status`, `guardian_status`: as stored."""

    submitted: str
    status: str
    guardian_status: str
    document_expiry_date: datetime.date | None

    @property
    def values(self) -> tuple[str, str, datetime.date | None]:
        """What is stored."""
        return (self.status, self.guardian_status, self.document_expiry_date)


@dataclass(frozen=True, slots=True)
class Identification:
    """An IdentificationRecord. `quality`, `may_be_submitted`: of its source document type."""

    name: FullName
    birth_date: datetime.date
    document_type: str
    document_number: str
    document_issue_date: datetime.date | None
    is_name_exact: bool
    quality: int
    may_be_submitted: bool


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What the search for the same student found, and what the caller may do about it.

    `similar`: ASNs of High matches, primaries of secondary ones included. `exact`: ASNs of exact
    duplicates. Both ascend. `acknowledged`: ASNs of the request, without hyphens.
    """

    similar: Sequence[str] = ()
    exact: Sequence[str] = ()
    acknowledged: frozenset[str] = frozenset()
    has_limited_access: bool = False
    is_ministry: bool = False  # O.1 itself

    @property
    def unseen(self) -> list[str]:
        """Similar students who are not acknowledged."""
        return [asn for asn in self.similar if asn not in self.acknowledged]

    def told_by(self, rejections: Sequence[Rejection]) -> list[str]:
        """The numbers that these rejections name."""
        codes = {rejection.code for rejection in rejections}
        told = set(self.unseen) if "11401" in codes else set()
        if codes & {"11404", "11406"}:
            told.update(self.exact)
        return sorted(told)


@dataclass(frozen=True)
class NewStudent:
    """CreateStudent."""

    today: datetime.date
    identification: Identification
    gender: str = "F"
    alias: FullName | None = None
    addresses: Sequence[NewAddress] = ()
    phone: NewPhone | None = None
    email_address: str = ""
    restriction: Restriction | None = None
    earlier_restrictions: Sequence[Restriction] = ()  # none exist at creation: 11111
    citizenship: Citizenship | None = None
    section23_eligibility: str = ""
    section23_may_be_submitted: bool = True
    duplicates: Duplicates = Duplicates()

    @property
    def birth_date(self) -> datetime.date:
        return self.identification.birth_date

    @cached_property
    def submitted_names(self) -> tuple[SubmittedName, ...]:
        legal = SubmittedName("Legal", self.identification.name)
        return (legal, SubmittedName("Alias", self.alias)) if self.alias else (legal,)


@dataclass(frozen=True, slots=True)
class StudentAccess:
    """The student that a request names, and what the caller's organization may do there.

    `is_accessible`: the number exists, and a caller of limited access is associated well enough.
    """

    asn: str
    is_accessible: bool = True
    primary_asn: str = ""  # where the number is a secondary one
    is_deactivated: bool = False
    may_change: bool = True
    is_ministry: bool = False  # any ministry organization, O.n


@dataclass(frozen=True, slots=True)
class StoredName:
    """A name record of the student. RefIds are unique over all students."""

    ref_id: int
    name: FullName
    is_deleted: bool = False


@dataclass(frozen=True)
class StudentNames:
    """All name records of a student, and which three it refers to."""

    names: Sequence[StoredName] = ()
    legal: int = 0
    preferred: int = 0
    original: int = 0

    def get(self, ref_id: int) -> StoredName | None:
        return next((each for each in self.names if each.ref_id == ref_id), None)

    def like(self, name: FullName) -> StoredName | None:
        """A record with the same four parts; one that is not deleted first."""
        same = [each for each in self.names if each.name == name]
        return min(same, key=lambda each: each.is_deleted, default=None)


@dataclass(frozen=True)
class NameChange:
    """SubmitName. `ref_id` 0: a new name. `is_preferred`: None where the request has none."""

    access: StudentAccess
    stored: StudentNames
    ref_id: int
    is_delete: bool
    name: FullName
    is_preferred: bool | None = None
    # 9049: created by the caller's organization or one of its schools, within 30 days.
    may_change_original: bool = True

    record_kind = "Name"

    @cached_property
    def record(self) -> StoredName | None:
        """The record to correct or delete; None for a new name or an unknown RefId."""
        return self.stored.get(self.ref_id)

    @property
    def is_add(self) -> bool:
        return self.ref_id == 0

    @property
    def is_correction(self) -> bool:
        return self.ref_id != 0 and not self.is_delete

    @property
    def alters_record(self) -> bool:
        """A correction that gives the record at least one other part."""
        record = self.record
        return self.is_correction and record is not None and record.name != self.name

    @property
    def alters_original(self) -> bool:
        return self.alters_record and self.ref_id == self.stored.original

    @property
    def changes_nothing(self) -> bool:
        """A correction to the parts as they are, and the preferred name stays the preferred one."""
        return (
            self.is_correction
            and self.record is not None
            and self.record.name == self.name
            and self.preferred_after == self.stored.preferred
        )

    @property
    def deleted_twin(self) -> StoredName | None:
        """The deleted record that comes back when its name is added again."""
        twin = self.stored.like(self.name) if self.is_add else None
        return twin if twin and twin.is_deleted else None

    @property
    def preferred_after(self) -> int:
        """RefId of the preferred name afterwards; 0 stands for the name about to be added.

        False on the preferred name gives the legal one back its place.
        """
        if self.is_delete or self.is_preferred is None:
            return self.stored.preferred
        if self.is_preferred:
            return self.ref_id
        return self.stored.legal if self.ref_id == self.stored.preferred else self.stored.preferred

    @cached_property
    def submitted_names(self) -> tuple[SubmittedName, ...]:
        """Names whose characters are judged: none on a delete."""
        return () if self.is_delete else (SubmittedName("Alias", self.name),)


@dataclass(frozen=True)
class IdentityChange:
    """SubmitIdentificationInformation: the stored identity and gender, and those submitted.

    `gender` is empty where the request has none: it stays as it is.
    """

    access: StudentAccess
    today: datetime.date
    stored: Identification
    stored_gender: str
    names: StudentNames
    identification: Identification
    gender: str = ""
    may_change_original: bool = True
    duplicates: Duplicates = Duplicates()

    @property
    def alters_original(self) -> bool:
        """Never: another legal name gets a record of its own, and the former one stays as it is."""
        return False

    @property
    def changes_nothing(self) -> bool:
        return self.identification == self.stored and self.gender in ("", self.stored_gender)

    @cached_property
    def submitted_names(self) -> tuple[SubmittedName, ...]:
        return (SubmittedName("Legal", self.identification.name),)


@dataclass(frozen=True, slots=True)
class StoredRestriction:
    """A disclosure restriction of the student. RefIds are unique over all students."""

    ref_id: int
    restriction: Restriction
    is_deleted: bool = False


@dataclass(frozen=True)
class RestrictionChange:
    """SubmitStudentDisclosureRestriction. `ref_id` 0: a new one. `stored`: all of the student's."""

    access: StudentAccess
    birth_date: datetime.date
    stored: Sequence[StoredRestriction]
    ref_id: int
    restriction: Restriction

    record_kind = "Disclosure Restriction"

    @cached_property
    def record(self) -> StoredRestriction | None:
        """The record to change; None for a new one or an unknown RefId."""
        return next((each for each in self.stored if each.ref_id == self.ref_id), None)

    @property
    def earlier_restrictions(self) -> Sequence[Restriction]:
        """Those that this one must not overlap: none for a change that leaves it inactive, or two
        that overlap already could never be mended.
        """
        if self.ref_id != 0 and not self.restriction.is_active:
            return ()
        return [
            each.restriction
            for each in self.stored
            if each.ref_id != self.ref_id and not each.is_deleted
        ]

    @property
    def changes_nothing(self) -> bool:
        return self.record is not None and self.record.restriction == self.restriction


@dataclass(frozen=True)
class CitizenshipChange:
    """SubmitStudentCitizenshipStatus. `stored`: what is in effect today, None without any."""

    access: StudentAccess
    today: datetime.date
    stored: Citizenship | None
    citizenship: Citizenship

    @property
    def changes_nothing(self) -> bool:
        return self.stored is not None and self.stored.values == self.citizenship.values
