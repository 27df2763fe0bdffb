"""Who carries a run out, and how it ends when the database goes away."""

import re
from functools import partial

import psycopg
import pytest

from audit.models import ServiceCall
from credentials.models import AwardingBatch, AwardingOutcome, AwardingRun
from tests.concurrency.processes import Award, awarding, stuck_at
from tests.concurrency.sessions import lock_table, until, wait_until_blocked
from tests.connections import another_connection

pytestmark = pytest.mark.concurrency

BATCH = 100


@pytest.fixture
def asn_file(students, tmp_path):
    path = tmp_path / "asns.txt"
    path.write_text("\n".join(students(4 * BATCH)) + "\n")
    return path


def outcomes() -> int:
    return AwardingOutcome.objects.count()


def test_a_run_that_is_carried_out_is_not_resumed_and_one_of_two_resumes_finishes_it(asn_file):
    start = ("--file", asn_file, "--batch-size", BATCH)
    with stuck_at(lock_table(AwardingOutcome), start) as (award, _session, _backend):
        run = AwardingRun.objects.get()
        with awarding("--resume", run.pk) as second:
            status, _out, said = second.end()
        assert status == 1
        assert said == f"CommandError: Run {run.pk} is being carried out by somebody else.\n"
        award.kill()

    # The killed one's backend ends by itself, and gives the run free.
    with another_connection(autocommit=True) as observer:
        until(lambda: run_locks(observer) == 0)
    with another_connection() as session:
        session.execute(lock_table(AwardingOutcome))
        with awarding("--resume", run.pk) as one, awarding("--resume", run.pk) as two:
            loser: Award = until(lambda: next((a for a in (one, two) if a.has_ended()), None))
            status, _out, said = loser.end()
            assert (status, "carried out by somebody else" in said) == (1, True)
            wait_until_blocked(session)
            session.commit()
            winner = two if loser is one else one
            status, out, said = winner.end()
    assert (status, said.count("Error")) == (0, 0)
    assert "400 awarded" in re.sub(r" +", " ", out)
    assert outcomes() == 4 * BATCH


def run_locks(observer: psycopg.Connection) -> int:
    """Runs that somebody in this database is carrying out."""
    [(count,)] = observer.execute(
        """
        SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE locktype = 'advisory' AND objsubid = 2 AND classid = 1
            AND d.datname = current_database()
        """
    )
    return count


def test_a_run_whose_connection_is_lost_says_how_to_go_on(asn_file):
    """The server ends the session: before the run is recorded, and at several moments of it."""
    start = ("--file", asn_file, "--batch-size", BATCH)
    status, said = lose_connection(lock_table(AwardingBatch), start)
    assert (status, said.count("\n")) == (1, 1)
    assert "--resume" not in said
    assert not AwardingRun.objects.exists()

    status, said = lose_connection(lock_table(AwardingOutcome), start)
    run = AwardingRun.objects.get()
    how_to_go_on = f"finish with: manage.py award_credentials --resume {run.pk}\n"
    assert status == 1
    assert said.endswith(how_to_go_on)
    assert "Traceback" not in said
    assert outcomes() == 0

    for lock in (
        lock_table(AwardingBatch, "ACCESS EXCLUSIVE"),  # reading the next batch
        lock_table(ServiceCall),  # recording its call
    ):
        status, said = lose_connection(lock, ("--resume", run.pk))
        assert status == 1
        assert said.endswith(how_to_go_on)
        assert "Traceback" not in said
        assert outcomes() == 0

    with awarding("--resume", run.pk) as award:
        status, _out, _said = award.end()
    assert (status, outcomes()) == (0, 4 * BATCH)


def lose_connection(lock: str, arguments: tuple) -> tuple[int, str]:
    """Let a run come as far as `lock`, end its session on the server; exit status and stderr."""
    with stuck_at(lock, arguments) as (award, session, backend):
        with another_connection(autocommit=True) as operator:
            operator.execute("SELECT pg_terminate_backend(%s)", [backend])
        until(partial(ended, backend))
        session.rollback()
        status, _out, said = award.end()
    return status, said


def ended(backend: int) -> bool:
    with another_connection(autocommit=True) as observer:
        found = observer.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [backend])
        return not found.fetchall()
