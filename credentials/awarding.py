"""Awarding one credential each to many students: load, decide. writing_awards.py writes.

The number of queries does not depend on the number of students. Source: seed document
SubmitCredentialAwardingMultiple; order of checks inferred. The award of a single student is the
same with the credential and its school year given.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Max, Q
from django.utils.functional import cached_property

from credentials.credential_order import ORDER, allowed, highest
from credentials.models import AwardedCredential, RequirementSet, RequirementSetStatus
from enrolments.models import OfficialMark, SchoolEnrolment, TranscriptTrigger
from pasi.models import Code
from students.facts import StudentAccess
from students.models import NAME_PARTS, Student

GED_COURSES = tuple(f"GED998{digit}" for digit in range(1, 6))
GED_YEAR_CODE_TYPE = "GEDSchoolYearConversionCourse"
GED_MARK_VALUES = ("A", "B", "C")
HSED_BY_GED = "HSED-ALT2"


@dataclass
class Candidate:
    """One requested number and all that decides what its holder is awarded."""

    asn: str
    student_id: int | None = None
    is_deactivated: bool = False
    primary_asn: str = ""
    birth_date: datetime.date | None = None
    legal_name: tuple[str, str, str, str] = ("", "", "", "")
    maturity_date: datetime.date | None = None

    achieved_sets: frozenset[str] = frozenset()  # requirement sets stored as Achieved
    stored_achieved: frozenset[str] = frozenset()  # the credentials they stand for
    is_outstanding: bool = False  # a transcript trigger waits to be processed
    awards: tuple[tuple[str, int], ...] = ()  # (type, school year), active, any linked number
    deleted_awards: dict[str, int] = field(default_factory=dict)  # type -> key, own number
    only_types: frozenset[str] = frozenset()  # what the run is limited to; empty = anything

    mark_year: int | None = None  # most current official mark with credit awarded
    ged_year: int | None = None  # most current GED mark of value A, B or C
    enrolment_year: int | None = None  # most current school enrolment
    legacy_number: str = ""  # to be recorded with the award

    @property
    def access(self) -> StudentAccess:
        """The callers of this service see every student: 9002 is for numbers that nobody has."""
        return StudentAccess(self.asn, is_accessible=self.student_id is not None)

    @cached_property
    def awarded(self) -> frozenset[str]:
        return frozenset(credential_type for credential_type, _year in self.awards)

    @cached_property
    def achieved(self) -> frozenset[str]:
        """Credentials that read Achieved: under recalculation, only those already awarded."""
        return self.stored_achieved & self.awarded if self.is_outstanding else self.stored_achieved

    @cached_property
    def open(self) -> frozenset[str]:
        """Achieved and not awarded."""
        return self.achieved - self.awarded

    @cached_property
    def credential(self) -> str | None:
        """The one credential to award, by the Credential Order."""
        return next(iter(allowed(self.open, self.awarded)), None)

    @property
    def held(self) -> str | None:
        """What there was to award is awarded already: the highest of it."""
        if self.achieved and not self.open:
            return highest(self.achieved & self.awarded)
        return None

    @property
    def has_open_outside_order(self) -> bool:
        """Something achieved and not awarded is not in the Credential Order (the Honorary one)."""
        return bool(self.open.difference(ORDER))

    @property
    def is_recalculating(self) -> bool:
        """Something is stored as Achieved, but a recalculation is outstanding."""
        return self.is_outstanding and bool(self.stored_achieved)

    @property
    def is_outside_run(self) -> bool:
        return bool(
            self.only_types
            and self.credential
            and self.credential not in self.only_types
            and not self.has_open_outside_order
        )

    @cached_property
    def school_year(self) -> int | None:
        """The school year of the credential to award, by the rule for its type."""
        if self.credential == "COSC":
            return self.enrolment_year
        if self.credential == "HSED" and HSED_BY_GED in self.achieved_sets:
            return self.ged_year
        return self.mark_year if self.credential else None


@dataclass
class SingleCandidate(Candidate):
    """One requested number and the one credential asked for; the Credential Order does not matter.

    `is_awardable`: the code is one that may be awarded in `requested_year`.
    """

    requested: str = ""
    requested_year: int = 0
    is_awardable: bool = True
    current_year: int = 0

    @cached_property
    def achieved(self) -> frozenset[str]:
        return super().achieved & {self.requested}

    @cached_property
    def credential(self) -> str | None:
        return self.requested if self.open else None

    @property
    def held(self) -> str | None:
        """Held is held, whether it still is achieved or not."""
        return self.requested if self.requested in self.awarded else None

    @property
    def is_recalculating(self) -> bool:
        return self.is_outstanding and self.requested in self.stored_achieved

    @cached_property
    def school_year(self) -> int:
        return self.requested_year


def lock_students(asns: Iterable[str]) -> None:
    """Lock the requested students until the transaction ends, in one statement, by key.

    This lock is what lets each student be awarded once; it lets others insert rows that refer to
    the student. What decides (awards, statuses) is read in later statements.
    """
    list(
        Student.objects.filter(asn__any=sorted(set(asns)))
        .order_by("id")
        .select_for_update(no_key=True)
        .values_list("id")
    )


def load_candidates(
    asns: Sequence[str], *, today: datetime.date, only_types: Iterable[str] = ()
) -> dict[str, Candidate]:
    """The facts of every requested number, by number. A fixed number of queries."""
    only = frozenset(only_types)
    candidates = {asn: Candidate(asn, only_types=only) for asn in sorted(set(asns))}
    by_id, holder_of = _load_students(candidates)
    _load_statuses(by_id)
    _load_awards(by_id, holder_of)
    _load_marks(by_id, holder_of)
    _load_enrolments(by_id, holder_of, today)
    return candidates


def load_single(candidate: SingleCandidate) -> None:
    """Complete what the request says of one student by what is stored. Six queries."""
    by_id, holder_of = _load_students({candidate.asn: candidate})
    _load_statuses(by_id)
    _load_awards(by_id, holder_of)


def _load_students(candidates: dict[str, Candidate]) -> tuple[dict[int, Candidate], dict[int, int]]:
    """The students of the numbers: by key; and which of them each linked number belongs to.

    Records held under a secondary number count as the primary's.
    """
    by_id: dict[int, Candidate] = {}
    for row in Student.objects.filter(asn__any=list(candidates)).values_list(
        "asn",
        "id",
        "is_deactivated",
        "primary__asn",
        "birth_date",
        "maturity_date",
        *(f"legal_name__{part}" for part in NAME_PARTS),
    ):
        candidate = candidates[row[0]]
        by_id[row[1]] = candidate
        candidate.student_id = row[1]
        candidate.is_deactivated = row[2]
        candidate.primary_asn = row[3] or ""
        candidate.birth_date = row[4]
        candidate.maturity_date = row[5]
        candidate.legal_name = row[6:]
    holder_of = {key: key for key in by_id}
    holder_of.update(Student.objects.filter(primary__any=by_id.keys()).values_list("id", "primary"))
    return by_id, holder_of


def _load_statuses(by_id: dict[int, Candidate]) -> None:
    """Achieved requirement sets (of the number itself only), and who is being recalculated.

    Who is being recalculated is read first: the processor does not lock the student, so it may
    finish between the two statements. Read in this order, its new statuses count, never old ones.
    """
    for (student_id,) in TranscriptTrigger.objects.filter(
        student__any=by_id.keys(), version__gt=F("student__transcriptrecord__max_source_version")
    ).values_list("student_id"):
        by_id[student_id].is_outstanding = True
    credential_of = dict(RequirementSet.objects.values_list("code", "credential_type"))
    achieved: dict[int, list[str]] = {}
    for student_id, code in RequirementSetStatus.objects.filter(
        student__any=by_id.keys(), status=RequirementSetStatus.Status.ACHIEVED
    ).values_list("student_id", "requirement_set_id"):
        achieved.setdefault(student_id, []).append(code)
    for student_id, codes in achieved.items():
        by_id[student_id].achieved_sets = frozenset(codes)
        by_id[student_id].stored_achieved = frozenset(credential_of[code] for code in codes)


def _load_awards(by_id: dict[int, Candidate], holder_of: dict[int, int]) -> None:
    for holder, key, kind, year, is_deleted in AwardedCredential.objects.filter(
        student__any=holder_of.keys()
    ).values_list("student_id", "id", "credential_type", "school_year", "is_deleted"):
        candidate = by_id[holder_of[holder]]
        if not is_deleted:
            candidate.awards += ((kind, year),)
        elif holder == candidate.student_id:
            candidate.deleted_awards[kind] = key


def _load_marks(by_id: dict[int, Candidate], holder_of: dict[int, int]) -> None:
    """The most current mark with credit, and the most current GED mark: the greatest year."""
    conversion = Code.objects.filter(code_type=GED_YEAR_CODE_TYPE).values_list("code", flat=True)
    ged = Q(course_code__in=[*GED_COURSES, *conversion], mark_value__in=GED_MARK_VALUES)
    for holder, mark_year, ged_year in (
        OfficialMark.objects.filter(
            student__any=holder_of.keys(), is_available=True, is_deleted=False
        )
        .values_list("student_id")
        .annotate(
            mark_year=Max("achievement_school_year", filter=Q(credits_awarded__gt=0)),
            ged_year=Max("achievement_school_year", filter=ged),
        )
    ):
        candidate = by_id[holder_of[holder]]
        candidate.mark_year = _later(candidate.mark_year, mark_year)
        candidate.ged_year = _later(candidate.ged_year, ged_year)


def _load_enrolments(
    by_id: dict[int, Candidate], holder_of: dict[int, int], today: datetime.date
) -> None:
    """The most current enrolment: those that have started come first, then the greatest year."""
    waiting = {key for key, candidate in by_id.items() if "COSC" in candidate.stored_achieved}
    holders = [holder for holder, key in holder_of.items() if key in waiting]
    best: dict[int, tuple[bool, int]] = {}
    for holder, year, start in SchoolEnrolment.objects.filter(
        student__any=holders, is_deleted=False
    ).values_list("student_id", "school_year", "start_date"):
        key = holder_of[holder]
        best[key] = max(best.get(key, (False, 0)), (start <= today, year))
    for key, (_started, year) in best.items():
        by_id[key].enrolment_year = year


def _later(one: int | None, other: int | None) -> int | None:
    return max((year for year in (one, other) if year is not None), default=None)
