"""Lists as CSV files for spreadsheets, streamed: memory does not grow with the rows."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse
from django.utils import timezone

from pasi.calendar import ALBERTA

# A spreadsheet would take a cell that begins so for a formula and carry it out.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know UTF-8


def defused(cell: object) -> str:
    """What stands in a cell; never a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_file(
    name: str, headings: Iterable[object], rows: Iterable[Iterable[object]]
) -> StreamingHttpResponse:
    """`rows` are fetched while they are sent; times in them are those of Alberta."""
    response = StreamingHttpResponse(_lines(headings, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(headings: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    written = io.StringIO()
    writer = csv.writer(written)
    written.write(BYTE_ORDER_MARK)
    writer.writerow(map(defused, headings))
    with timezone.override(ALBERTA):
        for row in rows:
            writer.writerow(map(defused, row))
            if written.tell() > 8_192:
                yield _taken(written)
    yield _taken(written)


def _taken(written: io.StringIO) -> str:
    text = written.getvalue()
    written.seek(0)
    written.truncate()
    return text
