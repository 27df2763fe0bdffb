"""Ordering the documents of many credentials at once: choose, look at what would happen, confirm,
and see what became of each.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from audit.models import ServiceCall, ServiceResponse
from credentials.credential_numbers import written
from credentials.document_orders import Order
from credentials.models import AwardedCredential, AwardingRun, DocumentOrderItem
from credentials.order_pages import HowToSend
from credentials.order_selection import MOST_DOCUMENTS, Candidate, Criteria, Selection, select
from credentials.ordering_in_bulk import ORDER_DOCUMENTS, order_documents
from credentials.services import SubmitDocumentOrder
from pasi.back_office.admins import BackOfficeAdmin, list_url, record_url
from pasi.back_office.calls import staff_caller, staff_caller_info
from pasi.back_office.csv_out import csv_file
from pasi.back_office.formats import asn_text, who_called
from pasi.back_office.lists import credential_types
from pasi.back_office.reads import record_read
from pasi.back_office.service_forms import page_urls
from pasi.back_office.theme import Select, TextInput
from pasi.calendar import current_school_year, school_year_text
from pasi.clients import normalized_code
from pasi.faults import Fault
from pasi.models import Organization
from pasi.rules import rule
from pasi.staff_roles import may_send

Label = gettext_lazy
ORDER_IN_BULK, ORDERED_IN_BULK = "order_documents_in_bulk", "documents_ordered_in_bulk"
SHOWN = 50  # of each list; the CSV file has all


def order_in_bulk_url(**criteria: Any) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in criteria.items() if value})
    return f"{reverse(f'admin:{ORDER_IN_BULK}')}?{query.urlencode()}"


# --- Choosing -----------------------------------------------------------------------------------


def types() -> list[tuple[str, str]]:
    return [("", _("Any")), *credential_types()]


def years() -> list[tuple[str, str]]:
    latest = current_school_year()
    return [
        ("", _("Any")),
        *((str(y), school_year_text(y)) for y in range(latest, latest - 14, -1)),
    ]


class ChoiceForm(forms.Form):
    """What to order. At least one of the fields says something."""

    run = forms.IntegerField(
        label=Label("Awarding run"),
        widget=TextInput(attrs={"inputmode": "numeric"}),
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text=Label("Its number, such as 12."),
    )
    credential_type = forms.ChoiceField(
        label=Label("Credential type"), choices=types, widget=Select, required=False
    )
    school_year = forms.TypedChoiceField(
        label=Label("School year"),
        choices=years,
        coerce=int,
        empty_value=None,
        widget=Select,
        required=False,
    )
    awarded_from = forms.DateField(
        label=Label("Awarded from"),
        widget=TextInput,
        input_formats=["%Y-%m-%d"],
        required=False,
        help_text=Label("Such as 2026-07-01."),
    )
    awarded_to = forms.DateField(
        label=Label("Awarded to"),
        widget=TextInput,
        input_formats=["%Y-%m-%d"],
        required=False,
        help_text=Label("Such as 2026-07-31."),
    )
    organization = forms.CharField(
        label=Label("School or authority"),
        widget=TextInput,
        max_length=6,
        required=False,
        help_text=Label("S.0982 or A.3020, of the latest enrolment."),
    )

    def clean_run(self) -> int | None:
        run = self.cleaned_data["run"]
        if run is not None and not AwardingRun.objects.filter(pk=run).exists():
            raise forms.ValidationError(_("There is no awarding run of this number."))
        return run

    def clean_organization(self) -> Organization | None:
        text = self.cleaned_data["organization"].strip()
        if not text:
            return None
        code = normalized_code(text.upper())
        found = Organization.objects.filter(code=code, kind__in=("School", "Authority")).first()
        if found is None:
            raise forms.ValidationError(_("There is no school or authority with this code."))
        return found

    def clean(self) -> None:
        if not self.errors and not any(self.cleaned_data.values()):
            raise forms.ValidationError(_("Say which documents: fill in at least one field."))

    def criteria(self) -> Criteria:
        chosen = self.cleaned_data
        kind = chosen["credential_type"]
        return Criteria(
            run=chosen["run"],
            credential_types=(kind,) if kind else (),
            school_year=chosen["school_year"],
            awarded_from=chosen["awarded_from"],
            awarded_to=chosen["awarded_to"],
            organization=chosen["organization"],
        )


class ConfirmForm(HowToSend):
    """How all of them are sent, and how many were shown: the confirmation is for those."""

    expected = forms.IntegerField(widget=forms.HiddenInput)


class BulkPage(View):
    """`pages`: the admin class of awarded credentials (as_view(pages=self))."""

    pages: BackOfficeAdmin = None

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        may = self.pages.has_view_permission(request)
        if not (may and may_send(request.user, SubmitDocumentOrder)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def page(self, template: str, title: str, **context) -> HttpResponse:
        of_site = {
            **self.pages.admin_site.each_context(self.request),
            "title": title,
            "headline": title,
            "opts": self.pages.opts,
            "trail": self.pages.trail(),
        }
        return TemplateResponse(self.request, template, {**of_site, **context})


class OrderInBulkPage(BulkPage):
    """The choice is in the address, so the same list can be looked at again, and shared."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.GET:
            return self.shown(ChoiceForm())
        choice = ChoiceForm(request.GET)
        if not choice.is_valid():
            return self.shown(choice)
        selection = select(choice.criteria())
        record_read(request, [each.asn for each in selection.candidates])
        if "csv" in request.GET:
            return csv_file("documents-to-order.csv", CSV_HEADINGS, _csv(selection))
        confirm = ConfirmForm(initial={"expected": len(selection.to_order)})
        return self.shown(choice, selection, confirm)

    def post(self, request: HttpRequest) -> HttpResponse:
        choice, confirm = ChoiceForm(request.GET), ConfirmForm(request.POST)
        if not choice.is_valid():
            return self.shown(choice)
        criteria = choice.criteria()
        selection = select(criteria)
        to_order = len(selection.to_order)
        if not confirm.is_valid() or not to_order:
            return self.shown(choice, selection, confirm)
        if confirm.cleaned_data["expected"] != to_order:
            typed = {**request.POST.dict(), "expected": str(to_order)}
            return self.shown(choice, selection, ConfirmForm(typed), has_changed=True)
        how = confirm.cleaned_data
        numbers = [each.number for each in selection.candidates]
        try:
            done = order_documents(
                numbers,
                Order(how["delivery_method"], how["language"], how["copies"]),
                caller=staff_caller(request),
                caller_info=staff_caller_info(request),
                criteria={"Criteria": criteria.as_json(), "CredentialNumbers": numbers},
            )
        except Fault as fault:
            confirm.add_error(None, _("Nothing was ordered. %s") % fault.detail)
            return self.shown(choice, selection, confirm)
        text = _("%(count)s documents are ordered.") % {"count": f"{len(done.applied):,}"}
        messages.success(request, text)
        return HttpResponseRedirect(reverse(f"admin:{ORDERED_IN_BULK}", args=[done.call]))

    def shown(
        self,
        choice: ChoiceForm,
        selection: Selection | None = None,
        confirm: ConfirmForm | None = None,
        *,
        has_changed: bool = False,
    ) -> HttpResponse:
        if selection and self.request.method == "POST":
            record_read(self.request, [each.asn for each in selection.candidates])
        asked = self.request.GET.copy()
        asked["csv"] = "1"
        return self.page(
            "admin/order_in_bulk.html",
            _("Order documents in bulk"),
            choice=choice,
            selection=selection,
            confirm=confirm,
            has_changed=has_changed,
            most=MOST_DOCUMENTS,
            shown=SHOWN,
            to_order=selection and selection.to_order,
            to_order_shown=selection and _rows(selection.to_order[:SHOWN]),
            refused=selection and selection.refused,
            refused_shown=selection and _rows(selection.refused[:SHOWN]),
            reasons=selection
            and [(code, rule(code).title, count) for code, count in selection.reasons],
            csv_url=f"?{asked.urlencode()}",
        )


def _rows(candidates: list[Candidate]) -> list[dict[str, Any]]:
    return [
        {
            "number": written(each.number),
            "url": list_url(AwardedCredential, {"q": written(each.number)}),
            "asn": asn_text(each.asn),
            "name": each.name,
            "type": each.credential_type,
            "year": school_year_text(each.school_year),
            "why": f"{each.refused.description} ({each.refused.code})" if each.refused else "",
        }
        for each in candidates
    ]


CSV_HEADINGS = (
    *("CredentialNumber", "StateProvinceId", "Name", "CredentialType", "SchoolYear"),
    *("RejectionCode", "RejectionDescription"),
)


def _csv(selection: Selection) -> Iterator[tuple]:
    for each in selection.candidates:
        why = (each.refused.code, each.refused.description) if each.refused else ("", "")
        yield each.number, each.asn, each.name, each.credential_type, each.school_year, *why


# --- What became of each ------------------------------------------------------------------------

DONE_HEADINGS = ("CredentialNumber", "OrderItemId", "RejectionCode", "RejectionDescription")


class OrderedInBulkPage(BulkPage):
    """The result is read from the record of the call, so it can be looked at at any time."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, call: UUID) -> HttpResponse:
        answered = ServiceResponse.objects.select_related("call__staff", "call__client")
        response = answered.filter(call=call, call__operation=ORDER_DOCUMENTS).first()
        if response is None or not response.body or "Applied" not in response.body:
            raise Http404("There is no such order of many documents.")
        ordered, refused = response.body["Applied"], response.body["Refused"]
        if "csv" in request.GET:
            return csv_file(
                "documents-ordered.csv",
                DONE_HEADINGS,
                (
                    *((number, item, "", "") for number, item in ordered),
                    *((number, "", code, why) for number, code, why in refused),
                ),
            )
        return self.page(
            "admin/ordered_in_bulk.html",
            _("What became of the orders"),
            ordered=len(ordered),
            refused=len(refused),
            ordered_shown=[
                {
                    "number": written(number),
                    "url": record_url(DocumentOrderItem(pk=item)),
                }
                for number, item in ordered[:SHOWN]
            ],
            refused_shown=[
                {
                    "number": written(number),
                    "url": list_url(AwardedCredential, {"q": written(number)}),
                    "why": f"{why} ({code})",
                }
                for number, code, why in refused[:SHOWN]
            ],
            shown=SHOWN,
            who=who_called(response.call),
            call=response.call,
            may_view_calls=request.user.has_perm("audit.view_servicecall"),
            call_url=record_url(ServiceCall(pk=call)),
            open_orders=list_url(DocumentOrderItem, {"status__exact": "Ordered"}),
        )


class OrderInBulk:
    """Adds the pages to the admin of awarded credentials."""

    def get_urls(self):
        pages = (
            ("order-documents/", OrderInBulkPage, ORDER_IN_BULK),
            ("order-documents/<uuid:call>/", OrderedInBulkPage, ORDERED_IN_BULK),
        )
        return [*page_urls(self, pages), *super().get_urls()]
