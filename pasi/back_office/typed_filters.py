"""Filters whose value is typed, into a form above the list; beside the list they show nothing.

What cannot be read finds nothing, and the page says how to mend it: leaving the filter out would
show more than was asked for.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest


class NotUnderstood(ValueError):
    """What was typed means nothing; says why, and how to mend it."""


class TypedFilter(admin.SimpleListFilter):
    """Subclasses write found(), and how_to_write where that can raise another ValueError."""

    template = "admin/filter_typed.html"
    is_typed = True
    help_text: Any = ""
    example = ""
    how_to_write: Any = ""
    options: list[tuple[str, str]] | None = None  # chosen instead of typed

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.text = (self.value() or "").strip()
        self.problem = ""

    def found(self, text: str) -> Q:
        """What the text means; ValueError if it means nothing."""
        raise NotImplementedError

    def narrowed(self, queryset: QuerySet) -> QuerySet:
        return queryset.filter(self.found(self.text))

    def shown(self) -> str:
        """The text as the page repeats it."""
        return self.text

    def suggestions(self) -> Iterable[tuple[str, str]]:
        """(what to type, what it stands for)."""
        return ()

    def lookups(self, request, model_admin):
        return ()

    def has_output(self) -> bool:
        return True

    def choices(self, changelist):
        if self.text:
            yield {"selected": True, "query_string": "", "display": self.shown()}

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.text:
            return queryset
        try:
            return self.narrowed(queryset)
        except NotUnderstood as error:
            self.problem = str(error)
        except ValueError:
            self.problem = self.how_to_write
        return queryset.none()
