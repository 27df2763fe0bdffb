"""Pages of a list by cursor: from a key onwards, so that a page costs the same wherever it is."""

import base64
import binascii
import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from pasi.fields import UNSTORABLE

DEFAULT_SIZE, LARGEST_SIZE = 100, 500


class BadCursor(ValueError):
    """A cursor that no answer of this list contained."""


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after a key, or (backwards) before it. Opaque to clients."""

    key: tuple[str, ...]
    is_backward: bool = False

    def written(self) -> str:
        text = json.dumps(["<" if self.is_backward else ">", *self.key], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor":
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            value = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        except (ValueError, binascii.Error, RecursionError):
            raise BadCursor from None
        if not isinstance(value, list) or len(value) < 2 or value[0] not in ("<", ">"):
            raise BadCursor
        if any(type(part) is not str or UNSTORABLE.search(part) for part in value):
            raise BadCursor
        return cls(tuple(value[1:]), value[0] == "<")


@dataclass(frozen=True)
class Page:
    """The keys or items of one page, and the cursors to its neighbours."""

    rows: list[Any]
    before: Cursor | None
    after: Cursor | None


def page_of_records(
    records: QuerySet,
    key: Sequence[str],
    cursor: Cursor | None,
    size: int,
    *,
    descending: bool = False,
) -> Page:
    """Primary keys of one page, in the order of the fields `key`, which together are unique."""
    backward = cursor is not None and cursor.is_backward
    down = descending != backward
    if cursor is not None:
        records = records.filter(_beyond(records, key, cursor, down))
    order = [f"-{name}" if down else name for name in key]
    rows = list(records.order_by(*order).values_list("pk", *key)[: size + 1])
    page = _page(rows, cursor, size, key_of=lambda row: tuple(str(part) for part in row[1:]))
    return Page([row[0] for row in page.rows], page.before, page.after)


def page_of_items(
    items: Sequence[Any], key_of: Callable[[Any], str], cursor: Cursor | None, size: int
) -> Page:
    """One page of a short list that is in memory."""
    if cursor is None:
        return _page(items[: size + 1], None, size, lambda item: (key_of(item),))
    position = {key_of(item): index for index, item in enumerate(items)}.get(cursor.key[0])
    if position is None:
        raise BadCursor
    if cursor.is_backward:
        rows = items[max(0, position - size - 1) : position][::-1]
    else:
        rows = items[position + 1 : position + size + 2]
    return _page(rows, cursor, size, lambda item: (key_of(item),))


def _page(
    rows: Sequence[Any],
    cursor: Cursor | None,
    size: int,
    key_of: Callable[[Any], tuple[str, ...]],
) -> Page:
    backward = cursor is not None and cursor.is_backward
    has_more = len(rows) > size
    shown = list(rows[:size])
    if backward:
        shown.reverse()
    before = after = None
    if shown and (has_more if backward else cursor is not None):
        before = Cursor(key_of(shown[0]), is_backward=True)
    if shown and (backward or has_more):
        after = Cursor(key_of(shown[-1]))
    return Page(shown, before, after)


def _beyond(records: QuerySet, key: Sequence[str], cursor: Cursor, down: bool) -> Q:
    """Records beyond the cursor. The first comparison alone lets an index find the place."""
    if len(cursor.key) != len(key):
        raise BadCursor
    values = [_value(records, name, text) for name, text in zip(key, cursor.key, strict=True)]
    compare = "lt" if down else "gt"
    found, equal = Q(), Q()
    for name, value in zip(key, values, strict=True):
        found |= equal & Q(**{f"{name}__{compare}": value})
        equal &= Q(**{name: value})
    return Q(**{f"{key[0]}__{compare}e": values[0]}) & found


def _value(records: QuerySet, name: str, text: str) -> Hashable:
    try:
        return records.model._meta.get_field(name).to_python(text)
    except (ValidationError, ValueError):
        raise BadCursor from None
