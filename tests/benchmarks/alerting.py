"""The figures of the status processor: triggered enrolments against the floor, two workers against
one, and how long one enrolment waits for its alerts.
"""

import datetime
import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.db import connection

from audit.models import ServiceCall
from enrolments.models import (
    CoreAlert,
    SchoolEnrolment,
    SchoolEnrolmentValidationStatus,
)
from enrolments.processors import drain, forget_marks, processor
from enrolments.services import SubmitStudentSchoolEnrolment
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.calendar import current_school_year
from pasi.caller_info import of_operator
from pasi.services import Caller, recorded_call
from tests.benchmarks import floor, population
from tests.benchmarks.timings import percentile

GOAL, WAIT_GOAL = 4, 2.0
SUBMITS = 40
OPERATOR = Caller(ServiceCall.Door.COMMAND)
NAME = "StudentSchoolEnrolment"
_ORGANIZATIONS = """
    INSERT INTO pasi_organization (code, name, kind, authority_id, classification, city, access)
    SELECT 'A.' || lpad(n::text, 4, '0'), 'Authority', 'Authority', NULL, 'Public', '', 'Normal'
    FROM generate_series(1, 20) n;
    INSERT INTO pasi_organization (code, name, kind, authority_id, classification, city, access)
    SELECT 'S.' || lpad(n::text, 4, '0'), 'School', 'School',
        (SELECT id FROM pasi_organization WHERE code = 'A.' || lpad((n %% 20 + 1)::text, 4, '0')),
        '', '', 'Normal'
    FROM generate_series(1, 400) n;
"""
# Students of all grades; one in twenty of an unusual age, one in ten without citizenship.
_PEOPLE = """
    UPDATE students_student SET birth_date = make_date(%(year)s - 6 - (id %% 12)::int
        - CASE WHEN id %% 20 = 0 THEN 4 ELSE 0 END, 5, 17);
    INSERT INTO students_citizenshipstatus (student_id, citizenship_status,
        guardian_citizenship_status, effective_on, is_deleted)
    SELECT id, '1', '', date '2010-01-01', false FROM students_student WHERE id %% 10 > 0;
"""
# One enrolment last year, one this year; one in fifty skipped a grade, one in twenty is enrolled
# twice, one in three has grants program codes.
_ENROLMENTS = """
    INSERT INTO enrolments_schoolenrolment (reference_id, student_id, school_id, school_year, grade,
        programming_type, programming_timeframe, start_date, exit_date, exit_date_type,
        enrolment_type_codes, grants_program_codes, exception_codes, resident_board,
        fnmi_declaration, local_student_id, is_deleted, version)
    SELECT gen_random_uuid(), s.id, o.id, y, lpad(greatest(1, least(12,
            s.id %% 12 + 1 - (%(year)s - y) + CASE WHEN s.id %% 50 = 0 AND y = %(year)s
            THEN 1 ELSE 0 END))::text, 2, '0'),
        'Regular', 'Day', make_date(y - 1, 9, 1), make_date(y, 6, 28), 'CompletionDate', '',
        CASE WHEN s.id %% 3 = 0 THEN '211;500' ELSE '' END, '', '', '', '', false,
        nextval('pasi_core_version')
    FROM students_student s
    CROSS JOIN generate_series(%(year)s - 1, %(year)s) y
    CROSS JOIN generate_series(0, CASE WHEN s.id %% 20 = 0 AND y = %(year)s THEN 1 ELSE 0 END) twice
    JOIN pasi_organization o
        ON o.code = 'S.' || lpad(((s.id + twice) %% 400 + 1)::text, 4, '0');
"""


def measure(database_url: str, enrolments: int) -> None:
    _populate(enrolments)
    ours, batches = _drain_all(enrolments)
    alerts = CoreAlert.objects.count()
    written = [
        floor.dump(CoreAlert._meta.db_table, "true"),
        floor.dump(SchoolEnrolmentValidationStatus._meta.db_table, "max_source_version > 0"),
    ]
    lowest = statistics.median(floor.copy_into_twins(written) for _ in range(3))
    print(
        f"Alerts: {enrolments:,} triggered enrolments in {ours:.2f} s, "
        f"{enrolments / ours:,.0f} a second, {alerts:,} alerts; {batches} batches"
    )
    print(
        f"Floor: {lowest:.2f} s (COPY of the alerts and Validation Statuses written); "
        f"ratio {ours / lowest:.2f} times (goal {GOAL})"
    )
    one, two = (_workers(database_url, number, enrolments) for number in (1, 2))
    print(
        f"Workers: one {one:.1f} s, two {two:.1f} s, {one / two:.2f} times as fast "
        f"(goal 1.7 on 4 processors); two take {two / lowest:.2f} times the floor"
    )
    _waiting(database_url)


def _populate(enrolments: int) -> None:
    population.create(enrolments // 2, marks=0)
    values = {"year": current_school_year()}
    with connection.cursor() as cursor:
        for statements in (_ORGANIZATIONS, _PEOPLE, _ENROLMENTS):
            cursor.execute(statements, values)
    _trigger(enrolments)
    bulk.run("VACUUM ANALYZE")  # what autovacuum, or an import, has done by the time it matters


def _trigger(enrolments: int) -> None:
    keys = list(SchoolEnrolment.objects.values_list("pk", flat=True)[:enrolments])
    with recorded_call("Bench", OPERATOR, {"CallerInfo": of_operator("bench")}):
        raise_triggers(NAME, keys, "Bench")


def _again(enrolments: int) -> None:
    """As if nothing had been judged yet."""
    bulk.run("TRUNCATE enrolments_corealert")
    bulk.run("UPDATE enrolments_schoolenrolmentvalidationstatus SET max_source_version = 0")
    bulk.run("VACUUM ANALYZE enrolments_schoolenrolmentvalidationstatus")
    forget_marks()


def _drain_all(enrolments: int) -> tuple[float, int]:
    batches = []
    started = time.perf_counter()
    done = drain(processor(NAME), OPERATOR, batches.append, settings.PASI_PROCESSOR_THREADS)
    seconds = time.perf_counter() - started
    assert (done.processed, done.set_aside) == (enrolments, 0), done
    return seconds, sum(count > 0 for count in batches)


def _workers(database_url: str, number: int, enrolments: int) -> float:
    """Seconds that `number` processes need together."""
    _again(enrolments)
    started = time.perf_counter()
    running = [
        _manage(database_url, "process_triggers", "--processor", NAME) for _ in range(number)
    ]
    for process in running:
        assert process.wait() == 0
    return time.perf_counter() - started


def _waiting(database_url: str) -> None:
    """How long an enrolment that is submitted alone waits for its alerts, a worker running."""
    worker = _manage(database_url, "worker")
    try:
        time.sleep(5)
        waits = sorted(_wait_for_alert(number) for number in range(SUBMITS))
    finally:
        worker.terminate()
        worker.wait()
    print(
        f"Submit to alert: p50 {percentile(waits, 0.5):.2f} s, p95 {percentile(waits, 0.95):.2f} s "
        f"of {SUBMITS} enrolments submitted alone (goal {WAIT_GOAL} s)"
    )


def _wait_for_alert(number: int) -> float:
    """Submit an enrolment of nobody's age in grade 12; seconds until that is found."""
    year, reference = current_school_year(), uuid.uuid4()
    body = {
        "CallerInfo": of_operator("bench"),
        "StateProvinceId": population.asn_of(number + 1),
        "RefId": str(reference),
        "PASICoreVersion": 0,
        "SchoolCode": "S.0001",
        "SchoolYear": year,
        "Grade": "EC",
        "ProgrammingType": "Regular",
        "ProgrammingTimeframe": "Evening",
        "RegistrationStartDate": datetime.date(year - 1, 9, 1).isoformat(),
        "RegistrationExitDate": datetime.date(year, 6, 28).isoformat(),
        "ExitDateType": "CompletionDate",
        "IsDeleted": False,
    }
    started = time.perf_counter()
    answer = SubmitStudentSchoolEnrolment().execute(json.dumps(body).encode(), OPERATOR)
    assert answer.http_status == 200, answer.body
    while not CoreAlert.objects.filter(reference_id=reference).exists():
        assert time.perf_counter() - started < 60
        time.sleep(0.005)
    return time.perf_counter() - started


def _manage(database_url: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        stdout=subprocess.DEVNULL,
        cwd=Path(__file__).resolve().parents[2],
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "PASI_SECRET_KEY": "bench-bench-bench-bench-bench-bench-bench-bench-bench",
        },
    )
