"""The floor: COPY of exactly the rows that a run wrote, into empty twins of the tables.

A twin has the table's columns, defaults, indexes, checks and foreign keys. Updated rows enter as
the rows they became. What is left out: reading, deciding, and the recording around it.
"""

import time
from dataclasses import dataclass

from django.db import connection, models

from audit.models import ServiceCall, ServiceResponse
from credentials.models import (
    AwardedCredential,
    AwardingBatch,
    AwardingOutcome,
    AwardingRun,
    IssuedCredentialNumber,
)
from enrolments import models as enrolments
from students.models import Student


@dataclass
class Written:
    """Rows of one table that a run wrote: which, and as COPY text."""

    table: str
    rows: int
    blocks: list[bytes]


def written_by(run: AwardingRun, *, before_version: int) -> list[Written]:
    """Everything a run wrote, table by table, in an order that foreign keys accept."""
    calls = f"SELECT call_id FROM credentials_awardingbatch WHERE run_id = {run.pk}"
    newer = f"version > {before_version}"
    awards = f"SELECT * FROM credentials_awardedcredential WHERE {newer}"
    chosen: list[tuple[type[models.Model], str]] = [
        (ServiceCall, f"message_id IN ({calls})"),
        (ServiceResponse, f"call_id IN ({calls})"),
        (AwardingRun, f"id = {run.pk}"),
        (AwardingBatch, f"run_id = {run.pk}"),
        (IssuedCredentialNumber, f"number IN (SELECT credential_number FROM ({awards}) a)"),
        (AwardedCredential, newer),
        (AwardedCredential.history.model, f"call_id IN ({calls})"),
        (Student, newer),
        (Student.history.model, f"call_id IN ({calls})"),
        (AwardingOutcome, f"run_id = {run.pk}"),
    ]
    for trigger, status in (
        (enrolments.TranscriptTrigger, enrolments.TranscriptRecord),
        (enrolments.ResponsibleSchoolTrigger, enrolments.ResponsibleSchoolStatus),
        (enrolments.StudentTrigger, enrolments.StudentValidationStatus),
        (enrolments.CourseEnrolmentTrigger, enrolments.CourseEnrolmentValidationStatus),
    ):
        key = trigger._meta.pk.column
        chosen.append((trigger, newer))
        chosen.append(
            (status, f"{key} IN (SELECT {key} FROM {trigger._meta.db_table} WHERE {newer})")
        )
    return [dump(model._meta.db_table, condition) for model, condition in chosen]


def dump(table: str, condition: str) -> Written:
    """The rows of a table as COPY text."""
    blocks = []
    with connection.cursor() as cursor:
        query = f"COPY (SELECT * FROM {table} WHERE {condition}) TO STDOUT"
        with cursor.copy(query) as copy:
            blocks.extend(bytes(block) for block in copy)
    return Written(table, len(blocks), blocks)


def copy_into_twins(written: list[Written]) -> float:
    """Seconds to COPY the rows into empty twins and commit."""
    for each in written:
        _make_twin(each.table)
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for each in written:
            with cursor.copy(f"COPY {_twin(each.table)} FROM STDIN") as copy:
                for block in each.blocks:
                    copy.write(block)
        cursor.execute("COMMIT")
    seconds = time.perf_counter() - started
    for each in written:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {_twin(each.table)} CASCADE")
    return seconds


def _twin(table: str) -> str:
    return f"twin_{table}"


def _make_twin(table: str) -> None:
    """An empty table with the columns, indexes, checks and foreign keys of `table`."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_twin(table)} CASCADE")
        cursor.execute(f"CREATE TABLE {_twin(table)} (LIKE {table} INCLUDING ALL)")
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'f'",
            [table],
        )
        for name, definition in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {_twin(table)} ADD CONSTRAINT "{name}" {definition}')
