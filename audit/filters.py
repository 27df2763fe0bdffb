"""The parameters of the list of recorded calls."""

from audit.models import ServiceResponse
from credentials.models import AwardingBatch, AwardingRun
from pasi.filters import ASN, GUID, Parameter, one_of, text
from pasi.models import PasiClient
from pasi.reading import PageParameters
from pasi.text_search import matching


class ClientParameter(Parameter):
    """By the client's name, without regard to case and accents."""

    def filter(self, queryset, value: list | None):
        if value is None:
            return queryset
        clients = PasiClient.objects.filter(matching("name", value)).values_list("pk", flat=True)
        return queryset.filter(client__any=list(clients))


class StudentParameter(Parameter):
    """Calls that concern a student, those of long awarding runs among them."""

    def filter(self, queryset, value: list | None):
        return queryset if value is None else queryset.filter(pk__any=list(calls_about(value)))


def calls_about(asns: list[str]):
    """Keys of calls. A response names at most 100 students; the outcomes of a run name all."""
    answered = ServiceResponse.objects.filter(state_province_ids__overlap=asns)
    runs = AwardingRun.objects.filter(outcomes__asn__any=asns, call__isnull=False)
    batches = AwardingBatch.objects.filter(
        run__outcomes__asn__any=asns, asns__overlap=asns, call__isnull=False
    )
    return answered.values_list("call", flat=True).union(
        runs.values_list("call", flat=True), batches.values_list("call", flat=True)
    )


class ServiceCallParameters(PageParameters):
    MessageId = Parameter(GUID, "pk")
    Operation = Parameter(text(max_length=80), "operation")
    ClientName = ClientParameter(text(max_length=255))
    ClientMessageID = Parameter(text(max_length=50), "client_message_id")
    OrganizationCode = Parameter(text(max_length=6), "organization_code")
    Outcome = Parameter(one_of(*ServiceResponse.Outcome.values), "response__outcome")
    StateProvinceId = StudentParameter(ASN)
