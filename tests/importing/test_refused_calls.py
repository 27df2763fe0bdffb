"""Imports that fail in a database where everything is committed: what is left of them."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.conf import settings

from audit.models import ServiceCall, ServiceResponse
from enrolments.models import OfficialMark
from pasi.models import Organization
from students.models import Student
from tests.importing.conftest import run_import
from tests.province_files import ORGANIZATIONS, SCHOOL, write_files


def test_a_refused_import_leaves_its_call_and_nothing_else(committed_database, tmp_path):
    write_files(
        tmp_path,
        organizations=list(ORGANIZATIONS),
        students=[{}],
        official_marks=[{}, {"credits_awarded": 99}],
    )
    assert run_import(tmp_path).status == 1
    call = ServiceCall.objects.get(operation="ImportRecords")
    response = call.response
    assert (response.outcome, response.codes) == (ServiceResponse.Outcome.FAULT, ["3001"])
    assert response.body["errors"] == [
        {
            "field": "official_marks.csv:3: credits_awarded",
            "problem": "must be a whole number between 0 and 30: '99'",
        }
    ]
    assert not Student.objects.exists()
    assert not OfficialMark.history.exists()


def test_a_record_that_somebody_else_writes_meanwhile_stops_the_import(
    committed_database, tmp_path
):
    """The one violation that no check can foresee: theirs is not committed when ours looks."""
    write_files(tmp_path, organizations=list(ORGANIZATIONS), courses=[{}])
    with _another_connection() as other:
        other.execute(
            "INSERT INTO enrolments_course (code, name, credits, subject, kind, flags)"
            " VALUES ('ELA3105', 'Here first', '', '', '', '')"
        )
        with ThreadPoolExecutor(1) as thread:
            committed = thread.submit(_commit_once_waited_for, other)
            outcome = run_import(tmp_path)
            assert committed.result()
    assert outcome.status == 1
    assert "Nothing was loaded." in outcome.err
    response = ServiceCall.objects.get(operation="ImportRecords").response
    assert (response.outcome, response.codes) == (ServiceResponse.Outcome.FAULT, ["4001"])
    assert not Organization.objects.filter(code=SCHOOL).exists()


def test_two_imports_at_once(committed_database, tmp_path):
    write_files(tmp_path, organizations=list(ORGANIZATIONS))
    with _another_connection() as other:
        other.execute("SELECT pg_advisory_xact_lock(2, 0)")
        outcome = run_import(tmp_path)
    assert outcome.status == 1
    assert "Another import is going on" in outcome.err
    assert not Organization.objects.filter(code=SCHOOL).exists()
    assert run_import(tmp_path).status == 0


def _another_connection() -> psycopg.Connection:
    values = settings.DATABASES["default"]
    return psycopg.connect(
        host=values["HOST"] or None,
        port=values["PORT"] or None,
        user=values["USER"] or None,
        password=values["PASSWORD"] or None,
        dbname=values["NAME"],
    )


def _commit_once_waited_for(connection: psycopg.Connection) -> bool:
    """Commit as soon as another session waits for this one; False if none does for a minute."""
    with _another_connection() as watcher:
        watcher.autocommit = True
        until = time.monotonic() + 60
        while time.monotonic() < until:
            waiting = watcher.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND %s = ANY(pg_blocking_pids(pid))",
                [connection.info.backend_pid],
            ).fetchone()
            if waiting[0]:
                connection.commit()
                return True
    return False
