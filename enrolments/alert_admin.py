"""Work items, as staff call core alerts, and what was said of them.

Processors find alerts, and services own what is said of them: the buttons are forms over those.
"""

import re

from django.contrib import admin
from django.db.models import BigIntegerField, Case, F, OuterRef, Q, Subquery, When
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from enrolments.filters import of_references
from enrolments.models import Acknowledgement, AcknowledgementStatus, CoreAlert, RecordType
from enrolments.waiting import is_waiting
from enrolments.work_item_filters import (
    AuthorityFilter,
    CodeFilter,
    RecordTypeFilter,
    SchoolFilter,
    SeverityFilter,
    StatusFilter,
)
from enrolments.work_item_pages import gone, tasks_of, what_was_said
from enrolments.work_item_selection import MOST_AT_ONCE, SaysOfSelections
from enrolments.work_item_words import (
    ENROLMENTS,
    argument_label,
    argument_value,
    arguments_text,
    code_of,
    issue_and_rest,
    record_link,
    rule_of,
    rule_text,
    who_said_it,
)
from pasi.back_office.admins import ReadOnlyAdmin, ReadOnlyHistoryAdmin, record_url
from pasi.back_office.formats import NOTHING, asn_text, instant_text, through_what, who_called
from pasi.back_office.lists import SchoolYearFilter, students_found, uuid_in
from pasi.calendar import school_year_text
from pasi.clients import normalized_code
from students.models import Student
from students.part_admin import student_link

MOST_SAYINGS = 50  # of one work item; a page shows no more
ALERT_CODE = re.compile(r"[0-9]{5}")


class SaidFilter(admin.SimpleListFilter):
    """What can have been said: of what is unacknowledged nothing was."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        unsaid = AcknowledgementStatus.UNACKNOWLEDGED
        return [choice for choice in AcknowledgementStatus.choices if choice[0] != unsaid]

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() else queryset


class FoundByText:
    """Found by what staff type: a student, an enrolment, the code of an alert."""

    search_fields = ("alert_code",)  # says that there is a search

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        return (queryset.filter(self.found(text)) if text else queryset), False

    def found(self, text: str) -> Q:
        if key := uuid_in(text):
            return of_references([key])
        if ALERT_CODE.fullmatch(text):
            return Q(alert_code=int(text))
        return self.of_students(students_found(text))


@admin.register(CoreAlert)
class CoreAlertAdmin(SaysOfSelections, FoundByText, ReadOnlyAdmin):
    """The warnings first, the newest first, as the API lists them."""

    lists_students = True
    change_list_template = "admin/work_item_list.html"
    when_empty = _(
        "Nothing needs to be done: nothing is wrong with any record, or no worker has looked at "
        "them yet (Background work says so)."
    )
    ordering = ("-alert_type", "-pk")
    list_display = (
        "issue",
        "severity",
        "code",
        "state",
        "of_student",
        "name",
        "applies_to",
        "at_school",
        "year",
        "recalculated",
    )
    list_select_related = ("student__legal_name", "school")
    list_filter = (
        AuthorityFilter,
        SchoolFilter,
        SchoolYearFilter,
        CodeFilter,
        SeverityFilter,
        StatusFilter,
        RecordTypeFilter,
    )
    search_help_text = _("A student by ASN or name, or an enrolment by its reference id")
    fieldsets = (
        (None, {"fields": ("issue", "explanation", "arguments_shown")}),
        (_("Work item"), {"fields": ("state", "severity", "rule", "raised_at")}),
        (
            _("Record"),
            {
                "fields": (
                    "applies_to",
                    "reference",
                    "of_student",
                    "name",
                    "at_school",
                    "year",
                    "version",
                )
            },
        ),
        (_("What was said of it"), {"fields": ("sayings",)}),
    )

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related(*self.list_select_related)
        return rows.annotate(is_waiting=is_waiting())

    def get_object(self, request, object_id, from_field=None) -> CoreAlert | None:
        """With what takes further queries, since the theme asks for each field several times."""
        alert = super().get_object(request, object_id, from_field)
        if alert is not None:
            alert.in_words = _arguments(alert)
            alert.said = _sayings(alert)
        return alert

    def changelist_view(self, request, extra_context=None) -> HttpResponse:
        context = {"most_at_once": MOST_AT_ONCE, **(extra_context or {})}
        response = super().changelist_view(request, context)
        shown = (getattr(response, "context_data", None) or {}).get("cl")
        if shown is not None:
            shown.narrowed_by = [_as_field(each, shown) for each in shown.filter_specs]
            shown.has_filters = False  # they are in the form above the list, not in the panel
        return response

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id) -> HttpResponse:
        return gone(request)

    def tasks(self, request: HttpRequest, record: CoreAlert) -> list[tuple[str, str]]:
        return tasks_of(request, record)

    def found(self, text: str) -> Q:
        code = normalized_code(text)
        if re.fullmatch(r"S\.[0-9]{4}", code):
            return Q(school__code=code)
        if re.fullmatch(r"A\.[0-9]{4}", code):
            return Q(school__authority__code=code)
        return super().found(text)

    def of_students(self, students) -> Q:
        return Q(student__in=students)

    def students_seen(self, request, record):
        return [record.student.asn]

    def name_of(self, record):
        return f"{issue_and_rest(record.description)[0]} {asn_text(record.student.asn)}"

    def notices(self, record):
        if not record.is_waiting:
            return []
        return [_("The record is being looked at again: this work item may be out of date.")]

    def related_lists(self, record):
        query = {"q": record.reference_id or record.student.asn}
        return [(_("Acknowledgements"), Acknowledgement, query)]

    @admin.display(description=_("Issue"))
    def issue(self, alert: CoreAlert) -> str:
        return issue_and_rest(alert.description)[0]

    @admin.display(description=_("Description"))
    def explanation(self, alert: CoreAlert) -> str:
        return issue_and_rest(alert.description)[1] or NOTHING

    @admin.display(description=_("Severity"))
    def severity(self, alert: CoreAlert) -> str:
        return alert.get_alert_type_display()

    @admin.display(description=_("Code"))
    def code(self, alert: CoreAlert) -> str:
        return code_of(alert.alert_code)

    @admin.display(description=_("Rule"))
    def rule(self, alert: CoreAlert) -> str:
        return rule_of(alert.alert_code)

    @admin.display(description=_("Reference id"))
    def reference(self, alert: CoreAlert) -> str:
        return str(alert.reference_id or NOTHING)

    @admin.display(description=_("School"))
    def at_school(self, alert: CoreAlert) -> str:
        if alert.school is None:
            return NOTHING
        return format_html('<a href="{}">{}</a>', record_url(alert.school), alert.school)

    @admin.display(description=_("What the rule looked at"))
    def arguments_shown(self, alert: CoreAlert) -> str:
        return alert.in_words

    @admin.display(description=_("Status"))
    def state(self, alert: CoreAlert) -> str:
        return alert.get_acknowledgement_status_display()

    @admin.display(description=_("History"))
    def sayings(self, alert: CoreAlert) -> str:
        return alert.said

    @admin.display(description=_("Student"))
    def of_student(self, alert: CoreAlert) -> str:
        return student_link(alert.student)

    @admin.display(description=_("Name"))
    def name(self, alert: CoreAlert) -> str:
        return alert.student.legal_name.full_name

    @admin.display(description=_("Applies to"))
    def applies_to(self, alert: CoreAlert) -> str:
        return record_link(alert)

    @admin.display(description=_("School year"))
    def year(self, alert: CoreAlert) -> str:
        return school_year_text(alert.school_year) if alert.school_year else NOTHING

    @admin.display(description=_("Out of date"))
    def recalculated(self, alert: CoreAlert) -> str:
        return _("Being recalculated") if alert.is_waiting else NOTHING


def _arguments(alert: CoreAlert) -> str:
    rows = [
        (argument_label(key), argument_value(key, value))
        for key, value in sorted(alert.arguments.items())
    ]
    return format_html_join(mark_safe("<br>"), "{}: {}", rows) or NOTHING


def _sayings(alert: CoreAlert) -> str:
    """A table of what was said of the alert, the newest first. One query."""
    rows = what_was_said(alert).select_related("call__staff", "call__client", "organization")
    said = [
        {
            "when": instant_text(row.history_date),
            "status": _("Taken back")
            if row.history_type == "-"
            else AcknowledgementStatus(row.status).label,
            "who": who_called(row.call),
            "organization": row.organization,
            "through": through_what(row.call),
        }
        for row in rows[:MOST_SAYINGS]
    ]
    return render_to_string("admin/work_item_sayings.html", {"said": said})


def _as_field(filter: admin.SimpleListFilter, changelist) -> admin.SimpleListFilter:
    """A filter as the form above the list wants it: what can be chosen, or typed."""
    if getattr(filter, "is_typed", False):
        filter.listed = list(filter.suggestions())
    else:
        chosen = str(filter.value() or "")
        nothing = next(iter(filter.choices(changelist)))["display"]
        options = [("", nothing), *filter.lookup_choices]
        filter.options = [(value, text, str(value) == chosen) for value, text in options]
    return filter


@admin.register(Acknowledgement)
class AcknowledgementAdmin(FoundByText, ReadOnlyHistoryAdmin):
    """Newest first. It may outlive its alert, so it is shown by itself."""

    when_empty = _("No alert has been acknowledged yet. It is done from the page of a work item.")
    lists_students = True
    not_in_history = ("arguments_key",)
    list_display = (
        "alert",
        "status",
        "of_student",
        "applies_to",
        "arguments_shown",
        "said_by",
        "said_at",
    )
    list_select_related = ("organization",)
    list_filter = (SaidFilter, "record_type")
    fields = ("rule", *list_display[1:])
    search_help_text = _("ASN or name of the student, code of the alert, or reference id")

    def get_queryset(self, request):
        """With the student behind the record."""
        students = [When(record_type=RecordType.STUDENT, then=F("record"))]
        for record_type, model in ENROLMENTS.items():
            of_record = model.objects.filter(pk=OuterRef("record")).values("student_id")
            students.append(When(record_type=record_type, then=Subquery(of_record)))
        asn = Student.objects.filter(pk=OuterRef("student_key")).values("asn")
        found = (
            super()
            .get_queryset(request)
            .annotate(student_key=Case(*students, output_field=BigIntegerField()))
        )
        return found.annotate(asn=Subquery(asn))

    def of_students(self, students) -> Q:
        found = Q(record_type=RecordType.STUDENT, record__in=students)
        for record_type, model in ENROLMENTS.items():
            records = model.objects.filter(student__in=students).values("pk")
            found |= Q(record_type=record_type, record__in=records)
        return found

    def asn_of(self, record: Acknowledgement) -> str:
        """Rows of the history come without what get_queryset() adds."""
        if hasattr(record, "asn"):
            return record.asn
        student = record.record
        if model := ENROLMENTS.get(record.record_type):
            student = model.objects.values_list("student_id", flat=True).get(pk=record.record)
        return Student.objects.values_list("asn", flat=True).get(pk=student)

    def students_seen(self, request, record):
        return [self.asn_of(record)]

    def name_of(self, record):
        return f"{rule_text(record.alert_code)}, {asn_text(self.asn_of(record))}"

    def related_lists(self, record):
        query = {"q": self.asn_of(record), StatusFilter.parameter_name: "all"}
        return [(_("Work items"), CoreAlert, query)]

    @admin.display(description=_("Alert"))
    def alert(self, said: Acknowledgement) -> str:
        return rule_text(said.alert_code)

    @admin.display(description=_("Rule"))
    def rule(self, said: Acknowledgement) -> str:
        return rule_of(said.alert_code)

    @admin.display(description=_("Said by"))
    def said_by(self, said: Acknowledgement) -> str:
        return who_said_it(said)

    @admin.display(description=_("When"))
    def said_at(self, said: Acknowledgement) -> str:
        return instant_text(said.updated_at)

    @admin.display(description=_("Student"))
    def of_student(self, said: Acknowledgement) -> str:
        address = reverse("admin:students_student_change", args=[said.student_key])
        return format_html('<a href="{}">{}</a>', address, asn_text(said.asn))

    @admin.display(description=_("Applies to"))
    def applies_to(self, said: Acknowledgement) -> str:
        return record_link(said)

    @admin.display(description=_("What the rule looked at"))
    def arguments_shown(self, said: Acknowledgement) -> str:
        return arguments_text(said.arguments)
