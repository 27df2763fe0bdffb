"""How records are written for people: numbers, school years, who made a call."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib.admin.utils import display_for_field
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from audit.models import ServiceCall
from credentials.credential_numbers import written
from pasi.calendar import school_year_text
from pasi.codes import code_list

NOTHING = "–"


def asn_text(asn: str) -> str:
    """An ASN as people see it: 100000007 -> "1000-0000-7"."""
    return f"{asn[:4]}-{asn[4:8]}-{asn[8:]}"


def credential_number_text(number: Any) -> str:
    """XXXXX-XXXXX of a number, or of the record that holds it."""
    return written(getattr(number, "pk", number))


def school_years_text(first: int | None, last: int | None) -> str:
    """The school years from `first` to `last` in words; None = no bound."""
    if first is None and last is None:
        return _("always")
    if first is None:
        return _("up to %(last)s") % {"last": school_year_text(last)}
    if last is None:
        return _("from %(first)s") % {"first": school_year_text(first)}
    return _("%(first)s to %(last)s") % {
        "first": school_year_text(first),
        "last": school_year_text(last),
    }


# How a field's value is written wherever a record is shown field by field; a reference to another
# record stands here under its key (`number` may also be that of a telephone).
TEXTS: dict[str, Callable[[Any], str]] = {
    "asn": asn_text,
    "student_id": lambda student: asn_text(str(student)),
    "primary_id": lambda student: asn_text(str(student)),
    "number_id": credential_number_text,
    "school_year": school_year_text,
    "achievement_school_year": school_year_text,
    "effective_school_year": school_year_text,
    "expiry_school_year": school_year_text,
}


def field_text(field: models.Field, value: Any) -> str:
    """The value of a record's field in words; a dash for nothing."""
    if value is None or value == "" or value == []:
        return NOTHING
    if field.attname in TEXTS:
        return TEXTS[field.attname](value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    if field.is_relation:
        return str(value)
    return str(display_for_field(value, field, NOTHING))


def code_text(code_type: str, code: str) -> str:
    """A code value with its name, where that is known: "302 English as an Additional Language"; one
    that is a word already, by its name alone; a dash for nothing.
    """
    known = code_list(code_type).get(code)
    if not code or known is None:
        return code or NOTHING
    return f"{code} {known.short_name}" if code.isdecimal() else known.short_name


def instant_text(instant: datetime.datetime) -> str:
    """An instant in the time zone of the page."""
    return formats.date_format(timezone.localtime(instant), "DATETIME_FORMAT")


def who_called(call: ServiceCall) -> str:
    """The person behind a call, as the call itself says."""
    staff = call.staff.get_username() if call.staff else ""
    if staff and call.user_name and call.user_name != staff:
        return f"{call.user_name} ({staff})"
    return staff or call.user_name or NOTHING


def through_what(call: ServiceCall) -> str:
    """The door a call came through and, over HTTP, whose program it was."""
    door = call.get_door_display()
    return f"{call.client.name} ({door})" if call.client else door
