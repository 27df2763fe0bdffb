"""Awarding in bulk in the back office: whom, preview, confirm, summary, start over; who may; and
that nothing but the run changes, by a call each, until a worker makes its calls.
"""

import csv
import datetime
import io
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import RecordRead, ServiceCall
from credentials import bulk_award_forms, bulk_awarding, runs
from credentials.models import AwardedCredential, AwardingBatch, AwardingRun
from tests.admin.conftest import address, signed_in, staff
from tests.admin.test_student_page import text_of
from tests.admin.test_walk import applied_calls, fingerprints
from tests.credentials.calls import award, graduate
from tests.province_builder import make_school, set_up

DAY = datetime.date(2025, 9, 2)
WHOM = "/admin/credentials/awardingrun/award-in-bulk/"


@pytest.fixture
def officer(db) -> Client:
    return signed_in(staff("olive", "Credential Officer", first_name="Olive", last_name="Officer"))


@pytest.fixture
def graduates(db) -> list[str]:
    """Three with a diploma to be awarded, two of them at S.0001; one with a certificate."""
    with set_up():
        school, other = make_school("S.0001", "A.0001"), make_school("S.0002", "A.0002")
        here = [graduate(enrolments=[(school, 2026, DAY)]).asn for _ in range(2)]
        there = graduate(enrolments=[(other, 2026, DAY)]).asn
        lesser = graduate(achieved=["CHSA"], enrolments=[(school, 2026, DAY)]).asn
        return [*here, there, lesser]


def everyone(**typed) -> dict:
    types = ["AHSD", "ADEX", "ADVD", "GHSD", "HSED", "CHSA", "IOPC", "COSC"]
    return {"whom": "everyone", "form_id": uuid.uuid4(), "school": "", "types": types, **typed}


def a_list(content: str, name: str = "july.csv") -> dict:
    file = SimpleUploadedFile(name, content.encode())
    return {"whom": "list", "form_id": uuid.uuid4(), "file": file}


def ask(client: Client, form: dict) -> AwardingRun:
    """Start a run by a form of step 1; the run whose page is shown then."""
    return shown_run(client.post(WHOM, form))


def shown_run(response) -> AwardingRun:
    assert response.status_code == 302, text_of(response)
    return AwardingRun.objects.get(pk=response["Location"].rstrip("/").split("/")[-2])


def worked_off(run: AwardingRun) -> AwardingRun:
    bulk_awarding.carry_out(run.pk)  # as the worker's job does
    run.refresh_from_db()
    return run


def errors(response, form: str) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context[form].errors)


def page(run: AwardingRun, name: str) -> str:
    return reverse(f"admin:{name}", args=[run.pk])


def press(client: Client, run: AwardingRun, name: str, **typed):
    return client.post(page(run, name), {"form_id": uuid.uuid4(), **typed})


def shown(client: Client, run: AwardingRun) -> str:
    return text_of(client.get(address(AwardingRun, "change", run.pk)))


def lines(client: Client, run: AwardingRun, only: str) -> list[dict]:
    answer = client.get(page(run, "run_results"), {"only": only})
    assert answer["Content-Type"] == "text/csv"
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode())))


# --- From the criteria to the summary -----------------------------------------------------------


def test_from_criteria_over_preview_and_confirmation_to_the_summary_and_over_again(
    officer, graduates
):
    preview = ask(officer, everyone())
    assert (preview.is_dry_run, preview.origin, preview.started_by) == (
        *(True, "back_office"),
        "Olive Officer",
    )
    assert "Waiting for a worker" in shown(officer, preview)
    worked_off(preview)
    text = shown(officer, preview)
    assert "Would be awarded: 4" in text
    assert "nothing was awarded" in text
    assert not AwardedCredential.objects.exists()

    confirm = text_of(officer.get(page(preview, "confirm_award")))
    assert "the same 4 students" in confirm
    assert "AHSD 3, CHSA 1" in confirm
    assert "cannot be undone" in confirm
    assert "decided anew" in confirm
    award(graduates[0])  # meanwhile, by somebody else

    run = shown_run(press(officer, preview, "confirm_award"))
    assert (run.preview, run.is_dry_run, run.origin) == (preview, False, "back_office")
    worked_off(run)
    text = shown(officer, run)
    assert "Awarded: 3" in text and "Not awarded: 1" in text
    assert f"Awarding run {run.pk}" in shown(officer, preview)
    call = ServiceCall.objects.get(pk=AwardingBatch.objects.get(run=run).call_id)
    assert (call.operation, call.door) == ("SubmitCredentialAwardingMultiple", "back_office")
    assert (call.staff.username, call.user_name) == ("olive", "Olive Officer")

    assert [line["StateProvinceId"] for line in lines(officer, run, "all")] == sorted(graduates)
    [failed] = lines(officer, run, "not-awarded")
    assert (failed["StateProvinceId"], failed["CredentialNumber"]) == (graduates[0], "")
    awarded = lines(officer, run, "awarded")
    assert {line["CredentialType"] for line in awarded} == {"AHSD", "CHSA"}
    assert all(int(line["CredentialNumber"]) for line in awarded)
    assert RecordRead.objects.latest("read_at").state_province_ids == sorted(graduates)[1:]

    code = failed["RejectionCode"]
    assert f"{code} " in text_of(officer.get(page(run, "start_over")))
    again = shown_run(press(officer, run, "start_over", rejections=[code]))
    assert (again.is_dry_run, worked_off(again).requested) == (True, 1)
    assert press(officer, again, "confirm_award").status_code == 302
    assert not AwardingRun.objects.filter(preview=again).exists(), "nobody would be awarded"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"school": "S.0001"}, [0, 1, 3]),
        ({"school": "s.0001 School S.0001"}, [0, 1, 3]),
        ({"school": "authority a.0002"}, [2]),
        ({"types": ["CHSA"]}, [3]),
        ({"types": ["CHSA"], "school": "A.0002"}, []),
    ],
    ids=str,
)
def test_whom(officer, graduates, typed, expected):
    run = worked_off(ask(officer, everyone(**typed)))
    assert [batch.asns for batch in run.batches.all()] == (
        [[graduates[place] for place in expected]] if expected else []
    )
    assert run.credential_types == typed.get("types", [])
    assert run.finished_at
    assert ("Nobody was found" in shown(officer, run)) == (not expected)


def test_a_list(officer, graduates):
    form = a_list(
        f"asn\n{graduates[1]}\n\n{graduates[0][:4]}-{graduates[0][4:8]}-{graduates[0][8]}"
    )
    run = ask(officer, form)
    assert (run.requested, run.is_listed, run.criteria) == (2, True, {"file": "july.csv"})
    assert "The numbers in the file july.csv" in shown(officer, run)
    award_run = shown_run(press(officer, worked_off(run), "confirm_award"))
    assert worked_off(award_run).batches.get().asns == [graduates[1], graduates[0]]
    assert AwardedCredential.objects.count() == 2


# --- What is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"school": "S.9999"}, "school", "“S.9999” is not a known school (S.nnnn) or authority"),
        ({"school": "O.1"}, "school", "not a known school"),
        ({"school": "School"}, "school", "Did you mean: S.0001 School S.0001, S.0002"),
        ({"school": "x\x00"}, "school", "Null characters"),
        ({"types": []}, "types", "Choose at least one credential type."),
        ({"types": ["HHSD"]}, "types", "HHSD is not one of the available choices"),
        ({"form_id": "x"}, "form_id", "valid UUID"),
    ],
    ids=str,
)
def test_criteria_that_are_refused(officer, graduates, typed, field, said):
    answer = officer.post(WHOM, everyone(**typed))
    [text] = errors(answer, "everyone")[field]
    assert said in text
    assert not AwardingRun.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("100000007\nnonsense\n1", "july.csv:2: asn: 'nonsense' is not an ASN: nine digits"),
        ("name\nAda", "july.csv:1: asn: 'name' is not an ASN"),
        ("\n\n", "july.csv:1: file: it has no ASN"),
        ("", "The file is empty."),
    ],
)
def test_files_that_are_refused(officer, content, said):
    found = errors(officer.post(WHOM, a_list(content)), "list")["file"]
    assert said in found[0]
    assert not AwardingRun.objects.exists()


def test_a_file_has_a_bound(officer, monkeypatch):
    monkeypatch.setattr(bulk_award_forms, "MOST_BYTES", 1024**2)
    [text] = errors(officer.post(WHOM, a_list("100000007\n" * 110_000)), "list")["file"]
    assert text == "The file has 1.0 MB; at most 1 MB are taken. Split it."


@pytest.mark.parametrize("group", ["Registry Clerk", "Alerts Officer", "Auditor", "Administrator"])
def test_nobody_else_may_and_an_auditor_may_look(officer, graduates, group):
    preview = worked_off(ask(officer, everyone()))
    other = signed_in(staff("somebody", group))
    before = fingerprints()
    assert other.get(WHOM).status_code == other.post(WHOM, everyone()).status_code == 403
    for name in ("confirm_award", "continue_run", "start_over"):
        assert other.get(page(preview, name)).status_code == 403
        assert press(other, preview, name).status_code == 403
    seen = 200 if group == "Auditor" else 403
    for name in ("run_progress", "run_results"):
        assert other.get(page(preview, name)).status_code == seen
        assert other.post(page(preview, name)).status_code == 403
    if group == "Auditor":
        assert "Confirm and award" not in shown(other, preview)
    assert "Award in bulk" not in text_of(other.get("/admin/"))
    assert fingerprints() == before


def test_what_cannot_be_done_with_a_run_now(officer, graduates):
    preview = ask(officer, everyone())
    for name in ("confirm_award", "continue_run", "start_over"):
        assert press(officer, preview, name).status_code == 302
    assert AwardingRun.objects.count() == 1
    run = shown_run(press(officer, worked_off(preview), "confirm_award"))
    assert shown_run(press(officer, run, "confirm_award")) == run, "an award is no preview"
    assert shown_run(press(officer, preview, "confirm_award")) == run, "confirmed already"
    assert AwardingRun.objects.count() == 2
    assert officer.get("/admin/credentials/awardingrun/999/confirm/").status_code == 404


# --- Twice, and what changes --------------------------------------------------------------------


def calls_of(run: AwardingRun) -> list[tuple[str, str]]:
    """Who did what with the run."""
    calls = run.staff_calls.select_related("staff").order_by("pk")
    return [(call.staff.username, call.operation) for call in calls]


def test_the_same_form_twice_is_one_run(officer, graduates):
    form = everyone()
    run = ask(officer, form)
    assert ask(officer, form) == run
    assert calls_of(run) == [("olive", "PreviewAwardingRun")]
    first, second = ServiceCall.objects.filter(operation="PreviewAwardingRun").order_by("pk")
    assert first.client_message_id == second.client_message_id == str(form["form_id"])
    assert first.response.body == {"Run": run.pk}
    assert second.response.body == {"Run": run.pk, "WasDoneBefore": True}


def test_starting_and_confirming_change_nothing_but_runs_by_a_call_each(officer, graduates):
    before, calls = fingerprints(), applied_calls()

    def changed() -> set[str]:
        return {table for table, rows in fingerprints().items() if rows != before[table]}

    preview = ask(officer, a_list(graduates[0]))
    run_and_call = {"credentials_awardingrun", "credentials_awardingrun_staff_calls"}
    assert changed() == {"credentials_awardingbatch", *run_and_call}
    [made] = applied_calls() - calls
    call = ServiceCall.objects.get(pk=made)
    assert (call.operation, call.staff.username) == ("PreviewAwardingRun", "olive")
    assert call.address == "127.0.0.1"
    assert json.loads(call.body)["Criteria"] == {"file": "july.csv"}
    worked_off(preview)
    before, calls = fingerprints(), applied_calls()
    run = shown_run(press(officer, preview, "confirm_award"))
    assert changed() == run_and_call
    [made] = applied_calls() - calls
    call = ServiceCall.objects.get(pk=made)
    assert (call.operation, json.loads(call.body)["Preview"]) == (
        *("ConfirmAwardingRun", preview.pk),
    )
    assert list(run.staff_calls.all()) == [call]


# --- Errors, progress ---------------------------------------------------------------------------


def test_a_run_that_stopped_says_why_and_goes_on_in_the_name_of_who_continues_it(
    officer, graduates
):
    run = ask(officer, everyone())
    run.staff.groups.clear()  # she has left: her runs make no calls any more
    worked_off(run)
    assert (run.finished_at, run.stopped_because.endswith("(1007)")) == (None, True)
    assert bulk_awarding.waiting_runs() == [], "it is not tried again by itself"
    assert worked_off(run).finished_at is None

    other = signed_in(staff("otto", "Credential Officer"))
    text = shown(other, run)
    assert "Stopped after 0 of 4 students." in text and "(1007)" in text
    assert "what is left: 4 students." in text_of(other.get(page(run, "continue_run")))
    assert press(other, run, "continue_run").status_code == 302
    assert bulk_awarding.waiting_runs() == [run.pk]
    assert worked_off(run).finished_at
    call = ServiceCall.objects.get(pk=run.batches.get().call_id)
    assert call.staff.username == "otto"
    assert (run.started_by, run.staff.username) == ("Olive Officer", "otto")
    assert calls_of(run) == [("olive", "PreviewAwardingRun"), ("otto", "ContinueAwardingRun")]
    text = shown(other, run)
    assert "Stopped" not in text
    assert "Olive Officer (olive) Began the preview" in text
    assert "otto Had it go on; it had stopped: " in text and "(1007)" in text
    again = run.staff_calls.get(operation="ContinueAwardingRun")
    assert str(again.pk) not in text, "an officer sees no calls"
    auditor = signed_in(staff("audrey", "Auditor"))
    assert str(again.pk) in shown(auditor, run)
    page_of_call = text_of(auditor.get(address(ServiceCall, "change", again.pk)))
    assert "Its awarding run" in page_of_call
    assert f"&quot;Run&quot;: {run.pk}" in page_of_call and "(1007)" in page_of_call


class Killed(BaseException):
    """The worker is gone."""


def die_after(students: int):
    """What a run tells its progress to: it dies with so many chosen and answered."""

    def on_progress(count: int) -> None:
        nonlocal students
        students -= count
        if students <= 0:
            raise Killed

    return on_progress


def test_the_rest_of_a_run_is_done_after_its_worker_died(officer, graduates, monkeypatch):
    monkeypatch.setattr(runs, "STAFF_BATCH", 2)

    preview = ask(officer, everyone())
    with pytest.raises(Killed):
        bulk_awarding.carry_out(preview.pk, die_after(2))  # two are chosen
    preview.refresh_from_db()
    assert (preview.is_listed, preview.requested) == (False, 2)
    with pytest.raises(Killed):
        bulk_awarding.carry_out(preview.pk, die_after(6))  # four are chosen, two decided
    assert bulk_awarding.waiting_runs() == [preview.pk]
    progress = officer.get(page(preview, "run_progress")).json()
    assert progress["text"].startswith("Waiting for a worker.")
    assert progress == {
        "state": "waiting",
        "students": 2,
        "requested": 4,
        "percentage": 50,
        "text": progress["text"],
    }
    assert "So far:" in shown(officer, preview)
    first = preview.batches.order_by("first_position")[0].call_id
    worked_off(preview)
    assert [batch.asns for batch in preview.batches.order_by("first_position")] == [
        sorted(graduates)[:2],
        sorted(graduates)[2:],
    ]
    assert preview.batches.order_by("first_position")[0].call_id == first
    assert officer.get(page(preview, "run_progress")).json()["state"] == "finished"


def test_progress_and_pages_cost_the_same_whatever_the_run_holds(officer, graduates, monkeypatch):
    monkeypatch.setattr(runs, "STAFF_BATCH", 1)
    unfinished = ask(officer, a_list("\n".join(graduates)))
    few, many = ask(officer, a_list(graduates[0])), ask(officer, a_list("\n".join(graduates)))
    for run in (few, many):
        worked_off(run)

    def queries(path: str) -> int:
        officer.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert officer.get(path).status_code == 200
        return len(captured)

    assert queries(page(unfinished, "run_progress")) < 12
    for name in ("run_progress", "confirm_award", "credentials_awardingrun_change"):
        few_queries, many_queries = queries(page(few, name)), queries(page(many, name))
        assert few_queries == many_queries < 30, name
    before = queries(WHOM)
    with set_up():
        for number in range(100, 120):
            make_school(f"S.0{number}", "A.0001")
    assert queries(WHOM) == before < 20
