"""What must be known of a student stands above every page that shows the student's data; that of
the records is looked at by the walk over every address."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from students.models import DisclosureRestriction, Student
from tests.admin.conftest import address, signed_in, staff
from tests.admin.population import make_call
from tests.admin.test_student_page import text_of
from tests.province_builder import make_student, set_up

RESTRICTED = "A disclosure restriction is in effect"
PAGES = (
    ("explain_eligibility",),
    ("award_one_student",),
    ("set_requirement", "COSC", "StudentIsNominated-81350"),
    ("set_requirement_set", "HHSD"),
    ("exempt", "CALM-81160"),
    ("add_enrolment",),
    ("add_mark",),
)


def restrict(student: Student, times: int = 1) -> None:
    for _each in range(times):
        DisclosureRestriction.objects.create(
            student=student,
            code="CourtOrdered",
            effective_on=datetime.date(2020, 1, 1),
            is_active=True,
        )


@pytest.fixture
def student(db, settings) -> Student:
    settings.PASI_TODAY = datetime.date(2026, 7, 31)
    with set_up():
        student = make_student("100000007", marks=[("ELA3105", 2026, 5)], achieved=["HHSD"])
        restrict(student)
    return student


@pytest.mark.parametrize(("name", "args"), [(name, args) for name, *args in PAGES])
def test_pages_about_a_student_say_what_must_be_known(boss, student, name, args):
    page = reverse(f"admin:{name}", args=[student.asn, *args])
    text = text_of(boss.get(page))
    assert text.count(RESTRICTED) == 1
    with CaptureQueriesContext(connection) as few:
        boss.get(page)
    with set_up():
        restrict(student, times=5)
        make_student("100000015", primary=student)
    with CaptureQueriesContext(connection) as many:
        assert boss.get(page).status_code == 200
    assert len(many) == len(few)


def test_of_a_deactivated_number_it_says_what_still_can_be_changed(boss, db):
    """9009 lets the ministry change the record, but no school enrolment."""
    with set_up():
        student = make_student("100000007", is_deactivated=True)
    text = text_of(boss.get(address(Student, "change", student.pk)))
    assert "schools and authorities can change nothing under it" in text
    assert "the ministry can, but no school enrolment" in text


def test_of_several_numbers_it_says_which(boss, student):
    """The restriction of the primary number holds for the secondary one."""
    with set_up():
        make_student("100000015", primary=student)
    text = text_of(boss.get(reverse("admin:explain_eligibility", args=["100000015"])))
    assert f"1000-0000-7: {RESTRICTED}" in text and f"1000-0001-5: {RESTRICTED}" in text
    assert "1000-0001-5: This is a secondary number. The student is known by 1000-0000-7" in text


def test_a_call_whose_contents_are_hidden_tells_nothing_of_its_students(boss, student):
    call = make_call(asns=[student.asn])
    page = address(type(call), "change", call.pk)
    assert RESTRICTED in text_of(boss.get(page))
    looker = staff("looker")
    looker.user_permissions.add(Permission.objects.get(codename="view_servicecall"))
    seen = signed_in(looker).get(page)
    assert seen.status_code == 200 and RESTRICTED not in text_of(seen)
