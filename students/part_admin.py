"""The parts of a student's personal record in the back office: pages of their own, reached from the
student's page, each with its history."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from pasi.back_office.admins import (
    MarkedDeleted,
    ReadOnlyHistoryAdmin,
    record_url,
)
from pasi.back_office.formats import asn_text
from pasi.back_office.lists import students_found
from students.models import (
    CitizenshipStatus,
    DisclosureRestriction,
    EmailAddress,
    MailingAddress,
    Name,
    PhoneNumber,
    Student,
)


def student_link(student: Student) -> str:
    return format_html('<a href="{}">{}</a>', record_url(student), asn_text(student.asn))


def name_uses(name: Name) -> str:
    """What the name is to the student, now and before."""
    student = name.student
    uses = (
        (name.pk == student.legal_name_id, _("legal")),
        (name.was_legal and name.pk != student.legal_name_id, _("former legal")),
        (name.pk == student.preferred_name_id, _("preferred")),
        (name.pk == student.original_name_id, _("original")),
    )
    return ", ".join(str(use) for applies, use in uses if applies) or str(_("other"))


class PartAdmin(MarkedDeleted, ReadOnlyHistoryAdmin):
    when_empty = _("No student has one yet. Staff record them from the page of a student.")
    lists_students = True
    list_select_related = ("student",)
    search_fields = ("student__asn",)
    search_help_text = _("ASN or name of the student")

    def get_model_perms(self, request):
        """Not listed on the start page."""
        return {}

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(student__in=students_found(search_term)), False

    def students_seen(self, request, record):
        return [record.student.asn]

    @admin.display(description=_("Student"))
    def of_student(self, part) -> str:
        return student_link(part.student)


@admin.register(Name)
class NameAdmin(PartAdmin):
    list_display = ("full_name", "of_student", "uses", "deleted")
    fields = (
        "of_student",
        "uses",
        "first_name",
        "middle_name",
        "last_name",
        "suffix",
        "deleted",
        "effective_on",
        "updated_at",
        "created_by_organization",
        "updated_by_organization",
    )

    @admin.display(description=_("Used as"))
    def uses(self, name: Name) -> str:
        return name_uses(name)


@admin.register(MailingAddress)
class MailingAddressAdmin(PartAdmin):
    list_display = ("street", "city", "postal_code", "of_student", "address_type", "deleted")
    fields = (
        "of_student",
        "address_type",
        "street",
        "city",
        "state_province",
        "postal_code",
        "country",
        "effective_on",
        "expires_on",
        "deleted",
        "updated_at",
    )


@admin.register(PhoneNumber)
class PhoneNumberAdmin(PartAdmin):
    list_display = ("__str__", "of_student", "phone_type", "is_listable", "deleted")
    fields = (
        "of_student",
        "phone_type",
        "number",
        "extension",
        "is_listable",
        "effective_on",
        "expires_on",
        "deleted",
        "updated_at",
    )


@admin.register(EmailAddress)
class EmailAddressAdmin(PartAdmin):
    list_display = ("email_address", "of_student", "deleted")
    fields = ("of_student", "email_address", "deleted", "updated_at")


@admin.register(CitizenshipStatus)
class CitizenshipStatusAdmin(PartAdmin):
    list_display = ("citizenship_status", "of_student", "effective_on", "deleted")
    fields = (
        "of_student",
        "citizenship_status",
        "guardian_citizenship_status",
        "document_expiry_date",
        "effective_on",
        "deleted",
        "updated_at",
    )


@admin.register(DisclosureRestriction)
class DisclosureRestrictionAdmin(PartAdmin):
    when_empty = _("No record is restricted. A restriction is recorded from the page of a student.")
    list_display = ("code", "of_student", "effective_on", "expires_on", "is_active", "deleted")
    fields = (
        "of_student",
        "code",
        "details",
        "effective_on",
        "expires_on",
        "is_active",
        "deleted",
        "updated_at",
    )
