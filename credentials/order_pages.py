"""Ordering the document of one award, and what becomes of an order: forms over the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.award_pages import AwardPage
from credentials.credential_numbers import written
from credentials.document_orders import ALLOWED_CHANGES, load_awards, lock_holders
from credentials.models import DocumentOrderItem
from credentials.rules.document_orders import ORDER_STAGES
from credentials.services import SubmitDocumentOrder, SubmitDocumentOrderStatus
from credentials.services.submit_document_order import MOST_COPIES
from pasi.back_office.admins import record_url
from pasi.back_office.service_forms import ServiceForm, ServiceFormPage
from pasi.back_office.theme import Radio, Select, TextInput
from pasi.rules import first_failing_stage

Label = gettext_lazy
Status = DocumentOrderItem.Status


class HowToSend(forms.Form):
    """What every order says: delivery, language, copies."""

    delivery_method = forms.ChoiceField(
        label=Label("Delivery"),
        choices=DocumentOrderItem.DeliveryMethod.choices,
        widget=Select,
        initial=DocumentOrderItem.DeliveryMethod.AUTOMATED_PLUS_CARDBOARD,
    )
    language = forms.ChoiceField(
        label=Label("Language of the document"),
        choices=DocumentOrderItem.Language.choices,
        widget=Select,
        initial=DocumentOrderItem.Language.ENGLISH,
    )
    copies = forms.IntegerField(
        label=Label("Copies"),
        widget=TextInput(attrs={"inputmode": "numeric"}),
        min_value=1,
        max_value=MOST_COPIES,
        initial=1,
        help_text=Label("1 to 10."),
    )


class OrderForm(HowToSend, ServiceForm):
    properties = {
        "DeliveryMethod": "delivery_method",
        "Language": "language",
        "Copies": "copies",
    }

    number = forms.IntegerField(label=Label("Credential number"), widget=forms.HiddenInput)

    def request(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        return {
            "CredentialNumber": chosen["number"],
            "DeliveryMethod": chosen["delivery_method"],
            "Language": chosen["language"],
            "Copies": chosen["copies"],
        }


class OrderPage(AwardPage):
    """The first order of the document that carries the award's present number."""

    service = SubmitDocumentOrder
    form_class = OrderForm
    button = gettext_lazy("Order the document")

    def heading(self) -> str:
        return _("Order the document of %s") % self.award_text()

    def warnings(self) -> list[str]:
        number = self.record.number_id
        refused = first_failing_stage(ORDER_STAGES, load_awards([number])[number])
        return [f"{each.description} ({each.code})" for each in refused]

    def consequences(self) -> list[str]:
        return [
            _("The document is printed with the name %(name)s and the number %(number)s.")
            % {"name": self.record.full_name, "number": written(self.record.number_id)},
            _("It goes to the student."),
            _(
                "Until it is sent or cancelled, the credential can be neither re-issued nor "
                "deleted. Each number is ordered once; more copies are a reprint."
            ),
        ]

    def lock(self) -> None:
        lock_holders([self.record.pk])

    def done(self, answer):
        return _("The document of %s is ordered.") % self.award_text(), record_url(self.record)


# --- What becomes of an order -------------------------------------------------------------------


def changes_of(item: DocumentOrderItem) -> list[tuple[str, str]]:
    """What the item may become, as choices."""
    allowed = ALLOWED_CHANGES[item.status]
    return [(value, label) for value, label in Status.choices if value in allowed]


class OrderStatusForm(ServiceForm):
    properties = {"Status": "status"}
    codes = {"99003": "status"}

    item = forms.IntegerField(label=Label("Order item"), widget=forms.HiddenInput)
    present = forms.CharField(
        label=Label("Status of the order"), widget=forms.HiddenInput, required=False
    )
    status = forms.ChoiceField(label=Label("What has become of it"), widget=Radio)

    def __init__(self, *given, statuses: list[tuple[str, str]], **named) -> None:
        super().__init__(*given, **named)
        self.fields["status"].choices = statuses

    def request(self) -> dict[str, Any]:
        return {
            "OrderItemId": self.cleaned_data["item"],
            "PASICoreVersion": self.cleaned_data["core_version"],
            "Status": self.cleaned_data["status"],
        }


class OrderStatusPage(ServiceFormPage):
    """Another status for an order item; cancelling is one."""

    service = SubmitDocumentOrderStatus
    form_class = OrderStatusForm
    button = gettext_lazy("Save the status")

    def load(self) -> DocumentOrderItem | None:
        items = DocumentOrderItem.objects.select_related("award__student__legal_name")
        return items.filter(pk=self.kwargs["item"]).first()

    def asns(self) -> list[str]:
        return [self.record.award.student.asn]

    def heading(self) -> str:
        item = self.record
        return _("Order of %(number)s for %(name)s: %(status)s") % {
            "number": written(item.number_id),
            "name": item.award.student.legal_name.full_name,
            "status": item.get_status_display(),
        }

    def warnings(self) -> list[str]:
        if changes_of(self.record):
            return []
        return [
            _("An order that is %s stays so. Order the document again instead.")
            % self.record.get_status_display()
        ]

    def consequences(self) -> list[str]:
        return [
            _("Cancelled: nothing is sent, and the document can be ordered anew."),
            _(
                "Ordered, ready for delivery or on hold: the credential can be neither re-issued "
                "nor deleted."
            ),
            _("Delivered and cancelled orders cannot be changed any more."),
        ]

    def form_of(self, *given, **named) -> OrderStatusForm:
        return self.form_class(*given, statuses=changes_of(self.record), **named)

    def initial(self) -> dict[str, Any]:
        wanted = self.request.GET.get("status", "")
        return {
            "item": self.record.pk,
            "present": str(self.record.get_status_display()),
            "status": wanted if wanted in Status.values else "",
        }

    def done(self, answer):
        self.record.refresh_from_db(fields=["status"])
        text = _("The order of %(number)s is %(status)s.") % {
            "number": written(self.record.number_id),
            "status": self.record.get_status_display(),
        }
        return text, record_url(self.record.award)
