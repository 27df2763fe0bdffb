"""Forms over the student services: duplicates, rejections at their field, who may, what was changed
meanwhile, and what each of them does."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import RecordRead, ServiceCall, ServiceResponse
from pasi.calendar import business_today
from students.models import CitizenshipStatus, DisclosureRestriction, Name, Student
from tests.admin.conftest import address, signed_in, staff
from tests.admin.policy import assert_fit_for_the_policy
from tests.admin.test_service_forms import as_shown, errors
from tests.admin.test_student_page import part, text_of
from tests.province_builder import (
    make_award,
    make_enrolment,
    make_name,
    make_school,
    make_student,
    set_up,
)

DAY = datetime.date(2008, 5, 17)
CREATE = reverse("admin:create_student")


@pytest.fixture
def clerk(db) -> Client:
    return signed_in(staff("rita", "Registry Clerk", first_name="Rita", last_name="Clerk"))


@pytest.fixture
def officer(db) -> Client:
    return signed_in(staff("olive", "Credential Officer"))


@pytest.fixture
def student(db) -> Student:
    with set_up():
        return make_student("200000007", middle_name="Ann", birth_date=DAY)


def to(name: str, student: Student, *keys) -> str:
    return reverse(f"admin:{name}", args=[student.pk, *keys])


def sent(client: Client, page: str, **typed):
    """The answer to a form that is shown, filled in and sent."""
    return client.post(page, as_shown(client, page, **typed))


def calls(operation: str) -> list[str]:
    found = ServiceResponse.objects.filter(call__door="back_office", call__operation=operation)
    return list(found.order_by("call").values_list("outcome", flat=True))


# --- A new student --------------------------------------------------------------------------------

TYPED = {
    "first_name": "Ada",
    "last_name": "Byron",
    "birth_date": "2008-05-17",
    "gender": "F",
    "document_type": "AlbertaBirthCertificate",
}


def test_a_new_student_with_every_part(clerk):
    answer = sent(
        clerk,
        CREATE,
        **TYPED,
        middle_name="Augusta",
        document_number="1234",
        document_issue_date="2010-01-01",
        citizenship="5",
        document_expiry="2030-01-01",
        section23="Y",
        email="ada@example.org",
        alias_first_name="Countess",
        alias_last_name="Lovelace",
        address_street="1 Elm St",
        address_city="Edmonton",
        address_province="AB",
        address_postal="T5J 0N3",
        address_country="Canada",
        phone_type="Home",
        phone_number="4035551234",
        restriction_code="CourtOrdered",
    )
    made = Student.objects.get()
    assert answer["Location"] == address(Student, "change", made.pk)
    assert made.legal_name.full_name == "Ada Augusta Byron"
    assert {name.full_name for name in made.names.all()} == {
        "Ada Augusta Byron",
        "Countess Lovelace",
    }
    assert made.mailing_addresses.get().effective_on == business_today()
    assert (made.phone_numbers.get().is_listable, made.email_addresses.count()) == ("U", 1)
    assert made.disclosure_restrictions.get().is_active
    assert made.citizenship_statuses.get().citizenship_status == "5"
    page = text_of(clerk.get(answer["Location"]))
    assert "The student is created with the number" in page
    call = ServiceCall.objects.get(operation="CreateStudent")
    assert (call.staff.username, call.organization_code) == ("rita", "O.1")


def test_the_smallest_new_student(clerk):
    sent(clerk, CREATE, **TYPED)
    made = Student.objects.get()
    assert (made.names.count(), made.phone_numbers.count(), made.mailing_addresses.count()) == (
        1,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"birth_date": "2099-01-01"}, "birth_date", "11217"),
        ({"last_name": "St.John"}, "last_name", "11203"),
        ({"alias_first_name": "Ada", "alias_last_name": "Byron"}, "alias_last_name", "11218"),
        ({"alias_first_name": "J.P", "alias_last_name": "Byron"}, "alias_first_name", "11203"),
        ({"citizenship": "5"}, "document_expiry", "11326"),
        ({"phone_number": "123", "phone_type": "Home"}, "phone_number", "11252"),
        (
            {"address_street": "1 Elm St", "address_country": "Canada", "address_postal": "X"},
            "address_street",
            "11003",
        ),
        (
            {"other_address_street": "1 Elm St", "other_address_country": "Canada"},
            "other_address_street",
            "11003",
        ),
        (
            {
                **{"address_street": "1 A St", "address_country": "Peru"},
                **{"other_address_street": "2 A St", "other_address_country": "Peru"},
                **{"address_from": "2020-01-01", "other_address_from": "2001-01-01"},
            },
            "other_address_from",
            "11021",
        ),
        (
            {
                **{"address_street": "1 A St", "address_country": "Peru"},
                **{"other_address_street": "2 A St", "other_address_country": "Peru"},
            },
            "other_address_from",
            "11029",
        ),
        ({"phone_number": "4035551234"}, "phone_type", ""),
        ({"email": "nobody"}, "email", ""),
        ({"birth_date": "17 May 2008"}, "birth_date", ""),
        ({"first_name": ""}, "first_name", ""),
    ],
)
def test_a_rejection_stands_at_its_field(clerk, typed, field, code):
    answer = sent(clerk, CREATE, **{**TYPED, **typed})
    found = errors(answer)
    assert field in found, found
    assert any(text.endswith(f"({code})") for text in found[field]) or not code
    assert not Student.objects.exists()
    for name, text in typed.items():
        assert answer.context["form"][name].value() == text


def test_a_duplicate_is_shown_beside_what_was_typed_and_it_is_that_student(clerk, student):
    answer = sent(clerk, CREATE, **TYPED, middle_name="Bea")
    assert_fit_for_the_policy(answer)
    shown = answer.context["duplicates"]
    assert [each.asn for each in shown.others] == ["2000-0000-7"]
    verdicts = {
        str(row.label): (row.first, row.cells[0].text, row.cells[0].verdict) for row in shown.rows
    }
    assert verdicts["First name"] == ("Ada", "Ada", "same")
    assert verdicts["Middle name"] == ("Bea", "Ann", "differs")
    page = text_of(answer)
    assert "(11401)" in page and "differs" in page and "It is 2000-0000-7" in page
    assert address(Student, "change", student.pk) in answer.content.decode()
    assert RecordRead.objects.latest("read_at").state_province_ids == ["200000007"]
    assert calls("CreateStudent") == ["Rejected"]


@pytest.mark.parametrize(("more", "are_shown"), [((), False), (("Credential Officer",), True)])
def test_side_by_side_shows_only_what_the_reader_may_see(student, more, are_shown):
    """A Registry Clerk sees enrolments, but no credentials."""
    with set_up():
        make_award(student, "CHSA", 1_000_000_008, 2025)
        make_enrolment(student, make_school(), 2026)
    reader = signed_in(staff("reader", "Registry Clerk", *more))
    labels = [str(row.label) for row in sent(reader, CREATE, **TYPED).context["duplicates"].rows]
    assert ("Credentials" in labels) == are_shown
    assert "Latest school enrolment" in labels


def resent(answer) -> dict[str, str]:
    """What the button "somebody else" sends."""
    return {**dict(answer.context["resend"]), "decision": "somebody-else"}


@pytest.mark.parametrize("middle_name", ["Bea", ""], ids=["similar", "exact"])
def test_somebody_else_of_the_same_name_gets_a_number(clerk, student, middle_name):
    answer = sent(clerk, CREATE, **TYPED, middle_name=middle_name)
    assert clerk.post(CREATE, resent(answer)).status_code == 302
    assert Student.objects.count() == 2
    assert calls("CreateStudent") == ["Rejected", "Applied"]


def test_who_was_added_meanwhile_is_shown_as_well(clerk, student):
    answer = sent(clerk, CREATE, **TYPED)
    with set_up():
        make_student("200000015", birth_date=DAY)
    again = clerk.post(CREATE, resent(answer))
    assert {each.asn for each in again.context["duplicates"].others} == {
        "2000-0000-7",
        "2000-0001-5",
    }
    assert clerk.post(CREATE, resent(again)).status_code == 302


def test_pressing_the_ordinary_button_again_acknowledges_nobody(clerk, student):
    answer = sent(clerk, CREATE, **TYPED)
    form = {**dict(answer.context["resend"])}
    assert clerk.post(CREATE, form).context["duplicates"]
    assert Student.objects.count() == 1


# --- Names ----------------------------------------------------------------------------------------


def test_a_name_is_added_corrected_preferred_and_deleted(clerk, student):
    added = sent(clerk, to("add_name", student), first_name="Ada", last_name="Kng")
    assert added["Location"] == part(student, "names")
    name = student.names.get(last_name="Kng")
    sent(clerk, to("correct_name", student, name.pk), last_name="King")
    name.refresh_from_db()
    assert name.last_name == "King"
    page = clerk.get(to("prefer_name", student, name.pk))
    assert "in place of Ada Ann Byron" in text_of(page)
    sent(clerk, to("prefer_name", student, name.pk))
    student.refresh_from_db()
    assert student.preferred_name_id == name.pk
    refused = sent(clerk, to("delete_name", student, name.pk))
    assert errors(refused)["__all__"][0].endswith("(11215)")
    sent(clerk, to("prefer_name", student, student.legal_name_id))
    assert sent(clerk, to("delete_name", student, name.pk)).status_code == 302
    name.refresh_from_db()
    assert name.is_deleted
    assert "is deleted" in text_of(clerk.get(to("correct_name", student, name.pk)))
    assert calls("SubmitName") == ["Applied"] * 3 + ["Rejected"] + ["Applied"] * 2


def test_what_a_name_may_not_be_stands_at_its_field(clerk, student):
    page = to("add_name", student)
    twice = sent(clerk, page, first_name="Ada", middle_name="Ann", last_name="Byron")
    assert errors(twice)["last_name"][0].endswith("(11201)")
    wrong = sent(clerk, page, first_name="Ada", last_name="Byron--King")
    assert errors(wrong)["last_name"][0].endswith("(11220)")


def test_what_the_service_would_refuse_has_no_link(clerk, student):
    with set_up():
        other = make_name(student, "Ada", "", "King")
    page = clerk.get(part(student, "names")).content.decode()
    assert to("correct_name", student, other.pk) in page
    assert to("delete_name", student, other.pk) in page
    assert to("delete_name", student, student.legal_name_id) not in page
    assert to("correct_name", student, student.legal_name_id) not in page
    assert to("change_identity", student) in page


def test_whoever_comes_too_late_is_told_what_the_other_changed(clerk, student):
    other = signed_in(staff("otto", "Registry Clerk"))
    with set_up():
        name = make_name(student, "Ada", "", "Kng")
    page = to("correct_name", student, name.pk)
    mine = as_shown(clerk, page, last_name="King")
    sent(other, page, last_name="Kong")
    answer = clerk.post(page, mine)
    [change] = answer.context["meanwhile"]
    assert (change.was, change.now) == ("Kng", "Kong")
    assert "otto" in answer.context["changed_by"]
    again = {**mine, "core_version": answer.context["form"]["core_version"].value()}
    assert clerk.post(page, again).status_code == 302
    name.refresh_from_db()
    assert name.last_name == "King"


def test_a_form_of_another_student_is_not_sent(clerk, student):
    with set_up():
        other = make_student("200000015")
    page = to("add_name", student)
    form = as_shown(clerk, page, first_name="Ada", last_name="King", asn=other.asn)
    assert clerk.post(page, form).status_code == 404
    assert calls("SubmitName") == []


# --- Identity -------------------------------------------------------------------------------------


def test_another_identity(clerk, student):
    page = to("change_identity", student)
    shown = clerk.get(page)
    assert shown.context["form"]["last_name"].value() == "Byron"
    worse = sent(clerk, page, last_name="King", gender="U")
    assert errors(worse)["gender"][0].endswith("(11211)")
    sent(clerk, page, last_name="King", document_type="AlbertaBirthCertificate")
    student.refresh_from_db()
    assert student.legal_name.full_name == "Ada Ann King"
    assert Name.objects.get(last_name="Byron").was_legal
    lesser = sent(clerk, page, document_type="RegistrationForm")
    assert errors(lesser)["document_type"][0].endswith("(11210)")


def test_another_identity_that_somebody_has(clerk, student):
    with set_up():
        make_student("200000015", last_name="King", birth_date=DAY)
    page = to("change_identity", student)
    answer = sent(clerk, page, middle_name="", last_name="King")
    assert [each.asn for each in answer.context["duplicates"].others] == ["2000-0001-5"]
    assert "(11406)" in text_of(answer)
    assert clerk.post(page, resent(answer)).status_code == 302
    student.refresh_from_db()
    assert student.legal_name.full_name == "Ada King"


# --- Citizenship and restrictions -----------------------------------------------------------------


def test_citizenship(clerk, student):
    page = to("change_citizenship", student)
    missing = sent(clerk, page, status="5")
    assert errors(missing)["document_expiry"][0].endswith("(11326)")
    sent(clerk, page, status="5", document_expiry="2090-01-01")
    stored = CitizenshipStatus.objects.get()
    assert (stored.citizenship_status, stored.effective_on) == ("5", business_today())


def test_a_restriction_is_added_and_ended(clerk, student):
    page = to("add_restriction", student)
    bare = sent(clerk, page, code="Caution")
    assert errors(bare)["details"][0].endswith("(11120)")
    sent(clerk, page, code="Caution", details="Ask the guardian first")
    stored = DisclosureRestriction.objects.get()
    restricted = "A disclosure restriction is in effect"
    assert restricted in text_of(clerk.get(part(student, "names")))
    assert restricted in text_of(clerk.get(to("add_name", student)))
    change = to("change_restriction", student, stored.pk)
    assert change in clerk.get(address(Student, "change", student.pk)).content.decode()
    form = as_shown(clerk, change)
    del form["is_active"]
    assert clerk.post(change, form).status_code == 302
    stored.refresh_from_db()
    assert not stored.is_active


# --- Numbers --------------------------------------------------------------------------------------


def test_two_numbers_are_shown_side_by_side_then_linked_and_taken_apart(officer, student):
    with set_up():
        primary = make_student("200000015", birth_date=DAY)
    page = to("link_student", student)
    unknown = sent(officer, page, primary="999999999")
    assert "No student has this number" in errors(unknown)["primary"][0]
    assert "nine digits" in errors(sent(officer, page, primary="12"))["primary"][0]
    first = sent(officer, page, primary="2000-0001-5")
    assert [each.asn for each in first.context["comparison"].others] == ["2000-0001-5"]
    assert calls("SubmitStudentLink") == []
    form = as_shown(officer, page, primary="2000-0001-5", compared="200000015")
    assert officer.post(page, form).status_code == 302
    student.refresh_from_db()
    assert student.primary_id == primary.pk
    record = officer.get(address(Student, "change", student.pk)).content.decode()
    assert to("unlink_student", student) in record and to("record_death", student) not in record
    again = officer.post(to("link_student", student), {**form, "core_version": student.version})
    assert errors(again)["__all__"][0].endswith("(9023)")
    assert sent(officer, to("unlink_student", student)).status_code == 302
    student.refresh_from_db()
    assert student.primary_id is None


def test_a_number_is_deactivated_and_used_again(officer, student):
    assert sent(officer, to("deactivate_student", student)).status_code == 302
    student.refresh_from_db()
    assert student.is_deactivated
    assert "This number is deactivated" in text_of(officer.get(to("reactivate_student", student)))
    assert sent(officer, to("reactivate_student", student)).status_code == 302
    student.refresh_from_db()
    assert not student.is_deactivated


def test_a_number_in_use_is_not_deactivated(officer):
    with set_up():
        used = make_student("200000023", enrolments=[(make_school(), 2026, None)])
    answer = sent(officer, to("deactivate_student", used))
    assert errors(answer)["__all__"][0].endswith("(99029)")


def test_a_death_is_recorded_and_taken_back(officer, student):
    page = to("record_death", student)
    early = sent(officer, page, date_of_death="2001-01-01")
    assert errors(early)["date_of_death"][0].endswith("(99032)")
    sent(officer, page, date_of_death="2024-02-29")
    student.refresh_from_db()
    assert (student.is_deceased, student.date_of_death) == (True, datetime.date(2024, 2, 29))
    assert sent(officer, to("take_death_back", student)).status_code == 302
    student.refresh_from_db()
    assert (student.is_deceased, student.date_of_death) == (False, None)


# --- Who may --------------------------------------------------------------------------------------

OF_CLERKS = ("change_identity", "change_citizenship", "add_restriction", "add_name")
OF_OFFICERS = (
    *("link_student", "unlink_student", "deactivate_student", "reactivate_student"),
    *("record_death", "take_death_back"),
)


@pytest.mark.parametrize(
    ("group", "opens"),
    [
        ("Registry Clerk", {*OF_CLERKS}),
        ("Alerts Officer", {*OF_CLERKS}),
        ("Credential Officer", {*OF_OFFICERS}),
        ("Auditor", set()),
        ("Administrator", set()),
    ],
)
def test_only_the_right_role_sees_and_sends(student, clerk, officer, group, opens):
    somebody = signed_in(staff("somebody", group))
    for name in (*OF_CLERKS, *OF_OFFICERS):
        page = to(name, student)
        expected = 200 if name in opens else 403
        assert somebody.get(page).status_code == expected, name
        form = as_shown(clerk if name in OF_CLERKS else officer, page)
        if name not in opens:
            assert somebody.post(page, form).status_code == 403, name
    may_create = group in {"Registry Clerk", "Alerts Officer"}
    assert somebody.get(CREATE).status_code == (200 if may_create else 403)
    record = somebody.get(address(Student, "change", student.pk))
    if record.status_code == 200:
        shown = record.content.decode()
        for name in ("change_identity", "add_restriction", "deactivate_student"):
            assert (to(name, student) in shown) == (name in opens), name
    assert calls("SubmitName") == []
