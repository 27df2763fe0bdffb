"""manage.py worker: run background jobs until it is told to stop."""

import asyncio
import signal
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app

from credentials.tasks import AWARDING

CONCURRENCY = 2
STOP = (signal.SIGINT, signal.SIGTERM)
# Of each queue a worker of its own within the process, so that none holds up another. One that is
# told to stop finishes its jobs; an awarding run only its batch: the rest is taken up again.
PROCESSORS = "default"
QUEUES: dict[str, dict[str, Any]] = {
    PROCESSORS: {"concurrency": CONCURRENCY},
    AWARDING: {"concurrency": 1, "shutdown_graceful_timeout": 0},
}


class Command(BaseCommand):
    help = (
        "Run the background workers: processors woken by changes, daily scans, jobs of workers "
        "that died, awarding runs of the back office. Any number may run, on any number of "
        "machines. Ctrl-C or SIGTERM ends it when its job is done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--concurrency",
            type=int,
            default=CONCURRENCY,
            help="processors at the same time; more of them need more workers (%(default)s)",
        )
        parser.add_argument(
            "--queue",
            action="append",
            choices=QUEUES,
            help="only the jobs of this queue: default (processors and what the clock wakes) or "
            "awarding (one run at a time); both if not given",
        )

    def handle(self, *, concurrency: int, queue: list[str] | None, **options: Any) -> None:
        self.stdout.write("Working; Ctrl-C to stop.")
        self.stdout.flush()
        queues = {name: dict(QUEUES[name]) for name in queue or QUEUES}
        if PROCESSORS in queues:
            queues[PROCESSORS]["concurrency"] = concurrency
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            asyncio.run(_work(worker, queues))


async def _work(worker, queues: Mapping[str, dict[str, Any]]) -> None:
    """Work the queues off until told to stop, or until one of them cannot go on."""
    async with worker.open_async():
        at_work = [
            asyncio.create_task(
                worker.run_worker_async(
                    queues=[queue],
                    delete_jobs="successful",
                    install_signal_handlers=False,  # they know of one worker only
                    **how,
                )
            )
            for queue, how in queues.items()
        ]
        loop = asyncio.get_running_loop()

        def stop() -> None:
            """By the first signal; a second one ends everything at once."""
            for each in STOP:
                loop.remove_signal_handler(each)
            _finish(at_work)

        for each in STOP:
            loop.add_signal_handler(each, stop)
        await asyncio.wait(at_work, return_when=asyncio.FIRST_COMPLETED)
        _finish(at_work)
        for ended in await asyncio.gather(*at_work, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


def _finish(at_work: list[asyncio.Task]) -> None:
    """Have each finish what it is at. Told twice, it would drop that."""
    for each in at_work:
        if not each.cancelling():
            each.cancel()
