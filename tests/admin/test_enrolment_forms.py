"""Correcting enrolments and marks where they are seen, through their services."""

import datetime

import pytest
from django.test import Client

from audit.models import RecordRead, ServiceCall, ServiceResponse
from enrolments.models import CoreAlert, OfficialMark, SchoolEnrolment, SchoolEnrolmentTrigger
from pasi.calendar import current_school_year
from tests.admin.conftest import address, signed_in, staff
from tests.admin.test_service_forms import as_shown, errors
from tests.admin.test_student_page import text_of
from tests.admin.test_work_items import looked_at
from tests.province_builder import (
    make_alert,
    make_enrolment,
    make_mark,
    make_school,
    make_student,
    set_up,
)

ENROLMENTS = "/admin/enrolments/schoolenrolment/"
MARKS = "/admin/enrolments/officialmark/"
ASN = "100000007"


@pytest.fixture
def enrolment(db) -> SchoolEnrolment:
    with set_up():
        school = make_school("S.0982", "A.3020")
        made = make_enrolment(
            make_student(ASN),
            school,
            current_school_year(),
            enrolment_type_codes="302;418",
            local_student_id="77",
            french_hours_of_instruction=100,
        )
        looked_at("StudentSchoolEnrolment", made)
        return made


@pytest.fixture
def mark(db) -> OfficialMark:
    with set_up():
        return make_mark(make_student(ASN), "ELA3105", current_school_year() - 1, 5, "75")


@pytest.fixture
def officer(db) -> Client:
    return signed_in(staff("alice", "Alerts Officer"))


@pytest.fixture
def registrar(db) -> Client:
    return signed_in(staff("olive", "Credential Officer"))


def calls():
    return ServiceCall.objects.filter(door="back_office").order_by("message_id")


# --- Enrolments ---------------------------------------------------------------------------------


def test_an_enrolment_is_corrected_and_nothing_else_of_it_changes(officer, enrolment):
    page = f"{ENROLMENTS}{enrolment.pk}/correct/"
    assert page in officer.get(address(SchoolEnrolment, "change", enrolment.pk)).content.decode()
    form = as_shown(officer, page, grade="11", exceptions="510, 511")
    assert RecordRead.objects.latest("read_at").state_province_ids == [ASN]
    before = SchoolEnrolment.objects.filter(pk=enrolment.pk).values().get()
    answer = officer.post(page, form, follow=True)
    assert "Saved." in text_of(answer)
    after = SchoolEnrolment.objects.filter(pk=enrolment.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"grade", "exception_codes", "version", "updated_at"}
    assert (after["grade"], after["exception_codes"]) == ("11", "510;511")
    call = calls().get()
    assert (call.operation, call.staff.username) == ("SubmitStudentSchoolEnrolment", "alice")
    assert enrolment.history.first().call_id == call.pk
    assert SchoolEnrolmentTrigger.objects.filter(pk=enrolment.pk).exists()


def test_a_work_item_is_mended_where_it_is_seen(officer, enrolment):
    with set_up():
        alert = make_alert(enrolment, 10018)
    item = address(CoreAlert, "change", alert.pk)
    page = f"{ENROLMENTS}{enrolment.pk}/correct/?work_item={alert.pk}"
    assert page in officer.get(item).content.decode()
    assert alert.description in text_of(officer.get(page))
    answer = officer.post(page, as_shown(officer, page, grade="10"), follow=True)
    assert answer.redirect_chain[0][0] == item
    assert "may be out of date" in text_of(answer)
    assert officer.get(f"{ENROLMENTS}{enrolment.pk}/correct/?work_item=x").status_code == 200


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"exit_date": "2000-01-01"}, "exit_date", "(10016)"),
        ({"percentage": "50"}, "percentage", "(10064)"),
        ({"asn": "999999999"}, "asn", "(9002)"),
        ({"enrolment_types": "1 2 3 4"}, "enrolment_types", "at most 3"),
        ({"grants_programs": "12345"}, "grants_programs", "one to four digits"),
        ({"french_hours": "0"}, "french_hours", "1"),
        ({"resident_board": "x"}, "resident_board", "four digits"),
        ({"start_date": "1 September"}, "start_date", "Type the day as 2026-11-22"),
        ({"asn": "12"}, "asn", "nine digits"),
    ],
)
def test_what_is_refused_is_said_at_its_field(officer, enrolment, typed, field, code):
    page = f"{ENROLMENTS}{enrolment.pk}/correct/"
    answer = officer.post(page, as_shown(officer, page, local_student_id="78", **typed))
    assert code in " ".join(errors(answer)[field])
    assert answer.context["form"]["local_student_id"].value() == "78"
    enrolment.refresh_from_db()
    assert enrolment.local_student_id == "77"


def test_whoever_comes_too_late_overwrites_nothing_unseen(officer, enrolment):
    other = signed_in(staff("otto", "Alerts Officer"))
    page, deleting = (f"{ENROLMENTS}{enrolment.pk}/{name}/" for name in ("correct", "mark-deleted"))
    mine, of_delete = as_shown(officer, page, grade="10"), as_shown(officer, deleting)
    other.post(page, as_shown(other, page, local_student_id="99"))
    answer = officer.post(page, mine)
    assert [(each.was, each.now) for each in answer.context["meanwhile"]] == [("77", "99")]
    assert "otto" in answer.context["changed_by"]
    # Deleting sends the enrolment as it is by then, not as it was when the page was opened.
    late = officer.post(deleting, of_delete)
    assert late.context["came_too_late"]
    form = late.context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    officer.post(deleting, {**again, "as_shown": "{}"})
    enrolment.refresh_from_db()
    assert (enrolment.is_deleted, enrolment.local_student_id) == (True, "99")


def test_an_enrolment_is_deleted_and_brought_back(officer, enrolment):
    page = address(SchoolEnrolment, "change", enrolment.pk)
    for name, deleted, said in (
        ("mark-deleted", True, "The enrolment is deleted."),
        ("bring-back", False, "The enrolment is back."),
    ):
        task = f"{ENROLMENTS}{enrolment.pk}/{name}/"
        assert task in officer.get(page).content.decode()
        assert said in text_of(officer.post(task, as_shown(officer, task), follow=True))
        enrolment.refresh_from_db()
        assert (enrolment.is_deleted, enrolment.local_student_id) == (deleted, "77")


def test_adding_an_enrolment_to_a_student(officer, enrolment):
    page = f"{ENROLMENTS}of/{ASN}/add/"
    assert page in officer.get(ENROLMENTS, {"q": "1000-0000-7"}).content.decode()
    assert "/add/" not in officer.get(ENROLMENTS, {"q": "byron"}).content.decode()
    year = current_school_year()
    form = as_shown(
        officer,
        page,
        school="s.0982",
        grade="12",
        start_date=f"{year - 1}-09-01",
        exit_date=f"{year}-06-28",
        exit_date_type="CompletionDate",
        programming_type="Regular",
        programming_timeframe="Day",
    )
    refused = officer.post(page, {**form, "school": "S.9999"})
    assert "(9003)" in " ".join(errors(refused)["school"])
    for _press in range(2):
        assert officer.post(page, form).status_code == 302
    made = SchoolEnrolment.objects.exclude(pk=enrolment.pk).get()
    assert (made.student.asn, made.school.code, made.school_year) == (ASN, "S.0982", year)
    assert officer.get(f"{ENROLMENTS}of/999999999/add/").status_code == 404


# --- Marks --------------------------------------------------------------------------------------


def test_a_mark_is_changed_deleted_and_brought_back(registrar, mark):
    page = address(OfficialMark, "change", mark.pk)
    for name, typed, values in (
        ("change-mark", {"mark": "80", "credits": "4"}, ("80", 4, False)),
        ("mark-deleted", {}, ("80", 4, True)),
        ("bring-back", {}, ("80", 4, False)),
    ):
        task = f"{MARKS}{mark.pk}/{name}/"
        assert task in registrar.get(page).content.decode()
        assert registrar.post(task, as_shown(registrar, task, **typed))["Location"] == page
        mark.refresh_from_db()
        assert (mark.mark_value, mark.credits_awarded, mark.is_deleted) == values
    assert {call.operation for call in calls()} == {"SubmitOfficialMark"}
    assert mark.history.first().call_id == calls().last().pk


def test_adding_a_mark(registrar, mark):
    page = f"{MARKS}of/{ASN}/add/"
    assert page in registrar.get(MARKS, {"q": ASN}).content.decode()
    assert page in registrar.get(address(OfficialMark, "change", mark.pk)).content.decode()
    year = current_school_year() - 1
    form = as_shown(
        registrar,
        page,
        course="mat3791",
        mark="65",
        credits="5",
        school_year=year,
        achieved_on=f"{year}-06-28",
    )
    wrong = registrar.post(page, {**form, "achieved_on": "2000-01-01"})
    assert "(99051)" in errors(wrong)["achieved_on"][0]
    there = registrar.post(page, {**form, "course": "ELA3105"})
    assert address(OfficialMark, "change", mark.pk) in there.content.decode()
    assert "has a mark in" in errors(there)["course"][0]
    for _press in range(2):
        assert registrar.post(page, form).status_code == 302
    made = OfficialMark.objects.get(course_code="MAT3791")
    assert (made.mark_value, made.achievement_date) == ("65", datetime.date(year, 6, 28))
    outcomes = ServiceResponse.objects.filter(call__in=calls()).order_by("call")
    assert [each.outcome for each in outcomes] == ["Rejected", "Fault", "Applied", "Replayed"]


@pytest.mark.parametrize("group", ["Registry Clerk", "Auditor", "Administrator"])
def test_nobody_else_may(enrolment, officer, registrar, group):
    with set_up():
        mark = make_mark(enrolment.student, "ELA3105", 2025, 5, "75")
    member = signed_in(staff("somebody", group))
    for page in (
        f"{ENROLMENTS}{enrolment.pk}/correct/",
        f"{ENROLMENTS}{enrolment.pk}/mark-deleted/",
        f"{ENROLMENTS}of/{ASN}/add/",
        f"{MARKS}{mark.pk}/change-mark/",
        f"{MARKS}of/{ASN}/add/",
    ):
        assert member.get(page).status_code == 403, page
        assert member.post(page, {}).status_code == 403, page
    assert registrar.get(f"{ENROLMENTS}{enrolment.pk}/correct/").status_code == 403
    assert officer.get(f"{MARKS}{mark.pk}/change-mark/").status_code == 403
    assert not calls().exists()
