"""Tables of records on a page of the back office: headings, cells, which columns hold numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pasi.back_office.admins import record_url
from pasi.back_office.formats import NOTHING

NONE = gettext_lazy("None is recorded.")


@dataclass(frozen=True)
class Table:
    """`columns`: their headings. `numbers`: those of them that hold numbers, to be aligned at the
    right. The first cell of a row names it.
    """

    key: str
    title: Any
    columns: Sequence[Any]
    rows: Iterable[Sequence[Any]] = ()
    numbers: frozenset[str] = frozenset()
    none: Any = NONE
    note: Any = ""
    tasks: Sequence[tuple[Any, str]] = field(default_factory=list)

    @property
    def headings(self) -> list[tuple[Any, bool]]:
        return [(label, label in self.numbers) for label in self.columns]

    @property
    def lines(self) -> list[list[tuple[Any, bool]]]:
        """The rows: (cell, is it a number)."""
        of_numbers = [label in self.numbers for label in self.columns]
        return [
            [
                (NOTHING if cell in (None, "") else cell, is_number)
                for cell, is_number in zip(row, of_numbers, strict=True)
            ]
            for row in self.rows
        ]


def link(url: str, text: Any) -> str:
    return format_html('<a href="{}">{}</a>', url, text)


def record_link(record: models.Model, text: Any) -> str:
    return link(record_url(record), text)


def history_link(record: models.Model, what: Any) -> str:
    """To the history of a record; `what` tells it from the others for whoever hears the page."""
    options = record._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_history", args=[record.pk])
    return format_html(
        '<a href="{}">{}<span class="visually-hidden"> {}</span></a>', address, _("History"), what
    )


def yes_or_no(value: bool) -> str:
    return _("Yes") if value else _("No")
