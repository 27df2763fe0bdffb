"""Forms that staff fill in and that become one call of a service, and the pages around them.

The page says beforehand what will happen; the service decides. Nothing is written but through it,
so its rules, its locks, its audit and its history hold here as for any client:

- every shown form has its own ClientMessageID, so pressing its button twice is one call;
- a rejection stands at the field it belongs to, with its code; nothing typed is lost;
- whoever saves what somebody else has changed meanwhile is told what changed, and by whom. The
  next press of the button is meant for the record as it is then.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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

from pasi.back_office.admins import BackOfficeAdmin, record_url
from pasi.back_office.calls import staff_caller, staff_caller_info
from pasi.back_office.formats import NOTHING, instant_text, through_what, who_called
from pasi.back_office.reads import record_read
from pasi.fields import instant_text as utc_text
from pasi.services import Answer, Caller, Service
from pasi.staff_roles import may_send
from students.notices import notices_on_numbers


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
    as_shown = forms.JSONField(widget=forms.HiddenInput, required=False)

    def request(self) -> dict[str, Any]:
        """The properties of the request, CallerInfo apart. PASICoreVersion is `core_version`."""
        raise NotImplementedError

    def field_of(self, rejection: Mapping[str, str]) -> str | None:
        """At which field a rejection stands; None: above them all."""
        return self.codes.get(rejection["Code"])

    def place(self, field: str | None, text: str) -> None:
        """Show `text` at a field, or above them all where there is none of that name."""
        self.add_error(field if field in self.fields else None, text)


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

    def extra(self) -> dict[str, Any]:
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

    def in_words(self, field: str, text: str) -> str:
        """A field's value as people read it, for the list of what changed meanwhile."""
        return text

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
            return self.page(form)
        answer = self.send(form)
        if answer.http_status == 200:
            text, address = self.done(answer)
            messages.success(request, text)
            return HttpResponseRedirect(address)
        if self.came_too_late(answer):
            return self.page(*self.renewed(form))
        return self.refused(form, answer)

    def refused(self, form: ServiceForm, answer: Answer) -> HttpResponse:
        """The form as it was typed, with the reasons."""
        show_problems(form, answer)
        return self.page(form)

    def send(self, form: ServiceForm) -> Answer:
        return send(self.service, self.request, form)

    def came_too_late(self, answer: Answer) -> bool:
        return bool(self.out_of_date.intersection(codes_of(answer)))

    def renewed(self, form: ServiceForm) -> tuple[ServiceForm, list[Meanwhile]]:
        """The form as it was typed, now meant for the record as it is, and what changed."""
        self.record = self.load()
        now, shown = self.initial(), form.cleaned_data["as_shown"]
        shown = _as_text(shown) if isinstance(shown, dict) else {}
        typed = form.data.copy()
        typed.update(core_version=str(self.version()), as_shown=json.dumps(_as_text(now)))
        # What is hidden was not typed: it names the record, and is taken as it is now.
        typed.update(
            (name, text)
            for name, text in _as_text(now).items()
            if name in form.fields and form[name].is_hidden
        )
        changes = [
            Meanwhile(
                str(form[name].label),
                self.in_words(name, shown.get(name, "")) or NOTHING,
                self.in_words(name, text) or NOTHING,
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
            **self.extra(),
        }
        return TemplateResponse(self.request, self.template_name, context)


def page_urls(pages: BackOfficeAdmin, routes: Iterable[tuple[str, type[View], str]]) -> list:
    """The addresses of pages, (route, page, name), below those of an admin class."""
    return [
        path(route, pages.admin_site.admin_view(page.as_view(pages=pages)), name=name)
        for route, page, name in routes
    ]


def send(service: type[Service], request: HttpRequest, form: ServiceForm) -> Answer:
    """Call the service with what the form says, as the staff user, for the ministry."""
    info = staff_caller_info(request)
    info["ClientMessageID"] = str(form.cleaned_data["call_id"])
    info["SentUtcTime"] = form.cleaned_data["call_time"]
    return send_body(service, staff_caller(request), {"CallerInfo": info, **form.request()})


def send_body(service: type[Service], caller: Caller, body: dict[str, Any]) -> Answer:
    return service().execute(json.dumps(body, ensure_ascii=False).encode(), caller)


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


def _as_text(values: dict[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in values.items()}


def call_text(row) -> str:
    return _("%(who)s, %(when)s, through %(service)s (%(door)s)") % {
        "who": who_called(row.call),
        "when": instant_text(row.history_date),
        "service": row.call.operation,
        "door": through_what(row.call),
    }
