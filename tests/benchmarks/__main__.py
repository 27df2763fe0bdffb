"""`make bench`: how fast the bulk award, the import, re-issuing, creating and finding students, the
processing of alerts and the calculation of eligibility are, as ratios taken in one run; and how
long the pages of the back office take.

    python -m tests.benchmarks [--only award|re-issue|registry|alerts|eligibility|back-office]
        [--students N] [--award N] [--skip-growth] [--awards N] [--registry N]
        [--registry-first N] [--enrolments N] [--transcripts N] [--back-office N]

Each part works in a database of its own, `pasi_bench`, made anew. Prints one line per figure.
"""

import argparse
import os
import platform
import tempfile
from pathlib import Path

AWARD, RE_ISSUE, REGISTRY, ALERTS = "award", "re-issue", "registry", "alerts"
ELIGIBILITY, BACK_OFFICE = "eligibility", "back-office"
PARTS = (AWARD, RE_ISSUE, REGISTRY, ALERTS, ELIGIBILITY, BACK_OFFICE)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", choices=PARTS, help="one of the parts")
    award = parser.add_argument_group("award and import")
    award.add_argument("--students", type=int, default=200_000, help="size of the province")
    award.add_argument("--award", type=int, default=35_000, help="students to award")
    award.add_argument("--skip-growth", action="store_true", help="leave out 350,000 students")
    re_issue = parser.add_argument_group("re-issuing")
    re_issue.add_argument("--awards", type=int, default=300_000, help="how many there are")
    registry = parser.add_argument_group("creating and finding students")
    registry.add_argument("--registry", type=int, default=300_000, help="size of the registry")
    registry.add_argument(
        "--registry-first", type=int, default=300_000, help="size at which it is measured first"
    )
    alerts = parser.add_argument_group("alerts")
    alerts.add_argument("--enrolments", type=int, default=100_000, help="how many to judge")
    eligibility = parser.add_argument_group("eligibility")
    eligibility.add_argument(
        "--transcripts", type=int, default=100_000, help="students to calculate"
    )
    back_office = parser.add_argument_group("pages of the back office")
    back_office.add_argument("--back-office", type=int, default=300_000, help="how many students")
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasi.settings")
    import django

    django.setup()
    from tests.benchmarks import bench_database

    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"PostgreSQL {bench_database.server_version()}")
    parts = (_award, _re_issue, _registry, _alerts, _eligibility, _back_office)
    for name, part in zip(PARTS, parts, strict=True):
        if options.only in (None, name):
            part(options)


def _award(options: argparse.Namespace) -> None:
    from tests.benchmarks import bench_database, growth, measures

    with bench_database.fresh() as database_url:
        with tempfile.TemporaryDirectory(prefix="pasi-bench-") as directory:
            measures.generate_and_import(Path(directory), options.students)
        measures.award(options.award)
        if not options.skip_growth:
            growth.measure(database_url, options.award)


def _re_issue(options: argparse.Namespace) -> None:
    from tests.benchmarks import bench_database, re_issuing

    with bench_database.fresh() as database_url:
        re_issuing.measure(database_url, options.awards)


def _registry(options: argparse.Namespace) -> None:
    from tests.benchmarks import bench_database, on_registry

    with bench_database.fresh() as database_url:
        on_registry.measure(database_url, options.registry_first, options.registry)


def _alerts(options: argparse.Namespace) -> None:
    from tests.benchmarks import alerting, bench_database

    with bench_database.fresh() as database_url:
        alerting.measure(database_url, options.enrolments)


def _eligibility(options: argparse.Namespace) -> None:
    from tests.benchmarks import bench_database, calculating

    with bench_database.fresh() as database_url:
        calculating.measure(database_url, options.transcripts)


def _back_office(options: argparse.Namespace) -> None:
    from tests.benchmarks import back_office, bench_database

    with bench_database.fresh():
        back_office.measure(options.back_office)


if __name__ == "__main__":
    main()
