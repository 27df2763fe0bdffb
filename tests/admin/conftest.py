"""Staff of every group, signed in, and records for them to look at."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

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
