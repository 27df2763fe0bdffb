"""What a Credential Officer does with one award: forms over the services, on the award's page."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.credential_numbers import written
from credentials.models import AwardedCredential
from credentials.requests import DELETE_REASONS
from credentials.services import SubmitCredentialDeleteReason
from pasi.back_office.admins import record_url
from pasi.back_office.formats import asn_text
from pasi.back_office.service_forms import ServiceForm, ServiceFormPage
from pasi.back_office.theme import Select
from pasi.codes import code_list
from pasi.staff_roles import may_send

Label = gettext_lazy


class AwardPage(ServiceFormPage):
    """A form over a service that changes one award."""

    def load(self) -> AwardedCredential | None:
        awards = AwardedCredential.objects.select_related("student__legal_name")
        return awards.filter(pk=self.kwargs["award"]).first()

    def asns(self) -> list[str]:
        return [self.record.student.asn]

    def award_text(self) -> str:
        award = self.record
        return _("%(type)s %(number)s of %(name)s (%(asn)s)") % {
            "type": award.credential_type,
            "number": written(award.number_id),
            "name": award.full_name,
            "asn": asn_text(award.student.asn),
        }


# --- Delete, and bring back ---------------------------------------------------------------------


def delete_reasons() -> list[tuple[str, str]]:
    reasons = code_list(DELETE_REASONS).values()
    return [("", _("Choose a reason")), *((each.code, each.short_name) for each in reasons)]


class DeleteForm(ServiceForm):
    properties = {"DeleteReason": "reason"}

    number = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=Label("Reason"), choices=delete_reasons, widget=Select)

    def request(self) -> dict[str, Any]:
        return {
            "CredentialNumber": self.cleaned_data["number"],
            "PASICoreVersion": self.cleaned_data["core_version"],
            "DeleteReason": self.cleaned_data["reason"],
        }


class DeletePage(AwardPage):
    service = SubmitCredentialDeleteReason
    form_class = DeleteForm
    button = gettext_lazy("Delete the credential")

    def heading(self) -> str:
        return _("Delete %s") % self.award_text()

    def consequences(self) -> list[str]:
        return [
            _("The student counts as not having the credential. Its number and its record stay."),
            _("Eligibility, alerts and the maturity date are worked out again."),
            _("It can be brought back under the same number."),
        ]

    def initial(self) -> dict[str, Any]:
        return {"number": self.record.number_id, "reason": self.record.delete_reason}

    def done(self, answer):
        return _("%s is deleted.") % self.award_text(), record_url(self.record)


class UndeleteForm(ServiceForm):
    number = forms.IntegerField(widget=forms.HiddenInput)

    def request(self) -> dict[str, Any]:
        return {
            "CredentialNumber": self.cleaned_data["number"],
            "PASICoreVersion": self.cleaned_data["core_version"],
        }


class UndeletePage(DeletePage):
    form_class = UndeleteForm
    button = gettext_lazy("Bring the credential back")

    def heading(self) -> str:
        return _("Bring back %s") % self.award_text()

    def consequences(self) -> list[str]:
        return [
            _("The student has the credential again, under the same number."),
            _("Eligibility, alerts and the maturity date are worked out again."),
        ]

    def initial(self) -> dict[str, Any]:
        return {"number": self.record.number_id}

    def done(self, answer):
        return _("%s is back.") % self.award_text(), record_url(self.record)


# --- Where they are -----------------------------------------------------------------------------


class AwardTasks:
    """Adds the forms to the admin of awarded credentials, and their buttons to an award's page."""

    def get_urls(self):
        pages = (
            ("<int:award>/delete-with-reason/", DeletePage, "delete_award"),
            ("<int:award>/bring-back/", UndeletePage, "undelete_award"),
        )
        return [
            *(
                path(route, self.admin_site.admin_view(page.as_view(pages=self)), name=name)
                for route, page, name in pages
            ),
            *super().get_urls(),
        ]

    def tasks(self, request: HttpRequest, record: AwardedCredential) -> list[tuple[str, str]]:
        if not may_send(request.user, SubmitCredentialDeleteReason):
            return []
        if record.is_deleted:
            return [(_("Bring it back"), reverse("admin:undelete_award", args=[record.pk]))]
        return [(_("Delete with a reason"), reverse("admin:delete_award", args=[record.pk]))]
