"""The search for students: who is found by what is typed, in which order, why, at what price."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import students.admin
from pasi.back_office import lists
from students import finding
from students.models import Name, Student
from tests.admin.conftest import address, signed_in, staff
from tests.province_builder import make_name, make_student, set_up

DAY = datetime.date(2008, 3, 1)


@pytest.fixture
def people(db) -> None:
    with set_up():
        make_student("100000007", first_name="Jo", last_name="Smith", birth_date=DAY)
        make_student("100000015", first_name="Joanna", last_name="Smithers")
        make_student("100000023", first_name="Jo", last_name="Smyth")
        zoe = make_student("100000031", first_name="Zoë", last_name="D'Aoust", middle_name="Ann")
        make_name(zoe, "Countess", "", "Lovelace")
        make_student(
            "100000049", first_name="Smith", last_name="Jones", birth_date=DAY, is_deactivated=True
        )
        make_student(
            "100000056",
            first_name="William",
            last_name="Tell",
            birth_date=datetime.date(2008, 1, 3),
        )


def found(client, text: str, **filters: str) -> list[tuple[str, str]]:
    """(ASN, why) of each, in order."""
    query = {"q": text, **filters}
    changelist = client.get(address(Student, "changelist"), query).context["cl"]
    return [(each.asn, str(getattr(each, "why", ""))) for each in changelist.result_list]


@pytest.mark.parametrize(
    ("text", "asns"),
    [
        ("Jo Smith", ["100000007", "100000015", "100000049", "100000023"]),
        ("Smith Jo", ["100000007", "100000015", "100000049", "100000023"]),
        ("smith, jo", ["100000007", "100000015", "100000023"]),
        ("jo", ["100000007", "100000023", "100000015", "100000049"]),
        ("zoe daoust", ["100000031"]),
        ("D'Aoust Zoë Ann", ["100000031"]),
        ("Ann Zoe D'Aoust", ["100000031"]),
        ("d'aoust, zoe ann", ["100000031"]),
        ("Lovelace", ["100000031"]),
        ("2008-03-01", ["100000049", "100000007"]),
        ("Smith 2008-03-01", ["100000007", "100000049"]),
        ("2008-03-01 jo smith", ["100000007"]),
        ("Bill Tell 2008-03-01", ["100000056"]),
        ("Bill Tell", ["100000056"]),
        ("Smith 2009-01-01", []),
        ("2008-02-31", []),
        ("1000-0000", ["100000007"]),
        ("a b c d e f g h", []),
        (",", []),
    ],
)
def test_who_is_found_and_in_which_order(boss, people, text, asns):
    assert [asn for asn, _why in found(boss, text)] == asns


@pytest.mark.parametrize(
    ("text", "asn", "why"),
    [
        ("Jo Smith", "100000007", "the name as typed"),
        ("Jo Smith", "100000015", "the name begins so"),
        ("Jo Smith", "100000023", "sounds alike"),
        ("Lovelace", "100000031", "the name as typed, by the name Countess Lovelace"),
        ("Smith Jo 2008-03-01", "100000007", "the name as typed, same birth date"),
        (
            "Bill Tell 2008-03-01",
            "100000056",
            "day and month of birth changed places, another form of the first name",
        ),
        ("1000-0000", "100000007", ""),
    ],
)
def test_it_says_why(boss, people, text, asn, why):
    assert dict(found(boss, text))[asn] == why


@pytest.mark.parametrize("text", ["100000015", " 1000-0001-5 "])
def test_a_whole_number_opens_the_record_where_nothing_else_is_chosen(boss, people, text):
    with set_up():
        primary = Student.objects.get(asn="100000007")
        Student.objects.filter(asn="100000015").update(primary=primary)
    listed, student = address(Student, "changelist"), Student.objects.get(asn="100000015")
    for query in ({"q": text}, {"q": text, "status": ""}):
        answer = boss.get(listed, query)
        assert answer.headers["Location"] == address(Student, "change", student.pk)
    assert "secondary number" in boss.get(answer.headers["Location"]).content.decode()
    assert found(boss, text, status="Active") == []
    assert found(boss, "999999999") == []
    nobody = signed_in(staff("nobody"))
    assert nobody.get(listed, {"q": text}).status_code == 403


def test_the_other_lists_take_the_same_words(boss, people):
    for text in ("Smith Jo", "smith, jo 2008-03-01"):
        keys = lists.students_found(text)
        assert "100000007" in Student.objects.filter(pk__in=keys).values_list("asn", flat=True)


def queries_of(client, text: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        found(client, text)
    return [query["sql"] for query in captured]


TEXTS = ("smith", "jo smith", "smith 2008-03-01", "2008-03-01", "1000")


def test_the_price_does_not_depend_on_how_many_there_are(boss, people):
    before = {text: len(queries_of(boss, text)) for text in TEXTS for _twice in range(2)}
    with set_up():
        for each in range(30):
            asn = f"3000000{each:02}"
            make_student(asn, first_name="Jo", last_name="Smith", birth_date=DAY)
    for text in TEXTS:
        assert len(queries_of(boss, text)) == before[text], text
        assert before[text] < 20, text
    assert len(found(boss, "jo smith")) == 34


def test_behind_every_search_is_an_index(boss, people):
    """With sequential scans made dear the planner uses none where an index can serve."""
    for text in TEXTS:
        for sql in queries_of(boss, text):
            if not sql.startswith("SELECT") and not sql.startswith("("):
                continue
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("EXPLAIN " + sql)
                plan = "\n".join(row[0] for row in cursor.fetchall())
            for table in ("students_student", "students_name", "students_namekey"):
                assert f"Seq Scan on {table} " not in plan, (text, sql, plan)


def test_only_so_many_are_ranked_and_the_page_says_so(boss, people, monkeypatch):
    monkeypatch.setattr(finding, "MOST_RANKED", 2)
    page = boss.get(address(Student, "changelist"), {"q": "jo smith"})
    assert len(page.context["cl"].result_list) == 2
    assert "Only the best matches are shown" in page.content.decode()


@pytest.mark.parametrize("text", ["jo", "jo smith", "jo 2008-03-01", "1000", "2008-03-01"])
def test_a_filter_narrows_whom_the_search_looks_at(boss, people, monkeypatch, text):
    """Not what it has found, of which it keeps a number of the best, all of them active here."""
    for module, most in (
        (finding, "LOOKED_AT"),
        (finding, "MOST_RANKED"),
        (lists, "FOUND_AT_MOST"),
    ):
        monkeypatch.setattr(module, most, 1)
    monkeypatch.setattr(students.admin, "FOUND_AT_MOST", 1)
    assert [asn for asn, _why in found(boss, text, status="Deactivated")] == ["100000049"]


def test_other_lists_say_that_not_all_students_were_looked_at(boss, people, monkeypatch):
    says = "So many students match that only the records of some are shown"
    listed = boss.get(address(Name, "changelist"), {"q": "jo"})
    assert says not in listed.content.decode()
    monkeypatch.setattr(lists, "FOUND_AT_MOST", 2)
    assert says in boss.get(address(Name, "changelist"), {"q": "jo"}).content.decode()
