"""The call that is being carried out: every history row written meanwhile belongs to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

_current: ContextVar[UUID | None] = ContextVar("current_call", default=None)


def current_call_id() -> UUID | None:
    """The message id of the call in progress; None outside a call.

    It is the default of every history row's `call`, which may not be NULL: a change made outside a
    call is refused by the database.
    """
    return _current.get()


@contextmanager
def during_call(message_id: UUID) -> Iterator[None]:
    """Attribute every history row written inside to the call `message_id`."""
    token = _current.set(message_id)
    try:
        yield
    finally:
        _current.reset(token)
