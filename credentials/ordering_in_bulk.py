"""Documents of many awards ordered or cancelled at once, for the back office: one recorded call and
one transaction each, with as many queries for 35,000 as for one.

Each number is judged by itself; who is refused does not stop the others. Source: PASI knowledge
base (first-run orders follow the bulk award); cancelling in bulk: ours.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from credentials.document_orders import (
    Item,
    Order,
    awards_numbered,
    awards_of_items,
    load_awards,
    load_changes,
    lock_holders,
    write_changes,
    write_items,
)
from credentials.models import AwardingOutcome, AwardingRun, DocumentOrderItem
from credentials.rules.document_orders import (
    ORDER_STAGES,
    STATUS_ACCESS_STAGES,
    STATUS_STAGES,
)
from pasi import bulk
from pasi.rules import Rejection, first_failing_stage
from pasi.services import Call, Caller, recorded_call

ORDER_DOCUMENTS = "OrderDocuments"
CANCEL_DOCUMENT_ORDERS = "CancelDocumentOrders"


@dataclass
class Done:
    """What became of each number or item, in the order asked for; repeats are answered once.

    Ordered: credential number -> the item. Cancelled: item -> its new version. `call`: under which
    message id it is on record, with the same per number or item.
    """

    call: UUID | None = field(default=None, compare=False)
    applied: dict[int, Any] = field(default_factory=dict)
    refused: dict[int, Rejection] = field(default_factory=dict)


def order_documents_of_run(
    run: AwardingRun, order: Order, *, caller: Caller, caller_info: dict[str, Any]
) -> Done:
    """Order the document of every award of a run: the first-run orders."""
    numbers = AwardingOutcome.objects.filter(run=run, credential_number__gt=0).order_by("position")
    return order_documents(
        list(numbers.values_list("credential_number", flat=True)),
        order,
        caller=caller,
        caller_info=caller_info,
        criteria={"Run": run.pk},
    )


def order_documents(
    numbers: Sequence[int],
    order: Order,
    *,
    caller: Caller,
    caller_info: dict[str, Any],
    criteria: dict[str, Any] | None = None,
) -> Done:
    """Order the documents of credentials, each for the first time. `criteria`: how the numbers were
    chosen, for the record; the numbers themselves if not given.
    """
    numbers = list(dict.fromkeys(numbers))
    body = {
        "CallerInfo": caller_info,
        **(criteria or {"CredentialNumbers": numbers}),
        "DeliveryMethod": order.delivery_method,
        "Language": order.language,
        "Copies": order.copies,
    }
    done = Done()
    with _call(ORDER_DOCUMENTS, caller, body) as call:
        lock_holders(awards_numbered(numbers))
        facts = load_awards(numbers)
        passed = []
        for number in numbers:
            if rejections := first_failing_stage(ORDER_STAGES, facts[number]):
                done.refused[number] = rejections[0]
            else:
                passed.append(facts[number])
        items: list[Item] = write_items(passed, order, call.message_id)
        done.applied = {award.number: item for award, item in zip(passed, items, strict=True)}
        _report(call, done, {number: item.id for number, item in done.applied.items()})
    return done


def open_items_of_run(run: AwardingRun) -> list[int]:
    """Order items for the awards of a run that may still be cancelled, by id."""
    numbers = AwardingOutcome.objects.filter(run=run, credential_number__gt=0)
    items = DocumentOrderItem.objects.filter(
        number__in=numbers.values("credential_number"), status__in=DocumentOrderItem.OPEN
    )
    return list(items.order_by("pk").values_list("pk", flat=True))


def cancel_orders(items: Sequence[int], *, caller: Caller, caller_info: dict[str, Any]) -> Done:
    """Cancel order items. Each is taken as it is when its turn comes: no version is compared."""
    items = list(dict.fromkeys(items))
    done = Done()
    body = {"CallerInfo": caller_info, "OrderItemIds": items}
    with _call(CANCEL_DOCUMENT_ORDERS, caller, body) as call:
        lock_holders(awards_of_items(items))
        changes = load_changes(items, DocumentOrderItem.Status.CANCELLED)
        passed = []
        for item in items:
            stages = (*STATUS_ACCESS_STAGES, *STATUS_STAGES)
            if rejections := first_failing_stage(stages, changes[item]):
                done.refused[item] = rejections[0]
            else:
                passed.append(changes[item])
        versions = write_changes(passed, call.message_id)
        done.applied = {
            change.item: version for change, version in zip(passed, versions, strict=True)
        }
        _report(call, done, done.applied)
    return done


def _report(call: Call, done: Done, applied: dict[int, int]) -> None:
    """Keep with the call what became of each, in the order of the request."""
    done.call = call.message_id
    call.came_to = {
        "Applied": list(applied.items()),
        "Refused": [
            (key, rejection.code, rejection.description) for key, rejection in done.refused.items()
        ],
    }


@contextmanager
def _call(operation: str, caller: Caller, body: dict[str, Any]) -> Iterator[Call]:
    with recorded_call(operation, caller, body) as call:
        bulk.begin_call(settings.PASI_LOCK_TIMEOUT_SECONDS, announces=False)
        yield call
