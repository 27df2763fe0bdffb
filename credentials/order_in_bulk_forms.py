"""The forms of ordering documents in bulk: which ones, and that it is meant for those shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from django import forms
from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from credentials.credential_numbers import written
from credentials.finding import number_in
from credentials.models import AwardingRun
from credentials.order_pages import HowToSend
from credentials.order_selection import Criteria
from pasi.back_office.lists import credential_types
from pasi.back_office.theme import Checkbox, Select, TextInput
from pasi.calendar import current_school_year, school_year_text
from pasi.clients import normalized_code
from pasi.models import Organization

Label = gettext_lazy
SALT = "order documents in bulk"
NAMED = 5  # of the numbers that came or went since the list was shown
MOST_CHOSEN = 500  # one by one


def types() -> list[tuple[str, str]]:
    return [("", _("Any")), *credential_types()]


def years() -> list[tuple[str, str]]:
    latest = current_school_year()
    return [
        ("", _("Any")),
        *((str(y), school_year_text(y)) for y in range(latest, latest - 14, -1)),
    ]


def type_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=Label("Credential type"), choices=types, widget=Select, required=False
    )


def year_field(label: str | Promise) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=years, coerce=int, empty_value=None, widget=Select, required=False
    )


class ChoiceForm(forms.Form):
    """What to order. At least one of the fields says something. `number`: ticked in a list."""

    number = forms.Field(widget=forms.MultipleHiddenInput, required=False)
    run = forms.IntegerField(
        label=Label("Awarding run"),
        widget=TextInput(attrs={"inputmode": "numeric"}),
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text=Label("Its number, such as 12."),
    )
    credential_type = type_field()
    school_year = year_field(Label("School year"))
    awarded_from = forms.DateField(
        label=Label("Awarded from"),
        widget=TextInput,
        input_formats=["%Y-%m-%d"],
        required=False,
        help_text=Label("Such as 2026-07-01."),
    )
    awarded_to = forms.DateField(
        label=Label("Awarded to"),
        widget=TextInput,
        input_formats=["%Y-%m-%d"],
        required=False,
        help_text=Label("Such as 2026-07-31."),
    )
    organization = forms.CharField(
        label=Label("School or authority"),
        widget=TextInput,
        max_length=6,
        required=False,
        help_text=Label("S.0982 or A.3020, of the latest enrolment."),
    )
    enrolled_in = year_field(Label("Enrolled in the school year"))
    to_review = forms.BooleanField(
        label=Label("Only the list to review"),
        widget=Checkbox,
        required=False,
        help_text=Label("Awarded but not ordered, as that list has them."),
    )

    def clean_number(self) -> tuple[int, ...]:
        numbers = [number_in(text) for text in self.cleaned_data["number"] or ()]
        if None in numbers or len(numbers) > MOST_CHOSEN:
            self.add_error(
                None,
                _("Choose credentials by their ten digits, at most %d of them.") % MOST_CHOSEN,
            )
        return tuple(dict.fromkeys(filter(None, numbers)))

    def clean_run(self) -> int | None:
        run = self.cleaned_data["run"]
        if run is not None and not AwardingRun.objects.filter(pk=run).exists():
            raise forms.ValidationError(_("There is no awarding run of this number."))
        return run

    def clean_organization(self) -> Organization | None:
        text = self.cleaned_data["organization"].strip()
        if not text:
            return None
        code = normalized_code(text.upper())
        found = Organization.objects.filter(code=code, kind__in=("School", "Authority")).first()
        if found is None:
            raise forms.ValidationError(_("There is no school or authority with this code."))
        return found

    def clean(self) -> None:
        if not self.errors and not any(self.cleaned_data.values()):
            raise forms.ValidationError(
                _("Say which documents: fill in at least one field, or tick rows of a list.")
            )

    def criteria(self) -> Criteria:
        chosen = self.cleaned_data
        kind = chosen["credential_type"]
        return Criteria(
            numbers=chosen["number"],
            run=chosen["run"],
            credential_types=(kind,) if kind else (),
            school_year=chosen["school_year"],
            awarded_from=chosen["awarded_from"],
            awarded_to=chosen["awarded_to"],
            organization=chosen["organization"],
            enrolled_in=chosen["enrolled_in"],
            to_review=chosen["to_review"],
        )


class ConfirmForm(HowToSend):
    """How all of them are sent. `seen`: which were shown, for the confirmation is for those."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, strip=False)


def sealed(numbers: Iterable[int]) -> str:
    """Numbers for a hidden field: signed, and short, for they lie close to one another."""
    gaps = [after - before for before, after in pairwise([0, *sorted(numbers)])]
    return signing.dumps(gaps, salt=SALT, compress=True)


def opened(text: str) -> set[int]:
    """None at all where `text` is not of ours."""
    try:
        return set(accumulate(signing.loads(text, salt=SALT)))
    except signing.BadSignature:
        return set()


@dataclass(frozen=True)
class Changes:
    """What came to the documents to be ordered and what went, since they were shown."""

    new: tuple[str, ...]
    gone: tuple[str, ...]

    @classmethod
    def between(cls, seen: set[int], now: set[int]) -> "Changes | None":
        if seen == now:
            return None
        return cls(*(tuple(map(written, sorted(each))) for each in (now - seen, seen - now)))

    @property
    def in_words(self) -> list[str]:
        said = []
        if self.new:
            text = ngettext(
                "%(count)s document is new: %(numbers)s",
                "%(count)s documents are new: %(numbers)s",
                len(self.new),
            )
            said.append(text % _counted(self.new))
        if self.gone:
            text = ngettext(
                "%(count)s document is not to be ordered any more: %(numbers)s",
                "%(count)s documents are not to be ordered any more: %(numbers)s",
                len(self.gone),
            )
            said.append(text % _counted(self.gone))
        return said


def _counted(numbers: tuple[str, ...]) -> dict[str, str]:
    more = ", …" if len(numbers) > NAMED else ""
    return {"count": f"{len(numbers):,}", "numbers": ", ".join(numbers[:NAMED]) + more}
