"""Many clients creating students at once: processes, since threads would measure the interpreter.

    python -m tests.benchmarks.clients SCHOOL SEED SECONDS

is one of them: it says "ready", waits for a line, creates students for so long, prints the times.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

CLIENTS = (1, 2, 4, 16)
SECONDS = 8
SAMPLE_EVERY = 0.02
WARM_UP = 20


def measure(database_url: str, school: str, seed: int) -> None:
    for number in CLIENTS:
        seed += number
        _measure(database_url, school, number, seed)


def _measure(database_url: str, school: str, number: int, seed: int) -> None:
    from tests.benchmarks.timings import summary

    with ExitStack() as running:
        started = [
            running.enter_context(_start(database_url, school, seed + position))
            for position in range(number)
        ]
        for process in started:
            assert process.stdout.readline() == "ready\n"
        before = _processor_seconds()
        time.sleep(1)
        busy = _processor_seconds()
        before = busy - before
        for process in started:
            process.stdin.write("go\n")
            process.stdin.flush()
        waits, samples = _waits_until(time.monotonic() + SECONDS)
        busy = _processor_seconds() - busy
        done = [json.loads(process.stdout.readline()) for process in started]
    times = [milliseconds for _worked, each in done for milliseconds in each]
    worked = sum(seconds for seconds, _times in done)
    locks = sum(count for (kind, _what), count in waits.items() if kind == "Lock")
    others = ", ".join(
        f"{kind} {what} {count / samples:.2f}"
        for (kind, what), count in waits.most_common(4)
        if kind not in ("Lock", "Client")
    )
    print(
        f"{number:>2} clients: {len(times) / SECONDS:,.0f} students/s, {summary(times)}; "
        f"{busy / SECONDS:.1f} processors busy ({before:.1f} before), "
        f"{worked * 1000 / len(times):.1f} ms of Python each; "
        f"{locks} lock waits in {samples} samples (goal 0)"
        + (f"; other waits at a time: {others}" if others else "")
    )


def _start(database_url: str, school: str, seed: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.clients", school, str(seed), str(SECONDS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "PASI_SECRET_KEY": "bench-bench-bench-bench-bench-bench-bench-bench-bench",
        },
    )


def _waits_until(end: float) -> tuple[Counter, int]:
    """What the clients' connections wait for, sampled; and the number of samples."""
    from django.db import connection

    waits, samples = Counter(), 0
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(
                "SELECT wait_event_type, wait_event FROM pg_stat_activity"
                " WHERE datname = current_database() AND state <> 'idle'"
                " AND wait_event IS NOT NULL AND pid <> pg_backend_pid()"
            )
            waits.update(cursor.fetchall())
            samples += 1
            time.sleep(SAMPLE_EVERY)
    return waits, samples


def _processor_seconds() -> float:
    """Seconds that all processors of the machine have worked, whoever for; 0 if unknown."""
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return 0.0
    idle = (3, 4)  # idle, waiting for the disk
    worked = sum(int(each) for place, each in enumerate(fields[:8]) if place not in idle)
    return worked / os.sysconf("SC_CLK_TCK")


def one_client(school: str, seed: int, seconds: float) -> tuple[float, list[float]]:
    """Create students for `seconds` once a line comes in.

    Gives back the processor seconds that took in Python, and the milliseconds of each call.
    """
    from students.services.create_student import CreateStudent
    from tests.benchmarks.calling import Requests, caller
    from tests.benchmarks.timings import timed

    requests, known = Requests(seed, school), caller()

    def create() -> tuple[float, bool]:
        milliseconds, answer = timed(CreateStudent().execute, requests.create_student(), known)
        return milliseconds, answer.http_status == 200

    for _ in range(WARM_UP):
        create()
    print("ready", flush=True)
    if not sys.stdin.readline():
        sys.exit("Nobody says go.")
    end = time.monotonic() + seconds
    before, times = time.process_time(), []
    while time.monotonic() < end:
        milliseconds, is_created = create()
        if is_created:
            times.append(milliseconds)
    return time.process_time() - before, times


def main(arguments: Sequence[str]) -> None:
    import django

    django.setup()
    school, seed, seconds = arguments
    print(json.dumps(one_client(school, int(seed), float(seconds))))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasi.settings")
    main(sys.argv[1:])
