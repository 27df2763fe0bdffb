"""Two schools of two authorities, an authority, one of limited access, and the ministry."""

import datetime

import pytest

from pasi.models import Organization
from tests.enrolments.calls import EnrolmentCaller, make_enrolment_caller
from tests.province_builder import make_school, make_student, set_up

TODAY = datetime.date(2026, 11, 26)


@pytest.fixture(autouse=True)
def today(settings):
    settings.PASI_TODAY = TODAY
    return TODAY


@pytest.fixture
def school1(db) -> EnrolmentCaller:
    with set_up():
        make_school("S.0001", "A.0001")
        return make_enrolment_caller("S.0001")


@pytest.fixture
def school2(db) -> EnrolmentCaller:
    with set_up():
        make_school("S.0002", "A.0002")
        return make_enrolment_caller("S.0002")


@pytest.fixture
def authority1(db) -> EnrolmentCaller:
    with set_up():
        make_school("S.0001", "A.0001")
        return make_enrolment_caller("A.0001")


@pytest.fixture
def limited(db) -> EnrolmentCaller:
    """A school under an authority of high restriction."""
    with set_up():
        make_school("S.0900", "A.0230")
        authority = Organization.objects.get(code="A.0230")
        authority.access = Organization.Access.HIGH_RESTRICTION
        authority.save()
        return make_enrolment_caller("S.0900")


@pytest.fixture
def ministry(db) -> EnrolmentCaller:
    with set_up():
        return make_enrolment_caller("O.1", "Submit Enrolment User", "PASI System User")


@pytest.fixture
def student(school1):
    with set_up():
        return make_student()
