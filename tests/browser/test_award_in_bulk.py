"""Awarding in bulk in a real browser, with a real worker: from the sign-in to starting over."""

import csv
import os
import subprocess
import sys
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command

from credentials.models import AwardedCredential, AwardingOutcome, AwardingRun
from enrolments.models import TranscriptTrigger
from enrolments.triggers import raise_triggers
from tests.browser.chromium import DESKTOP, PHONE, browsing, needed, serving
from tests.browser.conftest import PASSWORD
from tests.browser.steps import make_staff
from tests.concurrency.processes import PROJECT, database_url
from tests.concurrency.sessions import lock_table
from tests.connections import another_connection
from tests.credentials.calls import graduate
from tests.province_builder import set_up

pytestmark = needed

STUDENTS = 400
WHOM = "/admin/credentials/awardingrun/award-in-bulk/"


@pytest.fixture
def office(committed_database):
    """The address of a server, and an officer."""
    make_staff("olive", "Credential Officer", first_name="Olive", last_name="Officer")
    with serving() as address:
        yield address


@pytest.fixture
def province(office):
    """The same, for a province where nobody has been awarded anything since it was made."""
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("generate_province", students=STUDENTS, seed=1, **quiet)
    return office


@contextmanager
def working():
    """A worker for awarding runs."""
    process = subprocess.Popen(
        [sys.executable, PROJECT / "manage.py", "worker", "--queue", "awarding"],
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "PASI_SECRET_KEY": "of the browser tests only",
            "PASI_LOCK_TIMEOUT_SECONDS": "90",
        },
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def test_an_officer_awards_in_bulk(province, tmp_path):
    with browsing(province) as visit, working():
        page = visit.sign_in("olive", PASSWORD)
        visit.press("#content-main >> text=Award in bulk")

        # Whom: first a school that there is not.
        visit.picture("award-in-bulk", whole=True)
        page.fill("#everyone_school", "S.9")
        visit.press("text=Preview everyone")
        visit.reads(".not-done", "is not a known school")
        page.fill("#everyone_school", "")
        visit.press("text=Preview everyone")

        # The preview, made by the worker while the page is open.
        visit.reads("#content-main", "Would be awarded:")
        visit.picture("award-in-bulk-preview", whole=True)
        preview = AwardingRun.objects.get()
        would = AwardingOutcome.objects.filter(run=preview, rejection_code="").count()
        visit.reads("#content-main", f"Would be awarded: {would}")

        # Confirm; the award is held up so that its progress can be looked at.
        visit.press("text=Confirm and award")
        visit.reads("#content-main", "What will happen")
        visit.picture("award-in-bulk-confirm", whole=True)
        with another_connection() as session:
            session.execute(lock_table(AwardingOutcome))
            visit.press("text=Award credentials now")
            page.wait_for_selector(".progress-text >> text=Awarding: 0 of")
            run_page = page.url
            bar = page.locator("[role=progressbar]")
            assert bar.get_attribute("aria-valuenow") == "0"
            visit.look()
            visit.picture("award-in-bulk-progress", whole=True)
            page.goto("about:blank")  # closed; the run goes on
            session.rollback()
        page.goto(run_page)
        visit.reads("#content-main", "Awarded:")
        visit.picture("award-in-bulk-summary", whole=True)
        run = AwardingRun.objects.get(preview=preview)
        visit.reads("#content-main", f"Awarded: {would}")
        visit.reads("#content-main", "Start over")  # until then the page is renewed now and then

        # The results, and those of one reason.
        with page.expect_download() as download:
            page.click("text=CSV of all")
        download.value.save_as(tmp_path / "results.csv")
        lines = (tmp_path / "results.csv").read_text().splitlines()
        assert len(lines) == run.requested + 1
        page.emulate_media(media="print", color_scheme="light")
        assert page.is_visible(".run-results")
        assert not page.locator(".record-tasks").first.is_visible()
        page.emulate_media(media="screen")
        rejected = AwardingOutcome.objects.filter(run=run).exclude(rejection_code="")
        visit.press("[aria-labelledby=counts-not-awarded] td a >> nth=0")
        page.wait_for_selector("#result_list")

        # Over again with those who failed.
        visit.open(run_page.removeprefix(province))
        visit.press("text=Start over with those not awarded")
        visit.press("button:has-text('Preview')")
        visit.reads("#content-main", "Would not be awarded:")
        assert "Confirm and award" not in page.inner_text("#content-main")
        again = AwardingRun.objects.latest("pk")
        assert (again.is_dry_run, again.requested) == (True, rejected.count())

        page.emulate_media(color_scheme="dark")
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            for path in (run_page.removeprefix(province), WHOM):
                visit.open(path)
                visit.assert_fits()


def results(visit, link: str, path) -> list[dict[str, str]]:
    """The lines of a file of results."""
    with visit.page.expect_download() as download:
        visit.page.click(f"text={link}")
    download.value.save_as(path)
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_a_list_is_awarded_and_over_again_who_failed(office, tmp_path):
    """One of two is being recalculated; when that is done, only that one is looked at again."""
    with set_up():
        ready, waiting = graduate(), graduate()
        raise_triggers("Transcript", [waiting.pk], "Student")
    file = tmp_path / "july.csv"
    file.write_text("asn\nnonsense\n")
    with browsing(office) as visit, working():
        page = visit.sign_in("olive", PASSWORD)
        visit.press("#content-main >> text=Award in bulk")
        page.set_input_files("#list_file", file)
        visit.press("text=Preview the list")
        visit.reads(".not-done", "july.csv:2")
        file.write_text(f"asn\n{ready.asn}\n{waiting.asn}\n")
        page.set_input_files("#list_file", file)
        visit.press("text=Preview the list")
        visit.reads(".record-tasks", "Confirm and award")  # renewed for the last time
        visit.reads("#content-main", "Would be awarded: 1")
        visit.reads("#content-main", "1 of those not awarded is being recalculated")
        visit.picture("award-a-list", whole=True)
        lines = results(visit, "CSV of all", tmp_path / "preview.csv")
        assert [line["StateProvinceId"] for line in lines] == [ready.asn, waiting.asn]
        assert [line["RejectionCode"] for line in lines] == ["", "44000"]
        visit.press("text=Confirm and award")
        visit.press("text=Award credentials now")
        visit.reads(".record-tasks", "Start over with those not awarded")
        visit.reads("#content-main", "Not awarded: 1")

        TranscriptTrigger.objects.filter(student=waiting).delete()
        visit.press("text=Start over with those not awarded")
        visit.reads("#content", "What will happen")
        visit.press("button:has-text('Preview')")
        visit.reads(".record-tasks", "Confirm and award")
        visit.press("text=Confirm and award")
        visit.press("text=Award credentials now")
        visit.reads("#content-main", "Awarded: 1")
        visit.reads("#content-main", "Not awarded: 0")
        assert AwardedCredential.objects.filter(student__in=[ready, waiting]).count() == 2
