"""Counting now and then, and keeping what was counted.

Each set of figures is one transaction under the lock of its row: who reads sees a whole set, and
two who count do not mix theirs. A set whose table is large is counted for the days that can still
change only, or not at all while nothing has changed.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from credentials.models import AwardedCredential
from pasi import bulk
from pasi.calendar import ALBERTA
from pasi.figures import counting
from pasi.figures.counting import Row
from pasi.models import Figure, FigureSet

BACKGROUND_WORK = "background_work"
DAYS = 30  # kept one by one
# A day is counted again for so long after its end: until then a call may lack its answer.
SETTLES_AFTER = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class AsItIs:
    """Figures of the present: counted anew every time."""

    name: str
    count: Callable[[], Iterable[Row]]

    def refresh(self, kept: FigureSet, now: datetime.datetime) -> None:
        _replace(Figure.objects.filter(figure_set=kept), kept, self.count())


@dataclass(frozen=True)
class AfterChanges:
    """Figures of records that carry a version: counted anew when a record has changed."""

    name: str
    count: Callable[[], Iterable[Row]]
    model: type

    def refresh(self, kept: FigureSet, now: datetime.datetime) -> None:
        # Asked first: what comes to light later has a version above it.
        seen = bulk.visible_version()
        if kept.counted_at and not self.model.objects.filter(version__gt=kept.mark).exists():
            return
        _replace(Figure.objects.filter(figure_set=kept), kept, self.count())
        kept.mark = seen


@dataclass(frozen=True)
class DayByDay:
    """Figures of days: those are counted anew that can have changed since the last time.

    Of days that are no longer kept one by one the names in `summed` go into one sum.
    """

    name: str
    count: Callable[[datetime.date, datetime.date], Iterable[Row]]
    summed: tuple[str, ...] = ()

    def refresh(self, kept: FigureSet, now: datetime.datetime) -> None:
        today = now.astimezone(ALBERTA).date()
        oldest = today - datetime.timedelta(days=DAYS - 1)
        first = oldest
        if kept.counted_at:
            first = (kept.counted_at - SETTLES_AFTER).astimezone(ALBERTA).date()
        figures = Figure.objects.filter(figure_set=kept)
        _replace(figures.filter(period__gte=first.isoformat()), kept, self.count(first, today))
        former = figures.filter(period__lt=oldest.isoformat())
        if former.exclude(period="").exists():
            rows = former.filter(name__in=self.summed).values_list("name", "key")
            sums = list(rows.annotate(Sum("value")).order_by())
            _replace(former, kept, (Row(name, key, "", value) for name, key, value in sums))


SETS = (
    AsItIs("reviews", counting.reviews),
    AsItIs("alerts", counting.alerts),
    AsItIs(BACKGROUND_WORK, counting.background_work),
    AsItIs("troubled_calls", counting.troubled_calls),
    AsItIs("runs", counting.runs),
    AfterChanges("credentials", counting.credentials, AwardedCredential),
    DayByDay(
        "calls",
        counting.calls,
        summed=("calls_by_operation", "calls_within", "calls_answered", "call_milliseconds"),
    ),
    DayByDay("alert_changes", counting.alert_changes),
)


def refresh(*, wait: bool = False) -> Iterator[str]:
    """Count every set; their names, as they are done. A set that somebody else counts at the moment
    is left to them, or waited for and counted anew.
    """
    FigureSet.objects.bulk_create(
        [FigureSet(name=each.name) for each in SETS], ignore_conflicts=True
    )
    for each in SETS:
        with transaction.atomic():
            free = FigureSet.objects.select_for_update(skip_locked=not wait)
            kept = free.filter(pk=each.name).first()
            if kept is None:
                continue
            now = timezone.now()
            each.refresh(kept, now)
            kept.counted_at = now
            kept.save()
        yield each.name


def _replace(former, kept: FigureSet, rows: Iterable[Row]) -> None:
    counted = [Figure(figure_set=kept, **row._asdict()) for row in rows]
    former.delete()
    Figure.objects.bulk_create(counted)


@dataclass(frozen=True)
class Kept:
    """Figures of the present that were counted together: (name, key) -> value."""

    counted_at: datetime.datetime | None
    values: Mapping[tuple[str, str], int]


def kept(name: str) -> Kept:
    """The figures of a set. Two queries."""
    rows = Figure.objects.filter(figure_set=name, period="").values_list("name", "key", "value")
    return Kept(counted_at(name), {(of, key): value for of, key, value in rows})


def counted_at(name: str) -> datetime.datetime | None:
    """When a set of figures was counted last; None if never."""
    return FigureSet.objects.filter(pk=name).values_list("counted_at", flat=True).first()


def as_of() -> datetime.datetime | None:
    """When the figures were counted: the oldest of them. None if some never were."""
    found = FigureSet.objects.filter(name__in=[each.name for each in SETS])
    times = list(found.values_list("counted_at", flat=True))
    return None if len(times) < len(SETS) or None in times else min(times)
