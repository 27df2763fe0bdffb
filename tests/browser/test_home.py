"""An auditor's morning in a real browser: figures, unanswered calls, the file of them."""

import csv
import io

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from pasi.figures import keeping
from tests.browser.chromium import PHONE, browsing, needed
from tests.browser.conftest import PASSWORD
from tests.enrolments.alert_fixtures import make_shouting_student
from tests.figures import MINUTE, call_at, fail_a_job
from tests.province_builder import set_up

pytestmark = needed


@pytest.fixture(scope="module")
def auditor(province, django_db_blocker) -> User:
    with django_db_blocker.unblock():
        now = timezone.now()
        for outcome, minutes in (("Rejected", 5), ("Fault", 4), (None, 30), (None, 20)):
            call_at(
                now - minutes * MINUTE,
                outcome,
                operation="SubmitName",
                asns=["100000007"],
                user_name="=Rita",
            )
        fail_a_job("None such")
        with set_up():
            make_shouting_student()
        list(keeping.refresh(wait=True))
        user = User.objects.create_user("auditor", password=PASSWORD, is_staff=True)
        user.groups.add(Group.objects.get(name="Auditor"))
        return user


def test_an_auditor_finds_the_unanswered_calls_and_takes_them_along(province, auditor):
    with browsing(province) as visit:
        page = visit.open("/admin/login/")
        page.fill("#id_username", "auditor")
        page.fill("#id_password", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_url(f"{province}/admin/")
        visit.reads("#content", "As of ")
        visit.assert_accessible()
        visit.picture("home", whole=True)
        # The axis of every chart starts at zero, and its numbers can be read as a table.
        for axis in page.query_selector_all(".chart-axis"):
            assert axis.query_selector("span").inner_text() == "0"
        page.locator(".bar-chart summary").last.press("Enter")
        assert page.locator(".bar-chart details[open] table").count() == 1
        page.click("text=Unanswered: nothing was applied")
        page.wait_for_selector("#result_list")
        assert page.locator("#result_list th a").count() == 2
        visit.assert_accessible()
        visit.picture("unanswered-calls")
        with page.expect_download() as download:
            page.click("text=Download as CSV")
        text = download.value.path().read_text(encoding="utf-8-sig")
        headings, *found = csv.reader(io.StringIO(text))
        assert headings[0] == "Received (Alberta time)"
        assert len(found) == 2
        assert {row[5] for row in found} == {"'=Rita"}
        page.fill("#narrow-organization", "982")
        page.press("#narrow-organization", "Enter")
        page.wait_for_selector("[aria-invalid=true]")
        visit.reads("body", "An organization is written S.0982")
        visit.picture("call-filters")


def test_the_pages_on_a_phone_in_the_dark(province, auditor):
    with browsing(province, viewport=PHONE, color_scheme="dark") as visit:
        visit.sign_in_as(auditor)
        for name, path in (
            ("home-phone", "/admin/"),
            ("calls-phone", "/admin/audit/servicecall/?outcome=unanswered"),
            ("processors-phone", "/admin/enrolments/studenttrigger/processors/"),
        ):
            visit.open(path)
            visit.assert_fits()
            visit.assert_accessible()
            visit.picture(name, whole=True)
