"""Staff who look at personal data leave a RecordRead, as clients do."""

from collections.abc import Iterable

from django.http import HttpRequest

from audit.models import RecordRead
from pasi.http import new_message_id
from pasi.models import MINISTRY_CODE

MOST_ASNS = 100


def record_read(
    request: HttpRequest, asns: Iterable[str], count: int | None = None, **also: str
) -> None:
    """Note that the staff user saw these students; of more than 100, the first 100 and how many.

    `count`: how many, where `asns` are the first of them only. `also`: how they were seen, beside
    what was asked for. A request that shows several lots is several reads, of which the first has
    its message id.
    """
    shown = list(dict.fromkeys(asns))
    first = not getattr(request, "is_recorded_read", False)
    request.is_recorded_read = True
    RecordRead.objects.create(
        message_id=request.message_id if first else new_message_id(),
        staff=request.user,
        organization_code=MINISTRY_CODE,
        path=request.path[:200],
        filters={name: value[:500] for name, value in request.GET.items()} | also,
        state_province_ids=shown[:MOST_ASNS],
        count=len(shown) if count is None else count,
    )
