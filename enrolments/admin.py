"""Enrolments, marks and outstanding work in the back office, read; courses, changed by staff."""

from django.contrib import admin
from django.db.models import F, Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enrolments.models import (
    Course,
    CourseEnrolment,
    CourseEnrolmentTrigger,
    OfficialMark,
    ResponsibleSchoolTrigger,
    SchoolEnrolment,
    SchoolEnrolmentTrigger,
    StudentTrigger,
    TranscriptTrigger,
)
from pasi.back_office.admins import (
    MarkedDeleted,
    ReadOnlyAdmin,
    ReadOnlyHistoryAdmin,
    RecordedAdmin,
    record_url,
)
from pasi.back_office.formats import NOTHING, asn_text, instant_text, school_years_text
from pasi.back_office.lists import (
    AchievementYearFilter,
    SchoolYearFilter,
    students_found,
    uuid_in,
)
from pasi.calendar import school_year_text
from pasi.clients import normalized_code
from students.models import Student


def student_link(student: Student) -> str:
    return format_html('<a href="{}">{}</a>', record_url(student), asn_text(student.asn))


class OfStudentAdmin(MarkedDeleted, ReadOnlyHistoryAdmin):
    """A record of one student, found by the student."""

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


@admin.register(SchoolEnrolment)
class SchoolEnrolmentAdmin(EnrolmentAdmin):
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
    list_filter = (SchoolYearFilter, "is_deleted")
    fieldsets = (
        (None, {"fields": ("reference_id", "of_student", "name", "school", "year", "deleted")}),
        (
            _("Registration"),
            {"fields": ("grade", "start_date", "exit_date", "exit_date_type", "local_student_id")},
        ),
        (
            _("Programming"),
            {
                "fields": (
                    "programming_type",
                    "programming_timeframe",
                    "enrolment_type_codes",
                    "grants_program_codes",
                    "exception_codes",
                    "french_hours_of_instruction",
                    "school_authority_provided_program_percentage",
                    "resident_board",
                    "fnmi",
                )
            },
        ),
        (_("Record"), {"fields": ("version", "created_at", "updated_at")}),
    )

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
    list_filter = (SchoolYearFilter, "is_deleted")
    fields = ("reference_id", *list_display, "version", "created_at", "updated_at")


@admin.register(OfficialMark)
class OfficialMarkAdmin(OfStudentAdmin):
    list_display = (
        "course_code",
        "of_student",
        "name",
        "year",
        "achievement_date",
        "mark_value",
        "credits_awarded",
        "is_available",
        "deleted",
    )
    list_filter = (AchievementYearFilter, "is_available", "is_deleted")
    fields = (*list_display, "evaluation_method", "version", "created_at", "updated_at")

    @admin.display(description=_("Achievement school year"))
    def year(self, mark: OfficialMark) -> str:
        return school_year_text(mark.achievement_school_year)


@admin.register(Course)
class CourseAdmin(RecordedAdmin):
    keys = ("code",)
    list_display = ("code", "name", "level", "credits", "subject", "kind", "available")
    list_filter = ("level", "kind")
    search_fields = ("code", "name", "subject")

    @admin.display(description=_("School years"))
    def available(self, course: Course) -> str:
        return school_years_text(course.available_from, course.available_to)


# --- Outstanding work ---------------------------------------------------------------------------


class WorkFilter(admin.SimpleListFilter):
    """Staff see what waits for the processor unless they ask for all."""

    title = _("work")
    parameter_name = "work"

    def lookups(self, request, model_admin):
        return [("aside", _("Set aside after an error")), ("all", _("All, finished too"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [{**first, "display": _("Waiting")}, *others]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        status = f"{self.model_admin.record}__{self.model_admin.status}"
        if self.value() == "aside":
            return queryset.filter(**{f"{status}__set_aside_at__isnull": False})
        return queryset.filter(**{f"{status}__max_source_version__lt": F("version")})

    def __init__(self, request, params, model, model_admin):
        self.model_admin = model_admin
        super().__init__(request, params, model, model_admin)


class TriggerAdmin(ReadOnlyAdmin):
    """What waits for one processor. `record`: the relation to what is to be looked at again;
    `status`: the relation from there to how far the processor has come.
    """

    record: str
    status: str

    ordering = ("pk",)
    list_filter = (WorkFilter,)
    list_display = ("since", "of_student", "what", "cause", "version", "processed_to", "error")
    fields = (*list_display, "set_aside_at")
    search_fields = ("pk",)
    search_help_text = _("ASN or name of the student")

    def get_list_select_related(self, request):
        return (f"{self.record}__{self.status}", *([] if self.is_student else [self.student_path]))

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        found = students_found(search_term)
        return queryset.filter(**{f"{self.student_path}__in": found}), False

    @property
    def is_student(self) -> bool:
        return self.record == "student"

    @property
    def student_path(self) -> str:
        return "student" if self.is_student else f"{self.record}__student"

    def _status(self, trigger):
        return getattr(getattr(trigger, self.record), self.status, None)

    @admin.display(description=_("Since"))
    def since(self, trigger) -> str:
        return instant_text(trigger.last_updated_on)

    @admin.display(description=_("Because of"))
    def cause(self, trigger) -> str:
        return trigger.last_updated_object_name

    @admin.display(description=_("Record"))
    def what(self, trigger) -> str:
        return _("the student") if self.is_student else str(getattr(trigger, self.record))

    @admin.display(description=_("Student"))
    def of_student(self, trigger) -> str:
        record = getattr(trigger, self.record)
        return student_link(record if self.is_student else record.student)

    @admin.display(description=_("Processed up to version"))
    def processed_to(self, trigger) -> str:
        status = self._status(trigger)
        return str(status.max_source_version) if status else NOTHING

    @admin.display(description=_("Set aside at"))
    def set_aside_at(self, trigger) -> str:
        status = self._status(trigger)
        return instant_text(status.set_aside_at) if status and status.set_aside_at else NOTHING

    @admin.display(description=_("Error"))
    def error(self, trigger) -> str:
        return (self._status(trigger) and self._status(trigger).set_aside_error) or NOTHING


@admin.register(StudentTrigger)
class StudentTriggerAdmin(TriggerAdmin):
    record, status = "student", "studentvalidationstatus"


@admin.register(SchoolEnrolmentTrigger)
class SchoolEnrolmentTriggerAdmin(TriggerAdmin):
    record, status = "school_enrolment", "schoolenrolmentvalidationstatus"


@admin.register(CourseEnrolmentTrigger)
class CourseEnrolmentTriggerAdmin(TriggerAdmin):
    record, status = "course_enrolment", "courseenrolmentvalidationstatus"


@admin.register(ResponsibleSchoolTrigger)
class ResponsibleSchoolTriggerAdmin(TriggerAdmin):
    record, status = "student", "responsibleschoolstatus"


@admin.register(TranscriptTrigger)
class TranscriptTriggerAdmin(TriggerAdmin):
    record, status = "student", "transcriptrecord"
