"""The catalogue of rules in the back office: what a code means, how sure that is, whether it is
judged here. Everybody reads it who is in a group; it shows nobody's data and changes nothing.
"""

from collections.abc import Iterable
from functools import partial

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from enrolments.models import CoreAlert
from pasi.back_office.admins import READING, list_url, may_view
from pasi.back_office.formats import NOTHING, school_years_text
from pasi.back_office.rule_links import rule_url
from pasi.calendar import current_school_year, school_year_text
from pasi.catalogue import CERTAINTIES, FAULT, TYPES, Entry, entries
from pasi.rules import ADVICE, REJECTION, WARNING

KINDS = {
    REJECTION: _("Rejection: refuses a request"),
    ADVICE: _("Advice: a work item that may be acknowledged"),
    WARNING: _("Warning: a work item that must be mended or overridden"),
    FAULT: _("Fault: replaces the answer"),
}
RAISED = "raised"
SWITCHED_OFF = "off"
NEVER = "never"
STATES = {
    RAISED: _("Judged"),
    SWITCHED_OFF: _("Switched off here (PASI_RULES_OFF)"),
    NEVER: _("Never raised by this system"),
}


def state_of(entry: Entry) -> str:
    if entry.is_raised:
        return RAISED
    return NEVER if entry.remark or not entry.services else SWITCHED_OFF


def may_read_rules(request: HttpRequest) -> bool:
    """Whoever may do anything here."""
    user = request.user
    return user.is_active and (user.is_superuser or bool(user.get_all_permissions()))


class RuleFilters(forms.Form):
    """What of the catalogue is shown. All optional; what is no choice counts for nothing."""

    q = forms.CharField(required=False, label=_("Code, words or service"))
    kind = forms.ChoiceField(
        required=False, label=_("Kind"), choices=[("", _("All")), *((each, each) for each in TYPES)]
    )
    certainty = forms.ChoiceField(
        required=False,
        label=_("Meaning"),
        choices=[("", _("All")), *((each, each.capitalize()) for each in CERTAINTIES)],
    )
    year = forms.TypedChoiceField(required=False, label=_("In force in"), coerce=int)
    state = forms.ChoiceField(
        required=False, label=_("Judged here"), choices=[("", _("All")), *STATES.items()]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        latest = current_school_year() + 1
        self.fields["year"].choices = [
            ("", _("Any school year")),
            *((year, school_year_text(year)) for year in range(latest, latest - 22, -1)),
        ]
        for field in self.fields.values():
            field.widget.attrs["class"] = "text-input"

    def chosen(self, found: Iterable[Entry]) -> list[Entry]:
        self.is_valid()
        values = self.cleaned_data
        words = values.get("q", "").lower().split()
        return [
            entry
            for entry in found
            if all(word in _searched(entry) for word in words)
            and values.get("kind") in ("", None, entry.kind)
            and values.get("certainty") in ("", None, entry.certainty)
            and values.get("state") in ("", None, state_of(entry))
            and (not values.get("year") or _is_in_force(entry, values["year"]))
        ]


def _searched(entry: Entry) -> str:
    return " ".join((entry.code, entry.title, entry.message, *entry.services)).lower()


def _is_in_force(entry: Entry, year: int) -> bool:
    return (entry.from_school_year or year) <= year <= (entry.to_school_year or year)


def _row(entry: Entry) -> dict:
    state = state_of(entry)
    return {
        "entry": entry,
        "url": rule_url(entry.code),
        "years": school_years_text(entry.from_school_year, entry.to_school_year),
        "state": STATES[state],
        "is_off": state == SWITCHED_OFF,
        "services": entry.services,
    }


def rule_list(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not may_read_rules(request) or request.method not in READING:
        raise PermissionDenied
    form, every = RuleFilters(request.GET), entries()
    rows = [_row(entry) for entry in form.chosen(every)]
    context = {
        **site.each_context(request),
        "title": _("Rules"),
        "headline": _("Rules"),
        "trail": [],
        "form": form,
        "rows": rows,
        "everything": len(every),
        "is_narrowed": len(rows) < len(every),
        "switched_off": sum(1 for entry in every if state_of(entry) == SWITCHED_OFF),
    }
    return TemplateResponse(request, "admin/rules.html", context)


def one_rule(request: HttpRequest, code: str, site: AdminSite) -> HttpResponse:
    if not may_read_rules(request) or request.method not in READING:
        raise PermissionDenied
    entry = next((each for each in entries() if each.code == code), None)
    if entry is None:
        raise Http404("There is no such rule.")
    name = f"{entry.code} {entry.title}"
    state = state_of(entry)
    values = [
        (_("Kind"), KINDS[entry.kind]),
        (_("Message"), entry.message or NOTHING),
        (_("Values in the message"), ", ".join(entry.placeholders) or NOTHING),
        (_("In force in the school years"), _row(entry)["years"]),
        (_("Judged here"), STATES[state]),
        (_("Why not"), entry.remark),
        (
            _("Certainty of its meaning"),
            _("Confirmed: as published.")
            if entry.certainty == "confirmed"
            else _("Inferred: the code is public, its exact meaning is our reading."),
        ),
        (_("Source"), entry.source),
    ]
    context = {
        **site.each_context(request),
        "title": name,
        "headline": name,
        "trail": [(_("Rules"), reverse("admin:rules"))],
        "entry": entry,
        "values": [(label, value) for label, value in values if value],
        "is_alert": entry.kind in (ADVICE, WARNING),
        "may_view_items": may_view(request, CoreAlert),
        "items_url": list_url(CoreAlert, {"code": entry.code}),
    }
    return TemplateResponse(request, "admin/rule.html", context)


def rule_urls(site: AdminSite) -> list:
    return [
        path("rules/", site.admin_view(partial(rule_list, site=site)), name="rules"),
        path("rules/<str:code>/", site.admin_view(partial(one_rule, site=site)), name="rule"),
    ]
