"""The page of a school enrolment: codes in words, what is calculated, what it is called."""

import datetime

import pytest

from enrolments.models import CourseEnrolment, SchoolEnrolment
from pasi.models import Organization
from tests.admin.conftest import address
from tests.admin.test_student_page import text_of
from tests.province_builder import make_enrolment, make_school, make_student, set_up


@pytest.fixture(autouse=True)
def today(settings):
    settings.PASI_TODAY = datetime.date(2026, 11, 26)


def enrol(**values) -> SchoolEnrolment:
    with set_up():
        return make_enrolment(make_student("100000007"), make_school(), 2027, **values)


def page(boss, enrolment, name="change", *more):
    return boss.get(address(type(enrolment), name, enrolment.pk, *more))


def test_codes_in_words(boss):
    one = enrol(
        enrolment_type_codes="417;121",
        grants_program_codes="302",
        exception_codes="80",
        programming_type="SummerSchool",
        school_authority_provided_program_percentage=0,
    )
    response = page(boss, one)
    assert "417<br>121 Independent Student" in response.content.decode()
    text = text_of(response)
    for said in (
        "Programming type: Summer School",
        "Grants programs: 302 English as an Additional Language: not funded",
        "Exceptions: 80",
        "Program percentage of the authority: 0 %",
        "Resident board: –",
    ):
        assert said in text


def test_the_resident_board_by_its_name(boss):
    one = enrol(resident_board="0777")
    assert "Resident board: 0777 FNMI" in text_of(page(boss, one))
    with set_up():
        Organization.objects.create(code="A.0777", kind="Authority", name="Far North")
    assert "Resident board: A.0777 Far North" in text_of(page(boss, one))


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, "Active"),
        ({"is_deleted": True}, "Created in error"),
        ({"start_date": datetime.date(2026, 11, 27)}, "Registered"),
        (
            {"exit_date": datetime.date(2026, 11, 25), "exit_date_type": "WithdrawalDate"},
            "Withdrawn",
        ),
    ],
)
def test_the_registration_status_of_today(boss, values, status):
    assert f"Registration status: {status}" in text_of(page(boss, enrol(**values)))


def test_it_is_called_by_student_and_year_everywhere(boss):
    one = enrol()
    name = "1000-0000-7 Ada Byron, 2026/2027"
    version = one.history.get().pk
    for response in (
        page(boss, one),
        page(boss, one, "history"),
        page(boss, one, "simple_history", version),
    ):
        html = response.content.decode()
        above_the_record = html[html.index("<title>") : html.index('id="content-main"')]
        assert name in above_the_record
        assert str(one.reference_id) not in above_the_record


def test_a_course_enrolment_by_its_course_too(boss):
    one = enrol()
    with set_up():
        course = CourseEnrolment.objects.create(
            reference_id="00000000-0000-4000-8000-000000000001",
            student=one.student,
            school=one.school,
            school_year=2026,
            course_code="ELA3105",
            status="Active",
            version=1,
        )
    assert page(boss, course).context["subtitle"] == "1000-0000-7 Ada Byron, 2025/2026, ELA3105"
