"""Lists of ASNs in files: one a line, or a CSV with a column `asn` or `StateProvinceId`.

As spreadsheets save them: the column's name in capitals or not, semicolons or tabs for commas, and
any encoding that writes digits as UTF-8 does, for nothing else of the file is read.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from pasi.fields import ASN

COLUMNS = ("asn", "stateprovinceid")
DELIMITERS = (",", ";", "\t")
# How bytes that are no UTF-8 are read: as themselves, to be found again where they matter.
UNREADABLE = re.compile("[\udc80-\udcff]")
MOST_NAMED = 100


class BadAsnFile(Exception):
    """The file can not be used. `problems`: one `file:line: column: problem` each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_asns(path: Path, called: str = "") -> Iterator[str]:
    """The ASNs of a file in its order, hyphens dropped, blank lines passed over.

    The whole file is checked before the first number is given out; it is read twice, so that
    memory does not grow with it. `called`: its name in the problems, where people know it by
    another than its path. Raises BadAsnFile; OSError where it cannot be read.
    """
    called = called or str(path)
    if path.exists() and not path.is_file():
        raise BadAsnFile([f"{called}:1: file: it is not a regular file"])
    problems, wrong, count = [], 0, 0
    try:
        for line, column, asn in _entries(path):
            count += 1
            if ASN.fullmatch(asn):
                continue
            if UNREADABLE.search(asn):
                problems, wrong = [f"{called}:{line}: file: it is not UTF-8"], 0
                break
            wrong += 1
            if wrong <= MOST_NAMED:
                problems.append(
                    f"{called}:{line}: {column}: {asn[:40]!r} is not an ASN: "
                    "nine digits, 000000001 to 999999999"
                )
    except _NotCsv as error:
        problems = [f"{called}:{error.line}: file: it is not CSV: {error}"]
    if wrong > MOST_NAMED:
        problems.append(f"and {wrong - MOST_NAMED} more")
    if not problems and not count:
        problems = [f"{called}:1: file: it has no ASN"]
    if problems:
        raise BadAsnFile(problems)
    return (asn for _line, _column, asn in _entries(path))


class _NotCsv(Exception):
    def __init__(self, line: int, why: csv.Error) -> None:
        super().__init__(str(why))
        self.line = line


def _entries(path: Path) -> Iterator[tuple[int, str, str]]:
    """(line, column name, ASN without hyphens) of every row that is not blank."""
    position, column, is_first = None, "asn", True
    for line, row in _rows(path):
        if is_first:
            is_first = False
            position = _position(row)
            if position is not None:
                column = row[position].strip()
                continue
        cells = row if position is None else row[position : position + 1]
        entry = ",".join(cells)
        yield line, column, entry.strip().replace("-", "")


def _position(names: list[str]) -> int | None:
    """Which of these headings is that of the numbers."""
    folded = [name.strip().lower() for name in names]
    return next((folded.index(name) for name in COLUMNS if name in folded), None)


def _open(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _delimiter(path: Path) -> str:
    """What parts the headings, if the first line has any; otherwise a comma."""
    with _open(path) as file:
        first = next((line for line in file if line.strip()), "")
    for delimiter in DELIMITERS:
        names = [name.strip().strip('"') for name in first.split(delimiter)]
        if _position(names) is not None:
            return delimiter
    return ","


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line on which it starts, cells) of every row that is not blank."""
    delimiter = _delimiter(path)
    with _open(path) as file:
        reader = csv.reader(file, delimiter=delimiter)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise _NotCsv(line, error) from None
            if row is None:
                return
            if any(cell.strip() for cell in row):
                yield line, row
