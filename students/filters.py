"""The parameters of the list of students."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from enrolments.models import SchoolEnrolment
from pasi.filters import ASN, DAY, NAME, ChangedSince, Parameter, one_of, text
from pasi.models import Organization
from pasi.reading import PageParameters, Reader
from pasi.text_search import matching
from students.models import Name, Student

NAME_HELP = (
    "Any name that is not deleted, without regard to case and accents; a trailing * stands for "
    "any ending."
)
SCHOOL_HELP = (
    "Students with a school enrolment there that is not deleted, under this very number, be it "
    "past, current or to come. S.nnnn, of your organizations; the ministry may name any school."
)
# Up to so many names or enrolments are found first, by their index; students are then looked up.
# Of more, any walk through the students soon meets enough to fill a page.
MANY = 20_000
ALL_OF_THEM = 2**31  # a limit that limits nothing, but makes the planner find those first


def named(
    queryset: QuerySet, last: list[str] | None, first: list[str] | None, *, student: str = "pk"
) -> QuerySet:
    """The part of `queryset` whose student has one name that fits both last and first name.

    `student`: the foreign key of the queryset's model to its student. One query.
    """
    if last is None and first is None:
        return queryset
    fitting = Q()
    if last is not None:
        fitting &= matching("last_name", last, prefixes=True)
    if first is not None:
        fitting &= matching("first_name", first, prefixes=True)
    return _of_students(queryset, Name.objects.filter(fitting, is_deleted=False), student)


def schools_asked_for(codes: list[str], reader: Reader) -> list[int]:
    """Keys of the schools `codes` whose enrolments the reader may see. One query.

    Others are as absent: or the filter would tell a former school where a student went.
    """
    schools = Organization.objects.filter(matching("code", codes), kind=Organization.Kind.SCHOOL)
    if not reader.is_ministry:
        own = [organization.pk for organization in reader.organizations]
        schools = schools.filter(Q(pk__in=own) | Q(authority__in=own))
    return list(schools.values_list("pk", flat=True))


def enrolled_at(queryset: QuerySet, schools: list[int]) -> QuerySet:
    """The students of `queryset` with an enrolment at one of the schools. One query."""
    enrolments = SchoolEnrolment.objects.filter(is_deleted=False, school__any=schools)
    return _of_students(queryset, enrolments, "pk")


def _of_students(queryset: QuerySet, records: QuerySet, student: str) -> QuerySet:
    """The part of `queryset` whose student has one of `records`."""
    if records[: MANY + 1].count() > MANY:
        return queryset.filter(Exists(records.filter(student=OuterRef(student))))
    return queryset.filter(**{f"{student}__in": records.values("student")[:ALL_OF_THEM]})


class StatusParameter(Parameter):
    """The status of a number is told by two columns."""

    def filter(self, queryset, value: list | None):
        if value is None:
            return queryset
        found = Q()
        if Student.Status.ACTIVE in value:
            found |= Q(is_deactivated=False, primary=None)
        if Student.Status.DEACTIVATED in value:
            found |= Q(is_deactivated=True)
        if Student.Status.SECONDARY in value:
            found |= Q(primary__isnull=False)
        return queryset.filter(found)


class StudentParameters(PageParameters):
    StateProvinceId = Parameter(ASN, "asn")
    PrimaryStateProvinceId = Parameter(ASN, "primary__asn")
    Status = StatusParameter(one_of(*Student.Status.values), "status")
    LastName = Parameter(NAME, help_text=NAME_HELP)
    FirstName = Parameter(NAME, help_text=NAME_HELP)
    BirthDate = Parameter(DAY, "birth_date")
    SchoolCode = Parameter(text(max_length=6), help_text=SCHOOL_HELP)
    ChangedSinceVersion = ChangedSince()

    def apply(self, queryset):
        queryset = super().apply(queryset)
        return named(queryset, self.given("LastName"), self.given("FirstName"))
