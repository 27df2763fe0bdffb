"""manage.py worker: run background jobs until it is told to stop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app

CONCURRENCY = 2


class Command(BaseCommand):
    help = (
        "Run the background workers: processors woken by changes, daily scans, jobs of workers "
        "that died. Any number may run, on any number of machines. Ctrl-C or SIGTERM ends it when "
        "its job is done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--concurrency",
            type=int,
            default=CONCURRENCY,
            help="jobs at the same time; more processors need more workers (%(default)s)",
        )

    def handle(self, *, concurrency: int, **options: Any) -> None:
        self.stdout.write("Working; Ctrl-C to stop.")
        self.stdout.flush()
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(concurrency=concurrency, delete_jobs="successful")
