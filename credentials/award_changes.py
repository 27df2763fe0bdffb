"""What the rules of re-issuing, deleting and renumbering judge: plain values, loaded beforehand."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from students.facts import FullName

# The parts of a name as the request calls them, in its order.
NAMES = ("FirstName", "LastName", "MiddleName", "Suffix")


@dataclass(frozen=True, slots=True)
class StoredAward:
    """An award as it is under its present number."""

    key: int
    student: int  # the number it was awarded under
    credential_type: str
    number: int
    school_year: int
    name: FullName
    legacy_number: str
    is_deleted: bool
    delete_reason: str
    version: int


@dataclass(frozen=True, kw_only=True)
class AwardChange:
    """A request that names an award by `number`, having seen its `version`.

    `award` is None where no award has this number now: it never existed, or another has replaced
    it.
    """

    number: int
    version: int
    award: StoredAward | None
    has_open_order: bool = False
    asn: str = ""
    is_deactivated: bool = False
    primary_asn: str = ""

    @property
    def withdraws_number(self) -> bool:
        """The document that is printed under the number will not hold any longer."""
        return False


@dataclass(frozen=True, kw_only=True)
class ReIssue(AwardChange):
    """SubmitCredentialReIssue. `legal_names`: of the number that the award is under, and of the
    primary.
    """

    school_year: int
    name: FullName
    legacy_number: str = ""
    legal_names: Collection[FullName]
    birth_date: datetime.date | None

    @property
    def withdraws_number(self) -> bool:
        return True

    @property
    def changes_nothing(self) -> bool:
        """Neither name nor school year. The legacy number has a service of its own."""
        return (self.name, self.school_year) == (self.award.name, self.award.school_year)

    @property
    def strange_parts(self) -> list[str]:
        """Properties of the request that make its name neither the awarded nor a legal one."""
        names = [self.award.name, *self.legal_names]
        if self.name in names:
            return []
        own, others = self.name.placeholders(), [name.placeholders() for name in names]
        unheard_of = [part for part in NAMES if all(own[part] != each[part] for each in others)]
        # Where every part is some name's, the mixture is told from the legal name.
        return unheard_of or [part for part in NAMES if own[part] != others[-1][part]]


@dataclass(frozen=True, kw_only=True)
class Deletion(AwardChange):
    """SubmitCredentialDeleteReason. Without a `reason` a deleted award comes back.

    `held_elsewhere`: types of the active awards that the person has besides this one.
    """

    reason: str
    held_elsewhere: Collection[str] = ()

    @property
    def withdraws_number(self) -> bool:
        return bool(self.reason)

    @property
    def changes_nothing(self) -> bool:
        return (self.award.is_deleted, self.award.delete_reason) == (bool(self.reason), self.reason)

    @property
    def held(self) -> str | None:
        """What would come back although the person holds it, under a linked number."""
        comes_back = self.award.is_deleted and not self.reason
        kind = self.award.credential_type
        return kind if comes_back and kind in self.held_elsewhere else None


@dataclass(frozen=True, kw_only=True)
class LegacyNumberChange(AwardChange):
    """SubmitCredentialLegacyNumber. Empty takes the legacy number away."""

    legacy_number: str = ""

    @property
    def changes_nothing(self) -> bool:
        return self.award.legacy_number == self.legacy_number
