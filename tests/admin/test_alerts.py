"""Core alerts, what was said of them, and the processors, as staff see them."""

import getpass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import formats, timezone

from audit.models import RecordRead
from enrolments import models as enrolments
from enrolments import queue_lengths
from enrolments.models import Acknowledgement, CoreAlert
from enrolments.triggers import TABLES
from enrolments.work_item_words import argument_label, arguments_text, issue_and_rest
from pasi import bulk
from pasi.calendar import ALBERTA
from pasi.models import Figure, FigureSet
from tests.admin.conftest import address, signed_in, staff
from tests.admin.population import populate
from tests.admin.test_lists import found, shown
from tests.admin.test_student_page import text_of
from tests.figures import refreshed
from tests.province_builder import make_alert, make_enrolment, make_school, make_student, set_up

LIST = "changelist"
PROCESSORS = reverse("admin:enrolments_processors")


@pytest.fixture
def enrolment(db) -> enrolments.SchoolEnrolment:
    with set_up():
        student = make_student("100000007")
        return make_enrolment(student, make_school("S.0982", "A.3020"), 2027)


@pytest.fixture
def alert(enrolment) -> CoreAlert:
    with set_up():
        return make_alert(enrolment, 10018, arguments={"PreviousGrade": "04", "Grade": "06"})


def acknowledge(alert: CoreAlert, status="InProgress") -> Acknowledgement:
    said = Acknowledgement.objects.create(
        record_type=alert.record_type,
        record=alert.record,
        alert_code=alert.alert_code,
        arguments=alert.arguments,
        arguments_key=alert.arguments_key,
        status=status,
        organization=make_school("S.0982", "A.3020"),
        user_name="Rita Clerk",
    )
    alert.acknowledgement_status = status
    alert.save()
    return said


def raise_trigger(processor: str, record) -> None:
    bulk.raise_triggers(*TABLES[processor], [record.pk], "Test")


@pytest.mark.parametrize(
    ("description", "parts"),
    [
        ("Enrolment missing. A student must be.", ("Enrolment missing.", "A student must be.")),
        ("Only one.", ("Only one.", "")),
        ("Is it so? Look. Again.", ("Is it so?", "Look. Again.")),
        ("Version 2.6 of it. More.", ("Version 2.6 of it.", "More.")),
        ("No end", ("No end", "")),
        ("", ("", "")),
    ],
)
def test_the_first_sentence_is_the_issue(description, parts):
    assert issue_and_rest(description) == parts


def test_arguments_are_readable(db):
    assert arguments_text({"b": "2", "a": ""}) == "a: –; b: 2"
    assert arguments_text({"StateProvinceID": "100000007"}) == "ASN: 1000-0000-7"
    assert argument_label("RegistrationStartDate") == "Registration start date"
    assert arguments_text({}) == "–"


def test_the_page_of_an_alert(boss, alert):
    with set_up():
        acknowledge(alert)
    response = boss.get(address(CoreAlert, "change", alert.pk))
    page = text_of(response)
    assert "Issue: Issue 10018. Description:" in page
    assert "What it is about." in page
    assert "Grade: 06 Grade 6 Previous grade: 04 Grade 4" in page
    assert f"In progress {getpass.getuser()} S.0982 School S.0982 Command line" in page
    assert "may be out of date" not in page
    html = response.content.decode()
    for link in (
        "/admin/rules/10018/",
        address(enrolments.SchoolEnrolment, "change", alert.record),
        address(type(alert.student), "change", alert.student_id),
    ):
        assert f'href="{link}"' in html
    read = RecordRead.objects.get()
    assert read.state_province_ids == ["100000007"]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("1000-0000-7", True),
        ("byron", True),
        ("S.0982", True),
        ("s.0982", True),
        ("A.3020", True),
        ("10018", True),
        ("10019", False),
        ("S.0001", False),
        ("A.0001", False),
        ("hopper", False),
        ("00000000-0000-0000-0000-000000000001", False),
    ],
)
def test_alerts_are_found(boss, alert, text, is_found):
    assert found(boss, CoreAlert, text) == ([alert] if is_found else [])


@pytest.mark.parametrize(
    ("text", "is_found"), [("1000-0000-7", True), ("10018", True), ("hopper", False)]
)
def test_acknowledgements_are_found(boss, alert, text, is_found):
    with set_up():
        said = acknowledge(alert)
    assert found(boss, Acknowledgement, text) == ([said] if is_found else [])


def test_by_reference_id(boss, alert):
    with set_up():
        said = acknowledge(alert)
    reference = str(alert.reference_id)
    assert found(boss, CoreAlert, reference) == [alert]
    assert found(boss, Acknowledgement, reference) == [said]


def test_the_list_shows_what_is_open_unless_asked(boss, enrolment):
    with set_up():
        for code, status in enumerate(enrolments.AcknowledgementStatus.values, 10018):
            kind = "Warning" if status == "Overridden" else "Advice"
            make_alert(enrolment, code, kind, acknowledgement_status=status)

    def codes(**query) -> list[int]:
        return [alert.alert_code for alert in shown(boss.get(address(CoreAlert, LIST), query))]

    assert codes() == [10019, 10018]
    assert codes(status="all") == [10021, 10020, 10019, 10018]  # the warning first
    assert codes(status="Acknowledged") == [10020]
    assert codes(status="all", severity="Warning") == [10021]
    assert codes(status="all", record_type="Student") == []
    assert len(codes(status="all", school_year="2027")) == 4
    assert codes(status="nonsense") == [10021, 10020, 10019, 10018]


def test_what_was_said_by_its_status(boss, alert):
    with set_up():
        said = acknowledge(alert)
    response = boss.get(address(Acknowledgement, LIST))
    assert "10018 Skipped Grade In progress 1000-0000-7 School enrolment" in text_of(response)
    [status, _of_records] = response.context["cl"].filter_specs
    names = [choice["display"] for choice in status.choices(response.context["cl"])]
    assert names == ["All", "In progress", "Acknowledged", "Overridden"]
    assert found(boss, Acknowledgement, "", status="InProgress") == [said]
    assert found(boss, Acknowledgement, "", status="Overridden") == []


def test_an_alert_of_a_rule_that_is_gone_has_its_code_alone(boss, enrolment):
    with set_up():
        gone = make_alert(enrolment, 10001)
    assert "Rule: 10001 Raised at" in text_of(boss.get(address(CoreAlert, "change", gone.pk)))


def test_out_of_date_while_the_record_waits(boss, alert):
    with set_up():
        student_alert = make_alert(alert.student, 11205)
        raise_trigger("StudentSchoolEnrolment", enrolments.SchoolEnrolment.objects.get())
    marks = {row.pk: row.is_waiting for row in shown(boss.get(address(CoreAlert, LIST)))}
    assert marks == {alert.pk: True, student_alert.pk: False}
    page = boss.get(address(CoreAlert, "change", alert.pk))
    assert "may be out of date" in text_of(page)
    enrolments.SchoolEnrolmentValidationStatus.objects.update(max_source_version=2**60)
    assert "may be out of date" not in text_of(boss.get(address(CoreAlert, "change", alert.pk)))


def test_the_history_of_an_acknowledgement(boss, alert):
    with set_up():
        said = acknowledge(alert)
    with set_up():
        said.status = "Acknowledged"
        said.save()
    page = text_of(boss.get(address(Acknowledgement, "history", said.pk)))
    assert "In progress → Acknowledged" in page
    assert "History of 10018 Skipped Grade, 1000-0000-7" in page
    version = said.history.first().pk
    page = text_of(boss.get(address(Acknowledgement, "simple_history", said.pk, version)))
    assert "Rita Clerk" in page and said.arguments_key not in page


def test_the_student_and_the_enrolment_lead_to_their_alerts(boss, alert):
    for record in (alert.student, enrolments.SchoolEnrolment.objects.get()):
        page = boss.get(address(type(record), "change", record.pk)).content.decode()
        assert address(CoreAlert, LIST) in page


# --- Processors ---------------------------------------------------------------------------------


def test_the_processors(boss, enrolment):
    with set_up():
        raise_trigger("StudentSchoolEnrolment", enrolment)
        raise_trigger("Student", enrolment.student)
    enrolments.StudentValidationStatus.objects.update(
        max_source_version=2**60, set_aside_at=timezone.now(), set_aside_error="ValueError: bad"
    )
    response = boss.get(PROCESSORS)
    rows = {row["name"]: row for row in response.context["processors"]}
    assert list(rows) == list(TABLES)
    counts = {name: (row["outstanding"], row["set_aside"]) for name, row in rows.items()}
    assert counts == dict.fromkeys(TABLES, ("0", "0")) | {
        "Student": ("0", "1"),
        "StudentSchoolEnrolment": ("1", "0"),
    }
    assert rows["StudentSchoolEnrolment"]["oldest"] != "–"
    assert "ValueError: bad" in text_of(boss.get(rows["Student"]["aside_url"]))
    waiting = boss.get(rows["StudentSchoolEnrolment"]["url"])
    assert address(type(enrolment), "change", enrolment.pk) in waiting.content.decode()
    assert "2026/2027 Test Waiting" in text_of(waiting)
    assert PROCESSORS in boss.get(rows["Student"]["url"]).content.decode()


def test_of_very_many_the_number_is_that_counted_last(boss, monkeypatch):
    """What a visit looks at is bounded. What is not counted now is shown with its time."""
    monkeypatch.setattr(queue_lengths, "LOOKED_AT", 2)
    with set_up():
        students = [make_student() for _ in range(4)]
        keys = sorted(student.pk for student in students)
        bulk.raise_triggers(*TABLES["Student"], keys[:3], "Test")

    def row() -> tuple[str, str]:
        rows = {each["name"]: each for each in boss.get(PROCESSORS).context["processors"]}
        return rows["Student"]["outstanding"], rows["Student"]["oldest"]

    assert row()[0] == "at least 2"
    refreshed()
    with set_up():
        bulk.raise_triggers(*TABLES["Student"], keys[3:], "Test")
    assert row()[0].startswith("3 (as of ")
    counted = FigureSet.objects.get(pk="background_work").counted_at
    Figure.objects.filter(name="waiting", key="Student").update(value=2_000_000)
    as_of = formats.date_format(counted.astimezone(ALBERTA), "DATETIME_FORMAT")
    assert row()[0] == f"2,000,000 (as of {as_of})"
    # Of those looked at none waits any more: since when is known from the count, too.
    statuses = enrolments.StudentValidationStatus.objects
    statuses.filter(pk__in=keys[:3]).update(max_source_version=2**60, set_aside_at=timezone.now())
    raised = enrolments.StudentTrigger.objects.order_by("version").first().last_updated_on
    assert row()[1] == formats.date_format(raised.astimezone(ALBERTA), "DATETIME_FORMAT")
    assert "at least 2" in text_of(boss.get(PROCESSORS))  # set aside


def test_the_list_of_what_waits_looks_above_the_mark_alone(boss, enrolment):
    with set_up():
        raise_trigger("StudentSchoolEnrolment", enrolment)
    page = address(enrolments.SchoolEnrolmentTrigger, LIST)
    assert boss.get(page).context["cl"].result_count == 1
    enrolments.ProcessorProgress.objects.create(
        name="StudentSchoolEnrolment", processed_up_to=2**60
    )
    assert boss.get(page).context["cl"].result_count == 0


@pytest.mark.parametrize(
    ("done", "aside", "state"),
    [(0, False, "Waiting"), (2**60, False, "Done"), (2**60, True, "Set aside")],
)
def test_why_a_record_is_looked_at_and_how_far_that_is(boss, enrolment, done, aside, state):
    with set_up():
        course = enrolments.CourseEnrolment.objects.create(
            reference_id="00000000-0000-4000-8000-000000000001",
            student=enrolment.student,
            school=enrolment.school,
            school_year=2026,
            course_code="ELA3105",
            status="Active",
            version=1,
        )
        for processor, record in (("CourseEnrolment", course), ("Student", enrolment.student)):
            bulk.raise_triggers(*TABLES[processor], [record.pk], "NextScanDate")
    for status in ("CourseEnrolment", "Student"):
        TABLES[status][1].objects.update(
            max_source_version=done, set_aside_at=timezone.now() if aside else None
        )
    of_course = boss.get(address(enrolments.CourseEnrolmentTrigger, LIST), {"work": "all"})
    row = f"1000-0000-7 ELA3105 2025/2026 A date that has come {state}"
    assert row in text_of(of_course)
    assert address(type(course), "change", course.pk) in of_course.content.decode()
    of_student = boss.get(address(enrolments.StudentTrigger, LIST), {"work": "all"})
    assert f"1000-0000-7 A date that has come {state}" in text_of(of_student)
    page = boss.get(address(enrolments.CourseEnrolmentTrigger, "change", course.pk))
    assert page.context["subtitle"] == "1000-0000-7, ELA3105 2025/2026"


def test_who_sees_the_processors(db):
    for group, status in (("Alerts Officer", 200), ("Registry Clerk", 403), ("Auditor", 200)):
        assert signed_in(staff(group, group)).get(PROCESSORS).status_code == status
    officer = signed_in(staff("officer", "Alerts Officer")).get(PROCESSORS)
    urls = {row["name"]: row["url"] for row in officer.context["processors"]}
    assert urls.pop("Transcript") is None  # not theirs
    assert all(urls.values())


def test_the_processors_cost_the_same_whatever_waits(boss):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            boss.get(PROCESSORS)
        return len(captured)

    populate(1)
    few = queries()
    populate(5)
    assert queries() == few
