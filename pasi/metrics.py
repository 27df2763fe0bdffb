"""GET /metrics: what a monitoring system asks for, as Prometheus reads it.

Everything comes from the database, so it makes no difference which process answers. Calls are those
that were counted last (pasi/figures); what waits is counted now, or last if it is too much to count
for everybody who asks. The number of queries is fixed, and what each looks at is bounded.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from enrolments.processors import PROCESSORS
from enrolments.queue_lengths import queue_of
from pasi.figures.counting import DURATIONS, JOBS_COUNTED, failed_jobs_up_to, unfinished_runs
from pasi.figures.keeping import BACKGROUND_WORK, counted_at, kept
from pasi.http import client_address, in_networks
from pasi.models import Figure

CALLS, ANSWERED, WITHIN, MILLISECONDS = (
    "calls_by_operation",
    "calls_answered",
    "calls_within",
    "call_milliseconds",
)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For the addresses of PASI_METRICS_ALLOW alone; for all others it is not there. With
    PASI_METRICS_TOKEN a bearer token is asked for as well.
    """
    if not in_networks(client_address(request), settings.PASI_METRICS_ALLOW):
        raise Http404
    if settings.PASI_METRICS_TOKEN and not _has_token(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    registry = CollectorRegistry()
    registry.register(Pasi())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.PASI_METRICS_TOKEN.encode()
    return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), wanted)


class Pasi(Collector):
    def describe(self) -> list[Metric]:
        """Nothing is counted for registering alone."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from _calls()
        yield from _waiting()
        jobs = f"Background jobs that failed and are kept, up to {JOBS_COUNTED:,}."
        yield GaugeMetricFamily(
            "pasi_failed_jobs", jobs, value=failed_jobs_up_to(JOBS_COUNTED).count()
        )
        runs = "Awarding runs that are not finished."
        yield GaugeMetricFamily(
            "pasi_awarding_runs_unfinished", runs, value=unfinished_runs().count()
        )


def _calls() -> Iterator[Metric]:
    """Of the days that are kept one by one, and the sum of those before. Two queries."""
    sums: dict[str, dict[tuple[str, ...], int]] = defaultdict(dict)
    rows = Figure.objects.filter(name__in=(CALLS, ANSWERED, WITHIN, MILLISECONDS))
    for name, key, value in rows.values_list("name", "key").annotate(Sum("value")).order_by():
        sums[name][tuple(key.split("|"))] = value
    calls = CounterMetricFamily(
        "pasi_calls",
        "Recorded calls by operation and outcome, as counted last.",
        labels=("operation", "outcome"),
    )
    for labels, count in sorted(sums[CALLS].items()):
        calls.add_metric(labels, count)
    yield calls
    durations = HistogramMetricFamily(
        "pasi_call_duration_seconds",
        "How long answered calls took, as counted last.",
        labels=("operation",),
    )
    for (operation,), count in sorted(sums[ANSWERED].items()):
        buckets = [
            (str(bound / 1_000), sums[WITHIN].get((operation, str(bound)), 0))
            for bound in DURATIONS
        ]
        seconds = sums[MILLISECONDS].get((operation,), 0) / 1_000
        durations.add_metric((operation,), [*buckets, ("+Inf", count)], seconds)
    yield durations
    counted = counted_at("calls")
    yield GaugeMetricFamily(
        "pasi_calls_counted_timestamp_seconds",
        "When the calls were counted last; 0 = never.",
        value=counted.timestamp() if counted else 0,
    )


def _waiting() -> Iterator[Metric]:
    """Two queries, and three for each processor."""
    outstanding = GaugeMetricFamily(
        "pasi_outstanding_triggers", "Records that wait for a processor.", labels=("processor",)
    )
    counted = GaugeMetricFamily(
        "pasi_outstanding_triggers_counted_timestamp_seconds",
        "When they were counted: now, or last where there are very many.",
        labels=("processor",),
    )
    oldest = GaugeMetricFamily(
        "pasi_oldest_trigger_age_seconds",
        "How long the oldest of them has waited; 0 = none waits.",
        labels=("processor",),
    )
    aside = GaugeMetricFamily(
        "pasi_records_set_aside",
        "Records that a processor has set aside after an error.",
        labels=("processor",),
    )
    now, figures = timezone.now(), kept(BACKGROUND_WORK)
    for each in PROCESSORS:
        queue = queue_of(each, figures)
        age = max(0.0, (now - queue.oldest).total_seconds()) if queue.oldest else 0
        outstanding.add_metric((each.name,), queue.outstanding.value)
        if not queue.outstanding.is_at_least:
            counted.add_metric((each.name,), (queue.outstanding.as_of or now).timestamp())
        oldest.add_metric((each.name,), age)
        aside.add_metric((each.name,), queue.set_aside.value)
    yield from (outstanding, counted, oldest, aside)
