"""Finding awards by every number they ever had: present, archived, ours or legacy.

The one home of what a credential number may look like, for the reading addresses and the back
office alike.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F, IntegerField, Q, QuerySet, Value

from credentials.credential_numbers import HIGHEST_NUMBER, WRITTEN
from credentials.models import ArchivedCredential, AwardedCredential
from pasi.text_search import matching

CURRENT, ARCHIVED, LEGACY, ARCHIVED_LEGACY = "Current", "Archived", "Legacy", "ArchivedLegacy"
# How a number was found, the best way first.
MATCHES = (CURRENT, ARCHIVED, LEGACY, ARCHIVED_LEGACY)

LONGEST_NUMBER = 14  # characters; legacy numbers are the longest


class Found(NamedTuple):
    """An award that a number leads to. `archived`: the archived record that has the number, where
    it is not the award's present one.
    """

    award: int
    matched_by: str
    archived: int | None


def number_in(text: str) -> int | None:
    """The credential number written XXXXX-XXXXX or as ten digits; None for anything else."""
    if not WRITTEN.fullmatch(text):
        return None
    number = int(text.replace("-", ""))
    return number if 0 < number <= HIGHEST_NUMBER else None


def find_by_number(texts: Iterable[str]) -> list[Found]:
    """Every award that one of `texts` is a number of, the best matches first. One query.

    A text is a credential number (XXXXX-XXXXX or ten digits) or a legacy number, which is compared
    without regard to case and accents. What looks like our number may be a legacy one as well.
    """
    legacy = [text for text in texts if 0 < len(text) <= LONGEST_NUMBER]
    if not legacy:
        return []
    numbers = [number for text in legacy if (number := number_in(text)) is not None]
    by_number = Q(number__in=numbers)
    by_legacy = matching("legacy_number", legacy) & ~Q(legacy_number="")
    present, archived = AwardedCredential.objects, ArchivedCredential.objects
    # One index serves each of the four; joined by OR they would read whole tables.
    rows = _rows(present.filter(by_number), 0).union(
        _rows(archived.filter(by_number), 1),
        _rows(present.filter(by_legacy), 2),
        _rows(archived.filter(by_legacy), 3),
        all=True,
    )
    return [Found(award, MATCHES[way], former) for award, way, former in sorted(rows, key=_best)]


def _rows(records: QuerySet, way: int) -> QuerySet:
    """(key of the award, way in MATCHES, key of the archived record)."""
    is_present = records.model is AwardedCredential
    return records.order_by().values_list(
        F("pk") if is_present else F("award_id"),
        Value(way, output_field=IntegerField()),
        Value(None, output_field=IntegerField()) if is_present else F("pk"),
    )


def _best(row: tuple) -> tuple:
    award, way, former = row
    return way, award, former or 0


def best_matches(found: Iterable[Found]) -> dict[int, str]:
    """How each award was found, by its key: the best way where there are several."""
    ways: dict[int, str] = {}
    for each in found:  # the best come first
        ways.setdefault(each.award, each.matched_by)
    return ways
