"""Saying the same of a selection of work items: one page that says what will happen, then one call
of the service for each, then a page with what became of each.

The calls of one selection share the beginning of their ClientMessageID, a time-ordered number that
the first page was made with, followed by the key of the work item. So pressing twice is answered
from the record, and the page of results is read from the audit, whenever it is asked for.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.models import ServiceCall, ServiceResponse
from enrolments.models import CoreAlert
from enrolments.work_item_pages import (
    ACKNOWLEDGING,
    KEPT,
    SayPage,
    kept_filters,
    lock_status,
    narrowed_list,
    said,
    was_said_otherwise,
    with_filters,
)
from enrolments.work_item_words import SAYINGS, Saying, issue_and_rest, record_link, rule_text
from pasi.back_office.admins import READING, record_url
from pasi.back_office.calls import staff_caller, staff_caller_info
from pasi.back_office.formats import NOTHING, asn_text
from pasi.back_office.reads import record_read
from pasi.back_office.rule_links import rule_url
from pasi.back_office.service_forms import ChangedMeanwhile, send_body
from pasi.calendar import school_year_text
from pasi.fields import instant_text as utc_text
from pasi.http import new_message_id
from pasi.staff_roles import may_send

MOST_AT_ONCE = 200  # work items of one selection: each is a call of its own, and somebody waits
# Each work item by its key and the version that was shown.
ITEMS = RegexValidator(r"^[0-9]{1,15}:[0-9]{1,15}(,[0-9]{1,15}:[0-9]{1,15})*\Z")
A_DAY_LATER = (24 * 60 * 60 * 1000) << 80  # between UUIDv7s: milliseconds are the first 48 bits


class SelectionForm(forms.Form):
    """What the page of a selection sends back."""

    call_id = forms.UUIDField()
    call_time = forms.CharField(max_length=40)
    status = forms.ChoiceField(choices=[(status, status) for status in SAYINGS])
    items = forms.CharField(validators=[ITEMS])

    def versions(self) -> dict[int, int]:
        """The version of each work item as it was shown, by its key."""
        pairs = (each.split(":") for each in self.cleaned_data["items"].split(",")[:MOST_AT_ONCE])
        return {int(key): int(version) for key, version in pairs}


@dataclass(frozen=True)
class ItemResult:
    """What became of one work item of a selection. `issue`: its code, where it is gone."""

    issue: str
    url: str
    asn: str
    student_url: str
    name: str
    school: str
    is_done: bool
    text: str
    problems: list[dict[str, str]]

    @property
    def number(self) -> str:
        return asn_text(self.asn) if self.asn else NOTHING


class SaysOfSelections:
    """Adds the buttons below the list, and the pages behind them, to the admin of work items."""

    def get_urls(self):
        pages = (
            ("<int:alert>/say/<str:status>/", SayPage.as_view(pages=self), "say_of_work_item"),
            ("selection/", self.say_of_selection, "say_of_work_items"),
            ("selection/<uuid:selection>/", self.selection_results, "work_item_results"),
        )
        own = [
            path(route, self.admin_site.admin_view(page), name=name) for route, page, name in pages
        ]
        return [*own, *super().get_urls()]

    def may_say(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and any(
            may_send(request.user, service) for service in set(ACKNOWLEDGING.values())
        )

    def get_actions(self, request: HttpRequest) -> dict[str, tuple]:
        """The buttons, for those who may say anything at all."""
        if not self.may_say(request):
            return {}
        return {
            status: (partial(choose, saying=saying), status, saying.button)
            for status, saying in SAYINGS.items()
        }

    def say_of_selection(self, request: HttpRequest) -> HttpResponse:
        if not self.may_say(request):
            raise PermissionDenied
        form = SelectionForm(request.POST)
        if request.method != "POST" or not form.is_valid():
            messages.error(request, _("Nothing was done. Select the work items again."))
            return HttpResponseRedirect(narrowed_list(kept_filters(request)))
        versions = form.versions()
        chosen = CoreAlert.objects.filter(pk__in=versions)
        found = list(chosen.select_related("student").order_by("pk"))
        sent = [alert for alert in found if alert.record_type in ACKNOWLEDGING]
        for alert in sent:
            _say(request, alert, versions[alert.pk], form.cleaned_data)
        left = {"gone": len(versions) - len(found), "other": len(found) - len(sent)}
        query = {name: count for name, count in left.items() if count}
        if kept := kept_filters(request):
            query[KEPT] = kept
        address = reverse("admin:work_item_results", args=[form.cleaned_data["call_id"]])
        return HttpResponseRedirect(f"{address}?{urlencode(query)}" if query else address)

    def selection_results(self, request: HttpRequest, selection: UUID) -> HttpResponse:
        """Staff see the results of their own selections."""
        if not self.may_say(request) or request.method not in READING:
            raise PermissionDenied
        calls = calls_of(request.user, selection)
        left = [text for text in _left_out(request.GET) if text]
        if not calls and not left:
            raise Http404("There is no such selection.")
        results = list(results_of(calls))
        record_read(request, [result.asn for result in results if result.asn])
        kept = kept_filters(request)
        done = sum(result.is_done for result in results)
        refused = len(results) - done
        title = ngettext("%(done)s done", "%(done)s done", done) % {"done": done}
        if refused:
            title += _(", %(refused)s refused") % {"refused": refused}
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "headline": title,
            "opts": self.opts,
            "trail": self.trail(urlencode({KEPT: kept}) if kept else ""),
            # What was refused first: somebody has to look at it.
            "results": sorted(results, key=lambda result: result.is_done),
            "left": left,
            "list": narrowed_list(kept),
        }
        return TemplateResponse(request, "admin/work_item_results.html", context)


def choose(
    pages: SaysOfSelections, request: HttpRequest, chosen: QuerySet, *, saying: Saying
) -> HttpResponse | None:
    """The page that says what will happen to the selected work items."""
    total = chosen.order_by().values("pk")[: MOST_AT_ONCE + 1].count()
    alerts = list(chosen.select_related("student__legal_name", "school")[:MOST_AT_ONCE])
    if not alerts:
        messages.warning(request, _("Select work items first: tick them in the list."))
        return None
    record_read(request, [alert.student.asn for alert in alerts])
    kept = request.GET.urlencode()
    title = ngettext("%(what)s %(count)s work item", "%(what)s %(count)s work items", len(alerts))
    title %= {"what": f"{saying.button}:", "count": f"{len(alerts):,}"}
    context = {
        **pages.admin_site.each_context(request),
        "title": title,
        "headline": title,
        "opts": pages.opts,
        "trail": pages.trail(urlencode({KEPT: kept}) if kept else ""),
        "warnings": list(_beforehand(alerts, saying, total)),
        "consequences": [
            _("Each is sent on its own, in your name; you then see what became of each."),
            *saying.consequences,
        ],
        "alerts": [_row(alert, kept) for alert in alerts],
        "hidden": [
            ("call_id", new_message_id()),
            ("call_time", utc_text(timezone.now())),
            ("status", saying.status),
            ("items", ",".join(f"{alert.pk}:{alert.version}" for alert in alerts)),
        ],
        "action": with_filters(reverse("admin:say_of_work_items"), kept),
        "button": title,
        "back": narrowed_list(kept),
    }
    return TemplateResponse(request, "admin/work_item_selection.html", context)


def _beforehand(alerts: list[CoreAlert], saying: Saying, total: int) -> Iterator[str]:
    """What staff should know of the selection before they press the button."""
    if total > len(alerts):
        yield _(
            "Only the first %(most)s of your selection are taken at once. Press the button, then "
            "come back for the others."
        ) % {"most": MOST_AT_ONCE}
    if unfit := [alert for alert in alerts if alert.alert_type not in saying.of]:
        kind = unfit[0].get_alert_type_display().lower()
        yield ngettext(
            "%(count)s of them is of severity %(kind)s, which cannot have this status: it will be "
            "refused.",
            "%(count)s of them are of severity %(kind)s, which cannot have this status: they will "
            "be refused.",
            len(unfit),
        ) % {"count": len(unfit), "kind": kind}
    if count := sum(1 for alert in alerts if alert.record_type not in ACKNOWLEDGING):
        yield _course_enrolments(count)
    if count := sum(1 for alert in alerts if alert.is_waiting):
        yield ngettext(
            "The record of %(count)s is being recalculated: the work item may be out of date.",
            "The records of %(count)s are being recalculated: the work items may be out of date.",
            count,
        ) % {"count": count}


def _course_enrolments(count: int) -> str:
    return ngettext(
        "%(count)s is of a course enrolment and is left out: there is no service for it.",
        "%(count)s are of course enrolments and are left out: there is no service for them.",
        count,
    ) % {"count": count}


def _left_out(query: dict[str, str]) -> Iterator[str]:
    gone, other = (_number(query.get(name, "")) for name in ("gone", "other"))
    if gone:
        yield ngettext(
            "%(count)s work item was no longer there: its record has changed meanwhile.",
            "%(count)s work items were no longer there: their records have changed meanwhile.",
            gone,
        ) % {"count": gone}
    if other:
        yield _course_enrolments(other)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def _row(alert: CoreAlert, kept: str) -> dict[str, Any]:
    return {
        "alert": alert,
        "url": with_filters(record_url(alert), kept),
        "issue": issue_and_rest(alert.description)[0],
        "rule": rule_text(alert.alert_code),
        "asn": asn_text(alert.student.asn),
        "name": alert.student.legal_name.full_name,
        "record": record_link(alert),
        "school": str(alert.school or NOTHING),
        "year": school_year_text(alert.school_year) if alert.school_year else NOTHING,
    }


# --- Sending, and what became of it -------------------------------------------------------------


def _say(request: HttpRequest, alert: CoreAlert, version: int, form: dict[str, Any]) -> None:
    """One call of the service that takes it, whatever becomes of it: where somebody has said
    something else since `version` was shown, nothing.
    """

    def refuse_if_said_otherwise() -> None:
        lock_status(alert)
        now = CoreAlert.objects.filter(pk=alert.pk).first()
        if now is not None and was_said_otherwise(now, version, SAYINGS[form["status"]]):
            raise ChangedMeanwhile

    info = staff_caller_info(request)
    info["ClientMessageID"] = f"{form['call_id'].hex}-{alert.pk}"
    info["SentUtcTime"] = form["call_time"]
    body = {"CallerInfo": info, **said(alert, form["status"])}
    service = ACKNOWLEDGING[alert.record_type]
    send_body(service, staff_caller(request), body, refuse_if_said_otherwise)


def calls_of(user, selection: UUID) -> dict[int, ServiceCall]:
    """The call for each work item of a selection, by the work item's key: where it was made twice,
    the one that was applied. One query, in the order of time; the numbers bound where it looks.
    """
    calls = (
        ServiceCall.objects.filter(
            staff=user,
            message_id__gte=selection,
            message_id__lt=UUID(int=min(selection.int + A_DAY_LATER, 2**128 - 1)),
            client_message_id__startswith=f"{selection.hex}-",
        )
        .select_related("response")
        .order_by("message_id")
    )
    found: dict[int, ServiceCall] = {}
    for call in calls:
        key = int(call.client_message_id.rpartition("-")[2])
        if key not in found or not _is_applied(found[key]):
            found[key] = call
    return found


def _is_applied(call: ServiceCall) -> bool:
    response = getattr(call, "response", None)
    return response is not None and response.http_status == 200


def results_of(calls: dict[int, ServiceCall]) -> Iterable[ItemResult]:
    """What became of each. One query."""
    alerts = CoreAlert.objects.select_related("student__legal_name", "school").in_bulk(calls)
    for key, call in calls.items():
        alert, asked = alerts.get(key), json.loads(call.body)
        is_done = _is_applied(call)
        yield ItemResult(
            issue=issue_and_rest(alert.description)[0]
            if alert
            else _("%s, no longer there") % rule_text(asked["AlertCode"]),
            url=record_url(alert) if alert else "",
            asn=alert.student.asn if alert else asked.get("StateProvinceId", ""),
            student_url=record_url(alert.student) if alert else "",
            name=alert.student.legal_name.full_name if alert else "",
            school=str(alert.school or NOTHING) if alert else NOTHING,
            is_done=is_done,
            text=str(SAYINGS[asked["Status"]].done if is_done else _("Refused")),
            problems=[] if is_done else list(_problems(getattr(call, "response", None))),
        )


def _problems(response: ServiceResponse | None) -> Iterator[dict[str, str]]:
    """Why the service did not do it: (code, text, page of the code)."""
    if response is None:
        yield {"text": _("It was not answered: nothing was done. Try again."), "code": ""}
        return
    body = response.body or {}
    if response.outcome == ServiceResponse.Outcome.FAULT:
        yield _problem(body.get("code") or "", body.get("detail") or body.get("title", ""))
    for rejection in body.get("Rejections", ()):
        yield _problem(rejection["Code"], rejection["Description"])


def _problem(code: str, text: str) -> dict[str, str]:
    return {"code": code, "text": text, "url": rule_url(code) if code else ""}
