"""Less searching for cycles: among what a process has loaded, and among the rows of a batch."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_holders = 0
_was_on = True


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """For work on many rows, which have no cycles: looking for some costs a quarter of its time.

    Rows are freed all the same, when nothing refers to them any more. Threads may overlap: the last
    one out switches it on again.
    """
    global _holders, _was_on
    with _lock:
        if not _holders:
            _was_on = gc.isenabled()
            gc.disable()
        _holders += 1
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if not _holders and _was_on:
                gc.enable()


def leave_loaded_alone() -> None:
    """What a process has loaded by now stays to its end: it is not searched again and again."""
    gc.collect()
    gc.freeze()
