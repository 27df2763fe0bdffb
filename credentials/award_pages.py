"""What a Credential Officer does with one award: forms over the services, on the award's page.

Deleting it, bringing it back and its legacy number; re-issuing and ordering have modules of their
own.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.credential_numbers import written
from credentials.document_orders import awards_with_open_orders
from credentials.models import ArchivedCredential, AwardedCredential
from credentials.numbers_through_time import reason_text
from credentials.requests import DELETE_REASONS
from credentials.rules.award_changes import award_is_deleted, open_document_orders
from credentials.services import SubmitCredentialDeleteReason, SubmitCredentialLegacyNumber
from pasi.back_office.admins import record_url
from pasi.back_office.formats import asn_text
from pasi.back_office.service_forms import ServiceForm, ServiceFormPage
from pasi.back_office.theme import Select, TextInput
from pasi.codes import code_list
from pasi.services import Answer

Label = gettext_lazy


class AwardPage(ServiceFormPage):
    """A form over a service that changes one award."""

    def load(self) -> AwardedCredential | None:
        awards = AwardedCredential.objects.select_related(
            "student__legal_name", "student__primary__legal_name"
        )
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

    def initial(self) -> dict[str, Any]:
        return {"number": self.record.number_id}

    def came_too_late(self, answer: Answer) -> bool:
        """Also where the number that the form was shown for is one of its former numbers now."""
        if super().came_too_late(answer):
            return True
        shown = self.request.POST.get("number", "")
        codes = {each["Code"] for each in answer.body.get("Rejections", ())}
        return (
            "44002" in codes
            and shown.isdecimal()
            and ArchivedCredential.objects.filter(award=self.record, number=int(shown)).exists()
        )

    def in_words(self, form: ServiceForm, name: str, text: str) -> str:
        if name == "number" and text.isdecimal() and len(text) < 19:
            return written(int(text))
        return super().in_words(form, name, text)

    def open_orders(self) -> list[str]:
        """What stands in the way of withdrawing the number: rule 44015."""
        if self.record.is_deleted or not awards_with_open_orders([self.record.pk]):
            return []
        return [f"{open_document_orders.message} ({open_document_orders.code})"]

    def is_deleted(self) -> list[str]:
        """What stands in the way of changing what is printed: rule 44003."""
        if not self.record.is_deleted:
            return []
        text = award_is_deleted.message.format(CredentialType=self.record.credential_type)
        return [f"{text} ({award_is_deleted.code})"]


class AwardForm(ServiceForm):
    """The number of the award as it was shown."""

    number = forms.IntegerField(label=Label("Credential number"), widget=forms.HiddenInput)

    def request(self) -> dict[str, Any]:
        return {
            "CredentialNumber": self.cleaned_data["number"],
            "PASICoreVersion": self.cleaned_data["core_version"],
        }


# --- Delete, and bring back ---------------------------------------------------------------------


def delete_reasons() -> list[tuple[str, str]]:
    reasons = code_list(DELETE_REASONS).values()
    return [
        ("", _("Another reason, as written below")),
        *((each.code, each.short_name) for each in reasons),
    ]


class DeleteForm(AwardForm):
    properties = {"DeleteReason": "words"}

    reason = forms.ChoiceField(
        label=Label("Reason"), choices=delete_reasons, widget=Select, required=False
    )
    words = forms.CharField(
        label=Label("Another reason, in words"),
        widget=TextInput,
        max_length=250,
        required=False,
        help_text=Label("Only where none of the list fits. At most 250 characters."),
    )

    def clean(self) -> None:
        reason, words = (self.cleaned_data.get(name) for name in ("reason", "words"))
        if "reason" in self.errors or "words" in self.errors:
            return
        if reason and words:
            self.add_error("words", _("Choose a reason or write one, not both."))
        elif not (reason or words):
            self.add_error("reason", _("Choose a reason, or write one below."))

    def request(self) -> dict[str, Any]:
        reason = self.cleaned_data["reason"] or self.cleaned_data["words"]
        return {**super().request(), "DeleteReason": reason}


class DeletePage(AwardPage):
    service = SubmitCredentialDeleteReason
    form_class = DeleteForm
    button = gettext_lazy("Delete the credential")

    def heading(self) -> str:
        return _("Delete %s") % self.award_text()

    def warnings(self) -> list[str]:
        return self.open_orders()

    def consequences(self) -> list[str]:
        return [
            _("The student counts as not having the credential. Its number and its record stay."),
            _("Eligibility, alerts and the maturity date are worked out again."),
            _("It can be brought back under the same number."),
        ]

    def initial(self) -> dict[str, Any]:
        stored = self.record.delete_reason
        is_listed = stored in code_list(DELETE_REASONS)
        return {
            **super().initial(),
            "reason": stored if is_listed else "",
            "words": "" if is_listed else stored,
        }

    def done(self, answer):
        return _("%s is deleted.") % self.award_text(), record_url(self.record)


class UndeletePage(AwardPage):
    service = SubmitCredentialDeleteReason
    form_class = AwardForm
    button = gettext_lazy("Bring the credential back")

    def heading(self) -> str:
        return _("Bring back %s") % self.award_text()

    def consequences(self) -> list[str]:
        return [
            _("The student has the credential again, under the same number."),
            _("It was deleted for this reason: %s.")
            % (reason_text(self.record.delete_reason) or _("none was given")),
            _("Eligibility, alerts and the maturity date are worked out again."),
        ]

    def done(self, answer):
        return _("%s is back.") % self.award_text(), record_url(self.record)


# --- Legacy number ------------------------------------------------------------------------------


class LegacyNumberForm(AwardForm):
    properties = {"LegacyCredentialNumber": "legacy_number"}
    codes = {"9023": "legacy_number"}

    legacy_number = forms.CharField(
        label=Label("Legacy number"),
        widget=TextInput,
        max_length=14,
        required=False,
        help_text=Label("At most 14 characters. Empty takes the legacy number away."),
    )

    def request(self) -> dict[str, Any]:
        legacy = self.cleaned_data["legacy_number"]
        return {**super().request(), "LegacyCredentialNumber": legacy}


class LegacyNumberPage(AwardPage):
    service = SubmitCredentialLegacyNumber
    form_class = LegacyNumberForm
    button = gettext_lazy("Save the legacy number")

    def heading(self) -> str:
        return _("Legacy number of %s") % self.award_text()

    def warnings(self) -> list[str]:
        return self.is_deleted()

    def consequences(self) -> list[str]:
        return [
            _("The credential keeps its own number; nothing else on it changes."),
            _("It is found by the legacy number as well."),
            _("The document of a credential with a legacy number can only be reprinted."),
        ]

    def initial(self) -> dict[str, Any]:
        return {**super().initial(), "legacy_number": self.record.legacy_number}

    def done(self, answer):
        return _("The legacy number of %s is saved.") % self.award_text(), record_url(self.record)
