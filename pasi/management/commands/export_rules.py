"""manage.py export_rules: write docs/rules.md, or check that it is up to date."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pasi.catalogue import as_markdown, entries


class Command(BaseCommand):
    help = "Write docs/rules.md, the catalogue of rules and faults."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if the file is out of date"
        )
        parser.add_argument(
            "--output",
            type=Path,
            default=settings.BASE_DIR / "docs" / "rules.md",
            help="the file (default: docs/rules.md)",
        )

    def handle(self, *, check: bool, output: Path, **options) -> None:
        text = as_markdown()
        if check:
            current = output.read_text(encoding="utf-8") if output.exists() else ""
            if current != text:
                raise CommandError(f"{output} is out of date: run `manage.py export_rules`.")
            self.stdout.write(f"{output} is up to date.")
            return
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(entries())} codes written to {output}.")
