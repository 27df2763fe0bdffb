"""Steps that stories of staff have in common, and the people who take them."""

from django.contrib.auth.models import Group, User

from students.models import Student
from tests.browser.chromium import Visit
from tests.browser.conftest import PASSWORD


def make_staff(name: str, group: str, **values) -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **values)
    user.groups.add(Group.objects.get(name=group))
    return user


def record_of(asn: str) -> Student:
    return Student.objects.get(asn=asn)


def find(visit: Visit, asn: str) -> None:
    """From the start page to the record, as somebody does forty times an hour."""
    visit.open("/admin/")
    visit.enter("#find-1", asn)
    visit.page.wait_for_selector(".record-tabs")


def begin(visit: Visit, task: str) -> None:
    """Open a task and read what it will do."""
    visit.press(f".record-tasks >> text={task}")
    visit.reads("#content", "What will happen")


def do(visit: Visit, result: str) -> None:
    """Press the button of the task and read what it did."""
    visit.press(".main-button")
    visit.reads("body", result)
