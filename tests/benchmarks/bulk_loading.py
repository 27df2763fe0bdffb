"""Loading millions of rows: indexes and references are made anew afterwards, which is far cheaper.

For a database that nobody else uses. References are checked when they are made again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models

_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
"""
_REFERENCES = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype = 'f'
"""


@contextmanager
def into(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Within, the tables have their primary keys and unique constraints only."""
    make_again = []
    with connection.cursor() as cursor:
        for model in tables:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(_REFERENCES, [table])
            for name, definition in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
                make_again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
            cursor.execute(_INDEXES, [table])
            for name, definition in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}")
                make_again.insert(0, definition)  # references are checked with their help
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for statement in make_again:
            cursor.execute(statement)
        cursor.execute("RESET maintenance_work_mem")
