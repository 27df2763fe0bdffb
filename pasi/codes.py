"""Code values, kept by each process and always right: staff may change them at any time.

Whoever asks first looks at the newest row of the codes' history, one small query. Only if that has
changed are all code values read again, in one further query. No time limit, nothing to empty: an
edit committed by another process is seen by the next request of this one.

Every change of a code value has a history row (the back office and the migrations see to that);
one made past it, with QuerySet.update(), would not be noticed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Count, Window

from pasi.models import Code


@dataclass(frozen=True, slots=True)
class CodeValue:
    """One value of a code list. School years are ending years; None = no limit."""

    code: str
    short_name: str
    effective_school_year: int | None
    expiry_school_year: int | None
    may_be_submitted: bool
    quality: int | None  # of source document types: 100, 200, 250 or 300

    def has_taken_effect(self, school_year: int) -> bool:
        """In effect in the school year, or expired before it."""
        return self.effective_school_year is None or self.effective_school_year <= school_year

    def is_in_effect(self, school_year: int) -> bool:
        return self.has_taken_effect(school_year) and (
            self.expiry_school_year is None or school_year <= self.expiry_school_year
        )


CodeList = Mapping[str, CodeValue]  # by code
CodeLists = Mapping[str, CodeList]  # by code type
NO_CODES: CodeList = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Reading:
    """All code lists, and the state of the history before they were read."""

    state: tuple | None
    lists: CodeLists


# Replaced as a whole, so a thread sees one reading or another, never a mixture. The readings that
# two threads may make at once are both right; the next question finds out which is newest.
_last = _Reading(None, MappingProxyType({}))
_held: ContextVar[list[CodeLists] | None] = ContextVar("code values of one request", default=None)


def code_list(code_type: str) -> CodeList:
    """The values of a code list, expired ones too, by code; empty if there is no such list."""
    return snapshot().get(code_type, NO_CODES)


def snapshot() -> CodeLists:
    """All code lists as they are now; within read_once(), as they were at the first look."""
    held = _held.get()
    if held:
        return held[0]
    lists = _current()
    if held is not None:
        held.append(lists)
    return lists


@contextmanager
def read_once() -> Iterator[None]:
    """Within, all who ask see one state of the code values, and only the first causes a query.

    May be nested: the outermost counts. Other threads are not concerned.
    """
    if _held.get() is not None:
        yield
        return
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def _current() -> CodeLists:
    global _last
    reading = _last
    # The state comes first: a change between the two queries is then noticed at the next look.
    state = _state_of_history()
    if state is None or state != reading.state:
        reading = _last = _Reading(state, _read())
    return reading.lists


def _state_of_history() -> tuple | None:
    """Differs after every committed change of a code value; None without any history.

    The newest row alone would not do: of two changes at the same time the one with the greater id
    may be committed first. The call tells apart databases that were cloned from one template.
    """
    rows = Code.history.model.objects.order_by("-history_id")
    return rows.values_list("history_id", "call_id", Window(Count("*"))).first()


def _read() -> CodeLists:
    lists: dict[str, dict[str, CodeValue]] = {}
    for code_type, *values in Code.objects.order_by("code_type", "code").values_list(
        "code_type",
        "code",
        "short_name",
        "effective_school_year",
        "expiry_school_year",
        "may_be_submitted",
        "quality",
    ):
        lists.setdefault(code_type, {})[values[0]] = CodeValue(*values)
    return MappingProxyType({name: MappingProxyType(codes) for name, codes in lists.items()})
