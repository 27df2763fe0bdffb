"""Credentials and awarding runs in the back office, read; requirement sets, changed by staff."""

from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from audit.models import ServiceCall
from credentials.credential_numbers import WRITTEN, written
from credentials.models import (
    ArchivedCredential,
    AwardedCredential,
    AwardingBatch,
    AwardingOutcome,
    AwardingRun,
    RequirementSet,
    RequirementSetStatus,
)
from credentials.services import SubmitCredentialAwardingMultiple
from enrolments.admin import OfStudentAdmin
from pasi.back_office.admins import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    RecordedAdmin,
    list_url,
    record_url,
)
from pasi.back_office.formats import NOTHING, asn_text
from pasi.back_office.lists import (
    CredentialTypeFilter,
    SchoolYearFilter,
    asn_in,
    students_found,
)
from pasi.calendar import school_year_text
from pasi.models import Code
from pasi.rules import rule
from pasi.text_search import folded
from students.models import Student


def credential_types() -> list[tuple[str, str]]:
    codes = Code.objects.filter(code_type="CredentialType").order_by("code")
    return [(code.code, f"{code.code} {code.short_name}") for code in codes]


def number_in(text: str) -> int | None:
    """The credential number written XXXXX-XXXXX or as ten digits; None for anything else."""
    number = int(text.replace("-", "")) if WRITTEN.fullmatch(text) else None
    return number if number and number < 2**31 else None


def numbered(text: str) -> Q:
    """Records under the number that `text` is, ours or a legacy one."""
    found = Q(legacy_number__folded=folded(text)) & ~Q(legacy_number="")
    number = number_in(text)
    return found | Q(number=number) if number else found


# --- Requirement sets ---------------------------------------------------------------------------


class RequirementSetForm(forms.ModelForm):
    credential_type = forms.ChoiceField(choices=credential_types)


@admin.register(RequirementSet)
class RequirementSetAdmin(RecordedAdmin):
    form = RequirementSetForm
    keys = ("code",)
    list_display = ("code", "name", "credential_type", "category")
    list_filter = ("credential_type", "category")
    search_fields = ("code", "name")

    def related_lists(self, record):
        return [(_("Where students stand"), RequirementSetStatus, {"requirement_set": record.code})]


class RequirementSetFilter(admin.SimpleListFilter):
    title = _("requirement set")
    parameter_name = "requirement_set"

    def lookups(self, request, model_admin):
        return list(RequirementSet.objects.order_by("code").values_list("code", "code"))

    def queryset(self, request, queryset):
        return queryset.filter(requirement_set=self.value()) if self.value() else queryset


@admin.register(RequirementSetStatus)
class RequirementSetStatusAdmin(OfStudentAdmin):
    list_display = ("requirement_set", "of_student", "name", "status", "is_calculated")
    list_filter = ("status", "is_calculated", RequirementSetFilter)
    fields = (*list_display, "version", "created_at", "updated_at")


# --- Credentials --------------------------------------------------------------------------------


class NumberedAdmin:
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


class ArchivedInline(NumberedAdmin, ReadOnlyInline):
    model = ArchivedCredential
    verbose_name_plural = _("former numbers")
    fields = (
        "credential_number",
        "year",
        "printed_name",
        "awarded_on",
        "legacy_number",
        "is_deleted",
        "archived_at",
    )


@admin.register(AwardedCredential)
class AwardedCredentialAdmin(NumberedAdmin, OfStudentAdmin):
    list_display = (
        "credential_number",
        "credential_type",
        "of_student",
        "printed_name",
        "year",
        "awarded_on",
        "legacy_number",
        "is_deleted",
    )
    list_select_related = ("student",)
    list_filter = (CredentialTypeFilter, SchoolYearFilter, "is_deleted")
    search_help_text = _(
        "Credential number (XXXXX-XXXXX or ten digits, former ones too), legacy number, "
        "or ASN or name of the student"
    )
    fields = (*list_display, "delete_reason", "version", "created_at", "updated_at")
    inlines = (ArchivedInline,)

    def found(self, text: str) -> Q:
        """One search per index and their union: joined by OR they would read the whole table."""
        awards = AwardedCredential.objects.order_by()
        return Q(
            pk__in=awards.filter(numbered(text))
            .values("pk")
            .union(
                ArchivedCredential.objects.filter(numbered(text)).values("award"),
                awards.filter(super().found(text)).values("pk"),
            )
        )

    def name_of(self, record):
        return f"{written(record.number_id)} {record.credential_type}"

    def notices(self, record):
        if not record.is_deleted:
            return []
        return [_("This credential is deleted: %s.") % (record.delete_reason or _("no reason"))]


@admin.register(ArchivedCredential)
class ArchivedCredentialAdmin(NumberedAdmin, ReadOnlyAdmin):
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
    list_filter = (CredentialTypeFilter, SchoolYearFilter)
    search_fields = ("number",)
    search_help_text = _(
        "Former credential number (XXXXX-XXXXX or ten digits), legacy number, or ASN or name"
    )
    fields = (
        *list_display,
        "legacy_number",
        "is_deleted",
        "delete_reason",
        "version",
        "call",
    )

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        if not text:
            return queryset, False
        rows = ArchivedCredential.objects.order_by()
        of_students = rows.filter(award__student__in=students_found(text))
        numbers = rows.filter(numbered(text)).values("pk").union(of_students.values("pk"))
        return queryset.filter(pk__in=numbers), False

    @admin.display(description=_("Number now"))
    def present(self, former: ArchivedCredential) -> str:
        return format_html(
            '<a href="{}">{}</a>', record_url(former.award), written(former.award.number_id)
        )


# --- Awarding runs ------------------------------------------------------------------------------


@admin.register(AwardingRun)
class AwardingRunAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "state",
        "origin",
        "started_by",
        "requested",
        "is_dry_run",
        "started_at",
        "finished_at",
    )
    list_filter = ("origin", "is_dry_run")
    fieldsets = (
        (None, {"fields": ("id", "state", "answered", "awarded", "rejected")}),
        (
            _("Request"),
            {
                "fields": (
                    "origin",
                    "started_by",
                    "is_dry_run",
                    "requested",
                    "for_types",
                    "criteria",
                    "started_at",
                    "finished_at",
                    "call",
                )
            },
        ),
    )

    def notices(self, record):
        return [_("A dry run: decided, but nothing was awarded.")] if record.is_dry_run else []

    def related_lists(self, record):
        query = {"run__id__exact": record.pk}
        return [
            (_("All outcomes"), AwardingOutcome, query),
            (_("Batches and their calls"), AwardingBatch, query),
        ]

    @admin.display(description=_("State"))
    def state(self, run: AwardingRun) -> str:
        if run.finished_at or run.origin == AwardingRun.Origin.HTTP:
            return _("finished")
        return _("not finished")

    @admin.display(description=_("Students answered"))
    def answered(self, run: AwardingRun) -> str:
        count = AwardingOutcome.objects.filter(run=run).count()
        return _("%(count)s of %(requested)s") % {
            "count": f"{count:,}",
            "requested": f"{run.requested:,}",
        }

    @admin.display(description=_("Awarded"))
    def awarded(self, run: AwardingRun) -> str:
        names = dict(credential_types())
        return counts(
            run,
            Q(rejection_code=""),
            "credential_type",
            lambda kind: names.get(kind, kind),
        )

    @admin.display(description=_("Not awarded"))
    def rejected(self, run: AwardingRun) -> str:
        return counts(
            run,
            ~Q(rejection_code=""),
            "rejection_code",
            lambda code: f"{code} {rule(code).title}",
        )

    @admin.display(description=_("Only these types"))
    def for_types(self, run: AwardingRun) -> str:
        return ", ".join(run.credential_types) or _("any")


def counts(run: AwardingRun, condition: Q, field: str, label):
    """A small table: how many outcomes of a run by `field`, each a link to them, and their sum."""
    found = (
        AwardingOutcome.objects.filter(condition, run=run)
        .values_list(field)
        .annotate(number=Count("pk"))
        .order_by(field)
    )
    rows = [
        (
            f"{n:,}",
            list_url(AwardingOutcome, {"run__id__exact": run.pk, field: value}),
            label(value),
        )
        for value, n in found
    ]
    if not rows:
        return _("none")
    lines = format_html_join(
        "", '<tr><td class="count">{}</td><td><a href="{}">{}</a></td></tr>', rows
    )
    total = f"{sum(n for _value, n in found):,}"
    return format_html(
        '<table class="counts">{}<tr><td class="count">{}</td><td>{}</td></tr></table>',
        lines,
        total,
        _("together"),
    )


class OutcomeTypeFilter(CredentialTypeFilter):
    title = _("credential awarded")


class RejectionFilter(admin.SimpleListFilter):
    title = _("rejection")
    parameter_name = "rejection_code"

    def lookups(self, request, model_admin):
        stages = SubmitCredentialAwardingMultiple.stages
        return [(rule.code, f"{rule.code} {rule.title}") for stage in stages for rule in stage]

    def queryset(self, request, queryset):
        return queryset.filter(rejection_code=self.value()) if self.value() else queryset


@admin.register(AwardingOutcome)
class AwardingOutcomeAdmin(ReadOnlyAdmin):
    list_display = (
        "in_run",
        "place",
        "student",
        "credential_type",
        "number",
        "year",
        "rejection_code",
        "rejection_description",
    )
    list_display_links = ("place",)
    list_filter = (OutcomeTypeFilter, RejectionFilter)
    list_select_related = ("run",)
    search_fields = ("asn",)
    search_help_text = _("ASN, or a run's number with # (#12)")
    fields = (*list_display, "is_recalculating", "version")

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        if not text:
            return queryset, False
        if text.startswith("#") and text[1:].isdecimal():
            return queryset.filter(run=int(text[1:])), False
        return queryset.filter(asn=asn_in(text) or text), False

    @admin.display(description=_("Run"))
    def in_run(self, outcome: AwardingOutcome) -> str:
        return format_html('<a href="{}">{}</a>', record_url(outcome.run), outcome.run)

    @admin.display(description=_("Place in the list"))
    def place(self, outcome: AwardingOutcome) -> int:
        return outcome.position + 1

    @admin.display(description=_("Student"))
    def student(self, outcome: AwardingOutcome) -> str:
        return format_html(
            '<a href="{}">{}</a>', list_url(Student, {"q": outcome.asn}), asn_text(outcome.asn)
        )

    @admin.display(description=_("Credential number"))
    def number(self, outcome: AwardingOutcome) -> str:
        if not outcome.credential_number:
            return NOTHING
        text = written(outcome.credential_number)
        return format_html('<a href="{}">{}</a>', list_url(AwardedCredential, {"q": text}), text)

    @admin.display(description=_("School year"))
    def year(self, outcome: AwardingOutcome) -> str:
        return school_year_text(outcome.school_year) if outcome.school_year else NOTHING


@admin.register(AwardingBatch)
class AwardingBatchAdmin(ReadOnlyAdmin):
    """Reached from its run."""

    list_display = ("first_place", "students", "state", "call_link")
    fields = ("run", *list_display)
    search_fields = ("run__id",)
    ordering = ("run", "first_position")

    def get_model_perms(self, request):
        """Not listed on the start page."""
        return {}

    @admin.display(description=_("First place in the list"))
    def first_place(self, batch: AwardingBatch) -> int:
        return batch.first_position + 1

    @admin.display(description=_("Students"))
    def students(self, batch: AwardingBatch) -> int:
        return len(batch.asns)

    @admin.display(description=_("State"))
    def state(self, batch: AwardingBatch) -> str:
        return _("done") if batch.call_id else _("waiting")

    @admin.display(description=_("Call"))
    def call_link(self, batch: AwardingBatch) -> str:
        if not batch.call_id:
            return NOTHING
        return format_html(
            '<a href="{}">{}</a>', record_url(ServiceCall(pk=batch.call_id)), batch.call_id
        )
