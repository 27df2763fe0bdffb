"""Requirements and exemptions set by hand, from the page of what the student has earned."""

import datetime
import html

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import RecordRead, ServiceCall
from credentials.models import RequirementAchievement, RequirementExemption, RequirementSetStatus
from students.models import Student
from tests.admin.conftest import signed_in, staff
from tests.admin.test_service_forms import as_shown, errors
from tests.admin.test_student_page import text_of
from tests.credentials.officer import recalculated
from tests.province_builder import make_mark, make_student, set_up

NOMINATED, REQUESTED = "StudentIsNominated-81350", "StudentRequested-81700"
CALM = "CALM-81160"


@pytest.fixture
def olive(db, settings) -> Client:
    settings.PASI_TODAY = datetime.date(2026, 7, 31)
    return signed_in(staff("olive", "Credential Officer"))


@pytest.fixture
def student(olive) -> Student:
    with set_up():
        return make_student(marks=[("ELA3105", 2026, 5)], achieved=["AHSD-PRE2010"])


def address(name: str, student: Student, *args: str) -> str:
    return reverse(f"admin:{name}", args=[student.asn, *args])


def shown(response) -> str:
    return html.unescape(text_of(response))


def test_a_manual_requirement(olive, student):
    where = address("set_requirement", student, "COSC", NOMINATED)
    assert where in olive.get(address("explain_eligibility", student)).content.decode()
    text = shown(olive.get(where))
    assert "Achieved: the requirement is met, in Certificate of School Completion." in text
    assert "Eligibility is worked out again" in text
    assert RecordRead.objects.latest("read_at").state_province_ids == [student.asn]
    assert list(errors(olive.post(where, as_shown(olive, where)))) == ["achievement"]
    answer = olive.post(where, as_shown(olive, where, achievement="Achieved"), follow=True)
    assert "is saved." in shown(answer)
    assert "What Ada Byron has earned" in shown(answer)
    stored = RequirementAchievement.objects.get()
    assert (stored.requirement, stored.achievement, stored.organization.code) == (
        *(NOMINATED, "Achieved"),
        "O.1",
    )
    assert olive.get(where).context["form"]["achievement"].value() == "Achieved"
    again = olive.post(where, as_shown(olive, where, achievement="Achieved"))
    assert errors(again)["achievement"][0].endswith("(9023)")


def test_who_is_too_young_for_the_request_is_told_so_at_the_field(olive, student):
    where = address("set_requirement", student, "HSED-ALT1", REQUESTED)
    assert "only for who is 19 on 1 September" in shown(olive.get(where))
    answer = olive.post(where, as_shown(olive, where, achievement="Achieved"))
    [text] = errors(answer)["achievement"]
    assert text.endswith("(43018)")
    assert not RequirementAchievement.objects.exists()


def test_the_status_of_a_whole_set(olive, student):
    where = address("set_requirement_set", student, "HHSD")
    assert where in olive.get(address("explain_eligibility", student)).content.decode()
    assert "set by hand, and the calculator leaves it alone" in shown(olive.get(where))
    form = as_shown(olive, where, achievement="Achieved")
    assert olive.post(where, form).status_code == 302
    stored = RequirementSetStatus.objects.get(requirement_set="HHSD")
    assert (stored.status, stored.is_calculated) == ("Achieved", False)

    with set_up():
        RequirementSetStatus.objects.create(
            student=student,
            requirement_set_id="CHSA",
            status="NotAchieved",
            is_calculated=True,
            version=1,
        )
    calculated = address("set_requirement_set", student, "CHSA")
    page = olive.get(address("explain_eligibility", student)).content.decode()
    assert calculated not in page
    assert "worked out by the calculator" in shown(olive.get(calculated))
    answer = olive.post(calculated, as_shown(olive, calculated, achievement="Achieved"))
    assert errors(answer)["__all__"][0].endswith("(99005)")


def test_an_exemption_requested_approved_denied_deleted(olive, student):
    where = address("exempt", student, CALM)
    with set_up():
        RequirementSetStatus.objects.create(
            student=student, requirement_set_id="CHSA", status="NotAchieved", version=1
        )
    assert where in olive.get(address("explain_eligibility", student)).content.decode()
    assert "There is no exemption from this requirement yet." in shown(olive.get(where))
    assert list(errors(olive.post(where, as_shown(olive, where)))) == ["status"]
    for status in ("Requested", "Approved", "Denied", "Delete"):
        form = as_shown(olive, where, reason="ReligiousCALM", status=status)
        assert olive.post(where, form).status_code == 302, status
        if status == "Approved":
            back = olive.post(
                where, as_shown(olive, where, reason="ReligiousCALM", status="Requested")
            )
            assert errors(back)["status"][0].endswith("(99056)")
    stored = RequirementExemption.objects.get()
    assert (stored.status, stored.is_deleted) == ("Denied", True)
    gone = olive.post(where, as_shown(olive, where, reason="ReligiousCALM", status="Delete"))
    assert errors(gone)["status"][0].endswith("(9023)")
    statuses = stored.history.order_by("history_id").values_list("status", flat=True)
    assert list(statuses) == ["Requested", "Approved", "Denied", "Denied"]
    assert ServiceCall.objects.filter(door="back_office", staff__username="olive").count() == 6


def test_what_is_not_set_by_hand_has_no_page(olive, student):
    for where in (
        address("set_requirement", student, "CHSA", CALM),
        address("set_requirement", student, "NONE", NOMINATED),
        address("set_requirement_set", student, "NONE"),
        address("exempt", student, "NONE"),
        reverse("admin:exempt", args=["999999999", CALM]),
    ):
        assert olive.get(where).status_code == 404, where


@pytest.mark.parametrize("group", ["Registry Clerk", "Alerts Officer", "Auditor", ""])
def test_nobody_else_may(olive, student, group):
    other = signed_in(staff("somebody", group))
    for where in (
        address("set_requirement", student, "COSC", NOMINATED),
        address("set_requirement_set", student, "HHSD"),
        address("exempt", student, CALM),
    ):
        assert other.get(where).status_code == 403
        assert other.post(where, {"achievement": "Achieved"}).status_code == 403
    page = other.get(address("explain_eligibility", student)).content.decode()
    assert address("set_requirement_set", student, "HHSD") not in page


def test_the_pages_cost_the_same_whatever_there_is_of_the_student(olive, student):
    where = [
        address("set_requirement", student, "COSC", NOMINATED),
        address("set_requirement_set", student, "HHSD"),
        address("exempt", student, CALM),
        address("explain_eligibility", student),
    ]

    def costs() -> list[int]:
        found = []
        for each in where:
            olive.get(each)
            with CaptureQueriesContext(connection) as captured:
                olive.get(each)
            found.append(len(captured))
        return found

    recalculated()
    before = costs()
    with set_up():
        for year in (2022, 2023, 2024):
            make_mark(student, f"SST{year}", year, 5, "80")
        for reason in ("ReligiousCALM", "OutOfProvinceTransferCALM"):
            RequirementExemption.objects.create(
                student=student, requirement=CALM, reason=reason, status="Requested", version=1
            )
    assert costs() == before
