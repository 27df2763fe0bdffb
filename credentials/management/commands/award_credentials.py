"""manage.py award_credentials: the bulk award, as a recorded run."""

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError

from audit.models import ServiceCall
from credentials import runs
from credentials.asn_files import BadAsnFile, read_asns
from credentials.credential_order import ORDER
from credentials.models import AwardingRun
from credentials.runs import DEFAULT_BATCH
from credentials.selection import achieved_not_awarded
from credentials.services.submit_awarding_multiple import MOST_STUDENTS
from pasi.caller_info import of_operator
from pasi.faults import Fault, fault_of_database_error
from pasi.fields import ASN
from pasi.models import Organization
from pasi.progress import Progress
from pasi.rules import rule
from pasi.services import Caller

USAGE = 2


class Command(BaseCommand):
    help = "Award one credential each to many students. Exit status: 0 done, 1 failed, 2 usage."

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument(
            "--asn", action="extend", nargs="+", metavar="A", help="award these numbers"
        )
        who.add_argument(
            "--file", type=Path, help="award the numbers in this file: one a line, or a CSV"
        )
        who.add_argument(
            "--achieved-not-awarded",
            action="store_true",
            help="award everyone who has achieved a credential that is not awarded",
        )
        who.add_argument("--resume", type=int, metavar="RUN", help="finish a run that was stopped")
        parser.add_argument(
            "--credential-type",
            action="extend",
            nargs="+",
            metavar="T",
            choices=ORDER,
            help="with --achieved-not-awarded: only students to be awarded one of these",
        )
        parser.add_argument(
            "--school",
            metavar="S",
            help="with --achieved-not-awarded: only students enrolled at this school (S.nnnn) "
            "or authority (A.nnnn)",
        )
        parser.add_argument("--dry-run", action="store_true", help="decide, but award nothing")
        parser.add_argument("--results", type=Path, metavar="CSV", help="write the outcomes here")
        parser.add_argument(
            "--batch-size",
            type=int,
            metavar="N",
            help=f"students per transaction (default {DEFAULT_BATCH:,})",
        )
        parser.add_argument(
            "--json", action="store_true", help="print the summary as one JSON object at the end"
        )

    def handle(self, **options: Any) -> None:
        started = time.monotonic()
        self._check(options)
        is_resumed = options["resume"] is not None
        run = self._resumed(options) if is_resumed else self._started(options)
        self._carry_out(run)
        if options["results"]:
            self._write_results(run, options["results"])
        report = {**runs.summary(run), "seconds": round(time.monotonic() - started, 3)}
        self._print(run, report)
        if options["json"]:
            self.stdout.write(json.dumps(report))

    def _check(self, options: dict[str, Any]) -> None:
        """What the parser cannot judge: options that do not go together, files, numbers."""
        if options["resume"] is not None:
            taken = ("credential_type", "school", "dry_run", "batch_size")
            for name in taken:
                if options[name]:
                    option = "--" + name.replace("_", "-")
                    self._usage(f"--resume takes its options from the run; leave out {option}.")
        elif not options["achieved_not_awarded"]:
            for name in ("credential_type", "school"):
                if options[name]:
                    option = "--" + name.replace("_", "-")
                    self._usage(f"{option} goes with --achieved-not-awarded.")
        size = options["batch_size"]
        if size is not None and not 1 <= size <= MOST_STUDENTS:
            self._usage(f"--batch-size must be between 1 and {MOST_STUDENTS:,}.")
        if options["results"]:
            try:
                options["results"].open("a").close()
            except OSError as error:
                self._usage(f"--results: {options['results']}: {error.strerror}.")

    def _resumed(self, options: dict[str, Any]) -> AwardingRun:
        run = AwardingRun.objects.filter(
            pk=options["resume"], origin=AwardingRun.Origin.COMMAND
        ).first()
        if run is None:
            self._usage(f"--resume: there is no run {options['resume']} of this command.")
        return run

    def _started(self, options: dict[str, Any]) -> AwardingRun:
        try:
            return self._recorded(options)
        except (OperationalError, InterfaceError) as error:
            fault = fault_of_database_error(error) or Fault("2001")
            raise CommandError(
                f"The run was not recorded, and nothing was awarded: {fault.detail}"
            ) from None

    def _recorded(self, options: dict[str, Any]) -> AwardingRun:
        types = tuple(options["credential_type"] or ())
        return runs.start_run(
            self._asns(options, types),
            origin=AwardingRun.Origin.COMMAND,
            started_by=of_operator("award_credentials")["User"]["Name"],
            batch_size=options["batch_size"] or DEFAULT_BATCH,
            criteria={
                "asn": len(options["asn"] or []),
                "file": str(options["file"].name) if options["file"] else None,
                "achieved_not_awarded": options["achieved_not_awarded"],
                "school": options["school"],
            },
            credential_types=types,
            is_dry_run=options["dry_run"],
        )

    def _asns(self, options: dict[str, Any], types: tuple[str, ...]):
        if options["achieved_not_awarded"]:
            return achieved_not_awarded(
                organization=self._organization(options["school"]), credential_types=types
            )
        if options["file"]:
            try:
                return read_asns(options["file"])
            except BadAsnFile as error:
                self._usage(str(error))
            except OSError as error:
                self._usage(f"--file: {options['file']}: {error.strerror}.")
        asns = [asn.replace("-", "") for asn in options["asn"]]
        for given, asn in zip(options["asn"], asns, strict=True):
            if not ASN.fullmatch(asn):
                self._usage(f"--asn: {given!r} is not nine digits, 000000001 to 999999999.")
        return asns

    def _organization(self, code: str | None) -> Organization | None:
        if code is None:
            return None
        organization = Organization.objects.filter(code=code.upper()).first()
        if organization is None or organization.kind == Organization.Kind.MINISTRY:
            self._usage(f"--school: {code!r} is not a known school (S.nnnn) or authority (A.nnnn).")
        return organization

    def _carry_out(self, run: AwardingRun) -> None:
        word = "Deciding" if run.is_dry_run else "Awarding"
        try:
            with Progress(f"{word}, run {run.pk}", run.requested, unit="students") as progress:
                progress.advance(runs.students_answered(run))
                runs.carry_out(
                    run,
                    caller=Caller(ServiceCall.Door.COMMAND),
                    caller_info=lambda: of_operator("award_credentials"),
                    on_progress=progress.advance,
                )
        except runs.RunIsBusy as error:
            raise CommandError(str(error)) from None
        except runs.RunStopped as error:
            self._stopped(run, str(error))
        except KeyboardInterrupt:
            self._stopped(run, f"Run {run.pk} was interrupted.")

    def _write_results(self, run: AwardingRun, path: Path) -> None:
        try:
            runs.write_results(run, path)
        except OSError as error:
            raise CommandError(
                f"Run {run.pk} is done, but its results could not be written to {path} "
                f"({error.strerror}). Write them with: --resume {run.pk} --results FILE"
            ) from None

    def _stopped(self, run: AwardingRun, why: str) -> None:
        raise CommandError(
            f"{why} What was awarded so far stays; "
            f"finish with: manage.py award_credentials --resume {run.pk}"
        ) from None

    def _print(self, run: AwardingRun, report: dict[str, Any]) -> None:
        would = "would be awarded" if run.is_dry_run else "awarded"
        awarded, rejected = report["awarded"], report["rejected"]
        lines = [
            f"Run {run.pk}{' (dry run)' if run.is_dry_run else ''}: "
            f"{report['requested']:,} students in {report['seconds']:.1f} s",
            f"  {sum(awarded.values()):>9,} {would}",
        ]
        lines += [f"  {awarded[kind]:>9,}   {kind}" for kind in ORDER if kind in awarded]
        lines.append(f"  {sum(rejected.values()):>9,} not awarded")
        lines += [f"  {count:>9,}   {code}  {rule(code).title}" for code, count in rejected.items()]
        if report["recalculating"]:
            lines.append(
                f"  {report['recalculating']:>9,}   of these are being recalculated; try again"
            )
        self.stdout.write("\n".join(lines))

    def _usage(self, message: str) -> None:
        raise CommandError(message, returncode=USAGE)
