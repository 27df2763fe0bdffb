"""How a cell of a CSV file is read, and when it is refused.

A reading function takes the text of a cell, never empty, and returns its value or raises
CellProblem with what is wrong. Only structure is judged: type, length, pattern, code list. Dates
stay ISO texts once they are checked: the database takes them as they are, and they compare as
dates do.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from pasi import fields
from pasi.calendar import ALBERTA

# Years between which a birth date or an instant is believable, and can be reckoned with.
FIRST_YEAR, LAST_YEAR = 1800, 2999
# Limits of a school year. Source: PASI knowledge base (course types).
FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR = 1905, 2999

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"[0-9]{1,10}")
_LINE_END = re.compile(r"\r?\n")
_LABEL_VIOLATION = re.compile(r"^\s|\s{2,}|\s\Z|[\x00-\x1F]|[\x7F-\x9F]")
_MOST_VALUES_NAMED = 12

Reading = Callable[[str], Any]


class CellProblem(ValueError):
    """What is wrong with a cell, as a phrase that follows the column's name."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """A cell must hold a value of this code list; the values are read when an import starts."""

    code_type: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file. `absent`: the value of an empty cell, and of a column left out."""

    name: str
    reading: Reading | CodeList
    required: bool = False
    absent: Any = ""


# --- Texts --------------------------------------------------------------------------------------


def text(most: int, violation: re.Pattern = fields.SINGLE_LINE_VIOLATION) -> Reading:
    """One line of at most `most` characters, as the contract's texts are."""
    what = fields.SingleLineField.what

    def read(cell: str) -> str:
        if len(cell) > most:
            raise CellProblem(_("has more than {most} characters").format(most=most))
        if violation.search(cell):
            raise CellProblem(str(what))
        return cell

    return read


def label(most: int) -> Reading:
    """The name of a thing, which may have any printable character."""
    return text(most, _LABEL_VIOLATION)


def lines(most: int) -> Reading:
    """A text of several lines. They may end with LF alone; CR LF is what is kept."""

    def read(cell: str) -> str:
        kept = _LINE_END.sub("\r\n", cell) if "\n" in cell else cell
        if len(kept) > most:
            raise CellProblem(_("has more than {most} characters").format(most=most))
        if fields.MULTI_LINE_VIOLATION.search(kept):
            raise CellProblem(str(fields.MultiLineField.what))
        return kept

    return read


def pattern(expression: str | re.Pattern, what: str) -> Reading:
    """A text that the whole of `expression` matches; `what` says what it must be."""
    match = re.compile(expression).fullmatch

    def read(cell: str) -> str:
        if not match(cell):
            raise CellProblem(str(what))
        return cell

    return read


def name(most: int) -> Reading:
    """A part of a person's name."""
    match = fields.NAME.fullmatch

    def read(cell: str) -> str:
        if len(cell) > most:
            raise CellProblem(_("has more than {most} characters").format(most=most))
        if not match(cell):
            raise CellProblem(str(fields.NameField.what))
        return cell

    return read


def one_of(*values: str) -> Reading:
    allowed = frozenset(values)

    def read(cell: str) -> str:
        if cell not in allowed:
            named = ", ".join(sorted(allowed)[:_MOST_VALUES_NAMED])
            if len(allowed) > _MOST_VALUES_NAMED:
                named += ", …"
            raise CellProblem(_("must be one of {values}").format(values=named))
        return cell

    return read


asn = pattern(fields.ASN, fields.AsnField.what)
organization_code = pattern(
    r"[SA]\.[0-9]{4}|O\.[1-9][0-9]{0,3}", _("must be an organization code: S.nnnn, A.nnnn or O.n")
)
course_code = pattern(
    r"[A-Z]{3}[A-Z0-9]{2,5}",
    _("must be a course code: three capital letters and two to five letters or digits"),
)
resident_board = pattern(r"[0-9]{4}", _("must be the four digits of an authority's code"))
code_of_digits = pattern(r"[0-9]{1,4}", _("must be a code of one to four digits"))


def codes_of_digits(most: int) -> Reading:
    """Codes of one to four digits, separated by ; (an open list: unknown codes are accepted)."""
    return pattern(
        rf"[0-9]{{1,4}}(?:;[0-9]{{1,4}}){{0,{most - 1}}}",
        _("must be at most {most} codes of one to four digits, separated by ;").format(most=most),
    )


def guid(cell: str) -> str:
    """A Guid in either case, kept in lower case."""
    if not fields.GuidField.pattern.fullmatch(cell):
        raise CellProblem(str(fields.GuidField.what))
    return cell.lower()


# --- Numbers, truth, time -----------------------------------------------------------------------


def whole(lowest: int, highest: int) -> Reading:
    def read(cell: str) -> int:
        if not _DIGITS.fullmatch(cell) or not lowest <= int(cell) <= highest:
            raise CellProblem(
                _("must be a whole number between {lowest} and {highest}").format(
                    lowest=lowest, highest=highest
                )
            )
        return int(cell)

    return read


school_year = whole(FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR)


def boolean(cell: str) -> bool:
    if cell not in ("true", "false"):
        raise CellProblem(_("must be true or false"))
    return cell == "true"


def day(cell: str) -> str:
    """A date as YYYY-MM-DD, kept as the text it is."""
    try:
        if _DAY.fullmatch(cell):
            datetime.date.fromisoformat(cell)
            return cell
    except ValueError:
        pass
    raise CellProblem(_("must be a date as YYYY-MM-DD"))


def birth_day(cell: str) -> str:
    if not FIRST_YEAR <= int(day(cell)[:4]) <= LAST_YEAR:
        raise CellProblem(_within_believable_years())
    return cell


def instant(cell: str) -> datetime.datetime:
    """A time as the services read it, or a plain date: the start of that day in Alberta."""
    match = fields.DAY.fullmatch(cell)
    if not match:
        raise CellProblem(_("must be a date as YYYY-MM-DD, alone or followed by a time"))
    if not FIRST_YEAR <= int(cell[:4]) <= LAST_YEAR:
        raise CellProblem(_within_believable_years())
    try:
        if match[2] is None:
            start = datetime.datetime.combine(
                datetime.date.fromisoformat(cell), datetime.time(), tzinfo=ALBERTA
            )
            return start.astimezone(datetime.UTC)
        return fields.instant_of(match)
    except ValueError:
        raise CellProblem(_("must be a date or time that exists")) from None


def _within_believable_years() -> str:
    return _("must be between the years {first} and {last}").format(
        first=FIRST_YEAR, last=LAST_YEAR
    )
