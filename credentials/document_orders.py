"""Orders of the documents of awards: which are open, what may become of them."""

from collections.abc import Iterable

from credentials.models import DocumentOrderItem


def awards_with_open_orders(award_ids: Iterable[int]) -> set[int]:
    """Those of the awards that have an open order item, for rule 44015. One query.

    Ask after the award's student is locked: whoever orders or reopens an item locks it as well.
    """
    return set(
        DocumentOrderItem.objects.filter(
            award__any=list(award_ids), status__in=DocumentOrderItem.OPEN
        ).values_list("award", flat=True)
    )
