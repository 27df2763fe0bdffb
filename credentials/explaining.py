"""What one student has earned, what is missing, and what would be awarded now and why.

Requirements are judged anew by the calculator; where a student stands in a set, and what would be
awarded, are read as awarding reads them: from the stored rows, by its own rules. Nothing is
written. The number of queries does not depend on how much there is of the student.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from credentials.awarding import Candidate, load_candidates
from credentials.credential_order import ORDER
from credentials.definitions import current_calculator
from credentials.eligibility.classify import (
    RequirementResult,
    SetAssessment,
    best_status,
    shown_status,
)
from credentials.eligibility.definitions import Definitions
from credentials.eligibility.facts import Mark
from credentials.eligibility.messages import text
from credentials.eligibility_facts import StoredRow, load
from credentials.models import RequirementSet
from credentials.rules.awarding import AWARDING_STAGES
from enrolments.models import Course
from pasi.rules import first_failing_stage, rule
from students.models import Student


@dataclass(frozen=True, slots=True)
class ExplainedMark:
    """Credits of a mark that count for a requirement, or that do not: then with the reason."""

    course: str
    course_name: str  # empty where the course list does not have it
    school_year: int
    credits: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedRequirement:
    """`opens_set`: without it the student has no status in the set."""

    code: str
    name: str
    opens_set: bool
    is_met: bool
    achievement: str
    exemption: str
    message: str
    credits: int
    counted: tuple[ExplainedMark, ...] = ()
    left_out: tuple[ExplainedMark, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedSet:
    """`status`: as it reads; None where the student has none. `percentage`: of the row; without a
    row, of the requirements as they are; None where the row was imported or set by hand.
    """

    code: str
    name: str
    status: str | None
    percentage: int | None
    requirements: tuple[ExplainedRequirement, ...]

    @property
    def unmet(self) -> list[ExplainedRequirement]:
        return [each for each in self.requirements if not each.is_met]


@dataclass(frozen=True, slots=True)
class ExplainedCredential:
    """`progress`: that of its best set; None where the student has a status in none."""

    code: str
    name: str
    progress: str | None
    is_awarded: bool
    sets: tuple[ExplainedSet, ...]


@dataclass(frozen=True, slots=True)
class ExplainedAwarding:
    """What the bulk award would do now: award a credential, or refuse by a rule. `blocks`: what
    stands in the way, in sentences.
    """

    credential: str = ""
    credential_name: str = ""
    school_year: int | None = None
    code: str = ""
    title: str = ""
    description: str = ""
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """`asn`: as asked. `person`: the number whose records these are, its primary or itself.
    `is_recalculating`: what has changed last is not in the stored statuses yet.
    """

    asn: str
    person: str
    name: str
    as_of: datetime.date
    is_recalculating: bool
    credentials: tuple[ExplainedCredential, ...]
    awarding: ExplainedAwarding


def explain(asn: str, as_of: datetime.date) -> Explanation | None:
    """Explain the holder of a number; None where nobody has it."""
    number = (
        Student.objects.filter(asn=asn).select_related("legal_name", "primary__legal_name").first()
    )
    if number is None:
        return None
    person = number.primary or number
    # Whether a trigger is outstanding is read before the rows: see credentials.awarding.
    candidates = load_candidates([asn, person.asn], today=as_of)
    [loaded] = load({person.pk: person.birth_date}).values()
    calculator = current_calculator()
    assessments = calculator.explain(loaded.facts, as_of)
    own = candidates[person.asn]
    words = _Words(calculator.definitions, loaded.facts.marks)
    shown = _credentials(assessments, loaded.rows, own, words)
    return Explanation(
        asn=asn,
        person=person.asn,
        name=person.legal_name.full_name,
        as_of=as_of,
        is_recalculating=own.is_outstanding,
        credentials=shown,
        awarding=_awarding(candidates[asn], shown, words),
    )


class _Words:
    """Names of credentials, requirements and courses."""

    def __init__(self, definitions: Definitions, marks: Sequence[Mark]) -> None:
        self.definitions = definitions
        courses = sorted({mark.course for mark in marks})
        self.courses = dict(
            Course.objects.filter(code__any=courses).values_list("code", "name") if courses else ()
        )

    def credential(self, code: str) -> str:
        known = self.definitions.credentials.get(code)
        return known.name if known else code

    def mark(self, mark: Mark, credits: int, reason: str = "") -> ExplainedMark:
        name = self.courses.get(mark.course, "")
        return ExplainedMark(mark.course, name, mark.school_year, credits, reason)

    def requirement(self, result: RequirementResult) -> ExplainedRequirement:
        found = result.outcome
        return ExplainedRequirement(
            code=result.requirement,
            name=self.definitions.requirements[result.requirement].name,
            opens_set=result.is_trigger,
            is_met=result.is_met,
            achievement=found.achievement,
            exemption=result.exemption,
            message=text(found.message),
            credits=found.credits,
            counted=tuple(self.mark(mark, mark.credits) for mark in found.marks),
            left_out=tuple(
                self.mark(each.mark, each.credits, text(each.reason)) for each in found.left_out
            ),
        )


# --- Credentials --------------------------------------------------------------------------------


def _credentials(
    assessments: Sequence[SetAssessment],
    rows: Mapping[str, StoredRow],
    own: Candidate,
    words: _Words,
) -> tuple[ExplainedCredential, ...]:
    """All credentials that there are, the highest first, with all their sets."""
    sets: dict[str, list[ExplainedSet]] = defaultdict(list)
    for each in assessments:
        defined = each.requirement_set
        row = rows.get(defined.code)
        sets[defined.credential].append(
            ExplainedSet(
                code=defined.code,
                name=defined.name,
                status=_status(row, defined.credential, own),
                percentage=row.percentage if row else each.percentage,
                requirements=tuple(map(words.requirement, each.results)),
            )
        )
    for code, name, credential in _sets_without_definition(rows, assessments):
        row = rows[code]
        status = _status(row, credential, own)
        sets[credential].append(ExplainedSet(code, name, status, row.percentage, ()))
    known = {*words.definitions.credentials, *sets}
    return tuple(
        ExplainedCredential(
            code=code,
            name=words.credential(code),
            progress=best_status(each.status for each in sets[code] if each.status),
            is_awarded=code in own.awarded,
            sets=tuple(sets[code]),
        )
        for code in sorted(known, key=_by_order)
    )


def _status(row: StoredRow | None, credential: str, own: Candidate) -> str | None:
    if row is None:
        return None
    return shown_status(
        row.status, is_outstanding=own.is_outstanding, is_awarded=credential in own.awarded
    )


def _sets_without_definition(
    rows: Mapping[str, StoredRow], assessments: Sequence[SetAssessment]
) -> Iterable[tuple[str, str, str]]:
    """Sets that staff made and nobody calculates, in which the student has a row."""
    others = sorted(set(rows).difference(each.requirement_set.code for each in assessments))
    if not others:
        return ()
    return (
        RequirementSet.objects.filter(code__in=others)
        .order_by("code")
        .values_list("code", "name", "credential_type")
    )


def _by_order(code: str) -> tuple[int, str]:
    return ORDER.index(code) if code in ORDER else len(ORDER), code


# --- Awarding -----------------------------------------------------------------------------------


def _awarding(
    candidate: Candidate, shown: Sequence[ExplainedCredential], words: _Words
) -> ExplainedAwarding:
    """By the rules of the bulk award; a single award (44009) asks for its own credential."""
    refused = first_failing_stage(AWARDING_STAGES, candidate)
    if not refused:
        return ExplainedAwarding(
            credential=candidate.credential,
            credential_name=words.credential(candidate.credential),
            school_year=candidate.school_year,
        )
    [rejection] = refused
    return ExplainedAwarding(
        code=rejection.code,
        title=str(rule(rejection.code).title),
        description=rejection.description,
        blocks=tuple(_blocks(rejection.code, candidate, shown, words)),
    )


def _blocks(
    code: str, candidate: Candidate, shown: Sequence[ExplainedCredential], words: _Words
) -> Iterator[str]:
    """What stands in the way, where the rule's own text does not name it."""
    if code == "44000":
        yield from _what_is_missing(shown)
    elif code == "44011":
        for credential in sorted(candidate.open.difference(ORDER)):
            yield _("{credential} is achieved and not awarded.").format(
                credential=words.credential(credential)
            )
    elif code == "44012":
        for credential in sorted(candidate.awarded, key=_by_order):
            yield _("{credential} is awarded.").format(credential=words.credential(credential))
        for credential in sorted(candidate.open, key=_by_order):
            yield _("{credential} is achieved and not awarded.").format(
                credential=words.credential(credential)
            )
    elif code in ("44004", "44008") and candidate.credential:
        yield _("{credential} is achieved and not awarded.").format(
            credential=words.credential(candidate.credential)
        )


def _what_is_missing(shown: Sequence[ExplainedCredential]) -> Iterator[str]:
    """Of the set that is nearest to being achieved, the requirements that are not met."""
    sets = [
        (each.percentage, each)
        for credential in shown
        if not credential.is_awarded
        for each in credential.sets
        if each.status and each.percentage is not None and each.unmet
    ]
    if not sets:
        return
    most = max(percentage for percentage, _set in sets)
    nearest = next(each for percentage, each in sets if percentage == most)
    for requirement in nearest.unmet:
        yield _("{set} lacks {requirement}: {message}").format(
            set=nearest.name, requirement=requirement.name, message=requirement.message
        )
