"""Staff who look at personal data leave a RecordRead, as clients do."""

from collections.abc import Iterable

from django.http import HttpRequest

from audit.models import RecordRead
from pasi.models import MINISTRY_CODE

MOST_ASNS = 100


def record_read(request: HttpRequest, asns: Iterable[str], count: int | None = None) -> None:
    """Note that the staff user saw these students; of more than 100, the first 100 and how many.
    `count`: how many, where `asns` are the first of them only.
    """
    shown = list(dict.fromkeys(asns))
    RecordRead.objects.create(
        message_id=request.message_id,
        staff=request.user,
        organization_code=MINISTRY_CODE,
        path=request.path[:200],
        filters={name: value[:500] for name, value in request.GET.items()},
        state_province_ids=shown[:MOST_ASNS],
        count=len(shown) if count is None else count,
    )
