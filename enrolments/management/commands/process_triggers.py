"""manage.py process_triggers: drain outstanding triggers now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.models import ServiceCall
from enrolments.processors import PROCESSORS, drain, processor
from pasi import bulk
from pasi.progress import Progress
from pasi.services import Caller


class Command(BaseCommand):
    help = (
        "Process outstanding triggers now. The Transcript and ResponsibleSchool processors have "
        "no rules yet and mark their triggers done; the others keep theirs for the part that "
        "brings their rules."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--processor",
            metavar="NAME",
            choices=[each.name for each in PROCESSORS],
            help="only this one: %(choices)s",
        )

    def handle(self, **options: Any) -> None:
        chosen = (
            [processor(options["processor"])]
            if options["processor"]
            else [each for each in PROCESSORS if each.marks_done]
        )
        for each in chosen:
            if not each.marks_done:
                waiting = bulk.outstanding_count(each.trigger, each.status)
                self.stdout.write(
                    f"{each.name}: not built yet; {waiting:,} triggers stay outstanding"
                )
                continue
            with Progress(each.name, unit="records") as progress:
                done = drain(each, Caller(ServiceCall.Door.COMMAND), progress.advance)
            self.stdout.write(f"{each.name}: {done:,} processed")
