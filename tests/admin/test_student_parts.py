"""The parts of a student's page: what each shows, to whom, at what price; and the time line."""

import datetime

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import RecordRead, ServiceCall, ServiceResponse
from enrolments.models import CoreAlert
from enrolments.triggers import TABLES
from students.models import DisclosureRestriction, Name, Student
from students.tabs import TABS
from tests.admin.conftest import address, signed_in, staff
from tests.admin.policy import assert_fit_for_the_policy
from tests.admin.population import make_call, populate
from tests.admin.test_student_page import part, text_of
from tests.province_builder import (
    make_alert,
    make_award,
    make_enrolment,
    make_mark,
    make_name,
    make_school,
    make_student,
    set_up,
)

DAY = datetime.date(2025, 9, 2)
PARTS = [tab.name for tab in TABS if tab.name != "identity"]


def page_of(student: Student, name: str) -> str:
    return address(Student, "change", student.pk) if name == "identity" else part(student, name)


@pytest.fixture
def student(db) -> Student:
    populate(1)
    return Student.objects.get()


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("identity", ["Disclosure restrictions", "Court Ordered", "1 Canadian Citizen"]),
        ("names", ["Ada1 Byron", "legal, preferred, original", "Add a name"]),
        ("contacts", ["1 Elm St", "(403) 555-1234", "ada1@example.org"]),
        ("enrolments", ["2025/2026", "S.0001", "ELA3105", "75"]),
        ("credentials", ["10000-00001", "What would be awarded now"]),
        ("work-items", ["Work items 0 open +1 being recalculated", "Issue 10018"]),
        ("time-line", ["TestSetUp", "Last name", "Byron", "for O.1"]),
    ],
)
def test_what_a_part_shows_and_that_it_warns(boss, student, name, texts):
    before = RecordRead.objects.count()
    response = boss.get(page_of(student, name))
    assert_fit_for_the_policy(response)
    page = text_of(response)
    for text in [*texts, "A disclosure restriction is in effect"]:
        assert text in page, text
    assert RecordRead.objects.count() == before + 1
    assert RecordRead.objects.latest("read_at").state_province_ids == [student.asn]


def test_secondary_and_deactivated_numbers_are_said_in_every_part(boss):
    with set_up():
        primary = make_student("100000007")
        secondary = make_student("100000015", primary=primary)
        closed = make_student("100000023", is_deactivated=True)
    for name in PARTS:
        assert "This is a secondary number" in text_of(boss.get(part(secondary, name))), name
        assert "This number is deactivated" in text_of(boss.get(part(closed, name))), name


@pytest.mark.parametrize(
    ("group", "opens"),
    [
        ("Registry Clerk", {"names", "contacts", "enrolments", "work-items", "time-line"}),
        ("Alerts Officer", {"names", "contacts", "enrolments", "work-items", "time-line"}),
        ("Credential Officer", set(PARTS)),
        ("Auditor", set(PARTS)),
        ("Administrator", set()),
    ],
)
def test_each_part_asks_the_permission_of_what_it_shows(student, group, opens):
    client = signed_in(staff("somebody", group))
    assert {each for each in PARTS if client.get(part(student, each)).status_code == 200} == opens
    assert {client.get(part(student, each)).status_code for each in PARTS} <= {200, 403}


def test_a_part_shows_only_the_tables_that_may_be_seen(student):
    clerk = signed_in(staff("clerk", "Registry Clerk"))
    tables = clerk.get(part(student, "enrolments")).context["tables"]
    assert [table.key for table in tables] == ["school-enrolments"]
    page = text_of(clerk.get(part(student, "time-line")))
    assert "Records that your group may not see are left out" in page
    assert "Official mark" not in page and "School enrolment" in page
    assert "TestCall" not in page  # a call that changed nothing is for those who see calls


def test_what_is_not_there_and_what_may_not_be_done(boss, student):
    assert boss.get(part(student, "nonsense")).status_code == 404
    assert boss.get(part(student, "identity")).status_code == 404
    assert boss.get(reverse("admin:student_tab", args=[77, "names"])).status_code == 404
    assert boss.post(part(student, "names")).status_code == 403


def test_work_items_are_those_of_their_list_with_what_can_be_done(boss, student):
    """What may be out of date is marked so, and not counted as open."""
    [sure] = CoreAlert.objects.all()
    for _trigger, status in TABLES.values():
        status.objects.update(max_source_version=10**9)
    with set_up():
        enrolment = make_enrolment(student, make_school("S.0982"), 2024)
        old = make_alert(enrolment, 10017, "Warning")
        said = make_alert(student, 10065, acknowledgement_status="Overridden")
        trigger, status = TABLES["StudentSchoolEnrolment"]
        trigger.objects.create(pk=enrolment.pk, version=9**9, last_updated_object_name="Test")
        status.objects.create(pk=enrolment.pk)
    response = boss.get(part(student, "work-items"))
    page = text_of(response)
    assert "Work items 1 open +1 being recalculated" in page
    assert "Core alert" not in page
    [table] = response.context["tables"]
    lines = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [str(old.pk) in lines[0]["Issue"], lines[0]["Out of date"]] == [
        True,
        "Being recalculated",
    ]
    assert f"/{said.pk}/" in lines[2]["Issue"]
    for item, line in zip((old, sure), lines, strict=False):
        for label, url in admin.site.get_model_admin(CoreAlert).tasks(response.wsgi_request, item):
            assert url in line["What to do"] and label in line["What to do"]
    auditor = signed_in(staff("auditor", "Auditor"))
    [table] = auditor.get(part(student, "work-items")).context["tables"]
    assert not any(row[-1] for row in table.rows)


def more_of_everything(student: Student, number: int) -> None:
    school = make_school(f"S.1{number:03}")
    enrolment = make_enrolment(student, school, 2000 + number)
    make_mark(student, f"MAT3{number:03}", 2025, 5, "80")
    make_name(student, "Ada", "", f"Byron{'abcdefghij'[number]}")
    make_alert(enrolment, arguments={"Grade": str(number)})
    DisclosureRestriction.objects.create(
        student=student, code="Caution", effective_on=DAY, is_active=False
    )
    types = ("AHSD", "ADEX", "ADVD", "GHSD", "HSED", "IOPC", "COSC", "HHSD")
    make_award(student, types[number], 1_200_000_000 + number, 2025)


def test_the_number_of_queries_does_not_depend_on_the_rows(boss, student):
    def queries() -> dict[str, int]:
        found = {}
        for name in ("identity", *PARTS):
            with CaptureQueriesContext(connection) as captured:
                assert boss.get(page_of(student, name)).status_code == 200
            found[name] = len(captured)
        return found

    queries()  # whatever is cached for ever is cached now
    few = queries()
    for number in range(8):
        with set_up():
            more_of_everything(student, number)
        make_call(asns=[student.asn])
    many = queries()
    assert many == few
    dear = {name: count for name, count in few.items() if count > 22}
    assert dear.keys() == {"credentials", "time-line"}, few
    assert few["time-line"] < 45 and few["credentials"] < 40, few


# --- The time line --------------------------------------------------------------------------------


def test_the_time_line_says_who_changed_what_from_where(boss, student):
    with set_up():
        student.legal_name.last_name = "King"
        student.legal_name.save()
        other = make_name(student, "Countess", "", "Lovelace")
        student.preferred_name, student.gender = other, "X"
        student.save()
    response = boss.get(part(student, "time-line"))
    entry = response.context["line"].entries[0]
    assert (entry.operation, entry.organization, entry.door) == ("TestSetUp", "O.1", "Command line")
    changes = {
        (change.what, value.label): (value.old, value.new)
        for change in entry.changes
        for value in change.values
    }
    assert changes["Name Ada1 King", "Last name"] == ("Byron", "King")
    assert changes["Student", "Gender"] == ("Female", "Unspecified")
    assert changes["Student", "Preferred name"] == ("Ada1 King", "Countess Lovelace")
    assert changes["Name Countess Lovelace", "First name"] == ("–", "Countess")
    assert not [label for _what, label in changes if "version" in label.lower()]


def test_refused_calls_stand_in_it_with_their_codes_and_addresses(boss, student):
    call = make_call(answered=False, address="192.0.2.7", operation="SubmitName")
    ServiceResponse.objects.create(
        call=call,
        duration_milliseconds=1,
        outcome="Rejected",
        http_status=422,
        codes=["11201"],
        state_province_ids=[student.asn],
    )
    page = text_of(boss.get(part(student, "time-line")))
    assert "SubmitName : Rejected" in page or "SubmitName: Rejected" in page
    assert "from 192.0.2.7" in page and "Refused by 11201" in page
    clerk = signed_in(staff("clerk", "Registry Clerk"))
    assert "11201" not in text_of(clerk.get(part(student, "time-line")))


def test_the_time_line_is_paged_and_nothing_is_shown_twice_or_left_out(boss, student):
    for number in range(45):
        with set_up():
            Name.objects.filter(pk=student.legal_name_id).first().save()
            student.gender = "MFX"[number % 3]
            student.save()
    seen, place = [], part(student, "time-line")
    address_of_page = place
    while address_of_page:
        line = boss.get(address_of_page).context["line"]
        seen += [entry.call.pk for entry in line.entries]
        address_of_page = f"{place}?before={line.older}" if line.older else None
    assert seen == sorted(set(seen), reverse=True)
    concerned = ServiceCall.objects.filter(operation="TestSetUp").count()
    assert len(seen) >= concerned >= 46
