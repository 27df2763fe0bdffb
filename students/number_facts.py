"""What the rules on linking and closing numbers and on deaths judge: plain values, loaded before
any rule is asked.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from students.facts import StudentAccess


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """A number that somebody has.

    `credentials`: types of the active awards under it and under its secondary numbers.
    `restrictions`: codes of its own disclosure restrictions that are active and have not expired.
    """

    asn: str
    primary_asn: str = ""
    secondary_asns: Sequence[str] = ()
    is_deactivated: bool = False
    is_deceased: bool = False
    credentials: frozenset[str] = frozenset()
    restrictions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LinkChange:
    """SubmitStudentLink. `access`: of the first of the two numbers that nobody has, if any; then
    `secondary` is None. `primary` is None where the link is undone.
    """

    access: StudentAccess
    secondary: NumberFacts | None = None
    primary: NumberFacts | None = None

    @property
    def numbers(self) -> list[NumberFacts]:
        """Those that are to be linked; none where a link is undone."""
        return [self.secondary, self.primary] if self.primary else []

    @property
    def is_to_itself(self) -> bool:
        return self.primary is not None and self.primary.asn == self.secondary.asn

    @property
    def changes_nothing(self) -> bool:
        wanted = self.primary.asn if self.primary else ""
        return self.secondary.primary_asn == wanted

    @property
    def closed(self) -> NumberFacts | None:
        """The number under which nothing goes on afterwards."""
        return self.secondary if self.primary else None


@dataclass(frozen=True)
class DeactivationChange:
    """SubmitStudentDeactivation. `stored`: the number as it is, None where nobody has it.

    `records`: kinds of records under it that show that somebody was meant by it.
    """

    access: StudentAccess
    stored: NumberFacts | None
    is_deactivated: bool
    records: Sequence[str] = ()

    @property
    def changes_nothing(self) -> bool:
        return self.stored.is_deactivated == self.is_deactivated

    @property
    def closed(self) -> NumberFacts | None:
        return self.stored if self.is_deactivated else None


@dataclass(frozen=True)
class DeathChange:
    """SubmitStudentDeath. `birth_date` is None where nobody has the number."""

    access: StudentAccess
    today: datetime.date
    birth_date: datetime.date | None = None
    stored_deceased: bool = False
    stored_date: datetime.date | None = None
    is_deceased: bool = True
    date_of_death: datetime.date | None = None

    @property
    def changes_nothing(self) -> bool:
        stored = (self.stored_deceased, self.stored_date)
        return stored == (self.is_deceased, self.date_of_death)
