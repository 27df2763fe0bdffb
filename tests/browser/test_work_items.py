"""Work items and clients in a real browser: a morning of an officer, of an administrator."""

import pytest
from django.contrib.auth.models import User

from enrolments.models import CoreAlert
from pasi.back_office.formats import asn_text
from pasi.models import PasiClient
from tests.browser.chromium import PHONE, browsing, needed
from tests.browser.conftest import PASSWORD
from tests.browser.steps import begin, do, make_staff
from tests.province_builder import make_client, set_up

pytestmark = needed
LIST = "/admin/enrolments/corealert/"


@pytest.fixture(scope="module")
def people(province, django_db_blocker) -> dict[str, User]:
    with django_db_blocker.unblock():
        groups = {"alice": "Alerts Officer", "adam": "Administrator"}
        return {name: make_staff(name, group) for name, group in groups.items()}


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
        visit.enter("#by-authority", "Nowhere")
        visit.reads("#content", "No school authority has the code or name")
        page.fill("#by-authority", authority)
        page.select_option("#by-severity", "Advice")
        page.press("#by-authority", "Enter")
        narrowed = page.url
        visit.reads(".chosen-filters", authority)

        visit.press("#result_list th a >> nth=0")
        item = page.inner_text("h1")
        visit.picture("work-item")
        visit.press(".record-tasks >> text=Acknowledge")
        visit.reads("#content", "What will happen")
        visit.press(".main-button")
        assert page.url == narrowed
        visit.reads("#main", f"Acknowledged: {item}")
        visit.press(f"text={item} >> nth=0")
        visit.reads("#content", "alice")
        visit.press(".record-tasks >> text=Take back")
        visit.press(".main-button")
        assert page.url == narrowed

        visit.open(LIST)
        boxes = page.locator(".action-select")
        for row in (0, boxes.count() - 2, boxes.count() - 1):  # a warning, two advices
            boxes.nth(row).check()
        visit.reads(".action-counter", "3 of")
        visit.picture("work-items")
        visit.press(".selection-bar >> text=Acknowledge")
        visit.reads("h1", "Acknowledge: 3 work items")
        visit.press(".main-button")
        assert page.inner_text("h1") == "2 done, 1 refused"
        visit.reads("tbody tr >> nth=0", "12002")
        visit.reads("tbody tr >> nth=2", "Acknowledged")
        visit.picture("work-item-results")
        visit.press("text=Back to the list")
        assert page.url.startswith(f"{province}{LIST}")

        # A warning: somebody is on it; the ministry accepts it; and not after all.
        warnings = CoreAlert.objects.filter(alert_type="Warning")
        warnings = warnings.filter(record_type="StudentSchoolEnrolment").order_by("pk")
        asn = warnings.first().student.asn  # the last of the list
        page.select_option("#by-severity", "Warning")
        page.select_option("#by-record_type", "StudentSchoolEnrolment")
        visit.enter("#searchbar", asn)
        visit.press("#result_list th a >> nth=0")
        visit.reads("h1", asn_text(asn))
        for button, result in (
            ("Put in progress", "In progress"),
            ("Override", "Overridden"),
            ("Take back", "Taken back"),
        ):
            begin(visit, button)
            do(visit, f"{result}: ")
            visit.press(f"li:has-text('{result}: ') a >> nth=0")
        visit.reads(".field-sayings, #content", "Overridden")

        visit.open("/admin/rules/?q=acknowledge")
        visit.press("tbody th a >> nth=0")
        visit.reads("#content", "Certainty of its meaning")


def test_an_administrator_makes_a_client_and_gives_it_another_secret(province, people):
    from playwright.sync_api import Error

    with browsing(province, permissions=["clipboard-read", "clipboard-write"]) as visit:
        visit.sign_in("adam", PASSWORD)
        page = visit.open("/admin/pasi/pasiclient/add/")
        page.fill("#id_name", "School system")
        visit.press(".select2-selection")
        page.keyboard.type("O.1")
        visit.press(".select2-results__option >> text=O.1")
        page.check("[name=roles] >> nth=1")
        visit.press("[name=_save]")
        first = page.inner_text("#client-secret")
        visit.press("text=Copy the secret")
        page.wait_for_selector("text=Copied")
        assert page.evaluate("navigator.clipboard.readText()") == first
        visit.press("text=I have handed it over")

        # It may do something else, from one network, and then nothing at all.
        client = PasiClient.objects.get(name="School system")
        page.uncheck("[name=roles] >> nth=1")
        page.check("[name=roles] >> nth=4")
        page.fill("#id_addresses", "10.1.0.0/16\n10.2.0")
        visit.press("[name=_save]")
        visit.reads("body", "'10.2.0' is not an address or a network")
        page.fill("#id_addresses", "10.1.0.0/16")
        visit.press("[name=_continue]")
        visit.reads("body", "was changed successfully")
        client.refresh_from_db()
        assert (client.roles, client.addresses) == (["View Enrolment User"], ["10.1.0.0/16"])
        page.uncheck("#id_is_enabled")
        visit.press("[name=_save]")
        visit.reads("#result_list", "School system")
        client.refresh_from_db()
        assert not client.is_enabled

        visit.press("#result_list a:text('School system')")
        visit.press(".record-tasks >> text=Give it another secret")
        visit.picture("another-secret")
        visit.press(".main-button")
        second = page.inner_text("#client-secret")
        assert len(second) == len(first) and second != first
        visit.press("text=I have handed it over")

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
