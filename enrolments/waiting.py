"""What waits for the processors: how much for each, counted by a worker (for whoever asks meanwhile
see queue_lengths.py), and whether a record does.
"""

import datetime
from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from enrolments.models import RecordType
from enrolments.processors import Processor, processed_up_to
from enrolments.triggers import TABLES


@dataclass(frozen=True)
class Waiting:
    """The state of one processor."""

    outstanding: int
    set_aside: int
    oldest: datetime.datetime | None


def outstanding(triggers: QuerySet, status: type[models.Model]) -> QuerySet:
    """Those of the triggers that their processor has not come up to. Trigger and status share their
    key.
    """
    behind = status.objects.filter(pk=OuterRef("pk"), max_source_version__lt=OuterRef("version"))
    return triggers.filter(Exists(behind))


def waiting_for(processor: Processor) -> Waiting:
    """How much waits for a processor: three queries, which take as long as there is work."""
    new = processor.trigger.objects.filter(version__gt=processed_up_to(processor.name))
    found = outstanding(new, processor.status).aggregate(
        outstanding=Count("pk"), oldest=Min("last_updated_on")
    )
    aside = processor.status.objects.filter(set_aside_at__isnull=False)
    return Waiting(set_aside=aside.count(), **found)


def is_waiting() -> Q:
    """Whether the record of an alert waits for its processor, for annotate() and filter()."""
    found = Q()
    for record_type in RecordType:
        trigger, status = TABLES[record_type]
        of_record = outstanding(trigger.objects, status).filter(pk=OuterRef("record"))
        found |= Q(record_type=record_type) & Q(Exists(of_record))
    return found
