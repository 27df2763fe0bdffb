"""The definitions of credential eligibility as they stand, and the calculator made of them, kept by
each process and always right: staff may change them at any time.

Whoever asks first looks at the newest rows of their histories, one query. Only if one of those has
changed everything is read again. Every change of a definition has a history row; one made past it,
with QuerySet.update(), would not be noticed (as in pasi/codes.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db import models
from django.db.models import Count, Value, Window

from credentials import definition_models as stored
from credentials.eligibility import definitions
from credentials.eligibility.classify import Calculator
from credentials.eligibility.courses import CourseMapping, MasterCourse
from credentials.models import RequirementSet
from enrolments.models import Course
from pasi import bulk

WATCHED = (
    RequirementSet,
    stored.Credential,
    stored.CredentialRequirement,
    stored.SetRequirement,
    stored.ExemptionReason,
    stored.CourseGroup,
    stored.CourseMapping,
    stored.CourseSubject,
    stored.CreditCap,
    stored.EligibilityLimit,
    Course,
)
COMPLETION_EXCEPTIONS = "completion_exception_codes"  # a limit: "41=label;43=label"
CHECK_LOCK = 0x7061_7369_6465_66  # "pasidef": one change of the definitions is checked at a time


@dataclass(frozen=True, slots=True)
class _Reading:
    state: list[tuple] | None
    calculator: Calculator | None


# Replaced as a whole, so a thread sees one reading or another.
_last = _Reading(None, None)


def current_calculator() -> Calculator:
    """By the present definitions and courses. Raises DefinitionError if they contradict each other,
    which check() does not let happen.
    """
    global _last
    reading = _last
    # The state comes first: a change between the queries is noticed at the next look.
    state = _state_of_history()
    if reading.calculator is None or state != reading.state:
        reading = _last = _Reading(state, Calculator(_read()))
    return reading.calculator


def current_definitions() -> definitions.Definitions:
    return current_calculator().definitions


def check() -> None:
    """Refuse what was just written, in a transaction, if the definitions now contradict each other:
    DefinitionError. Those who change them are checked one after the other.
    """
    bulk.advisory_lock(CHECK_LOCK)
    Calculator(_read())


@cache
def _histories() -> list[type[models.Model]]:
    """Kept: each look at `model.history` costs the library a millisecond."""
    return [model.history.model for model in WATCHED]


def _state_of_history() -> list[tuple]:
    """Differs after every committed change of a definition. The newest row alone would not do: of
    two changes at the same time the one with the greater id may be committed first. The call tells
    apart databases that were cloned from one template.
    """
    newest = [
        history.objects.order_by("-history_id").values_list(
            Value(position), "history_id", "call_id", Window(Count("*"))
        )[:1]
        for position, history in enumerate(_histories())
    ]
    return sorted(newest[0].union(*newest[1:], all=True))


def _read() -> definitions.Definitions:
    return definitions.define(_tables(), _courses())


def _tables() -> definitions.Tables:
    limits = dict(stored.EligibilityLimit.objects.values_list("name", "value"))
    links = [
        definitions.SetRequirement(*row)
        for row in stored.SetRequirement.objects.values_list(
            "requirement_set_id", "requirement_id", "sequence", "is_trigger"
        )
    ]
    judged = {link.requirement_set for link in links}
    years = ("effective_school_year", "expiry_school_year")
    return definitions.Tables(
        credentials=[
            definitions.Credential(*row)
            for row in stored.Credential.objects.values_list("code", "name", "level", *years)
        ],
        sets=[
            definitions.SetRow(*row)
            for row in RequirementSet.objects.filter(code__in=judged).values_list(
                "code", "name", "credential_type", "category", "sequence", "is_calculated", *years
            )
        ],
        set_requirements=links,
        requirements=[
            definitions.RequirementDefinition(*row, _texts(user_roles))
            for *row, user_roles in stored.CredentialRequirement.objects.values_list(
                "code", "name", "is_system_updateable", "client_role", "user_roles"
            )
        ],
        exemption_reasons=[
            definitions.ExemptionReason(*row)
            for row in stored.ExemptionReason.objects.values_list(
                "requirement_id", "reason", "name", "requested_by", "approved_by"
            )
        ],
        course_groups=dict(stored.CourseGroup.objects.values_list("code", "name")),
        course_mappings=[
            CourseMapping(*row)
            for row in stored.CourseMapping.objects.values_list(
                "course_group_id", "by", "value", "level", *years
            )
        ],
        course_subjects=dict(stored.CourseSubject.objects.values_list("letters", "subject")),
        credit_caps=[
            definitions.CreditCap(*row)
            for row in stored.CreditCap.objects.values_list(
                "requirement_id", "course_group_id", "most_credits"
            )
        ],
        limits=_limits(limits),
        exception_codes=_labels(limits[COMPLETION_EXCEPTIONS]),
    )


def _limits(values: dict[str, str]) -> definitions.Limits:
    try:
        return definitions.Limits.of(values)
    except ValueError as error:
        raise definitions.DefinitionError(f"A limit must be a number: {error}") from error


def _labels(text: str) -> dict[str, str]:
    pairs = (each.partition("=") for each in _texts(text))
    return {code.strip(): label.strip() for code, _equals, label in pairs}


def _texts(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(";")) if joined else ()


def _courses() -> Iterable[MasterCourse]:
    for code, level, subject, flags in Course.objects.values_list(
        "code", "level", "subject", "flags"
    ):
        yield MasterCourse(code, level, subject, _texts(flags))
