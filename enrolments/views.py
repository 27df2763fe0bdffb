"""Reading the state of the processors: GET /api/processors/."""

from django.db.models import Count, F, Min, Q

from enrolments.processors import PROCESSORS, Processor
from enrolments.serializers import ProcessorSerializer
from pasi.fields import instant_text
from pasi.models import Role
from pasi.paging import Page, page_of_items
from pasi.reading import ListView, PageParameters


class ProcessorListView(ListView):
    """The background processors, and how much work waits for each."""

    operation = "ListProcessors"
    roles = frozenset({Role.VIEW_ENROLMENT_USER, Role.PASI_SYSTEM_USER})
    answer = ProcessorSerializer

    def page(self, given: PageParameters) -> Page:
        return page_of_items(PROCESSORS, lambda each: each.name, given.cursor, given.size)

    def results(self, rows: list[Processor], given: PageParameters) -> list[dict]:
        return [_processor_json(each) for each in rows]


def _processor_json(processor: Processor) -> dict:
    """One query. Trigger and status of a record share their key."""
    key = processor.trigger._meta.pk.name
    status = f"{key}__{processor.status._meta.model_name}"
    outstanding = Q(version__gt=F(f"{status}__max_source_version"))
    counts = processor.trigger.objects.aggregate(
        outstanding=Count("pk", filter=outstanding),
        set_aside=Count("pk", filter=Q(**{f"{status}__set_aside_at__isnull": False})),
        oldest=Min("last_updated_on", filter=outstanding),
    )
    return {
        "Name": processor.name,
        "OutstandingTriggers": counts["outstanding"],
        "SetAside": counts["set_aside"],
        "OldestUtc": instant_text(counts["oldest"]),
    }
