"""Forms that staff fill in and that become one call of a service, and the pages around them.

The page says beforehand what will happen; the service decides. Nothing is written but through it,
so its rules, its locks, its audit and its history hold here as for any client:

- a form, as it is filled in, has its own ClientMessageID, so pressing its button twice is one call;
- a rejection stands at the field it belongs to, with its code; nothing typed is lost;
- whoever saves what somebody else has changed meanwhile is told what changed, and by whom. The
  next press of the button is meant for the record as it is then. Most services compare the version
  that the request carries; for the others the page itself looks, within the transaction of the
  call and under the lock of the record.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from audit.models import ServiceResponse
from pasi.back_office.admins import BackOfficeAdmin, record_url
from pasi.back_office.calls import staff_caller, staff_caller_info
from pasi.back_office.formats import NOTHING, instant_text, through_what, who_called
from pasi.back_office.reads import record_read
from pasi.faults import Fault
from pasi.fields import instant_text as utc_text
from pasi.services import Answer, Caller, Service
from pasi.staff_roles import may_send
from students.notices import notices_on_numbers

CSRF = "csrfmiddlewaretoken"


class AsShownField(forms.JSONField):
    """What the form showed of the record; nothing deeper than it ever is."""

    def to_python(self, value):
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise forms.ValidationError(_("It cannot be read.")) from error

    def bound_data(self, data, initial):
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return None


class ServiceForm(forms.Form):
    """What staff fill in. Subclasses name the fields, and write request() from cleaned_data.

    `properties`: which field a property of the request is filled from ("Name.FirstName": "first"),
    so that a problem with it (3001) stands there. `codes`: at which field a rejection stands.
    """

    properties: dict[str, str] = {}
    codes: dict[str, str] = {}

    call_id = forms.UUIDField(widget=forms.HiddenInput)
    call_time = forms.CharField(widget=forms.HiddenInput, max_length=40)
    core_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    as_shown = AsShownField(widget=forms.HiddenInput, required=False)

    def request(self) -> dict[str, Any]:
        """The properties of the request, CallerInfo apart. PASICoreVersion is `core_version`."""
        raise NotImplementedError

    def field_of(self, rejection: Mapping[str, str]) -> str | None:
        """At which field a rejection stands; None: above them all."""
        return self.codes.get(rejection["Code"])

    def place(self, field: str | None, text: str) -> None:
        """Show `text` at a field, or above them all where no such field is seen."""
        is_seen = field in self.fields and not self[field].is_hidden
        self.add_error(field if is_seen else None, text)

    def message_id(self) -> str | None:
        """The ClientMessageID: that of the shown form together with all that it sends, so that the
        same press again has the same and a corrected one another. None: the form has lost its own.
        """
        shown = self.cleaned_data.get("call_id")
        typed = sorted((name, self.data.getlist(name)) for name in self.data if name != CSRF)
        return str(uuid.uuid5(shown, json.dumps(typed))) if shown else None


class ChangedMeanwhile(Fault):
    """The record is not as the form showed it: nothing is done."""

    def __init__(self) -> None:
        super().__init__(
            None,
            http_status=409,
            title="Changed Meanwhile",
            detail=str(_("Somebody else has changed it since it was shown.")),
        )


@dataclass(frozen=True)
class Meanwhile:
    """What somebody else changed between showing the form and saving it."""

    label: str
    was: str
    now: str


class ServiceFormPage(View):
    """One task: a form over one service. Subclasses say which, for which record, and in words.

    `pages` is the admin class of the records (as_view(pages=self)), whose list and record page
    stand in the trail above.
    """

    pages: BackOfficeAdmin = None
    service: type[Service]
    form_class: type[ServiceForm]
    template_name = "admin/service_form.html"
    button = gettext_lazy("Save")
    out_of_date = frozenset({"3004", "44001"})  # codes that say: somebody else was first
    # Fields that hold a decision, not what the record says: they stay as they were chosen, whatever
    # is preselected by now.
    decisions: frozenset[str] = frozenset()

    # --- What a subclass says ---

    def load(self) -> Any:
        """The record that the address names (self.kwargs); None if there is none."""
        return None

    def heading(self) -> str:
        """The task in words: "Delete credential 10000-00016"."""
        raise NotImplementedError

    def consequences(self) -> list[str]:
        """What pressing the button will do, a sentence each."""
        return []

    def initial(self) -> dict[str, Any]:
        """The fields as the record has them now."""
        return {}

    def version(self) -> int | None:
        """The record's PASI core version now."""
        return getattr(self.record, "version", None)

    def changed_by(self) -> str:
        """Who changed the record last, when and through which service; "" if nobody can say."""
        history = getattr(self.record, "history", None)
        row = history.select_related("call__staff", "call__client").first() if history else None
        return "" if row is None else call_text(row)

    def done(self, answer: Answer) -> tuple[str, str]:
        """What to tell once the service has applied the call, and the address to go to."""
        raise NotImplementedError

    def back(self) -> str:
        """Where to go without doing anything."""
        return record_url(self.record)

    def trail(self) -> list[tuple[str, str]]:
        """(label, address) of the pages above."""
        return self.pages.trail(record=self.record)

    def asns(self) -> list[str]:
        """The students whose data the page shows: the reading is recorded."""
        return []

    def own_context(self) -> dict[str, Any]:
        """What the subclass's own template wants besides."""
        return {}

    def warnings(self) -> list[str]:
        """Why the service would refuse as things are, a sentence each; shown before the form."""
        return []

    def notices(self) -> list[str]:
        """What must be known of the students whose data the page shows. One query."""
        return notices_on_numbers(self.asns())

    def form_of(self, *given, **named) -> ServiceForm:
        """The form; where its choices hang on the record, a subclass gives them to it here."""
        return self.form_class(*given, **named)

    def in_words(self, form: ServiceForm, name: str, text: str) -> str:
        """A field's value as people read it, for the list of what changed meanwhile."""
        return value_in_words(form.fields[name], text)

    def lock(self) -> None:
        """Lock what protects the record, as the service does. Of pages whose service takes no
        version."""
        raise NotImplementedError

    # --- The page ---

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not (self.pages.has_view_permission(request) and may_send(request.user, self.service)):
            raise PermissionDenied
        self.record = self.load() if self.kwargs else None
        if self.record is None and self.kwargs:
            raise Http404("There is no such record.")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self.page(self.fresh_form())

    def fresh_form(self) -> ServiceForm:
        """The form for the record as it is now, not yet filled in."""
        initial = self.initial()
        hidden = {
            "call_id": uuid.uuid4(),
            "call_time": utc_text(timezone.now()),
            "core_version": self.version(),
            "as_shown": _as_text(initial),
        }
        return self.form_of(initial={**initial, **hidden})

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.form_of(request.POST, request.FILES)
        if not form.is_valid():
            return self.not_valid(form)
        answer = self.send(form)
        if answer.http_status == 200:
            return self.finished(answer)
        if self.came_too_late(answer):
            return self.too_late(form)
        return self.refused(form, answer)

    def too_late(self, form: ServiceForm) -> HttpResponse:
        return self.page(*self.renewed(form))

    def finished(self, answer: Answer) -> HttpResponse:
        text, address = self.done(answer)
        messages.success(self.request, text)
        return HttpResponseRedirect(address)

    def not_valid(self, form: ServiceForm) -> HttpResponse:
        """The form itself refuses what was typed. Where the choices hang on the record, that may be
        because this very press has been carried out before, or because somebody else was first.
        """
        if before := self.applied_before(form):
            return self.finished(before)
        if self.record is not None and self.has_changed(form):
            return self.too_late(form)
        return self.page(form)

    def applied_before(self, form: ServiceForm) -> Answer | None:
        """The answer to the same press, if the service has applied it. One query."""
        if (message := form.message_id()) is None:
            return None
        response = ServiceResponse.objects.filter(
            call__client_message_id=message,
            call__staff=self.request.user,
            call__operation=self.service.operation,
            outcome=ServiceResponse.Outcome.APPLIED,
        ).first()
        if response is None:
            return None
        body = self.service().recorded_body(response)
        return Answer(response.call_id, response.http_status, body)

    def has_changed(self, form: ServiceForm) -> bool:
        """The record is not as it was when the form was shown."""
        if (version := self.version()) is not None:
            return form.cleaned_data.get("core_version") != version
        return shown_by(form) != _as_text(self.initial())

    def refused(self, form: ServiceForm, answer: Answer) -> HttpResponse:
        """The form as it was typed, with the reasons."""
        show_problems(form, answer)
        return self.page(form)

    def send(self, form: ServiceForm) -> Answer:
        page_looks = self.record is not None and not self.service.takes_version
        first = partial(self.refuse_if_changed, form) if page_looks else None
        return send(self.service, self.request, form, first)

    def refuse_if_changed(self, form: ServiceForm) -> None:
        """Within the transaction of the call, before the service does anything."""
        self.lock()
        self.record = self.load()
        if self.record is None or self.has_changed(form):
            raise ChangedMeanwhile

    def came_too_late(self, answer: Answer) -> bool:
        if isinstance(answer.fault, ChangedMeanwhile):
            return True
        return bool(self.out_of_date.intersection(codes_of(answer)))

    def renewed(self, form: ServiceForm) -> tuple[ServiceForm, list[Meanwhile]]:
        """The form as it was typed, now meant for the record as it is, and what changed. A field
        that nobody has touched in the form shows the record as it is, or else the next press would
        take back what somebody else has done to it.
        """
        self.record = self.load()
        now, shown = self.initial(), shown_by(form)
        typed = form.data.copy()
        typed.update(_as_text({"core_version": self.version()}), as_shown=json.dumps(_as_text(now)))
        typed.update(
            (name, text)
            for name, text in _as_text(now).items()
            if name in form.fields
            and name not in self.decisions
            and not was_typed(form, name, shown.get(name, ""))
        )
        changes = [
            Meanwhile(
                str(form[name].label),
                self.in_words(form, name, shown.get(name, "")) or NOTHING,
                self.in_words(form, name, text) or NOTHING,
            )
            for name, text in _as_text(now).items()
            if name in form.fields and text != shown.get(name, "")
        ]
        return self.form_of(typed, self.request.FILES), changes

    def page(self, form: ServiceForm, meanwhile: list[Meanwhile] | None = None) -> HttpResponse:
        if asns := self.asns():
            record_read(self.request, asns)
        context = {
            **self.pages.admin_site.each_context(self.request),
            "title": self.heading(),
            "headline": self.heading(),
            "opts": self.pages.opts,
            "trail": self.trail(),
            "notices": self.notices(),
            "warnings": self.warnings(),
            "consequences": self.consequences(),
            "form": form,
            "button": self.button,
            "back": self.back(),
            "came_too_late": meanwhile is not None,
            "meanwhile": meanwhile or [],
            "changed_by": self.changed_by() if meanwhile is not None else "",
            **self.own_context(),
        }
        return TemplateResponse(self.request, self.template_name, context)


def page_urls(pages: BackOfficeAdmin, routes: Iterable[tuple[str, type[View], str]]) -> list:
    """The addresses of pages, (route, page, name), below those of an admin class."""
    return [
        path(route, pages.admin_site.admin_view(page.as_view(pages=pages)), name=name)
        for route, page, name in routes
    ]


def send(
    service: type[Service],
    request: HttpRequest,
    form: ServiceForm,
    first: Callable[[], None] | None = None,
) -> Answer:
    """Call the service with what the form says, as the staff user, for the ministry."""
    info = staff_caller_info(request)
    info["ClientMessageID"] = form.message_id()
    info["SentUtcTime"] = form.cleaned_data["call_time"]
    return send_body(service, staff_caller(request), {"CallerInfo": info, **form.request()}, first)


def send_body(
    service: type[Service],
    caller: Caller,
    body: dict[str, Any],
    first: Callable[[], None] | None = None,
) -> Answer:
    return service().execute(json.dumps(body, ensure_ascii=False).encode(), caller, first=first)


def show_problems(form: ServiceForm, answer: Answer) -> None:
    """Say at the fields why the service did not do it: its rejections, or what the fault names."""
    for rejection in answer.body.get("Rejections", ()):
        text = f"{rejection['Description']} ({rejection['Code']})"
        form.place(form.field_of(rejection), text)
    if answer.fault is None:
        return
    for problem in answer.fault.problems:
        field = form.properties.get(problem.field)
        form.place(field, problem.problem if field else f"{problem.field}: {problem.problem}")
    if not answer.fault.problems:
        text = _("Nothing was saved. %(why)s") % {"why": answer.fault.detail}
        form.place(None, f"{text} ({answer.fault.code})" if answer.fault.code else text)


def codes_of(answer: Answer) -> Iterable[str]:
    if answer.fault is not None:
        return [answer.fault.code or ""]
    return [rejection["Code"] for rejection in answer.body.get("Rejections", ())]


def shown_by(form: ServiceForm) -> dict[str, str]:
    """The fields of the record as the form showed them; {} where the form has lost them."""
    shown = form.cleaned_data.get("as_shown")
    return _as_text(shown) if isinstance(shown, dict) else {}


def was_typed(form: ServiceForm, name: str, shown: str) -> bool:
    """Whether a field holds other than it showed. What is hidden names the record."""
    if form[name].is_hidden:
        return False
    return not is_untouched(form.fields[name], shown, form[name].data)


def is_untouched(field: forms.Field, shown: Any, sent: Any) -> bool:
    """Whether a field was sent as it was shown. Browsers end lines with CR LF; a list of choices
    has no order.
    """
    if isinstance(shown, str):
        shown = shown.replace("\r\n", "\n")
        sent = sent.replace("\r\n", "\n") if isinstance(sent, str) else sent
        if not isinstance(field, forms.ModelChoiceField):
            try:
                shown = field.to_python(shown)
            except forms.ValidationError:
                return False
    try:
        return not field.has_changed(shown, sent)
    except forms.ValidationError:
        return False


def value_in_words(field: forms.Field, text: str) -> str:
    """What a form's field holds, as the form itself writes it: a choice by its label."""
    if isinstance(field, forms.ChoiceField):
        return str({str(value): label for value, label in field.choices}.get(text, text))
    if isinstance(field, forms.BooleanField):
        return str(_("Yes") if text == "True" else _("No"))
    return text


def _as_text(values: dict[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in values.items()}


def call_text(row) -> str:
    return _("%(who)s, %(when)s, through %(service)s (%(door)s)") % {
        "who": who_called(row.call),
        "when": instant_text(row.history_date),
        "service": row.call.operation,
        "door": through_what(row.call),
    }
