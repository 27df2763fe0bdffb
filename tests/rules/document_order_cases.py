"""Cases of the rules of document orders: every change of status, from each status to each other."""

from itertools import product

from credentials.document_orders import AwardToOrder, StatusChange
from credentials.models import DocumentOrderItem
from credentials.rules import document_orders as rules
from students.rules.names import empty_update
from tests.rules.cases import breaking, passing

NUMBER, WRITTEN = 1_000_000_008, "10000-00008"
ITEM = 7
STATUSES = DocumentOrderItem.Status.values
OPEN = ("Ordered", "ReadyForDelivery", "UserHold", "SystemHold")

# from, what it may become: o ordered, r ready, u and s held by user and system, t sent,
# d delivered, f failed, c cancelled.
MAY_BECOME = {
    "Ordered": "rusc",
    "ReadyForDelivery": "tusc",
    "UserHold": "oc",
    "SystemHold": "oc",
    "SentForDelivery": "df",
    "Delivered": "",
    "FailedDelivery": "oc",
    "Cancelled": "",
}
LETTERS = dict(zip("orustdfc", STATUSES, strict=True))


def to_order(**facts) -> AwardToOrder:
    """An award that may be ordered."""
    return AwardToOrder(NUMBER, **{"award": 1, "asn": "100000009", **facts})


def change(present: str, submitted: str, **facts) -> StatusChange:
    return StatusChange(ITEM, submitted, present=present, version=1, asn="100000009", **facts)


def may_become(present: str) -> set[str]:
    return {LETTERS[letter] for letter in MAY_BECOME[present]}


def every_change():
    for present, submitted in product(STATUSES, STATUSES):
        facts, name = change(present, submitted), f"{present} to {submitted}"
        if submitted in may_become(present):
            yield passing(rules.change_not_allowed, name, facts)
        else:
            yield breaking(
                rules.change_not_allowed,
                name,
                facts,
                {"OrderItemId": ITEM, "PresentStatus": present, "Status": submitted},
            )


def every_change_of_an_outdated_item():
    """Only what opens an item that was not open is refused."""
    for present, submitted in product(STATUSES, STATUSES):
        name, facts = f"{present} to {submitted}", change(present, submitted, is_current=False)
        if submitted in OPEN and present not in OPEN:
            yield breaking(rules.document_outdated, name, facts, {"OrderItemId": ITEM})
        else:
            yield passing(rules.document_outdated, name, facts)


NAMED = {"CredentialNumber": WRITTEN}

DOCUMENT_ORDER_CASES = [
    breaking(rules.invalid_number, "nobody's", AwardToOrder(NUMBER), NAMED),
    breaking(rules.invalid_number, "deleted", to_order(is_deleted=True), NAMED),
    passing(rules.invalid_number, "an award", to_order()),
    passing(rules.invalid_number, "key 0 is an award", to_order(award=0)),
    # ---
    breaking(rules.already_ordered, "ordered", to_order(is_ordered=True), NAMED),
    passing(rules.already_ordered, "never ordered", to_order()),
    passing(rules.already_ordered, "legacy", to_order(is_legacy=True)),
    # ---
    breaking(rules.legacy_credential, "legacy", to_order(is_legacy=True), NAMED),
    passing(rules.legacy_credential, "awarded here", to_order()),
    passing(rules.legacy_credential, "ordered", to_order(is_ordered=True)),
    # ---
    breaking(rules.unknown_item, "unknown", StatusChange(ITEM, "Cancelled"), {"OrderItemId": ITEM}),
    passing(rules.unknown_item, "known", change("Ordered", "Cancelled")),
    # ---
    *(breaking(empty_update, f"order item {s} again", change(s, s)) for s in STATUSES),
    passing(empty_update, "order item to be cancelled", change("Ordered", "Cancelled")),
    # ---
    *every_change(),
    # ---
    *every_change_of_an_outdated_item(),
    passing(rules.document_outdated, "sent once more", change("FailedDelivery", "Ordered")),
]
