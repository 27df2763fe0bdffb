"""The calls of a list as CSV. Which students are in it is recorded before it is sent."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import ServiceCall
from pasi.back_office.formats import asn_text, through_what, who_called
from pasi.back_office.reads import record_read

CHUNK = 2_000
HEADINGS = (
    _("Received (Alberta time)"),
    _("Operation"),
    _("Outcome"),
    _("HTTP status"),
    _("Rule codes"),
    _("By"),
    _("Through"),
    _("Organization"),
    _("Milliseconds"),
    _("Students concerned"),
    _("Client message id"),
    _("Message id"),
)


def rows(request: HttpRequest, calls: QuerySet) -> Iterator[tuple[Any, ...]]:
    """Of the calls, which are in the order of their keys, the latest first. One query for every
    CHUNK of them, so neither this process nor the database holds them all.
    """
    for chunk in _chunks(calls):
        shown = [*chain.from_iterable(_asns(call) for call in chunk)]
        if shown:
            record_read(request, shown)
        yield from map(_row, chunk)


def _chunks(calls: QuerySet) -> Iterable[list[ServiceCall]]:
    rest = calls
    while chunk := list(rest[:CHUNK]):
        yield chunk
        if len(chunk) < CHUNK:
            return
        rest = calls.filter(message_id__lt=chunk[-1].pk)


def _asns(call: ServiceCall) -> list[str]:
    return call.response.state_province_ids if hasattr(call, "response") else []


def _row(call: ServiceCall) -> tuple[Any, ...]:
    answer = getattr(call, "response", None)
    return (
        timezone.localtime(call.received_at).strftime("%Y-%m-%d %H:%M:%S"),
        call.operation,
        answer.outcome if answer else _("No answer"),
        answer and answer.http_status,
        ", ".join(answer.codes) if answer else "",
        who_called(call),
        through_what(call),
        call.organization_code,
        answer and answer.duration_milliseconds,
        ", ".join(map(asn_text, _asns(call))),
        call.client_message_id,
        str(call.pk),
    )
