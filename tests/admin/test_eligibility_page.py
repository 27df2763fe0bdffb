"""The page that explains what a student has earned."""

import datetime

import pytest
from django.urls import reverse

from audit.models import RecordRead
from enrolments.processors import drain, processor
from enrolments.triggers import raise_triggers
from students.models import Student
from tests.admin.conftest import address, signed_in, staff
from tests.admin.policy import assert_fit_for_the_policy
from tests.admin.test_student_page import part, text_of
from tests.province_builder import COMMAND, make_mark, make_student, set_up


@pytest.fixture
def student(db, settings) -> Student:
    settings.PASI_TODAY = datetime.date(2026, 8, 1)
    with set_up():
        made = make_student("100000009", marks=[("ELA3105", 2026, 5), ("PED0770", 2026, 3)])
        make_mark(made, "SST3771", 2026, 0, "40")
        raise_triggers("Transcript", [made.pk], "OfficialMark")
    drain(processor("Transcript"), COMMAND)
    return made


def url(asn: str) -> str:
    return reverse("admin:explain_eligibility", args=[asn])


def test_the_page(boss, student):
    response = boss.get(url(student.asn))
    assert_fit_for_the_policy(response)
    page = text_of(response)
    assert "What Ada Byron has earned" in page
    assert "Nothing. No credential was awarded" in page and "44000" in page
    assert "Alberta High School Diploma (AHSD) : NotAchieved" in page.replace("): ", ") : ")
    assert "Career And Life Management Yes 3 credits from relevant courses." in page
    assert "Social Studies - 30 level No No relevant course has been credited." in page
    assert "Carries no credit." in page
    assert "Not open to the student" in page
    read = RecordRead.objects.get()
    assert (read.staff.username, read.state_province_ids) == ("boss", ["100000009"])


def test_it_is_a_part_of_the_page_of_the_student(boss, student):
    place = part(student, "credentials")
    assert place in boss.get(address(Student, "change", student.pk)).content.decode()
    page = text_of(boss.get(place))
    assert "Nothing. No credential was awarded" in page and "Credentials awarded under" in page
    clerk = signed_in(staff("clerk", "Registry Clerk"))
    assert place not in clerk.get(address(Student, "change", student.pk)).content.decode()
    assert clerk.get(place).status_code == 403


@pytest.mark.parametrize(
    ("group", "status"),
    [("Credential Officer", 200), ("Auditor", 200), ("Registry Clerk", 403), ("", 403)],
)
def test_who_may_see_it(student, group, status):
    client = signed_in(staff("somebody", group))
    assert client.get(url(student.asn)).status_code == status
    assert RecordRead.objects.count() == (status == 200)


def test_read_only_and_a_number_that_nobody_has(boss, client, student):
    assert boss.post(url(student.asn)).status_code == 403
    assert boss.get(url("999999999")).status_code == 404
    assert boss.get(url("nobody")).status_code == 404
    assert client.get(url(student.asn)).status_code == 302
