"""Connections beside the one that Django holds: somebody else at the same database."""

import psycopg
from django.conf import settings


def another_connection(database=None, **options) -> psycopg.Connection:
    """A new connection to this test's database, or to `database`."""
    values = settings.DATABASES["default"]
    return psycopg.connect(
        host=values["HOST"] or None,
        port=values["PORT"] or None,
        user=values["USER"] or None,
        password=values["PASSWORD"] or None,
        dbname=database or values["NAME"],
        **options,
    )
