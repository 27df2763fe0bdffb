"""SubmitDocumentOrder: have the document of an awarded credential printed and sent, once.

Role PASI System User, for the ministry only. Name and shape are ours; rules: PASI knowledge base.
"""

from dataclasses import replace

from credentials.document_orders import (
    Order,
    awards_numbered,
    load_awards,
    lock_holders,
    write_items,
)
from credentials.models import DocumentOrderItem
from credentials.rules.document_orders import ORDER_STAGES, order_refused_before_others
from pasi.caller_info import RequestSerializer
from pasi.fields import INT32, IntegerField, OneOfField
from pasi.models import Role
from pasi.services import Call, Result, SubmitService

MOST_COPIES = 10


class SubmitDocumentOrderRequest(RequestSerializer):
    """Which document, and how it is to be sent."""

    CredentialNumber = IntegerField(
        lowest=1, highest=INT32[1], help_text="The present number of the credential."
    )
    DeliveryMethod = OneOfField(*DocumentOrderItem.DeliveryMethod.values)
    Language = OneOfField(*DocumentOrderItem.Language.values)
    Copies = IntegerField(lowest=1, highest=MOST_COPIES)


class SubmitDocumentOrder(SubmitService):
    """Order the document of an awarded credential for the first time; the Id answered is the order
    item's.

    It goes to the student. The version answered is the item's.
    """

    operation = "SubmitDocumentOrder"
    roles = frozenset({Role.PASI_SYSTEM_USER})
    ministry_only = True
    request_serializer = SubmitDocumentOrderRequest
    stages = ORDER_STAGES
    listed_only = (order_refused_before_others,)

    def carry_out(self, call: Call) -> Result:
        request, number = call.request, call.request["CredentialNumber"]
        lock_holders(awards_numbered([number]))
        award = load_awards([number])[number]
        rejections = self.judge(award)
        if rejections:
            asns = [award.asn] if award.asn else []
            return replace(self.rejected(call, rejections), state_province_ids=asns)
        order = Order(request["DeliveryMethod"], request["Language"], request["Copies"])
        [item] = write_items([award], order, call.message_id)
        return self.applied(award.asn, str(item.id), item.version)
