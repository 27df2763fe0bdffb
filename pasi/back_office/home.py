"""The start page: what needs attention, and how things go. Figures are kept, never counted here;
each reader sees those whose lists they may open.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from audit.models import ServiceCall, ServiceResponse
from credentials import reviews
from credentials.models import AwardedCredential, AwardingRun, RequirementSetStatus
from enrolments.models import CoreAlert, ProcessorProgress
from enrolments.processors import PROCESSORS
from pasi.back_office.admins import list_url, may_view
from pasi.back_office.charts import COLOURS, Chart, Series
from pasi.back_office.formats import instant_text
from pasi.calendar import ALBERTA, current_school_year, school_year_text
from pasi.codes import code_list
from pasi.figures.counting import UNANSWERED
from pasi.figures.keeping import DAYS, as_of
from pasi.models import Figure

NAMES = (
    *("reviews", "alerts", "waiting", "set_aside", "failed_jobs", "troubled_calls", "open_runs"),
    *("credentials", "calls", "alert_changes"),
)
YEARS = 12  # school years in the chart of credentials
# Older figures mean that no worker counts.
STALE_AFTER = datetime.timedelta(minutes=20)

# name -> (key, period) -> value
Figures = Mapping[str, Mapping[tuple[str, str], int]]


@dataclass(frozen=True)
class Attention:
    """A figure that may need somebody. Without an address it has no list yet."""

    label: Any
    value: int
    url: str


@dataclass(frozen=True)
class Subject:
    title: Any
    figures: list[Attention]


def home(request: HttpRequest) -> dict[str, Any]:
    """What the template of the start page shows. Two queries."""
    counted, figures = as_of(), _figures()
    subjects = [subject for subject in _subjects(request, figures) if subject.figures]
    return {
        "as_of": counted and instant_text(counted),
        "figures_are_old": counted is not None and timezone.now() - counted > STALE_AFTER,
        "attention": subjects,
        "charts": list(_charts(request, figures)),
    }


def _figures() -> Figures:
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    rows = Figure.objects.filter(name__in=NAMES).values_list("name", "key", "period", "value")
    for name, key, period, value in rows:
        found[name][key, period] = value
    return found


# --- What needs attention -----------------------------------------------------------------------


def _subjects(request: HttpRequest, figures: Figures) -> Iterator[Subject]:
    def value(name: str, key: str = "") -> int:
        return figures[name].get((key, ""), 0)

    if may_view(request, CoreAlert):
        severities = (
            (CoreAlert.AlertType.WARNING, _("Warnings")),
            (CoreAlert.AlertType.ADVICE, _("Advice")),
        )
        yield Subject(
            _("Open work items (core alerts)"),
            [
                Attention(
                    label,
                    value("alerts", severity),
                    list_url(CoreAlert, {"severity": severity.value}),
                )
                for severity, label in severities
            ],
        )
    if may_view(request, AwardedCredential) and may_view(request, RequirementSetStatus):
        yield Subject(
            _("Credentials to review"),
            [
                Attention(of.title, value("reviews", kind), review_list(kind))
                for kind, of in reviews.KINDS.items()
            ],
        )
    if may_view(request, AwardingRun):
        runs = Attention(
            _("Awarding runs not finished"),
            value("open_runs"),
            list_url(AwardingRun, {"state": "open"}),
        )
        yield Subject(_("Awarding"), [runs])
    yield Subject(_("Work in the background"), list(_background_work(request, value)))
    if may_view(request, ServiceCall):
        yield Subject(
            _("Service calls of the last 24 hours"),
            [
                Attention(
                    label,
                    value("troubled_calls", key),
                    list_url(ServiceCall, {"received": "1", "outcome": outcome}),
                )
                for label, key, outcome in (
                    (_("Ended in a fault"), ServiceResponse.Outcome.FAULT, "Fault"),
                    (_("Unanswered: nothing was applied"), UNANSWERED, "unanswered"),
                )
            ],
        )


def review_list(kind: str) -> str:
    """The list of credentials to review of one kind."""
    return f"{reverse('admin:credentials_reviews')}?{urlencode({'kind': kind})}"


def _background_work(request: HttpRequest, value) -> Iterator[Attention]:
    if not may_view(request, ProcessorProgress):
        return
    page = reverse("admin:enrolments_processors")
    waiting = sum(value("waiting", each.name) for each in PROCESSORS)
    yield Attention(_("Records that wait for a worker"), waiting, page)
    aside = sum(value("set_aside", each.name) for each in PROCESSORS)
    with_some = [each for each in PROCESSORS if value("set_aside", each.name)]
    # One list holds them all, or the page says in which lists they are.
    is_in_one_list = len(with_some) == 1 and may_view(request, with_some[0].trigger)
    url = list_url(with_some[0].trigger, {"work": "aside"}) if is_in_one_list else page
    yield Attention(_("Records set aside after an error"), aside, url)
    yield Attention(_("Failed background jobs"), value("failed_jobs"), f"{page}#failed-jobs")


# --- How things go ------------------------------------------------------------------------------


def _charts(request: HttpRequest, figures: Figures) -> Iterator[Chart]:
    if may_view(request, AwardedCredential):
        yield _credentials(figures["credentials"])
    days = _days()
    if may_view(request, ServiceCall):
        yield _calls(figures["calls"], days)
    if may_view(request, CoreAlert):
        yield _alert_changes(figures["alert_changes"], days)


def _days() -> list[datetime.date]:
    today = timezone.now().astimezone(ALBERTA).date()
    return [today - datetime.timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]


def _credentials(counted: Mapping[tuple[str, str], int]) -> Chart:
    """The types of which there are most have bars of their own; the table has all."""
    first = current_school_year() - YEARS + 1
    years = list(range(first, first + YEARS))
    names = code_list("CredentialType")

    def series(kind: str) -> Series:
        links = {
            place: list_url(AwardedCredential, {"credential_type": kind, "school_year": year})
            for place, year in enumerate(years)
        }
        name = names[kind].short_name if kind in names else kind
        values = [counted.get((kind, str(year)), 0) for year in years]
        return Series(f"{kind} {name}", values, links)

    found = [series(kind) for kind in sorted({kind for kind, _year in counted})]
    found = [each for each in found if any(each.values)]
    by_size = sorted(found, key=lambda each: -sum(each.values))
    shown, others = by_size, by_size[COLOURS - 1 :]
    if len(by_size) > COLOURS:
        rest = [sum(values) for values in zip(*(each.values for each in others), strict=True)]
        shown = [*by_size[: COLOURS - 1], Series(_("Other types"), rest)]
    return Chart(
        "credentials",
        _("Credentials by type and school year"),
        _("School year"),
        [school_year_text(year) for year in years],
        shown or [Series("", [0] * YEARS)],
        when_empty=_("No credential has been awarded for these school years."),
        table=found,
    )


def _calls(counted: Mapping[tuple[str, str], int], days: list[datetime.date]) -> Chart:
    outcomes = (
        (ServiceResponse.Outcome.APPLIED, _("Applied"), "Applied"),
        (ServiceResponse.Outcome.REJECTED, _("Rejected"), "Rejected"),
        (ServiceResponse.Outcome.FAULT, _("Fault"), "Fault"),
        (ServiceResponse.Outcome.REPLAYED, _("Replayed"), "Replayed"),
        (UNANSWERED, _("Unanswered"), "unanswered"),
    )
    return Chart(
        "calls",
        _("Service calls per day by outcome"),
        _("Day"),
        [day.isoformat() for day in days],
        [
            Series(
                label,
                [counted.get((key, day.isoformat()), 0) for day in days],
                {
                    place: list_url(ServiceCall, {"since": day, "until": day, "outcome": of_filter})
                    for place, day in enumerate(days)
                },
            )
            for key, label, of_filter in outcomes
        ],
        when_empty=_("No service was called in these 30 days."),
    )


def _alert_changes(counted: Mapping[tuple[str, str], int], days: list[datetime.date]) -> Chart:
    return Chart(
        "alert-changes",
        _("Alerts opened and cleared per day"),
        _("Day"),
        [day.isoformat() for day in days],
        [
            Series(label, [counted.get((key, day.isoformat()), 0) for day in days])
            for key, label in (("raised", _("Opened")), ("cleared", _("Cleared")))
        ],
        stacked=False,
        when_empty=_("No alert was opened or cleared in these 30 days."),
    )
