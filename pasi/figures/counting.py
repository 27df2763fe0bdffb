"""What is counted: each function a fixed number of queries, whatever there is to count."""

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import BigIntegerField, Count, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.models import ServiceCall, ServiceResponse
from credentials.models import AwardedCredential, AwardingRun
from credentials.reviews import keep as keep_credentials_to_review
from enrolments.models import AcknowledgementStatus, CoreAlert
from enrolments.processors import PROCESS_TRIGGERS, PROCESSORS
from enrolments.waiting import waiting_for
from pasi.calendar import ALBERTA
from pasi.http import first_message_id

# A call without an answer for so long gets none any more. Source: decision 30.
UNANSWERED_AFTER = datetime.timedelta(minutes=10)
UNANSWERED = "Unanswered"
FAILED = "failed"  # of a background job
JOBS_COUNTED = 10_000  # failed ones, for whoever asks
OPEN = (AcknowledgementStatus.UNACKNOWLEDGED, AcknowledgementStatus.IN_PROGRESS)
# Upper bounds of the classes of durations, in milliseconds; what is slower has its own.
DURATIONS = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
# Message ids are made by web processes, times by the database; their clocks may differ.
CLOCKS = datetime.timedelta(hours=1)


class Row(NamedTuple):
    name: str
    key: str
    period: str
    value: int


# --- As it is now -------------------------------------------------------------------------------


def reviews() -> Iterator[Row]:
    """Credentials to review, by kind, once it is kept which they are."""
    for kind, count in keep_credentials_to_review().items():
        yield Row("reviews", kind, "", count)


def alerts() -> Iterator[Row]:
    """Open alerts by severity. One query."""
    found = CoreAlert.objects.filter(acknowledgement_status__in=OPEN)
    for kind, count in found.values_list("alert_type").annotate(Count("pk")).order_by():
        yield Row("alerts", kind, "", count)


def background_work() -> Iterator[Row]:
    """What waits for each processor and since when (seconds since 1970), what was set aside, which
    jobs have failed.
    """
    for each in PROCESSORS:
        waiting = waiting_for(each)
        yield Row("waiting", each.name, "", waiting.outstanding)
        if waiting.oldest:
            yield Row("waiting_since", each.name, "", int(waiting.oldest.timestamp()))
        yield Row("set_aside", each.name, "", waiting.set_aside)
    yield Row("failed_jobs", "", "", failed_jobs().count())


def failed_jobs() -> QuerySet:
    return ProcrastinateJob.objects.filter(status=FAILED)


def failed_jobs_up_to(most: int) -> QuerySet:
    """The latest of them. Only failed jobs stay in their table, so they are soon found."""
    return failed_jobs().order_by("-pk").values("pk")[:most]


def troubled_calls() -> Iterator[Row]:
    """Calls of the last 24 hours that ended in a fault, or without an answer. Two queries."""
    now = timezone.now()
    since = first_message_id(now - datetime.timedelta(days=1))
    faults = ServiceResponse.objects.filter(
        outcome=ServiceResponse.Outcome.FAULT, call_id__gte=since
    )
    yield Row("troubled_calls", ServiceResponse.Outcome.FAULT, "", faults.count())
    silent = ServiceCall.objects.filter(unanswered(now), message_id__gte=since)
    yield Row("troubled_calls", UNANSWERED, "", silent.count())


def unanswered(now: datetime.datetime) -> Q:
    """Calls that have no answer and will get none: nothing was applied."""
    return Q(response__isnull=True, message_id__lt=first_message_id(now - UNANSWERED_AFTER))


def runs() -> Iterator[Row]:
    """Awarding runs that are not finished. One query."""
    yield Row("open_runs", "", "", unfinished_runs().count())


def unfinished_runs() -> QuerySet:
    """A run over HTTP is one call: finished with it."""
    return AwardingRun.objects.filter(finished_at=None).exclude(origin=AwardingRun.Origin.HTTP)


def credentials() -> Iterator[Row]:
    """Active credentials by type and school year. One query."""
    found = AwardedCredential.objects.filter(is_deleted=False)
    groups = found.values_list("credential_type", "school_year").annotate(Count("pk")).order_by()
    for kind, year, count in groups:
        yield Row("credentials", kind, str(year), count)


# --- Day by day ---------------------------------------------------------------------------------


def calls(first: datetime.date, last: datetime.date) -> Iterator[Row]:
    """Calls received from day to day, by outcome, by operation, by duration. One query.

    One that has no answer yet is counted when it will get none.
    """
    classes = {
        f"up_to_{bound}": Count("pk", filter=Q(response__duration_milliseconds__lte=bound))
        for bound in DURATIONS
    }
    answered = Q(response__isnull=False) | unanswered(timezone.now())
    found = (
        received(first, last)
        .filter(answered)
        .annotate(day=TruncDate("received_at", tzinfo=ALBERTA))
        .values("day", "operation", "response__outcome")
        .annotate(
            count=Count("pk"),
            answers=Count("response"),
            milliseconds=Sum("response__duration_milliseconds"),
            **classes,
        )
        .order_by()
    )
    sums: Counter[tuple[str, str, str]] = Counter()
    for row in found:
        day, operation = row["day"].isoformat(), row["operation"]
        outcome = row["response__outcome"] or UNANSWERED
        sums["calls", outcome, day] += row["count"]
        sums["calls_by_operation", f"{operation}|{outcome}", day] += row["count"]
        for bound in DURATIONS:
            sums["calls_within", f"{operation}|{bound}", day] += row[f"up_to_{bound}"]
        sums["calls_answered", operation, day] += row["answers"]
        sums["call_milliseconds", operation, day] += row["milliseconds"] or 0
    for what, count in sums.items():
        yield Row(*what, count)


def received(first: datetime.date, last: datetime.date) -> QuerySet:
    """Calls received on these days of Alberta; the index of message ids serves it."""
    start = datetime.datetime.combine(first, datetime.time(), ALBERTA)
    end = datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time(), ALBERTA)
    return ServiceCall.objects.filter(
        message_id__gte=first_message_id(start - CLOCKS),
        message_id__lt=first_message_id(end + CLOCKS),
        received_at__gte=start,
        received_at__lt=end,
    )


def alert_changes(first: datetime.date, last: datetime.date) -> Iterator[Row]:
    """Alerts that processors raised and cleared from day to day, as their calls say. One query."""
    batches = received(first, last).filter(operation=PROCESS_TRIGGERS)
    found = (
        ServiceResponse.objects.filter(call__in=batches)
        .annotate(day=TruncDate("call__received_at", tzinfo=ALBERTA))
        .values("day")
        .annotate(raised=_sum_of("AlertsRaised"), cleared=_sum_of("AlertsCleared"))
        .order_by()
    )
    for row in found:
        for key in ("raised", "cleared"):
            yield Row("alert_changes", key, row["day"].isoformat(), row[key] or 0)


def _sum_of(name: str) -> Sum:
    return Sum(Cast(KT(f"body__{name}"), BigIntegerField()))
