"""Documents of many awards ordered at once, for the back office: one recorded call and one
transaction, with as many queries for 35,000 as for one.

Each number is judged by itself; who is refused does not stop the others. Source: PASI knowledge
base (first-run orders follow the bulk award).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from audit.models import ServiceCall, ServiceResponse
from credentials.document_orders import (
    Item,
    Order,
    awards_numbered,
    load_awards,
    lock_holders,
    write_items,
)
from credentials.rules.document_orders import ORDER_STAGES
from pasi import bulk
from pasi.replay import advisory_key
from pasi.rules import Rejection, first_failing_stage
from pasi.services import Caller, recorded_call

ORDER_DOCUMENTS = "OrderDocuments"
APPLIED = "Applied"  # in the record of the call: what was ordered


@dataclass
class Done:
    """What became of each number, in the order asked for; repeats are answered once.

    `applied`: credential number -> the item. `call`: under which message id it is on record, with
    the same per number. `was_done`: that call is an earlier one, with the same ClientMessageID by
    the same caller; nothing was done now.
    """

    call: UUID | None = field(default=None, compare=False)
    applied: dict[int, Item] = field(default_factory=dict)
    refused: dict[int, Rejection] = field(default_factory=dict)
    was_done: bool = False


def order_documents(
    numbers: Sequence[int],
    order: Order,
    *,
    caller: Caller,
    caller_info: dict[str, Any],
    criteria: dict[str, Any] | None = None,
    refused: Mapping[int, Rejection] | None = None,
) -> Done:
    """Order the documents of credentials, each for the first time. `criteria`: how the numbers were
    chosen, for the record; the numbers themselves if not given. `refused`: others that were shown
    as not to be ordered, and why; they are not, and stand with the result.

    A second call of a member of staff with the same ClientMessageID waits for the first, and orders
    nothing if that was applied.
    """
    numbers = list(dict.fromkeys(numbers))
    body = {
        "CallerInfo": caller_info,
        **(criteria or {"CredentialNumbers": numbers}),
        "DeliveryMethod": order.delivery_method,
        "Language": order.language,
        "Copies": order.copies,
    }
    with recorded_call(ORDER_DOCUMENTS, caller, body) as call:
        call.request = body
        bulk.begin_call(
            settings.PASI_LOCK_TIMEOUT_SECONDS,
            replay_lock=advisory_key(call) if caller.staff else None,
            announces=False,
        )
        first = caller.staff and ordered_by(caller.staff, caller_info["ClientMessageID"])
        if first:
            call.came_to = {"WasDoneBy": str(first)}
            return Done(first, was_done=True)
        done = Done(call.message_id, refused=dict(refused or {}))
        lock_holders(awards_numbered(numbers))
        facts = load_awards(numbers)
        passed = []
        for number in numbers:
            if rejections := first_failing_stage(ORDER_STAGES, facts[number]):
                done.refused[number] = rejections[0]
            else:
                passed.append(facts[number])
        items = write_items(passed, order, call.message_id)
        done.applied = {award.number: item for award, item in zip(passed, items, strict=True)}
        call.came_to = {
            APPLIED: [(number, item.id) for number, item in done.applied.items()],
            "Refused": [
                (number, why.code, why.description) for number, why in done.refused.items()
            ],
        }
    return done


def ordered_by(staff: Any, client_message_id: str) -> UUID | None:
    """The applied call of a member of staff that has this ClientMessageID. One query."""
    calls = ServiceCall.objects.filter(
        client_message_id=client_message_id,
        operation=ORDER_DOCUMENTS,
        staff=staff,
        response__outcome=ServiceResponse.Outcome.APPLIED,
        response__body__has_key=APPLIED,
    )
    return calls.values_list("pk", flat=True).first()
