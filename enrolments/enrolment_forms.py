"""The fields of a school enrolment as staff fill them in, and the request that they become."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pasi.back_office.lists import asn_in
from pasi.back_office.service_forms import ServiceForm
from pasi.back_office.theme import Select, TextInput
from pasi.calendar import current_school_year, school_year_text
from pasi.clients import normalized_code
from pasi.codes import code_list

Label = gettext_lazy
CODES = re.compile(r"[;,\s]+")
CODE_LISTS = (
    ("EnrolmentTypeCodes", "enrolment_types", 3),
    ("GrantsProgramCodes", "grants_programs", 3),
    ("ExceptionCodes", "exceptions", 2),
)


def day(label, **options) -> forms.DateField:
    """A day as it is written everywhere here; a browser's own calendar would write it otherwise."""
    return forms.DateField(
        label=label,
        widget=TextInput(attrs={"placeholder": "2026-11-22", "autocomplete": "off"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": Label("Type the day as 2026-11-22: year, month, day.")},
        **options,
    )


def values_of(code_type: str, *, with_code: bool = False) -> list[tuple[str, str]]:
    """The values of a code list, expired ones too: the service judges them."""
    return [
        (each.code, f"{each.code} {each.short_name}" if with_code else each.short_name)
        for each in code_list(code_type).values()
    ]


def grades() -> list[tuple[str, str]]:
    return values_of("Grade", with_code=True)


def programming_types() -> list[tuple[str, str]]:
    return values_of("ProgrammingType")


def programming_timeframes() -> list[tuple[str, str]]:
    return values_of("ProgrammingTimeframe")


def exit_date_types() -> list[tuple[str, str]]:
    return values_of("ExitDateType")


def school_years() -> list[tuple[int, str]]:
    latest = current_school_year() + 1
    return [(year, school_year_text(year)) for year in range(latest, latest - 30, -1)]


class CodesField(forms.CharField):
    """Codes, divided by blanks, commas or semicolons."""

    def __init__(self, **options):
        super().__init__(required=False, widget=TextInput, max_length=60, **options)

    def clean(self, value) -> list[str]:
        return [code for code in CODES.split(super().clean(value)) if code]


class AsnField(forms.CharField):
    """An ASN with or without hyphens."""

    def clean(self, value) -> str:
        asn = asn_in(super().clean(value))
        if asn is None:
            raise forms.ValidationError(_("An ASN has nine digits, as 1234-5678-9."))
        return asn


def offer(form: ServiceForm, name: str, text: str = "") -> None:
    """What is stored can be chosen, though its list no longer has it."""
    field, value = form.fields[name], str(form[name].value() or "")
    choices = list(field.choices)
    if value and value not in {str(each) for each, _text in choices}:
        field.choices = [*choices, (value, text or value)]


def offer_school_year(form: ServiceForm) -> None:
    year = str(form["school_year"].value() or "")
    if re.fullmatch(r"[0-9]{4}", year):
        offer(form, "school_year", school_year_text(int(year)))


class EnrolmentForm(ServiceForm):
    properties = {
        "StateProvinceId": "asn",
        "SchoolYear": "school_year",
        "Grade": "grade",
        "ProgrammingType": "programming_type",
        "ProgrammingTimeframe": "programming_timeframe",
        "RegistrationStartDate": "start_date",
        "RegistrationExitDate": "exit_date",
        "ExitDateType": "exit_date_type",
        "ResidentBoard": "resident_board",
        "FNMIDeclaration": "fnmi_declaration",
        "FrenchHoursOfInstruction": "french_hours",
        "SchoolAuthorityProvidedProgramPercentage": "percentage",
        "LocalStudentId": "local_student_id",
        **{name: field for name, field, _most in CODE_LISTS},
        **{f"{name}[{at}]": field for name, field, most in CODE_LISTS for at in range(most)},
    }
    codes = {
        **dict.fromkeys(("9002", "9009", "9011", "10080"), "asn"),
        **dict.fromkeys(("9030", "99001"), "school_year"),
        **dict.fromkeys(("10016", "10088"), "exit_date"),
        **{"10087": "start_date", "10064": "percentage"},
        **dict.fromkeys(("10133", "10134"), "grants_programs"),
    }

    reference_id = forms.CharField(widget=forms.HiddenInput)
    school = forms.CharField(widget=forms.HiddenInput)
    is_deleted = forms.BooleanField(widget=forms.HiddenInput, required=False)
    grade = forms.ChoiceField(label=Label("Grade"), choices=grades, widget=Select)
    start_date = day(Label("Start date"))
    exit_date = day(
        Label("Exit date"), help_text=Label("The expected last day while it lies ahead.")
    )
    exit_date_type = forms.ChoiceField(
        label=Label("What the exit date is"), choices=exit_date_types, widget=Select
    )
    programming_type = forms.ChoiceField(
        label=Label("Programming type"), choices=programming_types, widget=Select
    )
    programming_timeframe = forms.ChoiceField(
        label=Label("Programming timeframe"), choices=programming_timeframes, widget=Select
    )
    enrolment_types = CodesField(
        label=Label("Enrolment type codes"), help_text=Label("At most three, as 302 418.")
    )
    grants_programs = CodesField(
        label=Label("Grants program codes"), help_text=Label("At most three, as 110 500.")
    )
    exceptions = CodesField(label=Label("Exception codes"), help_text=Label("At most two."))
    french_hours = forms.IntegerField(
        label=Label("French hours of instruction"),
        required=False,
        widget=TextInput(attrs={"inputmode": "numeric"}),
    )
    percentage = forms.IntegerField(
        label=Label("Percentage of the program that the authority provides"),
        required=False,
        widget=TextInput(attrs={"inputmode": "numeric"}),
        help_text=Label("0 to 100; with grants program 610 or 612 only."),
    )
    resident_board = forms.CharField(
        label=Label("Resident board"),
        required=False,
        max_length=10,
        widget=TextInput,
        help_text=Label("The four digits of an authority's code, as 3020."),
    )
    fnmi_declaration = forms.CharField(
        label=Label("FNMI declaration"), required=False, max_length=10, widget=TextInput
    )
    local_student_id = forms.CharField(
        label=Label("The school's own number of the student"),
        required=False,
        max_length=40,
        widget=TextInput,
        strip=False,
    )
    school_year = forms.TypedChoiceField(
        label=Label("School year"), choices=school_years, coerce=int, widget=Select
    )
    asn = AsnField(
        label=Label("ASN"),
        widget=TextInput,
        max_length=20,
        help_text=Label("Another one moves the enrolment to that student."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("grade", "programming_type", "programming_timeframe", "exit_date_type"):
            offer(self, name)
        offer_school_year(self)

    def request(self) -> dict[str, Any]:
        data = self.cleaned_data
        request = {
            "StateProvinceId": data["asn"],
            "RefId": data["reference_id"],
            "PASICoreVersion": data["core_version"],
            "SchoolCode": data["school"],
            "SchoolYear": data["school_year"],
            "Grade": data["grade"],
            "ProgrammingType": data["programming_type"],
            "ProgrammingTimeframe": data["programming_timeframe"],
            "RegistrationStartDate": data["start_date"].isoformat(),
            "RegistrationExitDate": data["exit_date"].isoformat(),
            "ExitDateType": data["exit_date_type"],
            "IsDeleted": data["is_deleted"],
            "ResidentBoard": data["resident_board"],
            "FNMIDeclaration": data["fnmi_declaration"],
            "LocalStudentId": data["local_student_id"],
            "FrenchHoursOfInstruction": data["french_hours"],
            "SchoolAuthorityProvidedProgramPercentage": data["percentage"],
        }
        return request | {name: data[field] for name, field, _most in CODE_LISTS}


class NewEnrolmentForm(EnrolmentForm):
    codes = {**EnrolmentForm.codes, "9003": "school", "10058": "school"}
    properties = {**EnrolmentForm.properties, "SchoolCode": "school"}

    school = forms.CharField(
        label=Label("School"), max_length=10, widget=TextInput, help_text=Label("Its code: S.0982.")
    )
    asn = AsnField(widget=forms.HiddenInput, label=Label("ASN"))
    field_order = ["school", "school_year"]

    def clean_school(self) -> str:
        return normalized_code(self.cleaned_data["school"])
