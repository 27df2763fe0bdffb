"""The figures taken on a believable province: import, award, floor, and the naive ways."""

import statistics
import time
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from simple_history.utils import bulk_create_with_history

from audit.models import ServiceCall
from credentials import credential_numbers, runs
from credentials.awarding import load_candidates
from credentials.models import AwardedCredential, AwardingRun
from credentials.runs import DEFAULT_BATCH
from credentials.selection import achieved_not_awarded
from pasi import bulk
from pasi.calendar import business_today
from pasi.caller_info import of_operator
from pasi.importing.load import import_directory
from pasi.province import write_province
from pasi.services import Caller, recorded_call
from tests.benchmarks import floor

OPERATOR = Caller(ServiceCall.Door.COMMAND)
NAIVE_SAMPLE = 1_000
SEED = 1


def generate_and_import(directory: Path, students: int) -> None:
    started = time.perf_counter()
    counts = write_province(directory, students, SEED, business_today())
    rows = sum(counts.values())
    print(
        f"Province: {students:,} students, {rows:,} CSV rows "
        f"written in {time.perf_counter() - started:.0f} s"
    )
    started = time.perf_counter()
    summary = import_directory(directory, operator="bench", progress=False)
    seconds = time.perf_counter() - started
    without = seconds - summary.history_and_trigger_seconds
    print(
        f"Import: {rows / seconds:,.0f} CSV rows/s with history and triggers "
        f"(goal 25,000), {rows / without:,.0f} without (goal 40,000)"
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def award(students: int) -> None:
    """Ours against the floor, and the naive ways beside it."""
    chosen = list(islice(achieved_not_awarded(), students + NAIVE_SAMPLE))
    sample, asns = chosen[:NAIVE_SAMPLE], chosen[NAIVE_SAMPLE:]
    naive = _one_call_each(sample) / len(sample)
    library = _bulk_create_with_history(asns)

    before = bulk.latest_version()
    started = time.perf_counter()
    run = _run(asns, DEFAULT_BATCH)
    ours = time.perf_counter() - started
    report = runs.summary(run)
    awarded = sum(report["awarded"].values())

    written = floor.written_by(run, before_version=before)
    rows = sum(each.rows for each in written)
    floors = [floor.copy_into_twins(written) for _ in range(3)]
    lowest = statistics.median(floors)
    print(
        f"Award: {len(asns):,} students in {ours:.2f} s, {len(asns) / ours:,.0f} students/s, "
        f"{awarded:,} awarded, {rows / max(awarded, 1):.1f} rows per award"
    )
    print(
        f"Floor: {lowest:.2f} s (COPY of the same {rows:,} rows; "
        f"of three: {', '.join(f'{each:.2f}' for each in floors)})"
    )
    print(f"Ratio: {ours / lowest:.2f} times the floor (goal 3)")
    print(
        f"Naive: one service call per student, {naive * len(asns):,.0f} s for as many "
        f"({naive * 1000:.1f} ms each, from {len(sample):,}); {naive * len(asns) / ours:,.0f} "
        "times ours"
    )
    print(
        f"bulk_create_with_history: {library:.2f} s for the awards and their history alone, "
        f"{library / ours:.2f} times our whole run"
    )


def _run(asns: list[str], batch_size: int) -> AwardingRun:
    run = runs.start_run(
        asns,
        origin=AwardingRun.Origin.COMMAND,
        started_by="bench",
        batch_size=batch_size,
        criteria={},
    )
    runs.carry_out(run, caller=OPERATOR, caller_info=lambda: of_operator("bench"))
    return run


def _one_call_each(asns: list[str]) -> float:
    """Seconds for one service call per student."""
    started = time.perf_counter()
    _run(asns, 1)
    return time.perf_counter() - started


def _bulk_create_with_history(asns: list[str]) -> float:
    """Seconds to write the awards and their history through the library; then undone."""
    candidates = [
        candidate
        for candidate in load_candidates(asns, today=business_today()).values()
        if candidate.credential and candidate.school_year and not candidate.deleted_awards
    ]
    with recorded_call("Bench", OPERATOR, {}), transaction.atomic():
        numbers = credential_numbers.allocate(len(candidates))
        started = time.perf_counter()
        bulk_create_with_history(
            [
                AwardedCredential(
                    student_id=candidate.student_id,
                    credential_type=candidate.credential,
                    number_id=number,
                    school_year=candidate.school_year,
                    first_name=candidate.legal_name[0],
                    middle_name=candidate.legal_name[1],
                    last_name=candidate.legal_name[2],
                    suffix=candidate.legal_name[3],
                    awarded_on=business_today(),
                    version=version,
                )
                for candidate, number, version in zip(
                    candidates, numbers, bulk.next_versions(len(candidates)), strict=True
                )
            ],
            AwardedCredential,
            batch_size=2_000,
        )
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds
