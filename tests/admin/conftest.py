"""Staff of every group, signed in, and records for them to look at."""

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from pasi.back_office.recorded import AS_SHOWN
from tests.admin.population import populate


def staff(name: str, *groups: str, **values) -> User:
    user = User.objects.create(username=name, is_staff=True, **values)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def boss(db) -> Client:
    """A signed-in superuser."""
    return signed_in(staff("boss", is_superuser=True, first_name="Bea", last_name="Boss"))


@pytest.fixture
def records(db) -> None:
    """Two rows in every list."""
    populate(2)


def address(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def as_opened(browser: Client, page: str, form: dict) -> dict:
    """What the browser sends from a record's page: what is typed, and what it was opened for."""
    return {**form, AS_SHOWN: browser.get(page).context["as_shown"]}


def save(browser: Client, record: Model, form: dict, **options) -> HttpResponse:
    """Open the page of a record, and save it so."""
    page = address(type(record), "change", record.pk)
    return browser.post(page, as_opened(browser, page, form), **options)
