"""What the forms of the student services are made of: fields, and where a rejection stands."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy

from pasi.back_office.formats import asn_text
from pasi.back_office.service_forms import ServiceForm, ServiceFormPage
from pasi.back_office.theme import Checkbox, Select, TextInput
from pasi.codes import code_list
from pasi.services import Answer
from students.models import NAME_PARTS, Student
from students.rules.name_characters import CHARACTER_RULES
from students.tabs import tab_url

Label = gettext_lazy
ABOUT_CHARACTERS = frozenset(rule.code for rule in CHARACTER_RULES)
PROPERTIES = dict(zip(("FirstName", "MiddleName", "LastName", "Suffix"), NAME_PARTS, strict=True))


AS_WRITTEN = Label("Year, month, day: 2008-03-01")


# --- Fields ---------------------------------------------------------------------------------------


def words(label: Any, length: int, *, required: bool = False, **options) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, required=required, widget=TextInput(), **options
    )


def day(
    label: Any, *, required: bool = False, help_text: Any = AS_WRITTEN, **options
) -> forms.DateField:
    """A date, typed; an example in the field itself would look like one that is typed already."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=["%Y-%m-%d"],
        widget=TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": Label("Write the date as 2008-03-01.")},
        **options,
    )


def tick(label: Any, **options) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=Checkbox(), **options)


def code(
    label: Any, code_type: str, *, required: bool = False, choose: Any = None, **options
) -> forms.ChoiceField:
    """A value of a code list, as it is when the form is shown; only what may be submitted."""

    def choices() -> list[tuple[str, Any]]:
        values = [
            (each.code, each.short_name)
            for each in code_list(code_type).values()
            if each.may_be_submitted
        ]
        return [("", choose or Label("Choose one")), *values]

    return forms.ChoiceField(
        label=label, choices=choices, required=required, widget=Select(), **options
    )


# --- Forms ----------------------------------------------------------------------------------------


class NamedForm(ServiceForm):
    """A form with names. `names`: how the rules call a name, and the prefix of its four fields.

    Rules on characters say in their text which parts they mean, so that their rejection stands at
    the first of these.
    """

    names: Mapping[str, str] = {}

    def field_of(self, rejection: Mapping[str, str]) -> str | None:
        if rejection["Code"] in ABOUT_CHARACTERS:
            for descriptor, prefix in self.names.items():
                for part in NAME_PARTS:
                    value = self.cleaned_data.get(prefix + part)
                    if (
                        value
                        and f"({value})" in rejection["Description"]
                        and rejection["Description"].startswith(descriptor)
                    ):
                        return prefix + part
        return super().field_of(rejection)


def name_fields(prefix: str = "", *, required: bool = True) -> dict[str, forms.Field]:
    """The four parts of a name."""
    return {
        f"{prefix}first_name": words(Label("First name"), 50, required=required),
        f"{prefix}middle_name": words(Label("Middle name"), 50),
        f"{prefix}last_name": words(Label("Last name"), 50, required=required),
        f"{prefix}suffix": words(Label("Suffix"), 15, help_text=Label("Such as Jr or III.")),
    }


def given(values: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """Properties of a request from the fields of a form, {property: field}; what is empty is left
    out, dates are written."""
    sent = {name: values.get(field) for name, field in fields.items()}
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in sent.items()
        if value not in (None, "")
    }


def name_properties(prefix: str = "") -> dict[str, str]:
    return {name: prefix + field for name, field in PROPERTIES.items()}


def under(name: str, properties: Mapping[str, str]) -> dict[str, str]:
    """Properties of a part of the request: "Name.FirstName"."""
    return {f"{name}.{each}": field for each, field in properties.items()}


# --- Pages ----------------------------------------------------------------------------------------


class StudentPage(ServiceFormPage):
    """A form over a service that changes one student. `tab`: the part of the page it is about."""

    tab = "identity"

    def load(self) -> Student | None:
        students = Student.objects.select_related("legal_name", "preferred_name", "primary")
        return students.filter(pk=self.kwargs["student"]).first()

    def asns(self) -> list[str]:
        return [self.record.asn]

    def who(self) -> str:
        """The student in words: "Ada Byron (1000-0000-7)"."""
        return f"{self.record.legal_name.full_name} ({asn_text(self.record.asn)})"

    def back(self) -> str:
        return tab_url(self.record.pk, self.tab)

    def send(self, form: ServiceForm) -> Answer:
        """What is sent is about the student whose page it is."""
        if form.cleaned_data["asn"] != self.record.asn:
            raise Http404("The form is another student's.")
        return super().send(form)


class OfStudentForm(ServiceForm):
    """Of a form that changes one student: which one, in which version."""

    asn = forms.CharField(widget=forms.HiddenInput, max_length=9)

    def of_student(self) -> dict[str, Any]:
        return {
            "StateProvinceId": self.cleaned_data["asn"],
            "PASICoreVersion": self.cleaned_data["core_version"],
        }
