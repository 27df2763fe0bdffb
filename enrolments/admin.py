"""Enrolments and marks in the back office, read; courses, changed by staff."""

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from audit.current_call import current_call_id
from credentials.recalculations import every_set, want
from enrolments import (
    alert_admin,  # noqa: F401  (registers its pages)
    processor_admin,  # noqa: F401  (registers its pages)
)
from enrolments.enrolment_pages import EnrolmentTasks
from enrolments.mark_pages import MarkTasks
from enrolments.models import (
    CoreAlert,
    Course,
    CourseEnrolment,
    ExamMark,
    OfficialMark,
    SchoolEnrolment,
)
from enrolments.registration_status import (
    ACTIVE,
    COMPLETED,
    CREATED_IN_ERROR,
    REGISTERED,
    WITHDRAWN,
    registration_status,
)
from enrolments.work_item_filters import StatusFilter
from pasi.back_office.admins import MarkedDeleted, ReadOnlyHistoryAdmin
from pasi.back_office.formats import NOTHING, asn_text, code_text, instant_text, school_years_text
from pasi.back_office.lists import (
    AchievementYearFilter,
    NewestOfYearFilter,
    students_found,
    uuid_in,
)
from pasi.back_office.recorded import RecordedAdmin
from pasi.calendar import business_today, school_year_text
from pasi.clients import normalized_code
from pasi.models import Organization
from students.part_admin import student_link

REGISTRATION_STATUSES = {
    CREATED_IN_ERROR: _("Created in error"),
    REGISTERED: _("Registered"),
    ACTIVE: _("Active"),
    COMPLETED: _("Completed"),
    WITHDRAWN: _("Withdrawn"),
}


def _listed(code_type: str, joined: str) -> str:
    """Codes joined by ; with their names, one a line."""
    names = [(code_text(code_type, code),) for code in joined.split(";") if code]
    return format_html_join(mark_safe("<br>"), "{}", names) or NOTHING


class OfStudentAdmin(MarkedDeleted, ReadOnlyHistoryAdmin):
    """A record of one student, found by the student."""

    when_empty = _(
        "None is recorded yet: schools submit them, or staff record them on the page of a student."
    )
    lists_students = True
    list_select_related = ("student__legal_name",)
    search_fields = ("student__asn",)
    search_help_text = _("ASN or name of the student")

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        return (queryset.filter(self.found(text)) if text else queryset), False

    def found(self, text: str) -> Q:
        return Q(student__in=students_found(text))

    def name_of(self, record):
        return f"{asn_text(record.student.asn)} {record.student.legal_name.full_name}"

    def students_seen(self, request, record):
        return [record.student.asn]

    @admin.display(description=_("Recorded"))
    def recorded(self, record) -> str:
        return instant_text(record.created_at)

    @admin.display(description=_("Last changed"))
    def changed(self, record) -> str:
        return instant_text(record.updated_at)

    @admin.display(description=_("Student"))
    def of_student(self, record) -> str:
        return student_link(record.student)

    @admin.display(description=_("Name"))
    def name(self, record) -> str:
        return record.student.legal_name.full_name

    @admin.display(description=_("School year"))
    def year(self, record) -> str:
        return school_year_text(record.school_year)


class EnrolmentAdmin(OfStudentAdmin):
    list_select_related = ("student__legal_name", "school")
    search_help_text = _("ASN or name of the student, code of the school, or reference id")

    def found(self, text: str) -> Q:
        if key := uuid_in(text):
            return Q(reference_id=key)
        if text[:2].upper() == "S." and text[2:].isdecimal():
            return Q(school__code=normalized_code(text))
        return super().found(text)

    def name_of(self, record):
        return f"{super().name_of(record)}, {self.year(record)}"

    def related_lists(self, record):
        query = {"q": record.reference_id, StatusFilter.parameter_name: "all"}
        return [(_("Work items"), CoreAlert, query)]


@admin.register(SchoolEnrolment)
class SchoolEnrolmentAdmin(EnrolmentTasks, EnrolmentAdmin):
    list_display = (
        "year",
        "of_student",
        "name",
        "school",
        "grade",
        "start_date",
        "exit_date",
        "deleted",
    )
    list_filter = (NewestOfYearFilter, "is_deleted")
    fieldsets = (
        (None, {"fields": ("reference_id", "of_student", "name", "school", "year", "deleted")}),
        (
            _("Registration"),
            {
                "fields": (
                    "status",
                    "grade",
                    "start_date",
                    "exit_date",
                    "exit_date_type",
                    "schools_number",
                )
            },
        ),
        (
            _("Programming"),
            {
                "fields": (
                    "programming",
                    "timeframe",
                    "enrolment_types",
                    "grants_programs",
                    "exceptions",
                    "french_hours_of_instruction",
                    "percentage",
                    "board",
                    "fnmi",
                )
            },
        ),
        (_("Record"), {"fields": ("version", "recorded", "changed")}),
    )

    @admin.display(description=_("Registration status"))
    def status(self, enrolment: SchoolEnrolment) -> str:
        return REGISTRATION_STATUSES[
            registration_status(
                enrolment.is_deleted,
                enrolment.start_date,
                enrolment.exit_date,
                enrolment.exit_date_type,
                business_today(),
            )
        ]

    @admin.display(description=_("The school's own number of the student"))
    def schools_number(self, enrolment: SchoolEnrolment) -> str:
        return enrolment.local_student_id or NOTHING

    @admin.display(description=_("Programming type"))
    def programming(self, enrolment: SchoolEnrolment) -> str:
        return code_text("ProgrammingType", enrolment.programming_type)

    @admin.display(description=_("Programming timeframe"))
    def timeframe(self, enrolment: SchoolEnrolment) -> str:
        return code_text("ProgrammingTimeframe", enrolment.programming_timeframe)

    @admin.display(description=_("Enrolment types"))
    def enrolment_types(self, enrolment: SchoolEnrolment) -> str:
        return _listed("EnrolmentType", enrolment.enrolment_type_codes)

    @admin.display(description=_("Grants programs"))
    def grants_programs(self, enrolment: SchoolEnrolment) -> str:
        return _listed("GrantsProgram", enrolment.grants_program_codes)

    @admin.display(description=_("Exceptions"))
    def exceptions(self, enrolment: SchoolEnrolment) -> str:
        return _listed("Exception", enrolment.exception_codes)

    @admin.display(description=_("Program percentage of the authority"))
    def percentage(self, enrolment: SchoolEnrolment) -> str:
        percentage = enrolment.school_authority_provided_program_percentage
        return NOTHING if percentage is None else f"{percentage} %"

    @admin.display(description=_("Resident board"))
    def board(self, enrolment: SchoolEnrolment) -> str:
        number = enrolment.resident_board
        known = number and Organization.objects.filter(code=f"A.{number}").first()
        return str(known) if known else number or NOTHING

    @admin.display(description=_("FNMI declaration"))
    def fnmi(self, enrolment: SchoolEnrolment) -> str:
        return enrolment.fnmi_declaration or NOTHING


@admin.register(CourseEnrolment)
class CourseEnrolmentAdmin(EnrolmentAdmin):
    list_display = (
        "course_code",
        "of_student",
        "name",
        "school",
        "year",
        "status",
        "start_date",
        "end_date",
        "deleted",
    )
    list_filter = (NewestOfYearFilter, "is_deleted")
    fields = ("reference_id", *list_display, "version", "recorded", "changed")

    def name_of(self, record):
        return f"{super().name_of(record)}, {record.course_code}"


@admin.register(OfficialMark)
class OfficialMarkAdmin(MarkTasks, OfStudentAdmin):
    list_display = (
        "course_code",
        "of_student",
        "name",
        "year",
        "achievement_date",
        "mark_value",
        "credits_awarded",
        "counts",
        "deleted",
    )
    list_filter = (AchievementYearFilter, "is_available", "is_deleted")
    fields = (*list_display, "evaluation_method", "version", "recorded", "changed")

    def name_of(self, record):
        return f"{super().name_of(record)}, {record.course_code}"

    @admin.display(description=_("Counts"))
    def counts(self, mark: OfficialMark) -> str:
        return _("Yes") if mark.is_available else _("No: kept, and counts for nothing")

    @admin.display(description=_("Achievement school year"))
    def year(self, mark: OfficialMark) -> str:
        return school_year_text(mark.achievement_school_year)


@admin.register(ExamMark)
class ExamMarkAdmin(OfStudentAdmin):
    list_display = ("course_code", "of_student", "name", "year", "status")
    list_filter = (NewestOfYearFilter,)
    fields = (*list_display, "version", "recorded", "changed")


@admin.register(Course)
class CourseAdmin(RecordedAdmin):
    keys = ("code",)
    list_display = ("code", "name", "level", "credits", "subject", "kind", "available")
    list_filter = ("level", "kind")
    search_fields = ("code", "name", "subject")

    def save_related(self, request, form, formsets, change) -> None:
        """What decides on groups of courses decides on everybody who may have a mark in it."""
        super().save_related(request, form, formsets, change)
        if not {"code", "level", "subject", "flags"}.isdisjoint(form.changed_data):
            want(f"Change of a course {current_call_id()}", every_set())

    @admin.display(description=_("School years"))
    def available(self, course: Course) -> str:
        return school_years_text(course.available_from, course.available_to)
