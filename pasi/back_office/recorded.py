"""Records of the set-up, which staff change themselves: each save is a recorded call.

A form says what it was opened for: the values shown, signed, in a hidden field. A save locks the
record's row first (FOR NO KEY UPDATE, so that nobody waits who only refers to it), then compares.
If the record has changed meanwhile nothing is saved: the form comes back with all that was typed,
with what changed, and with the present values of what was left alone; its next press is meant for
the record as it is now. Of two saves at once the second waits for the row, and finds it changed.

Shown values are those of the form's fields that can be filled in, and of the rows below it. A
password or a secret is no such field.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, InterfaceError, models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pasi import bulk
from pasi.back_office.admins import HistoryAdmin
from pasi.back_office.calls import recorded_page
from pasi.back_office.formats import NOTHING, field_text, instant_text
from pasi.back_office.school_years import SCHOOL_YEARS, SchoolYearField
from pasi.back_office.service_forms import Meanwhile, call_text, is_untouched
from pasi.back_office.theme import TextInput
from pasi.faults import Fault, fault_of_database_error

AS_SHOWN = "_as_shown"  # the hidden field; what begins so is not taken into the record of the call
CHANGED = "changed_meanwhile"
MOST_NAMED = 10  # of a longer list only what has come or gone is named

# Values of fields by name: of the record itself (""), and of each row below it ("prefix-key").
State = Mapping[str, Mapping[str, Any]]


class Recorded:
    """Every change is one recorded call, ChangeSetUp, by the staff user, for the ministry.

    The whole of a save, relations included, is one transaction inside the call, so each history
    row has its call. A form that does not pass is a call too: fault 3001, nothing written.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        def page():
            return super(Recorded, self).changeform_view(
                request, object_id, form_url, extra_context
            )

        if request.method != "POST":
            return page()
        if object_id:
            allowed = self.has_change_permission(
                request, self.get_object(request, unquote(object_id))
            )
        else:
            allowed = self.has_add_permission(request)
        if not allowed:
            raise PermissionDenied
        return self.recorded(request, object_id, page, lambda response: request.was_saved)

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        request.was_saved = True

    def recorded(
        self,
        request: HttpRequest,
        key: str | None,
        page: Callable[[], HttpResponse],
        was_saved: Callable[[HttpResponse], bool],
    ) -> HttpResponse:
        """Carry out `page`, which saves or shows what is wrong, as a recorded call."""

        def locking() -> HttpResponse:
            bulk.begin_call(settings.PASI_LOCK_TIMEOUT_SECONDS, announces=False)
            request.locks_record = True
            try:
                return page()
            finally:
                request.locks_record = False

        request.was_saved = False
        try:
            return recorded_page(request, self.opts.label, key, locking, was_saved)
        except (DatabaseError, InterfaceError) as error:
            if (fault := fault_of_database_error(error)) is None:
                raise
            return self.busy(request, fault)

    def busy(self, request: HttpRequest, fault: Fault) -> HttpResponse:
        """Somebody else held the record for too long (4002), or the like."""
        title = _("Not saved")
        context = {
            **self.admin_site.each_context(request),
            **{"title": title, "headline": title, "opts": self.opts, "trail": self.trail()},
            "why": f"{fault.detail} ({fault.code})",
        }
        status = fault.http_status
        return TemplateResponse(request, "admin/busy.html", context, status=status)

    def get_queryset(self, request):
        """Inside a recorded call the record is locked as it is read."""
        rows = super().get_queryset(request)
        if not _is_saving(request):
            return rows
        return rows.select_for_update(no_key=True, of=("self",))

    # --- What the form was opened for ---

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change=change, **kwargs)
        if obj is None or not _is_saving(request):
            return form_class
        pages = self

        class Compared(form_class):
            def clean(self):
                pages.compare(request, self)
                return super().clean()

        return Compared

    def compare(self, request: HttpRequest, form: forms.ModelForm) -> None:
        """Refuse the form if the record, which is locked, is not what was shown. What would change
        nothing is let pass: so a button pressed twice has done what it should (not one that added
        a row: that would add another).
        """
        now, shown = self.state(request, form), _shown(request, form.instance)
        request.state = now
        if now == shown or not (form.has_changed() or self._rows_change(request, form.instance)):
            return
        if shown is None:
            form.add_error(None, _("It is not known what this form was opened for. Look it over."))
        else:
            request.meanwhile = list(self.differences(request, form, shown, now))
            _take_untouched(form, shown.get("", {}), now[""])
            form.add_error(None, forms.ValidationError(_("Changed meanwhile."), code=CHANGED))

    def state(self, request: HttpRequest, form: forms.ModelForm) -> State:
        """The values of the record before the form changes any, and of the rows below it."""
        found = {"": _values(form)}
        for prefix, row in self._rows(request, form.instance):
            found[f"{prefix}-{row.instance.pk}"] = _values(row)
        return json.loads(json.dumps(found, cls=DjangoJSONEncoder))

    def _rows(
        self, request: HttpRequest, record: models.Model
    ) -> Iterator[tuple[str, forms.ModelForm]]:
        for formset_class, inline in self.get_formsets_with_inlines(request, record):
            rows = formset_class(instance=record, queryset=inline.get_queryset(request))
            for row in rows.initial_forms:
                yield rows.prefix, row

    def _rows_change(self, request: HttpRequest, record: models.Model) -> bool:
        for formset_class, inline in self.get_formsets_with_inlines(request, record):
            prefix = formset_class.get_default_prefix()
            given = self.get_formset_kwargs(request, record, inline, prefix)
            if formset_class(**given).has_changed():
                return True
        return False

    def differences(
        self, request: HttpRequest, form: forms.ModelForm, shown: State, now: State
    ) -> Iterator[Meanwhile]:
        """What is not as it was shown, in words."""
        before, after = shown.get("", {}), now[""]
        for name in after:
            was, value = before.get(name), after[name]
            if was != value:
                texts = _words(form, name, was, value), _words(form, name, value, was)
                yield Meanwhile(str(form[name].label), *texts)
        for formset_class, _inline in self.get_formsets_with_inlines(request, form.instance):
            prefix = formset_class.get_default_prefix()
            row = formset_class.form(instance=formset_class.model())
            title = capfirst(formset_class.model._meta.verbose_name)
            for key in dict.fromkeys([*shown, *now]):
                was, value = shown.get(key), now.get(key)
                if key.startswith(f"{prefix}-") and was != value:
                    yield Meanwhile(title, _row_words(row, was), _row_words(row, value))

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Rows that somebody took away meanwhile stand in the form as new ones, if something was
        typed in them. Where the form came too late, rows that nobody has touched in it are as they
        are by now: changed, or not there.
        """
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        if "data" in given and obj.pk is not None:
            formset_class = inline.get_formset(request, obj)
            rows = inline.get_queryset(request).filter(**{formset_class.fk.name: obj.pk})
            keys = {str(key) for key in rows.values_list("pk", flat=True)}
            sent = PostedRows(request.POST, prefix, inline.model._meta.pk.name)
            if getattr(request, "meanwhile", None) is not None:
                shown = _shown(request, obj) or {}
                sent.take_untouched(formset_class.form(), shown, request.state)
            given["data"] = sent.with_gone_as_new(keys)
        return given

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and self.has_change_permission(request, obj):
            state = getattr(request, "state", None)
            if state is None:
                state = self.state(request, context["adminform"].form)
            meanwhile = getattr(request, "meanwhile", None)
            if meanwhile is not None:
                _leave_to_the_notice(context)
                for each in context["inline_admin_formsets"]:  # anew, now that it is known
                    inline, prefix = each.opts, each.formset.prefix
                    given = self.get_formset_kwargs(request, obj, inline, prefix)
                    each.formset = type(each.formset)(**given)
            context.update(
                as_shown_name=AS_SHOWN,
                as_shown=signing.dumps(state, salt=_salt(obj), compress=True),
                came_too_late=meanwhile is not None,
                meanwhile=meanwhile,
                changed_by=last_change(obj) if meanwhile is not None else "",
            )
        return super().render_change_form(request, context, add, change, form_url, obj)


class RecordedAdmin(Recorded, HistoryAdmin):
    """A set-up record with history. `keys` name it for other systems and never change."""

    keys: tuple[str, ...] = ()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if help_text := SCHOOL_YEARS.get(db_field.name):
            of_years = {"form_class": SchoolYearField, "widget": TextInput, "help_text": help_text}
            kwargs = {**kwargs, **of_years}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *self.keys) if obj is not None else fields


def last_change(record: models.Model) -> str:
    """Who changed a record last and when: as its history says, or else the log of the pages; ""
    if neither does.
    """
    if history := getattr(record, "history", None):
        row = history.select_related("call__staff", "call__client").first()
        return call_text(row) if row else ""
    kind = ContentType.objects.get_for_model(record)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(record.pk))
    entry = entries.select_related("user").first()
    if entry is None:
        return ""
    return _("%(who)s, %(when)s") % {
        "who": entry.user.get_full_name() or entry.user.get_username(),
        "when": instant_text(entry.action_time),
    }


def _is_saving(request: HttpRequest) -> bool:
    return getattr(request, "locks_record", False)


def _salt(record: models.Model) -> str:
    return f"{record._meta.label} {record.pk}"


def _shown(request: HttpRequest, record: models.Model) -> State | None:
    """What the form was opened for; None where it does not say so for this record."""
    try:
        return signing.loads(request.POST.get(AS_SHOWN, ""), salt=_salt(record))
    except signing.BadSignature:
        return None


def _leave_to_the_notice(context: dict[str, Any]) -> None:
    """The notice says what the error would: the other errors stay."""
    errors = context["adminform"].form.errors
    general = errors[NON_FIELD_ERRORS]
    general.data = [each for each in general.data if each.code != CHANGED]
    if not general:
        del errors[NON_FIELD_ERRORS]
    context["errors"] = [each for each in context["errors"] if each]


def _values(form: forms.ModelForm) -> dict[str, Any]:
    """The record's own values of the fields that can be filled in."""
    return {
        name: _value(form.initial[name])
        for name, field in form.fields.items()
        if name in form.initial and not (field.disabled or field.widget.is_hidden)
    }


def _take_untouched(
    form: forms.ModelForm, shown: Mapping[str, Any], now: Mapping[str, Any]
) -> None:
    """Let fields that nobody has touched in the form show the record as it is now, or else the next
    press would take back what somebody else has done: a right that was withdrawn, for instance.
    """
    form.data = form.data.copy()
    for name, value in now.items():
        field = form.fields[name]
        if is_untouched(field, shown.get(name), form[name].data):
            _put(form.data, form.add_prefix(name), field, value)


def _put(data: QueryDict, name: str, field: forms.Field, value: Any) -> None:
    """Let the data of a form say that a field has a value."""
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        data.setlist(name, [str(each) for each in value or ()])
    elif value is False:
        data.pop(name, None)  # a box without its tick is not sent
    else:
        data[name] = "" if value is None else str(field.prepare_value(value))


def _value(value: Any) -> Any:
    """Other records stand here by their keys."""
    if isinstance(value, list) and value and isinstance(value[0], models.Model):
        return sorted(each.pk for each in value)
    return value


def _words(form: forms.ModelForm, name: str, value: Any, other: Any = None) -> str:
    """A value in words. Of a long list only what `other` has not."""
    if value in (None, "", []):
        return NOTHING
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        column = form._meta.model._meta.get_field(name)
        return field_text(column, column.to_python(value))
    keys = value if isinstance(value, list) else [value]
    named, left_out = keys, 0
    if len(keys) > MOST_NAMED:
        named = [key for key in keys if key not in (other or ())]
        left_out = len(keys) - len(named)
    column = field.to_field_name or "pk"
    found = field.queryset.filter(**{f"{column}__in": named})
    words = sorted(str(field.label_from_instance(each)) for each in found)
    if left_out:
        words.append(_("%(count)s that are in both") % {"count": left_out})
    return ", ".join(words)


def _row_words(form: forms.ModelForm, values: Mapping[str, Any] | None) -> str:
    """A row in words; a dash where there is none."""
    if values is None:
        return NOTHING
    return "; ".join(
        f"{form[name].label}: {_words(form, name, value)}"
        for name, value in values.items()
        if value not in (None, "", [])
    )


class PostedRows:
    """The rows below a record as a browser has sent them, by their numbers."""

    def __init__(self, data: QueryDict, prefix: str, key_name: str) -> None:
        self.data, self.prefix, self.key_name = data, prefix, key_name
        self.initial, self.total = self._number("INITIAL_FORMS"), self._number("TOTAL_FORMS")
        self.dropped: set[int] = set()

    def _number(self, name: str) -> int:
        text = self.data.get(f"{self.prefix}-{name}", "")
        return int(text) if text.isdecimal() and len(text) < 5 else 0

    def key_of(self, row: int) -> str:
        return self.data.get(f"{self.prefix}-{row}-{self.key_name}", "")

    def take_untouched(self, form: forms.ModelForm, shown: State, now: State) -> None:
        self.data = self.data.copy()
        for row in range(self.initial):
            key = f"{self.prefix}-{self.key_of(row)}"
            before, place = shown.get(key), f"{self.prefix}-{row}"
            if before is None or self.data.get(f"{place}-DELETE"):
                continue
            touched = [
                name
                for name, value in before.items()
                if not is_untouched(form.fields[name], value, self._sent(form, place, name))
            ]
            if key in now:
                for name in before.keys() - set(touched):
                    _put(self.data, f"{place}-{name}", form.fields[name], now[key][name])
            elif not touched:
                self.dropped.add(row)

    def _sent(self, form: forms.ModelForm, place: str, name: str) -> Any:
        return form.fields[name].widget.value_from_datadict(self.data, {}, f"{place}-{name}")

    def with_gone_as_new(self, keys: Iterable[str]) -> QueryDict:
        """Those that are no more come after those that are, without key; dropped ones nowhere."""
        prefix, initial, total = self.prefix, self.initial, self.total
        gone = [row for row in range(initial) if self.key_of(row) not in keys]
        if not gone or total < initial:
            return self.data.copy()
        anew = [row for row in gone if row not in self.dropped]
        order = [*(row for row in range(initial) if row not in gone), *anew, *range(initial, total)]
        moved = self.data.copy()
        places = {f"{prefix}-{row}-": f"{prefix}-{place}-" for place, row in enumerate(order)}
        of_rows = tuple(f"{prefix}-{row}-" for row in range(total))
        for name in [name for name in self.data if name.startswith(of_rows)]:
            del moved[name]
        for before, after in places.items():
            for name in self.data:
                if name.startswith(before):
                    moved.setlist(after + name.removeprefix(before), self.data.getlist(name))
        for row in anew:
            moved[f"{places[f'{prefix}-{row}-']}{self.key_name}"] = ""
        moved[f"{prefix}-INITIAL_FORMS"] = str(initial - len(gone))
        moved[f"{prefix}-TOTAL_FORMS"] = str(len(order))
        return moved
