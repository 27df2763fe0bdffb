"""Which organization may see or change which student: the associations between the two.

The rule stands here twice, because it is asked in two ways: association() judges one student on
facts loaded beforehand; _gathered() finds all students of an organization, for lists of millions.
A test compares them. Enrolments under linked numbers belong together; deleted ones never count.
Source: PASI knowledge base; ties and month ends inferred.
"""

import calendar
import datetime
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, QuerySet, When

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
    school_year: int


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
    if (
        not student.enrolments
        and _has_created(organization, student)
        and student.created_on >= periods.created_since
    ):
        return Association.CREATION
    own = _enrolled_at(organization, student)
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


def _has_created(organization: Organization, student: KnownStudent) -> bool:
    return organization.pk in (student.created_by, student.authority_of_creator)


def _enrolled_at(organization: Organization, student: KnownStudent) -> list[Enrolled]:
    """The student's enrolments at a school, or at the schools of an authority."""
    return [e for e in student.enrolments if organization.pk in (e.school, e.authority)]


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


def may_access(student: KnownStudent, organization: Organization, periods: Periods) -> bool:
    """Whether the number exists for an organization: the second half of 9002.

    Only limited access needs an association, By Last School Enrolment or better; with low
    restriction any enrolment will do, however long ago. A deactivated number has no associations,
    so it does not exist for limited access. Source: PASI knowledge base; condition inferred.
    """
    if organization.kind == Kind.MINISTRY:
        return True
    access = effective_access(organization, periods.today)
    if access == Access.NORMAL:
        return True
    if student.is_deactivated:
        return False
    if access == Access.LOW_RESTRICTION and _enrolled_at(organization, student):
        return True
    return association(student, organization, periods) <= Association.LAST_ENROLMENT


def may_change(
    student: KnownStudent, organization: Organization, periods: Periods, current_school_year: int
) -> bool:
    """9065: associated By Last School Enrolment or better, or the student's record custodian.

    The custodian is where the student was in the last year of schooling, is enrolled (the exit day
    included), or will be in a future school year. Source: PASI knowledge base; its use here
    inferred.
    """
    if association(student, organization, periods) <= Association.LAST_ENROLMENT:
        return True
    if student.is_deactivated:
        return False
    last_year = max((enrolled.school_year for enrolled in student.enrolments), default=0)
    return any(
        enrolled.school_year == last_year
        or enrolled.school_year > current_school_year
        or enrolled.exit_date >= periods.today
        for enrolled in _enrolled_at(organization, student)
    )


def created_lately_by(
    student: KnownStudent, organization: Organization, today: datetime.date, *, days: int = 30
) -> bool:
    """9049: the ministry, or who created the student at most `days` days ago, or its authority.

    Unlike the association by creation it does not end with an enrolment. Source: PASI knowledge
    base; the last day inferred.
    """
    if organization.kind == Kind.MINISTRY:
        return True
    age = today - student.created_on
    return _has_created(organization, student) and age <= datetime.timedelta(days=days)


def known_students(numbers: Iterable[int]) -> dict[int, KnownStudent]:
    """The facts of students, by key. Three queries.

    Who created the person is who created the primary number (inferred).
    """
    rows = Student.objects.filter(pk__any=list(numbers)).values_list(
        "pk",
        "primary_id",
        "is_deactivated",
        _of_person("created_by_organization"),
        _of_person("created_by_organization__authority"),
        _of_person("created_on"),
    )
    rows = list(rows)
    person_of = _linked({number: primary or number for number, primary, *_rest in rows})
    enrolments: dict[int, list[Enrolled]] = {}
    for number, *enrolled in (
        _enrolments()
        .filter(student__any=list(person_of))
        .values_list("student_id", "school_id", "school__authority_id", "exit_date", "school_year")
    ):
        enrolments.setdefault(person_of[number], []).append(Enrolled(*enrolled))
    return {
        number: KnownStudent(
            is_deactivated=is_deactivated,
            created_by=created_by,
            authority_of_creator=authority,
            created_on=created_on.astimezone(ALBERTA).date(),
            enrolments=tuple(enrolments.get(primary or number, ())),
        )
        for number, primary, is_deactivated, created_by, authority, created_on in rows
    }


def _of_person(column: str) -> Case:
    """A column of the primary number, or of the number itself where it has none."""
    return Case(When(primary__isnull=False, then=F(f"primary__{column}")), default=F(column))


def _enrolments() -> QuerySet:
    return SchoolEnrolment.objects.filter(is_deleted=False)


def _linked(person_of: dict[int, int]) -> dict[int, int]:
    """All numbers of the persons in `person_of` (number -> primary number), in the same form."""
    persons = set(person_of.values())
    secondary = Student.objects.filter(primary__any=list(persons)).values_list("pk", "primary_id")
    return {**{person: person for person in persons}, **dict(secondary)}


# --- Many students ------------------------------------------------------------------------------

# Up to so many students each is judged by itself; beyond, those visible are gathered from the
# enrolments. So the work is bounded by this number or by the students that the organizations
# have, never by the size of the province.
FEW = 1_000


def visible(
    queryset: QuerySet,
    organizations: Sequence[Organization],
    periods: Periods,
    *,
    worst: Association,
    student: str = "pk",
) -> QuerySet:
    """The records whose students are associated to one of `organizations` at `worst` or better.

    `student`: the foreign key of the queryset's model to its student. At most six queries, besides
    the one that is returned.
    """
    if any(organization.kind == Kind.MINISTRY for organization in organizations):
        return queryset
    numbers = associated_students(queryset, organizations, periods, worst=worst, student=student)
    return queryset.filter(**{f"{student}__any": sorted(numbers)})


def associated_students(
    queryset: QuerySet,
    organizations: Sequence[Organization],
    periods: Periods,
    *,
    worst: Association,
    student: str = "pk",
) -> set[int]:
    """Keys of the students of the records of visible(), and perhaps of further ones associated.

    The ministry must not ask: it would get the province. At most six queries.
    """
    # Students, not records: one may have several among the first thousand.
    few = set(queryset.order_by().values_list(student, flat=True).distinct()[: FEW + 1])
    if len(few) > FEW:
        return _gathered(organizations, periods, worst)
    return {
        number
        for number, facts in known_students(few).items()
        if any(association(facts, each, periods) <= worst for each in organizations)
    }


def _gathered(
    organizations: Sequence[Organization], periods: Periods, worst: Association
) -> set[int]:
    """Keys of all students that association() would put at `worst` or better."""
    schools, with_recent = _schools(organizations, periods.today)
    if worst < Association.RECENT_ENROLMENT:
        with_recent = set()
    since = periods.recent_since if with_recent else periods.last_since
    certain: set[int] = set()
    ended: dict[int, list[tuple[int, datetime.date]]] = {}
    for number, school, exit_date in (
        _enrolments()
        .filter(school__any=sorted(schools), exit_date__gte=since)
        .values_list("student_id", "school_id", "exit_date")
    ):
        if exit_date > periods.today or school in with_recent:
            certain.add(number)
        elif exit_date >= periods.last_since:
            ended.setdefault(number, []).append((school, exit_date))
    certain.update(_last(ended, periods))
    primaries = Student.objects.filter(pk__any=list(certain), primary__isnull=False)
    certain.update(primaries.values_list("primary_id", flat=True))
    certain.update(_created(organizations, schools, periods))
    numbers = set(_linked({number: number for number in certain}))
    deactivated = Student.objects.filter(is_deactivated=True, pk__any=list(numbers))
    return numbers.difference(deactivated.values_list("pk", flat=True))


def _schools(
    organizations: Sequence[Organization], today: datetime.date
) -> tuple[set[int], set[int]]:
    """The schools of the organizations, and those of them where a recent enrolment counts."""
    authorities = [each.pk for each in organizations if each.kind == Kind.AUTHORITY]
    under: dict[int, list[int]] = {}
    for school, authority in Organization.objects.filter(authority__any=authorities).values_list(
        "pk", "authority_id"
    ):
        under.setdefault(authority, []).append(school)
    schools: set[int] = set()
    with_recent: set[int] = set()
    for each in organizations:
        found = [each.pk] if each.kind == Kind.SCHOOL else under.get(each.pk, [])
        schools.update(found)
        if effective_access(each, today) != Access.HIGH_RESTRICTION:
            with_recent.update(found)
    return schools, with_recent


def _last(ended: dict[int, list[tuple[int, datetime.date]]], periods: Periods) -> Iterable[int]:
    """Those of the students `ended` (key -> school and exit) for whom one of these enrolments is
    the last: none elsewhere, under any linked number, ends later.
    """
    if not ended:
        return []
    primaries = Student.objects.filter(pk__any=list(ended), primary__isnull=False)
    primary_of = dict(primaries.values_list("pk", "primary_id"))
    person_of = _linked({number: primary_of.get(number, number) for number in ended})
    later: dict[int, list[tuple[int, datetime.date]]] = {}
    for number, school, exit_date in (
        _enrolments()
        .filter(student__any=list(person_of), exit_date__gt=periods.last_since)
        .values_list("student_id", "school_id", "exit_date")
    ):
        later.setdefault(person_of[number], []).append((school, exit_date))
    return [
        number
        for number, enrolments in ended.items()
        if any(
            all(
                other <= exit_date or other_school == school
                for other_school, other in later.get(person_of[number], ())
            )
            for school, exit_date in enrolments
        )
    ]


def _created(
    organizations: Sequence[Organization], schools: set[int], periods: Periods
) -> QuerySet:
    """Primary numbers that the organizations or their schools created and nobody has enrolled."""
    creators = schools.union(organization.pk for organization in organizations)
    created = Student.objects.filter(
        primary=None,
        created_by_organization__any=sorted(creators),
        created_on__gte=datetime.datetime.combine(periods.created_since, datetime.time(), ALBERTA),
    )
    for enrolled in (
        _enrolments().filter(student=OuterRef("pk")),
        _enrolments().filter(student__primary=OuterRef("pk")),
    ):
        created = created.filter(~Exists(enrolled))
    return created.values_list("pk", flat=True)
