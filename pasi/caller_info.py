"""CallerInfo: who calls, with which software, for whom. Required in every request.

Field lengths and patterns: seed documents, to the letter.
"""

import contextlib
import getpass
import os
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from pasi import fields


class SoftwareSerializer(fields.StrictSerializer):
    """The calling software."""

    Manufacturer = fields.SingleLineField(max_length=100)
    Product = fields.SingleLineField(max_length=100)
    Version = fields.SingleLineField(max_length=30)
    BuildNumber = fields.SingleLineField(max_length=30)


class UserSerializer(fields.StrictSerializer):
    """The person who caused the call, and for which organization."""

    Name = fields.SingleLineField(max_length=100)
    LocalID = fields.SingleLineField(max_length=50)
    IPAddress = fields.SingleLineField(max_length=50)
    OrganizationCode = fields.TextField(max_length=6)


class CallerInfoSerializer(fields.StrictSerializer):
    """Who calls, with which software, for whom."""

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
    columns = {item.column: "" for item in AUDITED}
    columns["sent_at"] = None
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


def in_process(*, product: str, user_name: str, local_id: str, address: str) -> dict[str, Any]:
    """The CallerInfo of a call made by this system itself: a command, the back office, a worker.

    Such callers act for the ministry. Every text is cut to what the contract allows.
    """
    return {
        "ClientMessageID": str(uuid.uuid4()),
        "SentUtcTime": fields.instant_text(timezone.now()),
        "Software": {
            "Manufacturer": "PASI",
            "Product": product[:100],
            "Version": settings.PASI_VERSION,
            "BuildNumber": settings.PASI_VERSION,
        },
        "User": {
            "Name": _plain(user_name, 100),
            "LocalID": _plain(local_id, 50),
            "IPAddress": _plain(address, 50),
            "OrganizationCode": "O.1",
        },
    }


def of_operator(command: str) -> dict[str, Any]:
    """The CallerInfo of a management command: the operating-system user behind it."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"uid {os.getuid()}"
    return in_process(
        product=f"manage.py {command}",
        user_name=name,
        local_id=f"uid {os.getuid()}",
        address="127.0.0.1",
    )


def _plain(text: str, length: int) -> str:
    """`text` as the single-line pattern allows it; "unknown" if nothing is left."""
    kept = " ".join(re.sub(r"[^\x20-\x7E\xA0-\xFF]", " ", text).split())
    return kept[:length].strip() or "unknown"
