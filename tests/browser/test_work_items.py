"""Work items and clients in a real browser: a morning of an officer, of an administrator."""

import pytest
from django.contrib.auth.models import Group, User

from enrolments.models import CoreAlert
from pasi.models import PasiClient
from tests.browser.chromium import PHONE, browsing, needed
from tests.browser.conftest import PASSWORD
from tests.province_builder import make_client, set_up

pytestmark = needed
LIST = "/admin/enrolments/corealert/"


@pytest.fixture(scope="module")
def people(province, django_db_blocker) -> dict[str, User]:
    with django_db_blocker.unblock():
        found = {}
        for name, group in (("alice", "Alerts Officer"), ("adam", "Administrator")):
            user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
            user.groups.add(Group.objects.get(name=group))
            found[name] = user
        return found


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_an_alerts_officer_works_off_the_list(province, people):
    alert = CoreAlert.objects.filter(alert_type="Advice").select_related("school__authority")[0]
    authority = alert.school.authority.code
    with browsing(province) as visit:
        page = visit.sign_in("alice", PASSWORD)

        visit.open(LIST)
        visit.assert_accessible()
        page.fill("#by-authority", "Nowhere")
        page.press("#by-authority", "Enter")
        visit.reads("#content", "No school authority has the code or name")
        visit.assert_accessible()
        page.fill("#by-authority", authority)
        page.select_option("#by-severity", "Advice")
        page.press("#by-authority", "Enter")
        narrowed = page.url
        visit.reads(".chosen-filters", authority)

        page.click("#result_list th a >> nth=0")
        item = page.inner_text("h1")
        visit.picture("work-item")
        page.click(".record-tasks >> text=Acknowledge")
        visit.reads("#content", "What will happen")
        visit.assert_accessible()
        page.click(".main-button")
        assert page.url == narrowed
        visit.reads("#main", f"Acknowledged: {item}")
        page.click(f"text={item} >> nth=0")
        visit.reads("#content", "alice")
        page.click(".record-tasks >> text=Take back")
        page.click(".main-button")
        assert page.url == narrowed

        visit.open(LIST)
        boxes = page.locator(".action-select")
        for row in (0, boxes.count() - 2, boxes.count() - 1):  # a warning, two advices
            boxes.nth(row).check()
        visit.reads(".action-counter", "3 of")
        visit.picture("work-items")
        page.click(".selection-bar >> text=Acknowledge")
        visit.reads("h1", "Acknowledge: 3 work items")
        visit.assert_accessible()
        page.click(".main-button")
        assert page.inner_text("h1") == "2 done, 1 refused"
        visit.reads("tbody tr >> nth=0", "12002")
        visit.reads("tbody tr >> nth=2", "Acknowledged")
        visit.assert_accessible()
        visit.picture("work-item-results")
        page.click("text=Back to the list")
        assert page.url.startswith(f"{province}{LIST}")

        visit.open("/admin/rules/?q=acknowledge")
        visit.assert_accessible()
        page.click("tbody th a >> nth=0")
        visit.reads("#content", "Certainty of its meaning")


def test_an_administrator_makes_a_client_and_gives_it_another_secret(province, people):
    from playwright.sync_api import Error

    with browsing(province, permissions=["clipboard-read", "clipboard-write"]) as visit:
        visit.sign_in("adam", PASSWORD)
        page = visit.open("/admin/pasi/pasiclient/add/")
        page.fill("#id_name", "School system")
        page.click(".select2-selection")
        page.keyboard.type("O.1")
        page.click(".select2-results__option >> text=O.1")
        page.check("[name=roles] >> nth=1")
        visit.assert_accessible()
        page.click("[name=_save]")
        first = page.inner_text("#client-secret")
        page.click("text=Copy the secret")
        page.wait_for_selector("text=Copied")
        assert page.evaluate("navigator.clipboard.readText()") == first
        visit.assert_accessible()
        page.click("text=I have handed it over")
        page.click(".record-tasks >> text=Give it another secret")
        visit.assert_accessible()
        visit.picture("another-secret")
        page.click(".main-button")
        second = page.inner_text("#client-secret")
        assert len(second) == len(first) and second != first
        page.click("text=I have handed it over")
        with pytest.raises(Error, match="ERR_CACHE_MISS"):
            page.go_back()  # the browser has not kept the page, and will not post by itself
        assert PasiClient.objects.get(name="School system").history.count() >= 2


def test_on_a_phone(province, people):
    alert = CoreAlert.objects.filter(record_type="StudentSchoolEnrolment")[0]
    with set_up():
        client = make_client("Another system")
    for name, pages in {
        "alice": (
            LIST,
            f"{LIST}{alert.pk}/change/",
            f"{LIST}{alert.pk}/say/InProgress/",
            f"/admin/enrolments/schoolenrolment/{alert.record}/correct/",
            "/admin/rules/",
            "/admin/rules/10018/",
        ),
        "adam": (f"/admin/pasi/pasiclient/{client.pk}/rotate-secret/",),
    }.items():
        with browsing(province, viewport=PHONE, color_scheme="dark") as visit:
            visit.sign_in_as(people[name])
            for path in pages:
                visit.open(path)
                visit.assert_fits()
                visit.assert_accessible()
