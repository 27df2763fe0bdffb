"""The figures of the eligibility calculator: students with 30 marks each against the floor, again
with nothing to change, two workers against one, and the memory of a worker.

The floor: the rows that decide read as tuples, and COPY of the rows written.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client

from audit.models import ServiceCall
from credentials.models import RequirementSetStatus
from enrolments.models import OfficialMark, TranscriptRecord
from enrolments.processors import drain, forget_marks, processor
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.caller_info import of_operator
from pasi.services import Caller, recorded_call
from students.models import Student
from tests.benchmarks import floor, population
from tests.benchmarks.timings import percentile
from tests.province_builder import make_client, make_token

GOAL, WAIT_GOAL = 4, 2.0
SUBMITS = 40
DIPLOMA, NEEDED = "AHSD-2018", "ELA3105"
OPERATOR = Caller(ServiceCall.Door.COMMAND)
NAME = "Transcript"
MARKS = 30
AT_ONCE = 20_000
# The courses of a diploma; one student in four lacks the last ones, one in fifty has failed one.
_COURSES = [
    *("ELA1105", "ELA2105", "ELA3105", "SST1771", "SST2771", "SST3771"),
    *("MAT1791", "MAT2791", "MAT3791", "SCN1270", "SCN2231", "SCN3230", "PED1445", "PED0770"),
    *("COM1001", "COM1002", "COM1003", "COM1004", "COM1005", "COM1006", "COM3001", "COM3002"),
    *("FNA1425", "FNA2425", "LDC2500", "LDC2501", "LDC2502", "LDC2503", "FSL1095", "FSL2095"),
]
_SCHOOL = """
    INSERT INTO pasi_organization (code, name, kind, authority_id, classification, city, access)
    VALUES ('A.0001', 'Authority', 'Authority', NULL, 'Public', '', 'Normal');
    INSERT INTO pasi_organization (code, name, kind, authority_id, classification, city, access)
    SELECT 'S.0001', 'School', 'School', id, '', '', 'Normal'
    FROM pasi_organization WHERE code = 'A.0001';
"""
_FACTS = """
    DELETE FROM enrolments_officialmark;
    TRUNCATE credentials_requirementsetstatus;
    INSERT INTO enrolments_officialmark (student_id, course_code, achievement_school_year,
        achievement_date, mark_value, credits_awarded, is_available, evaluation_method,
        is_deleted, version)
    SELECT s.id,
        CASE WHEN s.id %% 4 = 0 AND m > 24 THEN 'XYZ2' || (500 + m) ELSE code END,
        2024 + (m %% 3)::int, date '2024-01-28' + (m * 30)::int,
        (50 + (s.id * 7 + m * 13) %% 50)::text,
        CASE WHEN (s.id + m) %% 50 = 0 THEN 0 WHEN code LIKE 'COM%%' THEN 1
             WHEN code LIKE 'PED%%' THEN 3 ELSE 5 END,
        true, '', false, nextval('pasi_core_version')
    FROM students_student s
    CROSS JOIN unnest(%(courses)s::text[]) WITH ORDINALITY AS courses (code, m);
    INSERT INTO enrolments_schoolenrolment (reference_id, student_id, school_id, school_year, grade,
        programming_type, programming_timeframe, start_date, exit_date, exit_date_type,
        enrolment_type_codes, grants_program_codes, exception_codes, resident_board,
        fnmi_declaration, local_student_id, is_deleted, version)
    SELECT gen_random_uuid(), s.id, o.id, y, lpad((y - 2014)::text, 2, '0'), 'Regular', 'Day',
        make_date(y - 1, 9, 1), make_date(y, 6, 28), 'CompletionDate', '',
        CASE WHEN s.id %% 30 = 0 THEN '710' ELSE '' END, '', '', '', '', false,
        nextval('pasi_core_version')
    FROM students_student s CROSS JOIN generate_series(2024, 2026) y
    JOIN pasi_organization o ON o.code = 'S.0001';
"""
_READ = (
    "SELECT student_id, course_code, credits_awarded, achievement_school_year, mark_value,"
    " is_available, evaluation_method FROM enrolments_officialmark"
    " WHERE student_id BETWEEN %s AND %s",
    "SELECT student_id, school_id, school_year, start_date, exception_codes, grants_program_codes"
    " FROM enrolments_schoolenrolment WHERE student_id BETWEEN %s AND %s",
)
_MEASURED = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
print(json.dumps(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
"""


def measure(database_url: str, students: int) -> None:
    _populate(students)
    _trigger(students)
    ours, batches = _drain_all(students)
    rows = RequirementSetStatus.objects.count()
    lowest, reading = _floor(students)
    print(
        f"Eligibility: {students:,} students with {MARKS} marks in {ours:.2f} s, "
        f"{students / ours:,.0f} a second, {rows:,} rows written; {batches} batches"
    )
    print(
        f"Floor: {lowest:.2f} s (reading marks and enrolments {reading:.2f} s, COPY of the "
        f"rows written {lowest - reading:.2f} s); ratio {ours / lowest:.2f} times (goal {GOAL})"
    )
    _trigger(students)
    again, _batches = _drain_all(students)
    print(
        f"Again, with nothing to change: {again:.2f} s, {students / again:,.0f} a second, "
        f"{again / reading:.2f} times the reading alone"
    )
    assert RequirementSetStatus.objects.count() == rows
    one, two = (_workers(database_url, number, students) for number in (1, 2))
    print(
        f"Workers: one {one:.1f} s, two {two:.1f} s, {one / two:.2f} times as fast; "
        f"two take {two / lowest:.2f} times the floor"
    )
    few, many = (_peak(database_url, count) for count in (students // 10, students))
    print(
        f"Memory: peak {few / 1024:.0f} MiB for {students // 10:,} students and "
        f"{many / 1024:.0f} MiB for {students:,}, {many / few:.2f} times"
    )
    _waiting(database_url)


def _populate(students: int) -> None:
    population.create(students, marks=0)
    with connection.cursor() as cursor:
        cursor.execute(_SCHOOL)
        cursor.execute(_FACTS, {"courses": _COURSES})
        cursor.execute("VACUUM ANALYZE")


def _trigger(students: int) -> None:
    keys = list(Student.objects.order_by("pk").values_list("pk", flat=True)[:students])
    with recorded_call("Bench", OPERATOR, {"CallerInfo": of_operator("bench")}):
        raise_triggers(NAME, keys, "Bench")
    bulk.run("VACUUM ANALYZE enrolments_transcripttrigger, enrolments_transcriptrecord")


def _drain_all(students: int) -> tuple[float, int]:
    batches = []
    started = time.perf_counter()
    done = drain(processor(NAME), OPERATOR, batches.append, settings.PASI_PROCESSOR_THREADS)
    seconds = time.perf_counter() - started
    assert (done.processed, done.set_aside) == (students, 0), done
    return seconds, sum(count > 0 for count in batches)


def _floor(students: int) -> tuple[float, float]:
    """Seconds of reading and writing, and of reading alone: the medians of three."""
    written = [
        floor.dump(RequirementSetStatus._meta.db_table, "true"),
        floor.dump(RequirementSetStatus.history.model._meta.db_table, "true"),
        floor.dump(TranscriptRecord._meta.db_table, "max_source_version > 0"),
    ]
    reading = statistics.median(_read(students) for _ in range(3))
    return reading + statistics.median(floor.copy_into_twins(written) for _ in range(3)), reading


def _read(students: int) -> float:
    values = settings.DATABASES["default"]
    with psycopg.connect(
        host=values["HOST"] or None,
        port=values["PORT"] or None,
        user=values["USER"] or None,
        password=values["PASSWORD"] or None,
        dbname=values["NAME"],
    ) as bare:
        started = time.perf_counter()
        for first in range(1, students + 1, AT_ONCE):
            for query in _READ:
                bare.execute(query, [first, min(first + AT_ONCE - 1, students)]).fetchall()
        return time.perf_counter() - started


def _anew(students: int) -> None:
    """As if nobody had been judged yet."""
    bulk.run("TRUNCATE credentials_requirementsetstatus")
    bulk.run("UPDATE enrolments_transcriptrecord SET max_source_version = 0")
    if students:
        bulk.run(
            "UPDATE enrolments_transcriptrecord r SET max_source_version = t.version"
            " FROM enrolments_transcripttrigger t"
            " WHERE t.student_id = r.student_id AND r.student_id > %s",
            [students],
        )
    bulk.run("VACUUM ANALYZE enrolments_transcriptrecord")
    forget_marks()


def _workers(database_url: str, number: int, students: int) -> float:
    """Seconds that `number` processes need together."""
    _anew(students)
    started = time.perf_counter()
    running = [
        subprocess.Popen(_COMMAND, stdout=subprocess.DEVNULL, cwd=_ROOT, env=_env(database_url))
        for _ in range(number)
    ]
    for process in running:
        assert process.wait() == 0
    return time.perf_counter() - started


def _peak(database_url: str, students: int) -> int:
    """Peak memory, in KiB, of a command that does so many students."""
    _anew(students)
    output = subprocess.run(
        [sys.executable, "-c", _MEASURED, *_COMMAND],
        stdout=subprocess.PIPE,
        check=True,
        cwd=_ROOT,
        env=_env(database_url),
    ).stdout
    return json.loads(output)


_ROOT = Path(__file__).resolve().parents[2]
_COMMAND = (sys.executable, "manage.py", "process_triggers", "--processor", NAME)


def _env(database_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "PASI_SECRET_KEY": "bench-bench-bench-bench-bench-bench-bench-bench-bench",
    }


def _waiting(database_url: str) -> None:
    """How long a mark that is submitted over HTTP alone takes to change a set's status, a worker
    running.
    """
    _anew(0)
    drain(processor(NAME), OPERATOR)
    with recorded_call("Bench", OPERATOR, {"CallerInfo": of_operator("bench")}):
        client = make_client(name="Bench")
    token = make_token(client)
    command = [sys.executable, "manage.py", "worker"]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=_ROOT, env=_env(database_url))
    try:
        time.sleep(5)
        waits = sorted(_wait_for_status(number, token) for number in range(SUBMITS))
    finally:
        worker.terminate()
        worker.wait()
    print(
        f"Mark to status: p50 {percentile(waits, 0.5):.2f} s, p95 {percentile(waits, 0.95):.2f} s "
        f"of {SUBMITS} marks submitted alone over HTTP (goal {WAIT_GOAL} s)"
    )


def _wait_for_status(number: int, token: str) -> float:
    """Take a mark that the diploma hangs on away; seconds until its set is no longer achieved."""
    status = RequirementSetStatus.objects.filter(
        requirement_set=DIPLOMA, status=RequirementSetStatus.Status.ACHIEVED
    ).order_by("pk")[number]
    mark = OfficialMark.objects.get(student=status.student_id, course_code=NEEDED)
    body = {
        "CallerInfo": of_operator("bench"),
        "StateProvinceId": status.student.asn,
        "CourseCode": NEEDED,
        "PASICoreVersion": mark.version,
        "AchievementSchoolYear": mark.achievement_school_year,
        "AchievementDate": mark.achievement_date.isoformat(),
        "MarkValue": "20",
        "CreditsAwarded": 0,
        "IsAvailable": True,
        "IsDeleted": False,
    }
    started = time.perf_counter()
    answer = Client(SERVER_NAME="localhost").post(
        "/api/services/SubmitOfficialMark",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.content
    changed = RequirementSetStatus.objects.filter(pk=status.pk, version__gt=status.version)
    while not changed.exists():
        assert time.perf_counter() - started < 60
        time.sleep(0.005)
    return time.perf_counter() - started
