"""The admin classes of the back office.

Records that a service owns are read here and changed by nobody; history is only ever read. Records
of the set-up, which staff change: recorded.py.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from audit.models import ServiceCall
from pasi.back_office.formats import NOTHING, field_text, instant_text, through_what, who_called
from pasi.back_office.lists import (
    EstimatingPaginator,
    NewestOfYearFilter,
    not_all_are_looked_at,
)
from pasi.back_office.reads import record_read
from pasi.back_office.theme import ModelAdmin, TabularInline
from students.notices import notices_on_numbers

READING = ("GET", "HEAD")


class BackOfficeAdmin(ModelAdmin):
    """What every page has: lists whose price does not grow with the table, notices, links."""

    change_form_template = "admin/record.html"
    paginator = EstimatingPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    actions = None
    empty_value_display = NOTHING
    when_empty = _("There is nothing here yet, and nothing needs to be done.")
    numbers: tuple[str, ...] = ()  # columns of numbers that are no fields of the model
    has_history = False
    lists_students = False  # the list itself shows personal data

    def has_delete_permission(self, request, obj=None) -> bool:
        """Nothing is deleted here: records are closed, expired, disabled or marked deleted."""
        return False

    def history_view(self, request, object_id, extra_context=None) -> HttpResponse:
        raise Http404("These records have no history of their own.")

    def students_seen(self, request: HttpRequest, record: models.Model) -> list[str] | None:
        """ASNs of the students whose data the page of `record` shows; None where it shows none."""
        return None

    def leave_trace(self, request: HttpRequest, records: Iterable[models.Model]) -> None:
        """Note who saw whose data, where these records show any."""
        seen = [self.students_seen(request, record) for record in records]
        shown = [asns for asns in seen if asns is not None]
        if shown:
            record_read(request, chain.from_iterable(shown))

    def changelist_view(self, request, extra_context=None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        columns = number_columns(self.model, self.get_list_display(request), self.numbers)
        tasks = [{"label": label, "url": url} for label, url in self.list_tasks(request)]
        context = {
            **{"title": title, "number_columns": columns, "tasks": tasks},
            **(extra_context or {}),
        }
        response = super().changelist_view(request, context)
        if shown := (getattr(response, "context_data", None) or {}).get("cl"):
            shown.chosen = chosen_filters(shown)
            if self.lists_students:
                shown.is_cut = self.is_cut(request, shown)
                self.leave_trace(request, shown.result_list)
        return response

    def is_cut(self, request: HttpRequest, changelist) -> bool:
        """Whether a search for students has looked at some of them only: the page says so."""
        return not_all_are_looked_at(changelist.query)

    def name_of(self, record: models.Model) -> str:
        """What the page of the record is called."""
        return str(record)

    def notices(self, record: models.Model) -> list[str]:
        """What must be known before anything else, in words; shown above the record."""
        return []

    def notices_on_students(self, request: HttpRequest, record: models.Model) -> list[str]:
        """What must be known of the students whose data the page of `record` shows. One query."""
        return notices_on_numbers(self.students_seen(request, record) or ())

    def tasks(self, request: HttpRequest, record: models.Model) -> list[tuple[str, str]]:
        """What the reader can do with the record now: (label, address of the form)."""
        return []

    def list_tasks(self, request: HttpRequest) -> list[tuple[str, str]]:
        """What the reader can do from the list: (label, address of the form)."""
        return []

    def related_lists(self, record: models.Model) -> list[tuple[str, type[models.Model], dict]]:
        """Lists that belong to the record: (label, model, query of its list)."""
        return []

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["has_history"] = self.has_history
        context["trail"] = self.trail(context["preserved_filters"])
        if obj is not None:
            self.leave_trace(request, [obj])
            context["headline"] = context["subtitle"] = self.name_of(obj)
            context["notices"] = [*self.notices_on_students(request, obj), *self.notices(obj)]
            context["tasks"] = [
                {"label": label, "url": url} for label, url in self.tasks(request, obj)
            ]
            context["related"] = [
                {"label": label, "url": list_url(model, query)}
                for label, model, query in self.related_lists(obj)
                if may_view(request, model)
            ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def trail(self, preserved_filters: str = "", record: models.Model | None = None) -> list:
        """(label, address) of the pages above: the list, as it was filtered, and the record."""
        of = {"opts": self.opts, "preserved_filters": preserved_filters}
        above = [
            (
                capfirst(self.opts.verbose_name_plural),
                add_preserved_filters(of, list_url(self.model)),
            )
        ]
        if record is not None:
            above.append((self.name_of(record), record_url(record)))
        return above


def number_columns(model: type[models.Model], names: Iterable[str], others: Iterable[str]) -> list:
    """Which columns of a list hold numbers, to be aligned at the right. Codes are no numbers."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    numeric = (models.IntegerField, models.DecimalField, models.FloatField)
    return [
        name
        for name in names
        if name in others
        or (
            isinstance(field := fields.get(name), numeric)
            and not (field.primary_key or field.choices or name.endswith("_code"))
        )
    ]


def chosen_filters(changelist) -> list[tuple[str, str]]:
    """(filter, what is chosen) of every filter that leaves something out."""
    return [
        (filter.title, choice["display"])
        for filter in changelist.filter_specs
        for choice in filter.choices(changelist)
        if choice.get("selected") and str(choice["display"]) != str(_("All"))
    ]


def may_view(request: HttpRequest, model: type[models.Model]) -> bool:
    return request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def list_url(model: type[models.Model], query: dict[str, Any] | None = None) -> str:
    """The address of a model's list, searched or filtered by `query`."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(query)}" if query is not None else address


def record_url(record: models.Model) -> str:
    """The address of a record's page."""
    options = record._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[record.pk])


class ReadOnly:
    """No adding, changing or deleting, whatever permission somebody holds."""

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class MarkedDeleted:
    """A column for records that are never deleted, only marked so."""

    @admin.display(description=_("Deleted"))
    def deleted(self, record) -> str:
        return _("Deleted") if record.is_deleted else NOTHING


class ReadOnlyInline(ReadOnly, TabularInline):
    """A table of what belongs to a record. Rows lead to their histories where they have one."""

    has_history = False
    empty_value_display = NOTHING

    extra = 0
    can_delete = False
    template = "admin/read_only_inline.html"

    def get_readonly_fields(self, request, obj=None):
        return self.fields


class NewestFirst:
    """Most recent first; only that order has an index, and within a school year the same."""

    ordering = ("-pk",)
    sortable_by = ()

    def get_ordering(self, request) -> tuple[str, ...]:
        for each in self.list_filter:
            if isinstance(each, type) and issubclass(each, NewestOfYearFilter):
                return each.ordering(request) or self.ordering
        return self.ordering


class ReadOnlyAdmin(NewestFirst, ReadOnly, BackOfficeAdmin):
    """Records that a service owns."""


# --- History ------------------------------------------------------------------------------------


class ChangesInWords(HistoricalRecordContextHelper):
    """The changes of a history row, written as the record itself is."""

    def prepare_delta_change_value(self, change, value):
        field = self.model._meta.get_field(change.field)
        if field.many_to_many:
            return [str(each) for each in super().prepare_delta_change_value(change, value)]
        return field_text(field, value)


class HistoryAdmin(SimpleHistoryAdmin, BackOfficeAdmin):
    """The history of a record: what changed, by which call, by whom, for which organization.

    It is read by whoever may view the record and changed by nobody. The library's own revision
    page saves whatever is posted to it, even for users who may only view; ours has no form and
    answers GET and HEAD alone.
    """

    has_history = True
    object_history_template = "admin/record_history.html"
    history_list_per_page = 50
    not_in_history: tuple[str, ...] = ()  # fields that mean nothing to staff

    def has_change_history_permission(self, request, obj=None) -> bool:
        return False

    def revert_disabled(self, request, obj=None) -> bool:
        return True

    def history_view_title(self, request, obj) -> str:
        return _("History of %(name)s") % {"name": self.name_of(obj)}

    def render_history_view(self, request, template, context, **kwargs) -> HttpResponse:
        record = context["object"]
        self.leave_trace(request, [record])
        context["trail"] = self.trail(record=record)
        context["notices"] = self.notices_on_students(request, record)
        context["headline"] = context["title"]
        return super().render_history_view(request, template, context, **kwargs)

    def get_history_queryset(self, request, history_manager, pk_name, object_id):
        rows = super().get_history_queryset(request, history_manager, pk_name, object_id)
        return rows.select_related("call__client", "call__staff")

    def get_historical_record_context_helper(self, request, historical_record):
        return ChangesInWords(self.model, historical_record)

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        super().set_history_delta_changes(request, historical_records, foreign_keys_are_objs)
        for row in historical_records:
            row.who, row.through = who_called(row.call), through_what(row.call)

    def history_view(self, request, object_id, extra_context=None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            "may_view_calls": may_view(request, ServiceCall),
            "revision_url": f"admin:{self.opts.app_label}_{self.opts.model_name}_simple_history",
            **(extra_context or {}),
        }
        self.check_key(object_id)
        return super().history_view(request, object_id, context)

    def history_form_view(self, request, object_id, version_id, extra_context=None) -> HttpResponse:
        """One version of the record, as it was after the call that wrote it."""
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not version_id.isdecimal():
            raise Http404("There is no such version.")
        rows = self.get_history_queryset(
            request, self.model.history, self.opts.pk.attname, self.check_key(object_id)
        )
        row = get_object_or_404(rows, history_id=version_id)
        self.leave_trace(request, [row.instance])
        row.who, row.through = who_called(row.call), through_what(row.call)
        history = reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[object_id]
        )
        context = {
            **self.admin_site.each_context(request),
            "trail": [*self.trail(record=row.instance), (_("History"), history)],
            "title": _("Version of %(time)s") % {"time": instant_text(row.history_date)},
            "subtitle": self.name_of(row.instance),
            "notices": self.notices_on_students(request, row.instance),
            "opts": self.opts,
            "object_id": object_id,
            "row": row,
            "values": self.values_of(row),
            "may_view_calls": may_view(request, ServiceCall),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/record_version.html", context)

    def check_key(self, object_id: str) -> Any:
        """The primary key that an address names; what is no key at all is not found."""
        try:
            return self.opts.pk.to_python(unquote(object_id))
        except ValidationError as error:
            raise Http404("There is no such record.") from error

    def values_of(self, row: models.Model) -> list[tuple[str, str]]:
        """(label, value in words) of every field that the history keeps."""
        values = [
            (capfirst(field.verbose_name), field_text(field, getattr(row, field.name)))
            for field in row.tracked_fields
            if field.name not in self.not_in_history
        ]
        for field in self.model._meta.many_to_many:
            if hasattr(row, field.name):
                listed = [
                    str(getattr(each, field.m2m_reverse_field_name()))
                    for each in getattr(row, field.name).all()
                ]
                values.append((capfirst(field.verbose_name), field_text(field, sorted(listed))))
        return values


class ReadOnlyHistoryAdmin(NewestFirst, ReadOnly, HistoryAdmin):
    """A business record that a service owns, with its history."""
