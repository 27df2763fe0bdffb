"""Two schools of two authorities, one of limited access, and the ministry: real clients each."""

import datetime

import pytest

from pasi.models import Organization
from tests.province_builder import make_school, set_up
from tests.students.calls import School, make_caller

TODAY = datetime.date(2026, 11, 26)


@pytest.fixture(autouse=True)
def today(settings):
    settings.PASI_TODAY = TODAY
    return TODAY


@pytest.fixture
def school1(db) -> School:
    with set_up():
        make_school("S.0001", "A.0001")
        return make_caller("S.0001")


@pytest.fixture
def school2(db) -> School:
    with set_up():
        make_school("S.0002", "A.0002")
        return make_caller("S.0002")


@pytest.fixture
def limited(db) -> School:
    """A school under an authority of high restriction."""
    with set_up():
        make_school("S.0900", "A.0230")
        authority = Organization.objects.get(code="A.0230")
        authority.access = Organization.Access.HIGH_RESTRICTION
        authority.save()
        return make_caller("S.0900")


@pytest.fixture
def ministry(db) -> School:
    with set_up():
        return make_caller("O.1", roles=("Submit Student User", "PASI System User"))
