"""The documents of many awards ordered and cancelled at once, as the back office will do it."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall, ServiceResponse
from credentials import runs
from credentials.document_orders import Order
from credentials.models import AwardedCredential, AwardingRun, DocumentOrderItem
from credentials.ordering_in_bulk import (
    Done,
    cancel_orders,
    open_items_of_run,
    order_documents,
    order_documents_of_run,
)
from pasi.caller_info import of_operator
from tests import invariants
from tests.credentials.calls import award, graduate
from tests.province_builder import COMMAND, make_award, make_student, set_up

BY_MAIL = Order("AutomatedPlusCardboard", "en")
ORDER_QUERIES, CANCEL_QUERIES = 18, 12
FIRST = 1_000_000_008


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()
    invariants.assert_every_call_is_answered()


def awarded_run(count: int) -> AwardingRun:
    """A run that awarded `count` students, and could not award two."""
    with set_up():
        asns = [graduate().asn for _ in range(count)]
        nothing = make_student().asn
    award(*asns, nothing, "999999999")
    return AwardingRun.objects.latest("pk")


def order_run(run: AwardingRun, order: Order = BY_MAIL):
    return order_documents_of_run(run, order, caller=COMMAND, caller_info=of_operator("test"))


def order(*numbers: int):
    return order_documents(numbers, BY_MAIL, caller=COMMAND, caller_info=of_operator("test"))


def cancel(*items: int):
    return cancel_orders(items, caller=COMMAND, caller_info=of_operator("test"))


def codes(refused: dict) -> dict:
    return {key: rejection.code for key, rejection in refused.items()}


def test_first_run_orders_of_a_run():
    run = awarded_run(3)
    awards = dict(AwardedCredential.objects.values_list("number", "pk"))
    done = order_run(run, Order("ManualMail", "fr"))
    # In the order of the run, one item for each award.
    outcomes = run.outcomes.filter(rejection_code="").order_by("position")
    assert list(done.applied) == list(outcomes.values_list("credential_number", flat=True))
    assert done.refused == {}
    items = {item.number_id: item for item in DocumentOrderItem.objects.all()}
    for number, written in done.applied.items():
        item = items[number]
        assert (item.pk, item.version, item.award_id) == (
            *(written.id, written.version, awards[number]),
        )
        assert (item.status, item.delivery_method, item.language, item.copies) == (
            *("Ordered", "ManualMail", "fr", 1),
        )
    call = ServiceCall.objects.get(operation="OrderDocuments")
    assert json.loads(call.body)["Run"] == run.pk
    assert ServiceResponse.objects.get(call=call).outcome == "Applied"
    history = DocumentOrderItem.history.all()
    assert {(row.history_type, row.call_id) for row in history} == {("+", call.pk)}
    assert len(history) == 3


def test_a_run_is_ordered_once():
    run = awarded_run(2)
    first, again = order_run(run), order_run(run)
    assert again.applied == {}
    assert codes(again.refused) == dict.fromkeys(first.applied, "44017")
    assert DocumentOrderItem.objects.count() == 2


def test_each_number_is_judged_by_itself():
    with set_up():
        for position, values in enumerate(
            [{}, {"is_deleted": True}, {"legacy_number": "AB 12"}, {}]
        ):
            each = make_award(make_student(), "AHSD", FIRST + position, 2026)
            for name, value in values.items():
                setattr(each, name, value)
            each.save()
    order(FIRST + 3)
    unknown = FIRST + 99
    done = order(unknown, FIRST + 3, FIRST + 2, FIRST + 1, FIRST, FIRST)
    assert list(done.applied) == [FIRST]
    assert codes(done.refused) == {
        unknown: "44020",
        FIRST + 3: "44017",
        FIRST + 2: "44018",
        FIRST + 1: "44020",
    }
    call = ServiceCall.objects.filter(operation="OrderDocuments").latest("pk")
    assert len(json.loads(call.body)["CredentialNumbers"]) == 5


def test_a_dry_run_has_nothing_to_order():
    with set_up():
        asn = graduate().asn
    run = runs.start_run(
        [asn],
        origin=AwardingRun.Origin.COMMAND,
        started_by="tests",
        batch_size=10,
        criteria={},
        is_dry_run=True,
    )
    runs.carry_out(run, caller=COMMAND, caller_info=lambda: of_operator("test"))
    assert runs.summary(run)["awarded"] == {"AHSD": 1}
    assert order_run(run) == Done()


def test_cancelling_what_is_open_of_a_run():
    run, other = awarded_run(3), awarded_run(1)
    order_run(run)
    order_run(other)
    items = open_items_of_run(run)
    assert len(items) == 3
    with set_up():
        sent = DocumentOrderItem.objects.get(pk=items[0])
        sent.status = "SentForDelivery"
        sent.save()
    done = cancel(*items, items[1], 0)
    assert list(done.applied) == items[1:]
    assert codes(done.refused) == {items[0]: "99003", 0: "99002"}
    cancelled = DocumentOrderItem.objects.filter(status="Cancelled")
    assert dict(cancelled.values_list("pk", "version")) == done.applied
    call = ServiceCall.objects.get(operation="CancelDocumentOrders")
    history = DocumentOrderItem.history.filter(call=call)
    assert {row.history_type for row in history} == {"~"}
    assert {row.id for row in history} == set(items[1:])
    assert open_items_of_run(run) == []
    assert codes(cancel(*items[1:]).refused) == dict.fromkeys(items[1:], "9023")
    # What was cancelled can be ordered anew.
    assert len(order_run(run).applied) == 2


def test_nothing_to_do():
    assert order().applied == cancel().applied == {}


@pytest.mark.parametrize("count", [3, 60])
def test_queries_do_not_grow(count):
    run = awarded_run(count)
    with CaptureQueriesContext(connection) as captured:
        assert len(order_run(run).applied) == count
    assert len(captured) == ORDER_QUERIES, "\n".join(q["sql"][:120] for q in captured)
    items = open_items_of_run(run)
    with CaptureQueriesContext(connection) as captured:
        assert len(cancel(*items).applied) == count
    assert len(captured) == CANCEL_QUERIES, "\n".join(q["sql"][:120] for q in captured)
