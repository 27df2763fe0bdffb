"""Lists of ASNs in files: what is taken, and how errors are named."""

import os

import pytest

from credentials.asn_files import BadAsnFile, read_asns

A, B, C = "100000001", "200000002", "300000003"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "asns.csv"

    def write(content):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"{A}\n{B}\n", [A, B]),
        (f"{A}\r\n{B}", [A, B]),
        (f"\n\n{A}\n\n  \n{B}\n\n", [A, B]),
        (f"  {A} \n\t{B}\n", [A, B]),
        ("1000-0000-1\n200-000-002\n", [A, B]),
        (f"\ufeff{A}\n", [A]),
        (f"{B}\n{A}\n{B}\n", [B, A, B]),
        (f"asn\n{A}\n", [A]),
        (f"StateProvinceId\n{A}\n", [A]),
        (f"\ufeffname,asn\nAda,{A}\n", [A]),
        (f"name, asn ,note\nAda,{A},\n\n,{B},x\n", [A, B]),
        (f'asn,note\n"{A}","two\nlines"\n{B},"a, b"\n', [A, B]),
        (f'"{A}"\n', [A]),
        (f"asn,StateProvinceId\n{A},{B}\n", [A]),
        (f"asn,a,b\n{A},,\n,,\n", [A]),
        (f"ASN\n{A}\n", [A]),
        (f"Name,stateprovinceid\nAda,{A}\n", [A]),
        (f"\ufeffName;ASN;Note\r\nAda;1000-0000-1;a, b\r\n;{B};\r\n", [A, B]),
        (f'"Name";"Asn"\n"a;b";"{A}"\n', [A]),
        (f"Name\tASN\nAda\t{A}\n", [A]),
        (f"Prénom;ASN\nZoë;{A}\n".encode("cp1252"), [A]),
        (f"asn,nom\n{A},Zoë\n".encode("cp1252"), [A]),
    ],
)
def test_taken(file, content, expected):
    assert list(read_asns(file(content))) == expected


def problems(path) -> list[str]:
    with pytest.raises(BadAsnFile) as raised:
        read_asns(path)
    assert str(raised.value) == "\n".join(raised.value.problems)
    return [problem.replace(str(path), "F") for problem in raised.value.problems]


def wrong(line, text, column="asn") -> str:
    return f"F:{line}: {column}: {text!r} is not an ASN: nine digits, 000000001 to 999999999"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"{A}\n1234567890\n{B}\nabcdefghi\n", [wrong(2, "1234567890"), wrong(4, "abcdefghi")]),
        ("000000000\n", [wrong(1, "000000000")]),
        ("\n\n12\n", [wrong(3, "12")]),
        ("ASN\n", ["F:1: file: it has no ASN"]),
        (f"Nom;ASN\nZoë;{A}\nZoë;12\n".encode("cp1252"), [wrong(3, "12", "ASN")]),
        (f"nom,asn\nx,Zoë{A}\n".encode("cp1252"), ["F:2: file: it is not UTF-8"]),
        (f"{A},{B}\n", [wrong(1, f"{A},{B}")]),
        (f"{A};{B}\n", [wrong(1, f"{A};{B}")]),
        ("١٢٣٤٥٦٧٨٩\n", [wrong(1, "١٢٣٤٥٦٧٨٩")]),
        (f"{A}\x00\n", [wrong(1, f"{A}\x00")]),
        ("x" * 500, [wrong(1, "x" * 40)]),
        (f"name,asn\nAda\nBob,{B}\n", [wrong(2, "")]),
        (f"name,StateProvinceId\nAda,12\nBob,{B}\n", [wrong(2, "12", "StateProvinceId")]),
        (
            f'note,asn\n"two\nlines",{A}\n"three\n\nlines",12\nx,13\n',
            [wrong(4, "12"), wrong(7, "13")],
        ),
        (b"", ["F:1: file: it has no ASN"]),
        ("\n \n\n", ["F:1: file: it has no ASN"]),
        ("asn\n\n", ["F:1: file: it has no ASN"]),
        (f"{A}\n{B}\n".encode() + b"\xff\n", ["F:3: file: it is not UTF-8"]),
        (f"{A}\n".encode("utf-16"), ["F:1: file: it is not UTF-8"]),
        (
            f"{A}\n{B}\n" + "x" * 200_000,
            ["F:3: file: it is not CSV: field larger than field limit (131072)"],
        ),
    ],
)
def test_refused(file, content, expected):
    assert problems(file(content)) == expected


def test_a_hundred_problems_are_named(file):
    found = problems(file(f"{A}\n" + "x\n" * 250))
    assert found == [*(wrong(line, "x") for line in range(2, 102)), "and 150 more"]


def test_nothing_is_given_out_of_a_file_with_one_error_at_its_end(file):
    lines = [f"{number}" for number in range(100_000_000, 100_020_000)]
    path = file("\n".join([*lines, "12"]))
    assert problems(path) == [wrong(20_001, "12")]
    good = read_asns(file("\n".join(lines)))
    assert next(good) == lines[0]
    assert sum(1 for _ in good) == 19_999


def test_what_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_asns(tmp_path / "missing")
    os.mkfifo(tmp_path / "pipe")  # it is read twice, and a pipe has nothing the second time
    for path in (tmp_path, tmp_path / "pipe"):
        assert problems(path) == ["F:1: file: it is not a regular file"]
