"""The back office in a real browser: by mouse, by keyboard, on a phone, in the dark, on paper.

Every visit also fails on an error in the console and on a request that leaves the site.
"""

import time

import pytest
from django.contrib.auth.models import Group, User
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from audit.models import ServiceCall
from credentials.models import AwardedCredential, AwardingRun
from enrolments.models import CoreAlert
from pasi.models import Organization, PasiClient
from students.models import Student
from tests.admin.conftest import address as address_of
from tests.browser.chromium import PHONE, browsing, needed
from tests.browser.conftest import PASSWORD
from tests.province_builder import make_client, set_up

pytestmark = needed


@pytest.fixture
def boss(province, django_db_blocker) -> User:
    with django_db_blocker.unblock():
        yield User.objects.get(username="boss")


def a_student() -> Student:
    """One with several names and a credential, so that there is something to see."""
    award = AwardedCredential.objects.order_by("pk").first()
    return award.student


def main_pages() -> list[str]:
    """What staff look at all day."""
    student = a_student()
    return [
        "/admin/",
        address_of(CoreAlert, "changelist"),
        address_of(Student, "changelist"),
        address_of(Student, "change", student.pk),
        address_of(Student, "history", student.pk),
        address_of(Organization, "change", Organization.objects.get(code="O.1").pk),
    ]


def other_pages() -> list[str]:
    """One of each kind that looks different from those."""
    student = a_student()
    if not PasiClient.objects.exists():
        with set_up():
            make_client("A client")
    found = [
        address_of(model, "change", model.objects.order_by("pk").first().pk)
        for model in (
            CoreAlert,
            AwardedCredential,
            AwardingRun,
            ServiceCall,
            PasiClient,
            User,
            Group,
        )
    ]
    return [
        *found,
        address_of(Student, "simple_history", student.pk, student.history.first().pk),
        f"{address_of(Student, 'changelist')}?q=nobody+of+this+name",
        address_of(ServiceCall, "changelist"),
        "/admin/enrolments/studenttrigger/processors/",
        "/admin/enrolments/studenttrigger/",
        "/admin/pasi/code/add/",
        "/admin/password_change/",
        "/admin/second-factor/set-up/",
    ]


# --- By mouse -----------------------------------------------------------------------------------


def test_a_clerk_signs_in_and_finds_a_student_and_its_history(province, boss):
    student = a_student()
    with browsing(province) as visit:
        page = visit.open("/admin/login/")
        visit.picture("sign-in")
        page.fill("#id_username", "boss")
        page.fill("#id_password", "wrong")
        visit.press("[type=submit]")
        visit.reads("body", "Please enter the correct username and password")
        page.fill("#id_username", "boss")
        page.fill("#id_password", PASSWORD)
        visit.press("[type=submit]")
        page.wait_for_url(f"{province}/admin/")
        visit.picture("start")
        visit.enter("#find-1", student.asn)
        visit.reads("h1", student.legal_name.full_name)
        assert page.locator("main [type=submit], #content [type=submit]").count() == 0
        visit.picture("student")
        visit.press("a.historylink")
        visit.reads("#content", "Created")
        visit.picture("history")
        visit.press("#change-history tbody th a >> nth=0")
        visit.reads("#content", "The record after it")
        visit.picture("version")


def test_the_filters_of_a_list(province, boss):
    with browsing(province) as visit:
        visit.sign_in_as(boss)
        visit.open(address_of(Student, "changelist"))
        visit.picture("students")
        visit.press("#open-filters")
        visit.picture("filters")
        visit.press("#changelist-filter >> text=Deactivated")
        visit.reads(".chosen-filters", "Status: Deactivated")


def test_setting_up_a_second_factor_and_signing_in_with_it(province, django_db_blocker):
    with django_db_blocker.unblock():
        User.objects.create_superuser("factor", password=PASSWORD)

    def code(steps=0) -> str:
        device = TOTPDevice.objects.get(user__username="factor")
        totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
        totp.time = time.time() + steps * device.step
        return f"{totp.token():06}"

    def sign_in(visit):
        page = visit.open("/admin/login/")
        page.fill("#id_username", "factor")
        page.fill("#id_password", PASSWORD)
        visit.press("[type=submit]")
        return page

    with django_db_blocker.unblock():
        with browsing(province) as visit:
            sign_in(visit)
            page = visit.open("/admin/second-factor/set-up/")
            visit.picture("second-factor")
            page.fill("#id_code", code())
            visit.press(".main-button")
            assert page.locator(".recovery-codes li").count() == 10
        with browsing(province) as visit:
            page = sign_in(visit)
            visit.reads("h1", "Enter your code")
            visit.picture("code")
            visit.enter("#id_code", code(steps=1))
            page.wait_for_url(f"{province}/admin/")


# --- By keyboard alone --------------------------------------------------------------------------


def focused(page) -> str:
    return page.evaluate(
        "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
    ).strip()


def tab_to(page, name: str, most: int = 60) -> None:
    """Press Tab until something called `name` has the focus."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_everything_is_reached_by_keyboard(province, boss):
    with browsing(province) as visit:
        page = visit.open("/admin/login/")
        page.keyboard.type("boss")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{province}/admin/")

        page.keyboard.press("Tab")
        assert focused(page) == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"

        visit.open("/admin/")
        tab_to(page, "manage_search")
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.id == 'search-input-command'")
        page.keyboard.type("service calls")
        page.wait_for_selector("#command-results-list a")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/servicecall/")
        visit.look()

        visit.open("/admin/")
        tab_to(page, "Show or hide the menu")
        page.keyboard.press("Enter")
        assert not page.is_visible("#nav-sidebar")
        page.keyboard.press("Enter")
        assert page.is_visible("#nav-sidebar")

        tab_to(page, "Find")
        visit.open("/admin/")
        tab_to(page, "Your account and the theme")
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.innerText == 'Light'")
        page.keyboard.press("Escape")
        assert focused(page) == "Your account and the theme"
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.innerText == 'Light'")
        page.keyboard.press("Tab")
        assert focused(page) == "Dark"
        page.keyboard.press("Enter")
        assert page.evaluate("document.documentElement.className") == "dark"

        visit.open(address_of(Student, "changelist"))
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "searchbar"
        tab_to(page, "Filters", most=4)
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.closest('#changelist-filter')")
        page.keyboard.press("Escape")
        assert focused(page).startswith("Filters")
        page.wait_for_selector("#changelist-filter", state="hidden")


def test_the_focus_can_always_be_seen(province, boss):
    with browsing(province) as visit:
        visit.sign_in_as(boss)
        page = visit.open(address_of(Student, "changelist"))
        for _press in range(45):
            page.keyboard.press("Tab")
            outline = page.evaluate(
                """() => {
                  const at = document.activeElement;
                  const shown = (e) => getComputedStyle(e).outlineStyle !== "none";
                  if (at === document.body || shown(at) || shown(at.parentElement)) return true;
                  return at.outerHTML;
                }"""
            )
            assert outline is True


# --- On any screen ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("wide", {}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": PHONE}),
        ("twice-the-size", {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2}),
    ],
)
def test_every_kind_of_page(province, boss, name, options):
    paths = main_pages() + (other_pages() if name == "wide" else [])
    with browsing(province, **options) as visit:
        visit.sign_in_as(boss)
        for number, path in enumerate(paths):
            visit.open(path)
            visit.picture(f"{name}-{number:02}")
            visit.assert_fits()


def test_a_record_on_paper(province, boss):
    student = a_student()
    with browsing(province) as visit:
        visit.sign_in_as(boss)
        page = visit.open(address_of(Student, "change", student.pk))
        page.emulate_media(media="print", color_scheme="light")
        for hidden in ("#nav-sidebar", ".related-lists", ".historylink", ".menu-switch"):
            assert not page.locator(hidden).first.is_visible(), hidden
        for shown in ("h1", "fieldset.module >> nth=0", ".read-only-inline >> nth=0"):
            assert page.is_visible(shown), shown
        visit.picture("on-paper", whole=True)
