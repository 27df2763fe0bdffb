"""`make bench`: how fast the bulk award and the import are, as ratios taken in one run.

    python -m tests.benchmarks [--students N] [--award N] [--skip-growth]

Works in a database of its own, `pasi_bench`, made anew. Prints one line per figure.
"""

import argparse
import os
import platform
import tempfile
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--students", type=int, default=200_000, help="size of the province")
    parser.add_argument("--award", type=int, default=35_000, help="students to award")
    parser.add_argument("--skip-growth", action="store_true", help="leave out 350,000 students")
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasi.settings")
    import django

    django.setup()
    from tests.benchmarks import bench_database, growth, measures

    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    with bench_database.fresh() as database_url:
        print(f"PostgreSQL {bench_database.server_version()}")
        with tempfile.TemporaryDirectory(prefix="pasi-bench-") as directory:
            measures.generate_and_import(Path(directory), options.students)
        measures.award(options.award)
        if not options.skip_growth:
            growth.measure(database_url, options.award)


if __name__ == "__main__":
    main()
