"""Reading a CSV file: in chunks of rows, turned into columns, every fault with its file, line and
column.

A chunk is judged column by column. Cells repeat a great deal (dates, codes, student numbers), so
each column remembers what it has read: that, not the CSV parser, decides the speed.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from pasi.importing.columns import CellProblem, CodeList, Column, Reading, one_of

ROWS_AT_ONCE = 20_000
MOST_ERRORS = 100
MOST_REMEMBERED = 100_000  # cells a column remembers between chunks
LONGEST_SHOWN = 40
ROW, HEADER = "row", "header"  # stand in the place of a column's name


@dataclass(frozen=True, slots=True)
class CellError:
    """One thing wrong: where it stands, and what it is. The line is where the row starts."""

    file: str
    line: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: {self.problem}"


class Errors:
    """The first hundred errors of an import, in the order of the files, and how many there were."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[tuple[int, CellError]] = []
        self._files: list[str] = []

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, errors: Sequence[CellError]) -> None:
        self.count += len(errors)
        for error in errors[: MOST_ERRORS - len(self._first)]:
            if error.file not in self._files:
                self._files.append(error.file)
            self._first.append((self._files.index(error.file), error))

    def first(self) -> list[CellError]:
        ordered = sorted(self._first, key=lambda item: (item[0], item[1].line))
        return [error for _place, error in ordered]

    def report(self) -> list[str]:
        """The lines to show."""
        told = [str(error) for error in self.first()]
        if self.count > len(told):
            told.append(_("and {count:,} more").format(count=self.count - len(told)))
        return told


class Chunk:
    """Some rows of a file as columns of values.

    Rows that are refused or left out are taken out by keep_good(); until then every column has its
    full length. What a row that went held in column `key` is kept in `lost`.
    """

    def __init__(
        self, file: str, lines: list[int], columns: dict[str, list[Any]], key: str = ""
    ) -> None:
        self.file = file
        self.lines = lines
        self.columns = columns
        self.key = key
        self.lost: set[Any] = set()
        self.errors: list[CellError] = []
        self._bad: set[int] = set()

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, column: str) -> list[Any]:
        return self.columns[column]

    def __setitem__(self, column: str, values: Iterable[Any]) -> None:
        self.columns[column] = list(values)

    def refuse(self, row: int, column: str, problem: str) -> None:
        """Report the row `row` of this chunk, and take it out at the next keep_good()."""
        self.errors.append(CellError(self.file, self.lines[row], column, problem))
        self._bad.add(row)

    def leave_out(self, row: int) -> None:
        """Take a row out without a word: it depends on one that is reported already."""
        self._bad.add(row)

    def keep_good(self) -> None:
        if self._bad:
            if self.key:
                keys = self.columns[self.key]
                self.lost.update(keys[row] for row in self._bad)
            good = [row not in self._bad for row in range(len(self))]
            self._narrow(good)
            self._bad.clear()

    def split(self, chosen: Sequence[bool]) -> "Chunk":
        """Take the rows `chosen` out into a chunk of their own."""
        columns = {name: list(compress(values, chosen)) for name, values in self.columns.items()}
        part = Chunk(self.file, list(compress(self.lines, chosen)), columns, self.key)
        self._narrow([not is_chosen for is_chosen in chosen])
        return part

    def _narrow(self, kept: Sequence[bool]) -> None:
        self.lines = list(compress(self.lines, kept))
        self.columns = {name: list(compress(c, kept)) for name, c in self.columns.items()}


@dataclass(frozen=True, slots=True)
class _Refused:
    problem: str


class _Remembered(dict):
    """Text of a cell -> its value, read once. Refused texts are kept as _Refused."""

    def __init__(self, column: Column, reading: Reading) -> None:
        super().__init__()
        self.column = column
        self.reading = reading
        self.has_refused = False

    def __missing__(self, cell: str) -> Any:
        try:
            value = self.reading(cell) if cell else self._empty()
        except CellProblem as problem:
            value = _Refused(f"{problem}: {cell[:LONGEST_SHOWN]!r}" if cell else str(problem))
            self.has_refused = True
        self[cell] = value
        return value

    def _empty(self) -> Any:
        if self.column.required:
            raise CellProblem(_("is required"))
        return self.column.absent

    def read(self, cells: Sequence[str]) -> list[Any]:
        if len(self) > MOST_REMEMBERED:
            self.clear()
        return list(map(self.__getitem__, cells))


class CsvFile:
    """One CSV file with its columns (RFC 4180, UTF-8 with or without a byte order mark)."""

    def __init__(
        self,
        path: Path,
        columns: Sequence[Column],
        code_values: Mapping[str, frozenset[str]],
        *,
        key: str = "",
    ) -> None:
        self.path = path
        self.file = path.name
        self.columns = columns
        self.key = key
        self.errors: list[CellError] = []
        self.is_whole = True  # until a row turns out to be one of which nothing is known
        self.bytes_read = 0
        self._remembered = {
            column.name: _Remembered(column, _reading(column, code_values)) for column in columns
        }

    def chunks(self, size: int = ROWS_AT_ONCE) -> Iterator[Chunk]:
        """The rows, without those that cannot be read; each chunk carries its errors.

        What is wrong with the file as a whole ends it, and stands in `errors` afterwards.
        """
        try:
            with self.path.open("rb") as raw:
                text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
                reader = csv.reader(text, strict=True)
                header = self._header(reader)
                if header is None:
                    return
                for lines, rows, errors in self._rows(reader, len(header), size):
                    self.bytes_read = raw.tell()
                    yield self._chunk(header, lines, rows, errors)
        except OSError as error:
            self._end(1, _("cannot be read: {why}").format(why=error.strerror))

    def _header(self, reader) -> list[str] | None:
        """The names of the columns as they stand; None if they will not do."""
        header: list[str] = []
        while not header:
            line = reader.line_num + 1
            try:
                header = next(reader)
            except StopIteration:
                self._end(1, _("is missing: the file is empty"), HEADER)
                return None
            except (csv.Error, UnicodeDecodeError) as error:
                self._unreadable(line, error)
                return None
        known = [column.name for column in self.columns]
        for position, name in enumerate(header):
            if name not in known:
                problem = _("is not a column of this file; it may have {columns}").format(
                    columns=", ".join(known)
                )
                self._end(line, problem, repr(name[:LONGEST_SHOWN]))
            elif name in header[:position]:
                self._end(line, _("stands twice in the header"), name)
        for column in self.columns:
            if column.required and column.name not in header:
                self._end(line, _("is missing: this column is required"), column.name)
        return None if self.errors else header

    def _rows(self, reader, width: int, size: int) -> Iterator[tuple[list, list, list]]:
        """(lines, rows, errors) of up to `size` rows at a time. Blank lines are passed over."""
        lines, rows, errors = [], [], []
        line = reader.line_num + 1
        try:
            for row in reader:
                if len(row) == width:
                    rows.append(row)
                    lines.append(line)
                    if len(rows) == size:
                        yield lines, rows, errors
                        lines, rows, errors = [], [], []
                elif row:
                    problem = _("has {found} cells where the header has {width}").format(
                        found=len(row), width=width
                    )
                    errors.append(CellError(self.file, line, ROW, problem))
                    self.is_whole = False
                line = reader.line_num + 1
        except (csv.Error, UnicodeDecodeError) as error:
            self._unreadable(line, error)
        if rows or errors:
            yield lines, rows, errors

    def _chunk(self, header: list[str], lines: list, rows: list, errors: list) -> Chunk:
        cells = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else {}
        chunk = Chunk(self.file, lines, {}, self.key)
        chunk.errors = errors
        for column in self.columns:
            if column.name not in cells:
                chunk[column.name] = [column.absent] * len(rows)
                continue
            remembered = self._remembered[column.name]
            values = remembered.read(cells[column.name])
            chunk[column.name] = values
            if remembered.has_refused:
                for row, value in enumerate(values):
                    if type(value) is _Refused:
                        chunk.refuse(row, column.name, value.problem)
        return chunk

    def _unreadable(self, line: int, error: Exception) -> None:
        if isinstance(error, UnicodeDecodeError):
            self._end(_first_line_not_utf8(self.path), _("is not UTF-8"), ROW)
        else:
            self._end(line, _("is not CSV: {why}").format(why=error), ROW)

    def _end(self, line: int, problem: str, column: str = "file") -> None:
        self.errors.append(CellError(self.file, line, column, problem))
        self.is_whole = False


def _reading(column: Column, code_values: Mapping[str, frozenset[str]]) -> Reading:
    if isinstance(column.reading, CodeList):
        return one_of(*code_values[column.reading.code_type])
    return column.reading


def _first_line_not_utf8(path: Path) -> int:
    """The reader decodes blocks, not lines, so the line is looked for once there is a fault."""
    line = 1
    with path.open("rb") as raw:
        for line, data in enumerate(raw, 1):
            try:
                data.decode()
            except UnicodeDecodeError:
                return line
    return line
