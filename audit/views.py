"""Reading the audit: GET /api/service-calls/ and /api/service-calls/{message id}/."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from audit.filters import ServiceCallParameters
from audit.models import ServiceCall
from audit.serializers import (
    CALL_COLUMNS,
    ServiceCallDetailSerializer,
    ServiceCallSerializer,
    call_json,
)
from pasi import fields
from pasi.models import Role
from pasi.operations import recorded_answer
from pasi.reading import Found, Reader, ReadingView, RecordListView, in_order

AUDIT_READERS = frozenset({Role.VIEW_AUDIT_USER})


def visible_calls(reader: Reader) -> QuerySet:
    """All calls for a client of the ministry; to others their own."""
    calls = ServiceCall.objects.all()
    return calls if reader.is_ministry else calls.filter(client=reader.client)


class ServiceCallListView(RecordListView):
    """Recorded calls of services, the newest first.

    A client of the ministry sees those of all clients, of staff and of commands; others their own.
    """

    operation = "ListServiceCalls"
    roles = AUDIT_READERS
    parameters = ServiceCallParameters
    answer = ServiceCallSerializer
    key = ("message_id",)  # ordered by time
    descending = True

    def queryset(self) -> QuerySet:
        return ServiceCall.objects.all()

    def visible(self, queryset: QuerySet) -> QuerySet:
        return queryset & visible_calls(self.reader)

    def results(self, rows: list, given: ServiceCallParameters) -> list[dict]:
        calls = ServiceCall.objects.filter(pk__any=rows).values(*CALL_COLUMNS)
        return [call_json(row) for row in in_order(rows, calls)]

    def asns(self, results: list[dict]) -> list[str]:
        return [asn for each in results for asn in each["StateProvinceIds"]]


class ServiceCallView(ReadingView):
    """One recorded call; for clients of the ministry with its request and response."""

    operation = "ReadServiceCall"
    roles = AUDIT_READERS
    answer = ServiceCallDetailSerializer
    path_fields = {"message_id": fields.GuidField()}

    def find(self, given, *, message_id: str) -> Found:
        if not fields.GuidField.pattern.fullmatch(message_id):
            raise Http404
        call = visible_calls(self.reader).filter(pk=UUID(message_id))
        row = call.values(*CALL_COLUMNS).first()
        if row is None:
            raise Http404
        body = {**call_json(row), "Request": None, "Response": None}
        if self.reader.is_ministry:
            body.update(self._bodies(call))
        return Found(body, body["StateProvinceIds"])

    def _bodies(self, calls: QuerySet) -> dict:
        call = calls.select_related("response__replay_of__response").get()
        response = getattr(call, "response", None)
        answer = None
        if response is not None:
            response.call = call
            answer = recorded_answer(response)
        return {"Request": call.body, "Response": answer}
