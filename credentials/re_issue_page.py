"""Editing an award: what is printed changes, so it is re-issued under a new number."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.award_pages import AwardForm, AwardPage
from credentials.credential_numbers import written
from credentials.services import SubmitCredentialReIssue
from pasi.back_office.admins import record_url
from pasi.back_office.formats import asn_text
from pasi.back_office.service_forms import ServiceForm
from pasi.back_office.theme import Radio, Select, TextInput
from pasi.calendar import current_school_year, school_year_of, school_year_text
from students.models import NAME_PARTS, NameParts

Label = gettext_lazy
Choices = list[tuple[str, str]]
# In the order of NAME_PARTS.
PROPERTIES = ("FirstName", "MiddleName", "LastName", "Suffix")


def school_year_choices(birth_date, *others: int | None) -> Choices:
    """The school years in which somebody can have earned something, the present one first."""
    years = set(range(school_year_of(birth_date) + 1, current_school_year() + 1))
    years.update(year for year in others if year is not None)
    return [(str(year), school_year_text(year)) for year in sorted(years, reverse=True)]


class ReIssueForm(AwardForm):
    properties = {
        **dict.fromkeys(PROPERTIES, "name"),
        "SchoolYear": "school_year",
        "LegacyCredentialNumber": "legacy_number",
    }
    codes = {"44004": "school_year"}

    name = forms.ChoiceField(label=Label("Name"), widget=Radio)
    school_year = forms.TypedChoiceField(label=Label("School year"), coerce=int, widget=Select)
    legacy_number = forms.CharField(
        label=Label("Legacy number"),
        widget=TextInput,
        max_length=14,
        required=False,
        help_text=Label("At most 14 characters. Empty takes the legacy number away."),
    )

    def __init__(self, *given, names: Choices, years: Choices, **named) -> None:
        super().__init__(*given, **named)
        self.fields["name"].choices = names
        self.fields["school_year"].choices = years

    def request(self) -> dict[str, Any]:
        parts = json.loads(self.cleaned_data["name"])
        return {
            **super().request(),
            **dict(zip(PROPERTIES, parts, strict=True)),
            "SchoolYear": self.cleaned_data["school_year"],
            "LegacyCredentialNumber": self.cleaned_data["legacy_number"],
        }


class ReIssuePage(AwardPage):
    service = SubmitCredentialReIssue
    form_class = ReIssueForm
    button = gettext_lazy("Re-issue the credential")

    def heading(self) -> str:
        return _("Edit %s") % self.award_text()

    def warnings(self) -> list[str]:
        return [*self.is_deleted(), *self.open_orders()]

    def consequences(self) -> list[str]:
        return [
            _("A new number is issued, and the credential is awarded anew as of today."),
            _(
                "The present number %s is archived: it stays findable, is never used again and "
                "cannot be brought back."
            )
            % written(self.record.number_id),
            _("The document that carries the present number no longer holds; order a new one."),
            _("Eligibility and alerts are worked out again, and the maturity date."),
        ]

    def form_of(self, *given, **named) -> ReIssueForm:
        birth_date = self.record.student.birth_date
        years = school_year_choices(birth_date, self.record.school_year)
        return self.form_class(*given, names=self.names(), years=years, **named)

    def asns(self) -> list[str]:
        """The legal name under the primary number is shown as well."""
        primary = self.record.student.primary
        return [*super().asns(), *([primary.asn] if primary else [])]

    def names(self) -> Choices:
        """The names that the service takes, each once, with what they are."""
        award, student = self.record, self.record.student
        found = {_parts(award): _("%s (as awarded)") % award.full_name}
        legal = student.legal_name
        found.setdefault(_parts(legal), _("%s (present legal name)") % legal.full_name)
        if primary := student.primary:
            text = _("%(name)s (present legal name under the primary number %(asn)s)") % {
                "name": primary.legal_name.full_name,
                "asn": asn_text(primary.asn),
            }
            found.setdefault(_parts(primary.legal_name), text)
        return list(found.items())

    def initial(self) -> dict[str, Any]:
        return {
            **super().initial(),
            "name": _parts(self.record),
            "school_year": self.record.school_year,
            "legacy_number": self.record.legacy_number,
        }

    def in_words(self, form: ServiceForm, name: str, text: str) -> str:
        """A name or a year that has been changed may be no choice of the form any more."""
        if name == "name":
            return _full_name(text)
        if name == "school_year" and text.isdecimal() and len(text) < 5:
            return school_year_text(int(text))
        return super().in_words(form, name, text)

    def done(self, answer):
        text = _(
            "%(award)s is re-issued: its number is %(number)s now. The former number is archived."
        ) % {
            "award": self.award_text(),
            "number": written(answer.body["CredentialNumber"]),
        }
        return text, record_url(self.record)


def _parts(name: NameParts) -> str:
    return json.dumps([getattr(name, part) for part in NAME_PARTS], ensure_ascii=False)


def _full_name(text: str) -> str:
    """The name that a choice stands for. What was shown before may be no choice any longer."""
    try:
        parts = json.loads(text)
    except ValueError:
        return text
    return " ".join(str(part) for part in parts if part) if isinstance(parts, list) else text
