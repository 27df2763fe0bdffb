"""manage.py process_triggers: drain outstanding triggers now."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.models import ServiceCall
from credentials import recalculations
from enrolments.processors import PROCESSORS, drain, processor
from enrolments.scans import raise_again
from pasi.models import Organization
from pasi.progress import Progress
from pasi.services import Caller


class Command(BaseCommand):
    help = (
        "Process outstanding triggers now; workers do the same in the background. The Transcript "
        "processor works out where students stand in the requirement sets; ResponsibleSchool has "
        "no rules yet and marks its triggers done. Exit status 1 if a record had to be set aside."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--processor",
            metavar="NAME",
            choices=[each.name for each in PROCESSORS],
            help="only this one: %(choices)s",
        )
        parser.add_argument(
            "--set-aside",
            action="store_true",
            help="first raise the triggers of records that were set aside",
        )
        parser.add_argument(
            "--school",
            metavar="CODE",
            help="first raise the triggers of the enrolments at a school, or at those of an "
            "authority, for instance after its dates were corrected",
        )

    def handle(self, **options: Any) -> None:
        name = options["processor"]
        caller = Caller(ServiceCall.Door.COMMAND)
        chosen = [processor(name)] if name else PROCESSORS
        if options["school"] and not Organization.objects.filter(code=options["school"]).exists():
            raise CommandError(f"{options['school']} is not a known school or authority.")
        if options["set_aside"] or options["school"]:
            raise_again(
                chosen, caller, set_aside=options["set_aside"], organization=options["school"]
            )
        if any(each.calculator for each in chosen):
            recalculations.carry_on(caller)
        set_aside = 0
        for each in chosen:
            with Progress(each.name, unit="records") as progress:
                done = drain(each, caller, progress.advance, settings.PASI_PROCESSOR_THREADS)
            set_aside += done.set_aside
            said = f", {done.set_aside:,} set aside" if done.set_aside else ""
            self.stdout.write(f"{each.name}: {done.processed:,} processed{said}")
        if set_aside:
            raise CommandError(
                f"{set_aside:,} records could not be judged and were set aside; "
                "their validation status says why."
            )
