"""The documents of many awards ordered at once, as the back office does it."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall, ServiceResponse
from credentials.document_orders import Order
from credentials.models import AwardedCredential, AwardingRun, DocumentOrderItem
from credentials.ordering_in_bulk import Done, order_documents
from pasi.caller_info import of_operator
from tests import invariants
from tests.credentials.calls import award, graduate
from tests.province_builder import COMMAND, make_award, make_student, set_up

BY_MAIL = Order("AutomatedPlusCardboard", "en")
ORDER_QUERIES = 18
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
    outcomes = run.outcomes.filter(credential_number__gt=0).order_by("position")
    return order_documents(
        list(outcomes.values_list("credential_number", flat=True)),
        order,
        caller=COMMAND,
        caller_info=of_operator("test"),
        criteria={"Run": run.pk},
    )


def order(*numbers: int):
    return order_documents(numbers, BY_MAIL, caller=COMMAND, caller_info=of_operator("test"))


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


def test_nothing_to_do():
    assert order() == Done()


@pytest.mark.parametrize("count", [3, 60])
def test_queries_do_not_grow(count):
    run = awarded_run(count)
    with CaptureQueriesContext(connection) as captured:
        assert len(order_run(run).applied) == count
    assert len(captured) == ORDER_QUERIES, "\n".join(q["sql"][:120] for q in captured)
