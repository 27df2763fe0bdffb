"""Every number that a credential has had, one after the other: what was printed under each, from
when to when, why it was replaced and by whom.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import ServiceCall
from credentials.credential_numbers import written
from credentials.models import AwardDetails, AwardedCredential
from credentials.requests import DELETE_REASONS
from pasi.back_office.admins import record_url
from pasi.back_office.formats import who_called
from pasi.calendar import ALBERTA, school_year_text
from pasi.codes import code_list


@dataclass(frozen=True)
class NumberInTime:
    """`until` is None for the present number. `why`: what became of it, in sentences; `call`: the
    one that did it.
    """

    number: str
    since: datetime.date
    until: datetime.date | None
    name: str
    school_year: str
    legacy_number: str
    why: Sequence[str] = ()
    who: str = ""
    call: ServiceCall | None = None
    address: str = ""  # of the page of a former number


def numbers_through_time(award: AwardedCredential) -> list[NumberInTime]:
    """The oldest first, the present one last. One query."""
    formers = list(award.archived_numbers.select_related("call__staff").order_by("pk"))
    numbers = [
        NumberInTime(
            **_printed(former),
            until=timezone.localtime(former.archived_at, ALBERTA).date(),
            why=_why(former, successor),
            who=who_called(former.call),
            call=former.call,
            address=record_url(former),
        )
        for former, successor in pairwise([*formers, award])
    ]
    deleted = [_deleted(award)] if award.is_deleted else []
    return [*numbers, NumberInTime(**_printed(award), until=None, why=deleted)]


def reason_text(reason: str) -> str:
    """Why an award was deleted: a code's name, or the text as it was given."""
    known = code_list(DELETE_REASONS).get(reason)
    return known.short_name if known else reason


def _printed(details: AwardDetails) -> dict:
    return {
        "number": written(details.number_id),
        "since": details.awarded_on,
        "name": details.full_name,
        "school_year": school_year_text(details.school_year),
        "legacy_number": details.legacy_number,
    }


def _deleted(details: AwardDetails) -> str:
    return _("Deleted: %(reason)s.") % {"reason": reason_text(details.delete_reason)}


def _why(former: AwardDetails, successor: AwardDetails) -> list[str]:
    """What the next number says otherwise, or that the award was deleted and made anew."""
    if former.is_deleted:
        return [_deleted(former), _("Then the credential was awarded anew, under another number.")]
    found = []
    if former.school_year != successor.school_year:
        found.append(
            _("Re-issued: the school year %(was)s became %(now)s.")
            % {
                "was": school_year_text(former.school_year),
                "now": school_year_text(successor.school_year),
            }
        )
    if former.full_name != successor.full_name:
        found.append(
            _("Re-issued: the name %(was)s became %(now)s.")
            % {"was": former.full_name, "now": successor.full_name}
        )
    return found or [_("Replaced by another number.")]
