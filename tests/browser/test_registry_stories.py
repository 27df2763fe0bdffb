"""Stories of single records, from sign-in to result: numbers that belong to one person, a death,
requirements set by hand, an enrolment and a mark, many documents, the set-up, work that failed."""

import datetime

import pytest

from credentials.models import DocumentOrderItem, RequirementSetStatus
from enrolments.models import OfficialMark, SchoolEnrolment
from pasi.calendar import current_school_year
from pasi.models import Organization
from tests.admin.conftest import address as address_of
from tests.browser.chromium import browsing, needed
from tests.browser.conftest import PASSWORD
from tests.browser.steps import begin, do, find, make_staff
from tests.figures import fail_a_job
from tests.province_builder import make_enrolment, make_mark, make_school, make_student, set_up

pytestmark = needed

PEOPLE = {
    "alice": "Alerts Officer",
    "adam": "Administrator",
    "olive": "Credential Officer",
}


@pytest.fixture(scope="module")
def office(province, django_db_blocker) -> str:
    """The address of the server. There are officers, and two numbers of one person."""
    with django_db_blocker.unblock():
        for name, group in PEOPLE.items():
            make_staff(name, group)
        born = datetime.date(2008, 5, 17)
        fail_a_job("Former processor")
        with set_up():
            first = make_student("987654321", last_name="Brant", birth_date=born)
            make_student("987654339", last_name="Brandt", birth_date=born)
            make_enrolment(first, make_school("S.9999", "A.9999"), current_school_year())
            make_mark(first, "ELA3105", current_school_year() - 1, 5, "75")
        yield province


def test_numbers_of_one_person_are_linked_and_taken_apart(office):
    with browsing(office) as visit:
        page = visit.sign_in("olive", PASSWORD)
        find(visit, "9876-5433-9")
        begin(visit, "Link to another number")
        page.fill("#id_primary", "987654321")
        visit.press(".main-button")
        visit.reads("#content", "Brant")
        visit.picture("link-side-by-side", whole=True)
        do(visit, "it is a secondary number now")
        visit.reads(".notices", "9876-5432-1")
        begin(visit, "Undo the link")
        do(visit, "The link is undone")

        # Nobody was meant by it: the number is taken out of use, and back.
        begin(visit, "Deactivate")
        do(visit, "The number is deactivated")
        visit.reads(".notices", "deactivated")
        begin(visit, "Use the number again")
        do(visit, "The number is in use again")

        begin(visit, "Record a death")
        page.fill("#id_date_of_death", "2026-01-01")
        do(visit, "The death is recorded")
        visit.reads(".notices", "deceased")
        visit.picture("deceased")
        begin(visit, "Take the death back")
        do(visit, "The student counts as living")


def test_requirements_by_hand(office):
    statuses = RequirementSetStatus.objects.filter(is_calculated=True, status="NotAchieved")
    student = statuses.filter(student__primary=None).order_by("pk").first().student
    with browsing(office) as visit:
        visit.sign_in("olive", PASSWORD)
        find(visit, student.asn)
        visit.press(".record-tabs >> text=Credentials")
        visit.reads("h1", student.legal_name.full_name)
        visit.press("[aria-label^='Exemption from'] >> nth=0")
        visit.reads("#content", "What will happen")
        visit.press("text=Approved: the requirement is met")
        visit.picture("exempt")
        do(visit, "is saved.")
        visit.reads("[aria-label^='Exemption from']", "Approved")
        visit.press("text=Set the status of HHSD by hand")
        visit.press("label:has-text('Achieved') >> nth=0")
        do(visit, "is saved.")
        by_hand = RequirementSetStatus.objects.get(student=student, requirement_set="HHSD")
        assert by_hand.status == "Achieved"


def test_an_enrolment_and_a_mark_are_corrected(office):
    with browsing(office) as visit:
        page = visit.sign_in("alice", PASSWORD)
        find(visit, "987654321")
        visit.press(".record-tabs >> text=Enrolments")
        visit.press("td a:text('2026/2027'), th a:text('2026/2027')")
        begin(visit, "Correct it")
        page.select_option("#id_grade", "11")
        visit.picture("correct-enrolment", whole=True)
        do(visit, "Saved. Its work items are worked out again.")
        assert SchoolEnrolment.objects.get(student__asn="987654321").grade == "11"
    with browsing(office) as visit:
        page = visit.sign_in("olive", PASSWORD)
        find(visit, "987654321")
        visit.press(".record-tabs >> text=Enrolments")
        visit.press("text=ELA3105 >> nth=0")
        begin(visit, "Change it")
        page.fill("#id_mark", "80")
        do(visit, "Saved.")
        assert OfficialMark.objects.get(student__asn="987654321").mark_value == "80"


def test_documents_are_ordered_in_bulk(office):
    with browsing(office) as visit:
        page = visit.sign_in("olive", PASSWORD)
        visit.press("#nav-sidebar-apps >> text=Order documents in bulk")
        page.select_option("#id_credential_type", "AHSD")
        visit.press("text=Show what would be ordered")
        page.wait_for_selector("#confirm")
        count = int(page.inner_text("#confirm ~ form .main-button").split()[1])
        visit.press("#confirm ~ form .main-button")
        visit.reads("body", f"{count} documents are ordered.")
        visit.picture("ordered-in-bulk", whole=True)
        assert DocumentOrderItem.objects.count() >= count


def test_the_set_up_is_changed_and_its_history_read(office):
    with browsing(office) as visit:
        page = visit.sign_in("adam", PASSWORD)
        visit.press("#nav-sidebar-apps >> text=Organizations")
        visit.enter("#searchbar", "S.9999")
        visit.press("#result_list tbody th a")
        page.fill("#id_name", "Elm Street School")
        visit.press("[name=_save]")
        visit.reads("body", "was changed successfully")
        school = Organization.objects.get(code="S.9999")
        visit.open(address_of(Organization, "history", school.pk))
        visit.reads("#content", "Elm Street School")
        visit.press("#nav-sidebar-apps >> text=Code values")
        visit.press("text=Add")
        page.select_option("#id_code_type", "CredentialDeleteReason")
        page.fill("#id_code", "Court")
        page.fill("#id_short_name", "Ordered by a court")
        page.fill("#id_effective_school_year", "2026")
        visit.press("[name=_save]")
        visit.reads("body", "was added successfully")


def test_work_that_failed_is_done_again(office):
    with browsing(office) as visit:
        visit.sign_in("alice", PASSWORD)
        visit.press("#nav-sidebar-apps >> text=Background work")
        visit.press("[aria-label^='Try job']")
        visit.reads("body", "waits again")
        visit.picture("failed-work", whole=True)
