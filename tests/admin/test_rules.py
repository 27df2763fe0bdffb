"""The catalogue of rules as staff read it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pasi.catalogue import entries
from pasi.rules import catalogue
from tests.admin.conftest import signed_in, staff
from tests.admin.test_student_page import text_of

RULES = "/admin/rules/"


@pytest.fixture
def officer(db) -> Client:
    return signed_in(staff("alice", "Alerts Officer"))


def codes(client: Client, **query) -> list[str]:
    return [row["entry"].code for row in client.get(RULES, query).context["rows"]]


def test_the_catalogue_is_searched_and_narrowed(officer):
    every = {entry.code: entry for entry in entries()}
    assert codes(officer) == list(every)
    assert codes(officer, q="10018") == ["10018"]
    assert "12002" in codes(officer, q="warning STATUS cannot")
    of_service = codes(officer, q="SubmitOfficialMark")
    assert {"99050", "9002"} <= set(of_service) and "10018" not in of_service
    assert {every[code].kind for code in codes(officer, kind="Warning")} == {"Warning"}
    assert {every[code].certainty for code in codes(officer, certainty="inferred")} == {"inferred"}
    assert "10064" not in codes(officer, year="2018") and "10064" in codes(officer, year="2019")
    assert "11104" in codes(officer, state="never") and "11104" not in codes(
        officer, state="raised"
    )
    assert codes(officer, q="nothing is like this") == []
    assert "No rule is like that" in text_of(officer.get(RULES, {"q": "nothing is like this"}))
    for nonsense in ({"year": "x"}, {"kind": "x"}, {"state": "x"}, {"year": "9" * 30}):
        assert codes(officer, **nonsense) == list(every)


def test_a_rule_that_is_switched_off_says_so(officer, settings):
    code = next(rule.code for rule in catalogue() if rule.may_be_off)
    settings.PASI_RULES_OFF = [code]
    assert codes(officer, state="off") == [code]
    assert "1 is switched off." in text_of(officer.get(RULES))
    assert "Switched off here (PASI_RULES_OFF)" in text_of(officer.get(f"{RULES}{code}/"))


def test_the_page_of_a_rule(officer):
    text = text_of(officer.get(f"{RULES}12002/"))
    for said in ("Rejection: refuses a request", "AlertCode, Status", "Inferred", "always"):
        assert said in text
    page = officer.get(f"{RULES}10018/").content.decode()
    assert 'href="/admin/enrolments/corealert/?code=10018"' in page
    assert officer.get(f"{RULES}1/").status_code == 404
    assert officer.post(f"{RULES}10018/").status_code == 403


def test_everybody_in_a_group_reads_it_and_nobody_else(db):
    groups = ("Registry Clerk", "Credential Officer", "Alerts Officer", "Auditor", "Administrator")
    for group in groups:
        member = signed_in(staff(group, group))
        assert member.get(RULES).status_code == member.get(f"{RULES}10018/").status_code == 200
        assert f'href="{RULES}"' in member.get("/admin/").content.decode()
    outsider = signed_in(staff("nobody"))
    assert outsider.get(RULES).status_code == outsider.get(f"{RULES}10018/").status_code == 403
    assert f'href="{RULES}"' not in outsider.get("/admin/").content.decode()


def test_it_asks_the_database_for_the_reader_alone(officer):
    officer.get(RULES)
    with CaptureQueriesContext(connection) as captured:
        officer.get(RULES)
    read = [query["sql"].split(' FROM "')[1] for query in captured if ' FROM "' in query["sql"]]
    tables = {each.split('"')[0] for each in read}
    of_the_reader = {"django_session", "auth_user", "auth_permission", "pasi_onetimepassword"}
    assert tables <= of_the_reader
