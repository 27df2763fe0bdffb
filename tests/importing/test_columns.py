"""How cells are read: each reading at its edges."""

import datetime

import pytest

from pasi.importing import columns
from pasi.importing.columns import CellProblem

UTC = datetime.UTC


@pytest.mark.parametrize(
    ("reading", "cell", "value"),
    [
        (columns.asn, "000000001", "000000001"),
        (columns.text(5), "a b-c", "a b-c"),
        (columns.label(9), "L’Été", "L’Été"),
        (columns.name(50), "Anne-Marie O'Brien", "Anne-Marie O'Brien"),
        (columns.name(4), "Zoë.", "Zoë."),
        (columns.lines(20), "Unit 4\n12 Elm", "Unit 4\r\n12 Elm"),
        (columns.lines(20), "Unit 4\r\n12 Elm", "Unit 4\r\n12 Elm"),
        (columns.organization_code, "O.1", "O.1"),
        (columns.organization_code, "S.0001", "S.0001"),
        (columns.course_code, "MAT30", "MAT30"),
        (columns.course_code, "ELA3105A", "ELA3105A"),
        (columns.codes_of_digits(3), "1;22;4444", "1;22;4444"),
        (
            columns.guid,
            "F2952F48-C98B-4FB9-B815-05B0F60C9526",
            "f2952f48-c98b-4fb9-b815-05b0f60c9526",
        ),
        (columns.whole(1, 2147483647), "2147483647", 2147483647),
        (columns.whole(0, 30), "0", 0),
        (columns.school_year, "1905", 1905),
        (columns.school_year, "2999", 2999),
        (columns.boolean, "true", True),
        (columns.boolean, "false", False),
        (columns.day, "2024-02-29", "2024-02-29"),
        (columns.birth_day, "1800-01-01", "1800-01-01"),
        # A plain date begins in Alberta, summer and winter.
        (columns.instant, "2024-01-15", datetime.datetime(2024, 1, 15, 7, tzinfo=UTC)),
        (columns.instant, "2024-07-15", datetime.datetime(2024, 7, 15, 6, tzinfo=UTC)),
        (columns.instant, "2024-07-15T10:00", datetime.datetime(2024, 7, 15, 10, tzinfo=UTC)),
        (
            columns.instant,
            "2024-07-15T10:00:00-06:00",
            datetime.datetime(2024, 7, 15, 16, tzinfo=UTC),
        ),
    ],
)
def test_a_cell_is_read(reading, cell, value):
    assert reading(cell) == value


@pytest.mark.parametrize(
    ("reading", "cell"),
    [
        (columns.asn, "000000000"),
        (columns.asn, "12345678"),
        (columns.asn, "1234-5678-9"),
        (columns.asn, "٠٠٠٠٠٠٠٠١"),
        (columns.asn, "100000009\n"),
        (columns.text(5), "abcdef"),
        (columns.text(9), " a"),
        (columns.text(9), "a  b"),
        (columns.text(9), "a\nb"),
        (columns.text(9), "a\x00"),
        (columns.text(9), "Łódź"),
        (columns.label(9), "a\tb"),
        (columns.label(9), "a\x00"),
        (columns.name(9), "Ada3"),
        (columns.name(3), "Adam"),
        (columns.lines(20), "a\n\nb"),
        (columns.lines(20), "a\rb"),
        (columns.lines(4), "a\nbc"),  # five characters with CR LF
        (columns.organization_code, "O.0001"),
        (columns.organization_code, "S.1"),
        (columns.organization_code, "X.0001"),
        (columns.course_code, "ELA3"),
        (columns.course_code, "ela3105"),
        (columns.course_code, "ELA310555"),
        (columns.codes_of_digits(3), "1;2;3;4"),
        (columns.codes_of_digits(3), "1;"),
        (columns.codes_of_digits(3), "12345"),
        (columns.guid, "f2952f48c98b4fb9b81505b0f60c9526"),
        (columns.whole(1, 2147483647), "0"),
        (columns.whole(1, 2147483647), "2147483648"),
        (columns.whole(0, 30), "-1"),
        (columns.whole(0, 30), "5.0"),
        (columns.whole(0, 30), "٥"),
        (columns.school_year, "1904"),
        (columns.school_year, "3000"),
        (columns.boolean, "True"),
        (columns.boolean, "1"),
        (columns.day, "2023-02-29"),
        (columns.day, "20240101"),
        (columns.day, "2024-W01-1"),
        (columns.day, "01/02/2024"),
        (columns.day, "2024-01-01T00:00"),
        (columns.day, "0000-01-01"),
        (columns.birth_day, "1799-12-31"),
        (columns.birth_day, "3000-01-01"),
        (columns.instant, "2024-02-30"),
        (columns.instant, "2024-01-01T25:00"),
        (columns.instant, "0001-01-01"),
        (columns.one_of("A", "B"), "C"),
    ],
)
def test_a_cell_is_refused(reading, cell):
    with pytest.raises(CellProblem):
        reading(cell)


def test_the_values_of_a_short_list_are_named():
    with pytest.raises(CellProblem, match="must be one of F, M, U, X"):
        columns.one_of("M", "F", "U", "X")("female")
