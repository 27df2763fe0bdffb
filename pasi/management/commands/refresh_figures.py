"""manage.py refresh_figures: count what the start page shows now, without waiting for a worker."""

from typing import Any

from django.core.management.base import BaseCommand

from pasi.figures import keeping
from pasi.progress import Progress


class Command(BaseCommand):
    help = (
        "Count the figures of the back office's start page and of the metrics now; workers do so "
        "every five minutes."
    )

    def handle(self, **options: Any) -> None:
        with Progress("Figures", unit="sets", total=len(keeping.SETS)) as progress:
            for _name in keeping.refresh(wait=True):
                progress.advance(1)
        self.stdout.write(f"{len(keeping.SETS)} sets of figures counted.")
