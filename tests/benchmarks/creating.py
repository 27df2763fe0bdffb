"""CreateStudent in process against its floor, and many clients creating at once.

The floor: a bare psycopg transaction that inserts the same rows into the same tables, one INSERT
per table. Drawing keys and numbers, reading, judging and the call's own commit are not in it.
"""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import psycopg
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from psycopg.types.json import Jsonb

from audit.models import AppliedCall, ServiceCall, ServiceResponse
from enrolments.models import StudentTrigger, StudentValidationStatus
from pasi import bulk
from pasi.http import new_message_id
from pasi.services import Answer, Caller
from students import asn as numbers
from students.models import (
    CitizenshipStatus,
    EmailAddress,
    MailingAddress,
    Name,
    NameKey,
    PhoneNumber,
    Student,
    StudentActivity,
)
from students.services.create_student import CreateStudent
from tests.benchmarks.calling import Requests
from tests.benchmarks.timings import percentile, summary, timed

CALLS, BLOCK, WARM_UP = 2_000, 25, 50
MOST_QUERIES, MOST_TIMES_FLOOR = 30, 5

PARTS = (Name, MailingAddress, PhoneNumber, EmailAddress, CitizenshipStatus, StudentActivity)
BY_CALL = "call_id = %(call)s"
BY_STUDENT = "student_id = %(student)s"
# Keys of names have no index by student: nothing but this asks for them so.
BY_NAME = "name_id IN (SELECT id FROM students_name WHERE student_id = %(student)s)"
# What one call writes: the table and the condition that finds its rows.
WRITTEN: list[tuple[type[models.Model], str]] = [
    (ServiceCall, "message_id = %(call)s"),
    (Student, "id = %(student)s"),
    (Student.history.model, BY_CALL),
    *((part, BY_STUDENT) for part in PARTS),
    *((part.history.model, BY_CALL) for part in PARTS),
    (NameKey, BY_NAME),
    (StudentTrigger, BY_STUDENT),
    (StudentValidationStatus, BY_STUDENT),
    (ServiceResponse, BY_CALL),
    (AppliedCall, BY_CALL),
]


class Insert(NamedTuple):
    sql: str
    values: list[Any]


class Figures(NamedTuple):
    """Milliseconds of each call, and of each floor, at one size of the registry."""

    ours: list[float]
    floor: list[float]


def measure(database_url: str, caller: Caller, school: str, seed: int) -> Figures:
    """Our calls and the floors by turns, a block of each, so that both see the same machine."""
    requests = Requests(seed, school)
    figures = Figures([], [])
    left_out = 0
    with psycopg.connect(database_url, autocommit=True) as bare:
        blocks = (WARM_UP + CALLS) // BLOCK
        for number in range(blocks):
            is_warm = number >= WARM_UP // BLOCK
            created = []
            for body in [requests.create_student() for _ in range(BLOCK)]:
                milliseconds, answer = timed(_create, body, caller)
                if answer.http_status != 200:
                    left_out += 1  # somebody of the same name and birth date is there
                    continue
                created.append((answer.message_id, answer.body["Id"]))
                if is_warm:
                    figures.ours.append(milliseconds)
            for inserts in list(_same_again(created)):
                milliseconds, _ = timed(_insert, bare, inserts)
                if is_warm:
                    figures.floor.append(milliseconds)
    assert left_out < CALLS / 20, f"{left_out} of {CALLS} not created, the last one: {answer.body}"
    return figures


def _create(body: bytes, caller: Caller) -> Answer:
    return CreateStudent().execute(body, caller)


def report(figures: Figures, students: int) -> None:
    at = f"at {students:,} students"
    print(f"CreateStudent {at}: {summary(figures.ours)} ({len(figures.ours):,} calls)")
    print(f"Floor {at}: {summary(figures.floor)} (one bare transaction, the same rows)")
    by_p50, by_p95 = (
        percentile(figures.ours, share) / percentile(figures.floor, share) for share in (0.5, 0.95)
    )
    print(
        f"Ratio {at}: {by_p95:.2f} times the floor at p95 (goal {MOST_TIMES_FLOOR}), "
        f"{by_p50:.2f} at p50"
    )


def report_queries(caller: Caller, school: str, seed: int) -> None:
    """How many queries one call makes, and what part of its time they take."""
    requests = Requests(seed, school)
    for _ in range(BLOCK):
        _create(requests.create_student(), caller)
    with CaptureQueriesContext(connection) as captured:
        answer = _create(requests.create_student(), caller)
    assert answer.http_status == 200, answer.body
    ends = sum(query["sql"] in ("BEGIN", "COMMIT") for query in captured)
    in_database = []

    def note(execute, *args):
        milliseconds, result = timed(execute, *args)
        in_database.append(milliseconds)
        return result

    whole = []
    with connection.execute_wrapper(note):
        for _ in range(BLOCK * 4):
            whole.append(timed(_create, requests.create_student(), caller)[0])
    print(
        f"Queries: {len(captured) - ends} a call (goal {MOST_QUERIES}) and {ends} BEGIN and "
        f"COMMIT; {sum(in_database) / sum(whole):.0%} of the time without these"
    )


# --- The floor ----------------------------------------------------------------------------------


def _same_again(created: Sequence[tuple[uuid.UUID, str]]) -> Iterator[list[Insert]]:
    """For each student created: the INSERTs that write the same rows for another number."""
    keys = bulk.keys_by(Student, "asn", [asn for _call, asn in created], "varchar")
    fresh = _Fresh()
    written = [
        [_rows(model, condition, call, keys[asn]) for model, condition in WRITTEN]
        for call, asn in created
    ]
    for tables in written:
        fresh.start()
        yield [
            fresh.insert(model, columns, rows)
            for (model, _condition), (columns, rows) in zip(WRITTEN, tables, strict=True)
            if rows
        ]


def _rows(
    model: type[models.Model], condition: str, call: uuid.UUID, student: int
) -> tuple[list[str], list[tuple]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM {model._meta.db_table} WHERE {condition}",
            {"call": call, "student": student},
        )
        return [column.name for column in cursor.description], cursor.fetchall()


class _Fresh:
    """Gives the rows of a student the keys, numbers and versions of another one."""

    def start(self) -> None:
        """The next student."""
        self._known: dict[tuple[str, Any], Any] = {}
        self._asn = numbers.asn_of(*bulk.next_of_each(numbers.EIGHT_DIGITS))

    def insert(self, model: type[models.Model], columns: list[str], rows: list[tuple]) -> Insert:
        """One INSERT; the database numbers history rows."""
        own = model.instance_type if hasattr(model, "instance_type") else model
        kept = [place for place, name in enumerate(columns) if name != "history_id"]
        values = [self._value(own, columns[place], row[place]) for row in rows for place in kept]
        names = bulk.quoted(columns[place] for place in kept)
        row = "(" + ", ".join(["%s"] * len(kept)) + ")"
        return Insert(
            f"INSERT INTO {model._meta.db_table} ({names}) VALUES {', '.join([row] * len(rows))}",
            values,
        )

    def _value(self, model: type[models.Model], column: str, value: Any) -> Any:
        if column in ("message_id", "call_id"):
            return self._once("call", value, new_message_id)
        if column == "version" and value:
            return self._once("version", value, lambda: bulk.next_versions(1)[0])
        if column == "asn":
            return self._asn
        if column == "state_province_ids":
            return [self._asn]
        if column == "replay_key":
            return uuid.uuid4().hex * 2
        if isinstance(value, dict):
            return Jsonb(value)
        if column == "id":
            return self._key_of(model, value)
        if column == "student_id":
            return self._key_of(Student, value)
        if column in ("name_id", "legal_name_id", "preferred_name_id", "original_name_id"):
            return self._key_of(Name, value)
        return value

    def _key_of(self, model: type[models.Model], value: int) -> int:
        return self._once(model.__name__, value, lambda: bulk.next_ids(model, 1)[0])

    def _once(self, kind: str, value: Any, make) -> Any:
        if (kind, value) not in self._known:
            self._known[kind, value] = make()
        return self._known[kind, value]


def _insert(bare: psycopg.Connection, inserts: list[Insert]) -> None:
    with bare.transaction(), bare.cursor() as cursor:
        for sql, values in inserts:
            cursor.execute(sql, values)
