"""A Registry Clerk and who a student is: found by name and birth date, another legal identity,
citizenship, a disclosure restriction, names. And two clerks with one record."""

import datetime

import pytest

from pasi.models import Organization
from students.models import CitizenshipStatus, DisclosureRestriction
from tests.admin.conftest import address as address_of
from tests.browser.chromium import browsing, needed
from tests.browser.conftest import PASSWORD
from tests.browser.steps import begin, do, find, make_staff, record_of
from tests.province_builder import make_school, make_student, set_up

pytestmark = needed
ASN, OTHER = "987654321", "987654339"


@pytest.fixture(scope="module")
def registry(province, django_db_blocker) -> str:
    """The address of the server; a student with two names, and two clerks."""
    with django_db_blocker.unblock():
        make_staff("rita", "Registry Clerk", first_name="Rita", last_name="Clerk")
        make_staff("rolf", "Registry Clerk", first_name="Rolf", last_name="Clerk")
        make_staff("adam", "Administrator")
        make_staff("anna", "Administrator", first_name="Anna", last_name="Administrator")
        born = datetime.date(2009, 3, 14)
        with set_up():
            names = [("Jo", "", "Tremblay", ""), ("Josie", "", "Tremblay", "")]
            for asn in (ASN, OTHER):
                make_student(
                    asn,
                    first_name="Josephine",
                    last_name="Tremblay",
                    birth_date=born,
                    document_type="AlbertaBirthCertificate",
                    other_names=names,
                )
            make_school("S.9999", "A.9999")
        yield province


def test_a_clerk_corrects_who_a_student_is(registry):
    with browsing(registry) as visit:
        page = visit.sign_in("rita", PASSWORD)
        visit.enter("#find-1", "Tremblay, Josephine 2009-03-14")
        visit.reads("#result_list", "the name as typed")
        visit.picture("found-by-name-and-birth-date")
        visit.press(f"#result_list th a:text('{ASN[:4]}-{ASN[4:8]}-{ASN[8]}')")

        begin(visit, "Change name, birth date or document")
        page.fill("#id_last_name", "Roy")
        page.fill("#id_birth_date", "14 March")
        visit.press(".main-button")
        visit.reads(".not-done", "Write the date as 2008-03-01.")
        page.fill("#id_birth_date", "2009-03-15")
        do(visit, "The identity is saved.")
        visit.reads("h1", "Josephine Roy")
        student = record_of(ASN)
        assert (student.legal_name.last_name, student.birth_date.day) == ("Roy", 15)

        visit.press("text=Change the citizenship")
        page.select_option("#id_status", index=1)
        visit.picture("citizenship", whole=True)
        do(visit, "The citizenship is saved.")
        assert CitizenshipStatus.objects.filter(student=student).exists()

        visit.press("text=Add a disclosure restriction")
        page.select_option("#id_code", index=1)
        page.fill("#id_details", "Ask the registry first.")
        do(visit, "The disclosure restriction is saved.")
        visit.reads(".notices", "restriction")
        visit.picture("restricted", whole=True)
        visit.press("#restrictions >> text=Change or end")
        page.uncheck("#id_is_active")
        do(visit, "The disclosure restriction is saved.")
        assert not DisclosureRestriction.objects.get(student=student).is_active

        visit.press(".record-tabs >> text=Names")
        visit.press("#names tr:has-text('Josie') >> text=Prefer")
        visit.reads("#content", "becomes the preferred name")
        do(visit, "Josie Tremblay is the preferred name.")
        visit.press("#names tr:has(a:text-is('Jo Tremblay')) >> text=Delete")
        visit.reads("#content", "No search finds the student by it")
        do(visit, "The name is deleted.")
        visit.picture("names", whole=True)
        student.refresh_from_db()
        assert student.preferred_name.first_name == "Josie"
        assert student.names.get(first_name="Jo").is_deleted


def test_two_clerks_have_one_record_open(registry):
    with browsing(registry) as rita, rita.beside() as rolf:
        for visit, name in ((rita, "rita"), (rolf, "rolf")):
            visit.sign_in(name, PASSWORD)
            find(visit, OTHER)
            begin(visit, "Change name, birth date or document")
        rita.page.fill("#id_last_name", "Roy")
        do(rita, "The identity is saved.")
        rolf.page.fill("#id_birth_date", "2009-03-16")
        rolf.press(".main-button")
        rolf.reads(".too-late", "Somebody else changed this while you were typing")
        rolf.reads(".too-late", "Rita Clerk (rita)")
        rolf.reads(".too-late", "Roy")
        assert rolf.page.input_value("#id_birth_date") == "2009-03-16"
        assert rolf.page.input_value("#id_last_name") == "Roy"
        rolf.picture("came-too-late", whole=True)
        do(rolf, "The identity is saved.")
        student = record_of(OTHER)
        assert (student.legal_name.last_name, student.birth_date.day) == ("Roy", 16)


def test_two_have_one_record_of_the_set_up_open(registry):
    school = Organization.objects.get(code="S.9999")
    with browsing(registry) as anna, anna.beside() as adam:
        for visit, name in ((anna, "anna"), (adam, "adam")):
            visit.sign_in(name, PASSWORD)
            visit.open(address_of(Organization, "change", school.pk))
        anna.page.fill("#id_name", "Elm Street School")
        anna.press("[name=_save]")
        anna.reads("body", "was changed successfully")
        adam.page.fill("#id_name", "Oak Street School")
        adam.press("[name=_save]")
        adam.reads(".too-late", "Elm Street School")
        adam.reads(".too-late", "Anna Administrator (anna)")
        assert adam.page.input_value("#id_name") == "Oak Street School"
        adam.picture("came-too-late-in-the-set-up", whole=True)
        adam.press("[name=_save]")
        adam.reads("body", "was changed successfully")
        school.refresh_from_db()
        assert school.name == "Oak Street School"


def test_a_name_is_closed_after_five_failures(registry):
    make_staff("lou", "Auditor")
    with browsing(registry) as visit:
        page = visit.open("/admin/login/")
        for _attempt in range(4):
            page.fill("#id_username", "lou")
            page.fill("#id_password", "wrong")
            visit.press("[type=submit]")
            visit.reads("body", "Please enter the correct username and password")
        page.fill("#id_username", "lou")
        page.fill("#id_password", "wrong")
        with visit.refused(429):
            visit.press("[type=submit]")
            visit.reads("h1", "Too many failed attempts")
        visit.picture("locked-out")
        visit.press("text=Back to signing in")
        page.fill("#id_username", "lou")
        page.fill("#id_password", PASSWORD)
        with visit.refused(429):
            visit.press("[type=submit]")  # the right one, too late
            visit.reads("body", "closed for 15 minutes")
