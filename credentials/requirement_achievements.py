"""Statuses and requirements set by hand: what decides about them, and writing them.

A row that was set by hand is not calculated: the calculator leaves it alone. Who sets one holds the
student's lock, as does a calculator that writes. Source: PASI knowledge base; sets by hand: ours.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.utils import timezone

from credentials.manual_requirements import REQUESTED
from credentials.models import RequirementAchievement, RequirementSetStatus
from enrolments.models import TranscriptTrigger
from enrolments.triggers import raise_triggers
from pasi import bulk
from students.facts import StudentAccess

ACHIEVEMENT_OBJECT = "CredentialRequirementAchievement"
EQUIVALENCY_AGE = 19  # in rule 43018; the Guide to Education says 18


@dataclass(frozen=True, slots=True)
class SubmittedAchievement:
    """One element of a request: a manual requirement, or (`requirement` empty) a set's status.

    `row`: the key of what is stored, if anything is. `is_calculated`: the stored status is the
    calculator's. `is_stored`: it says so already, and for a requirement, for this organization.
    """

    requirement_set: str
    requirement: str
    achievement: str
    row: int | None = None
    is_calculated: bool = False
    is_stored: bool = False


@dataclass(frozen=True)
class RequirementChange:
    """SubmitCredentialRequirementAchievement.

    `is_associated`: the caller's organization is associated By Last School Enrolment or better.
    `september`: 1 September of the current school year.
    """

    access: StudentAccess
    achievements: Sequence[SubmittedAchievement]
    is_associated: bool = True
    birth_date: datetime.date | None = None
    september: datetime.date = datetime.date.max

    @property
    def asn(self) -> str:
        return self.access.asn

    @property
    def is_deactivated(self) -> bool:
        return self.access.is_deactivated

    @property
    def primary_asn(self) -> str:
        return self.access.primary_asn

    @property
    def changes_nothing(self) -> bool:
        return all(each.is_stored for each in self.achievements)

    @cached_property
    def is_only_requested(self) -> bool:
        """Nothing but the request for the equivalency diploma, which anybody may bring."""
        return all(each.requirement == REQUESTED for each in self.achievements)

    @property
    def is_of_age(self) -> bool:
        """19 or older on 1 September; a birthday on that day counts."""
        born = self.birth_date
        years = self.september.year - born.year
        had_birthday = (self.september.month, self.september.day) >= (born.month, born.day)
        return years - (not had_birthday) >= EQUIVALENCY_AGE


def load_achievements(
    student: int, elements: Iterable[dict], organization: int
) -> list[SubmittedAchievement]:
    """The elements of a request beside what is stored. Two queries."""
    statuses = {
        code: rest
        for code, *rest in RequirementSetStatus.objects.filter(student=student).values_list(
            "requirement_set_id", "pk", "status", "is_calculated"
        )
    }
    achievements = {
        code: rest
        for code, *rest in RequirementAchievement.objects.filter(student=student).values_list(
            "requirement", "pk", "achievement", "organization_id"
        )
    }
    submitted = []
    for element in elements:
        code, requirement = element["RequirementSet"], element.get("Requirement", "")
        achievement = element["Achievement"]
        if requirement:
            row, stored, by = achievements.get(requirement, (None, "", None))
            is_stored = (stored, by) == (achievement, organization)
            is_calculated = False
        else:
            row, stored, is_calculated = statuses.get(code, (None, "", False))
            is_stored = stored == achievement
        submitted.append(
            SubmittedAchievement(code, requirement, achievement, row, is_calculated, is_stored)
        )
    return submitted


def write_achievements(
    student: int, achievements: Sequence[SubmittedAchievement], organization: int, call: UUID
) -> int:
    """Store what differs, for the student, who is locked; have the transcript looked at again. The
    trigger's version.
    """
    changed = [each for each in achievements if not each.is_stored]
    versions = dict(zip(changed, bulk.next_versions(len(changed)), strict=True))
    sets = [each for each in changed if not each.requirement]
    requirements = [each for each in changed if each.requirement]
    now = timezone.now()
    bulk.insert_rows(
        RequirementSetStatus,
        ("student_id", "requirement_set_id", "status", "is_calculated", "version"),
        [
            (student, each.requirement_set, each.achievement, False, versions[each])
            for each in sets
            if each.row is None
        ],
        call,
    )
    bulk.update_rows(
        RequirementSetStatus,
        ("status", "version", "updated_at"),
        [
            (each.row, each.achievement, versions[each], now)
            for each in sets
            if each.row is not None
        ],
        call,
    )
    bulk.insert_rows(
        RequirementAchievement,
        ("student_id", "requirement", "achievement", "organization_id", "version"),
        [
            (student, each.requirement, each.achievement, organization, versions[each])
            for each in requirements
            if each.row is None
        ],
        call,
    )
    bulk.update_rows(
        RequirementAchievement,
        ("achievement", "organization_id", "version", "updated_at"),
        [
            (each.row, each.achievement, organization, versions[each], now)
            for each in requirements
            if each.row is not None
        ],
        call,
    )
    raise_triggers("Transcript", [student], ACHIEVEMENT_OBJECT)
    return TranscriptTrigger.objects.values_list("version", flat=True).get(pk=student)
