"""Two tasks from sign-in to result by keyboard alone: a mouse is never touched."""

import datetime
from io import StringIO

import pytest
from django.core.management import call_command

from enrolments.models import Acknowledgement, SchoolEnrolment
from tests.browser.chromium import Visit, browsing, needed
from tests.browser.conftest import PASSWORD
from tests.browser.steps import make_staff, record_of
from tests.enrolments.alert_fixtures import make_pupil
from tests.province_builder import make_school, make_student, set_up

pytestmark = needed
ASN, SCHOOL = "987654321", "S.0777"
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
    """The address of the server; a student; a school with three advices, each of a pupil."""
    with django_db_blocker.unblock():
        make_staff("rita", "Registry Clerk")
        make_staff("alice", "Alerts Officer")
        with set_up():
            make_student(
                ASN,
                first_name="Quentin",
                last_name="Quick",
                birth_date=datetime.date(2009, 3, 14),
                document_type="AlbertaBirthCertificate",
            )
            school = make_school(SCHOOL, "A.0777")
            for _pupil in range(3):
                make_pupil(school)
        call_command("process_triggers", stdout=StringIO(), stderr=StringIO())
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


def test_a_birth_date_is_changed(office):
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


def test_what_is_selected_is_acknowledged(office):
    with browsing(office) as visit:
        keys = Keyboard(visit)
        keys.sign_in("alice")
        keys.tab_to("Work items")
        keys.enter("h1", "Work items")
        keys.skip_to_content()
        keys.type_into("School", SCHOOL)
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
        pupils = SchoolEnrolment.objects.filter(school__code=SCHOOL).values("pk")
        said = Acknowledgement.objects.filter(record__in=pupils, status="Acknowledged")
        assert said.count() == 2
