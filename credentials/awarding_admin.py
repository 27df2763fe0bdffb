"""Awarding runs in the back office: what was asked for, what became of it, how far it has come."""

from django.contrib import admin
from django.db.models import Count, F, Q
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from audit.models import ServiceCall
from credentials.credential_numbers import written
from credentials.models import AwardedCredential, AwardingBatch, AwardingOutcome, AwardingRun
from credentials.services import SubmitCredentialAwardingMultiple
from pasi.back_office.admins import ReadOnlyAdmin, list_url, record_url
from pasi.back_office.formats import NOTHING, asn_text
from pasi.back_office.lists import CredentialTypeFilter, asn_in, credential_types
from pasi.calendar import school_year_text
from pasi.figures.counting import unfinished_runs
from pasi.rules import rule
from students.models import Student


class RunStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", _("Not finished")), ("finished", _("Finished"))]

    def queryset(self, request, queryset):
        if self.value() not in {"open", "finished"}:
            return queryset
        unfinished = unfinished_runs().values("pk")
        if self.value() == "open":
            return queryset.filter(pk__in=unfinished)
        return queryset.exclude(pk__in=unfinished)


@admin.register(AwardingRun)
class AwardingRunAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "state",
        "origin",
        "started_by",
        "requested",
        "kind",
        "started_at",
        "finished_at",
    )
    list_filter = (RunStateFilter, "origin", "is_dry_run")
    fieldsets = (
        (None, {"fields": ("id", "state", "answered", "awarded", "rejected")}),
        (
            _("Request"),
            {
                "fields": (
                    "origin",
                    "started_by",
                    "kind",
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

    @admin.display(description=_("Kind"))
    def kind(self, run: AwardingRun) -> str:
        return _("Dry run") if run.is_dry_run else _("Award")

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
    lists_students = True
    list_display = ("place", "in_run", "student", "result", "number", "year")
    numbers = ("place",)
    list_filter = (OutcomeTypeFilter, RejectionFilter)
    list_select_related = ("run",)
    search_fields = ("asn",)
    search_help_text = _("ASN, or a run's number with # (#12)")
    fields = (
        "in_run",
        "place",
        "student",
        "credential_type",
        "number",
        "year",
        "rejection_code",
        "rejection_description",
        "is_recalculating",
        "version",
    )

    def students_seen(self, request, record):
        return [record.asn]

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

    @admin.display(description=_("Result"))
    def result(self, outcome: AwardingOutcome) -> str:
        code = outcome.rejection_code
        return f"{code} {rule(code).title}" if code else outcome.credential_type

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

    list_display = ("first_place", "in_run", "students", "state", "call_link")
    list_select_related = ("run",)
    numbers = ("first_place", "students")
    fields = list_display
    ordering = ("run", "first_position")

    def get_queryset(self, request):
        """The numbers, up to 50,000 in a row, stay in the database."""
        return super().get_queryset(request).defer("asns").annotate(students_in=F("asns__len"))

    def get_model_perms(self, request):
        """Not listed on the start page."""
        return {}

    @admin.display(description=_("Run"))
    def in_run(self, batch: AwardingBatch) -> str:
        return format_html('<a href="{}">{}</a>', record_url(batch.run), batch.run)

    @admin.display(description=_("First place in the list"))
    def first_place(self, batch: AwardingBatch) -> int:
        return batch.first_position + 1

    @admin.display(description=_("Students"))
    def students(self, batch: AwardingBatch) -> int:
        return batch.students_in

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
