"""Reading school enrolments, core alerts and the state of the processors."""

from django.db.models import QuerySet

from enrolments.filters import CoreAlertParameters, SchoolEnrolmentParameters
from enrolments.models import CoreAlert, SchoolEnrolment
from enrolments.processors import PROCESSORS, Processor
from enrolments.queue_lengths import Queue, queue_of
from enrolments.serializers import (
    CORE_ALERT_COLUMNS,
    SCHOOL_ENROLMENT_COLUMNS,
    CoreAlertSerializer,
    ProcessorSerializer,
    SchoolEnrolmentSerializer,
    core_alert_json,
    school_enrolment_json,
)
from enrolments.visibility import own_schools, visible_alerts, visible_records
from pasi.calendar import business_today
from pasi.fields import instant_text
from pasi.figures.keeping import BACKGROUND_WORK, kept
from pasi.models import Role
from pasi.paging import Page, page_of_items
from pasi.reading import ListView, PageParameters, RecordListView, in_order

ENROLMENT_READERS = frozenset({Role.VIEW_ENROLMENT_USER, Role.PASI_SYSTEM_USER})


class SchoolEnrolmentListView(RecordListView):
    """School enrolments, by RefId; deleted ones too.

    The ministry sees all; others those at their schools, and those elsewhere of students associated
    with their organizations by creation or by a current or the last school enrolment.
    """

    operation = "ListSchoolEnrolments"
    roles = ENROLMENT_READERS
    parameters = SchoolEnrolmentParameters
    answer = SchoolEnrolmentSerializer
    key = ("reference_id",)

    def queryset(self) -> QuerySet:
        return SchoolEnrolment.objects.all()

    def visible(self, queryset: QuerySet) -> QuerySet:
        self.own = own_schools(self.reader)
        return visible_records(queryset, self.reader, self.own)

    def results(self, rows: list, given: SchoolEnrolmentParameters) -> list[dict]:
        found = SchoolEnrolment.objects.filter(pk__any=rows).values(*SCHOOL_ENROLMENT_COLUMNS)
        today = business_today()
        return [
            school_enrolment_json(
                row, today, is_own=self.reader.is_ministry or row["school_id"] in self.own
            )
            for row in in_order(rows, found)
        ]


class CoreAlertListView(RecordListView):
    """Core alerts: the warnings first, then the advice, the newest first.

    The ministry sees all; others those of records at their schools, and those of students
    associated with their organizations by creation or by a current or the last school enrolment.
    Those of a record that waits for its processor are shown until it has been looked at again.
    """

    operation = "ListCoreAlerts"
    roles = ENROLMENT_READERS
    parameters = CoreAlertParameters
    answer = CoreAlertSerializer
    key = ("alert_type", "id")

    def queryset(self) -> QuerySet:
        return CoreAlert.objects.all()

    def page(self, given: CoreAlertParameters) -> Page:
        self.descending = not given.given("ChangedSinceVersion")  # "Warning" is after "Advice"
        return super().page(given)

    def visible(self, queryset: QuerySet) -> QuerySet:
        return visible_alerts(queryset, self.reader, own_schools(self.reader))

    def results(self, rows: list, given: CoreAlertParameters) -> list[dict]:
        found = CoreAlert.objects.filter(pk__any=rows).values(*CORE_ALERT_COLUMNS)
        return [core_alert_json(row) for row in in_order(rows, found)]


class ProcessorListView(ListView):
    """The background processors, and how much work waits for each."""

    operation = "ListProcessors"
    roles = ENROLMENT_READERS
    answer = ProcessorSerializer

    def page(self, given: PageParameters) -> Page:
        return page_of_items(PROCESSORS, lambda each: each.name, given.cursor, given.size)

    def results(self, rows: list[Processor], given: PageParameters) -> list[dict]:
        figures = kept(BACKGROUND_WORK)
        return [_processor_json(each, queue_of(each, figures)) for each in rows]


def _processor_json(processor: Processor, queue: Queue) -> dict:
    return {
        "Name": processor.name,
        "OutstandingTriggers": queue.outstanding.value,
        "SetAside": queue.set_aside.value,
        "OldestUtc": instant_text(queue.oldest),
    }
