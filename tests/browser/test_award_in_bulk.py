"""Awarding in bulk in a real browser, with a real worker: from the sign-in to starting over."""

import os
import subprocess
import sys
from contextlib import contextmanager
from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command

from credentials.models import AwardingOutcome, AwardingRun
from tests.browser.chromium import DESKTOP, PHONE, browsing, needed, serving
from tests.browser.conftest import PASSWORD
from tests.concurrency.processes import PROJECT, database_url
from tests.concurrency.sessions import lock_table
from tests.connections import another_connection

pytestmark = needed

STUDENTS = 400


@pytest.fixture
def province(committed_database):
    """A province where nobody has been awarded anything since it was made."""
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("generate_province", students=STUDENTS, seed=1, **quiet)
    olive = User.objects.create_user(
        "olive", password=PASSWORD, is_staff=True, first_name="Olive", last_name="Officer"
    )
    olive.groups.set(Group.objects.filter(name="Credential Officer"))
    with serving() as address:
        yield address


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
        page = visit.open("/admin/login/")
        page.fill("#id_username", "olive")
        page.fill("#id_password", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_url(f"{province}/admin/")
        page.click("#content-main >> text=Award in bulk")

        # Whom: first a school that there is not.
        visit.assert_accessible()
        visit.picture("award-in-bulk", whole=True)
        page.fill("#everyone_school", "S.9")
        page.click("text=Preview everyone")
        visit.reads(".not-done", "is not a known school")
        visit.assert_accessible()
        page.fill("#everyone_school", "")
        page.click("text=Preview everyone")

        # The preview, made by the worker while the page is open.
        page.wait_for_selector("text=Would be awarded:")
        visit.assert_accessible()
        visit.picture("award-in-bulk-preview", whole=True)
        preview = AwardingRun.objects.get()
        would = AwardingOutcome.objects.filter(run=preview, rejection_code="").count()
        visit.reads("#content-main", f"Would be awarded: {would}")

        # Confirm; the award is held up so that its progress can be looked at.
        page.click("text=Confirm and award")
        visit.reads("#content-main", "What will happen")
        visit.assert_accessible()
        visit.picture("award-in-bulk-confirm", whole=True)
        with another_connection() as session:
            session.execute(lock_table(AwardingOutcome))
            page.click("text=Award credentials now")
            page.wait_for_selector(".progress-text >> text=Awarding: 0 of")
            run_page = page.url
            bar = page.locator("[role=progressbar]")
            assert bar.get_attribute("aria-valuenow") == "0"
            visit.assert_accessible()
            visit.picture("award-in-bulk-progress", whole=True)
            page.goto("about:blank")  # closed; the run goes on
            session.rollback()
        page.goto(run_page)
        page.wait_for_selector("#content-main >> text=Awarded:")
        visit.assert_accessible()
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
        page.click("[aria-labelledby=counts-not-awarded] td a >> nth=0")
        page.wait_for_selector("#result_list")

        # Over again with those who failed.
        page.goto(run_page)
        page.click("text=Start over with those not awarded")
        visit.assert_accessible()
        page.click("button:has-text('Preview')")
        page.wait_for_selector("text=Would not be awarded:")
        assert "Confirm and award" not in page.inner_text("#content-main")
        again = AwardingRun.objects.latest("pk")
        assert (again.is_dry_run, again.requested) == (True, rejected.count())

        page.emulate_media(color_scheme="dark")
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            for path in (run_page, f"{province}/admin/credentials/awardingrun/award-in-bulk/"):
                page.goto(path)
                page.wait_for_selector("#content-main")
                visit.assert_accessible()
                visit.assert_fits()
