"""What a Credential Officer does with one credential: finding it by number, re-issuing it, its
legacy number, deleting it in words, awarding one student."""

import datetime
import html
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import RecordRead, ServiceCall
from credentials.credential_numbers import written
from credentials.models import ArchivedCredential, AwardedCredential
from pasi.models import Code
from students.models import Student
from tests.admin.conftest import address, signed_in, staff
from tests.admin.test_service_forms import as_shown, errors
from tests.admin.test_student_page import text_of
from tests.credentials.calls import graduate
from tests.credentials.officer import applied, order, recalculated, with_identity
from tests.credentials.officer import award as award
from tests.credentials.officer import officer as officer
from tests.province_builder import make_award, make_mark, make_student, set_up

FIND = "/admin/credentials/awardedcredential/by-number/"
GROUPS = ["Registry Clerk", "Alerts Officer", "Auditor", "Administrator", ""]


@pytest.fixture
def olive(db, settings) -> Client:
    settings.PASI_TODAY = datetime.date(2026, 7, 31)
    return signed_in(staff("olive", "Credential Officer", first_name="Olive", last_name="Officer"))


@pytest.fixture
def student(olive, officer) -> Student:
    with set_up():
        return graduate()


def page(award: AwardedCredential, name: str) -> str:
    return f"{address(AwardedCredential, 'changelist')}{award.pk}/{name}/"


def award_page(student: Student) -> str:
    return reverse("admin:award_one_student", args=[student.asn])


def calls() -> list[str]:
    return list(
        ServiceCall.objects.filter(door="back_office")
        .order_by("pk")
        .values_list("operation", flat=True)
    )


def labels(form, field: str) -> list[str]:
    return [str(label) for _value, label in form.fields[field].choices]


def shown(response) -> str:
    return html.unescape(text_of(response))


# --- Re-issue -----------------------------------------------------------------------------------


def test_re_issue_with_the_present_legal_name(olive, award):
    with_identity(award.student, LastName="King")
    recalculated()
    form = olive.get(page(award, "re-issue")).context["form"]
    assert labels(form, "name") == ["Ada Byron (as awarded)", "Ada King (present legal name)"]
    assert labels(form, "school_year")[0] == "2025/2026"
    assert "is archived" in shown(olive.get(page(award, "re-issue")))
    former = award.number_id
    king = json.dumps(["Ada", "", "King", ""])
    answer = olive.post(
        page(award, "re-issue"),
        as_shown(olive, page(award, "re-issue"), name=king, school_year="2025"),
        follow=True,
    )
    award.refresh_from_db()
    assert (award.last_name, award.school_year, award.number_id != former) == ("King", 2025, True)
    text = shown(answer)
    assert f"its number is {written(award.number_id)} now" in text
    assert "Re-issued: the school year 2025/2026 became 2024/2025." in text
    assert "the name Ada Byron became Ada King. By Olive Officer (olive)" in text
    assert ArchivedCredential.objects.get().number_id == former
    assert calls() == ["SubmitCredentialReIssue"]


def test_what_the_service_refuses_stands_at_its_field(olive, award, officer):
    where = page(award, "re-issue")
    unchanged = olive.post(where, as_shown(olive, where))
    [text] = errors(unchanged)["__all__"]
    assert text.endswith("(44005)")
    too_long = olive.post(where, as_shown(olive, where, legacy_number="a  b", school_year="2024"))
    assert list(errors(too_long)) == ["legacy_number"]
    invented = as_shown(olive, where, name=json.dumps(["Eve", "", "Byron", ""]))
    assert list(errors(olive.post(where, invented))) == ["name"]
    order(award)
    assert "(44015)" in shown(olive.get(where))
    [text] = errors(olive.post(where, as_shown(olive, where, school_year="2024")))["__all__"]
    assert text.endswith("(44015)")
    assert not ArchivedCredential.objects.exists()


def test_a_name_that_was_changed_meanwhile_is_refused_at_the_name(olive, award):
    with_identity(award.student, LastName="King")
    form = as_shown(olive, page(award, "re-issue"), name=json.dumps(["Ada", "", "King", ""]))
    with_identity(award.student, LastName="Lovelace")
    answer = olive.post(page(award, "re-issue"), form)
    assert list(errors(answer)) == ["name"]


def test_two_officers_re_issue_one_after_the_other(olive, award, officer):
    mine = as_shown(olive, page(award, "re-issue"), school_year="2024")
    applied(officer.re_issue(award, SchoolYear=2025))
    former = award.number_id
    award.refresh_from_db()
    answer = olive.post(page(award, "re-issue"), mine)
    assert answer.context["came_too_late"]
    meanwhile = {each.label: (each.was, each.now) for each in answer.context["meanwhile"]}
    assert meanwhile == {
        "Credential number": (written(former), written(award.number_id)),
        "School year": ("2025/2026", "2024/2025"),
    }
    form = answer.context["form"]
    assert form["school_year"].value() == "2024"
    again = {name: form[name].value() or "" for name in form.fields}
    assert olive.post(page(award, "re-issue"), again).status_code == 302
    award.refresh_from_db()
    assert award.school_year == 2024


@pytest.mark.parametrize("shown", ['{"name": "[1"}', '{"name": 7, "school_year": "x"}', "[]"])
def test_what_was_shown_may_be_tampered_with(olive, award, officer, shown):
    form = as_shown(olive, page(award, "re-issue"), school_year="2024", as_shown=shown)
    applied(officer.re_issue(award, SchoolYear=2025))
    answer = olive.post(page(award, "re-issue"), form)
    assert answer.status_code == 200
    assert answer.context["came_too_late"]


# --- Legacy number; deleting in words -----------------------------------------------------------


def test_legacy_number(olive, award):
    where = page(award, "legacy-number")
    [text] = errors(olive.post(where, as_shown(olive, where)))["legacy_number"]
    assert text.endswith("(9023)")
    assert olive.post(where, as_shown(olive, where, legacy_number="OLD-7")).status_code == 302
    assert olive.post(where, as_shown(olive, where, legacy_number="")).status_code == 302
    award.refresh_from_db()
    assert award.legacy_number == ""
    assert "OLD-7" in list(award.history.values_list("legacy_number", flat=True))


def test_delete_in_words_and_bring_back(olive, award):
    where = page(award, "delete-with-reason")
    both = {"reason": "Revoked", "words": "By mistake"}
    assert list(errors(olive.post(where, as_shown(olive, where, **both)))) == ["words"]
    assert list(errors(olive.post(where, as_shown(olive, where)))) == ["reason"]
    doubled = as_shown(olive, where, words="By  mistake")
    assert list(errors(olive.post(where, doubled))) == ["words"]
    answer = olive.post(where, as_shown(olive, where, words="By mistake"), follow=True)
    assert "Deleted: By mistake." in shown(answer)
    assert "Award it anew" in shown(answer)
    assert "(44003)" in shown(olive.get(page(award, "re-issue")))
    form = olive.get(where).context["form"]
    assert (form["reason"].value(), form["words"].value()) == ("", "By mistake")
    back = page(award, "bring-back")
    assert "It was deleted for this reason: By mistake." in shown(olive.get(back))
    assert olive.post(back, as_shown(olive, back)).status_code == 302
    award.refresh_from_db()
    assert not award.is_deleted


# --- Award one student --------------------------------------------------------------------------


def test_award_one_student(olive, student):
    what = shown(olive.get(award_page(student)))
    assert "What would be awarded now Alberta High School Diploma (AHSD) , 2025/2026" in what
    assert "Certificate of High School Achievement (CHSA): not open to the student" in what
    assert RecordRead.objects.latest("read_at").state_province_ids == [student.asn]
    answer = olive.post(award_page(student), as_shown(olive, award_page(student)), follow=True)
    made = AwardedCredential.objects.get()
    assert (made.credential_type, made.school_year, made.legacy_number) == ("AHSD", 2026, "")
    assert f"AHSD is awarded to Ada Byron, under the number {written(made.number_id)}" in shown(
        answer
    )
    recalculated()
    nothing = olive.get(award_page(student))
    assert "Nothing can be awarded now" in shown(nothing)
    assert "(AHSD): awarded already" in shown(nothing)
    assert calls() == ["SubmitCredentialAwardingSingle"]


def test_what_awarding_refuses_stands_at_its_field(olive, student, officer):
    form = as_shown(olive, award_page(student))
    with set_up():
        deactivated = graduate(is_deactivated=True)
        prior = make_student(achieved=["ADEX"])
        code = Code.objects.get(code_type="CredentialType", code="ADEX")
        code.expiry_school_year = 2025
        code.save()
    applied(officer.single(student))
    again = {**form, "call_id": "7d8ae9ff-6f5b-4a0a-8a1c-3e7ea5dfb3c9"}
    recalculated()
    assert "credential" in errors(olive.post(award_page(student), again))
    assert "(44013)" in shown(olive.get(award_page(deactivated)))
    answer = olive.post(award_page(prior), as_shown(olive, award_page(prior)))
    [text] = errors(answer)["school_year"]
    assert text.endswith("(44009)")


def test_a_secondary_number_leads_to_the_primary(olive, student):
    with set_up():
        secondary = make_student(primary=student)
    text = olive.get(award_page(secondary)).content.decode()
    assert "(44014)" in text
    assert award_page(student) in text


def test_whom_to_award(olive, student):
    whom = reverse("admin:award_whom")
    for text in (student.asn, f" {student.asn[:4]}-{student.asn[4:8]}-{student.asn[8:]} "):
        assert olive.get(whom, {"q": text}).headers["Location"] == award_page(student)
    assert "has nine digits" in shown(olive.get(whom, {"q": "Byron"}))
    assert "No student has the number" in shown(olive.get(whom, {"q": "999999999"}))


# --- Find by number -----------------------------------------------------------------------------


def test_every_number_leads_to_the_credential_and_says_what_it_is(olive, award, officer):
    first = award.number_id
    applied(officer.renumber(award, "OLD-7"))
    award.refresh_from_db()
    applied(officer.re_issue(award, SchoolYear=2025, LegacyCredentialNumber="NEW-8"))
    award.refresh_from_db()
    there = address(AwardedCredential, "change", award.pk)
    for text, what in (
        (written(award.number_id), None),
        (str(award.number_id), None),
        (written(first), "a former number of it"),
        (str(first), "a former number of it"),
        ("new-8", "its legacy number"),
        ("OLD-7", "a legacy number that it had under a former number"),
    ):
        answer = olive.get(FIND, {"q": text})
        assert answer.headers["Location"] == there, text
        says = shown(olive.get(there))
        if what:
            assert f"{text} is {what}" in says
            assert f"The number now is {written(award.number_id)}" in says
        else:
            assert "The number now is" not in says
    nothing = shown(olive.get(FIND, {"q": "10000-99999"}))
    assert "No credential has or had the number 10000-99999" in nothing


def test_start_and_the_palette_find_by_number_or_by_the_student(olive, award):
    [url] = [f["url"] for f in olive.get("/admin/").context["finds"] if "credential" in f["label"]]
    number, there = written(award.number_id), address(AwardedCredential, "change", award.pk)
    assert olive.get(url, {"q": number}).headers["Location"] == there
    palette = olive.get("/admin/search/", {"s": number, "extended": "1"}).content.decode()
    assert f'href="{url}?q={number}"' in palette
    for text in (award.student.asn, award.last_name):
        [shown_there] = olive.get(url, {"q": text}, follow=True).context["cl"].result_list
        assert shown_there == award


def test_a_legacy_number_of_several_credentials_leads_to_all(olive, award, officer):
    with set_up():
        others = [graduate() for _each in range(3)]
        for number, other in enumerate(others):
            old = make_award(other, "AHSD", 1_000_001_000 + number, 2020)
            old.legacy_number = "SAME"
            old.save()
    with CaptureQueriesContext(connection) as few:
        assert len(olive.get(FIND, {"q": "same"}).context["hits"]) == 3
    applied(officer.renumber(award, "SAME"))
    with CaptureQueriesContext(connection) as more:
        answer = olive.get(FIND, {"q": "same"})
    assert len(answer.context["hits"]) == 4
    assert len(few) == len(more)
    assert len(RecordRead.objects.latest("read_at").state_province_ids) == 4


# --- Who may, and what it costs -----------------------------------------------------------------


@pytest.mark.parametrize("group", GROUPS)
def test_nobody_else_may_change_or_award(olive, award, student, group):
    other = signed_in(staff("somebody", group))
    for where in (
        *(page(award, name) for name in ("re-issue", "legacy-number", "order-document")),
        award_page(student),
        reverse("admin:award_whom"),
    ):
        assert other.get(where).status_code == 403, where
        assert other.post(where).status_code in (403, 405), where
    assert other.get(FIND).status_code == (200 if group == "Auditor" else 403)
    assert calls() == []


def test_the_pages_cost_the_same_whatever_there_is_of_the_student(olive, award, student, officer):
    where = [page(award, "re-issue"), page(award, "delete-with-reason"), award_page(student)]

    def costs() -> list[int]:
        found = []
        for each in where:
            olive.get(each)
            with CaptureQueriesContext(connection) as captured:
                olive.get(each)
            found.append(len(captured))
        return found

    before = costs()
    for year in (2022, 2023, 2024):
        award.refresh_from_db()
        applied(officer.re_issue(award, SchoolYear=year))
        with set_up():
            make_mark(student, f"SST{year}", year, 5, "80")
    recalculated()
    assert costs() == before
    assert max(before) < 40, before
