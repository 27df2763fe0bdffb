"""What a Registry Clerk does with who a student is: a new student, and another identity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pasi.back_office.admins import list_url
from pasi.back_office.formats import asn_text
from pasi.back_office.theme import Select, Textarea
from pasi.calendar import business_today
from students.duplicate_dialogue import AcknowledgingForm, DuplicateDialogue
from students.models import NAME_PARTS, Student
from students.request_facts import ADDRESSES
from students.services import CreateStudent, SubmitIdentificationInformation
from students.tabs import tab_url
from students.task_forms import (
    Label,
    NamedForm,
    OfStudentForm,
    StudentPage,
    code,
    day,
    given,
    name_fields,
    name_properties,
    tick,
    under,
    words,
)

IDENTIFICATION = {
    **name_properties(),
    "BirthDate": "birth_date",
    "DocumentType": "document_type",
    "DocumentNumber": "document_number",
    "DocumentIssueDate": "document_issue_date",
}
IDENTITY_CODES = {
    "11210": "document_type",
    "11211": "gender",
    "11217": "birth_date",
    "11225": "document_issue_date",
    "11231": "birth_date",
    "11233": "document_issue_date",
    "12006": "document_type",
    "9049": "first_name",
}


@dataclass(frozen=True)
class Group:
    """Fields that belong together. A folded one can be opened; nothing in it is typed yet."""

    title: Any
    fields: Sequence[forms.BoundField]
    help: Any = ""
    is_folded: bool = False


def identity_fields() -> dict[str, forms.Field]:
    return {
        **name_fields(),
        "birth_date": day(Label("Birth date"), required=True),
        "gender": code(Label("Gender"), "Gender", required=True),
        "document_type": code(
            Label("Source document"),
            "SourceDocumentType",
            required=True,
            help_text=Label("The paper that shows the name and the birth date."),
        ),
        "document_number": words(
            Label("End of its number"), 4, help_text=Label("The last four characters.")
        ),
        "document_issue_date": day(Label("Issued on")),
        "is_name_exact": tick(
            Label("The name is exactly as on the document"),
            help_text=Label("Not so where the document has letters that cannot be typed here."),
        ),
    }


class IdentityForm(NamedForm, AcknowledgingForm):
    """Names, birth date, gender, and the document that shows them."""

    names = {"Legal": ""}
    properties = under("IdentificationRecord", IDENTIFICATION)
    codes = IDENTITY_CODES

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= identity_fields()

    def identification(self) -> dict[str, Any]:
        return {
            **given(self.cleaned_data, IDENTIFICATION),
            "IsNameExact": self.cleaned_data["is_name_exact"],
        }


# --- Another identity -----------------------------------------------------------------------------


class ChangeIdentityForm(IdentityForm, OfStudentForm):
    properties = {**IdentityForm.properties, "Gender": "gender"}

    def request(self) -> dict[str, Any]:
        return {
            **self.of_student(),
            "IdentificationRecord": self.identification(),
            "Gender": self.cleaned_data["gender"],
            **self.acknowledged(),
        }


class ChangeIdentityPage(DuplicateDialogue, StudentPage):
    service = SubmitIdentificationInformation
    form_class = ChangeIdentityForm
    button = gettext_lazy("Save the identity")
    somebody_else = gettext_lazy("It is somebody else: save it all the same")

    def heading(self) -> str:
        return _("Change the identity of %s") % self.who()

    def consequences(self) -> list[str]:
        return [
            _(
                "Another legal name takes the place of the present one, which stays a name of the "
                "student."
            ),
            _("If the present legal name is the preferred one, so is the new one."),
            _("With another birth date, maturity, alerts and eligibility are worked out again."),
            _("Credentials that are awarded keep the name on them until they are re-issued."),
        ]

    def initial(self) -> dict[str, Any]:
        student: Student = self.record
        return {
            "asn": student.asn,
            **{part: getattr(student.legal_name, part) for part in NAME_PARTS},
            "birth_date": student.birth_date,
            "gender": student.gender,
            "document_type": student.document_type,
            "document_number": student.document_number,
            "document_issue_date": student.document_issue_date,
            "is_name_exact": student.is_name_exact,
        }

    def done(self, answer):
        return _("The identity is saved."), self.back()


# --- A new student --------------------------------------------------------------------------------

ADDRESS = {
    "Street": "street",
    "City": "city",
    "StateProvince": "province",
    "PostalCode": "postal",
    "Country": "country",
    "EffectiveDate": "from",
    "ExpiryDate": "until",
}
ADDRESS_LABELS = tuple(label for _name, label in ADDRESSES)  # as the rules call them
PHONE = {
    "Type": "phone_type",
    "Number": "phone_number",
    "Extension": "phone_extension",
    "IsListable": "phone_listable",
    "EffectiveDate": "phone_from",
    "ExpiryDate": "phone_until",
}
RESTRICTION = {
    "DisclosureRestrictionCode": "restriction_code",
    "DisclosureRestrictionDetails": "restriction_details",
    "EffectiveDate": "restriction_from",
    "ExpiryDate": "restriction_until",
}
PERSONAL = {
    "Gender": "gender",
    "CitizenshipStatus": "citizenship",
    "DocumentExpiryDate": "document_expiry",
    "Section23Eligibility": "section23",
}
LISTABLE = [("", Label("Unknown")), ("Y", Label("Yes")), ("N", Label("No"))]


def address_properties(prefix: str) -> dict[str, str]:
    return {name: prefix + field for name, field in ADDRESS.items()}


def address_fields(prefix: str) -> dict[str, forms.Field]:
    return {
        f"{prefix}street": forms.CharField(
            label=Label("Street"), max_length=140, required=False, widget=Textarea({"rows": 2})
        ),
        f"{prefix}city": words(Label("City"), 60),
        f"{prefix}province": words(Label("Province or state"), 20, help_text=Label("AB")),
        f"{prefix}postal": words(Label("Postal code"), 15, help_text=Label("T5J 0N3")),
        f"{prefix}country": words(Label("Country"), 60),
        f"{prefix}from": day(Label("From")),
        f"{prefix}until": day(Label("Until")),
    }


class CreateStudentForm(IdentityForm):
    """All personal data in one call. A part is sent if anything of it is typed."""

    names = {"Legal": "", "Alias": "alias_"}
    parts = {
        "alias": Label("Another name"),
        "address": Label("Mailing address"),
        "other_address": Label("Second mailing address"),
        "phone": Label("Phone number"),
        "restriction": Label("Disclosure restriction"),
    }
    properties = {
        **IdentityForm.properties,
        **under("PersonalInfo", PERSONAL),
        **under("PersonalInfo.Alias", name_properties("alias_")),
        **under("PersonalInfo.PreferredMailingAddress", address_properties("address_")),
        **under("PersonalInfo.AlternateMailingAddress", address_properties("other_address_")),
        **under("PersonalInfo.PreferredPhoneNumber", PHONE),
        **under("DisclosureRestrictionInfo", RESTRICTION),
        "EmailAddress": "email",
    }
    codes = {
        **IDENTITY_CODES,
        "11002": "address_until",
        "11003": "address_street",
        "11004": "address_postal",
        "11005": "address_postal",
        "11006": "address_postal",
        "11007": "address_province",
        "11008": "address_province",
        "11015": "address_street",
        "11016": "address_street",
        "11021": "address_from",
        "11029": "address_from",
        "11101": "restriction_until",
        "11113": "restriction_from",
        "11218": "alias_last_name",
        "11251": "phone_number",
        "11252": "phone_number",
        "11253": "phone_number",
        "11254": "phone_number",
        "11255": "phone_until",
        "11256": "phone_extension",
        "11261": "phone_from",
        "11301": "section23",
        "11326": "document_expiry",
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        today = business_today()
        self.fields |= {
            "citizenship": code(Label("Citizenship"), "CitizenshipStatus"),
            "document_expiry": day(
                Label("Document valid until"), help_text=Label("Of a study permit or the like.")
            ),
            "section23": code(Label("Section 23 eligibility"), "Section23Eligibility"),
            "email": words(Label("E-mail address"), 254),
            **name_fields("alias_", required=False),
            **address_fields("address_"),
            **address_fields("other_address_"),
            "phone_type": code(Label("Type"), "PhoneType"),
            "phone_number": words(Label("Number"), 16, help_text=Label("Digits only: 4035551234")),
            "phone_extension": words(Label("Extension"), 7),
            "phone_listable": forms.ChoiceField(
                label=Label("May be published"),
                choices=LISTABLE,
                required=False,
                widget=Select(),
            ),
            "phone_from": day(Label("From")),
            "phone_until": day(Label("Until")),
            "restriction_code": code(Label("Kind"), "DisclosureRestriction"),
            "restriction_details": words(Label("Details"), 250),
            "restriction_from": day(Label("From")),
            "restriction_until": day(Label("Until")),
        }
        for name in ("address_from", "other_address_from", "phone_from", "restriction_from"):
            self.fields[name].help_text = Label("Today, %s, if nothing is typed.") % today

    def request(self) -> dict[str, Any]:
        values = self.cleaned_data
        personal = {
            **given(values, PERSONAL),
            **self._part("Alias", name_properties("alias_")),
            **self._address("PreferredMailingAddress", "address_"),
            **self._address("AlternateMailingAddress", "other_address_"),
        }
        if values["phone_number"]:
            personal["PreferredPhoneNumber"] = {
                **self._dated(given(values, PHONE)),
                "IsListable": values["phone_listable"] or "U",
            }
        sent = {
            "IdentificationRecord": self.identification(),
            "PersonalInfo": personal,
            **given(values, {"EmailAddress": "email"}),
            **self.acknowledged(),
        }
        if restriction := given(values, RESTRICTION):
            sent["DisclosureRestrictionInfo"] = {**self._dated(restriction), "IsActive": True}
        return sent

    def field_of(self, rejection: Mapping[str, str]) -> str | None:
        """The rules on addresses say in their text which one they mean, or else its first day; two
        that take effect together (11029) are a matter of the second.
        """
        field = super().field_of(rejection)
        if not (field and field.startswith("address_")):
            return field
        text, (preferred, alternate) = rejection["Description"], ADDRESS_LABELS
        if preferred in text or alternate in text:
            is_second = alternate in text
        else:
            first_day = str(self.cleaned_data.get("address_from"))
            is_second = rejection["Code"] == "11029" or first_day not in text
        return f"other_{field}" if is_second else field

    def _part(self, name: str, properties: dict[str, str]) -> dict[str, Any]:
        part = given(self.cleaned_data, properties)
        return {name: {"RefId": 0, **part}} if part else {}

    def _address(self, name: str, prefix: str) -> dict[str, Any]:
        """Only mailing addresses can be sent (11001)."""
        address = given(self.cleaned_data, address_properties(prefix))
        return {name: {"AddressType": "Mailing", **self._dated(address)}} if address else {}

    def _dated(self, part: dict[str, Any]) -> dict[str, Any]:
        return {"RefId": 0, "EffectiveDate": business_today().isoformat(), **part}

    @property
    def groups(self) -> list[Group]:
        def group(title: Any, names: Sequence[str], help: Any = "", may_fold: bool = True) -> Group:
            fields = [self[name] for name in names]
            touched = any(field.errors or field.value() not in (None, "") for field in fields)
            return Group(title, fields, help, may_fold and not touched)

        prefixed = {
            prefix: [name for name in self.fields if name.startswith(f"{prefix}_")]
            for prefix in self.parts
        }
        return [
            group(_("Who the student is"), list(identity_fields()), may_fold=False),
            group(_("Citizenship and language"), ("citizenship", "document_expiry", "section23")),
            *(group(title, prefixed[prefix]) for prefix, title in self.parts.items()),
            group(_("E-mail address"), ("email",)),
        ]


class CreateStudentPage(DuplicateDialogue):
    service = CreateStudent
    form_class = CreateStudentForm
    button = gettext_lazy("Create the student")

    def heading(self) -> str:
        return _("Create a student")

    def consequences(self) -> list[str]:
        return [
            _("The student gets a new Alberta Student Number, which is never given again."),
            _(
                "First everybody of the same name and birth date is looked for. If anybody is "
                "found, nothing is saved: you see them beside what you typed, and decide."
            ),
            _("The name becomes legal, preferred and original name; maturity is worked out."),
        ]

    def initial(self) -> dict[str, Any]:
        return {"is_name_exact": True}

    def back(self) -> str:
        return list_url(Student)

    def done(self, answer):
        student = Student.objects.get(asn=answer.body["Id"])
        text = _("The student is created with the number %s.") % asn_text(student.asn)
        return text, tab_url(student.pk, "identity")
