"""A run is killed at many moments; what it leaves is whole, and --resume finishes it."""

import csv
import random

import psycopg
import pytest
from django.db import connections

from audit.models import ServiceCall, ServiceResponse
from credentials.models import (
    AwardedCredential,
    AwardingBatch,
    AwardingOutcome,
    AwardingRun,
    IssuedCredentialNumber,
)
from enrolments.models import TranscriptTrigger
from students.models import Student
from tests import depth, invariants
from tests.concurrency.processes import awarding, stuck_at, wait_for_batches
from tests.concurrency.sessions import (
    lock_student,
    lock_table,
    wait_for_polls,
    wait_until_alone,
)
from tests.connections import another_connection

pytestmark = pytest.mark.concurrency

BATCH = 200
# Tables that a batch writes, in the order of writing: the run is killed at each.
WRITTEN = (
    ServiceCall,
    IssuedCredentialNumber,
    AwardedCredential.history.model,
    TranscriptTrigger,
    AwardingOutcome,
    ServiceResponse,
)
RANDOM_KILLS = depth.examples(4, 2)


@pytest.fixture
def asn_file(students, tmp_path):
    """Makes a file of n students' numbers in no particular order; its path and the numbers."""

    def make(count: int):
        asns = random.Random(count).sample(students(count), count)
        path = tmp_path / "asns.txt"
        path.write_text("\n".join(asns) + "\n")
        return path, asns

    return make


class Witness:
    """Looks at the database after each kill, and remembers what had been announced."""

    def __init__(self, observer: psycopg.Connection) -> None:
        self.observer = observer
        self.told: dict[int, tuple] = {}

    def look(self) -> int:
        """Check all there is to check; the number of outcomes there are."""
        wait_until_alone(self.observer)
        invariants.assert_awarding_is_whole()
        invariants.assert_history_is_complete([AwardedCredential, Student])
        outcomes = {
            position: rest
            for position, *rest in AwardingOutcome.objects.values_list(
                "position", "asn", "credential_type", "credential_number", "version"
            )
        }
        assert self.told.items() <= outcomes.items(), "what was announced once has changed"
        assert AwardedCredential.objects.count() == len(outcomes)
        assert IssuedCredentialNumber.objects.count() == len(outcomes)
        self.told = outcomes
        connections.close_all()
        return len(outcomes)


@pytest.fixture
def witness(committed_database):
    with another_connection(autocommit=True) as observer:
        yield Witness(observer)


def check_finished(run: AwardingRun, asns: list[str]) -> None:
    run.refresh_from_db()
    assert run.finished_at is not None
    rows = AwardingOutcome.objects.filter(run=run).order_by("position")
    assert list(rows.values_list("asn", flat=True)) == asns
    assert list(rows.values_list("position", flat=True)) == list(range(len(asns)))
    assert not rows.exclude(rejection_code="").exists()
    assert AwardedCredential.objects.values("student").distinct().count() == len(asns)
    assert AwardedCredential.objects.count() == len(asns)


def test_killed_while_it_records_its_list_a_run_has_never_been(asn_file, witness):
    path, asns = asn_file(600)
    for table in (AwardingRun, AwardingBatch):
        with stuck_at(lock_table(table), ("--file", path, "--batch-size", BATCH)) as (award, *_):
            award.kill()
        assert witness.look() == 0
        assert not AwardingRun.objects.exists()
    with stuck_at(lock_table(ServiceCall), ("--file", path, "--batch-size", BATCH)) as (award, *_):
        award.kill()
    assert witness.look() == 0
    run = AwardingRun.objects.get()
    assert (run.requested, run.batches.count(), run.finished_at) == (600, 3, None)
    assert [asn for batch in run.batches.order_by("first_position") for asn in batch.asns] == asns


def test_killed_at_many_moments_a_run_is_finished_by_resuming(asn_file, witness, tmp_path):
    path, asns = asn_file(6_000)
    chance = random.Random(2026)
    results = tmp_path / "results.csv"

    with awarding("--file", path, "--batch-size", BATCH) as award:
        wait_for_batches(witness.observer, 1, award)
        award.kill()
    done = witness.look()
    assert BATCH <= done < len(asns)
    run = AwardingRun.objects.get()
    resume = ("--resume", run.pk)

    # While it writes each table: everything before that is written, and nothing is left of it.
    for table in WRITTEN:
        with stuck_at(lock_table(table), resume) as (award, *_):
            award.kill()
        assert witness.look() == done, f"killed while it wrote {table.__name__}"

    # While it waits for a student.
    with stuck_at(lock_student(asns[done]), resume) as (award, *_):
        award.kill()
    assert witness.look() == done

    # In the middle of its work, at moments of chance.
    for _ in range(RANDOM_KILLS):
        with awarding(*resume) as award:
            wait_for_batches(witness.observer, done // BATCH + 1, award)
            wait_for_polls(chance.randrange(25))
            award.kill()
        after = witness.look()
        assert after % BATCH == 0
        assert after > done
        done = after
    assert done < len(asns), "the run was finished before all its deaths"

    # When all is done but the run's own mark.
    with stuck_at(lock_table(AwardingRun), resume) as (award, *_):
        award.kill()
    assert witness.look() == len(asns)

    with awarding(*resume, "--results", results) as award:
        status, out, _err = award.end()
    assert status == 0
    assert f"{len(asns):,} awarded" in out
    assert witness.look() == len(asns)
    check_finished(run, asns)
    with results.open(newline="") as file:
        assert [row["StateProvinceId"] for row in csv.DictReader(file)] == asns
