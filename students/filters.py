"""The parameters of the list of students."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from pasi.filters import ASN, DAY, NAME, ChangedSince, Parameter, one_of
from pasi.reading import PageParameters
from pasi.text_search import matching
from students.models import Name, Student

NAME_HELP = (
    "Any name that is not deleted, without regard to case and accents; a trailing * stands for "
    "any ending."
)
# Up to so many names are found first, by their index; students are then looked up. Of more, any
# walk through the students soon meets enough to fill a page.
MANY_NAMES = 20_000
ALL_OF_THEM = 2**31  # a limit that limits nothing, but makes the planner find the names first


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
    names = Name.objects.filter(fitting, is_deleted=False)
    if names[: MANY_NAMES + 1].count() > MANY_NAMES:
        return queryset.filter(Exists(names.filter(student=OuterRef(student))))
    return queryset.filter(**{f"{student}__in": names.values("student")[:ALL_OF_THEM]})


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
    ChangedSinceVersion = ChangedSince()

    def apply(self, queryset):
        queryset = super().apply(queryset)
        return named(queryset, self.given("LastName"), self.given("FirstName"))
