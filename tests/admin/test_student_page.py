"""What staff see on the page of a student."""

import datetime
import re

import pytest
from django.urls import reverse

from students.models import EmailAddress, Name, PhoneNumber, Student, StudentActivity
from tests.admin.conftest import address
from tests.province_builder import make_enrolment, make_name, make_school, make_student, set_up

DAY = datetime.date(2025, 9, 2)


def text_of(response) -> str:
    """The page as one line of text, without its tags; a field reads "label: value"."""
    html = response.content.decode().replace("</label>", ":</label>")
    plain = re.sub(r"<[^>]*>", " ", html).replace(" :", ":")
    return " ".join(plain.split())


def part(student: Student, name: str) -> str:
    """The address of a part of the student's page."""
    return reverse("admin:student_tab", args=[student.pk, name])


def page_of(boss, student: Student, name: str = "") -> str:
    page = part(student, name) if name else address(Student, "change", student.pk)
    response = boss.get(page)
    assert response.status_code == 200
    return text_of(response)


@pytest.fixture
def student(db) -> Student:
    with set_up():
        return make_student("100000007", birth_date=datetime.date(2000, 11, 9))


def test_what_each_name_is_used_as(boss, student):
    with set_up():
        married = make_name(student, "Ada", "", "King", was_legal=True)
        alias = make_name(student, "Countess", "", "Lovelace")
        former = make_name(student, "Ada", "", "Milbanke", was_legal=True)
        Student.objects.filter(pk=student.pk).update(legal_name=married, preferred_name=alias)
    [table] = boss.get(part(student, "names")).context["tables"]
    shown = {re.sub(r"<[^>]*>", "", name).split()[-1]: uses for name, uses, *_others in table.rows}
    assert shown == {
        "King": "legal",
        "Lovelace": "preferred",
        "Milbanke": "former legal",
        "Byron": "former legal, original",
    }
    page = boss.get(address(Name, "change", former.pk))
    assert "former legal" in text_of(page)


def test_phone_numbers_and_email_addresses(boss, student):
    with set_up():
        phone = PhoneNumber.objects.create(
            student=student,
            phone_type="Home",
            number="4035551234",
            extension="12",
            effective_on=DAY,
        )
        email = EmailAddress.objects.create(student=student, email_address="ada@example.org")
    page = page_of(boss, student, "contacts")
    assert "(403) 555-1234 ext. 12 Home Unknown" in page
    assert "ada@example.org" in page
    for part in (phone, email):
        url = address(type(part), "change", part.pk)
        assert "1000-0000-7" in text_of(boss.get(url))
        listed = boss.get(address(type(part), "changelist"), {"q": "1000-0000-7"})
        assert [row.pk for row in listed.context["cl"].result_list] == [part.pk]


def test_the_years_of_activity(boss, student):
    assert "Active in the school years: –" in page_of(boss, student)
    with set_up():
        for year in (2026, 2024):
            StudentActivity.objects.create(student=student, school_year=year)
    assert "Active in the school years: 2023/2024, 2025/2026" in page_of(boss, student)


def test_when_the_record_is_due_for_disposal(boss, student):
    title = "Scheduled disposal:"
    assert f"{title} 2027-11-09" in page_of(boss, student)
    with set_up():
        secondary = make_student("100000015", primary=student)
        make_enrolment(secondary, make_school(), 2018, grade="03")
        make_enrolment(student, make_school(), 2018, grade="12", is_deleted=True)
    for number in (student, secondary):
        assert f"{title} 2034-09-01" in page_of(boss, number)
