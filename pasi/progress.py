"""Progress of long work, on stderr: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from types import TracebackType

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 5


class Progress:
    """`with Progress("Awarding", total) as progress: progress.advance(n)`.

    `total` None: how much there is to do is not known.
    """

    def __init__(self, label: str, total: int | None = None, *, unit: str = "") -> None:
        self.label, self.total, self.unit, self.done = label, total, unit, 0
        self._bar = None
        self._spoken = time.monotonic()
        if sys.stderr.isatty():
            self._bar = tqdm(total=total, desc=label, unit=f" {unit}", file=sys.stderr)

    def advance(self, count: int) -> None:
        self.done += count
        if self._bar is not None:
            self._bar.update(count)
        elif time.monotonic() - self._spoken >= SECONDS_BETWEEN_LINES:
            self._spoken = time.monotonic()
            self._say()

    def _say(self) -> None:
        of = f" of {self.total:,}" if self.total is not None else ""
        print(f"{self.label}: {self.done:,}{of} {self.unit}".rstrip(), file=sys.stderr, flush=True)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        elif kind is None:
            self._say()
