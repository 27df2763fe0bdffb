"""The definitions the calculator works by: immutable values, whatever table or file they come from.

`Tables` is the seam: definition_files.py fills it from data/, a reader of database tables can fill
it just so. `define` checks the tables and makes Definitions of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from credentials.eligibility.courses import (
    GROUP,
    WAYS,
    CourseGroups,
    CourseMapping,
    MasterCourse,
)

CURRENT, PRIOR, MANUAL = "Current", "Prior", "Manual"
CATEGORIES = (CURRENT, PRIOR, MANUAL)


class DefinitionError(Exception):
    """The definitions contradict each other."""


# --- Rows of the tables -------------------------------------------------------------------------


class Credential(NamedTuple):
    """Level 1 is the highest; credentials of one level are equivalent; None: outside the order."""

    code: str
    name: str
    level: int | None = None
    effective_school_year: int | None = None
    expiry_school_year: int | None = None


class SetRow(NamedTuple):
    code: str
    name: str
    credential: str
    category: str
    sequence: int
    is_calculated: bool = True
    effective_school_year: int | None = None
    expiry_school_year: int | None = None


class SetRequirement(NamedTuple):
    """A requirement of a set. Only when all triggers are met does a student get a row."""

    requirement_set: str
    requirement: str
    sequence: int
    is_trigger: bool


class RequirementDefinition(NamedTuple):
    """Not updateable by the system: set by hand, by those clients and users."""

    code: str
    name: str
    is_system_updateable: bool = True
    client_role: str = ""
    user_roles: tuple[str, ...] = ()

    @property
    def is_manual(self) -> bool:
        return not self.is_system_updateable


class ExemptionReason(NamedTuple):
    """Who may request and who may approve, if anybody."""

    requirement: str
    reason: str
    name: str
    requested_by: str = ""
    approved_by: str = ""


class CreditCap(NamedTuple):
    """Of a group's credits at most so many count for this requirement."""

    requirement: str
    group: str
    most_credits: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Years, ages and codes of single requirements. Years are school years, by their end."""

    activity_2010_2018_first_year: int
    activity_2010_2018_last_year: int
    activity_post_2018_first_year: int
    activity_before_2010_last_year: int
    equivalency_age: int
    completion_age: int
    completion_first_enrolment_year: int
    completion_credits_below: int
    knowledge_grants_program_codes: frozenset[str]
    passing_test_marks: frozenset[str]
    mature_exam_statuses: frozenset[str]
    alberta_evaluation_methods: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tables:
    """All definitions as rows, in any order."""

    credentials: Sequence[Credential]
    sets: Sequence[SetRow]
    set_requirements: Sequence[SetRequirement]
    requirements: Sequence[RequirementDefinition]
    exemption_reasons: Sequence[ExemptionReason]
    course_groups: Mapping[str, str]  # code -> name
    course_mappings: Sequence[CourseMapping]
    course_subjects: Mapping[str, str]  # three letters -> subject
    credit_caps: Sequence[CreditCap]
    limits: Limits
    exception_codes: Mapping[str, str]  # code -> description


# --- What the calculator uses -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequirementSet:
    """A set with its requirements in the order in which they are shown."""

    code: str
    name: str
    credential: str
    category: str
    is_calculated: bool
    effective_school_year: int | None
    expiry_school_year: int | None
    requirements: tuple[SetRequirement, ...]

    def is_in_effect(self, school_year: int) -> bool:
        return (
            self.effective_school_year is None or self.effective_school_year <= school_year
        ) and (self.expiry_school_year is None or school_year <= self.expiry_school_year)


@dataclass(frozen=True, eq=False)
class Definitions:
    """`sets` in the order in which they are judged."""

    credentials: Mapping[str, Credential]
    sets: tuple[RequirementSet, ...]
    requirements: Mapping[str, RequirementDefinition]
    exemption_reasons: Mapping[str, tuple[ExemptionReason, ...]]  # by requirement
    group_names: Mapping[str, str]
    courses: CourseGroups
    credit_caps: Mapping[str, tuple[CreditCap, ...]]  # by requirement
    limits: Limits
    exception_codes: Mapping[str, str]

    def higher_or_equivalent(self, credential: str) -> list[Credential]:
        """The other credentials that stand no lower, the highest first."""
        own = self.credentials[credential]
        if own.level is None:
            return []
        return sorted(
            (
                other
                for other in self.credentials.values()
                if other.level is not None and other.level <= own.level and other is not own
            ),
            key=lambda other: other.level,
        )


def define(tables: Tables, courses: Iterable[MasterCourse] = ()) -> Definitions:
    """The definitions of these tables; `courses`: the course master. DefinitionError if a row
    names something that is not there, or a set could not be judged.
    """
    credentials = _by_code("credential", tables.credentials)
    requirements = _by_code("requirement", tables.requirements)
    sets = _by_code("requirement set", tables.sets)
    links: dict[str, list[SetRequirement]] = defaultdict(list)
    for link in tables.set_requirements:
        _must_be_known("requirement set", link.requirement_set, sets)
        _must_be_known("requirement", link.requirement, requirements)
        links[link.requirement_set].append(link)
    for row in tables.sets:
        _must_be_known("credential", row.credential, credentials)
        _must_be_known("category", row.category, CATEGORIES)
        _check_links(row.code, links[row.code])
    _check_groups(tables, requirements)
    reasons: dict[str, list[ExemptionReason]] = defaultdict(list)
    for reason in tables.exemption_reasons:
        _must_be_known("requirement", reason.requirement, requirements)
        reasons[reason.requirement].append(reason)
    caps: dict[str, list[CreditCap]] = defaultdict(list)
    for cap in tables.credit_caps:
        caps[cap.requirement].append(cap)
    return Definitions(
        credentials=credentials,
        sets=tuple(
            _requirement_set(row, links[row.code])
            for row in sorted(tables.sets, key=lambda row: (row.sequence, row.code))
        ),
        requirements=requirements,
        exemption_reasons={code: tuple(rows) for code, rows in reasons.items()},
        group_names=dict(tables.course_groups),
        courses=CourseGroups(tables.course_mappings, tables.course_subjects, courses),
        credit_caps={code: tuple(rows) for code, rows in caps.items()},
        limits=tables.limits,
        exception_codes=dict(tables.exception_codes),
    )


def _requirement_set(row: SetRow, links: Iterable[SetRequirement]) -> RequirementSet:
    return RequirementSet(
        row.code,
        row.name,
        row.credential,
        row.category,
        row.is_calculated,
        row.effective_school_year,
        row.expiry_school_year,
        tuple(sorted(links, key=lambda link: link.sequence)),
    )


def _check_links(code: str, links: Sequence[SetRequirement]) -> None:
    """A set without a trigger would give everybody a row."""
    if not any(link.is_trigger for link in links):
        raise DefinitionError(f"Requirement set {code} has no trigger requirement.")
    for what in ("requirement", "sequence"):
        if len({getattr(link, what) for link in links}) < len(links):
            raise DefinitionError(f"Requirement set {code} has a {what} twice.")


def _check_groups(tables: Tables, requirements: Mapping) -> None:
    for row in tables.course_mappings:
        _must_be_known("course group", row.group, tables.course_groups)
        _must_be_known("way of mapping", row.by, WAYS)
        if row.by == GROUP:
            _must_be_known("course group", row.value, tables.course_groups)
        elif not row.value:
            raise DefinitionError(f"A mapping of course group {row.group} has no value.")
    for cap in tables.credit_caps:
        _must_be_known("requirement", cap.requirement, requirements)
        _must_be_known("course group", cap.group, tables.course_groups)


def _by_code(what: str, rows: Iterable) -> dict:
    found: dict = {}
    for row in rows:
        if row.code in found:
            raise DefinitionError(f"There are two definitions of {what} {row.code}.")
        found[row.code] = row
    return found


def _must_be_known(what: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise DefinitionError(f"There is no {what} {value}.")
