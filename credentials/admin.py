"""Where students stand, credentials and awarding runs in the back office, read."""

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from credentials import awarding_admin, definition_admin  # noqa: F401  (they register pages)
from credentials.award_tasks import AwardTasks, OrderTasks, may_order, order_status_url
from credentials.credential_numbers import written
from credentials.eligibility_admin import ExplainsEligibility
from credentials.finding import find_by_number
from credentials.models import (
    ArchivedCredential,
    AwardedCredential,
    DocumentOrderItem,
    RequirementAchievement,
    RequirementExemption,
    RequirementSetStatus,
)
from credentials.numbers_through_time import numbers_through_time
from credentials.order_pages import changes_of
from credentials.requests import DELETE_REASONS
from enrolments.admin import OfStudentAdmin
from pasi.back_office.admins import (
    MarkedDeleted,
    ReadOnlyAdmin,
    ReadOnlyHistoryAdmin,
    ReadOnlyInline,
    record_url,
)
from pasi.back_office.formats import NOTHING
from pasi.back_office.lists import (
    CredentialTypeFilter,
    NewestOfYearFilter,
    students_found,
)
from pasi.calendar import school_year_text
from pasi.models import Code
from students.part_admin import student_link

BY_NUMBER_OR_STUDENT = _(
    "Credential number (XXXXX-XXXXX or ten digits, former ones too), legacy number, "
    "or ASN or name of the student"
)


def awards_found(text: str) -> QuerySet:
    """Keys of the awards that `text` names: by a number of theirs, former ones too, or by the
    student. One search per index and their union: joined by OR they would read the whole table.
    """
    awards = AwardedCredential.objects.order_by()
    numbered = [found.award for found in find_by_number([text])]
    of_students = awards.filter(student__in=students_found(text)).values("pk")
    return awards.filter(pk__in=numbered).values("pk").union(of_students)


# --- Where students stand ------------------------------------------------------------------------


@admin.register(RequirementSetStatus)
class RequirementSetStatusAdmin(ExplainsEligibility, OfStudentAdmin):
    when_empty = _("Nothing is calculated yet: a worker does it once students have marks.")
    list_display = (
        "requirement_set",
        "of_student",
        "name",
        "status",
        "percentage_complete",
        "is_calculated",
    )
    list_select_related = ("student__legal_name", "requirement_set")
    # Not by set: nobody works through the millions of one, and the calculator would pay for the
    # index. What is to be done in a set stands in the lists of credentials to review.
    list_filter = ("status", "is_calculated")
    fields = (*list_display, "version", "created_at", "updated_at")


@admin.register(RequirementAchievement)
class RequirementAchievementAdmin(OfStudentAdmin):
    when_empty = _(
        "None is recorded by hand yet. It is done under Credentials on the page of a student."
    )
    list_display = (
        "requirement",
        "of_student",
        "name",
        "achievement",
        "organization",
        "updated_at",
    )
    list_select_related = ("student__legal_name", "organization")
    list_filter = ("achievement",)
    fields = (*list_display, "version", "created_at")


@admin.register(RequirementExemption)
class RequirementExemptionAdmin(OfStudentAdmin):
    when_empty = _(
        "None is recorded by hand yet. It is done under Credentials on the page of a student."
    )
    list_display = (
        "requirement",
        "of_student",
        "name",
        "reason",
        "status",
        "organization",
        "updated_at",
        "deleted",
    )
    list_select_related = ("student__legal_name", "organization")
    list_filter = ("status", "is_deleted")
    fields = (*list_display, "version", "created_at")


# --- Credentials --------------------------------------------------------------------------------


class NumberedAdmin(MarkedDeleted):
    """What an awarded and an archived credential show alike."""

    @admin.display(description=_("Credential number"))
    def credential_number(self, award) -> str:
        return written(award.number_id)

    @admin.display(description=_("School year"))
    def year(self, award) -> str:
        return school_year_text(award.school_year)

    @admin.display(description=_("Printed name"))
    def printed_name(self, award) -> str:
        return award.full_name

    def get_queryset(self, request) -> QuerySet:
        reasons = Code.objects.filter(code_type=DELETE_REASONS, code=OuterRef("delete_reason"))
        name = Subquery(reasons.values("short_name")[:1])
        return super().get_queryset(request).annotate(reason_name=name)

    @admin.display(description=_("Reason"))
    def reason(self, award) -> str:
        """Why it was deleted: a code's name, or the text as it was given."""
        return award.reason_name or award.delete_reason or NOTHING


class DocumentOrderInline(ReadOnlyInline):
    model = DocumentOrderItem
    has_history = True
    verbose_name_plural = _("orders of its document")
    fields = (
        "credential_number",
        "status",
        "delivery_method",
        "language",
        "copies",
        "created_at",
        "updated_at",
    )

    def get_fields(self, request, obj=None):
        return (*self.fields, "change") if may_order(request) else self.fields

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

    @admin.display(description=_("Credential number"))
    def credential_number(self, item: DocumentOrderItem) -> str:
        return written(item.number_id)

    @admin.display(description=_("What to do"))
    def change(self, item: DocumentOrderItem) -> str:
        if not changes_of(item):
            return NOTHING
        label = _("Change or cancel")
        return format_html('<a href="{}">{}</a>', order_status_url(item), label)


@admin.register(AwardedCredential)
class AwardedCredentialAdmin(AwardTasks, NumberedAdmin, OfStudentAdmin):
    when_empty = _(
        "Nothing has been awarded yet. Award one student or Award in bulk, in the menu, begins it."
    )
    list_display = (
        "credential_number",
        "credential_type",
        "of_student",
        "printed_name",
        "year",
        "awarded_on",
        "legacy_number",
        "deleted",
    )
    list_select_related = ("student",)
    list_filter = (CredentialTypeFilter, NewestOfYearFilter, "is_deleted")
    search_help_text = BY_NUMBER_OR_STUDENT
    fields = (*list_display, "reason", "version", "created_at", "updated_at")
    change_form_template = "admin/award.html"
    inlines = (DocumentOrderInline,)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["numbers"] = numbers_through_time(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def found(self, text: str) -> Q:
        return Q(pk__in=awards_found(text))

    def name_of(self, record):
        return f"{written(record.number_id)} {record.credential_type}"

    def notices(self, record):
        if not record.is_deleted:
            return []
        why = record.reason_name or record.delete_reason or _("no reason")
        return [_("This credential is deleted: %s.") % why]


@admin.register(ArchivedCredential)
class ArchivedCredentialAdmin(NumberedAdmin, ReadOnlyAdmin):
    when_empty = _("No credential has been issued again, so no number was replaced.")
    lists_students = True
    list_display = (
        "credential_number",
        "credential_type",
        "present",
        "printed_name",
        "year",
        "awarded_on",
        "archived_at",
    )
    list_select_related = ("award__student",)
    list_filter = (CredentialTypeFilter, NewestOfYearFilter)
    search_fields = ("number",)
    search_help_text = _(
        "Former credential number (XXXXX-XXXXX or ten digits), legacy number, or ASN or name"
    )
    fields = (
        *list_display,
        "legacy_number",
        "deleted",
        "reason",
        "version",
        "call",
    )

    def students_seen(self, request, record):
        return [record.award.student.asn]

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        if not text:
            return queryset, False
        rows = ArchivedCredential.objects.order_by()
        numbered = [found.archived for found in find_by_number([text]) if found.archived]
        of_students = rows.filter(award__student__in=students_found(text)).values("pk")
        found = rows.filter(pk__in=numbered).values("pk").union(of_students)
        return queryset.filter(pk__in=found), False

    @admin.display(description=_("Number now"))
    def present(self, former: ArchivedCredential) -> str:
        return format_html(
            '<a href="{}">{}</a>', record_url(former.award), written(former.award.number_id)
        )


# --- Orders of documents ------------------------------------------------------------------------


@admin.register(DocumentOrderItem)
class DocumentOrderItemAdmin(OrderTasks, ReadOnlyHistoryAdmin):
    """Items are ordered and changed by the services only."""

    when_empty = _(
        "No document is ordered yet. Order from the page of a credential, or many with Order "
        "documents in bulk."
    )
    lists_students = True
    list_display = (
        "credential_number",
        "credential_type",
        "of_student",
        "recipient",
        "status",
        "delivery_method",
        "language",
        "copies",
        "updated_at",
    )
    list_select_related = ("award__student__legal_name",)
    list_filter = ("status", "delivery_method", "language")
    search_fields = ("number",)
    search_help_text = BY_NUMBER_OR_STUDENT
    fields = (*list_display, "award_now", "version", "created_at")

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        found = queryset.filter(award__in=awards_found(text)) if text else queryset
        return found, False

    def name_of(self, record):
        return f"{written(record.number_id)} {record.get_status_display()}"

    def students_seen(self, request, record):
        return [record.award.student.asn]

    @admin.display(description=_("Credential number"))
    def credential_number(self, item: DocumentOrderItem) -> str:
        return written(item.number_id)

    @admin.display(description=_("Credential type"))
    def credential_type(self, item: DocumentOrderItem) -> str:
        return item.award.credential_type

    @admin.display(description=_("Student"))
    def of_student(self, item: DocumentOrderItem) -> str:
        return student_link(item.award.student)

    @admin.display(description=_("Recipient"))
    def recipient(self, item: DocumentOrderItem) -> str:
        return item.award.student.legal_name.full_name

    @admin.display(description=_("Number now"))
    def award_now(self, item: DocumentOrderItem) -> str:
        return format_html(
            '<a href="{}">{}</a>', record_url(item.award), written(item.award.number_id)
        )
