"""Lists of millions of rows: counting, filtering and searching at a bounded price."""

import datetime
import re
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pasi import bulk
from pasi.calendar import current_school_year, school_year_text
from pasi.http import first_message_id
from pasi.models import Code
from students import finding
from students.models import Name, Student

EXACT_UP_TO = 10_000  # smaller tables are counted
COUNTED_AT_MOST = 100_000  # a filtered list ends here
FOUND_AT_MOST = 1_000  # students that a search looks at

ASN = re.compile(r"([0-9]{4})-?([0-9]{4})-?([0-9])")
START_OF_ASN = re.compile(r"[0-9]{4}(?:-?[0-9]{0,4})?")


class EstimatingPaginator(Paginator):
    """Counts what is filtered, up to a bound; of a whole big table it takes the planner's word."""

    @cached_property
    def is_estimate(self) -> bool:
        rows = self.object_list
        if rows.query.where or rows.query.is_sliced:
            return False
        return self._estimated > EXACT_UP_TO

    @cached_property
    def _estimated(self) -> int:
        return bulk.estimated_rows(self.object_list.model)

    @cached_property
    def count(self) -> int:
        if self.is_estimate:
            return self._estimated
        return self.object_list.order_by().values("pk")[:COUNTED_AT_MOST].count()

    @cached_property
    def num_pages(self) -> int:
        """The last page is no further than counting goes: to leaf through rows is to read them."""
        return min(super().num_pages, -(-COUNTED_AT_MOST // self.per_page))


# --- Filters: their choices never come from a big table -----------------------------------------


class SchoolYearFilter(admin.SimpleListFilter):
    """The school years that staff work with: the next, the current and twelve before."""

    title = _("school year")
    parameter_name = "school_year"
    field = "school_year"

    def lookups(self, request, model_admin):
        latest = current_school_year() + 1
        return [(str(year), school_year_text(year)) for year in range(latest, latest - 14, -1)]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        year = self.value() or ""
        return queryset.filter(**{self.field: int(year)}) if year.isdecimal() else queryset


class NewestOfYearFilter(SchoolYearFilter):
    """Of lists with the newest first and an index by school year and key. The year is asked for as
    a range, and stands in the order: one year would be a constant to the planner, who would as soon
    read the whole table from its newest end until it comes to that year.
    """

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        year = self.value() or ""
        if not year.isdecimal():
            return queryset
        return queryset.filter(**{f"{self.field}__gte": int(year), f"{self.field}__lte": int(year)})

    @classmethod
    def ordering(cls, request) -> tuple[str, str] | None:
        """The order of the list, if a year is chosen."""
        chosen = request.GET.get(cls.parameter_name, "")
        return (f"-{cls.field}", "-pk") if chosen.isdecimal() else None


class AchievementYearFilter(NewestOfYearFilter):
    field = "achievement_school_year"


def credential_types() -> list[tuple[str, str]]:
    """(code, code and name) of every credential type."""
    codes = Code.objects.filter(code_type="CredentialType").order_by("code")
    return [(code.code, f"{code.code} {code.short_name}") for code in codes]


class CredentialTypeFilter(admin.SimpleListFilter):
    title = _("credential type")
    parameter_name = "credential_type"

    def lookups(self, request, model_admin):
        return credential_types()

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return queryset.filter(credential_type=self.value()) if self.value() else queryset


class ReceivedFilter(admin.SimpleListFilter):
    """When a call was received. Message ids are ordered by time, so their index serves it."""

    title = _("when")
    parameter_name = "received"
    DAYS = {"1": _("last 24 hours"), "7": _("last 7 days"), "30": _("last 30 days")}

    def lookups(self, request, model_admin):
        return list(self.DAYS.items())

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        if self.value() not in self.DAYS:
            return queryset
        since = timezone.now() - datetime.timedelta(days=int(self.value()))
        return queryset.filter(message_id__gte=first_message_id(since))


# --- Searching ----------------------------------------------------------------------------------


def asn_in(text: str) -> str | None:
    """The nine digits of an ASN written with or without hyphens; None for anything else."""
    match = ASN.fullmatch(text.strip())
    return "".join(match.groups()) if match else None


def uuid_in(text: str) -> UUID | None:
    """The UUID that `text` is; None for anything else."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def students_found(text: str, among: QuerySet | None = None) -> QuerySet:
    """Keys of the students that `text` names: an ASN, its first digits, a birth date, or a name.

    Names are found by their first letters, in any order and without regard to case and accents:
    "Smith", "Smith, Jo", "Jo Smith", "Smith Jo 2008-03-01".
    At most FOUND_AT_MOST, so that one letter costs no more than a whole name; `among` those of a
    query where one is given.
    """
    found, key = students_numbered(text), "pk"
    if found is None:
        typed = finding.read(text)
        born = Q(birth_date=typed.birth_date) if typed.birth_date else Q(pk__in=[])
        found = Student.objects.filter(born)
        if typed.readings:
            found, key = (
                Name.objects.filter(finding.beginning_so(typed), is_deleted=False),
                "student",
            )
            if typed.birth_date:
                found = found.filter(student__birth_date=typed.birth_date)
    if among is not None:
        found = found.filter(**{f"{key}__in": among.values("pk")})
    return found.values(key)[:FOUND_AT_MOST]


def not_all_are_looked_at(text: str) -> bool:
    """Whether `text` names more students than a search looks at. One query."""
    return bool(text.strip()) and students_found(text).count() == FOUND_AT_MOST


def students_numbered(text: str) -> QuerySet | None:
    """Students of an ASN or of its first digits; None where `text` is nothing of the kind."""
    text = " ".join(text.split())
    if asn := asn_in(text):
        return Student.objects.filter(asn=asn)
    if START_OF_ASN.fullmatch(text):
        return Student.objects.filter(asn__startswith=text.replace("-", ""))
    return None
