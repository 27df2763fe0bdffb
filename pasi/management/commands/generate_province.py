"""generate_province: a believable province as CSV files, or loaded at once."""

import argparse
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from pasi.calendar import business_today
from pasi.caller_info import of_operator
from pasi.faults import Fault
from pasi.progress import Progress
from pasi.province import write_province
from pasi.province.identifiers import MOST_STUDENTS

DEFAULT_SEED = 1


def number_of_students(text: str) -> int:
    """A positive whole number; anything else is a usage error."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number.") from None
    if not 1 <= number <= MOST_STUDENTS:
        raise argparse.ArgumentTypeError(f"must be from 1 to {MOST_STUDENTS:,}, not {text}.")
    return number


class Command(BaseCommand):
    help = (
        "Generates a believable province of invented people and real schools. With --directory it "
        "writes the CSV files there, replacing those of an earlier province; without, it loads "
        "them. The same students, seed and day give the same files."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--students",
            type=number_of_students,
            required=True,
            metavar="N",
            help="rows of students.csv: persons, and the few secondary and deactivated numbers",
        )
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, metavar="S")
        parser.add_argument("--directory", type=Path, metavar="D")
        parser.add_argument(
            "--calculate",
            action="store_true",
            help="bring no requirement-set statuses, but what they come from: marks, enrolments, "
            "nominations, requests and reviews; without --directory, work them out, too",
        )

    def handle(
        self, *, students: int, seed: int, directory: Path | None, calculate: bool, **options
    ) -> None:
        if directory is not None:
            counts = self.generate(directory, students, seed, calculate)
            for name, rows in counts.items():
                self.stdout.write(f"{rows:>12,}  {directory / name}.csv")
            return
        # Imported here: without it the files can be made where no database is at hand.
        from pasi.importing.load import ImportBusy, ImportRefused, import_directory

        with tempfile.TemporaryDirectory(prefix="province-") as temporary:
            counts = self.generate(Path(temporary), students, seed, calculate)
            operator = of_operator("generate_province")["User"]["Name"]
            try:
                import_directory(Path(temporary), operator=operator, progress=True)
            except ImportRefused as refused:
                raise CommandError(
                    "Nothing was loaded: the database holds records that the province brings "
                    f"too; it must be empty. First of {refused.errors.count:,} errors: "
                    f"{next(iter(refused.errors.report()))}"
                ) from None
            except (ImportBusy, Fault) as error:
                raise CommandError(f"Nothing was loaded. {error}") from error
        self.stdout.write(f"Loaded a province: {sum(counts.values()):,} rows.")
        if calculate:
            self.calculate()

    def calculate(self) -> None:
        """Statuses that were set by hand stay: some of the examples rest on them."""
        from credentials.standings import calculate_everybody, summary

        with Progress("Calculating", unit="students") as progress:
            done = calculate_everybody(progress.advance)
        self.stdout.write(f"Worked out where {done:,} students stand:")
        for line in summary():
            self.stdout.write(f"  {line}")

    def generate(
        self, directory: Path, students: int, seed: int, calculate: bool
    ) -> dict[str, int]:
        try:
            with Progress("Generating", students, unit="students") as progress:
                return write_province(
                    directory,
                    students,
                    seed,
                    business_today(),
                    progress.advance,
                    with_statuses=not calculate,
                )
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
