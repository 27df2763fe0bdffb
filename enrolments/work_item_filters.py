"""How staff narrow the list of work items: one form above the list, every filter on an index.

What is typed and means nothing finds nothing, and the page says why.
"""

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolments.models import AcknowledgementStatus, CoreAlert, RecordType
from pasi.back_office.typed_filters import NotUnderstood, TypedFilter
from pasi.clients import normalized_code
from pasi.models import Organization

OPEN = (AcknowledgementStatus.UNACKNOWLEDGED, AcknowledgementStatus.IN_PROGRESS)
MOST_NAMED = 5  # organizations that a message names
GREATEST_CODE = 2**31 - 1  # of an alert: a positive integer


class StatusFilter(admin.SimpleListFilter):
    """Staff see what is still to be done unless they ask for more."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [*AcknowledgementStatus.choices, ("all", gettext_lazy("All"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [{**first, "display": gettext_lazy("Open")}, *others]

    def queryset(self, request, queryset):
        if self.value() in AcknowledgementStatus.values:
            return queryset.filter(acknowledgement_status=self.value())
        return queryset if self.value() else queryset.filter(acknowledgement_status__in=OPEN)


class SeverityFilter(admin.SimpleListFilter):
    title = gettext_lazy("severity")
    parameter_name = "severity"

    def lookups(self, request, model_admin):
        return CoreAlert.AlertType.choices

    def queryset(self, request, queryset):
        return queryset.filter(alert_type=self.value()) if self.value() else queryset


class RecordTypeFilter(admin.SimpleListFilter):
    title = gettext_lazy("applies to")
    parameter_name = "record_type"

    def lookups(self, request, model_admin):
        return RecordType.choices

    def queryset(self, request, queryset):
        return queryset.filter(record_type=self.value()) if self.value() else queryset


# --- What is typed ------------------------------------------------------------------------------


class OrganizationFilter(TypedFilter):
    """An organization by its code, with or without the letter, or by the beginning of its name."""

    kind: str
    letter: str
    organization: Organization | None = None

    def organization_of(self, text: str) -> Organization:
        code = normalized_code(f"{self.letter}.{text}" if text.isdecimal() else text)
        named = Q(code=code) | Q(name__istartswith=text)
        found = list(Organization.objects.filter(named, kind=self.kind)[: MOST_NAMED + 1])
        exact = [each for each in found if each.code == code]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found:
            raise NotUnderstood(self.unknown(text))
        listed = "; ".join(str(each) for each in found[:MOST_NAMED])
        more = "" if len(found) <= MOST_NAMED else _(" and more")
        raise NotUnderstood(
            _("Several begin with “%(text)s”: %(listed)s%(more)s. Type the code of one.")
            % {"text": text, "listed": listed, "more": more}
        )

    def found(self, text: str) -> Q:
        self.organization = self.organization_of(text)
        return self.of(self.organization)

    def shown(self) -> str:
        return str(self.organization or self.text)


class AuthorityFilter(OrganizationFilter):
    title = gettext_lazy("authority")
    parameter_name = "authority"
    kind = Organization.Kind.AUTHORITY
    letter = "A"
    example = "A.3020"

    def of(self, authority: Organization) -> Q:
        schools = Organization.objects.filter(authority=authority).values_list("pk", flat=True)
        return Q(school__any=list(schools))

    def unknown(self, text: str) -> str:
        return _(
            "No school authority has the code or name “%s”. Type its code, as A.3020, or the "
            "beginning of its name."
        ) % (text)

    def suggestions(self) -> Iterable[tuple[str, str]]:
        return Organization.objects.filter(kind=self.kind).values_list("code", "name")


class SchoolFilter(OrganizationFilter):
    title = gettext_lazy("school")
    parameter_name = "school"
    kind = Organization.Kind.SCHOOL
    letter = "S"
    example = "S.0982"

    def of(self, school: Organization) -> Q:
        return Q(school=school)

    def unknown(self, text: str) -> str:
        return _(
            "No school has the code or name “%s”. Type its code, as S.0982, or the beginning of "
            "its name."
        ) % (text)


class CodeFilter(TypedFilter):
    title = gettext_lazy("code")
    parameter_name = "code"
    example = "10018"

    def found(self, text: str) -> Q:
        if not (text.isascii() and text.isdecimal()) or int(text) > GREATEST_CODE:
            raise NotUnderstood(
                _("“%s” is not the code of a work item: type its number, as 10018.") % text
            )
        return Q(alert_code=int(text))
