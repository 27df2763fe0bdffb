"""What a Registry Clerk does with the parts of a student's record that have a service."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pasi.back_office.theme import Textarea
from pasi.calendar import business_today
from students.models import CitizenshipStatus, DisclosureRestriction, Student
from students.services import (
    SubmitStudentCitizenshipStatus,
    SubmitStudentDisclosureRestriction,
)
from students.task_forms import (
    Label,
    OfStudentForm,
    StudentPage,
    code,
    day,
    given,
    tick,
    under,
)

LOOKED_AGAIN = gettext_lazy("Alerts of the student and of the enrolments are looked at again.")

# --- Citizenship ----------------------------------------------------------------------------------


class CitizenshipForm(OfStudentForm):
    properties = {"CitizenshipStatus": "status", "DocumentExpiryDate": "document_expiry"}
    codes = {"11326": "document_expiry", "11332": "document_expiry"}

    status = code(Label("Citizenship"), "CitizenshipStatus", required=True)
    document_expiry = day(
        Label("Document valid until"),
        help_text=Label("Needed of a temporary resident: when the permit ends."),
    )

    def request(self) -> dict[str, Any]:
        return {**self.of_student(), **given(self.cleaned_data, self.properties)}


class CitizenshipPage(StudentPage):
    service = SubmitStudentCitizenshipStatus
    form_class = CitizenshipForm
    template_name = "admin/student_form.html"
    button = gettext_lazy("Save the citizenship")

    def heading(self) -> str:
        return _("Citizenship of %s") % self.who()

    def consequences(self) -> list[str]:
        return [
            _("It holds from today, %s; what held before stays on record.") % business_today(),
            _("A status that already took effect today is changed instead."),
            str(LOOKED_AGAIN),
        ]

    def initial(self) -> dict[str, Any]:
        present = (
            CitizenshipStatus.objects.filter(student=self.record, is_deleted=False)
            .order_by("-effective_on", "-pk")
            .first()
        )
        if present is None:
            return {"asn": self.record.asn}
        return {
            "asn": self.record.asn,
            "status": present.citizenship_status,
            "document_expiry": present.document_expiry_date,
        }

    def done(self, answer):
        return _("The citizenship is saved."), self.back()


# --- Disclosure restrictions ----------------------------------------------------------------------

RESTRICTION = {
    "RefId": "ref_id",
    "DisclosureRestrictionCode": "code",
    "DisclosureRestrictionDetails": "details",
    "EffectiveDate": "effective_on",
    "ExpiryDate": "expires_on",
    "IsActive": "is_active",
}


class RestrictionForm(OfStudentForm):
    properties = under("DisclosureRestrictionInfo", RESTRICTION)
    codes = {
        "11101": "expires_on",
        "11111": "code",
        "11113": "effective_on",
        "11116": "effective_on",
        "11120": "details",
    }

    ref_id = forms.IntegerField(widget=forms.HiddenInput)
    code = code(Label("Kind"), "DisclosureRestriction", required=True)
    details = forms.CharField(
        label=Label("Details"),
        max_length=250,
        required=False,
        widget=Textarea({"rows": 3}),
        help_text=Label("Needed for a caution and for a guardian of a student over 18."),
    )
    effective_on = day(Label("From"), required=True)
    expires_on = day(Label("Until"), help_text=Label("Empty: until it is ended."))
    is_active = tick(Label("Active"), help_text=Label("Without the tick it restricts nothing."))

    def request(self) -> dict[str, Any]:
        return {
            **self.of_student(),
            "DisclosureRestrictionInfo": given(self.cleaned_data, RESTRICTION),
        }


class AddRestrictionPage(StudentPage):
    service = SubmitStudentDisclosureRestriction
    form_class = RestrictionForm
    template_name = "admin/student_form.html"
    button = gettext_lazy("Add the restriction")

    def heading(self) -> str:
        return _("Add a disclosure restriction for %s") % self.who()

    def consequences(self) -> list[str]:
        return [
            _("While it is in effect every page of the student says so at its top."),
            _("Schools find the student only if they are associated and ask for restricted ones."),
            str(LOOKED_AGAIN),
        ]

    def initial(self) -> dict[str, Any]:
        return {
            "asn": self.record.asn,
            "ref_id": 0,
            "effective_on": business_today(),
            "is_active": True,
        }

    def done(self, answer):
        return _("The disclosure restriction is saved."), self.back()


class ChangeRestrictionPage(AddRestrictionPage):
    button = gettext_lazy("Save the restriction")
    restriction: DisclosureRestriction

    def load(self) -> Student | None:
        student = super().load()
        found = DisclosureRestriction.objects.filter(pk=self.kwargs["restriction"])
        self.restriction = found.filter(student=student).first()
        if self.restriction is None:
            raise Http404("There is no such restriction.")
        return student

    def warnings(self) -> list[str]:
        """Somebody may have deleted it while this form was filled in: what was typed stays here."""
        if not self.restriction.is_deleted:
            return []
        return [_("The restriction is deleted. Where one is needed, add it.")]

    def heading(self) -> str:
        return _("Change or end a disclosure restriction of %s") % self.who()

    def consequences(self) -> list[str]:
        return [
            _("Without the tick at Active, or after its last day, it restricts nothing any more."),
            str(LOOKED_AGAIN),
        ]

    def initial(self) -> dict[str, Any]:
        kept = ("code", "details", "effective_on", "expires_on", "is_active")
        return {
            "asn": self.record.asn,
            "ref_id": self.restriction.pk,
            **{name: getattr(self.restriction, name) for name in kept},
        }
