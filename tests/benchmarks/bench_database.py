"""The database that `make bench` works in: made anew, dropped at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db import connection

NAME = os.environ.get("PASI_BENCH_DATABASE", "pasi_bench")


@contextmanager
def fresh() -> Iterator[str]:
    """Create and migrate the database, point Django to it; yields its DATABASE_URL."""
    values = settings.DATABASES["default"]
    usual = values["NAME"]
    _create()
    _point_to(NAME)
    try:
        call_command("migrate", verbosity=0)
        user = quote(values["USER"]) + (
            ":" + quote(values["PASSWORD"]) if values["PASSWORD"] else ""
        )
        port = f":{values['PORT']}" if values["PORT"] else ""
        yield f"postgres://{user}@{quote(values['HOST'], safe='')}{port}/{NAME}"
    finally:
        _point_to(usual)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return cursor.fetchone()[0]


def _create() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")


def _point_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
