"""import_records: load a directory of CSV files, all of it or nothing."""

import argparse
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from pasi.caller_info import of_operator
from pasi.faults import Fault
from pasi.importing import (
    ImportRefused,
    ImportSummary,
    WrongDirectory,
    import_directory,
)


class Command(BaseCommand):
    help = (
        "Loads those of the known CSV files that a directory has, into an empty or a filled "
        "database. All or nothing: errors are listed as file:line: column: problem. Exit status: "
        "0 done, 1 nothing loaded, 2 wrong use."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIRECTORY")
        parser.add_argument(
            "--dry-run", action="store_true", help="make every check, keep nothing but the record"
        )

        parser.add_argument(
            "--calculate",
            action="store_true",
            help="have the requirement sets of the students in these files calculated: workers, or "
            "process_triggers, do it afterwards. Statuses that were imported or set by hand are "
            "calculated from then on",
        )

    def handle(self, *, directory: Path, dry_run: bool, calculate: bool, **options) -> None:
        operator = of_operator("import_records")["User"]["Name"]
        try:
            summary = import_directory(
                directory, operator=operator, dry_run=dry_run, calculate=calculate
            )
        except WrongDirectory as error:
            raise CommandError(str(error), returncode=2) from None
        except ImportRefused as refused:
            self.stderr.write("\n".join(refused.errors.report()))
            count = refused.errors.count
            errors = "1 error" if count == 1 else f"{count:,} errors"
            self.stderr.write(f"Nothing was loaded: {errors}.")
            sys.exit(1)
        except Fault as fault:
            raise CommandError(f"Nothing was loaded. {fault}") from fault
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. An import is kept whole or not at all; its recorded call says which."
            ) from None
        self._tell(summary)

    def _tell(self, summary: ImportSummary) -> None:
        for name, rows in summary.rows.items():
            self.stdout.write(f"{rows:>12,}  {name}")
        done = "checked; nothing was kept" if summary.is_dry_run else "loaded"
        self.stdout.write(
            f"{summary.total:>12,}  rows {done}, in {summary.seconds:.1f} s "
            f"({summary.total / summary.seconds:,.0f} a second; history and triggers took "
            f"{summary.history_and_trigger_seconds:.1f} s)"
        )
