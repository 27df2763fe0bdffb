"""Which documents are to be ordered at once: the active awards that criteria name, and what would
become of each.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber

from credentials.document_orders import IS_LEGACY, IS_ORDERED, AwardToOrder, with_obstacle
from credentials.models import AwardedCredential, AwardingOutcome
from credentials.reviews import AWARDED_NOT_ORDERED, Sought, all_of, enrolled_in
from credentials.rules.document_orders import ORDER_STAGES
from credentials.selection import schools_of
from enrolments.models import SchoolEnrolment
from pasi.calendar import business_today
from pasi.models import Organization
from pasi.rules import Rejection, first_failing_stage
from students.models import Student

MOST_DOCUMENTS = 50_000


@dataclass(frozen=True)
class Criteria:
    """All of them must hold; None or empty is no criterion. `organization`: a school or authority
    that holds the person's most current enrolment. `enrolled_in`: a school year in which the
    student is enrolled. `to_review`: it stands in the list "Awarded but not ordered".
    """

    numbers: tuple[int, ...] = ()
    run: int | None = None
    credential_types: tuple[str, ...] = ()
    school_year: int | None = None
    awarded_from: datetime.date | None = None
    awarded_to: datetime.date | None = None
    organization: Organization | None = None
    enrolled_in: int | None = None
    to_review: bool = False

    def as_json(self) -> dict[str, Any]:
        """What the record of the call says of the choice; the numbers stand there anyway."""
        chosen = {
            "Run": self.run,
            "CredentialTypes": list(self.credential_types),
            "SchoolYear": self.school_year,
            "AwardedFrom": self.awarded_from and self.awarded_from.isoformat(),
            "AwardedTo": self.awarded_to and self.awarded_to.isoformat(),
            "Organization": self.organization and self.organization.code,
            "EnrolledIn": self.enrolled_in,
            "ToReview": self.to_review,
        }
        return {name: value for name, value in chosen.items() if value}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An award that was chosen, and why its document cannot be ordered, if so."""

    number: int
    asn: str
    name: str
    credential_type: str
    school_year: int
    refused: Rejection | None = None


@dataclass(frozen=True)
class Selection:
    """The awards that criteria name: how many, and those that come first.

    `found`: how many there are, by the code of why they cannot be ordered; "" for those that can.
    `candidates`: MOST_DOCUMENTS of them at most, those first that can be ordered, and of these the
    first awarded.
    """

    found: Counter[str]
    candidates: tuple[Candidate, ...]

    @property
    def to_order(self) -> list[Candidate]:
        return [each for each in self.candidates if each.refused is None]

    @property
    def remaining(self) -> int:
        """How many more could be ordered after those that are ordered at once."""
        return max(0, self.found[""] - len(self.to_order))

    @property
    def refused(self) -> list[Candidate]:
        return [each for each in self.candidates if each.refused is not None]

    @property
    def cannot(self) -> int:
        return self.found.total() - self.found[""]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why not, and how many, the commonest first."""
        return [(code, count) for code, count in self.found.most_common() if code]


def select(criteria: Criteria) -> Selection:
    """The awards that the criteria name, with what decides about each. One query; one more where
    not all are loaded, and one for a school or authority.
    """
    awards = with_obstacle(_named(criteria))
    # What cannot be ordered comes last, so that it takes no place from what can.
    rows = awards.order_by("obstacle", "awarded_on", "pk").values_list(
        *("obstacle", "number", "student__asn"),
        *("first_name", "middle_name", "last_name", "suffix"),
        *("credential_type", "school_year"),
    )[:MOST_DOCUMENTS]
    candidates = tuple(_candidate(*row) for row in rows)
    found = Counter(each.refused.code if each.refused else "" for each in candidates)
    if len(candidates) == MOST_DOCUMENTS:
        groups = awards.values_list("obstacle").annotate(Count("pk")).order_by()
        found = Counter({_code_of(obstacle): count for obstacle, count in groups})
    return Selection(found, candidates)


def _candidate(obstacle: int, number: int, asn: str, *rest: Any) -> Candidate:
    *name, credential_type, school_year = rest
    why = _why_not(obstacle, number)
    return Candidate(number, asn, " ".join(filter(None, name)), credential_type, school_year, why)


def _named(criteria: Criteria) -> QuerySet[AwardedCredential]:
    """The active awards for which all of the criteria hold."""
    awards = AwardedCredential.objects.filter(is_deleted=False)
    if criteria.numbers:
        awards = awards.filter(number__any=criteria.numbers)
    if criteria.run is not None:
        outcomes = AwardingOutcome.objects.filter(run=criteria.run, credential_number__gt=0)
        awards = awards.filter(number__in=outcomes.values("credential_number"))
    if criteria.credential_types:
        awards = awards.filter(credential_type__in=criteria.credential_types)
    if criteria.school_year is not None:
        awards = awards.filter(school_year=criteria.school_year)
    if criteria.awarded_from is not None:
        awards = awards.filter(awarded_on__gte=criteria.awarded_from)
    if criteria.awarded_to is not None:
        awards = awards.filter(awarded_on__lte=criteria.awarded_to)
    if criteria.enrolled_in is not None:
        awards = awards.filter(enrolled_in(criteria.enrolled_in))
    if criteria.to_review:
        awards = awards.filter(pk__in=all_of(Sought(AWARDED_NOT_ORDERED)).values("pk"))
    if criteria.organization is not None:
        awards = _of_persons_now_at(schools_of(criteria.organization), awards)
    return awards


def _of_persons_now_at(
    schools: set[int], awards: QuerySet[AwardedCredential]
) -> QuerySet[AwardedCredential]:
    """Those of the awards whose person is most currently enrolled at one of the schools.

    Ranked as selection.most_current_schools() does it, over all numbers of the person, but within
    the query: of everybody who was ever at one of the schools. By index from one to the next.
    """
    person = Coalesce("student__primary", "student")
    enrolments = SchoolEnrolment.objects.filter(is_deleted=False).annotate(person=person)
    ever = enrolments.filter(school__in=schools).values("person")
    started = ExpressionWrapper(Q(start_date__lte=business_today()), BooleanField())
    rank = [F(name).desc() for name in ("school_year", "start_date", "exit_date", "version")]
    most_current = (
        enrolments.filter(student__in=_numbers_of(ever))
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=person,
                order_by=[started.desc(), *rank, F("school").desc()],
            )
        )
        .filter(place=1)
    )
    here = enrolments.filter(pk__in=most_current.values("pk"), school__in=schools)
    return awards.filter(student__in=_numbers_of(here.values("person")))


def _numbers_of(persons: QuerySet) -> QuerySet:
    """The students of the persons: themselves, and those linked to them."""
    found = Student.objects.filter(pk__in=persons).values("pk")
    return found.union(Student.objects.filter(primary__in=persons).values("pk"), all=True)


def _code_of(obstacle: int) -> str:
    why = _why_not(obstacle)
    return why.code if why else ""


def _why_not(obstacle: int, number: int = 0) -> Rejection | None:
    facts = AwardToOrder(
        number, award=0, is_ordered=obstacle == IS_ORDERED, is_legacy=obstacle == IS_LEGACY
    )
    return next(iter(first_failing_stage(ORDER_STAGES, facts)), None)
