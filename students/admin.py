"""Students in the back office: found by number or name, read, not changed."""

from collections.abc import Iterable, Mapping

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
)
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from enrolments.models import SchoolEnrolment
from pasi.back_office.admins import ReadOnlyHistoryAdmin, record_url
from pasi.back_office.formats import NOTHING, asn_text, code_text, instant_text
from pasi.back_office.lists import FOUND_AT_MOST, asn_in, students_found, students_numbered
from pasi.calendar import school_year_text
from pasi.codes import read_once
from students import finding
from students.disposal import scheduled_disposal_date
from students.models import Name, Student
from students.notices import with_restrictions
from students.part_admin import student_link
from students.similarity import Reason
from students.tabs import StudentTabs
from students.tasks import StudentTasks

WHY = {
    finding.SAME_NAME: _("the name as typed"),
    finding.BEGINS_SO: _("the name begins so"),
    Reason.SAME_BIRTH_DATE: _("same birth date"),
    Reason.DAY_MONTH_SWAPPED: _("day and month of birth changed places"),
    Reason.FIRST_LAST_SWAPPED: _("first and last name changed places"),
    Reason.NICKNAME: _("another form of the first name"),
    Reason.PHONETIC: _("sounds alike"),
    Reason.TYPING: _("perhaps mistyped"),
    Reason.OTHER_NAME: _("a middle name used as first name"),
    Reason.INITIAL: _("an initial"),
}


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return Student.Status.choices

    def queryset(self, request, queryset):
        conditions = {
            Student.Status.ACTIVE: Q(is_deactivated=False, primary=None),
            Student.Status.DEACTIVATED: Q(is_deactivated=True),
            Student.Status.SECONDARY: Q(primary__isnull=False),
        }
        return queryset.filter(conditions.get(self.value(), Q()))


@admin.register(Student)
class StudentAdmin(StudentTasks, StudentTabs, ReadOnlyHistoryAdmin):
    change_list_template = "admin/student_list.html"
    when_empty = _(
        "There is nothing here yet. Students come by the services and by import_records."
    )
    list_display = (
        "number",
        "legal",
        "preferred",
        "birth_date",
        "gender",
        "state",
        "restricted",
        "maturity_date",
    )
    list_select_related = ("legal_name", "preferred_name", "primary")
    list_filter = (StatusFilter, "is_deceased")
    search_fields = ("asn",)
    search_help_text = _(
        "ASN with or without hyphens (a whole one opens the record), a birth date, or a name in "
        "any order: Smith, Jo · Jo Smith · 2008-03-01 · Smith 2008-03-01"
    )
    lists_students = True
    fieldsets = (
        (None, {"fields": ("number", "state", "other_numbers")}),
        (
            _("Identity"),
            {"fields": ("legal", "preferred", "original", "birth_date", "gender_text")},
        ),
        (
            _("Source document"),
            {
                "fields": (
                    "document",
                    "document_number",
                    "document_issue_date",
                    "is_name_exact",
                )
            },
        ),
        (
            _("Other"),
            {
                "fields": (
                    "section_23",
                    "maturity_date",
                    "maturity_reason",
                    "is_deceased",
                    "date_of_death",
                )
            },
        ),
        (
            _("Record"),
            {
                "fields": (
                    "created_on",
                    "created_by_organization",
                    "active_in",
                    "disposal",
                    "version",
                    "last_changed",
                )
            },
        ),
    )

    def get_queryset(self, request):
        return with_restrictions(super().get_queryset(request))

    def get_list_display(self, request):
        columns = super().get_list_display(request)
        typed = finding.read(request.GET.get("q", ""))
        by_name = typed.readings and students_numbered(request.GET["q"]) is None
        return (columns[0], "why", *columns[1:]) if by_name else columns

    def get_search_results(self, request, queryset, search_term):
        """A number or birth date: in the order of names. A name: the best match first."""
        if not search_term.strip():
            return queryset, False
        typed = finding.read(search_term)
        if not typed.readings or students_numbered(search_term) is not None:
            found = queryset.filter(pk__in=students_found(search_term, among=_narrowed(queryset)))
            return found.order_by("legal_name__last_name", "legal_name__first_name", "asn"), False
        ranking = finding.ranked(typed, among=_narrowed(queryset))
        request.ranked = {each.student: each for each in ranking.students}
        request.is_cut = ranking.is_cut
        keys = list(request.ranked)
        place = Func(
            Value(keys, output_field=ArrayField(BigIntegerField())),
            F("pk"),
            function="array_position",
            output_field=IntegerField(),
        )
        return queryset.filter(pk__any=keys).order_by(place), False

    def changelist_view(self, request, extra_context=None):
        if (student := self.named(request)) is not None:
            return HttpResponseRedirect(record_url(student))
        response = super().changelist_view(request, extra_context)
        if shown := (getattr(response, "context_data", None) or {}).get("cl"):
            _say_why(shown.result_list, getattr(request, "ranked", {}))
        return response

    def named(self, request: HttpRequest) -> Student | None:
        """Whom a whole ASN names, where nothing else is asked for: the record opens at once."""
        asked = {name for name, value in request.GET.items() if value}
        asn = asn_in(request.GET.get("q", ""))
        if asn is None or asked != {"q"} or not self.has_view_permission(request):
            return None
        return Student.objects.filter(asn=asn).only("pk").first()

    def is_cut(self, request, changelist):
        is_full = bool(changelist.query) and changelist.result_count == FOUND_AT_MOST
        return getattr(request, "is_cut", is_full)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        with read_once():
            response = super().change_view(request, object_id, form_url, extra_context)
            return response.render() if hasattr(response, "render") else response

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            obj.in_words = _in_words(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def students_seen(self, request, record):
        return [record.asn]

    def name_of(self, record):
        return f"{asn_text(record.asn)} {record.legal_name.full_name}"

    @admin.display(description=_("ASN"))
    def number(self, student: Student) -> str:
        return asn_text(student.asn)

    @admin.display(description=_("Why it is found"))
    def why(self, student: Student) -> str:
        return getattr(student, "why", NOTHING)

    @admin.display(description=_("Legal name"))
    def legal(self, student: Student) -> str:
        return student.legal_name.full_name

    @admin.display(description=_("Preferred name"))
    def preferred(self, student: Student) -> str:
        if student.preferred_name_id == student.legal_name_id:
            return _("the same")
        return student.preferred_name.full_name

    @admin.display(description=_("Original name"))
    def original(self, student: Student) -> str:
        if student.original_name_id == student.legal_name_id:
            return _("the same")
        return student.original_name.full_name

    @admin.display(description=_("Status"))
    def state(self, student: Student) -> str:
        marks = []
        if student.is_deactivated:
            marks.append(_warned(Student.Status.DEACTIVATED.label))
        if student.primary_id:
            marks.append(_warned(format_html(_("Secondary of {}"), student_link(student.primary))))
        marks = marks or [Student.Status.ACTIVE.label]
        if student.is_deceased:
            marks.append(_warned(_("Deceased")))
        return format_html_join(" ", "{}", ((mark,) for mark in marks))

    @admin.display(description=_("Disclosure"))
    def restricted(self, student: Student) -> str:
        return _warned(_("Restricted")) if student.is_restricted else NOTHING

    @admin.display(description=_("Section 23 eligibility"))
    def section_23(self, student: Student) -> str:
        return code_text("Section23Eligibility", student.section23_eligibility)

    @admin.display(description=_("Gender"))
    def gender_text(self, student: Student) -> str:
        return code_text("Gender", student.gender)

    @admin.display(description=_("Source document"))
    def document(self, student: Student) -> str:
        return code_text("SourceDocumentType", student.document_type)

    @admin.display(description=_("Last changed"))
    def last_changed(self, student: Student) -> str:
        return instant_text(student.updated_at)

    @admin.display(description=_("Secondary numbers"))
    def other_numbers(self, student: Student) -> str:
        return student.in_words["other_numbers"]

    @admin.display(description=_("Active in the school years"))
    def active_in(self, student: Student) -> str:
        return student.in_words["active_in"]

    @admin.display(description=_("Scheduled disposal"))
    def disposal(self, student: Student) -> str:
        """Of the person: enrolments under linked numbers belong together."""
        return student.in_words["disposal"]


def _warned(text) -> str:
    """As strong as the notices above a record: with a sign, not by colour alone."""
    return format_html(
        '<span class="warned"><span class="material-symbols-outlined" aria-hidden="true">warning'
        "</span> {}</span>",
        text,
    )


def _narrowed(queryset: QuerySet) -> QuerySet | None:
    """The students that the filters leave; None where none is set."""
    return queryset if queryset.query.where else None


def _in_words(student: Student) -> dict[str, str]:
    """What other records say of a student. Asked once: the theme asks for a field's text again and
    again. Three queries."""
    numbers = student.secondaries.order_by("asn").values_list("asn", flat=True)
    years = student.activities.order_by("school_year").values_list("school_year", flat=True)
    person = student.primary or student
    # Two indexes answer this; one condition over both tables would read all enrolments.
    theirs = Student.objects.filter(Q(pk=person.pk) | Q(primary=person)).values("pk")
    enrolments = SchoolEnrolment.objects.filter(student__in=theirs)
    return {
        "other_numbers": ", ".join(map(asn_text, numbers)) or NOTHING,
        "active_in": ", ".join(map(school_year_text, years)) or NOTHING,
        "disposal": formats.date_format(scheduled_disposal_date(person.birth_date, enrolments)),
    }


def _say_why(students: Iterable[Student], ranked: Mapping[int, finding.Ranked]) -> None:
    """Give the students of a page the reasons for which they were found; one query if any was found
    by a name."""
    if not ranked:
        return
    shown = [student for student in students if student.pk in ranked]
    names = Name.objects.in_bulk([ranked[student.pk].name for student in shown])
    for student in shown:
        match = ranked[student.pk]
        reasons = [str(WHY[reason]) for reason in match.why]
        if match.name != student.legal_name_id and (name := names.get(match.name)):
            reasons.append(str(_("by the name %s") % name.full_name))
        student.why = ", ".join(reasons) or _("a similar name")
