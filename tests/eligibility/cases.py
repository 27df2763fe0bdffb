"""The truth tables of the requirements: a student, and what a requirement makes of it.

A module of cases is named in ALL_CASES of test_requirements.py.
"""

from dataclasses import dataclass
from typing import Any

from credentials.eligibility.assessed import AssessedStudent
from credentials.eligibility.outcomes import ACHIEVED, NOT_ACHIEVED, NOT_ASSESSED
from credentials.eligibility.requirements import Requirement


@dataclass(frozen=True)
class Case:
    requirement: Requirement
    name: str
    student: AssessedStudent
    achievement: str
    key: str
    credits: int
    values: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.requirement.code} {self.name}"


def achieved(requirement, name, student, key, credits=0, /, **values) -> Case:
    return Case(requirement, name, student, ACHIEVED, key, credits, values)


def missed(requirement, name, student, key, credits=0, /, **values) -> Case:
    return Case(requirement, name, student, NOT_ACHIEVED, key, credits, values)


def unassessed(requirement, name, student, key) -> Case:
    return Case(requirement, name, student, NOT_ASSESSED, key, 0, {})


# --- Requirements on courses --------------------------------------------------------------------


def enough(requirement, name, student, credits) -> Case:
    return achieved(requirement, name, student, "CourseCredits", credits, credits=credits)


def too_few(requirement, name, student, credits) -> Case:
    if credits == 0:
        return missed(requirement, name, student, "NoCourse")
    return missed(requirement, name, student, "CourseCredits", credits, credits=credits)
