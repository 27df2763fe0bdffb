"""The forms of awarding in bulk: whom, and that it is meant."""

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.asn_files import BadAsnFile, read_asns
from credentials.credential_order import ORDER
from pasi.back_office.lists import credential_types
from pasi.back_office.theme import Checkboxes, TextInput
from pasi.models import Organization

Label = gettext_lazy

MOST_BYTES = 4 * 1024 * 1024  # some 350,000 numbers
MOST_SUGGESTED = 5


class RunForm(forms.Form):
    """`form_id`: each shown form starts one run, however often its button is pressed."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)


def types_in_order() -> list[tuple[str, str]]:
    """The types that are awarded in bulk, the highest first."""
    known = dict(credential_types())
    return [(code, known.get(code, code)) for code in ORDER]


class SchoolField(forms.CharField):
    """A school or authority by its code, or by its name where only one is called so."""

    def clean(self, value: Any) -> Organization | None:
        text = " ".join(super().clean(value).split())
        if not text:
            return None
        known = Organization.objects.exclude(kind=Organization.Kind.MINISTRY)
        code = text.split()[0].upper()
        if (found := known.filter(code=code).first()) is not None:
            return found
        named = list(known.filter(name__iexact=text)[:2])
        if len(named) == 1:
            return named[0]
        raise forms.ValidationError(self._unknown(text, known))

    def _unknown(self, text: str, known) -> str:
        said = _("“%s” is not a known school (S.nnnn) or authority (A.nnnn).") % text[:60]
        close = Q(name__icontains=text) | Q(code__startswith=text.upper())
        found = known.filter(close).order_by("code")[: MOST_SUGGESTED + 1]
        if not (names := [f"{each.code} {each.name}" for each in found]):
            return f"{said} " + _("Type its code or its name, or leave the field empty.")
        more = ", …" if len(names) > MOST_SUGGESTED else ""
        return f"{said} " + _("Did you mean: %s?") % (", ".join(names[:MOST_SUGGESTED]) + more)


class EveryoneForm(RunForm):
    """Everyone who has achieved a credential that is not awarded."""

    school = SchoolField(
        required=False,
        max_length=200,
        label=Label("Authority or school"),
        help_text=Label(
            "Code or name; only students whose most current enrolment is there. "
            "Empty: the whole province."
        ),
        widget=TextInput(attrs={"list": "schools", "autocomplete": "off"}),
    )
    types = forms.MultipleChoiceField(
        label=Label("Credential types"),
        choices=types_in_order,
        initial=ORDER,
        widget=Checkboxes,
        help_text=Label(
            "Only students to be awarded one of these. With all of them, the preview also says "
            "who achieved something and cannot be awarded, and why. The Honorary diploma is "
            "awarded one by one."
        ),
        error_messages={"required": Label("Choose at least one credential type.")},
    )

    def clean_types(self) -> list[str]:
        """All of them is no restriction."""
        chosen = self.cleaned_data["types"]
        return [] if set(chosen) == set(ORDER) else [code for code in ORDER if code in chosen]


class ListForm(RunForm):
    """The numbers in a file. `asns`: its numbers, once it is valid."""

    file = forms.FileField(
        label=Label("List of ASNs"),
        help_text=Label(
            "One number a line, or a CSV file with a column ASN or StateProvinceId, with commas or "
            "semicolons as a spreadsheet saves it; hyphens are allowed. At most 4 MB."
        ),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.txt,text/csv,text/plain", "class": "file-input"}
        ),
        error_messages={
            "required": Label("Choose a file."),
            "empty": Label("The file is empty."),
        },
    )
    asns: list[str]

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file has %(size)s MB; at most %(most)s MB are taken. Split it.")
                % {"size": f"{file.size / 1024**2:.1f}", "most": MOST_BYTES // 1024**2}
            )
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "asns"
            with path.open("wb") as kept:
                for chunk in file.chunks():
                    kept.write(chunk)
            try:
                self.asns = list(read_asns(path, called=file.name))
            except BadAsnFile as error:
                raise forms.ValidationError(error.problems) from None
        return file


class StartOverForm(RunForm):
    """For which reasons students were not awarded whom another run is to look at."""

    rejections = forms.MultipleChoiceField(
        label=Label("Those not awarded because"),
        widget=Checkboxes,
        error_messages={"required": Label("Choose at least one reason.")},
    )

    def __init__(self, *args, reasons: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rejections"].choices = reasons
        self.initial.setdefault("rejections", [code for code, _text in reasons])


def schools_to_choose() -> list[tuple[str, str]]:
    """(code, name) of every authority and school."""
    known = Organization.objects.exclude(kind=Organization.Kind.MINISTRY)
    return list(known.order_by("code").values_list("code", "name"))
