"""What the ministry does with numbers: linking two, closing one, recording a death."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pasi.back_office.admins import may_view
from pasi.back_office.formats import asn_text
from pasi.back_office.lists import asn_in
from students.comparing import compare, facts_of
from students.models import Student
from students.services import SubmitStudentDeactivation, SubmitStudentDeath, SubmitStudentLink
from students.task_forms import Label, OfStudentForm, StudentPage, day, given, words

# --- Linking --------------------------------------------------------------------------------------


class LinkForm(OfStudentForm):
    """`compared`: the number that was shown beside this one when the button was pressed."""

    properties = {"PrimaryStateProvinceId": "primary"}
    codes = dict.fromkeys(
        ("9002", "99020", "99021", "99022", "99023", "99024", "99025", "99026", "99027"), "primary"
    )

    compared = forms.CharField(widget=forms.HiddenInput, required=False, max_length=9)
    primary = words(
        Label("Number that stays (primary)"),
        20,
        required=True,
        help_text=Label("With or without hyphens: 1000-0000-7"),
    )

    def clean_primary(self) -> str:
        found = asn_in(self.cleaned_data["primary"])
        if found is None:
            raise forms.ValidationError(_("Type the nine digits of an ASN, as 1000-0000-7."))
        return found

    def request(self) -> dict[str, Any]:
        sent = self.of_student()
        return {
            "PrimaryStateProvinceId": self.cleaned_data["primary"],
            "SecondaryStateProvinceId": sent["StateProvinceId"],
            "PASICoreVersion": sent["PASICoreVersion"],
        }


class LinkPage(StudentPage):
    """First the two numbers are shown side by side; the second press links them."""

    service = SubmitStudentLink
    form_class = LinkForm
    template_name = "admin/student_form.html"
    comparison: Any = None

    @property
    def button(self) -> str:
        if self.comparison is None:
            return _("Show the two numbers side by side")
        return _("Link the numbers")

    def heading(self) -> str:
        return _("Link %s to another number of the same student") % self.who()

    def consequences(self) -> list[str]:
        own = asn_text(self.record.asn)
        found = [] if self.comparison else [_("First you see the two side by side.")]
        return [
            *found,
            _("%s becomes a secondary number: whoever asks for it gets the primary's data.") % own,
            _(
                "Nothing moves. Enrolments, marks and credentials stay under their number and "
                "count as those of the student; the link can be undone."
            ),
            _("Maturity, eligibility and alerts are worked out again."),
        ]

    def initial(self) -> dict[str, Any]:
        return {"asn": self.record.asn}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.page(form)
        primary = form.cleaned_data["primary"]
        self.comparison = self.compared_with(primary)
        if self.comparison is None:
            form.place("primary", _("No student has this number. Check it."))
            return self.page(form)
        if form.cleaned_data["compared"] == primary:
            return super().post(request, *args, **kwargs)
        typed = form.data.copy()
        typed["compared"] = primary
        return self.page(self.form_class(typed))

    def compared_with(self, primary: str) -> Any:
        found = self.pages.get_queryset(self.request).filter(asn=primary)
        if not found.exists():
            return None
        own = asn_text(self.record.asn)
        may_see = partial(may_view, self.request)
        facts = facts_of([self.record], may_see)[self.record.pk]
        return compare(_("This number, %s") % own, facts, found, may_see=may_see)

    def asns(self) -> list[str]:
        others = (
            [each.asn.replace("-", "") for each in self.comparison.others]
            if (self.comparison)
            else []
        )
        return [*super().asns(), *others]

    def own_context(self) -> dict[str, Any]:
        return {**super().own_context(), "comparison": self.comparison}

    def done(self, answer):
        return _("The number is linked: it is a secondary number now."), self.back()


class UnlinkForm(OfStudentForm):
    def request(self) -> dict[str, Any]:
        sent = self.of_student()
        return {
            "SecondaryStateProvinceId": sent["StateProvinceId"],
            "PASICoreVersion": sent["PASICoreVersion"],
        }


class UnlinkPage(StudentPage):
    service = SubmitStudentLink
    form_class = UnlinkForm
    template_name = "admin/student_form.html"
    button = gettext_lazy("Undo the link")

    def asns(self) -> list[str]:
        primary: Student | None = self.record.primary
        return [*super().asns(), *([primary.asn] if primary else [])]

    def heading(self) -> str:
        return _("Undo the link of %s") % self.who()

    def consequences(self) -> list[str]:
        primary: Student | None = self.record.primary
        return [
            _("The number stands alone again, no longer a secondary one of %s.")
            % (asn_text(primary.asn) if primary else _("another")),
            _("Everything that is under it stays under it and counts for it alone."),
            _("Maturity, eligibility and alerts of both are worked out again."),
        ]

    def initial(self) -> dict[str, Any]:
        return {"asn": self.record.asn}

    def done(self, answer):
        return _("The link is undone."), self.back()


# --- Closing and opening a number -----------------------------------------------------------------


class DeactivateForm(OfStudentForm):
    is_deactivated = True

    def request(self) -> dict[str, Any]:
        return {**self.of_student(), "IsDeactivated": self.is_deactivated}


class ReactivateForm(DeactivateForm):
    is_deactivated = False


class DeactivatePage(StudentPage):
    service = SubmitStudentDeactivation
    form_class = DeactivateForm
    template_name = "admin/student_form.html"
    button = gettext_lazy("Deactivate the number")

    def heading(self) -> str:
        return _("Deactivate the number of %s") % self.who()

    def consequences(self) -> list[str]:
        return [
            _("For a number that was created in error: only the ministry sees it from then on."),
            _("It is nobody's duplicate any more and has no alerts; nothing is deleted."),
            _("A number with enrolments, marks or credentials is refused: link it instead."),
            _("It can be reactivated."),
        ]

    def initial(self) -> dict[str, Any]:
        return {"asn": self.record.asn}

    def done(self, answer):
        return _("The number is deactivated."), self.back()


class ReactivatePage(DeactivatePage):
    form_class = ReactivateForm
    button = gettext_lazy("Use the number again")

    def heading(self) -> str:
        return _("Use the number of %s again") % self.who()

    def consequences(self) -> list[str]:
        return [
            _("Everybody who may see the student sees the number again."),
            _("Alerts and eligibility are worked out again."),
        ]

    def done(self, answer):
        return _("The number is in use again."), self.back()


# --- Deaths ---------------------------------------------------------------------------------------


class DeathForm(OfStudentForm):
    properties = {"DateOfDeath": "date_of_death"}
    codes = {"99031": "date_of_death", "99032": "date_of_death"}
    is_deceased = True

    date_of_death = day(Label("Date of death"), help_text=Label("Empty if it is not known."))

    def request(self) -> dict[str, Any]:
        return {
            **self.of_student(),
            "IsDeceased": self.is_deceased,
            **given(self.cleaned_data, self.properties),
        }


class AliveForm(OfStudentForm):
    def request(self) -> dict[str, Any]:
        return {**self.of_student(), "IsDeceased": False}


class DeathPage(StudentPage):
    service = SubmitStudentDeath
    form_class = DeathForm
    template_name = "admin/student_form.html"
    button = gettext_lazy("Record the death")

    def heading(self) -> str:
        return _("Record that %s has died") % self.who()

    def consequences(self) -> list[str]:
        return [
            _("Every page of the student says at its top that the student is deceased."),
            _("Enrolments that go on after the date are looked at again and get an alert."),
            _("It can be taken back if it was a mistake."),
        ]

    def initial(self) -> dict[str, Any]:
        return {"asn": self.record.asn, "date_of_death": self.record.date_of_death}

    def done(self, answer):
        return _("The death is recorded."), self.back()


class AlivePage(DeathPage):
    form_class = AliveForm
    button = gettext_lazy("Take the death back")

    def heading(self) -> str:
        return _("Record that %s has not died") % self.who()

    def consequences(self) -> list[str]:
        return [
            _("The student counts as living, and the date of death goes; the history keeps both."),
            _("Alerts of the student and of the enrolments are looked at again."),
        ]

    def initial(self) -> dict[str, Any]:
        return {"asn": self.record.asn}

    def done(self, answer):
        return _("The student counts as living."), self.back()
