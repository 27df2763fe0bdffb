"""Students in the back office: found by number or name, read, not changed."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audit.models import RecordRead, ServiceCall
from credentials.eligibility_admin import eligibility_url
from credentials.models import (
    AwardedCredential,
    DocumentOrderItem,
    RequirementAchievement,
    RequirementExemption,
    RequirementSetStatus,
)
from enrolments.models import CoreAlert, CourseEnrolment, ExamMark, OfficialMark, SchoolEnrolment
from pasi.back_office.admins import ReadOnlyHistoryAdmin
from pasi.back_office.formats import NOTHING, asn_text
from pasi.back_office.lists import students_found
from pasi.calendar import business_today, school_year_text
from students.disposal import scheduled_disposal_date
from students.models import DisclosureRestriction, Student
from students.part_admin import (
    AddressInline,
    CitizenshipInline,
    EmailInline,
    NameInline,
    PhoneInline,
    RestrictionInline,
    student_link,
)


def restrictions_in_effect():
    """Disclosure restrictions that are active and not expired today."""
    return DisclosureRestriction.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=business_today()), is_active=True, is_deleted=False
    )


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
class StudentAdmin(ReadOnlyHistoryAdmin):
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
        "ASN with or without hyphens, or the beginning of a name: Smith · Smith, Jo · Jo Smith"
    )
    lists_students = True
    inlines = (
        RestrictionInline,
        NameInline,
        AddressInline,
        PhoneInline,
        EmailInline,
        CitizenshipInline,
    )
    fieldsets = (
        (None, {"fields": ("number", "state", "other_numbers")}),
        (_("Identity"), {"fields": ("legal", "preferred", "original", "birth_date", "gender")}),
        (
            _("Source document"),
            {
                "fields": (
                    "document_type",
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
                    "updated_at",
                )
            },
        ),
    )

    def get_queryset(self, request):
        restricted = restrictions_in_effect().filter(student=OuterRef("pk"))
        of_primary = restrictions_in_effect().filter(student=OuterRef("primary"))
        return (
            super()
            .get_queryset(request)
            .annotate(is_restricted=Exists(restricted) | Exists(of_primary))
        )

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        found = queryset.filter(pk__in=students_found(search_term))
        return found.order_by("legal_name__last_name", "legal_name__first_name", "asn"), False

    def students_seen(self, request, record):
        return [record.asn]

    def name_of(self, record):
        return f"{asn_text(record.asn)} {record.legal_name.full_name}"

    def notices(self, record):
        notices = []
        if record.is_restricted:
            notices.append(
                _("A disclosure restriction is in effect: treat this record as sensitive.")
            )
        if record.is_deactivated:
            notices.append(_("This number is deactivated; nothing can be changed under it."))
        if record.primary_id:
            notices.append(
                format_html(
                    _("This is a secondary number. The student is known by {}."),
                    student_link(record.primary),
                )
            )
        if record.is_deceased:
            notices.append(_("The student is deceased."))
        return notices

    def related_pages(self, record):
        return [(_("What the student has earned"), RequirementSetStatus, eligibility_url(record))]

    def related_lists(self, record):
        query = {"q": record.asn}
        return [
            (_("Work items"), CoreAlert, query),
            (_("School enrolments"), SchoolEnrolment, query),
            (_("Course enrolments"), CourseEnrolment, query),
            (_("Official marks"), OfficialMark, query),
            (_("Diploma exam marks"), ExamMark, query),
            (_("Requirement sets"), RequirementSetStatus, query),
            (_("Requirements set by hand"), RequirementAchievement, query),
            (_("Exemptions"), RequirementExemption, query),
            (_("Credentials"), AwardedCredential, query),
            (_("Orders of documents"), DocumentOrderItem, query),
            (_("Service calls"), ServiceCall, query),
            (_("Who looked"), RecordRead, query),
        ]

    @admin.display(description=_("ASN"))
    def number(self, student: Student) -> str:
        return asn_text(student.asn)

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
        if student.primary_id:
            return format_html(_("Secondary of {}"), student_link(student.primary))
        return student.status

    @admin.display(description=_("Disclosure"))
    def restricted(self, student: Student) -> str:
        return _("Restricted") if student.is_restricted else NOTHING

    @admin.display(description=_("Section 23 eligibility"))
    def section_23(self, student: Student) -> str:
        return student.section23_eligibility or NOTHING

    @admin.display(description=_("Secondary numbers"))
    def other_numbers(self, student: Student) -> str:
        return ", ".join(asn_text(other.asn) for other in student.secondaries.all()) or NOTHING

    @admin.display(description=_("Active in the school years"))
    def active_in(self, student: Student) -> str:
        years = student.activities.order_by("school_year").values_list("school_year", flat=True)
        return ", ".join(map(school_year_text, years)) or NOTHING

    @admin.display(description=_("Scheduled disposal of the record"))
    def disposal(self, student: Student) -> str:
        """Of the person: enrolments under linked numbers belong together."""
        person = student.primary or student
        enrolments = SchoolEnrolment.objects.filter(Q(student=person) | Q(student__primary=person))
        return formats.date_format(scheduled_disposal_date(person.birth_date, enrolments))
