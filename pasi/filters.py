"""Query parameters of the lists: each one exactly as the contract describes it, or 3001.

django-filter declares and applies them; the contract's own serializer fields read the values.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from pasi.faults import Problem
from pasi.fields import (
    INT16,
    UNSTORABLE,
    AsnField,
    BooleanField,
    DayField,
    GuidField,
    IntegerField,
    TextField,
)
from pasi.text_search import matching

MOST_VALUES = 100


@dataclass(frozen=True)
class Kind:
    """A kind of parameter value: the field that judges it, after `convert` made JSON of the text.

    `convert` raises ValueError for what can not be such a value.
    """

    field: serializers.Field
    convert: Callable[[str], Any] = str

    def read(self, text: str) -> Any:
        if UNSTORABLE.search(text):
            raise forms.ValidationError(str(TextField.default_error_messages["unstorable"]))
        try:
            return self.field.run_validation(self.convert(text))
        except ValueError:
            raise forms.ValidationError(self.field.error_messages["type"]) from None
        except serializers.ValidationError as error:
            raise forms.ValidationError([str(problem) for problem in error.detail]) from None


def _integer(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 19):
        raise ValueError
    return int(text)


def text(*, max_length: int) -> Kind:
    return Kind(TextField(max_length=max_length))


def integer(lowest: int, highest: int) -> Kind:
    return Kind(IntegerField(lowest=lowest, highest=highest), _integer)


def one_of(*values: str) -> Kind:
    message = _("must be one of {values}").format(values=", ".join(values))
    field = serializers.ChoiceField(values, error_messages={"invalid_choice": message})
    return Kind(field)


SCHOOL_YEAR = integer(0, INT16[1])
VERSION = integer(0, 2**63 - 1)
ASN = Kind(AsnField())
GUID = Kind(GuidField())
DAY = Kind(DayField())
BOOLEAN = Kind(BooleanField(), lambda text: {"true": True, "false": False}.get(text, text))


class NamePrefix(TextField):
    """A name, or its beginning followed by `*`."""

    pattern = re.compile(r"[^*]+\*?")
    what = _("must be a name, or the beginning of one followed by *")


NAME = Kind(NamePrefix(max_length=51))


class CursorText(TextField):
    """Opaque; pasi.paging reads it."""

    pattern = re.compile(r"[A-Za-z0-9_-]+")
    what = _("must be taken from next or previous of an answer")


CURSOR = Kind(CursorText(max_length=1000))


class _ParameterField(forms.Field):
    """The form field of a parameter: a list of values, or None where it was not given."""

    def __init__(self, *, kind: Kind, several: bool, **options) -> None:
        super().__init__(**options)
        self.kind, self.several = kind, several

    def clean(self, value: str | None) -> list | None:
        if value is None:
            return None
        texts = value.split(",") if self.several else [value]
        if len(texts) > MOST_VALUES:
            raise forms.ValidationError(_("may have at most %d values") % MOST_VALUES)
        return [self.kind.read(text) for text in texts]


class Parameter(django_filters.Filter):
    """A query parameter. Several values are separated by commas: any of them may match.

    `help_text` is its description in the published schema.
    """

    field_class = _ParameterField

    def __init__(self, kind: Kind, field_name=None, *, several=True, help_text="", **options):
        super().__init__(field_name, kind=kind, several=several, **options)
        self.kind, self.several, self.help_text = kind, several, help_text
        self.is_column = field_name is not None  # the library fills an empty field_name in

    def filter(self, queryset, value: list | None):
        if value is None or not self.is_column:
            return queryset
        return queryset.filter(**{f"{self.field_name}__in": value})


class TextParameter(Parameter):
    """A text, compared without regard to case and accents."""

    def filter(self, queryset, value: list | None):
        return queryset if value is None else queryset.filter(matching(self.field_name, value))


class ChangedSince(Parameter):
    """Records changed after a version, in the order of their versions."""

    def __init__(self) -> None:
        super().__init__(
            VERSION,
            "version",
            several=False,
            help_text=(
                "Only records whose PASICoreVersion is greater, in the order of their versions. "
                "Ask next time with the greatest version you have seen."
            ),
        )

    def filter(self, queryset, value: list | None):
        return queryset if value is None else queryset.filter(version__gt=value[0])


class Parameters(django_filters.FilterSet):
    """The parameters of one list. A parameter without `field_name` is applied by its view."""

    def given(self, name: str) -> list | None:
        """The values of a parameter; None where it was not given."""
        return self.form.cleaned_data.get(name)

    def problems(self) -> list[Problem]:
        """Everything wrong with the values."""
        return [
            Problem(name, "; ".join(str(error) for error in errors))
            for name, errors in self.form.errors.items()
        ]

    def apply(self, queryset):
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset
