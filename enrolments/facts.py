"""What the rules of enrolments judge: plain values, loaded for a whole batch before any rule.

Submit rules and alert rules share the records; each has facts of its own around them. Those of
which a batch has thousands are named tuples, which are made in a third of the time.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from students.citizenship import counting_on, in_effect_on

# Distance-learning providers that several rules leave out. Source: PASI knowledge base.
DISTANCE_LEARNING_SCHOOLS = frozenset({"S.0099", "S.1363"})
CONTINUING_EDUCATION = "ContinuingEducation"
GRADES = ("EC", *(f"{number:02d}" for number in range(1, 13)))


def grade_number(grade: str) -> int:
    """Kindergarten (EC) counts as 0."""
    return GRADES.index(grade)


def age_on(birth_date: datetime.date, day: datetime.date) -> int:
    """Full years of age; the birthday counts. Born on 29 February: 1 March in a common year."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)


@dataclass(frozen=True, slots=True)
class OrganizationFacts:
    """A school or an authority. `authority` is empty for an authority."""

    key: int
    code: str
    kind: str
    classification: str = ""
    opened_on: datetime.date | None = None
    closed_on: datetime.date | None = None
    authority: "OrganizationFacts | None" = None

    def is_active_on(self, day: datetime.date) -> bool:
        """Opened by that day and not yet closed; it is closed from its closing day on."""
        return (self.opened_on is None or self.opened_on <= day) and (
            self.closed_on is None or day < self.closed_on
        )

    def is_active_throughout(self, start: datetime.date, end: datetime.date) -> bool:
        return self.is_active_on(start) and self.is_active_on(end)


class EnrolmentFacts(NamedTuple):
    """One school enrolment. Codes are in the order submitted; absent texts are empty."""

    key: int  # 0 while it is not stored
    reference_id: UUID
    student: int  # the number it is under
    school: OrganizationFacts
    school_year: int
    grade: str
    programming_type: str
    programming_timeframe: str
    start_date: datetime.date
    exit_date: datetime.date
    exit_date_type: str
    enrolment_type_codes: tuple[str, ...] = ()
    grants_program_codes: tuple[str, ...] = ()
    exception_codes: tuple[str, ...] = ()
    resident_board: str = ""
    fnmi_declaration: str = ""
    french_hours_of_instruction: int | None = None
    school_authority_provided_program_percentage: int | None = None
    local_student_id: str = ""
    is_deleted: bool = False
    version: int = 0

    @property
    def authority(self) -> OrganizationFacts:
        return self.school.authority

    @property
    def is_distance_learning(self) -> bool:
        return self.school.code in DISTANCE_LEARNING_SCHOOLS

    def has_type(self, *codes: str) -> bool:
        """At least one of these enrolment type codes."""
        return not set(codes).isdisjoint(self.enrolment_type_codes)

    def has_grant(self, *codes: str) -> bool:
        """At least one of these grants program codes."""
        return not set(codes).isdisjoint(self.grants_program_codes)

    def overlaps(self, other: "EnrolmentFacts") -> bool:
        """The two periods share at least one day."""
        return self.start_date <= other.exit_date and other.start_date <= self.exit_date


class CitizenshipFacts(NamedTuple):
    """A citizenship record that is not deleted; in effect from `effective_on` until the next. No
    rule looks at the guardian's status.
    """

    status: str
    document_expiry_date: datetime.date | None
    effective_on: datetime.date


@dataclass(frozen=True, slots=True)
class RestrictionFacts:
    """A disclosure restriction that is not deleted."""

    code: str
    effective_on: datetime.date
    expires_on: datetime.date | None
    is_active: bool

    def overlaps(self, enrolment: EnrolmentFacts) -> bool:
        """They share at least one day; the day of expiry counts, and without one it never ends."""
        return self.effective_on <= enrolment.exit_date and (
            self.expires_on is None or enrolment.start_date <= self.expires_on
        )


class PersonFacts(NamedTuple):
    """The person behind an enrolment: data of the primary number. `citizenships` ascend by date."""

    asn: str  # the number the enrolment is under
    birth_date: datetime.date
    is_deceased: bool = False
    date_of_death: datetime.date | None = None
    citizenships: Sequence[CitizenshipFacts] = ()
    restrictions: Sequence[RestrictionFacts] = ()
    # Of the source document of the present identity.
    document_type: str = ""

    def citizenship_on(self, day: datetime.date) -> CitizenshipFacts | None:
        """The record in effect on a day; before the first one, none."""
        return in_effect_on(day, self.citizenships)


class SchoolEnrolmentFacts(NamedTuple):
    """All that the alert rules of one school enrolment look at.

    `others`: the person's other enrolments that are not deleted, under any linked number, of any
    year. `resident_boards`: authorities by their four digits. `expired_grants`: those of the
    enrolment's grants program codes that are known and not in effect in its school year.
    """

    enrolment: EnrolmentFacts
    person: PersonFacts
    today: datetime.date
    current_school_year: int
    others: Sequence[EnrolmentFacts] = ()
    resident_boards: Mapping[str, OrganizationFacts] = MappingProxyType({})
    expired_grants: frozenset[str] = frozenset()

    @property
    def is_current_year(self) -> bool:
        return self.enrolment.school_year == self.current_school_year

    @property
    def is_future_year(self) -> bool:
        return self.enrolment.school_year > self.current_school_year

    @property
    def is_active(self) -> bool:
        """The enrolment's registration status is Active: both its first and last day count."""
        return self.enrolment.start_date <= self.today <= self.enrolment.exit_date

    @property
    def citizenship(self) -> CitizenshipFacts | None:
        """The record that counts for the enrolment (inferred): that of today, or of the exit date
        once that is past.
        """
        return counting_on(min(self.today, self.enrolment.exit_date), self.person.citizenships)

    @property
    def same_year(self) -> list[EnrolmentFacts]:
        year = self.enrolment.school_year
        return [other for other in self.others if other.school_year == year]

    @property
    def overlapping(self) -> list[EnrolmentFacts]:
        """Other enrolments of the same school year that share at least one day."""
        return [other for other in self.same_year if other.overlaps(self.enrolment)]

    @property
    def highest_of_last_year(self) -> EnrolmentFacts | None:
        """The enrolment of the year before with the highest grade (spec decision on 10018)."""
        before = [o for o in self.others if o.school_year == self.enrolment.school_year - 1]
        return max(before, key=lambda other: grade_number(other.grade), default=None)

    @property
    def preceding(self) -> EnrolmentFacts | None:
        """The one with the latest start before this one's, then the latest exit, then version."""
        before = [o for o in self.others if o.start_date < self.enrolment.start_date]
        return max(before, key=lambda o: (o.start_date, o.exit_date, o.version), default=None)


@dataclass(frozen=True, slots=True)
class CourseEnrolmentFacts:
    """All that the alert rules of one course enrolment look at.

    `has_school_enrolment`: the person has one, not deleted, at the same school and year.
    """

    school_year: int
    status: str
    start_date: datetime.date | None
    is_deleted: bool
    has_school_enrolment: bool
    today: datetime.date
    current_school_year: int


@dataclass(frozen=True, slots=True)
class RecordedName:
    """A name of a student that is not deleted. `descriptor`: Original, Legal or Alias."""

    ref_id: int
    descriptor: str
    first_name: str
    middle_name: str
    last_name: str
    suffix: str


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """All that the alert rules of a student look at."""

    asn: str
    is_deactivated: bool
    names: Sequence[RecordedName] = ()
