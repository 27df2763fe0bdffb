"""Orders of the documents of awards: what decides about them, and writing them. Set-based.

An order is for the number that an award has; a re-issue brings a new document, to be ordered anew.
Who orders, or opens an item again, locks the students who hold the awards: so does who re-issues or
deletes an award, and reads what is open after that (44015). Source: PASI knowledge base; the
changes of status: inferred.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from audit.models import ServiceCall
from credentials.models import AwardedCredential, DocumentOrderItem
from pasi import bulk
from students.models import Student

Status = DocumentOrderItem.Status

# status -> what it may become. Nothing becomes of an item that was delivered or cancelled.
ALLOWED_CHANGES: dict[str, frozenset[str]] = {
    Status.ORDERED: frozenset(
        {Status.READY_FOR_DELIVERY, Status.USER_HOLD, Status.SYSTEM_HOLD, Status.CANCELLED}
    ),
    Status.READY_FOR_DELIVERY: frozenset(
        {Status.SENT_FOR_DELIVERY, Status.USER_HOLD, Status.SYSTEM_HOLD, Status.CANCELLED}
    ),
    # What was held is ordered again: it may have to be printed anew.
    Status.USER_HOLD: frozenset({Status.ORDERED, Status.CANCELLED}),
    Status.SYSTEM_HOLD: frozenset({Status.ORDERED, Status.CANCELLED}),
    Status.SENT_FOR_DELIVERY: frozenset({Status.DELIVERED, Status.FAILED_DELIVERY}),
    Status.DELIVERED: frozenset(),
    # It came back: sent once more, or given up, and then ordered in another way.
    Status.FAILED_DELIVERY: frozenset({Status.ORDERED, Status.CANCELLED}),
    Status.CANCELLED: frozenset(),
}

_ITEM_COLUMNS = (
    *("id", "award_id", "credential_number", "status", "delivery_method", "language", "copies"),
    "version",
)


# --- What the rules judge -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AwardToOrder:
    """The award that has a number at present. `award` is None where none has it.

    `is_legacy`: it has a legacy number, or an import was the last to change it. `is_ordered`: an
    item of this number exists that is not cancelled.
    """

    number: int
    award: int | None = None
    asn: str = ""
    is_deleted: bool = False
    is_legacy: bool = False
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Another status for an order item. `present` is empty where there is no such item.

    `is_current`: the item's number is still that of its award, which is not deleted.
    """

    item: int
    submitted: str
    present: str = ""
    version: int = 0
    asn: str = ""
    is_current: bool = True

    @property
    def changes_nothing(self) -> bool:
        return self.submitted == self.present

    @property
    def opens(self) -> bool:
        return (
            self.submitted in DocumentOrderItem.OPEN and self.present not in DocumentOrderItem.OPEN
        )


# --- Locking and loading ------------------------------------------------------------------------


def awards_with_open_orders(award_ids: Iterable[int]) -> set[int]:
    """Those of the awards that have an open order item, for rule 44015. One query.

    Ask after the award's student is locked: whoever orders or opens an item locks it as well.
    """
    return set(
        DocumentOrderItem.objects.filter(
            award__any=list(award_ids), status__in=DocumentOrderItem.OPEN
        ).values_list("award", flat=True)
    )


def lock_holders(award_ids: Iterable[int]) -> None:
    """Lock the students who hold the awards, in one statement, by key. An award never changes its
    student, so what is read before the lock holds after it. Two queries.
    """
    holders = AwardedCredential.objects.filter(id__any=list(award_ids)).values_list("student")
    list(
        Student.objects.filter(id__any=[student for (student,) in holders])
        .order_by("id")
        .select_for_update(no_key=True)
        .values_list("id")
    )


def awards_numbered(numbers: Iterable[int]) -> list[int]:
    """Keys of the awards that have these numbers at present."""
    return list(
        AwardedCredential.objects.filter(number__any=list(numbers)).values_list("pk", flat=True)
    )


def load_awards(numbers: Sequence[int]) -> dict[int, AwardToOrder]:
    """What decides about ordering the documents of these numbers, by number. Three queries."""
    awards = AwardedCredential.objects.filter(number__any=numbers).values_list(
        "number", "pk", "student__asn", "is_deleted", "legacy_number"
    )
    rows = {number: rest for number, *rest in awards}
    keys = [key for key, *_rest in rows.values()]
    imported = _changed_last_by_an_import(keys)
    ordered = set(
        DocumentOrderItem.objects.filter(number__any=list(rows))
        .exclude(status=Status.CANCELLED)
        .values_list("number", flat=True)
    )
    return {
        number: AwardToOrder(
            number,
            award=key,
            asn=asn,
            is_deleted=is_deleted,
            is_legacy=bool(legacy_number) or key in imported,
            is_ordered=number in ordered,
        )
        for number, (key, asn, is_deleted, legacy_number) in rows.items()
    } | {number: AwardToOrder(number) for number in numbers if number not in rows}


# Why the document of an active award cannot be ordered, as a number in a query; the least of those
# that hold. What decides is what decides in AwardToOrder.
NO_OBSTACLE, IS_ORDERED, IS_LEGACY = range(3)


def with_obstacle(awards: QuerySet[AwardedCredential]) -> QuerySet[AwardedCredential]:
    """Active awards, with `obstacle`."""
    return awards.annotate(
        obstacle=Case(
            When(is_ordered(), then=Value(IS_ORDERED)),
            When(~Q(legacy_number=""), then=Value(IS_LEGACY)),
            When(is_imported(), then=Value(IS_LEGACY)),
            default=Value(NO_OBSTACLE),
            output_field=IntegerField(),
        )
    )


def is_ordered() -> Exists:
    """Of an award in a query: an item of its number exists that is not cancelled."""
    items = DocumentOrderItem.objects.filter(number=OuterRef("number"))
    return Exists(items.exclude(status=Status.CANCELLED))


def is_imported() -> Exists:
    """Of an award in a query: an import was the last to change it."""
    return Exists(
        AwardedCredential.history.filter(
            id=OuterRef("pk"),
            version=OuterRef("version"),
            call__operation=ServiceCall.IMPORT_RECORDS,
        )
    )


def _changed_last_by_an_import(awards: Sequence[int]) -> set[int]:
    """Data conversion, as far as this system has any."""
    latest = (
        AwardedCredential.history.filter(id__any=awards)
        .order_by("id", "-history_id")
        .distinct("id")
        .values_list("id", "call__operation")
    )
    return {award for award, operation in latest if operation == ServiceCall.IMPORT_RECORDS}


def load_changes(items: Sequence[int], status: str) -> dict[int, StatusChange]:
    """What decides about giving these items another status, by item. One query."""
    found = {
        item: StatusChange(
            item,
            status,
            present=present,
            version=version,
            asn=asn,
            is_current=number == number_now and not is_deleted,
        )
        for item, present, version, number, number_now, is_deleted, asn in (
            DocumentOrderItem.objects.filter(id__any=items).values_list(
                *("pk", "status", "version", "number", "award__number", "award__is_deleted"),
                "award__student__asn",
            )
        )
    }
    return {item: found.get(item) or StatusChange(item, status) for item in items}


def awards_of_items(items: Sequence[int]) -> list[int]:
    """Keys of the awards that these items are for."""
    return list(
        DocumentOrderItem.objects.filter(id__any=items).values_list("award", flat=True).distinct()
    )


# --- Writing ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """How documents are printed and sent."""

    delivery_method: str
    language: str
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Item:
    """An order item as written."""

    id: int
    version: int


def write_items(awards: Sequence[AwardToOrder], order: Order, call: UUID) -> list[Item]:
    """Order the document of each award, whose holder is locked; the items in that order."""
    if not awards:
        return []
    ids = bulk.next_ids(DocumentOrderItem, len(awards))
    versions = bulk.next_versions(len(awards))
    how = (order.delivery_method, order.language, order.copies)
    bulk.copy_rows(
        DocumentOrderItem,
        _ITEM_COLUMNS,
        (
            (key, each.award, each.number, Status.ORDERED.value, *how, version)
            for key, each, version in zip(ids, awards, versions, strict=True)
        ),
    )
    bulk.copy_history(DocumentOrderItem, call, ids)
    return [Item(key, version) for key, version in zip(ids, versions, strict=True)]


def write_changes(changes: Sequence[StatusChange], call: UUID) -> list[int]:
    """Give the items, whose holders are locked, their new status; their new versions."""
    versions = bulk.next_versions(len(changes))
    now = timezone.now()
    bulk.update_rows(
        DocumentOrderItem,
        ("status", "version", "updated_at"),
        [
            (change.item, change.submitted, version, now)
            for change, version in zip(changes, versions, strict=True)
        ],
        call,
    )
    return versions
