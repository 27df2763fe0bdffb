"""SubmitDocumentOrderStatus: what has become of an order, or its cancellation.

Role PASI System User, for the ministry only. Name, shape and rules are ours.
"""

from dataclasses import replace

from credentials.document_orders import (
    awards_of_items,
    load_changes,
    lock_holders,
    write_changes,
)
from credentials.models import DocumentOrderItem
from credentials.rules.document_orders import STATUS_ACCESS_STAGES, STATUS_STAGES
from pasi.caller_info import RequestSerializer
from pasi.fields import INT64, IntegerField, OneOfField
from pasi.models import Role
from pasi.services import Call, Result, SubmitService


class SubmitDocumentOrderStatusRequest(RequestSerializer):
    """Which order item, and its new status."""

    OrderItemId = IntegerField(
        lowest=1, highest=INT64[1], help_text="The Id that SubmitDocumentOrder answered."
    )
    PASICoreVersion = IntegerField(lowest=0, help_text="Of the order item.")
    Status = OneOfField(*DocumentOrderItem.Status.values)


class SubmitDocumentOrderStatus(SubmitService):
    """Give an order item another status; the Id answered is the item's.

    While an item is Ordered, ReadyForDelivery, UserHold or SystemHold, its award can be neither
    re-issued nor deleted (44015): cancel it first.
    """

    operation = "SubmitDocumentOrderStatus"
    roles = frozenset({Role.PASI_SYSTEM_USER})
    ministry_only = True
    request_serializer = SubmitDocumentOrderStatusRequest
    takes_version = True
    access_stages = STATUS_ACCESS_STAGES
    stages = STATUS_STAGES

    def carry_out(self, call: Call) -> Result:
        request, item = call.request, call.request["OrderItemId"]
        lock_holders(awards_of_items([item]))
        change = load_changes([item], request["Status"])[item]
        rejections = self.judge(
            change, version=change.version, submitted=request["PASICoreVersion"]
        )
        if rejections:
            asns = [change.asn] if change.asn else []
            return replace(self.rejected(call, rejections), state_province_ids=asns)
        [version] = write_changes([change], call.message_id)
        return self.applied(change.asn, str(item), version)
