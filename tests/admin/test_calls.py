"""The list of calls: what narrows it, and all of it as a file."""

import csv
import datetime
import io

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import call_csv
from audit.call_filters import CodeFilter, instant_of
from audit.models import RecordRead, ServiceCall
from credentials.models import AwardingOutcome, AwardingRun
from pasi.back_office.csv_out import defused
from pasi.calendar import ALBERTA
from pasi.models import PasiClient
from tests.admin.conftest import address, signed_in, staff
from tests.admin.population import make_call
from tests.figures import MINUTE, call_at
from tests.province_builder import make_client, set_up

LIST = address(ServiceCall, "changelist")
CSV = f"{LIST}csv/"
NOON = datetime.datetime(2026, 3, 10, 12, tzinfo=ALBERTA)


@pytest.fixture
def calls(db) -> dict[str, ServiceCall]:
    with set_up():
        client = make_client("Schoolhouse")
    rita = staff("rita")
    found = {
        "client": call_at(NOON, client=client, operation="Op", door="http"),
        "organization": call_at(NOON + MINUTE, operation="Op", organization_code="S.0982"),
        "user": call_at(NOON + 2 * MINUTE, operation="Op", user_name="Zoë Brûlé"),
        "staff": call_at(NOON + 3 * MINUTE, operation="Op", staff=rita, door="back_office"),
        "student": call_at(NOON + 4 * MINUTE, operation="Op", asns=["100000007"]),
        "code": call_at(NOON + 5 * MINUTE, "Rejected", operation="Op", codes=["44012", "9002"]),
        "silent": call_at(NOON + 6 * MINUTE, None, operation="Op"),
        "underway": call_at(timezone.now(), None, operation="Op"),
    }
    run = AwardingRun.objects.create(origin="http", started_by="t", call=found["client"])
    AwardingOutcome.objects.create(run=run, position=300, asn="200000007")
    return found


def shown(client, **query) -> list[ServiceCall]:
    response = client.get(LIST, {"operation": "Op", **query})
    return list(response.context["cl"].result_list)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"organization": "s.0982"}, ["organization"]),
        ({"organization": "S.0001"}, []),
        ({"user": "zoe brule"}, ["user"]),
        ({"user": "rita"}, ["staff"]),
        ({"user": "nobody"}, []),
        ({"asn": "1000-0000-7"}, ["student"]),
        ({"asn": "200000007"}, ["client"]),  # the list of a run names more than a response
        ({"code": "44012"}, ["code"]),
        ({"code": "4401"}, []),
        ({"outcome": "unanswered", "since": "2026-03-01"}, ["silent"]),
        ({"outcome": "unanswered"}, []),  # of the last 24 hours
        ({"outcome": "none", "since": "2026-03-01"}, ["underway", "silent"]),
        ({"outcome": "none"}, ["underway"]),
        ({"since": "2026-03-10 12:05", "until": "2026-03-10 12:05"}, ["code"]),
        ({"since": "2026-03-10T12:06", "until": "2026-03-10"}, ["silent"]),
        ({"until": "2026-03-09"}, []),
        ({"since": "2026-03-11", "until": "2026-03-12"}, []),
        ({"since": "2026-03-11"}, ["underway"]),
        ({"code": "44012", "organization": "O.1", "asn": ""}, ["code"]),
    ],
    ids=str,
)
def test_what_narrows_the_list(boss, calls, query, names):
    response = boss.get(LIST, {"operation": "Op", **query}, follow=True)
    assert list(response.context["cl"].result_list) == [calls[name] for name in names]
    assert not list(response.context["messages"])


def test_a_client_is_chosen_by_name(boss, calls):
    key = PasiClient.objects.get(name="Schoolhouse").pk
    response = boss.get(LIST, {"client": key})
    assert list(response.context["cl"].result_list) == [calls["client"]]
    page = response.content.decode()
    assert f'<option value="{key}" selected>Schoolhouse</option>' in page
    assert "Client: <strong>Schoolhouse</strong>" in page


@pytest.mark.parametrize(
    ("name", "value", "how"),
    [
        ("organization", "982", "An organization is written S.0982"),
        ("asn", "12", "An ASN has nine digits"),
        ("code", "x", "A rule code has four or five digits"),
        ("since", "10 March", "“From” is a day such as 2026-11-22"),
        ("until", "2026-02-30", "“To” is a day such as 2026-11-22"),
        ("client", "Schoolhouse", "Choose a client from the list."),
    ],
)
def test_what_cannot_be_read_finds_nothing_and_says_how_to_write_it(boss, calls, name, value, how):
    response = boss.get(LIST, {name: value})
    assert list(response.context["cl"].result_list) == []
    page = response.content.decode()
    assert how in page
    assert f'value="{value}"' in page or name == "client"
    answer = boss.get(CSV, {name: value}, follow=True)
    assert answer.redirect_chain
    assert how in answer.content.decode()


def test_fields_left_empty_are_left_out_of_the_address(boss, calls):
    answer = boss.get(LIST, {"operation": "Op", "asn": "", "code": "44012", "user": ""})
    assert answer.url == "?operation=Op&code=44012"


def test_days_and_minutes_of_alberta():
    assert instant_of("2026-07-01", end=False).isoformat() == "2026-07-01T00:00:00-06:00"
    assert instant_of("2026-07-01", end=True).isoformat() == "2026-07-02T00:00:00-06:00"
    assert instant_of("2026-01-01 09:30", end=True).isoformat() == "2026-01-01T09:31:00-07:00"


# --- As a file ----------------------------------------------------------------------------------


def rows(response) -> list[list[str]]:
    assert response.status_code == 200
    assert response.streaming
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_file_holds_what_the_list_shows_and_is_recorded(boss, calls):
    link = f"{CSV}?operation=Op&amp;since=2026-03-10+12%3A04&amp;until=2026-03-10"
    query = {"operation": "Op", "since": "2026-03-10 12:04", "until": "2026-03-10"}
    assert link in boss.get(LIST, query).content.decode()
    before = RecordRead.objects.count()
    headings, *found = rows(boss.get(CSV, query))
    assert headings[:5] == [
        "Received (Alberta time)",
        "Operation",
        "Outcome",
        "HTTP status",
        "Rule codes",
    ]
    assert [row[-1] for row in found] == [
        str(calls[name].pk) for name in ("silent", "code", "student")
    ]
    silent, code, student = found
    assert silent[:5] == ["2026-03-10 12:06:00", "Op", "No answer", "", ""]
    assert code[2:5] == ["Rejected", "200", "44012, 9002"]
    assert student[9] == "1000-0000-7"
    assert RecordRead.objects.count() == before + 1
    read = RecordRead.objects.order_by("message_id").last()
    assert (read.path, read.state_province_ids) == (CSV, ["100000007"])
    assert read.filters == query
    assert read.staff.username == "boss"


def test_a_long_file_is_fetched_and_recorded_piece_by_piece(boss, db, monkeypatch):
    monkeypatch.setattr(call_csv, "CHUNK", 2)
    made = [call_at(NOON + n * MINUTE, operation="Op", asns=[f"10000000{n}"]) for n in range(5)]
    response = boss.get(CSV, {"operation": "Op"})
    with CaptureQueriesContext(connection) as captured:
        _headings, *found = rows(response)
    assert [row[-1] for row in found] == [str(call.pk) for call in reversed(made)]
    fetched = [each for each in captured if 'FROM "audit_servicecall"' in each["sql"]]
    assert len(fetched) == 3
    reads = RecordRead.objects.filter(path=CSV).order_by("message_id")
    assert [read.count for read in reads] == [2, 2, 1]


def test_a_file_without_students_is_no_read_of_personal_data(boss, calls):
    rows(boss.get(CSV, {"code": "44012"}))
    assert not RecordRead.objects.exists()


def test_a_cell_is_never_a_formula(boss, db):
    make_call(operation="Op", user_name="=HYPERLINK(1)", client_message_id="@SUM(A1)")
    _headings, row = rows(boss.get(CSV, {"operation": "Op"}))
    assert row[5] == "'=HYPERLINK(1)"
    assert row[10] == "'@SUM(A1)"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        *((f"{sign}1", f"'{sign}1") for sign in ("=", "+", "-", "@", "\t", "\r")),
        ("1-2", "1-2"),
        (None, ""),
        (7, "7"),
        ("", ""),
        (" =1", " =1"),
    ],
)
def test_what_is_written_into_a_cell(cell, text):
    assert defused(cell) == text


def test_the_file_is_for_those_who_may_see_calls(db):
    for group in ("Registry Clerk", "Administrator"):
        assert signed_in(staff(group, group)).get(CSV).status_code == 403
    looker = staff("looker")
    looker.user_permissions.add(Permission.objects.get(codename="view_servicecall"))
    assert signed_in(looker).get(CSV).status_code == 200
    assert signed_in(looker).post(CSV).status_code == 405


def test_rule_codes_are_found_by_their_index(db):
    """Its condition must be written as the index has it."""
    request = RequestFactory().get("/")
    narrow = CodeFilter(request, {"code": ["44012"]}, ServiceCall, None)
    calls = narrow.queryset(request, ServiceCall.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "response_by_code" in calls.explain()
