"""Ordering the documents of many credentials at once: choose, look at what would happen, confirm,
and see what became of each.

A confirmation is for what was shown: the form carries those numbers, and where others would be
ordered now it says what has changed and asks again. Its button pressed twice orders once: the
form's ClientMessageID is locked and looked up (ordering_in_bulk.py), and both lead to the result.
"""

import uuid
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from audit.models import ServiceCall, ServiceResponse
from credentials.credential_numbers import written
from credentials.document_orders import Order
from credentials.find_number_page import find_number_url
from credentials.models import DocumentOrderItem
from credentials.order_in_bulk_forms import Changes, ChoiceForm, ConfirmForm, opened, sealed
from credentials.order_selection import MOST_DOCUMENTS, Candidate, Selection, select
from credentials.ordering_in_bulk import APPLIED, ORDER_DOCUMENTS, order_documents, ordered_by
from credentials.services import SubmitDocumentOrder
from pasi.back_office.admins import BackOfficeAdmin, list_url, record_url
from pasi.back_office.calls import staff_caller, staff_caller_info
from pasi.back_office.csv_out import csv_file
from pasi.back_office.formats import asn_text, who_called
from pasi.back_office.reads import record_read
from pasi.back_office.service_forms import page_urls
from pasi.calendar import school_year_text
from pasi.faults import fault_of_database_error
from pasi.rules import rule
from pasi.staff_roles import may_send

ORDER_IN_BULK, ORDERED_IN_BULK = "order_documents_in_bulk", "documents_ordered_in_bulk"
SHOWN = 50  # of each list; the CSV file has all


def order_in_bulk_url(**criteria: Any) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in criteria.items() if value})
    return f"{reverse(f'admin:{ORDER_IN_BULK}')}?{query.urlencode()}"


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
        return self.shown(choice, selection, ConfirmForm(initial=_hidden(selection)))

    def post(self, request: HttpRequest) -> HttpResponse:
        choice, confirm = ChoiceForm(request.GET), ConfirmForm(request.POST)
        if not choice.is_valid():
            return self.shown(choice)
        criteria = choice.criteria()
        selection = select(criteria)
        is_complete = confirm.is_valid()
        form_id = confirm.cleaned_data.get("form_id")
        # Asked after the selection: what that does not find any more was ordered before.
        if form_id and (first := ordered_by(request.user, str(form_id))):
            return self.ordered_already(first)
        now = {each.number for each in selection.to_order}
        changes = Changes.between(opened(request.POST.get("seen", "")), now)
        if changes or not is_complete or not now:
            typed = {**request.POST.dict(), **_hidden(selection)}
            typed["form_id"] = str(form_id or typed["form_id"])
            return self.shown(choice, selection, ConfirmForm(typed), changes)
        how = confirm.cleaned_data
        info = {**staff_caller_info(request), "ClientMessageID": str(form_id)}
        numbers = [each.number for each in selection.to_order]
        try:
            done = order_documents(
                numbers,
                Order(how["delivery_method"], how["language"], how["copies"]),
                caller=staff_caller(request),
                caller_info=info,
                criteria={"Criteria": criteria.as_json(), "CredentialNumbers": numbers},
                refused={each.number: each.refused for each in selection.refused},
            )
        except (DatabaseError, InterfaceError) as error:
            if (fault := fault_of_database_error(error)) is None:
                raise
            confirm.add_error(None, _("Nothing was ordered. %s") % fault.detail)
            return self.shown(choice, selection, confirm)
        if done.was_done:
            return self.ordered_already(done.call)
        count = len(done.applied)
        text = ngettext("%s document is ordered.", "%s documents are ordered.", count)
        messages.success(request, text % f"{count:,}")
        return HttpResponseRedirect(_result_url(done.call))

    def ordered_already(self, call: UUID) -> HttpResponse:
        text = _("The button was pressed twice. The documents were ordered once, as is said here.")
        messages.info(self.request, text)
        return HttpResponseRedirect(_result_url(call))

    def shown(
        self,
        choice: ChoiceForm,
        selection: Selection | None = None,
        confirm: ConfirmForm | None = None,
        changes: Changes | None = None,
    ) -> HttpResponse:
        if selection and self.request.method == "POST":
            record_read(self.request, [each.asn for each in selection.candidates])
        asked = self.request.GET.copy()
        asked["csv"] = "1"
        chosen = choice.cleaned_data["number"] if selection else ()
        return self.page(
            "admin/order_in_bulk.html",
            _("Order documents in bulk"),
            choice=choice,
            chosen=len(chosen),
            chosen_elsewhere=max(0, len(chosen) - selection.found.total()) if selection else 0,
            selection=selection,
            **_counts(selection),
            confirm=confirm,
            changes=changes,
            most=MOST_DOCUMENTS,
            to_order=selection and selection.to_order,
            to_order_shown=selection and _rows(selection.to_order[:SHOWN]),
            refused_shown=selection and _rows(selection.refused[:SHOWN]),
            reasons=selection
            and [(code, rule(code).title, count) for code, count in selection.reasons],
            csv_url=f"?{asked.urlencode()}",
        )


def _counts(selection: Selection | None) -> dict[str, int]:
    if selection is None:
        return {}
    can, cannot, listed = selection.found[""], selection.cannot, len(selection.candidates)
    left = cannot + selection.remaining
    return {"can": can, "cannot": cannot, "all": can + cannot, "listed": listed, "left": left}


def _hidden(selection: Selection) -> dict[str, str]:
    """The hidden fields of the confirmation, for what is shown with it."""
    seen = sealed(each.number for each in selection.to_order)
    return {"form_id": str(uuid.uuid4()), "seen": seen}


def _result_url(call: UUID) -> str:
    return reverse(f"admin:{ORDERED_IN_BULK}", args=[call])


def _rows(candidates: list[Candidate]) -> list[dict[str, Any]]:
    return [
        {
            "number": written(each.number),
            "url": find_number_url(each.number),
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
        if response is None or not response.body or APPLIED not in response.body:
            raise Http404("There is no such order of many documents.")
        ordered, refused = response.body[APPLIED], response.body["Refused"]
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
                    "url": find_number_url(number),
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
