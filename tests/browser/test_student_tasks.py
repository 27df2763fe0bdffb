"""A registry clerk and the record of a student, in a real browser: a new student who seems to exist
already, a name, a rejection at its field, every part of the record, on a phone too."""

import pytest
from django.contrib.auth.models import Group, User

from students.models import Student
from tests.admin.conftest import address as address_of
from tests.browser.chromium import PHONE, browsing, needed
from tests.browser.conftest import PASSWORD
from tests.province_builder import make_student, set_up

pytestmark = needed

PARTS = ("names", "contacts", "enrolments", "credentials", "work-items", "time-line")


@pytest.fixture(scope="module")
def clerk(province, django_db_blocker) -> User:
    with django_db_blocker.unblock():
        user = User.objects.create_user(
            "rita", password=PASSWORD, is_staff=True, first_name="Rita", last_name="Clerk"
        )
        user.groups.set(Group.objects.filter(name="Registry Clerk"))
        yield user


def a_student() -> Student:
    return Student.objects.filter(awarded_credentials__isnull=False).order_by("pk").first()


def test_a_clerk_creates_a_student_who_seems_to_exist_and_corrects_a_name(province, clerk):
    with set_up():
        twin = make_student(first_name="Zoë", last_name="Brûlé", middle_name="Ann")
    with browsing(province) as visit:
        page = visit.sign_in("rita", PASSWORD)
        visit.press("#nav-sidebar-apps >> text=Students >> nth=-1")
        visit.press("text=Create a student")
        for field, text in {
            "first_name": "Zoe",
            "last_name": "Brule",
            "birth_date": "2008-05-17",
            "alias_first_name": "St.Zoe",
            "alias_last_name": "Brule",
        }.items():
            box = page.locator(f"#id_{field}")
            if not box.is_visible():
                page.locator("details", has=box).locator("summary").click()
            box.fill(text)
        page.select_option("#id_gender", "F")
        page.select_option("#id_document_type", "AlbertaBirthCertificate")
        visit.press(".main-button")

        # Refused at its field, with the code; nothing typed is lost.
        at_field = page.locator(".service-field", has=page.locator("#id_alias_first_name"))
        assert "(11203)" in at_field.inner_text()
        page.fill("#id_alias_first_name", "Zoe")
        page.fill("#id_alias_last_name", "Brown")
        visit.press(".main-button")

        duplicates = page.locator(".duplicates")
        assert "(11401)" in duplicates.inner_text()
        assert "Zoë" in duplicates.inner_text() and "Ann" in duplicates.inner_text()
        assert duplicates.locator("a", has_text="It is").count() == 1
        visit.picture("student-duplicates", whole=True)
        page.set_viewport_size(PHONE)
        visit.assert_fits()
        page.set_viewport_size({"width": 1440, "height": 900})
        visit.press("text=It is somebody else")
        visit.reads("body", "is created with the number")
        made = Student.objects.exclude(pk=twin.pk).get(legal_name__last_name="Brule")

        visit.press(".record-tabs >> text=Names")
        visit.press("#names tr:has-text('Zoe Brown') >> text=Correct")
        visit.reads("#content", "What will happen")
        page.fill("#id_last_name", "Braun")
        visit.press(".main-button")
        visit.reads("#names", "Zoe Braun")

        visit.press(".record-tabs >> text=Time line")
        line = page.inner_text(".time-line")
        assert "SubmitName" in line and "Brown → Braun" in line and "Rita Clerk (rita)" in line
        assert page.url.endswith(f"/{made.pk}/part/time-line/")
        visit.picture("student-time-line", whole=True)


@pytest.mark.parametrize(
    ("name", "options"),
    [("wide", {}), ("phone", {"viewport": PHONE}), ("dark", {"color_scheme": "dark"})],
)
def test_every_part_of_the_record(province, django_db_blocker, name, options):
    with django_db_blocker.unblock():
        boss = User.objects.get(username="boss")
        student = a_student()
    record = address_of(Student, "change", student.pk)
    with browsing(province, **options) as visit:
        visit.sign_in_as(boss)
        forms = ("identity", "citizenship", "names/add", "link", "death", "restrictions/add")
        paths = [
            record,
            *(record.replace("change/", f"part/{part}/") for part in PARTS),
            *(record.replace("change/", f"{form}/") for form in forms),
            f"{address_of(Student, 'changelist')}?q={student.legal_name.first_name}+"
            f"{student.legal_name.last_name}",
        ]
        for number, path in enumerate(paths):
            visit.open(path)
            visit.picture(f"student-{name}-{number:02}", whole=True)
            visit.assert_fits()
