"""Core alerts and what was said of them, in the back office: the work items of staff.

Read here: processors find alerts, and services own what is said of them.
"""

import re

from django.contrib import admin
from django.db.models import BigIntegerField, Case, F, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enrolments.filters import of_references
from enrolments.models import (
    Acknowledgement,
    AcknowledgementStatus,
    CoreAlert,
    CourseEnrolment,
    RecordType,
    SchoolEnrolment,
)
from enrolments.waiting import is_waiting
from pasi import rules
from pasi.back_office.admins import ReadOnlyAdmin, ReadOnlyHistoryAdmin, record_url
from pasi.back_office.formats import NOTHING, asn_text, instant_text
from pasi.back_office.lists import SchoolYearFilter, students_found, uuid_in
from pasi.calendar import school_year_text
from pasi.clients import normalized_code
from students.models import Student
from students.part_admin import student_link

ENROLMENTS = {
    RecordType.SCHOOL_ENROLMENT: SchoolEnrolment,
    RecordType.COURSE_ENROLMENT: CourseEnrolment,
}
FIRST_SENTENCE = re.compile(r"(.+?[.?!])(?:\s+(.*))?", re.DOTALL)
ALERT_CODE = re.compile(r"[0-9]{5}")
OPEN = (AcknowledgementStatus.UNACKNOWLEDGED, AcknowledgementStatus.IN_PROGRESS)


def issue_and_rest(description: str) -> tuple[str, str]:
    """The first sentence of an alert's description, and what follows it."""
    match = FIRST_SENTENCE.fullmatch(description)
    return (match[1], match[2] or "") if match else (description, "")


def arguments_text(arguments: dict[str, str | None]) -> str:
    """The arguments of an alert in a line: "Grade: 06; PreviousGrade: 04"."""
    pairs = [f"{key}: {value or NOTHING}" for key, value in sorted(arguments.items())]
    return "; ".join(pairs) or NOTHING


def rule_text(code: int) -> str:
    """The code of an alert with the title of its rule; of a rule that is gone, the code alone."""
    try:
        return f"{code} {rules.rule(str(code)).title}"
    except KeyError:
        return str(code)


def who_said_it(said: Acknowledgement) -> str:
    return f"{said.user_name}, {said.organization}"


def record_link(about: Acknowledgement | CoreAlert) -> str:
    """To the record that an alert or acknowledgement is about."""
    model = ENROLMENTS.get(about.record_type, Student)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    return format_html(
        '<a href="{}">{}</a>', reverse(name, args=[about.record]), about.get_record_type_display()
    )


class StatusFilter(admin.SimpleListFilter):
    """Staff see what is still to be done unless they ask for more."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [*AcknowledgementStatus.choices, ("all", _("All"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [{**first, "display": _("Open")}, *others]

    def queryset(self, request, queryset):
        if self.value() in AcknowledgementStatus.values:
            return queryset.filter(acknowledgement_status=self.value())
        return queryset if self.value() else queryset.filter(acknowledgement_status__in=OPEN)


class SeverityFilter(admin.ChoicesFieldListFilter):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.title = _("severity")


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
class CoreAlertAdmin(FoundByText, ReadOnlyAdmin):
    """The warnings first, the newest first, as the API lists them."""

    lists_students = True
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
    list_filter = (StatusFilter, ("alert_type", SeverityFilter), "record_type", SchoolYearFilter)
    search_help_text = _(
        "ASN or name of the student, code of the school, authority or alert, or reference id"
    )
    fieldsets = (
        (None, {"fields": ("issue", "explanation", "arguments_shown")}),
        (_("Alert"), {"fields": ("rule", "severity", "raised_at")}),
        (_("Acknowledgement"), {"fields": ("state", "said_by")}),
        (
            _("Record"),
            {
                "fields": (
                    "applies_to",
                    "reference",
                    "of_student",
                    "name",
                    "school",
                    "year",
                    "version",
                )
            },
        ),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(is_waiting=is_waiting())

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
        return [_("The record is being looked at again: this alert may be out of date.")]

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
    def code(self, alert: CoreAlert) -> int:
        return alert.alert_code

    @admin.display(description=_("Rule"))
    def rule(self, alert: CoreAlert) -> str:
        return rule_text(alert.alert_code)

    @admin.display(description=_("Reference id"))
    def reference(self, alert: CoreAlert) -> str:
        return str(alert.reference_id or NOTHING)

    @admin.display(description=_("School"))
    def at_school(self, alert: CoreAlert) -> str:
        return str(alert.school or NOTHING)

    @admin.display(description=_("Arguments"))
    def arguments_shown(self, alert: CoreAlert) -> str:
        return arguments_text(alert.arguments)

    @admin.display(description=_("Status"))
    def state(self, alert: CoreAlert) -> str:
        return alert.get_acknowledgement_status_display()

    @admin.display(description=_("Said by"))
    def said_by(self, alert: CoreAlert) -> str:
        said = (
            Acknowledgement.objects.filter(
                record_type=alert.record_type,
                record=alert.record,
                alert_code=alert.alert_code,
                arguments_key=alert.arguments_key,
            )
            .select_related("organization")
            .first()
        )
        if said is None:
            return NOTHING
        return format_html('<a href="{}">{}</a>', record_url(said), who_said_it(said))

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


@admin.register(Acknowledgement)
class AcknowledgementAdmin(FoundByText, ReadOnlyHistoryAdmin):
    """Newest first. It may outlive its alert, so it is shown by itself."""

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
    fields = list_display
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
        return [(_("Core alerts"), CoreAlert, query)]

    @admin.display(description=_("Alert"))
    def alert(self, said: Acknowledgement) -> str:
        return rule_text(said.alert_code)

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

    @admin.display(description=_("Arguments"))
    def arguments_shown(self, said: Acknowledgement) -> str:
        return arguments_text(said.arguments)
