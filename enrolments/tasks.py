"""The background jobs: processors woken by changes, and what the clock wakes.

A job only says "look": the trigger rows are the truth. At most one job waits for each processor.
Source: design of the triggers, PASI knowledge base; the jobs are ours.
"""

import datetime

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from audit.models import ServiceCall
from credentials import recalculations
from enrolments.processors import (
    PROCESSORS,
    drain,
    forget_marks,
    has_outstanding,
    processor,
)
from enrolments.scans import raise_due_scans
from pasi.jobs import defer_once
from pasi.services import Caller

WORKER = Caller(ServiceCall.Door.WORKER)
STALLED_AFTER = datetime.timedelta(seconds=30)


@app.task(name="process")
def process(name: str) -> None:
    """Drain one processor."""
    drain(processor(name), WORKER, threads=settings.PASI_PROCESSOR_THREADS)


def wake(name: str) -> None:
    """Have a worker look at a processor. What is lost is made up for within a minute."""
    defer_once(process, f"process {name}", name=name)


@app.periodic(cron="* * * * *")
@app.task(name="wake_outstanding", queueing_lock="wake_outstanding")
def wake_outstanding(timestamp: int) -> None:
    """Wake every processor with outstanding triggers: some wake-up may have been lost."""
    for each in PROCESSORS:
        if has_outstanding(each):
            wake(each.name)
    if recalculations.is_open():
        wake_recalculations()


@app.task(name="raise_recalculations")
def raise_recalculations() -> None:
    """Raise the triggers of students who must all be looked at again."""
    recalculations.carry_on(WORKER)


def wake_recalculations() -> None:
    """Have a worker do so. What is lost is made up for within a minute."""
    defer_once(raise_recalculations, "raise_recalculations")


@app.periodic(cron="15 7 * * *")
@app.task(name="begin_school_year", queueing_lock="begin_school_year")
def begin_school_year(timestamp: int) -> None:
    """Once a school year: every day it is asked whether it has been done, so that a 1 September
    without a worker is not lost.
    """
    recalculations.begin_school_year()


@app.periodic(cron="5 * * * *")
@app.task(name="raise_due_scans", queueing_lock="raise_due_scans")
def scan(timestamp: int) -> None:
    """Records whose next scan date has come. Every hour, so that a day without a worker at
    midnight is not lost; what is not due costs next to nothing.
    """
    for each in PROCESSORS:
        if each.judge:
            raise_due_scans(each, WORKER)


@app.periodic(cron="35 7 * * *")
@app.task(name="go_through_all_triggers", queueing_lock="go_through_all_triggers")
def go_through_all_triggers(timestamp: int) -> None:
    """Once a day look for outstanding triggers everywhere, whatever the marks say."""
    forget_marks()
    for each in PROCESSORS:
        if has_outstanding(each):
            wake(each.name)


@app.periodic(cron="45 7 * * *")
@app.task(name="remove_old_jobs", queueing_lock="remove_old_jobs")
async def remove_old_jobs(timestamp: int) -> None:
    """Forget jobs that failed long ago. Those that succeed go at once: the worker sees to that."""
    await app.job_manager.delete_old_jobs(
        nb_hours=settings.PASI_JOB_DAYS * 24,
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )


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
