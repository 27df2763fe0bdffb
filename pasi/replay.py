"""Repeats: the same request of the same client, applied once, is answered from the record. So is
a form of the back office whose button was pressed twice.

The advisory lock spares the losers of a race their work; the primary key of AppliedCall is the
guarantee. See docs/concurrency.md.
"""

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from audit.models import AppliedCall, ServiceResponse
from pasi import bulk, reading_json

if TYPE_CHECKING:
    from pasi.services import Call


def replay_key(call: "Call", document: reading_json.Document) -> str | None:
    """The key of an identical request by the same client or member of staff; None for calls that
    commands and workers make."""
    party = _party(call)
    if party is None:
        return None
    canonical = json.dumps(document.value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    parts = (
        party,
        call.request["CallerInfo"]["ClientMessageID"],
        call.operation,
        canonical,
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _party(call: "Call") -> str | None:
    """Who repeats: a client by its key, a member of staff by theirs."""
    caller = call.caller
    if caller.client is not None:
        return str(caller.client.pk)
    return f"staff {caller.staff.pk}" if caller.staff is not None else None


def advisory_key(call: "Call") -> int:
    """The lock under which one caller's reuse of a ClientMessageID takes its turn."""
    parts = (
        _party(call),
        call.request["CallerInfo"]["ClientMessageID"],
        call.operation,
    )
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") & (bulk.ANNOUNCEMENT_OFFSET - 1)


def applied(key: str) -> ServiceResponse | None:
    """The response of the same request, applied within the last 30 days. One query, two if so."""
    since = timezone.now() - timezone.timedelta(days=settings.PASI_REPLAY_DAYS)
    for (call,) in bulk.fetch(_call_of_key(), [key, since]):
        return ServiceResponse.objects.get(pk=call)
    return None


@cache
def _call_of_key() -> str:
    """SQL with two parameters: the key, and the earliest instant that counts."""
    found = AppliedCall.objects.filter(replay_key="").filter(applied_at__gte=timezone.now())
    return bulk.written_once(found.values_list("call_id"))


def remember(key: str, call: "Call") -> None:
    """Note that this request was applied; one that is older than 30 days gives way."""
    AppliedCall.objects.bulk_create(
        [AppliedCall(replay_key=key, call_id=call.message_id, applied_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["replay_key"],
        update_fields=["call", "applied_at"],
    )
