"""How recorded calls are shown."""

from typing import Any

from rest_framework import serializers

from audit.models import ServiceResponse
from pasi.fields import INT32, GuidField, InstantField, IntegerField, TextField, instant_text


class ServiceCallSerializer(serializers.Serializer):
    """One recorded call. What the caller did not say is null; so is the outcome of a call that
    was never answered, by which nothing was applied."""

    MessageId = GuidField(help_text="As in the header PASI-Message-Id of the answer.")
    Operation = TextField()
    ClientName = TextField(allow_null=True, help_text="null for staff and for commands.")
    ClientMessageID = TextField(allow_null=True)
    OrganizationCode = TextField(allow_null=True)
    UserName = TextField(allow_null=True)
    ReceivedUtc = InstantField()
    DurationMilliseconds = IntegerField(lowest=0, highest=INT32[1], allow_null=True)
    Outcome = serializers.ChoiceField(ServiceResponse.Outcome.values, allow_null=True)
    HttpStatus = IntegerField(lowest=100, highest=599, allow_null=True)
    Codes = serializers.ListField(
        child=TextField(), help_text="Codes of rejections and faults, each once."
    )
    StateProvinceIds = serializers.ListField(
        child=TextField(), help_text="Students concerned; of a long list the first 100."
    )


class ServiceCallDetailSerializer(ServiceCallSerializer):
    """A recorded call with what was sent and answered, for clients of the ministry; to others
    both are null."""

    Request = serializers.CharField(
        allow_null=True, help_text="The body to the letter, as it was received."
    )
    Response = serializers.DictField(
        allow_null=True, help_text="The body answered; null where nothing was."
    )


CALL_COLUMNS = (
    "pk",
    "operation",
    "client__name",
    "client_message_id",
    "organization_code",
    "user_name",
    "received_at",
    "response__duration_milliseconds",
    "response__outcome",
    "response__http_status",
    "response__codes",
    "response__state_province_ids",
)


def call_json(row: dict[str, Any]) -> dict[str, Any]:
    """The answer for one row of CALL_COLUMNS."""
    return {
        "MessageId": str(row["pk"]),
        "Operation": row["operation"],
        "ClientName": row["client__name"],
        "ClientMessageID": row["client_message_id"] or None,
        "OrganizationCode": row["organization_code"] or None,
        "UserName": row["user_name"] or None,
        "ReceivedUtc": instant_text(row["received_at"]),
        "DurationMilliseconds": row["response__duration_milliseconds"],
        "Outcome": row["response__outcome"],
        "HttpStatus": row["response__http_status"],
        "Codes": row["response__codes"] or [],
        "StateProvinceIds": row["response__state_province_ids"] or [],
    }
