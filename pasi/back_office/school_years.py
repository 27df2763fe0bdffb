"""School years in forms, typed and shown as everywhere else: 2025/2026; 2026 means the same."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pasi.back_office.theme import TextInput
from pasi.calendar import school_year_text

# Fields of the set-up that hold the ending year of a school year -> what an empty one means.
SCHOOL_YEARS = {
    "effective_school_year": gettext_lazy(
        "First school year, as 2025/2026 or 2026; empty: always."
    ),
    "expiry_school_year": gettext_lazy("Last school year, as 2025/2026 or 2026; empty: no end."),
    "available_from": gettext_lazy("First school year, as 2025/2026 or 2026; empty: always."),
    "available_to": gettext_lazy("Last school year, as 2025/2026 or 2026; empty: no end."),
}
TYPED = re.compile(r"\s*(?:(?P<from>[0-9]{4})\s*[/-]\s*)?(?P<to>[0-9]{4}|(?<=[/-])[0-9]{2})\s*")


class SchoolYearField(forms.IntegerField):
    """Its value is the ending year."""

    widget = TextInput

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        match = TYPED.fullmatch(str(value))
        if match is None:
            raise ValidationError(
                _("A school year is written 2025/2026, or as its last year, 2026.")
            )
        year = int(match["to"])
        if match["from"]:
            begun = int(match["from"])
            if year not in (begun + 1, (begun + 1) % 100):
                raise ValidationError(
                    _("A school year ends in the year after it begins: %s.")
                    % school_year_text(begun + 1)
                )
            year = begun + 1
        return year

    def prepare_value(self, value: Any) -> Any:
        return school_year_text(value) if isinstance(value, int) else value
