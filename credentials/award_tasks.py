"""Where the forms over the services on awards and orders are: their addresses, and their buttons on
the pages of an award and of an order.
"""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from credentials.award_one_pages import award_one_url
from credentials.award_pages import DeletePage, LegacyNumberPage, UndeletePage
from credentials.find_number_page import FIND_NUMBER, FindNumberPage
from credentials.models import AwardedCredential, DocumentOrderItem
from credentials.order_in_bulk_pages import OrderInBulk
from credentials.order_pages import OrderPage, OrderStatusPage, changes_of
from credentials.re_issue_page import ReIssuePage
from credentials.review_pages import REVIEWS, ReviewsPage
from credentials.services import (
    SubmitCredentialAwardingSingle,
    SubmitCredentialDeleteReason,
    SubmitDocumentOrder,
    SubmitDocumentOrderStatus,
)
from pasi.back_office.service_forms import page_urls
from pasi.staff_roles import may_send

Task = tuple[str, str]


class AwardTasks(OrderInBulk):
    """Adds the pages to the admin of awarded credentials, and their buttons to an award's page."""

    def get_urls(self):
        pages = (
            ("<int:award>/re-issue/", ReIssuePage, "re_issue_award"),
            ("<int:award>/legacy-number/", LegacyNumberPage, "legacy_number_of_award"),
            ("<int:award>/delete-with-reason/", DeletePage, "delete_award"),
            ("<int:award>/bring-back/", UndeletePage, "undelete_award"),
            ("<int:award>/order-document/", OrderPage, "order_document"),
            ("to-review/", ReviewsPage, REVIEWS),
            ("by-number/", FindNumberPage, FIND_NUMBER),
        )
        return [*page_urls(self, pages), *super().get_urls()]

    def tasks(self, request: HttpRequest, record: AwardedCredential) -> list[Task]:
        if not may_send(request.user, SubmitCredentialDeleteReason):
            return []
        possible = (
            (
                (_("Bring it back"), "undelete_award"),
                (_("Delete for another reason"), "delete_award"),
            )
            if record.is_deleted
            else (
                (_("Edit: re-issue"), "re_issue_award"),
                (_("Legacy number"), "legacy_number_of_award"),
                (_("Order its document"), "order_document"),
                (_("Delete with a reason"), "delete_award"),
            )
        )
        found = [(label, reverse(f"admin:{name}", args=[record.pk])) for label, name in possible]
        if record.is_deleted and may_send(request.user, SubmitCredentialAwardingSingle):
            found.append((_("Award it anew"), award_one_url(record.student.asn)))
        return found


class OrderTasks:
    """Adds the form to the admin of document order items, and its buttons to an item's page."""

    def get_urls(self):
        pages = (("<int:item>/status/", OrderStatusPage, "order_status"),)
        return [*page_urls(self, pages), *super().get_urls()]

    def tasks(self, request: HttpRequest, record: DocumentOrderItem) -> list[Task]:
        allowed = [value for value, _label in changes_of(record)]
        if not (allowed and may_send(request.user, SubmitDocumentOrderStatus)):
            return []
        address = order_status_url(record)
        found = [(_("Change its status"), address)]
        if DocumentOrderItem.Status.CANCELLED in allowed:
            found.append((_("Cancel the order"), f"{address}?status=Cancelled"))
        return found


def order_status_url(item: DocumentOrderItem) -> str:
    return reverse("admin:order_status", args=[item.pk])


def may_order(request: HttpRequest) -> bool:
    return may_send(request.user, SubmitDocumentOrder)
