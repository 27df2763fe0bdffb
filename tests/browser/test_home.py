"""An auditor's morning in a real browser: figures, unanswered calls, the file of them."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from audit.models import RecordRead
from pasi.figures import keeping
from tests.browser.chromium import PHONE, browsing, needed
from tests.browser.conftest import PASSWORD
from tests.browser.steps import make_staff
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
                body={"LastName": "Kingsley"} if outcome == "Rejected" else None,
            )
        fail_a_job("None such")
        with set_up():
            make_shouting_student()
        list(keeping.refresh(wait=True))
        return make_staff("auditor", "Auditor")


def test_an_auditor_finds_the_unanswered_calls_and_takes_them_along(province, auditor):
    with browsing(province) as visit:
        page = visit.sign_in("auditor", PASSWORD)
        visit.reads("#content", "As of ")
        visit.picture("home", whole=True)
        # The axis of every chart starts at zero, and its numbers can be read as a table.
        for axis in page.query_selector_all(".chart-axis"):
            assert axis.query_selector("span").inner_text() == "0"
        page.locator(".bar-chart summary").last.press("Enter")
        assert page.locator(".bar-chart details[open] table").count() == 1
        visit.press("text=Unanswered: nothing was applied")
        page.wait_for_selector("#result_list")
        assert page.locator("#result_list th a").count() == 2
        visit.picture("unanswered-calls")
        with page.expect_download() as download:
            page.click("text=Download as CSV")
        text = download.value.path().read_text(encoding="utf-8-sig")
        headings, *found = csv.reader(io.StringIO(text))
        assert headings[0] == "Received (Alberta time)"
        assert len(found) == 2
        assert {row[5] for row in found} == {"'=Rita"}
        visit.enter("#narrow-organization", "982")
        page.wait_for_selector("[aria-invalid=true]")
        visit.reads("body", "An organization is written S.0982")
        visit.picture("call-filters")

        # By student and by outcome; then one of them with its contents.
        visit.press("#nav-sidebar-apps >> text=Service calls")
        visit.enter("#narrow-asn", "1000-0000-7")
        visit.press("#open-filters")
        visit.press("#changelist-filter >> text=Rejected")
        visit.reads(".chosen-filters", "Rejected")
        assert page.locator("#result_list th a").count() == 1
        visit.press("#result_list th a")
        visit.reads(".body-of-call >> nth=1", '"LastName": "Kingsley"')
        visit.picture("call-with-contents", whole=True)
        read = RecordRead.objects.latest("pk")
        assert (read.staff, read.filters["Contents"]) == (auditor, "shown")


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
            visit.picture(name, whole=True)
