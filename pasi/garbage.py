"""Batches of plain rows without a search for cycles among them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """For work on many rows, which have no cycles: looking for some costs a quarter of its time.

    Rows are freed all the same, when nothing refers to them any more.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
