"""The embedded PostgreSQL, with real servers and real processes.

Run as root, the tests also act as an ordinary user; that user may read what root may, so that the
place of the checkout does not matter, but may write nothing more than usual.
"""

import json
import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from pasi import database

PROJECT = Path(database.__file__).resolve().parent.parent
ROOT = os.geteuid() == 0
ORDINARY = pwd.getpwnam("daemon").pw_uid if ROOT else os.geteuid()
ACCOUNTS = [0, ORDINARY] if ROOT else [ORDINARY]  # user numbers; the first is our own

START = """
import json, sys
from pathlib import Path
from pasi import database
base = Path(sys.argv[1])
found = database.databases(base)["default"]
started, again = database.started_here(base), database.databases(base)["default"]
assert again == found
print(json.dumps({"host": found["HOST"], "started": started, "django": "django" in sys.modules}))
"""
STOP = """
import sys
from pathlib import Path
from pasi import database
print(database.stop(Path(sys.argv[1])))
"""


def _command(account, *arguments):
    prefix = []
    if account != ACCOUNTS[0]:
        capability = "-all,+dac_read_search"
        prefix = ["setpriv", f"--reuid={account}", f"--regid={account}", "--clear-groups"]
        prefix += [f"--{kind}-caps={capability}" for kind in ("inh", "ambient")]
        prefix += [f"--bounding-set={capability}"]
    return [*prefix, sys.executable, *map(str, arguments)]


def _environment(**more):
    left_out = {"DATABASE_URL", "PASI_VAR"}
    return {**{k: v for k, v in os.environ.items() if k not in left_out}, **more}


def _begin(account, *arguments, **variables):
    return subprocess.Popen(
        _command(account, *arguments),
        cwd=PROJECT,
        env=_environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _end(process):
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def _start_process(account, project, **variables):
    """Start it from a process of its own; what START printed."""
    done = _end(_begin(account, "-c", START, project, **variables))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _start(account, project):
    """Start it from this process if that has the right account; the socket directory."""
    if account == ACCOUNTS[0]:
        return database.databases(project)["default"]["HOST"]
    return _start_process(account, project)["host"]


def _refused(account, project):
    """What a process prints whose start must fail: one line, and no traceback."""
    done = _end(_begin(account, "-c", START, project))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def _stop(account, project):
    if account == ACCOUNTS[0]:
        return database.stop(project)
    done = _end(_begin(account, "-c", STOP, project))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip() == "True"


def _connect(host, dbname="pasi"):
    return psycopg.connect(host=host, port=5432, user="postgres", dbname=dbname, autocommit=True)


def _postmaster(project):
    return int((project / "var/pg/postmaster.pid").read_text().split("\n", 1)[0])


def _own(account, path):
    if ROOT:
        os.chown(path, account, account)


@pytest.fixture
def make_project(tmp_path):
    """Makes project directories; whatever runs in them is stopped at the end."""
    projects = []

    def make(account, name="project"):
        project = tmp_path / name
        project.mkdir(parents=True)
        _own(account, project)
        projects.append(project)
        return project

    yield make
    for project in projects:
        database.stop(project)


@pytest.fixture(autouse=True)
def _without_variables(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("PASI_VAR", raising=False)


@pytest.fixture(scope="module")
def initialised(tmp_path_factory):
    """A project whose data exists already, per account: what a test need not make again."""
    made = {}

    def var_of(account):
        if account not in made:
            project = tmp_path_factory.mktemp(f"of-{account}")
            _own(account, project)
            _start(account, project)
            assert _stop(account, project)
            made[account] = project / "var"
        return made[account]

    return var_of


@pytest.fixture
def make_used_project(make_project, initialised):
    def make(account, name="project"):
        project = make_project(account, name)
        subprocess.run(["cp", "-a", initialised(account), project / "var"], check=True)
        return project

    return make


@pytest.mark.parametrize("account", ACCOUNTS)
def test_start_reuse_and_stop(make_project, account):
    project = make_project(account, "closed/project")
    project.parent.chmod(0o700 if account == ACCOUNTS[0] else 0o711)
    before = [path.stat() for path in (project, *project.parents)]

    first = _start_process(account, project)

    assert first["started"]
    assert not first["django"]
    after = [path.stat() for path in (project, *project.parents)]
    assert [(s.st_mode, s.st_uid) for s in before] == [(s.st_mode, s.st_uid) for s in after]
    for private in (project / "var", Path(first["host"])):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        assert private.stat().st_uid == account
    with _connect(first["host"]) as connection:
        shown = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('max_connections'),"
            " current_setting('shared_buffers'), current_setting('max_wal_size'),"
            " current_setting('server_encoding'), upper('é')"
        ).fetchone()
    assert shown == ("", "200", "256MB", "2GB", "UTF8", "É")

    process = _postmaster(project)
    second = _start_process(account, project)
    assert second == {**first, "started": False}
    assert _postmaster(project) == process

    assert _end(_begin(account, "-c", STOP, project)).stdout == "True\n"
    assert not Path(first["host"]).exists()
    assert not _stop(account, project)


def test_eight_first_starts_at_once(make_project):
    project = make_project(ACCOUNTS[0])
    begun = [_begin(ACCOUNTS[0], "-c", START, project) for _ in range(8)]
    ended = [_end(process) for process in begun]
    assert [done.stderr for done in ended] == [""] * 8
    servers = [json.loads(done.stdout) for done in ended]
    assert len({server["host"] for server in servers}) == 1
    assert sum(server["started"] for server in servers) == 1
    log = (project / "var/pg/server.log").read_text()
    assert log.count("ready to accept connections") == 1
    assert sorted(path.name for path in (project / "var").iterdir()) == ["pg", "pg.lock"]


def test_start_after_the_server_was_killed(make_used_project):
    project = make_used_project(ACCOUNTS[0])
    host = _start(ACCOUNTS[0], project)
    process = _postmaster(project)
    with _connect(host) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(process, signal.SIGKILL)
    assert _start(ACCOUNTS[0], project) == host
    assert _postmaster(project) != process
    with _connect(host) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_start_when_the_old_process_number_is_taken(make_project, account):
    """As after a container's restart: the old server's number is now another live process."""
    project = make_project(account)
    host = _start(account, project)
    pid_file, socket_lock = project / "var/pg/postmaster.pid", Path(host) / ".s.PGSQL.5432.lock"
    left = {path: path.read_text() for path in (pid_file, socket_lock)}
    process = str(_postmaster(project))
    assert _stop(account, project)
    other = subprocess.Popen(_command(account, "-c", "input()"), stdin=subprocess.PIPE)
    try:
        Path(host).mkdir(mode=0o700)
        _own(account, host)
        for path, text in left.items():
            path.write_text(text.replace(process, str(other.pid), 1))
            path.chmod(0o600)
            os.chown(path, pid_file.parent.stat().st_uid, pid_file.parent.stat().st_gid)
        assert _start(account, project) == host
        assert _postmaster(project) != other.pid
        assert _stop(account, project)
        assert other.poll() is None
    finally:
        other.communicate(b"\n")


def test_a_killed_first_start_leaves_nothing_half_made(make_project):
    project = make_project(ACCOUNTS[0])
    process, fresh = _begin(ACCOUNTS[0], "-c", START, project), project / "var/pg.new"
    deadline = time.monotonic() + 30
    while not (fresh / "PG_VERSION").exists():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert not (project / "var/pg").exists()
    (fresh / "left over").touch()
    with _connect(_start(ACCOUNTS[0], project)) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("pasi",)
    assert not fresh.exists()
    assert not (project / "var/pg/left over").exists()


def test_long_paths_with_odd_characters(make_used_project, tmp_path):
    project = make_used_project(ACCOUNTS[0], 'a "quoted" $HOME & more/' + "very long/" * 12)
    assert len(str(project)) > 120
    variables = {"TMPDIR": str(tmp_path), "PGPORT": "1", "PGDATA": "/nowhere", "LC_ALL": "xx_YY"}
    host = _start_process(ACCOUNTS[0], project, **variables)["host"]
    assert len(host) < 60
    process = _postmaster(project)
    assert _start(ACCOUNTS[0], project) == host
    assert _postmaster(project) == process


def test_a_missing_database_is_made(make_used_project):
    project = make_used_project(ACCOUNTS[0])
    host = _start(ACCOUNTS[0], project)
    with _connect(host, "postgres") as connection:
        connection.execute("DROP DATABASE pasi")
    assert _start(ACCOUNTS[0], project) == host
    with _connect(host) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("pasi",)


def test_owner_and_root_share_one_server(make_project):
    """Root starts it for the owner of the project, who can use, stop and start it."""
    project = make_project(ORDINARY)
    host = _start(ACCOUNTS[0], project)
    process = _postmaster(project)
    assert {path.stat().st_uid for path in (project / "var").rglob("*")} == {ORDINARY}
    assert _start(ORDINARY, project) == host
    assert _postmaster(project) == process
    assert _stop(ORDINARY, project)
    assert _start(ORDINARY, project) == host
    process = _postmaster(project)
    assert _start(ACCOUNTS[0], project) == host
    assert _postmaster(project) == process


def test_what_belongs_to_another_is_refused_in_one_line(make_project, initialised):
    project = make_project(ACCOUNTS[0])
    if ROOT:
        subprocess.run(["cp", "-a", initialised(0), project / "var"], check=True)
        assert "belongs to root" in _refused(ORDINARY, project)
    else:
        project.chmod(0o500)
        assert "Permission denied" in _refused(ORDINARY, project)
    assert not (project / "var/pg/postmaster.pid").exists()


def test_a_socket_directory_open_to_others_is_refused(make_used_project):
    project = make_used_project(ACCOUNTS[0])
    host = Path(_start(ACCOUNTS[0], project))
    assert _stop(ACCOUNTS[0], project)
    host.mkdir()
    host.chmod(0o755)
    try:
        assert f"{host} is not a private directory" in _refused(ACCOUNTS[0], project)
    finally:
        host.rmdir()


def test_data_of_a_version_no_longer_installed_is_refused(make_project):
    project = make_project(ACCOUNTS[0])
    (project / "var/pg").mkdir(parents=True)
    (project / "var/pg/PG_VERSION").write_text("9\n")
    assert "was made by PostgreSQL 9" in _refused(ACCOUNTS[0], project)
    database.EmbeddedPostgres(project).socket_directory.rmdir()


def test_data_that_does_not_start_says_why(make_used_project):
    project = make_used_project(ACCOUNTS[0])
    (project / "var/pg/global/pg_control").unlink()
    line = _refused(ACCOUNTS[0], project)
    assert "could not find the database system" in line or "pg_control" in line
    assert "server.log" in line
    database.EmbeddedPostgres(project).socket_directory.rmdir()


def test_command_line(make_used_project):
    variables = {"PASI_VAR": str(make_used_project(ACCOUNTS[0]) / "var")}

    def run(action):
        done = _end(_begin(ACCOUNTS[0], "-m", "pasi.database", action, **variables))
        return done.returncode, done.stdout, done.stderr

    stopped = "The embedded PostgreSQL is stopped.\n"
    assert run("status") == (3, stopped, "")
    try:
        started = run("start")
        assert started[0] == 0
        assert variables["PASI_VAR"] in started[1]
        assert run("status") == started
    finally:
        assert run("stop") == (0, stopped, "")
    assert run("stop") == (0, "The embedded PostgreSQL is not running.\n", "")


def test_database_url(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://amy:secret@db.example:6543/province")
    settings = database.databases(tmp_path)["default"]
    expected = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "province",
        "USER": "amy",
        "PASSWORD": "secret",
        "HOST": "db.example",
        "PORT": 6543,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
    assert {name: settings[name] for name in expected} == expected
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "mysql://amy:secret@db.example/province",
        "sqlite:///province.db",
        "postgis://amy:secret@db.example/province",
        "postgres://amy:secret@db.example",
        "postgres://amy:secret@db.example:port/province",
        "province:secret",
    ],
)
def test_any_other_database_url_is_refused(monkeypatch, tmp_path, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(database.DatabaseUnavailable) as refused:
        database.databases(tmp_path)
    assert "DATABASE_URL must name a PostgreSQL database" in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)
