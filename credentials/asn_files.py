"""Lists of ASNs in files: one a line, or a CSV with a column `asn` or `StateProvinceId`."""

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

from pasi.fields import ASN

COLUMNS = ("asn", "StateProvinceId")
MOST_NAMED = 100


class BadAsnFile(Exception):
    """The file can not be used. `problems`: one `file:line: column: problem` each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_asns(path: Path) -> Iterator[str]:
    """The ASNs of a file in its order, hyphens dropped, blank lines passed over.

    The whole file is checked before the first number is given out; it is read twice, so that
    memory does not grow with it. Raises BadAsnFile; OSError where it cannot be read.
    """
    problems, count = [], 0
    try:
        for line, column, asn in _entries(path):
            count += 1
            if not ASN.fullmatch(asn):
                problems.append(
                    f"{path}:{line}: {column}: {asn[:40]!r} is not an ASN: "
                    "nine digits, 000000001 to 999999999"
                )
    except UnicodeDecodeError:
        raise BadAsnFile([f"{path}:1: file: it is not UTF-8"]) from None
    except csv.Error as error:
        raise BadAsnFile([f"{path}:1: file: it is not CSV: {error}"]) from None
    if len(problems) > MOST_NAMED:
        problems[MOST_NAMED:] = [f"and {len(problems) - MOST_NAMED} more"]
    if not problems and not count:
        problems = [f"{path}:1: file: it has no ASN"]
    if problems:
        raise BadAsnFile(problems)
    return (asn for _line, _column, asn in _entries(path))


def _entries(path: Path) -> Iterator[tuple[int, str, str]]:
    """(line, column name, ASN without hyphens) of every line that is not blank."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        first = next((row for row in reader if any(cell.strip() for cell in row)), None)
        if first is None:
            return
        names = [name.strip() for name in first]
        position = next((names.index(name) for name in COLUMNS if name in names), None)
        rows = reader if position is not None else itertools.chain([first], reader)
        column = names[position] if position is not None else "asn"
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if position is None:
                entry = ",".join(row)
            else:
                entry = row[position] if position < len(row) else ""
            yield reader.line_num, column, entry.strip().replace("-", "")
