"""Awarding one student: whom, what would be awarded now and why nothing else, then the form."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.awarding import lock_students
from credentials.credential_numbers import written
from credentials.eligibility.outcomes import (
    ACHIEVED,
    CALCULATION_OUTSTANDING,
    NOT_ACHIEVED,
    NOT_ASSESSING,
    TO_BE_ASSESSED,
)
from credentials.explaining import ExplainedCredential, Explanation, explain
from credentials.lookup_page import LookupPage
from credentials.models import AwardedCredential
from credentials.re_issue_page import Choices, school_year_choices
from credentials.rules.awarding import deactivated_asn, secondary_asn
from credentials.services import SubmitCredentialAwardingSingle
from pasi.back_office.admins import record_url
from pasi.back_office.formats import asn_text
from pasi.back_office.lists import asn_in
from pasi.back_office.service_forms import ServiceForm, ServiceFormPage
from pasi.back_office.theme import Radio, Select, TextInput
from pasi.calendar import business_today, current_school_year, school_year_text
from pasi.staff_roles import may_send
from students.models import Student

Label = gettext_lazy
AWARD_ONE, AWARD_WHOM = "award_one_student", "award_whom"

# Where a student stands in a credential, in words.
STANDINGS = {
    ACHIEVED: Label("achieved"),
    NOT_ACHIEVED: Label("not achieved"),
    NOT_ASSESSING: Label("currently not applicable"),
    TO_BE_ASSESSED: Label("to be assessed by a person"),
    CALCULATION_OUTSTANDING: Label("being worked out again; wait until that is done"),
}


def award_one_url(asn: str) -> str:
    return reverse(f"admin:{AWARD_ONE}", args=[asn])


class AwardOneForm(ServiceForm):
    properties = {
        "CredentialType": "credential",
        "SchoolYear": "school_year",
        "LegacyCredentialNumber": "legacy_number",
    }
    codes = {
        "44000": "credential",
        "44010": "credential",
        "44004": "school_year",
        "44009": "school_year",
    }

    asn = forms.CharField(label=Label("ASN"), widget=forms.HiddenInput)
    credential = forms.ChoiceField(label=Label("Credential"), widget=Radio)
    school_year = forms.TypedChoiceField(
        label=Label("School year"),
        coerce=int,
        widget=Select,
        help_text=Label("The school year that is printed on the credential."),
    )
    legacy_number = forms.CharField(
        label=Label("Legacy number"),
        widget=TextInput,
        max_length=14,
        required=False,
        help_text=Label("Only where the credential had a number before PASI."),
    )

    def __init__(self, *given, credentials: Choices, years: Choices, **named) -> None:
        super().__init__(*given, **named)
        self.fields["credential"].choices = credentials
        self.fields["school_year"].choices = years

    def request(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        return {
            "StateProvinceId": chosen["asn"],
            "CredentialType": chosen["credential"],
            "SchoolYear": chosen["school_year"],
            "LegacyCredentialNumber": chosen["legacy_number"],
        }


class AwardOnePage(ServiceFormPage):
    """One credential for one student, whatever the Credential Order says."""

    service = SubmitCredentialAwardingSingle
    form_class = AwardOneForm
    template_name = "admin/award_one.html"
    button = gettext_lazy("Award the credential")
    decisions = frozenset({"credential", "school_year"})
    explained: Explanation | None = None

    def load(self) -> Student | None:
        asn = self.kwargs["asn"]
        self.explained = explain(asn, business_today()) if asn.isdecimal() else None
        if self.explained is None:
            return None
        students = Student.objects.select_related("legal_name", "primary__legal_name")
        return students.get(asn=asn)

    def asns(self) -> list[str]:
        return [self.record.asn, self.explained.person]

    def heading(self) -> str:
        return _("Award %(name)s (%(asn)s) a credential") % {
            "name": self.explained.name,
            "asn": asn_text(self.record.asn),
        }

    def version(self) -> None:
        """The request carries none: what the form showed is compared."""
        return None

    def lock(self) -> None:
        lock_students([self.record.asn])

    def warnings(self) -> list[str]:
        found = []
        if self.record.is_deactivated:
            values = {"StateProvinceId": self.record.asn}
            found.append(f"{deactivated_asn.message.format(**values)} ({deactivated_asn.code})")
        if primary := self.record.primary:
            values = {"SecondaryASN": self.record.asn, "PrimaryASN": primary.asn}
            found.append(f"{secondary_asn.message.format(**values)} ({secondary_asn.code})")
        return found

    def consequences(self) -> list[str]:
        return [
            _("A new number is issued, for %s, the present legal name.")
            % self.record.legal_name.full_name,
            _("A deleted credential of the same type keeps its record; its number is archived."),
            _("Eligibility and alerts are worked out again, and the maturity date."),
            _("No document is ordered: that is the next step, on the page of the credential."),
        ]

    def possible(self) -> Choices:
        """What is achieved and not awarded, the highest first."""
        return [
            (each.code, f"{each.name} ({each.code})")
            for each in self.explained.credentials
            if each.progress == ACHIEVED and not each.is_awarded
        ]

    def form_of(self, *given, **named) -> AwardOneForm:
        year = self.explained.awarding.school_year
        years = school_year_choices(self.record.birth_date, year, current_school_year())
        return self.form_class(*given, credentials=self.possible(), years=years, **named)

    def initial(self) -> dict[str, Any]:
        awarding = self.explained.awarding
        [(first, _name), *_others] = self.possible() or [("", "")]
        return {
            "asn": self.record.asn,
            "credential": awarding.credential or first,
            "school_year": awarding.school_year or current_school_year(),
        }

    def own_context(self) -> dict[str, Any]:
        year = self.explained.awarding.school_year
        return {
            "found": self.explained,
            "award_year": school_year_text(year) if year else "",
            "possible": self.possible(),
            "not_possible": [
                (each, _why_not(each))
                for each in self.explained.credentials
                if each.code not in dict(self.possible())
            ],
            "primary_url": award_one_url(self.record.primary.asn) if self.record.primary else "",
        }

    def back(self) -> str:
        return reverse("admin:explain_eligibility", args=[self.record.asn])

    def done(self, answer):
        number = answer.body["CredentialNumber"]
        # The same press again, after a re-issue: the number is a former one by now.
        by_number = Q(number=number) | Q(archived_numbers__number=number)
        award = AwardedCredential.objects.filter(by_number).distinct().get()
        text = _("%(type)s is awarded to %(name)s, under the number %(number)s.") % {
            "type": award.credential_type,
            "name": award.full_name,
            "number": written(number),
        }
        return text, record_url(award)


def _why_not(credential: ExplainedCredential) -> str:
    if credential.is_awarded:
        return _("awarded already")
    if credential.progress is None:
        return _("not open to the student")
    return str(STANDINGS.get(credential.progress, credential.progress))


class AwardWhomPage(LookupPage):
    """Which student is to be awarded: by number, straight to the form."""

    title = gettext_lazy("Award one student")
    label = gettext_lazy("Alberta Student Number")
    help_text = gettext_lazy("With or without hyphens: 1234-5678-9.")
    button = gettext_lazy("Go on")
    lead = gettext_lazy(
        "For one student at a time: what bulk awarding leaves out, a lower credential than one "
        "that is held, the Honorary diploma, or one whose school year nothing tells."
    )

    def may_open(self, request: HttpRequest) -> bool:
        return super().may_open(request) and may_send(request.user, SubmitCredentialAwardingSingle)

    def answer(self, request: HttpRequest, text: str) -> HttpResponse | dict:
        asn = asn_in(text)
        if asn and Student.objects.filter(asn=asn).exists():
            return HttpResponseRedirect(award_one_url(asn))
        students = reverse("admin:students_student_changelist")
        return {
            "nothing": _("No student has the number %s.") % text
            if asn
            else _("%s is not an Alberta Student Number: it has nine digits.") % text,
            "elsewhere": students,
            "elsewhere_text": _("Find the student by name"),
        }
