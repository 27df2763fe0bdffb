"""Awarding runs of the back office in the background, on a queue of their own: a run of many
students takes minutes, in which the processors go on.

A job only says "look at this run": the run and its batches are the truth. Two jobs for one run do
no harm: the run's lock lets one of them work.
"""

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from credentials import bulk_awarding
from pasi.jobs import defer_once

AWARDING = "awarding"


@app.task(name="carry_out_awarding_run", queue=AWARDING, pass_context=True)
def carry_out_awarding_run(context, run: int) -> None:
    """Do what is left of a run. A worker that is told to stop ends with its batch; another takes
    the rest up.
    """

    def go_on(count: int) -> None:
        if context is not None and context.should_abort():
            raise JobAborted

    close_old_connections()
    bulk_awarding.carry_out(run, go_on)


def wake(run: int) -> None:
    """Have a worker look at a run. What is lost is made up for within a minute."""
    defer_once(carry_out_awarding_run, f"awarding run {run}", run=run)


@app.periodic(cron="* * * * *")
@app.task(name="wake_waiting_awarding_runs", queueing_lock="wake_waiting_awarding_runs")
def wake_waiting_awarding_runs(timestamp: int) -> None:
    """Wake the runs that nobody is at: a wake-up was lost, or a worker was stopped or died."""
    for run in bulk_awarding.waiting_runs():
        wake(run)
