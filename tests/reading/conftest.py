"""Readers: clients with a token, and what they ask for."""

from dataclasses import dataclass, field

import pytest
from django.test import Client

from pasi.models import PasiClient
from tests.province_builder import make_client, make_school, make_token, set_up

EVERY_ROLE = (
    "PASI System User",
    "Submit Student User",
    "Submit Enrolment User",
    "Submit Transcript User",
    "View Enrolment User",
    "View Audit User",
)


@dataclass
class Caller:
    """A client that reads. `get` answers Django's response."""

    client: PasiClient
    token: str
    headers: dict = field(default_factory=dict)

    def get(self, path: str, parameters: dict | None = None, **headers):
        return Client().get(
            path,
            parameters or {},
            headers={"Authorization": f"Bearer {self.token}", **self.headers, **headers},
        )

    def results(self, path: str, parameters: dict | None = None) -> list[dict]:
        response = self.get(path, parameters)
        assert response.status_code == 200, response.content
        return response.json()["results"]


def make_caller(name="Reader", *, organizations=("O.1",), roles=EVERY_ROLE, **values) -> Caller:
    """A client with a token. Call inside set_up()."""
    client = make_client(name, organizations=organizations, roles=roles, **values)
    return Caller(client, make_token(client))


@pytest.fixture
def ministry(db) -> Caller:
    """A client for the ministry with every role."""
    with set_up():
        return make_caller("Ministry reader")


@pytest.fixture
def school(db):
    """School S.0001 of authority A.0001."""
    with set_up():
        return make_school()


@pytest.fixture
def at_school(school) -> Caller:
    """A client for school S.0001 with every role."""
    with set_up():
        return make_caller("School reader", organizations=["S.0001"])
