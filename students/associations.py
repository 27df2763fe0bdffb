"""Which organization may see which student: the associations between the two.

The rule stands here twice, because it is asked in two ways: association() judges one student on
facts loaded beforehand, visible() says the same set-based, for lists of millions. A test compares
them. Enrolments under linked numbers belong together; deleted ones never count. Source: PASI
knowledge base; ties and month ends inferred.
"""

import calendar
import datetime
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from enrolments.models import SchoolEnrolment
from pasi.calendar import ALBERTA
from pasi.models import Organization
from students.models import Student

Access, Kind = Organization.Access, Organization.Kind


class Association(enum.IntEnum):
    """Best first; "or better" means a smaller number.

    Six is the registration for an exam at a writing centre, of which nothing is stored here.
    """

    MINISTRY = 1
    CREATION = 2
    CURRENT_ENROLMENT = 3
    LAST_ENROLMENT = 4
    RECENT_ENROLMENT = 5
    NONE = 7


class View(enum.Enum):
    """How much of a student an organization sees."""

    FULL = "full"
    IDENTITY = "identity"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Periods:
    """The first days that still count today. An association ends when its period is over."""

    today: datetime.date
    created_since: datetime.date  # by creation: 2 years
    last_since: datetime.date  # by last enrolment: 6 months after the exit
    recent_since: datetime.date  # by recent enrolment: 12 months after the exit

    @classmethod
    def on(cls, today: datetime.date) -> "Periods":
        return cls(today, _since(today, 24), _since(today, 6), _since(today, 12))


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month, or the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def _since(today: datetime.date, months: int) -> datetime.date:
    """The earliest day from which `months` months reach to today."""
    day = months_later(today, -months)
    while months_later(day, months) < today:
        day += datetime.timedelta(days=1)
    while months_later(day - datetime.timedelta(days=1), months) >= today:
        day -= datetime.timedelta(days=1)
    return day


def effective_access(organization: Organization, today: datetime.date) -> str:
    """The strictest of its own access and its authority's; High when either is closed."""
    both = [organization, organization.authority] if organization.authority else [organization]
    if any(each.closed_on is not None and each.closed_on <= today for each in both):
        return Access.HIGH_RESTRICTION
    strictness = [Access.NORMAL, Access.LOW_RESTRICTION, Access.HIGH_RESTRICTION]
    return max((each.access for each in both), key=strictness.index)


# --- One student --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A school enrolment that is not deleted."""

    school: int
    authority: int
    exit_date: datetime.date


@dataclass(frozen=True, slots=True)
class KnownStudent:
    """What decides who may see a student. Enrolments: of all linked numbers."""

    is_deactivated: bool = False
    created_by: int | None = None
    authority_of_creator: int | None = None
    created_on: datetime.date = datetime.date.min
    enrolments: tuple[Enrolled, ...] = ()


def association(student: KnownStudent, organization: Organization, periods: Periods) -> Association:
    """The best association of an organization to a student."""
    if organization.kind == Kind.MINISTRY:
        return Association.MINISTRY
    if student.is_deactivated:
        return Association.NONE
    creators = (student.created_by, student.authority_of_creator)
    if (
        not student.enrolments
        and organization.pk in creators
        and student.created_on >= periods.created_since
    ):
        return Association.CREATION
    own = [e for e in student.enrolments if organization.pk in (e.school, e.authority)]
    if any(enrolled.exit_date > periods.today for enrolled in own):
        return Association.CURRENT_ENROLMENT
    if any(
        enrolled.exit_date >= periods.last_since and not _newer_elsewhere(enrolled, student)
        for enrolled in own
    ):
        return Association.LAST_ENROLMENT
    is_high = effective_access(organization, periods.today) == Access.HIGH_RESTRICTION
    if not is_high and any(enrolled.exit_date >= periods.recent_since for enrolled in own):
        return Association.RECENT_ENROLMENT
    return Association.NONE


def _newer_elsewhere(enrolled: Enrolled, student: KnownStudent) -> bool:
    return any(
        other.exit_date > enrolled.exit_date and other.school != enrolled.school
        for other in student.enrolments
    )


def view_of(student: KnownStudent, organizations: Iterable[Organization], periods: Periods) -> View:
    """What a reader for these organizations sees of one student.

    All with an association; otherwise the identity block, but nothing at all where every
    organization has limited access or the number is deactivated.
    """
    organizations = list(organizations)
    if any(
        association(student, organization, periods) <= Association.RECENT_ENROLMENT
        for organization in organizations
    ):
        return View.FULL
    if not student.is_deactivated and any(
        effective_access(organization, periods.today) == Access.NORMAL
        for organization in organizations
    ):
        return View.IDENTITY
    return View.NOTHING


def known_student(student: Student) -> KnownStudent:
    """The facts of one student, in two queries. `created_by_organization` must be loaded."""
    person = student.primary_id or student.pk
    linked = Student.objects.filter(Q(pk=person) | Q(primary=person)).values_list("pk", flat=True)
    enrolments = SchoolEnrolment.objects.filter(
        student__any=list(linked), is_deleted=False
    ).values_list("school_id", "school__authority_id", "exit_date")
    creator = student.created_by_organization
    return KnownStudent(
        is_deactivated=student.is_deactivated,
        created_by=student.created_by_organization_id,
        authority_of_creator=creator.authority_id if creator else None,
        created_on=student.created_on.astimezone(ALBERTA).date(),
        enrolments=tuple(Enrolled(*row) for row in enrolments),
    )


# --- Many students ------------------------------------------------------------------------------

# From an enrolment to a number of its student: the number itself, its primary's, a secondary's of
# it, and a secondary's of the same primary. Each is a plain join with an index at either end,
# which an OR of them would not be.
_WAYS = (
    ("student", "pk"),
    ("student__primary", "pk"),
    ("student", "primary"),
    ("student__primary", "primary"),
)


def visible(
    queryset: QuerySet,
    organizations: Sequence[Organization],
    periods: Periods,
    *,
    worst: Association,
    student: str = "",
) -> list[QuerySet]:
    """The part of `queryset` whose students are associated to one of `organizations` at `worst`
    or better, as querysets whose union it is (a record may be in several).

    `student`: the path from the queryset's model to its student; empty for students themselves.
    One query, for the schools of the authorities.
    """
    if any(organization.kind == Kind.MINISTRY for organization in organizations):
        return [queryset]
    queryset = queryset.filter(**{_path(student, "is_deactivated"): False})
    schools = _Schools.of(organizations, periods.today)
    enrolments = SchoolEnrolment.objects.filter(is_deleted=False)
    own = enrolments.filter(schools.left_at(periods, worst))
    parts = []
    if schools.all:
        parts += [
            queryset.filter(Exists(own.filter(**{way: OuterRef(_path(student, to))})))
            for way, to in _WAYS
        ]
    creators = [organization.pk for organization in organizations] + schools.all
    created = queryset.filter(
        **{
            _path(student, "created_by_organization__any"): sorted(set(creators)),
            _path(student, "created_on__gte"): datetime.datetime.combine(
                periods.created_since, datetime.time(), ALBERTA
            ),
        }
    )
    for way, to in _WAYS:
        created = created.filter(~Exists(enrolments.filter(**{way: OuterRef(_path(student, to))})))
    return [*parts, created]


def _path(student: str, field: str) -> str:
    """The path of a student's field; the student's own key is the foreign key to it."""
    if student and field == "pk":
        return student
    return f"{student}__{field}" if student else field


@dataclass(frozen=True)
class _Schools:
    """The schools of the reader, by whether a recent enrolment there still counts."""

    all: list[int]
    with_recent: list[int]

    @classmethod
    def of(cls, organizations: Sequence[Organization], today: datetime.date) -> "_Schools":
        authorities = [each.pk for each in organizations if each.kind == Kind.AUTHORITY]
        under = Organization.objects.filter(authority__any=authorities)
        schools_under: dict[int, list[int]] = {}
        for school, authority in under.values_list("pk", "authority_id"):
            schools_under.setdefault(authority, []).append(school)
        found: set[int] = set()
        with_recent: set[int] = set()
        for each in organizations:
            schools = [each.pk] if each.kind == Kind.SCHOOL else schools_under.get(each.pk, [])
            found.update(schools)
            if effective_access(each, today) != Access.HIGH_RESTRICTION:
                with_recent.update(schools)
        return cls(sorted(found), sorted(with_recent))

    def left_at(self, periods: Periods, worst: Association) -> Q:
        """Enrolments at these schools that associate at `worst` or better."""
        current_or_last = Q(exit_date__gt=periods.today) | (
            Q(exit_date__gte=periods.last_since) & ~_newer_enrolment_elsewhere()
        )
        if worst < Association.RECENT_ENROLMENT:
            return Q(school__any=self.all) & current_or_last
        recent = Q(school__any=self.with_recent, exit_date__gte=periods.recent_since)
        restricted = sorted(set(self.all) - set(self.with_recent))
        if not restricted:
            return recent
        return recent | (Q(school__any=restricted) & current_or_last)


def _newer_enrolment_elsewhere() -> Q:
    """Of an enrolment: its student has one at another school that ends later."""
    newer = SchoolEnrolment.objects.filter(
        is_deleted=False, exit_date__gt=OuterRef("exit_date")
    ).exclude(school=OuterRef("school"))
    found = Q()
    for way, to in _WAYS:
        found |= Q(Exists(newer.filter(**{way: OuterRef(_path("student", to))})))
    return found
