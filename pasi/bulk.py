"""Set-based writing and reading. The only home of raw SQL.

Every function takes part in the caller's transaction and costs a fixed number of statements,
whatever the number of rows. Column names are given by database column (`student_id`).
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import repeat
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.models.fields.related import ForeignObject
from django.utils import timezone
from psycopg.types.json import Json

# The announced versions live above this key; every other advisory key stays below 2**62.
ANNOUNCEMENT_OFFSET = 1 << 62
VERSION_SEQUENCE = "pasi_core_version"
SAFE_GAP = 400_000  # nobody draws half as many values from a sequence within one statement


@models.Field.register_lookup
@ForeignObject.register_lookup
class AnyOf(models.Lookup):
    """`asn__any=[…]`: = ANY(array). One parameter for any number of values; five times as fast
    as `__in` with 35,000 of them.
    """

    lookup_name = "any"
    prepare_rhs = False

    def get_db_prep_lookup(self, value, connection):
        return "%s", [_written(value)]

    def as_sql(self, compiler, connection):
        lhs, params = self.process_lhs(compiler, connection)
        field = getattr(self.lhs.output_field, "target_field", self.lhs.output_field)
        return f"{lhs} = ANY(%s::{_type(field)}[])", [*params, _written(self.rhs)]


def _written(values: "Many | Iterable") -> str:
    return values.written if isinstance(values, Many) else array(values)


def _type(field: models.Field) -> str:
    """The database type of a field, without its length: a cast to varchar(9) would cut silently
    what an assignment refuses.
    """
    return (field.rel_db_type(connection) or "text").partition("(")[0]


class Many:
    """Values for `__any` in the ORM, written once; the ORM looks at each element of a list, and
    this it leaves alone.
    """

    __slots__ = ("written",)

    def __init__(self, values: Iterable) -> None:
        self.written = array(values)


def array(values: Iterable) -> str:
    """An array as PostgreSQL writes it, for a parameter with a cast: `%s::bigint[]`.

    Ten times as fast as handing psycopg a list, which counts with tens of thousands of values.
    """
    values = list(values)
    write = str if {*map(type, values)} == {int} else _element
    return "{" + ",".join(map(write, values)) + "}"


def _element(value) -> str:
    if type(value) is int:
        return str(value)
    if value is None:
        return "NULL"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def quoted(names: Iterable[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in names)


def json_value(value) -> Json:
    """A value of a JSON column for copy_rows()."""
    return Json(value)


def fetch(sql: str, params: Sequence | dict | None = None) -> list[tuple]:
    """All rows of a query, as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def run(sql: str, params: Sequence | dict | None = None) -> int:
    """Carry out a statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def written_once(queryset: models.QuerySet) -> str:
    """The SQL of a query, to be kept and carried out by fetch() with other parameters, in the order
    of those it has. For the few queries of a single call that the ORM takes longer to write than
    the database to answer.
    """
    return queryset.query.sql_with_params()[0]


# --- Sequences and versions ---------------------------------------------------------------------


def next_values(sequence: str, count: int) -> list[int]:
    """`count` values of a sequence, ascending.

    Unless somebody else draws meanwhile they are one stretch, of which the ends are enough.
    """
    if not count:
        return []
    [(lowest, highest, values)] = fetch(
        "SELECT min(value), max(value),"
        " CASE WHEN max(value) - min(value) + 1 > count(*) THEN array_agg(value) END "
        "FROM (SELECT nextval(%s::regclass) AS value FROM generate_series(1, %s)) AS drawn",
        [sequence, count],
    )
    return list(range(lowest, highest + 1)) if values is None else values


def next_of_each(*sources: str | type[models.Model]) -> list[int]:
    """One value of each sequence; a model stands for that of its key. One query."""
    drawn, params = [], []
    for source in sources:
        if isinstance(source, str):
            drawn.append("nextval(%s::regclass)")
            params.append(source)
        else:
            drawn.append("nextval(pg_get_serial_sequence(%s, %s))")
            params += [
                connection.ops.quote_name(source._meta.db_table),
                source._meta.pk.column,
            ]
    [values] = fetch(f"SELECT {', '.join(drawn)}", params)
    return list(values)


def advance_sequence(sequence: str, value: int) -> None:
    """See to it that `sequence` gives only values above `value` from now on. Never moves it back.

    PostgreSQL has no "set to the greater of the two" for sequences, and others may draw from this
    one meanwhile. So only a gap that they cannot possibly cross within one statement is jumped;
    what is left is drawn value by value. No two transactions may call this at once for the same
    sequence. Not undone by a rollback.
    """
    name = connection.ops.quote_name(sequence)
    fetch(
        f"SELECT setval(%s::regclass, %s) FROM {name} WHERE last_value < %s",
        [sequence, value - SAFE_GAP // 2, value - SAFE_GAP],
    )
    fetch(
        f"SELECT count(nextval(%s::regclass)) FROM {name}, generate_series("
        f" last_value + CASE WHEN is_called THEN 1 ELSE 0 END, %s)",
        [sequence, value],
    )


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` fresh primary keys of a model whose key the database numbers."""
    table, column = model._meta.db_table, model._meta.pk.column
    [(sequence,)] = fetch(
        "SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), column]
    )
    return next_values(sequence, count)


def next_versions(count: int) -> list[int]:
    """`count` fresh PASI core versions. Call announce_version() first in the transaction."""
    return next_values(VERSION_SEQUENCE, count)


def announce_version() -> None:
    """Say that this transaction may write versions above the present one.

    Versions become visible in the order of commits, not in their own. A reader of "changes since
    N" therefore stops below the lowest version announced by a transaction still open
    (visible_version). The lock is shared: writers never wait for one another.
    """
    fetch(
        f"SELECT pg_advisory_xact_lock_shared(%s + last_value) FROM {VERSION_SEQUENCE}",
        [ANNOUNCEMENT_OFFSET],
    )


def latest_version() -> int:
    """The highest version the Core has issued."""
    [(value,)] = fetch(f"SELECT last_value FROM {VERSION_SEQUENCE}")
    return value


def visible_version() -> int:
    """The version up to which no open transaction can still bring a change to light.

    Two statements on purpose, the sequence first: a writer that announces in between has taken
    its versions from above the value read here.
    """
    latest = latest_version()
    [(lowest,)] = fetch(
        """
        SELECT min((classid::bigint << 32) | objid::bigint) - %(offset)s
        FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND ((classid::bigint << 32) | objid::bigint) >= %(offset)s
        """,
        {"offset": ANNOUNCEMENT_OFFSET},
    )
    return latest if lowest is None else min(latest, lowest)


# --- Look-ups that must be quick ----------------------------------------------------------------


def represented_organization(client: int, code: str) -> tuple[tuple, tuple] | None:
    """The organization `code` and its authority, if the client acts for either: their columns in
    the order of the model's fields. The ORM takes longer to write this query than the database
    to answer it.
    """
    found = fetch(_represented(), [code, client])
    if not found:
        return None
    half = len(found[0]) // 2
    return found[0][:half], found[0][half:]


@cache
def _represented() -> str:
    client = apps.get_model("pasi", "PasiClient")
    organization = apps.get_model("pasi", "Organization")
    columns = [
        f"{alias}.{connection.ops.quote_name(field.column)}"
        for alias in ("own", "above")
        for field in organization._meta.concrete_fields
    ]
    table, link = _table(organization), _table(client.organizations.through)
    return (
        f"SELECT {', '.join(columns)} FROM {table} own"
        f" LEFT JOIN {table} above ON above.id = own.authority_id"
        f" WHERE own.code = %s AND EXISTS (SELECT FROM {link} WHERE pasiclient_id = %s"
        f" AND organization_id IN (own.id, own.authority_id))"
    )


_NAME_KEY = (
    "SELECT name_id, student_id, was_legal, birth_date, first_key, middle_key, last_key{more}"
    " FROM students_namekey WHERE "
)
# Hidden from the planner, which otherwise looks every value up in its statistics: 2 ms for 300.
_ONE_OF = "= ANY((SELECT %s::{0}[])::{0}[])"
_A_SOUND, _A_DATE = _ONE_OF.format("varchar"), _ONE_OF.format("date")


def names_born(
    day: datetime.date,
    *,
    near: Sequence[datetime.date],
    last_sounds: Sequence[str],
    first_sounds: Sequence[str],
    turned_round: tuple[str, str],
    most: int,
) -> list[tuple]:
    """Keys of names (name, student, was legal, birth date, first, middle, last) of who was born on
    a day; and at `most` so many of who was born on a day near it and whose last or first name
    sounds alike, or both the other way round (last, first).
    """
    key = _NAME_KEY.format(more="")
    return fetch(
        f"{key} birth_date = %s UNION ALL"
        f" ({key} birth_date {_A_DATE} AND (last_sound {_A_SOUND} OR first_sound {_A_SOUND}"
        f" OR (last_sound = %s AND first_sound = %s)) LIMIT %s)",
        [day, array(near), array(last_sounds), array(first_sounds), *turned_round, most],
    )


def names_born_between(
    earliest: datetime.date,
    latest: datetime.date,
    *,
    both: Sequence[tuple[Sequence[str], Sequence[str]]],
    last: str,
    first: str,
    is_initial: bool,
    few: int,
    most: int,
) -> list[tuple]:
    """Keys of names as those of names_born(), each with its block, of who was born from one day to
    another.

    Block "both", at `most` so many: sounds of last names and those of first names that go with
    them; where the first name asked for `is_initial`, `last` goes with all that begin with `first`.
    Blocks "last" and "first", one more than `few`: one half of the name sounds just so.
    """

    def block(name: str) -> str:
        return _NAME_KEY.format(more=f", '{name}'") + "birth_date BETWEEN %s AND %s AND"

    days = (earliest, latest)
    halves = [f"(last_sound {_A_SOUND} AND first_sound {_A_SOUND})"] * len(both)
    sounds = [array(each) for pair in both for each in pair]
    if is_initial:
        halves.append("(last_sound = %s AND first_sound BETWEEN %s AND %s)")
        sounds += (last, first, f"{first}Z")
    # Few in the order of the index, or the planner would read them all for the first of them.
    return fetch(
        f"({block('both')} ({' OR '.join(halves)}) LIMIT %s)"
        f" UNION ALL ({block('last')} last_sound = %s ORDER BY birth_date LIMIT %s)"
        f" UNION ALL ({block('first')} first_sound = %s ORDER BY birth_date LIMIT %s)",
        [*days, *sounds, most, *days, last, few + 1, *days, first, few + 1],
    )


# --- Locks --------------------------------------------------------------------------------------


def begin_call(
    lock_timeout: float, *, replay_lock: int | None = None, announces: bool = True
) -> None:
    """What every call's transaction begins with, in one statement.

    Lock requests fail (SQLSTATE 55P03) after `lock_timeout` seconds; the replay lock is taken; the
    version is announced (announce_version). That the version is read before the wait for the lock
    makes the announcement lower at most, never wrong.
    """
    wanted = ["set_config('lock_timeout', %s, true)"]
    params: list = [f"{int(lock_timeout * 1000)}ms"]
    if replay_lock is not None:
        wanted.append("pg_advisory_xact_lock(%s)")
        params.append(replay_lock)
    if announces:
        wanted.append("pg_advisory_xact_lock_shared(%s + last_value)")
        params.append(ANNOUNCEMENT_OFFSET)
    source = f" FROM {VERSION_SEQUENCE}" if announces else ""
    fetch(f"SELECT {', '.join(wanted)}{source}", params)


def advisory_lock(key: int) -> None:
    """Hold an exclusive lock on `key` until the transaction ends. 0 <= key < 2**62."""
    fetch("SELECT pg_advisory_xact_lock(%s)", [key])


def lock_students_of_award(number: int) -> set[int]:
    """Lock the student whose award has a credential number, and its primary, in the order of their
    keys; the keys, none where no award has the number. As it was when the statement began: read
    afterwards what it is now.
    """
    award = _table(apps.get_model("credentials", "AwardedCredential"))
    student = _table(apps.get_model("students", "Student"))
    rows = fetch(
        f"SELECT id FROM {student} WHERE id = ANY (ARRAY("
        f"SELECT unnest(ARRAY[owner.id, owner.primary_id]) FROM {award} award"
        f" JOIN {student} owner ON owner.id = award.student_id WHERE award.credential_number = %s"
        f")) ORDER BY id FOR NO KEY UPDATE",
        [number],
    )
    return {key for (key,) in rows}


def try_run_lock(run: int) -> bool:
    """Take the lock of an awarding run for the life of this connection; False if it is held.

    Two-key locks are a space of their own, so no replay key can collide with it.
    """
    [(taken,)] = fetch("SELECT pg_try_advisory_lock(1, %s)", [run])
    return taken


def release_run_lock(run: int) -> None:
    fetch("SELECT pg_advisory_unlock(1, %s)", [run])


def is_run_locked(run: int) -> bool:
    """Whether some session is carrying the awarding run out at this moment."""
    [(locked,)] = fetch(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
        " AND classid = 1 AND objid = %s AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database()))",
        [run],
    )
    return locked


def try_import_lock() -> bool:
    """Take the lock of imports until the transaction ends; False if another import holds it."""
    [(taken,)] = fetch("SELECT pg_try_advisory_xact_lock(2, 0)")
    return taken


# --- Writing ------------------------------------------------------------------------------------


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence]) -> int:
    """COPY `rows` into the table of `model`; the number of rows written.

    Python-side defaults do not apply: give every column that has no default in the database.
    Raises django.db.IntegrityError and the like, as the ORM does.
    """
    count = 0
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({quoted(columns)}) FROM STDIN") as copy:
            write = copy.write_row
            for row in rows:
                write(row)
                count += 1
    return count


@contextmanager
def references_checked_at_once() -> Iterator[None]:
    """Check what rows refer to as they are written, not when the transaction ends.

    That costs half as much, and nothing waits in memory for the commit.
    """
    run("SET CONSTRAINTS ALL IMMEDIATE")
    yield
    run("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def reference_checked_later(model: type[models.Model], column: str) -> Iterator[None]:
    """Inside the block above, let `column` refer to rows that are written before this one ends."""
    table = connection.ops.quote_name(model._meta.db_table)
    [(constraint,)] = fetch(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"
        " AND conkey = ARRAY(SELECT attnum FROM pg_attribute"
        " WHERE attrelid = conrelid AND attname = %s)",
        [table, column],
    )
    run(f"SET CONSTRAINTS {connection.ops.quote_name(constraint)} DEFERRED")
    yield
    run(f"SET CONSTRAINTS {connection.ops.quote_name(constraint)} IMMEDIATE")


@cache
def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def _key(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.pk.column)


@cache
def _history(model: type[models.Model]) -> tuple[str, str]:
    """The history table of a model, and the columns that a record shares with it, in one fixed
    order. Kept: each look at `model.history` costs the library a millisecond.
    """
    history = model.history.model
    shared = [
        field.column for field in history.tracked_fields if not getattr(field, "generated", False)
    ]
    return _table(history), quoted(shared)


def copy_history(
    model: type[models.Model], call: UUID, ids: Sequence, *, history_type: str = "+"
) -> int:
    """Write the present state of the records `ids` into their history, on behalf of `call`."""
    if not ids:
        return 0
    history, columns = _history(model)
    table, key = _table(model), _key(model)
    if type(ids[0]) is not int:
        chosen, params = f"{key} = ANY(%s)", [list(ids)]
    elif max(ids) - min(ids) + 1 == len(ids) == len(set(ids)):
        # Fresh keys are mostly one stretch: nothing to send, nothing to plan for.
        chosen, params = f"{key} BETWEEN %s AND %s", [min(ids), max(ids)]
    else:
        chosen, params = f"{key} = ANY(%s::bigint[])", [array(ids)]
    return run(
        f"INSERT INTO {history} ({columns}, history_date, history_type, call_id) "
        f"SELECT {columns}, %s, %s, %s FROM {table} WHERE {chosen}",
        [timezone.now(), history_type, call, *params],
    )


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence],
    call: UUID | None = None,
) -> int:
    """Insert a few records and, where `call` is given, their first history rows, in one statement.

    For thousands of rows copy_rows() and copy_history() are faster. Python-side defaults do not
    apply here either.
    """
    if not rows:
        return 0
    params: list = [*map(array, zip(*rows, strict=True))]
    statement = _insert(model, tuple(columns), has_history=call is not None)
    return run(statement, params if call is None else [*params, timezone.now(), call])


@cache
def _insert(model: type[models.Model], columns: tuple[str, ...], *, has_history: bool) -> str:
    insert = (
        f"INSERT INTO {_table(model)} ({quoted(columns)})"
        f" SELECT * FROM unnest({_arrays(model, columns)})"
    )
    if not has_history:
        return insert
    history, kept = _history(model)
    return (
        f"WITH made AS ({insert} RETURNING *)"
        f" INSERT INTO {history} ({kept}, history_date, history_type, call_id)"
        f" SELECT {kept}, %s, '+', %s FROM made"
    )


def insert_one(model: type[models.Model], values: dict[str, Any]) -> None:
    """Insert one record that has no history. `values`: by database column; JSON as json_value()."""
    run(_insert_one(model, tuple(values)), list(values.values()))


@cache
def _insert_one(model: type[models.Model], columns: tuple[str, ...]) -> str:
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {_table(model)} ({quoted(columns)}) VALUES ({places})"


def update_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence],
    call: UUID,
) -> int:
    """Update records and write their new state into the history, in one statement.

    Each row is (primary key, new value of each column in `columns`). Lock the records first.
    """
    if not rows:
        return 0
    history, kept = _history(model)
    return run(
        f"WITH changed AS ({_update(model, tuple(columns))} RETURNING target.*)"
        f" INSERT INTO {history} ({kept}, history_date, history_type, call_id)"
        f" SELECT {kept}, %s, '~', %s FROM changed",
        [*map(array, zip(*rows, strict=True)), timezone.now(), call],
    )


def delete_rows(model: type[models.Model], ids: Sequence, call: UUID) -> int:
    """Delete records, which are locked, and write their last state into the history."""
    if not ids:
        return 0
    history, kept = _history(model)
    return run(
        f"WITH gone AS (DELETE FROM {_table(model)}"
        f" WHERE {_key(model)} = ANY(%s::bigint[]) RETURNING *)"
        f" INSERT INTO {history} ({kept}, history_date, history_type, call_id)"
        f" SELECT {kept}, %s, '-', %s FROM gone",
        [array(ids), timezone.now(), call],
    )


def copy_records(
    target: type[models.Model],
    source: type[models.Model],
    columns: Sequence[str],
    ids: Sequence[int],
    *,
    key: str,
    values: dict[str, Any],
) -> int:
    """Insert a copy of each of the records `ids` into another table, in one statement.

    `columns` are called the same in both; the column `key` gets the primary key of the record, and
    those of `values` the same value in every row.
    """
    if not ids:
        return 0
    places = "".join(", %s" for _ in values)
    return run(
        f"INSERT INTO {_table(target)} ({quoted([key, *columns, *values])})"
        f" SELECT {quoted([source._meta.pk.column, *columns])}{places} FROM {_table(source)}"
        f" WHERE {_key(source)} = ANY(%s::bigint[]) ORDER BY {_key(source)}",
        [*values.values(), array(ids)],
    )


def keep_rows(
    model: type[models.Model],
    fixed: tuple[str, str],
    columns: Sequence[str],
    wanted: models.QuerySet,
) -> int:
    """Bring the rows of `model` whose column `fixed` has a value to what a query gives; how many
    those are. Rows that it does not give go, missing ones come, the others stay untouched.

    `wanted` gives a value, never null, for each of `columns`. For what is derived from other
    records, without a history. Within a transaction, in which the caller keeps two at once for the
    same rows apart.
    """
    column, value = fixed
    sql, params = wanted.order_by().query.sql_with_params()
    table, column, names = _table(model), quoted([column]), quoted(columns)
    same = " AND ".join(f"kept.{name} = wanted.{name}" for name in map(quoted, zip(columns)))
    # A table of its own: the database uses several processes for a query whose rows it stores, but
    # never for one that is part of a change of rows; and it then knows how many rows there are.
    count = run(f"CREATE TEMPORARY TABLE wanted_rows ({names}) ON COMMIT DROP AS {sql}", params)
    run("ANALYZE pg_temp.wanted_rows")
    changed = run(
        f"DELETE FROM {table} kept WHERE kept.{column} = %s"
        f" AND NOT EXISTS (SELECT FROM pg_temp.wanted_rows wanted WHERE {same})",
        [value],
    )
    changed += run(
        f"INSERT INTO {table} ({column}, {names})"
        f" SELECT %s, {names} FROM pg_temp.wanted_rows wanted"
        f" WHERE NOT EXISTS (SELECT FROM {table} kept WHERE kept.{column} = %s AND {same})",
        [value, value],
    )
    run("DROP TABLE pg_temp.wanted_rows")
    if changed:
        run(f"ANALYZE {table}")
    return count


def complete_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence]
) -> int:
    """Update records that have no history, or that this transaction made and whose history it has
    yet to write.

    Rows as for update_rows(). For anything else that function is the right one.
    """
    if not rows:
        return 0
    return run(_update(model, tuple(columns)), list(map(array, zip(*rows, strict=True))))


@cache
def _update(model: type[models.Model], columns: tuple[str, ...]) -> str:
    """UPDATE of `columns` by primary key; its parameters are one array each, the key's first."""
    key = connection.ops.quote_name(model._meta.pk.column)
    names = [model._meta.pk.column, *columns]
    changes = ", ".join(
        f"{connection.ops.quote_name(name)} = given.{connection.ops.quote_name(name)}"
        for name in columns
    )
    table = connection.ops.quote_name(model._meta.db_table)
    return (
        f"UPDATE {table} AS target SET {changes}"
        f" FROM unnest({_arrays(model, names)}) AS given ({quoted(names)})"
        f" WHERE target.{key} = given.{key}"
    )


def _arrays(model: type[models.Model], columns: Sequence[str]) -> str:
    """One array parameter for each of `columns`, with its type."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    return ", ".join(f"%s::{_type(fields[name])}[]" for name in columns)


# --- Triggers -----------------------------------------------------------------------------------


def raise_triggers(
    trigger: type[models.Model],
    status: type[models.Model],
    ids: Sequence[int],
    object_name: str,
) -> int:
    """Make the records `ids` outstanding for a processor.

    A new version is taken under the lock of the trigger's row, so a worker that has read the
    former version sees that there is more to do. A missing status row is created; one that exists
    is not touched, not even by ON CONFLICT, which would wait for a worker that has changed it.
    """
    if not ids:
        return 0
    key = connection.ops.quote_name(trigger._meta.pk.column)
    trigger_table = connection.ops.quote_name(trigger._meta.db_table)
    status_table = connection.ops.quote_name(status._meta.db_table)
    run(
        f"INSERT INTO {status_table} ({key}, version, max_source_version, set_aside_error) "
        f"SELECT id, 0, 0, '' FROM unnest(%s::bigint[]) AS wanted (id) "
        f"WHERE NOT EXISTS (SELECT FROM {status_table} WHERE {key} = wanted.id) ORDER BY id "
        f"ON CONFLICT ({key}) DO NOTHING",
        [array(ids)],
    )
    return run(
        f"INSERT INTO {trigger_table} ({key}, version, last_updated_object_name) "
        f"SELECT id, nextval('{VERSION_SEQUENCE}'), %s "
        f"FROM unnest(%s::bigint[]) AS wanted (id) ORDER BY id "
        f"ON CONFLICT ({key}) DO UPDATE SET version = nextval('{VERSION_SEQUENCE}'), "
        f"last_updated_object_name = EXCLUDED.last_updated_object_name, last_updated_on = now()",
        [object_name, array(ids)],
    )


def raise_first_triggers(
    trigger: type[models.Model],
    status: type[models.Model],
    ids: Sequence[int],
    object_name: str,
) -> int:
    """raise_triggers() for records that this transaction made: nobody can have been there first."""
    key = trigger._meta.pk.column
    nothing = ("version", "max_source_version", "set_aside_error")
    copy_rows(status, (key, *nothing), ((record, 0, 0, "") for record in ids))
    return copy_rows(
        trigger,
        (key, "version", "last_updated_object_name"),
        zip(ids, next_versions(len(ids)), repeat(object_name), strict=False),
    )


def _outstanding(trigger: type[models.Model], status: type[models.Model]) -> str:
    """Triggers and statuses of records that are outstanding above a version, the one parameter."""
    key = _key(trigger)
    return (
        f"{_table(status)} s JOIN {_table(trigger)} t USING ({key})"
        f" WHERE t.version > s.max_source_version AND t.version > %s"
    )


def outstanding_count(
    trigger: type[models.Model],
    status: type[models.Model],
    *,
    above: int = 0,
    at_most: int | None = None,
) -> int:
    """How many records are outstanding for a processor; counting stops at `at_most`.

    `above`: only triggers above this version; where it is near the end few rows are looked at.
    """
    # In the order of the versions, or the planner goes through all records to find the first.
    order = "" if at_most is None else " ORDER BY t.version"
    [(count,)] = fetch(
        f"SELECT count(*) FROM (SELECT 1 FROM {_outstanding(trigger, status)}"
        f"{order} LIMIT %s) AS waiting",
        [above, at_most],
    )
    return count


def lowest_outstanding(
    trigger: type[models.Model], status: type[models.Model], *, above: int
) -> int | None:
    """The lowest version of an outstanding trigger above a version."""
    [(lowest,)] = fetch(f"SELECT min(t.version) FROM {_outstanding(trigger, status)}", [above])
    return lowest


def claim_triggers(
    trigger: type[models.Model],
    status: type[models.Model],
    *,
    limit: int,
    above: int = 0,
    among: Sequence[int] | None = None,
) -> list[tuple[int, int]]:
    """Claim up to `limit` outstanding records until the transaction ends: (key, trigger version).

    The status rows are locked with SKIP LOCKED, so any number of workers share the work; the
    trigger is read without a lock, so one raised meanwhile stays outstanding. `among`: only these.
    """
    chosen = "" if among is None else f" AND s.{_key(trigger)} = ANY(%s::bigint[])"
    return fetch(
        f"SELECT s.{_key(trigger)}, t.version FROM {_outstanding(trigger, status)}{chosen}"
        f" ORDER BY t.version LIMIT %s FOR UPDATE OF s SKIP LOCKED",
        [above, *([] if among is None else [array(among)]), limit],
    )


def keys_by(model: type[models.Model], column: str, values: Sequence, kind: str = "text") -> dict:
    """Map each of `values` that occurs in `column` to its record's primary key."""
    table, key = connection.ops.quote_name(model._meta.db_table), model._meta.pk.column
    name = connection.ops.quote_name(column)
    return dict(
        fetch(
            f"SELECT {name}, {connection.ops.quote_name(key)} FROM {table} "
            f"WHERE {name} = ANY(%s::{kind}[])",
            [array(values)],
        )
    )


def existing(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence]
) -> list[int]:
    """Positions, ascending, of those `rows` whose values of `columns` some record has already.

    `columns` should have a unique index. The inner query is carried out once per row, so that the
    planner uses it whatever it believes about the size of the table.
    """
    if not rows:
        return []
    table = connection.ops.quote_name(model._meta.db_table)
    same = " AND ".join(
        f"record.{connection.ops.quote_name(name)} = given.{connection.ops.quote_name(name)}"
        for name in columns
    )
    found = fetch(
        f"SELECT given.position - 1 FROM unnest({_arrays(model, columns)}) WITH ORDINALITY"
        f" AS given ({quoted(columns)}, position)"
        f" WHERE (SELECT true FROM {table} AS record WHERE {same} LIMIT 1)"
        f" ORDER BY given.position",
        list(map(array, zip(*rows, strict=True))),
    )
    return [position for (position,) in found]


def analyze() -> None:
    """Refresh the planner's statistics of every table, after a great many rows were written."""
    run("ANALYZE")


def count_rows_for_planner(model: type[models.Model]) -> None:
    """Tell the planner how large a table has become within this transaction.

    Without it plans made when the table was empty stay in use, those of reference checks included,
    and every check reads the whole table.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    run(f"ANALYZE {table} ({connection.ops.quote_name(model._meta.pk.column)})")


def estimated_rows(model: type[models.Model]) -> int:
    """How many rows the planner believes the table has: cheap, for lists of millions."""
    [(count,)] = fetch(
        "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass",
        [connection.ops.quote_name(model._meta.db_table)],
    )
    return count
