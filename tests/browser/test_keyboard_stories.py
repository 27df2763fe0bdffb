"""Two tasks from sign-in to result by keyboard alone: a mouse is never touched."""

import datetime

import pytest

from enrolments.models import Acknowledgement
from pasi.calendar import current_school_year
from tests.browser.chromium import Visit, browsing, needed
from tests.browser.conftest import PASSWORD
from tests.browser.steps import make_staff, record_of
from tests.province_builder import (
    make_alert,
    make_enrolment,
    make_school,
    make_student,
    set_up,
)

pytestmark = needed
ASN = "987654321"
# What a screen reader would call it: icons are no part of it.
FOCUSED = """(() => {
  const at = document.activeElement;
  const named = at.labels && at.labels.length ? at.labels[0] : at;
  const copy = named.cloneNode(true);
  copy.querySelectorAll("[aria-hidden=true]").forEach((each) => each.remove());
  return (at.getAttribute("aria-label") || copy.textContent || at.value || "").trim();
})()"""


@pytest.fixture(scope="module")
def office(province, django_db_blocker) -> str:
    """The address of the server; a student with three advices that are of no other."""
    with django_db_blocker.unblock():
        make_staff("rita", "Registry Clerk")
        make_staff("alice", "Alerts Officer")
        with set_up():
            student = make_student(
                ASN,
                first_name="Quentin",
                last_name="Quick",
                birth_date=datetime.date(2009, 3, 14),
                document_type="AlbertaBirthCertificate",
            )
            enrolment = make_enrolment(student, make_school(), current_school_year())
            for grade in ("04", "05", "06"):
                make_alert(enrolment, arguments={"Grade": grade})
        yield province


class Keyboard:
    """Only keys: Tab, Enter, Space and letters."""

    def __init__(self, visit: Visit):
        self.visit, self.page = visit, visit.page

    def focused(self) -> str:
        return self.page.evaluate(FOCUSED)

    def tab_to(self, name: str, *, back: bool = False, most: int = 90) -> None:
        passed = []
        for _press in range(most):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            passed.append(self.focused())
            if passed[-1].startswith(name):
                return
        raise AssertionError(f"{name} cannot be reached by keyboard: {passed}")

    def type_into(self, name: str, text: str) -> None:
        """Whoever tabs into a field has all of it selected, so what is typed replaces it."""
        self.tab_to(name)
        self.page.keyboard.type(text)

    def enter(self, selector: str, text: str) -> None:
        """Press Enter and read the page that it leads to; then begin behind its menu."""
        self.page.keyboard.press("Enter")
        self.visit.reads(selector, text)

    def skip_to_content(self) -> None:
        self.tab_to("Skip to the content", most=3)
        self.page.keyboard.press("Enter")

    def sign_in(self, username: str) -> None:
        self.visit.open("/admin/login/")
        self.page.keyboard.type(username)  # the field has the focus
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.enter("body", "All lists")


def test_a_clerk_changes_a_birth_date(office):
    with browsing(office) as visit:
        keys = Keyboard(visit)
        keys.sign_in("rita")
        keys.skip_to_content()
        keys.tab_to("Find a student", most=3)
        visit.page.keyboard.type("Quick 2009-03-14")
        keys.enter("#result_list", "Quentin")
        keys.skip_to_content()
        keys.tab_to("9876-5432-1")
        keys.enter("h1", "Quentin Quick")
        keys.skip_to_content()
        keys.tab_to("Change name, birth date or document")
        keys.enter("#content", "What will happen")
        keys.skip_to_content()
        keys.type_into("Birth date", "2009-03-15")
        visit.picture("by-keyboard")
        keys.enter("body", "The identity is saved.")
        assert record_of(ASN).birth_date == datetime.date(2009, 3, 15)


def test_an_officer_acknowledges_what_is_selected(office):
    with browsing(office) as visit:
        keys = Keyboard(visit)
        keys.sign_in("alice")
        keys.tab_to("Work items")
        keys.enter("h1", "Work items")
        keys.skip_to_content()
        keys.type_into("Student or reference id", ASN)
        keys.enter(".clear", "Clear all")  # the address still says #content: one begins there
        boxes = visit.page.locator(".action-select")
        assert boxes.count() == 3
        keys.tab_to(boxes.first.get_attribute("aria-label"))
        visit.page.keyboard.press("Space")
        keys.tab_to(boxes.nth(1).get_attribute("aria-label"))
        visit.page.keyboard.press("Space")
        visit.reads(".action-counter", "2 of 3")
        keys.tab_to("Acknowledge", back=True)
        visit.picture("selected-by-keyboard")
        keys.enter("h1", "Acknowledge: 2 work items")
        keys.tab_to("Acknowledge", most=3)
        keys.enter("h1", "2 done")
        enrolment = record_of(ASN).school_enrolments.get()
        said = Acknowledgement.objects.filter(record=enrolment.pk, status="Acknowledged")
        assert said.count() == 2
