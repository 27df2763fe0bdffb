"""The background jobs: processors woken by changes, and what the clock wakes.

A job only says "look": the trigger rows are the truth. At most one job waits for each processor.
Source: design of the triggers, PASI knowledge base; the jobs are ours.
"""

import datetime
import logging

from django.db import DatabaseError
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from audit.models import ServiceCall
from enrolments.processors import (
    PROCESSORS,
    drain,
    has_outstanding,
    look_at_everything_again,
    processor,
)
from enrolments.scans import raise_due_scans
from pasi.services import Caller

logger = logging.getLogger(__name__)

WORKER = Caller(ServiceCall.Door.WORKER)
STALLED_AFTER = datetime.timedelta(seconds=30)


@app.task(name="process")
def process(name: str) -> None:
    """Drain one processor."""
    drain(processor(name), WORKER)


def wake(name: str) -> None:
    """Have a worker look at a processor, unless a job to do so waits already.

    Called after the commit. A wake-up that is lost is made up for within a minute.
    """
    try:
        process.configure(queueing_lock=f"process {name}").defer(name=name)
    except AlreadyEnqueued:
        pass
    except (ConnectorException, DatabaseError):
        logger.exception("Processor %s could not be woken", name)


@app.periodic(cron="* * * * *")
@app.task(name="wake_outstanding", queueing_lock="wake_outstanding")
def wake_outstanding(timestamp: int) -> None:
    """Wake every processor with outstanding triggers: some wake-up may have been lost."""
    for each in PROCESSORS:
        if has_outstanding(each):
            wake(each.name)


@app.periodic(cron="5 7 * * *")
@app.task(name="raise_due_scans", queueing_lock="raise_due_scans")
def scan(timestamp: int) -> None:
    """Once a day, soon after midnight in Alberta: records whose next scan date has come.

    Once a day, too, all triggers are gone through, whatever the marks say.
    """
    look_at_everything_again()
    for each in PROCESSORS:
        if each.judge and raise_due_scans(each, WORKER):
            wake(each.name)


@app.periodic(cron="* * * * *")
@app.task(name="take_over_stalled_jobs", queueing_lock="take_over_stalled_jobs", pass_context=True)
async def take_over_stalled_jobs(context, timestamp: int) -> None:
    """Run again what a dead worker was at. Its claims of records went with its connection."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(
        seconds_since_heartbeat=STALLED_AFTER.total_seconds()
    ):
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # another job waits to do the same
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
