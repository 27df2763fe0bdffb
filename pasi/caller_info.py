"""CallerInfo: who calls, with which software, for whom. Required in every request.

Field lengths and patterns: seed documents, to the letter.
"""

import contextlib
from dataclasses import dataclass
from typing import Any

from pasi import fields


class SoftwareSerializer(fields.StrictSerializer):
    Manufacturer = fields.SingleLineField(max_length=100)
    Product = fields.SingleLineField(max_length=100)
    Version = fields.SingleLineField(max_length=30)
    BuildNumber = fields.SingleLineField(max_length=30)


class UserSerializer(fields.StrictSerializer):
    Name = fields.SingleLineField(max_length=100)
    LocalID = fields.SingleLineField(max_length=50)
    IPAddress = fields.SingleLineField(max_length=50)
    OrganizationCode = fields.TextField(max_length=6)


class CallerInfoSerializer(fields.StrictSerializer):
    ClientMessageID = fields.SingleLineField(max_length=50)
    SentUtcTime = fields.InstantField()
    Software = SoftwareSerializer()
    User = UserSerializer()


class RequestSerializer(fields.StrictSerializer):
    """The base of every service's request."""

    CallerInfo = CallerInfoSerializer()


@dataclass(frozen=True)
class Audited:
    """Where a property of CallerInfo is kept in the record of the call."""

    column: str
    path: tuple[str, ...]
    length: int


AUDITED = (
    Audited("client_message_id", ("ClientMessageID",), 50),
    Audited("software_manufacturer", ("Software", "Manufacturer"), 100),
    Audited("software_product", ("Software", "Product"), 100),
    Audited("software_version", ("Software", "Version"), 30),
    Audited("software_build_number", ("Software", "BuildNumber"), 30),
    Audited("user_name", ("User", "Name"), 100),
    Audited("user_local_id", ("User", "LocalID"), 50),
    Audited("user_ip_address", ("User", "IPAddress"), 50),
    Audited("organization_code", ("User", "OrganizationCode"), 6),
)


def audited_columns(body: Any) -> dict[str, Any]:
    """Whatever of CallerInfo can be read from a body not yet judged, cut to the columns."""
    info = body.get("CallerInfo") if isinstance(body, dict) else None
    columns = {}
    for item in AUDITED:
        value = info
        for name in item.path:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str):
            columns[item.column] = fields.UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)[
                : item.length
            ]
    sent = info.get("SentUtcTime") if isinstance(info, dict) else None
    match = isinstance(sent, str) and fields.DAY.fullmatch(sent)
    if match:
        with contextlib.suppress(ValueError, OverflowError):
            columns["sent_at"] = fields.instant_of(match)
    return columns
