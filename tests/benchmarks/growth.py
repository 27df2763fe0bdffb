"""How time and memory of the command grow from 35,000 students to ten times as many."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import population

FIRST = 1_000_000_000
_MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([peak, json.loads(done.stdout.splitlines()[-1])]))
"""


def measure(database_url: str, students: int) -> None:
    population.create(students * 11, first=FIRST, marks=4)
    peak_one, one = _award(database_url, 0, students)
    peak_ten, ten = _award(database_url, students, students * 10)
    per_one, per_ten = one["seconds"] / one["requested"], ten["seconds"] / ten["requested"]
    print(
        f"Growth: {one['requested']:,} students {one['seconds']:.1f} s, "
        f"{ten['requested']:,} students {ten['seconds']:.1f} s: "
        f"{per_ten / per_one:.2f} times the time per student"
    )
    print(
        f"Memory: peak {peak_one / 1024:.0f} MiB and {peak_ten / 1024:.0f} MiB, "
        f"{peak_ten / peak_one:.2f} times (goal 1.2)"
    )


def _award(database_url: str, skip: int, count: int) -> tuple[int, dict]:
    """Peak memory in KiB and the report of the command for `count` students of a file."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "asns.txt"
        with path.open("w") as file:
            for number in range(skip, skip + count):
                file.write(f"{population.asn_of(FIRST + number)}\n")
        output = subprocess.run(
            [
                sys.executable,
                "-c",
                _MEASURED,
                sys.executable,
                "manage.py",
                "award_credentials",
                "--file",
                str(path),
                "--json",
            ],
            stdout=subprocess.PIPE,
            check=True,
            env={
                **os.environ,
                "DATABASE_URL": database_url,
                "PASI_SECRET_KEY": "bench-bench-bench-bench-bench-bench-bench-bench-bench",
            },
        ).stdout
    peak, report = json.loads(output)
    return peak, report
