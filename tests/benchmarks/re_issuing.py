"""SubmitCredentialReIssue in process against its floor.

The floor: a bare psycopg transaction that makes the same inserts and updates for another award, one
statement a table. Drawing numbers and versions, reading, judging and the call's own commit are not
in it.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

import psycopg
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from psycopg.types.json import Jsonb

from audit.models import AppliedCall, ServiceCall, ServiceResponse
from credentials import credential_numbers
from credentials.models import ArchivedCredential, AwardedCredential, IssuedCredentialNumber
from credentials.services import SubmitCredentialReIssue
from enrolments import models as enrolments
from pasi import bulk
from pasi.http import new_message_id
from pasi.services import Answer, Caller, recorded_call
from students.models import Student
from tests.benchmarks import population
from tests.benchmarks.calling import make_caller
from tests.benchmarks.registry import OPERATOR
from tests.benchmarks.timings import percentile, summary, timed
from tests.province_builder import caller_info

CALLS, BLOCK, WARM_UP = 2_000, 25, 50
MOST_TIMES_FLOOR = 6
SEED = 100
# Awards with an even key are of a year after that in which age makes mature, the others of one
# before it: a re-issue for such a year leaves the maturity date, or moves it.
LATE, EARLY = 2035, 2026
STAYING, MOVING = range(2040, 2400), range(2015, 2026)

BY_CALL, BY_STUDENT = "call_id = %(call)s", "student_id = %(student)s"
INSERT, UPDATE = "INSERT", "UPDATE"


class Written(NamedTuple):
    """Rows that one call writes: of which table, how, and the condition that finds them."""

    model: type[models.Model]
    how: str
    condition: str


ALWAYS = [
    Written(ServiceCall, INSERT, "message_id = %(call)s"),
    Written(IssuedCredentialNumber, INSERT, "number = %(number)s"),
    Written(ArchivedCredential, INSERT, BY_CALL),
    Written(AwardedCredential, UPDATE, "id = %(award)s"),
    Written(AwardedCredential.history.model, INSERT, BY_CALL),
    Written(enrolments.TranscriptTrigger, UPDATE, BY_STUDENT),
    Written(enrolments.ResponsibleSchoolTrigger, UPDATE, BY_STUDENT),
]
WHEN_MATURITY_MOVES = [
    Written(Student, UPDATE, "id = %(student)s"),
    Written(Student.history.model, INSERT, BY_CALL),
    Written(enrolments.StudentTrigger, UPDATE, BY_STUDENT),
]
AT_LAST = [Written(ServiceResponse, INSERT, BY_CALL), Written(AppliedCall, INSERT, BY_CALL)]


class Statement(NamedTuple):
    sql: str
    values: list[Any]


class Figures(NamedTuple):
    """Milliseconds of each call, and of each floor."""

    ours: list[float]
    floor: list[float]


class Done(NamedTuple):
    """A re-issue of ours, and the award on which the floor does the same."""

    call: uuid.UUID
    award: AwardedCredential  # as it was before
    number: int  # the new one
    twin: AwardedCredential


def measure(database_url: str, awards: int) -> None:
    """With `awards` students who hold a diploma each; both kinds of re-issue, then together."""
    population.create(awards, marks=0)
    _award_all(awards)
    caller = make_caller("O.1")
    rng, wanted = Random(SEED), 2 * (CALLS + WARM_UP)
    even, odd = (rng.sample(range(first, awards, 2), wanted) for first in (2, 1))
    staying = _take(database_url, caller, even, STAYING)
    moving = _take(database_url, caller, odd, MOVING)
    _report_queries(caller, even[0])
    _report(staying, awards, "maturity date stays")
    _report(moving, awards, "maturity date moves")
    together = Figures(staying.ours + moving.ours, staying.floor + moving.floor)
    _report(together, awards, f"both, goal {MOST_TIMES_FLOOR}")


def _award_all(count: int) -> None:
    """A diploma for each student, made long ago: with its history, everything processed since."""
    statements = (
        "INSERT INTO credentials_issuedcredentialnumber SELECT n FROM generate_series(1, %(n)s) n",
        """
        INSERT INTO credentials_awardedcredential (student_id, credential_type, credential_number,
            school_year, first_name, middle_name, last_name, suffix, awarded_on, legacy_number,
            is_deleted, delete_reason, version)
        SELECT n, 'AHSD', n, CASE WHEN n %% 2 = 0 THEN %(late)s ELSE %(early)s END, 'Bench', 'M',
            'Student', '', '2026-07-31', '', false, '', nextval('pasi_core_version')
        FROM generate_series(1, %(n)s) n
        """,
        """
        UPDATE students_student SET maturity_reason = 'CREDENTIAL', maturity_date = '2026-09-01'
        WHERE id %% 2 = 1
        """,
    )
    with recorded_call("Bench", OPERATOR, {}) as call:
        for statement in statements:
            bulk.run(statement, {"n": count, "late": LATE, "early": EARLY})
        for trigger, status in (
            (enrolments.TranscriptTrigger, enrolments.TranscriptRecord),
            (enrolments.ResponsibleSchoolTrigger, enrolments.ResponsibleSchoolStatus),
            (enrolments.StudentTrigger, enrolments.StudentValidationStatus),
        ):
            bulk.raise_first_triggers(trigger, status, range(1, count + 1), "Bench")
            bulk.run(f"UPDATE {status._meta.db_table} SET max_source_version = 9000000000000000")
        ids = list(AwardedCredential.objects.values_list("pk", flat=True))
        bulk.copy_history(AwardedCredential, call.message_id, ids)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _take(database_url: str, caller: Caller, keys: Sequence[int], years: range) -> Figures:
    """Our calls and the floors by turns, a block of each, so that both see the same machine."""
    figures = Figures([], [])
    half = len(keys) // 2
    pairs = list(zip(keys[:half], keys[half:], strict=True))
    with psycopg.connect(database_url, autocommit=True) as bare:
        for first in range(0, len(pairs), BLOCK):
            is_warm = first >= WARM_UP
            done = []
            for place, (own, twin) in enumerate(pairs[first : first + BLOCK], first):
                award = AwardedCredential.objects.get(student=own)
                body = _body(award, years[place % len(years)])
                milliseconds, answer = timed(_re_issue, body, caller)
                assert answer.http_status == 200, answer.body
                done.append(
                    Done(
                        answer.message_id,
                        award,
                        answer.body["CredentialNumber"],
                        AwardedCredential.objects.get(student=twin),
                    )
                )
                if is_warm:
                    figures.ours.append(milliseconds)
            for statements in [_same_again(each, years) for each in done]:
                milliseconds, _ = timed(_carry_out, bare, statements)
                if is_warm:
                    figures.floor.append(milliseconds)
    return figures


def _body(award: AwardedCredential, year: int) -> bytes:
    return json.dumps(
        {
            "CallerInfo": caller_info(),
            "CredentialNumber": award.number_id,
            "PASICoreVersion": award.version,
            "FirstName": award.first_name,
            "MiddleName": award.middle_name,
            "LastName": award.last_name,
            "SchoolYear": year,
        }
    ).encode()


def _re_issue(body: bytes, caller: Caller) -> Answer:
    return SubmitCredentialReIssue().execute(body, caller)


def _report(figures: Figures, awards: int, what: str) -> None:
    at = f"among {awards:,} awards, {what}"
    print(f"Re-issue {at}: {summary(figures.ours)} ({len(figures.ours):,} calls)")
    print(f"Floor {at}: {summary(figures.floor)} (one bare transaction, the same rows)")
    by_p50, by_p95 = (
        percentile(figures.ours, share) / percentile(figures.floor, share) for share in (0.5, 0.95)
    )
    print(f"Ratio {at}: {by_p95:.2f} times the floor at p95, {by_p50:.2f} at p50")


def _report_queries(caller: Caller, key: int) -> None:
    counts = []
    for year in (STAYING[-1], MOVING[0]):
        body = _body(AwardedCredential.objects.get(student=key), year)
        with CaptureQueriesContext(connection) as captured:
            answer = _re_issue(body, caller)
        assert answer.http_status == 200, answer.body
        counts.append(sum(query["sql"] not in ("BEGIN", "COMMIT") for query in captured))
    print(f"Queries of a re-issue: {counts[0]}, {counts[1]} if the maturity date moves")


# --- The floor ----------------------------------------------------------------------------------


def _same_again(done: Done, years: range) -> list[Statement]:
    """The statements that write the same for the twin."""
    student = done.award.student_id
    found = {
        "call": done.call,
        "award": done.award.pk,
        "number": done.number,
        "student": student,
    }
    fresh = _Fresh(done)
    written = [*ALWAYS, *(WHEN_MATURITY_MOVES if years is MOVING else ()), *AT_LAST]
    return [statement for each in written for statement in fresh.statements(each, found)]


class _Fresh:
    """Gives rows of one award the keys, numbers and versions of its twin."""

    def __init__(self, done: Done) -> None:
        own, twin = done.award, done.twin
        self._values: dict[tuple[str, Any], Any] = {
            ("credential_number", own.number_id): twin.number_id,
            ("credential_number", done.number): credential_numbers.number_of(
                *bulk.next_values(credential_numbers.SEQUENCE, 1)
            ),
            ("award", own.pk): twin.pk,
            ("student", own.student_id): twin.student_id,
            ("call", done.call): new_message_id(),
            ("version", own.version): twin.version,
        }
        self._asn = population.asn_of(twin.student_id)

    def statements(self, written: Written, found: dict[str, Any]) -> Iterator[Statement]:
        table, key = written.model._meta.db_table, written.model._meta.pk.column
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} WHERE {written.condition}", found)
            columns, rows = [column.name for column in cursor.description], cursor.fetchall()
        # The database numbers history rows and archived records itself.
        numbered = {"history_id"} | ({"id"} if written.model is ArchivedCredential else set())
        kept = [place for place, name in enumerate(columns) if name not in numbered]
        names = [columns[place] for place in kept]
        for row in rows:
            values = [self._value(written.model, columns[place], row[place]) for place in kept]
            if written.how == INSERT:
                places = ", ".join(["%s"] * len(names))
                yield Statement(
                    f"INSERT INTO {table} ({bulk.quoted(names)}) VALUES ({places})", values
                )
            else:
                changes = ", ".join(f"{bulk.quoted([name])} = %s" for name in names)
                own = values[names.index(key)]
                yield Statement(f"UPDATE {table} SET {changes} WHERE {key} = %s", [*values, own])

    def _value(self, model: type[models.Model], column: str, value: Any) -> Any:
        own = getattr(model, "instance_type", model)
        if column in ("message_id", "call_id"):
            return self._values["call", value]
        if column == "version":
            return self._once("version", value, lambda: bulk.next_versions(1)[0])
        if column in ("number", "credential_number"):
            return self._values["credential_number", value]
        if column == "award_id" or (column == "id" and own is AwardedCredential):
            return self._values["award", value]
        if column == "student_id" or (column == "id" and own is Student):
            return self._values["student", value]
        if column == "asn":
            return self._asn
        if column in ("legal_name_id", "preferred_name_id", "original_name_id"):
            return self._values["student", value]  # in this population their keys are the same
        if column == "state_province_ids":
            return [self._asn]
        if column == "replay_key":
            return uuid.uuid4().hex * 2
        return Jsonb(value) if isinstance(value, dict) else value

    def _once(self, kind: str, value: Any, make) -> Any:
        if (kind, value) not in self._values:
            self._values[kind, value] = make()
        return self._values[kind, value]


def _carry_out(bare: psycopg.Connection, statements: list[Statement]) -> None:
    with bare.transaction(), bare.cursor() as cursor:
        for sql, values in statements:
            cursor.execute(sql, values)
