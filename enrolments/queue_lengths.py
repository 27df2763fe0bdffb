"""How much waits for each processor, at a bounded price: for whoever opens a page, asks the API or
collects metrics, also while millions of records wait.

The first LOOKED_AT triggers that are new are looked at, and so many records that were set aside:
that is all there are on most days, and then the number is of this moment. Where there are more it
is the number that a worker has counted last, with the time; or, if even that is lower, at least so
many as were just seen.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Q

from enrolments.processors import Processor, processed_up_to
from pasi.figures.keeping import Kept

LOOKED_AT = 20_000


@dataclass(frozen=True)
class Length:
    """`as_of`: when it was counted, if not just now. `is_at_least`: there may be more."""

    value: int
    as_of: datetime.datetime | None = None
    is_at_least: bool = False


@dataclass(frozen=True)
class Queue:
    """The state of one processor. `oldest`: since when the record waits that waits longest."""

    outstanding: Length
    set_aside: Length
    oldest: datetime.datetime | None


def queue_of(processor: Processor, kept: Kept) -> Queue:
    """Three queries. `kept`: the figures of background work."""
    new = processor.trigger.objects.filter(version__gt=processed_up_to(processor.name))
    behind = processor.status.objects.filter(
        pk=OuterRef("pk"), max_source_version__lt=OuterRef("version")
    )
    # In the order of the versions: their index ends the look.
    first = new.annotate(waits=Exists(behind)).order_by("version")[: LOOKED_AT + 1]
    seen = first.aggregate(
        looked_at=Count("pk"),
        waiting=Count("pk", filter=Q(waits=True)),
        oldest=Min("last_updated_on", filter=Q(waits=True)),
    )
    outstanding, oldest = Length(seen["waiting"]), seen["oldest"]
    if seen["looked_at"] > LOOKED_AT:
        waiting = min(seen["waiting"], LOOKED_AT)
        outstanding = _counted_last(waiting, "waiting", processor, kept)
        since = kept.values.get(("waiting_since", processor.name))
        if oldest is None and since:
            oldest = datetime.datetime.fromtimestamp(since, datetime.UTC)
    aside = processor.status.objects.filter(set_aside_at__isnull=False)
    count = aside.values("pk")[: LOOKED_AT + 1].count()
    set_aside = Length(count)
    if count > LOOKED_AT:
        set_aside = _counted_last(LOOKED_AT, "set_aside", processor, kept)
    return Queue(outstanding, set_aside, oldest)


def _counted_last(seen: int, name: str, processor: Processor, kept: Kept) -> Length:
    counted = kept.values.get((name, processor.name), 0)
    if kept.counted_at is None or counted <= seen:
        return Length(seen, is_at_least=True)
    return Length(counted, as_of=kept.counted_at)
