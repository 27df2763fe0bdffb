"""Real processes of `manage.py award_credentials` on the database under test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings

from tests.concurrency.sessions import PATIENCE, until, wait_until_blocked
from tests.connections import another_connection

PROJECT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """The database under test as DATABASE_URL; a socket's directory as host is percent-encoded."""
    values = settings.DATABASES["default"]
    user, password, host = (
        quote(str(values[key] or ""), safe="") for key in ("USER", "PASSWORD", "HOST")
    )
    login = f"{user}:{password}" if password else user
    port = f":{values['PORT']}" if values["PORT"] else ""
    return f"postgres://{login}@{host}{port}/{quote(values['NAME'], safe='')}"


class Award:
    """A running `manage.py award_credentials`."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, PROJECT / "manage.py", "award_credentials", *map(str, arguments)],
            env={
                **os.environ,
                "DATABASE_URL": database_url(),
                "PASI_SECRET_KEY": "of the concurrency tests only",
            },
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is said to the server."""
        self.process.kill()
        self.process.communicate()

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def end(self) -> tuple[int, str, str]:
        """Wait for its end: exit status, stdout, stderr."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err


@contextmanager
def awarding(*arguments: object) -> Iterator[Award]:
    """A running `award_credentials` that does not outlive the block."""
    award = Award(*arguments)
    try:
        yield award
    finally:
        if not award.has_ended():
            award.kill()


@contextmanager
def stuck_at(lock: str, award_with: tuple) -> Iterator[tuple[Award, psycopg.Connection, int]]:
    """Start `award_credentials` and wait until it waits for `lock`.

    Gives the process, the session that holds the lock, and the process id of its backend.
    """
    with another_connection() as session:
        session.execute(lock)
        with awarding(*award_with) as award:
            yield award, session, wait_until_blocked(session)[0]


def wait_for_batches(observer: psycopg.Connection, count: int, award: Award) -> None:
    """Wait until `count` batches are done, or the process has ended."""
    until(
        lambda: (
            award.has_ended()
            or observer.execute(
                "SELECT count(*) >= %s FROM credentials_awardingbatch WHERE call_id IS NOT NULL",
                [count],
            ).fetchone()[0]
        )
    )
