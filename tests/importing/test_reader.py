"""Reading a CSV file: lines, columns, and everything that can be wrong with a file as such."""

import pytest

from pasi.importing.columns import Column, day, lines, name, whole
from pasi.importing.reader import MOST_ERRORS, CellError, CsvFile, Errors

COLUMNS = (
    Column("name", name(10), required=True),
    Column("born", day, absent=None),
    Column("note", lines(40)),
    Column("credits", whole(0, 30), absent=None),
)


@pytest.fixture
def read(tmp_path):
    """read(content): (rows, errors), a row with its line first."""

    def read_content(content: str | bytes, size: int = 2):
        path = tmp_path / "things.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        source = CsvFile(path, COLUMNS, {})
        rows, errors = [], []
        for chunk in source.chunks(size):
            chunk.keep_good()
            assert len(chunk) <= size
            columns = [chunk[column.name] for column in COLUMNS]
            rows += zip(chunk.lines, *columns, strict=True)
            errors += chunk.errors
        return rows, [str(error) for error in [*errors, *source.errors]]

    return read_content


def test_columns_in_any_order_and_left_out(read):
    assert read("credits,name\n5,Ada\n,Ben\n") == (
        [(2, "Ada", None, "", 5), (3, "Ben", None, "", None)],
        [],
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark(read, end, mark):
    content = mark + end.join(["name,born", "Ada,2008-05-17", "Ben,"])
    assert read(content) == ([(2, "Ada", "2008-05-17", "", None), (3, "Ben", None, "", None)], [])


def test_a_row_is_found_by_the_line_where_it_starts(read):
    content = 'name,note\nAda,"one\ntwo"\n\nBen,\n"Cy","x\r\ny"\nD4n,\n'
    rows, errors = read(content)
    assert [(row[0], row[1]) for row in rows] == [(2, "Ada"), (5, "Ben"), (6, "Cy")]
    assert errors == [
        "things.csv:8: name: may only have letters, accented letters, hyphens, apostrophes, "
        "periods and spaces: 'D4n'"
    ]


def test_every_fault_of_a_row_is_told(read):
    rows, errors = read("name,born,credits\n,2008-5-17,31\nAda,2008-05-17,30\n")
    assert [row[1] for row in rows] == ["Ada"]
    assert errors == [
        "things.csv:2: name: is required",
        "things.csv:2: born: must be a date as YYYY-MM-DD: '2008-5-17'",
        "things.csv:2: credits: must be a whole number between 0 and 30: '31'",
    ]


def test_the_same_fault_is_told_for_each_row_and_chunk(read):
    _rows, errors = read("name,born\nAda,x\nBen,x\nCy,x\n", size=2)
    assert [error.split(": ")[0] for error in errors] == [
        "things.csv:2",
        "things.csv:3",
        "things.csv:4",
    ]


@pytest.mark.parametrize(
    ("row", "found"), [("Ada", 1), ("Ada,2008-05-17,5", 3), ('"Ada,2008-05-17"', 1)]
)
def test_a_row_with_another_number_of_cells(read, row, found):
    rows, errors = read(f"name,born\n{row}\nBen,\n")
    assert [found_row[0] for found_row in rows] == [3]
    assert errors == [f"things.csv:2: row: has {found} cells where the header has 2"]


def test_faults_of_the_header_are_told_together(read):
    rows, errors = read("born,shoe_size,born\n2008-05-17,43,\n")
    assert rows == []
    assert errors == [
        "things.csv:1: 'shoe_size': is not a column of this file; it may have "
        "name, born, note, credits",
        "things.csv:1: born: stands twice in the header",
        "things.csv:1: name: is missing: this column is required",
    ]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file(read, content):
    rows, errors = read(content)
    assert rows == []
    assert len(errors) == 1
    assert errors[0].endswith(": header: is missing: the file is empty")


def test_a_header_alone_is_a_file_without_rows(read):
    assert read("name\n") == ([], [])


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("name\nAda\nJosé\nBen\n".encode("latin-1"), 3),
        ("name\nAda\n".encode("utf-16"), 1),
        (b"name\n" + b"Ada\n" * 30_000 + b"Jos\xe9\nBen\n", 30_002),
    ],
)
def test_another_encoding(read, content, line):
    _rows, errors = read(content, size=50_000)
    assert errors == [f"things.csv:{line}: row: is not UTF-8"]


def test_a_quote_that_is_never_closed(read):
    rows, errors = read('name,note\nAda,\nBen,"x\nCy,\n')
    assert [row[1] for row in rows] == ["Ada"]
    assert errors == ["things.csv:3: row: is not CSV: unexpected end of data"]


def test_text_after_a_closing_quote(read):
    _rows, errors = read('name,note\nAda,"x"y\n')
    assert errors == ["things.csv:2: row: is not CSV: ',' expected after '\"'"]


def test_a_nul_character_is_refused_where_it_stands(read):
    _rows, errors = read("name,note\nAda,a\x00b\n")
    assert [error.split(": ")[:2] for error in errors] == [["things.csv:2", "note"]]


def test_a_directory_in_the_place_of_a_file(tmp_path):
    (tmp_path / "things.csv").mkdir()
    source = CsvFile(tmp_path / "things.csv", COLUMNS, {})
    assert list(source.chunks()) == []
    assert [str(error) for error in source.errors] == [
        "things.csv:1: file: cannot be read: Is a directory"
    ]


def test_many_different_cells_are_forgotten_again(read, monkeypatch):
    monkeypatch.setattr("pasi.importing.reader.MOST_REMEMBERED", 3)
    rows, errors = read("name,credits\n" + "".join(f"Ada,{n}\n" for n in range(31)), size=4)
    assert [row[4] for row in rows] == list(range(31))
    assert errors == []


def test_only_the_first_hundred_errors_are_kept():
    errors = Errors()
    errors.add([CellError("b.csv", line, "x", "is wrong") for line in range(2, 62)])
    errors.add([CellError("a.csv", line, "x", "is wrong") for line in range(2, 1002)])
    report = errors.report()
    assert errors.count == 1060
    assert len(report) == MOST_ERRORS + 1
    assert report[59:61] == ["b.csv:61: x: is wrong", "a.csv:2: x: is wrong"]
    assert report[-1] == "and 960 more"
