"""A small invented province, awarded and processed, for all tests of a module to work in."""

from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command

from tests.browser.chromium import serving
from tests.conftest import point_to

PASSWORD = "correct horse battery"
STUDENTS = 300


@pytest.fixture(scope="session")
def invented(clones, django_db_setup, django_db_blocker):
    """The name of a database with the province: made once, cloned by every module."""
    before = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        name = clones.make("province")
        point_to(name)
        try:
            quiet = {"stdout": StringIO(), "stderr": StringIO()}
            call_command("generate_province", students=STUDENTS, seed=1, **quiet)
            call_command("award_credentials", achieved_not_awarded=True, **quiet)
            call_command("process_triggers", **quiet)
            call_command("refresh_figures", **quiet)
            User.objects.create_superuser(
                "boss", password=PASSWORD, first_name="Bea", last_name="Boss"
            )
        finally:
            point_to(before)
    return name


@pytest.fixture(scope="module")
def province(clones, invented, django_db_blocker):
    """The address of a server on a database of its own."""
    before = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        name = clones.make("browser", invented)
        point_to(name)
        try:
            with serving() as address:
                yield address
        finally:
            point_to(before)
            clones.drop(name)
