"""The audit in the back office: calls with their answers, and who read what. Nobody changes it."""

import json
from contextlib import suppress
from ipaddress import ip_address
from itertools import chain
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from audit import call_csv
from audit.call_filters import TYPED, OutcomeFilter
from audit.masking import masked
from audit.models import RecordRead, ServiceCall, ServiceResponse, SignIn
from credentials.bulk_awarding import OPERATIONS as OF_BULK_AWARDING
from credentials.ordering_in_bulk import ORDER_DOCUMENTS
from credentials.services.submit_awarding_multiple import DRY_RUN_OPERATION
from enrolments.failed_work import RETRY_JOB
from enrolments.processors import PROCESS_TRIGGERS
from enrolments.scans import RAISE_TRIGGERS
from pasi.back_office.admins import READING, ReadOnlyAdmin, list_url, record_url
from pasi.back_office.csv_out import csv_file
from pasi.back_office.formats import NOTHING, asn_text, instant_text, through_what, who_called
from pasi.back_office.lists import COUNTED_AT_MOST, ReceivedFilter, asn_in, uuid_in
from pasi.back_office.reads import record_read
from pasi.back_office.typed_filters import TypedFilter
from pasi.models import PasiClient
from pasi.operations import SERVICES
from pasi.setting_up import CHANGE_SET_UP
from students.models import Student

SHOWN_OF_A_BODY = 50_000  # characters
SHOWN_OF_A_KIND = 10  # changed records
# Recorded calls that are no published service.
OTHER_OPERATIONS = (
    *(CHANGE_SET_UP, DRY_RUN_OPERATION, ServiceCall.IMPORT_RECORDS, PROCESS_TRIGGERS),
    *(RAISE_TRIGGERS, RETRY_JOB, ORDER_DOCUMENTS, *OF_BULK_AWARDING),
)
NOT_APPLIED = _("no answer recorded: nothing was applied")


class OperationFilter(admin.SimpleListFilter):
    title = _("operation")
    parameter_name = "operation"

    def lookups(self, request, model_admin):
        names = sorted([*(service.operation for service in SERVICES), *OTHER_OPERATIONS])
        return [(name, name) for name in names]

    def queryset(self, request, queryset):
        return queryset.filter(operation=self.value()) if self.value() else queryset


def students_links(asns: list[str], *, many: str = ""):
    """Links to the students with these numbers; `many` is said when there may be more."""
    if not asns:
        return NOTHING
    links = format_html_join(
        ", ", '<a href="{}">{}</a>', ((list_url(Student, {"q": a}), asn_text(a)) for a in asns)
    )
    return format_html("{} {}", links, many if len(asns) >= 100 else "")


@admin.register(ServiceCall)
class ServiceCallAdmin(ReadOnlyAdmin):
    list_display = (
        "received_at",
        "operation",
        "outcome",
        "codes",
        "caller",
        "organization_code",
        "milliseconds",
    )
    numbers = ("milliseconds",)
    change_list_template = "admin/call_list.html"
    list_filter = (ReceivedFilter, OutcomeFilter, OperationFilter, "door", *TYPED)
    list_select_related = ("client", "staff", "response")
    search_fields = ("message_id",)
    search_help_text = _(
        "Message id, client message id, ASN of a student concerned, organization code or operation"
    )
    what = (
        "operation",
        "outcome",
        "http_status",
        "codes",
        "received_at",
        "answered_at",
        "milliseconds",
        "message_id",
        "replay",
    )
    who = (
        "by",
        "through",
        "organization_code",
        "user_name",
        "user_local_id",
        "user_ip_address",
        "address",
        "client_message_id",
        "sent_at",
        "software",
    )

    def get_queryset(self, request):
        """The bodies, of up to 4 MiB, are fetched for the page of one call alone."""
        rows = super().get_queryset(request)
        return rows.defer("body", "response__body")

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        if not text:
            return queryset, False
        if asn := asn_in(text):
            found = Q(response__state_province_ids__contains=[asn])
        elif key := uuid_in(text):
            found = Q(message_id=key) | Q(client_message_id=text)
        else:
            found = Q(client_message_id=text) | Q(organization_code=text.upper())
            found |= Q(operation=text)
        return queryset.filter(found), False

    def get_urls(self):
        page = self.admin_site.admin_view(self.csv_view)
        return [path("csv/", page, name="audit_servicecall_csv"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        """Fields of the form that were left empty are left out of the address."""
        typed = [each.parameter_name for each in TYPED]
        if request.method == "GET" and any(request.GET.get(name) == "" for name in typed):
            filled = request.GET.copy()
            for name in typed:
                if not filled.get(name):
                    filled.pop(name, None)
            return HttpResponseRedirect(f"?{filled.urlencode()}")
        query = request.GET.urlencode()
        context = {"csv_url": f"{reverse('admin:audit_servicecall_csv')}?{query}"}
        response = super().changelist_view(request, context | (extra_context or {}))
        if shown := (getattr(response, "context_data", None) or {}).get("cl"):
            typed_names = {*typed, PAGE_VAR}
            response.context_data |= {
                "typed_filters": typed_filters(shown),
                "kept_parameters": [
                    pair for pair in request.GET.items() if pair[0] not in typed_names
                ],
            }
            _say_problems(request, shown)
        return response

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """What the list shows with these filters, all of it."""
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            shown = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(list_url(ServiceCall))
        if _say_problems(request, shown):
            return HttpResponseRedirect(list_url(ServiceCall, request.GET.dict()))
        rows = call_csv.rows(request, shown.queryset.order_by("-pk"))
        return csv_file("service-calls.csv", call_csv.HEADINGS, rows)

    def get_fieldsets(self, request, obj=None):
        contents = ("request_body", "response_body")
        if not sees_bodies(request):
            contents = ("request_masked", "response_masked", "why_masked")
        return (
            (_("What"), {"fields": self.what}),
            (_("Who"), {"fields": self.who}),
            (_("Consequences"), {"fields": ("students", "records_changed")}),
            (_("Contents"), {"fields": contents}),
        )

    def students_seen(self, request, record):
        return answered(record).state_province_ids if answered(record) else []

    def leave_trace(self, request, records):
        """Whether what is personal was to be seen is part of the trace."""
        seen = chain.from_iterable(self.students_seen(request, each) for each in records)
        record_read(request, seen, Contents="shown" if sees_bodies(request) else "masked")

    def notices_on_students(self, request, record):
        """Nothing is said of students to those from whom their data are hidden."""
        return super().notices_on_students(request, record) if sees_bodies(request) else []

    def notices(self, record):
        return [] if answered(record) else [_("This call has %s.") % NOT_APPLIED]

    def related_lists(self, record):
        from credentials.models import AwardingRun

        by_staff = record.operation in OF_BULK_AWARDING
        of = Q(staff_calls=record) if by_staff else Q(call=record) | Q(batches__call=record)
        run = AwardingRun.objects.filter(of).first()
        return [(_("Its awarding run"), AwardingRun, {"id__exact": run.pk})] if run else []

    @admin.display(description=_("Outcome"))
    def outcome(self, call: ServiceCall) -> str:
        return answered(call).outcome if answered(call) else NOT_APPLIED

    @admin.display(description=_("HTTP status"))
    def http_status(self, call: ServiceCall) -> Any:
        return answered(call) and answered(call).http_status

    @admin.display(description=_("Rule codes"))
    def codes(self, call: ServiceCall) -> str:
        return (answered(call) and ", ".join(answered(call).codes)) or NOTHING

    @admin.display(description=_("Answered at"))
    def answered_at(self, call: ServiceCall) -> str:
        return instant_text(answered(call).answered_at) if answered(call) else NOTHING

    @admin.display(description=_("Milliseconds"))
    def milliseconds(self, call: ServiceCall) -> Any:
        return answered(call) and answered(call).duration_milliseconds

    @admin.display(description=_("Repeat of"))
    def replay(self, call: ServiceCall) -> str:
        first = answered(call) and answered(call).replay_of_id
        if not first:
            return NOTHING
        return format_html('<a href="{}">{}</a>', record_url(ServiceCall(pk=first)), first)

    @admin.display(description=_("By, through"))
    def caller(self, call: ServiceCall) -> str:
        return f"{who_called(call)}, {through_what(call)}"

    @admin.display(description=_("By"))
    def by(self, call: ServiceCall) -> str:
        return who_called(call)

    @admin.display(description=_("Through"))
    def through(self, call: ServiceCall) -> str:
        return through_what(call)

    @admin.display(description=_("Software"))
    def software(self, call: ServiceCall) -> str:
        parts = (
            call.software_manufacturer,
            call.software_product,
            call.software_version,
            call.software_build_number,
        )
        return " ".join(part for part in parts if part) or NOTHING

    @admin.display(description=_("Students concerned"))
    def students(self, call: ServiceCall) -> str:
        asns = answered(call).state_province_ids if answered(call) else []
        return students_links(asns, many=_("(the first 100)"))

    @admin.display(description=_("Records changed"))
    def records_changed(self, call: ServiceCall) -> str:
        return format_html_join("", "<div>{}: {}</div>", changed_by(call)) or NOTHING

    @admin.display(description=_("Request"))
    def request_body(self, call: ServiceCall) -> str:
        return body_shown(call.body)

    @admin.display(description=_("Response"))
    def response_body(self, call: ServiceCall) -> str:
        response = answered(call)
        if response is None or response.body is None:
            return NOTHING
        return body_shown(json.dumps(response.body, ensure_ascii=False))

    @admin.display(description=_("Request"))
    def request_masked(self, call: ServiceCall) -> str:
        return body_shown(masked(call.body))

    @admin.display(description=_("Response"))
    def response_masked(self, call: ServiceCall) -> str:
        response = answered(call)
        if response is None or response.body is None:
            return NOTHING
        return body_shown(masked(json.dumps(response.body, ensure_ascii=False)))

    @admin.display(description=_("Hidden"))
    def why_masked(self, call: ServiceCall) -> str:
        return _("Seeing personal data in requests and responses needs a permission of its own.")


def typed_filters(changelist) -> list[TypedFilter]:
    return [each for each in changelist.filter_specs if isinstance(each, TypedFilter)]


def _say_problems(request: HttpRequest, changelist) -> bool:
    """Say how to write what could not be read; whether there is anything to say."""
    problems = [each.problem for each in typed_filters(changelist) if each.problem]
    for problem in problems:
        messages.error(request, problem)
    return bool(problems)


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def sees_bodies(request) -> bool:
    return request.user.has_perm("audit.view_bodies")


def answered(call: ServiceCall) -> ServiceResponse | None:
    """The answer to a call; None where there is none."""
    return getattr(call, "response", None)


def body_shown(text: str):
    """A body, indented where it is JSON, cut where it is long."""
    with suppress(ValueError, RecursionError):  # what is no JSON is shown as it was received
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    text = text.encode(errors="backslashreplace").decode()  # a lone surrogate has no UTF-8
    left_off = len(text) - SHOWN_OF_A_BODY
    note = _("… and %s more characters") % f"{left_off:,}" if left_off > 0 else ""
    return format_html(
        '<pre class="body-of-call">{}</pre><div>{}</div>', text[:SHOWN_OF_A_BODY], note
    )


def changed_by(call: ServiceCall) -> list[tuple[str, Any]]:
    """(kind, records) of the business records whose history names this call."""
    changed = []
    for model in apps.get_models():
        if not hasattr(model._meta, "simple_history_manager_attribute"):
            continue
        rows = model.history.filter(call_id=call.pk)
        keys = list(rows.values_list(model._meta.pk.attname, flat=True)[: SHOWN_OF_A_KIND + 1])
        if not keys:
            continue
        if len(keys) > SHOWN_OF_A_KIND:
            count = rows[:COUNTED_AT_MOST].count()
            text = f"{count:,}" if count < COUNTED_AT_MOST else _("%s or more") % f"{count:,}"
            changed.append((model._meta.verbose_name_plural, text))
            continue
        links = (
            (record_url(model(pk=key)), f"{model._meta.verbose_name} {key}")
            for key in dict.fromkeys(keys)
        )
        changed.append(
            (model._meta.verbose_name_plural, format_html_join(", ", '<a href="{}">{}</a>', links))
        )
    return changed


@admin.register(RecordRead)
class RecordReadAdmin(ReadOnlyAdmin):
    list_display = ("read_at", "by", "organization_code", "path", "filters", "count")
    list_select_related = ("client", "staff")
    list_filter = (ReceivedFilter,)
    search_fields = ("message_id",)
    search_help_text = _(
        "Message id, ASN of a student seen, or the name of a client or a staff user"
    )
    fields = (
        "read_at",
        "by",
        "organization_code",
        "path",
        "filters",
        "count",
        "students",
        "message_id",
    )

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        if not text:
            return queryset, False
        if key := uuid_in(text):
            return queryset.filter(message_id=key), False
        if asn := asn_in(text):
            return queryset.filter(state_province_ids__contains=[asn]), False
        clients = list(PasiClient.objects.filter(name=text))
        staff = list(User.objects.filter(username=text))
        return queryset.filter(Q(client__in=clients) | Q(staff__in=staff)), False

    @admin.display(description=_("By"))
    def by(self, read: RecordRead) -> str:
        return str(read.client.name if read.client else read.staff or NOTHING)

    @admin.display(description=_("Students seen"))
    def students(self, read: RecordRead) -> str:
        return students_links(read.state_province_ids, many=_("(the first 100)"))


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    list_display = ("happened_at", "name", "result", "address", "software")
    list_filter = (ReceivedFilter, "outcome")
    search_fields = ("name",)
    search_help_text = _("Name of the login, or network address")
    fields = (*list_display, "message_id")
    when_empty = _("Nobody has signed in yet.")

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        if not text:
            return queryset, False
        return queryset.filter(**{"address" if is_address(text) else "name": text}), False

    @admin.display(description=_("What happened"))
    def result(self, sign_in: SignIn) -> str:
        return sign_in.get_outcome_display()
