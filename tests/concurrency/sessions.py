"""Sessions beside the one under test: real connections, real threads, and what they wait for."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections, models

from tests.connections import another_connection

PATIENCE = 90  # seconds until a test gives up waiting; nothing takes so long unless it hangs


def lock_table(model: type[models.Model], mode: str = "SHARE") -> str:
    """SQL that locks a model's table. In mode SHARE whoever would write there waits, readers do
    not; in mode ACCESS EXCLUSIVE readers wait too.
    """
    return f'LOCK TABLE "{model._meta.db_table}" IN {mode} MODE'


def lock_student(asn: str) -> str:
    """SQL that locks a student as a service does."""
    return f"SELECT id FROM students_student WHERE asn = '{asn}' FOR NO KEY UPDATE"


@contextmanager
def held_up(lock: str, *work: Callable[[], Any]) -> Iterator[tuple[psycopg.Connection, list]]:
    """Take a lock, start every piece of work in a thread of its own, wait until all are stuck.

    Gives the session that holds the lock, and the futures. At the end of the block the session
    commits, and all work is waited for.
    """
    with ThreadPoolExecutor(max(len(work), 1)) as pool, another_connection() as session:
        session.execute(lock)
        futures = [pool.submit(and_leave, piece) for piece in work]
        wait_until_blocked(session, len(work))
        yield session, futures


def until(condition: Callable[[], Any], what: str = "") -> Any:
    """Poll until `condition` gives something true, and give it back."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"Waited {PATIENCE} s in vain. {what}"
        time.sleep(0.002)
    return found


def wait_for_polls(count: int) -> None:
    """Let a process go on for a moment: `count` polls, about 2 ms each."""
    polls = itertools.count()
    until(lambda: next(polls) >= count)


def blocked_by(session: psycopg.Connection, observer: psycopg.Connection) -> list[int]:
    """Process ids of the sessions that wait, directly or not, for `session`."""
    rows = observer.execute(
        """
        WITH RECURSIVE waiting (pid) AS (
            SELECT pid FROM pg_stat_activity WHERE %(pid)s = ANY(pg_blocking_pids(pid))
            UNION
            SELECT a.pid FROM pg_stat_activity a
            JOIN waiting w ON w.pid = ANY(pg_blocking_pids(a.pid))
        ) SELECT pid FROM waiting
        """,
        {"pid": session.info.backend_pid},
    )
    return [pid for (pid,) in rows]


def wait_until_blocked(session: psycopg.Connection, count: int = 1) -> list[int]:
    """Wait until `count` sessions wait for `session`; their process ids."""
    with another_connection(autocommit=True) as observer:
        return until(
            lambda: len(pids := blocked_by(session, observer)) >= count and pids,
            f"{count} sessions should be blocked",
        )


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Carry out every piece of work in a thread of its own, all starting together."""
    start = threading.Barrier(len(work))

    def alone(piece: Callable[[], Any]) -> Any:
        start.wait(PATIENCE)
        return and_leave(piece)

    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result() for future in [pool.submit(alone, piece) for piece in work]]


def and_leave(piece: Callable[[], Any]) -> Any:
    """Carry out a piece of work in a thread of its own, and end its connections."""
    try:
        return piece()
    finally:
        connections.close_all()


def wait_until_alone(observer: psycopg.Connection) -> None:
    """Wait until no other session is left in the database: a killed process's may live on."""
    connections.close_all()
    until(
        lambda: observer.execute(
            "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()[0],
        "Some session does not end.",
    )


def deadlocks() -> int:
    """Deadlocks in the database so far. Sessions report theirs at the latest when they end."""
    with another_connection(autocommit=True) as observer:
        wait_until_alone(observer)
        [(count,)] = observer.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        ).fetchall()
        return count
