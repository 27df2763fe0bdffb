"""The dialogue about duplicates: what was typed beside every student who may be the same.

The service has refused, naming them. Either it is one of them, whose page is a link away, or it is
somebody else: then the call is sent again, acknowledging those who were shown, and nobody else. The
service judges again, so whoever was added meanwhile is shown as well.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import ServiceResponse
from pasi.back_office.admins import may_view
from pasi.back_office.formats import code_text
from pasi.back_office.service_forms import ServiceForm, ServiceFormPage, codes_of
from pasi.codes import read_once
from pasi.services import Answer
from students.comparing import compare
from students.models import NAME_PARTS

SOMEBODY_ELSE = "somebody-else"
# Similar students, exact duplicates of a new one, exact duplicates of a changed one.
DUPLICATES = frozenset({"11401", "11404", "11406"})
ADDRESS = ("address_street", "address_city", "address_postal")
NOT_RESENT = {"csrfmiddlewaretoken", "shown", "decision"}


class AcknowledgingForm(ServiceForm):
    """A form whose service knows AcknowledgeSimilarStateProvinceIdList."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def acknowledged(self) -> dict[str, Any]:
        """The students who were shown, if the decision is that it is somebody else."""
        if self.data.get("decision") != SOMEBODY_ELSE:
            return {}
        return {"AcknowledgeSimilarStateProvinceIdList": self.shown_before()}

    def shown_before(self) -> list[str]:
        return [asn for asn in self.cleaned_data["shown"].split(",") if asn]


class DuplicateDialogue(ServiceFormPage):
    """A page over such a service."""

    form_class: type[AcknowledgingForm]
    template_name = "admin/student_form.html"
    somebody_else = gettext_lazy("It is somebody else: create a new number all the same")
    found: Sequence[str] = ()  # numbers of students who may be the same

    def asns(self) -> list[str]:
        return [*super().asns(), *self.found]

    def refused(self, form: AcknowledgingForm, answer: Answer) -> HttpResponse:
        if not DUPLICATES.intersection(codes_of(answer)):
            return super().refused(form, answer)
        self.found = told(answer, own=form.cleaned_data.get("asn", ""))
        self.found = sorted({*self.found, *form.shown_before()})  # whoever is compared is read
        shown = ",".join(self.found)
        students = self.pages.get_queryset(self.request).filter(asn__in=shown.split(","))
        resend = [(name, value) for name, value in form.data.items() if name not in NOT_RESENT]
        self.dialogue = {
            "duplicates": compare(
                _("What you typed"),
                typed(form),
                students,
                may_see=partial(may_view, self.request),
                choices=True,
            ),
            "refusals": [
                f"{each['Description']} ({each['Code']})" for each in answer.body["Rejections"]
            ],
            "resend": [*resend, ("shown", shown)],
            "somebody_else": self.somebody_else,
        }
        return self.page(form)

    def own_context(self) -> dict[str, Any]:
        return {**super().own_context(), **getattr(self, "dialogue", {})}


def typed(form: ServiceForm) -> dict[str, str]:
    """What was typed, as students.comparing names the parts."""
    values = {name: value or "" for name, value in form.cleaned_data.items()}
    with read_once():
        return {
            **{part: values.get(part, "") for part in (*NAME_PARTS, "document_number", "email")},
            "birth_date": str(values["birth_date"]),
            "gender": code_text("Gender", values.get("gender", "")),
            "document": code_text("SourceDocumentType", values["document_type"]),
            "phone": values.get("phone_number", ""),
            "address": ", ".join(
                filter(
                    None, (values.get(f"address_{part}") for part in ("street", "city", "postal"))
                )
            ),
        }


def told(answer: Answer, own: str) -> list[str]:
    """The numbers that the service has told of, as its record has them."""
    record = ServiceResponse.objects.get(call_id=answer.message_id)
    return [asn for asn in record.state_province_ids if asn != own]
