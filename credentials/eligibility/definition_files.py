"""The definitions as they stand in data/: the first state of the tables."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from credentials.eligibility.courses import CourseMapping
from credentials.eligibility.definitions import (
    Credential,
    CreditCap,
    Definitions,
    ExemptionReason,
    Limits,
    RequirementDefinition,
    SetRequirement,
    SetRow,
    Tables,
    define,
)

DATA = Path(__file__).parent / "data"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one file, as texts."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def tables() -> Tables:
    return Tables(
        credentials=[
            Credential(row["code"], row["name"], _number(row["level"]), *_years(row))
            for row in rows("credentials.csv")
        ],
        sets=[
            SetRow(
                *(row[column] for column in ("code", "name", "credential", "category")),
                int(row["sequence"]),
                _flag(row["is_calculated"]),
                *_years(row),
            )
            for row in rows("requirement_sets.csv")
        ],
        set_requirements=[
            SetRequirement(
                row["requirement_set"],
                row["requirement"],
                int(row["sequence"]),
                _flag(row["is_trigger"]),
            )
            for row in rows("set_requirements.csv")
        ],
        requirements=[
            RequirementDefinition(
                row["code"],
                row["name"],
                _flag(row["is_system_updateable"]),
                row["client_role"],
                _list(row["user_roles"]),
            )
            for row in rows("requirements.csv")
        ],
        exemption_reasons=[
            ExemptionReason(*(row[column] for column in ExemptionReason._fields))
            for row in rows("exemption_reasons.csv")
        ],
        course_groups={row["code"]: row["name"] for row in rows("course_groups.csv")},
        course_mappings=[
            CourseMapping(
                row["course_group"], row["by"], row["value"], _number(row["level"]), *_years(row)
            )
            for row in rows("course_mappings.csv")
        ],
        course_subjects={row["letters"]: row["subject"] for row in rows("course_subjects.csv")},
        credit_caps=[
            CreditCap(row["requirement"], row["course_group"], int(row["most_credits"]))
            for row in rows("credit_caps.csv")
        ],
        limits=limits({row["name"]: row["value"] for row in rows("limits.csv")}),
        exception_codes={row["code"]: row["description"] for row in rows("exception_codes.csv")},
    )


@cache
def definitions() -> Definitions:
    """Those of the files alone, without a course master."""
    return define(tables())


def limits(values: dict[str, str]) -> Limits:
    """Limits from texts: numbers, and lists joined by ";"."""
    return Limits(
        activity_2010_2018_first_year=int(values["activity_2010_2018_first_year"]),
        activity_2010_2018_last_year=int(values["activity_2010_2018_last_year"]),
        activity_post_2018_first_year=int(values["activity_post_2018_first_year"]),
        activity_before_2010_last_year=int(values["activity_before_2010_last_year"]),
        equivalency_age=int(values["equivalency_age"]),
        completion_age=int(values["completion_age"]),
        completion_first_enrolment_year=int(values["completion_first_enrolment_year"]),
        completion_credits_below=int(values["completion_credits_below"]),
        knowledge_grants_program_codes=_set(values["knowledge_grants_program_codes"]),
        passing_test_marks=_set(values["passing_test_marks"]),
        mature_exam_statuses=_set(values["mature_exam_statuses"]),
        alberta_evaluation_methods=_set(values["alberta_evaluation_methods"]),
    )


def _years(row: dict[str, str]) -> tuple[int | None, int | None]:
    return _number(row["effective_school_year"]), _number(row["expiry_school_year"])


def _number(text: str) -> int | None:
    return int(text) if text else None


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


def _set(text: str) -> frozenset[str]:
    return frozenset(_list(text))
