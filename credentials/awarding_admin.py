"""Awarding runs in the back office: what was asked for, what became of it, how far it has come."""

import csv
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audit.models import ServiceCall
from credentials import bulk_awarding, runs
from credentials.bulk_award_pages import PAGES, may_award, steps, tasks_of
from credentials.credential_numbers import written
from credentials.credential_order import ORDER
from credentials.find_number_page import find_number_url
from credentials.models import AwardingBatch, AwardingOutcome, AwardingRun
from credentials.run_progress import chosen_text, progress_of, types_text
from credentials.services import SubmitCredentialAwardingMultiple
from pasi.back_office.admins import READING, ReadOnlyAdmin, list_url, may_view, record_url
from pasi.back_office.formats import NOTHING, asn_text, instant_text, who_called
from pasi.back_office.lists import CredentialTypeFilter, asn_in, credential_types
from pasi.back_office.reads import MOST_ASNS, record_read
from pasi.back_office.service_forms import page_urls
from pasi.back_office.tables import Table, record_link
from pasi.calendar import school_year_text
from pasi.figures.counting import unfinished_runs
from pasi.rules import rule
from students.models import Student

PROGRESS, RESULTS = "run_progress", "run_results"
OF_RUN = "run__id__exact"
OUTCOMES = {"all": Q(), "awarded": Q(rejection_code=""), "not-awarded": ~Q(rejection_code="")}


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
    """The page of a run is also step 2 (preview) and 4 (summary) of awarding in bulk."""

    change_form_template = "admin/awarding_run.html"
    list_display = (
        "id",
        "state",
        "kind",
        "chosen",
        "for_types",
        "requested",
        "started_by",
        "origin",
        "started_at",
        "finished_at",
    )
    list_filter = (RunStateFilter, "origin", "is_dry_run")
    when_empty = _("A run begins with Award in bulk, or with manage.py award_credentials.")

    def get_urls(self):
        reading = [
            path("<int:run>/progress/", self.admin_site.admin_view(self.progress), name=PROGRESS),
            path("<int:run>/results.csv", self.admin_site.admin_view(self.results), name=RESULTS),
        ]
        return [*page_urls(self, PAGES), *reading, *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        """Only what such a run has: a preview may be confirmed, a run over HTTP is one call."""
        fields = ["state", "kind", "chosen", "for_types", "requested", "started_by", "origin"]
        if obj is not None and obj.staff_id:
            fields.append("in_name_of")
        fields += ["started_at", "finished_at"]
        if obj is not None and obj.preview_id:
            fields.append("awards_preview")
        if obj is not None and obj.is_dry_run:
            fields.append("awarded_by")
        if obj is not None and obj.call_id:
            fields.append("made_by_call")
        return [(_("Request"), {"fields": fields})]

    def name_of(self, record):
        return _("Preview, run %s") % record.pk if record.is_dry_run else str(record)

    def notices(self, record):
        return [_("A dry run: decided, but nothing was awarded.")] if record.is_dry_run else []

    def list_tasks(self, request):
        if not may_award(request.user):
            return []
        return [(_("Award in bulk"), reverse("admin:award_in_bulk"))]

    def tasks(self, request, record):
        return tasks_of(record) if may_award(request.user) else []

    def related_lists(self, record):
        query = {OF_RUN: record.pk}
        return [
            (_("All outcomes"), AwardingOutcome, query),
            (_("Batches and their calls"), AwardingBatch, query),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context |= run_context(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def progress(self, request: HttpRequest, run: int) -> HttpResponse:
        """How far a run is, for the page that shows it."""
        found = JsonResponse(progress_of(self._read(request, run)).as_json())
        found["Cache-Control"] = "no-store"
        return found

    def results(self, request: HttpRequest, run: int) -> HttpResponse:
        """The outcomes as CSV: those awarded, those not, or all."""
        record, only = self._read(request, run), request.GET.get("only", "all")
        if not may_view(request, AwardingOutcome):
            raise PermissionDenied
        if only not in OUTCOMES:
            raise Http404("There is no such part of the results.")
        outcomes = AwardingOutcome.objects.filter(OUTCOMES[only], run=record)
        first = outcomes.order_by("position").values_list("asn", flat=True)[:MOST_ASNS]
        record_read(request, first, count=outcomes.count())
        lines = chain([runs.RESULT_COLUMNS], runs.results(outcomes))
        writer = csv.writer(Line(), lineterminator="\n")
        answer = StreamingHttpResponse(map(writer.writerow, lines), content_type="text/csv")
        answer["Content-Disposition"] = f'attachment; filename="run-{run}-{only}.csv"'
        return answer

    def _read(self, request: HttpRequest, run: int) -> AwardingRun:
        if not self.has_view_permission(request) or request.method not in READING:
            raise PermissionDenied
        return get_object_or_404(AwardingRun, pk=run)

    @admin.display(description=_("State"))
    def state(self, run: AwardingRun) -> str:
        if run.finished_at or run.origin == AwardingRun.Origin.HTTP:
            return _("finished")
        return _("stopped on an error") if run.stopped_because else _("not finished")

    @admin.display(description=_("Kind"))
    def kind(self, run: AwardingRun) -> str:
        return _("Preview (dry run)") if run.is_dry_run else _("Award")

    @admin.display(description=_("Students"))
    def chosen(self, run: AwardingRun) -> str:
        return chosen_text(run)

    @admin.display(description=_("Only these types"))
    def for_types(self, run: AwardingRun) -> str:
        return types_text(run)

    @admin.display(description=_("Awards the students of"))
    def awards_preview(self, run: AwardingRun) -> str:
        return run_link(run.preview)

    @admin.display(description=_("Confirmed as"))
    def awarded_by(self, run: AwardingRun) -> str:
        return run_link(AwardingRun.objects.filter(preview=run).first())

    @admin.display(description=_("Calls made in the name of"))
    def in_name_of(self, run: AwardingRun) -> str:
        return run.staff.get_full_name() or run.staff.get_username()

    @admin.display(description=_("Call"))
    def made_by_call(self, run: AwardingRun) -> str:
        return format_html('<a href="{}">{}</a>', record_url(run.call), run.call_id)


def run_link(run: AwardingRun | None) -> str:
    return format_html('<a href="{}">{}</a>', record_url(run), run) if run else NOTHING


class Line:
    """A file of one line: what is written is given back."""

    def write(self, line: str) -> str:
        return line


@dataclass(frozen=True)
class Count:
    """A line of the summary: how many outcomes, of what, and where they are listed."""

    label: str
    number: int
    url: str

    @property
    def text(self) -> str:
        return f"{self.number:,}"


def run_context(request: HttpRequest, run: AwardingRun) -> dict[str, Any]:
    """What the page of a run shows besides its fields. A fixed number of queries."""
    awarded, rejected = outcome_counts(run)
    step = (2 if run.is_dry_run else 4) if run.origin == AwardingRun.Origin.BACK_OFFICE else 0
    may_see = may_view(request, AwardingOutcome)
    return {
        "progress": progress_of(run),
        "progress_url": reverse(f"admin:{PROGRESS}", args=[run.pk]),
        "steps": steps(step) if step else [],
        "awarded": awarded,
        "awarded_sum": f"{sum(each.number for each in awarded):,}",
        "rejected": rejected,
        "rejected_sum": f"{sum(each.number for each in rejected):,}",
        "may_see_outcomes": may_see,
        "csv_url": reverse(f"admin:{RESULTS}", args=[run.pk]) if may_see else "",
        "recalculating": run.outcomes.filter(is_recalculating=True).count() if rejected else 0,
        "tables": [what_staff_did(request, run)] if step else [],
    }


def what_staff_did(request: HttpRequest, run: AwardingRun) -> Table:
    """Who asked for the run and had it go on, and why it had stopped. One query."""
    shows_calls = may_view(request, ServiceCall)
    calls = run.staff_calls.select_related("staff", "response").defer("body")
    rows = [
        [
            instant_text(call.received_at),
            who_called(call),
            _what_was_done(run, call),
            *([record_link(call, call.pk)] if shows_calls else []),
        ]
        for call in calls.order_by("pk")
    ]
    columns = [_("When"), _("Who"), _("What"), *([_("Call")] if shows_calls else [])]
    return Table("staff-calls", _("What staff did"), columns, rows)


def _what_was_done(run: AwardingRun, call: ServiceCall) -> str:
    if call.operation == bulk_awarding.PREVIEW_RUN:
        return _("Began the preview")
    if call.operation == bulk_awarding.CONFIRM_RUN:
        return _("Confirmed run %s and began the award") % run.preview_id
    why = call.response.body[bulk_awarding.STOPPED_BECAUSE]
    return _("Had it go on; it had stopped: %s") % why


def outcome_counts(run: AwardingRun) -> tuple[list[Count], list[Count]]:
    """The outcomes of a run counted: awarded by type, the highest first; not awarded by reason,
    the most frequent first.
    """
    summary, names = runs.summary(run), dict(credential_types())

    def count(field: str, value: str, label: str, number: int) -> Count:
        url = list_url(AwardingOutcome, {OF_RUN: run.pk, field: value})
        return Count(label, number, url)

    awarded = [
        count("credential_type", kind, names.get(kind, kind), summary["awarded"][kind])
        for kind in sorted(summary["awarded"], key=_by_order)
    ]
    rejected = [
        count("rejection_code", code, f"{code} {rule(code).title}", number)
        for code, number in summary["rejected"].items()
    ]
    return awarded, sorted(rejected, key=lambda each: -each.number)


def _by_order(kind: str) -> tuple[int, str]:
    return ORDER.index(kind) if kind in ORDER else len(ORDER), kind


class OfOneRun:
    """A filter of the outcomes of one run: of all runs together nobody needs it, and an index for
    that would be paid by every outcome.
    """

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        query = request.GET.get(SEARCH_VAR, "")
        self.is_offered = OF_RUN in request.GET or query.strip().startswith("#")

    def has_output(self) -> bool:
        return super().has_output() and bool(self.is_offered or self.value())


class OutcomeTypeFilter(OfOneRun, CredentialTypeFilter):
    title = _("credential awarded")


class RejectionFilter(OfOneRun, admin.SimpleListFilter):
    title = _("rejection")
    parameter_name = "rejection_code"

    def lookups(self, request, model_admin):
        stages = SubmitCredentialAwardingMultiple.stages
        return [(rule.code, f"{rule.code} {rule.title}") for stage in stages for rule in stage]

    def queryset(self, request, queryset):
        return queryset.filter(rejection_code=self.value()) if self.value() else queryset


@admin.register(AwardingOutcome)
class AwardingOutcomeAdmin(ReadOnlyAdmin):
    when_empty = _("No run has decided on anybody yet. A run begins with Award in bulk.")
    lists_students = True
    list_display = ("place", "in_run", "student", "result", "number", "year")
    numbers = ("place",)
    # The latest run first, in each the last of its list: the order of an index.
    ordering = ("-run_id", "-position")
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
        number = outcome.credential_number
        return format_html('<a href="{}">{}</a>', find_number_url(number), written(number))

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
