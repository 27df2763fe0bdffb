"""Set-up shared by every test: one migrated template database, cloned for each test process.

The template is named after the migrations and the data they load: changed ones make a new one.
"""

import hashlib
import os
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent


def _template_name() -> str:
    digest = hashlib.sha256()
    data = [ROOT / "pasi" / "code_values.csv", *ROOT.glob("credentials/eligibility/data/*.csv")]
    for file in sorted([*ROOT.glob("*/migrations/*.py"), *data]):
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    digest.update((ROOT / "requirements.txt").read_bytes())
    return f"pasi_template_{digest.hexdigest()[:16]}"


def _server():
    """A connection to the server's maintenance database."""
    values = settings.DATABASES["default"]
    return psycopg.connect(
        host=values["HOST"] or None,
        port=values["PORT"] or None,
        user=values["USER"] or None,
        password=values["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    )


def _exists(server, name: str) -> bool:
    return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def point_to(name: str) -> None:
    connections["default"].close()
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


def _need_not_survive(server) -> None:
    """The embedded server is the tests' own: nothing in it has to outlive a power failure, and
    creating and dropping a database takes half as long. The server that DATABASE_URL names is
    whoever's it is.
    """
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.execute(f"ALTER SYSTEM SET {setting} = off")
    server.execute("SELECT pg_reload_conf()")


def _ensure_template(server, name: str) -> None:
    """Build the template once, whoever comes first; the others wait at the lock."""
    server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
    try:
        if _exists(server, name):
            return
        building = f"{name}_building"
        server.execute(f'DROP DATABASE IF EXISTS "{building}" WITH (FORCE)')
        server.execute(f"CREATE DATABASE \"{building}\" TEMPLATE template0 ENCODING 'UTF8'")
        point_to(building)
        call_command("migrate", verbosity=0, interactive=False)
        connections["default"].close()
        server.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    finally:
        server.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])


@pytest.fixture(autouse=True)
def no_waiting(settings):
    """A version that the Core has not issued is refused at once. Processors keep to the test's own
    connection: others do not see what it has not committed.
    """
    settings.PASI_VERSION_WAIT_SECONDS = 0
    settings.PASI_PROCESSOR_THREADS = 1


class Clones:
    """Makes databases from the template and takes them away again."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.names: list[str] = []

    def make(self, suffix: str, template: str | None = None) -> str:
        """`template`: another database than the one of all clones; nobody may be in it."""
        name = f"test_{self.template[-16:]}_{os.getpid()}_{suffix}"
        with _server() as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or self.template}"')
        self.names.append(name)
        return name

    def drop(self, name: str) -> None:
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.names.remove(name)


@pytest.fixture(scope="session")
def clones(django_test_environment, django_db_blocker):
    template = _template_name()
    with _server() as server, django_db_blocker.unblock():
        if not os.environ.get("DATABASE_URL"):
            _need_not_survive(server)
        _ensure_template(server, template)
    made = Clones(template)
    yield made
    connections["default"].close()
    for name in list(made.names):
        made.drop(name)


@pytest.fixture(scope="session")
def django_db_setup(clones, django_db_blocker):
    """pytest-django's database of this process: a clone of the template, no migrations."""
    original = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        point_to(clones.make("main"))
        yield
        point_to(original)


@pytest.fixture
def committed_database(clones, django_db_setup, django_db_blocker):
    """A fresh database for one test that commits: real threads, real processes.

    Yields its name; every connection of this process goes there until the test ends.
    """
    before = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        name = clones.make("committed")
        point_to(name)
        try:
            yield name
        finally:
            point_to(before)
            clones.drop(name)
