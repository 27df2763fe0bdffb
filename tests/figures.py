"""Recorded calls at chosen times, and what the figures say."""

import datetime
import itertools
from uuid import UUID

from django.db import connection

from audit.models import ServiceCall, ServiceResponse
from enrolments.tasks import process
from pasi.calendar import ALBERTA
from pasi.figures import keeping
from pasi.http import first_message_id
from pasi.models import Figure
from tests.admin.population import make_call

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
_numbers = itertools.count(1)


def call_at(
    instant: datetime.datetime,
    outcome: str | None = "Applied",
    *,
    milliseconds=7,
    codes=(),
    asns=(),
    body=None,
    **values,
) -> ServiceCall:
    """A call received at an instant, with the message id that it would have had."""
    key = UUID(int=first_message_id(instant).int + next(_numbers))
    call = make_call(answered=False, message_id=key, received_at=instant, **values)
    if outcome is not None:
        ServiceResponse.objects.create(
            call=call,
            outcome=outcome,
            http_status=200,
            duration_milliseconds=milliseconds,
            codes=list(codes),
            state_province_ids=list(asns),
            body=body,
        )
    return call


def refreshed() -> list[str]:
    return list(keeping.refresh(wait=True))


def kept(name: str) -> dict[tuple[str, str], int]:
    """(key, period) -> value."""
    rows = Figure.objects.filter(name=name).values_list("key", "period", "value")
    return {(key, period): value for key, period, value in rows}


def alberta_day(instant: datetime.datetime) -> str:
    return instant.astimezone(ALBERTA).date().isoformat()


def fail_a_job(name="Student") -> int:
    """A background job that a worker has begun and that failed; its key."""
    key = process.configure(queueing_lock=f"process {name}").defer(name=name)
    with connection.cursor() as cursor:
        for status in ("doing", "failed"):  # the library's triggers note each step
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status,"
                " attempts = 1 WHERE id = %s",
                [status, key],
            )
    return key
