"""The dry run, the summary, and the number of queries."""

import pytest

from audit.models import ServiceCall, ServiceResponse
from tests.importing.conftest import EVERY_FILE, ada, count_rows, last_value, run_import
from tests.province_files import BEN, ORGANIZATIONS, write_files

pytestmark = pytest.mark.django_db


# --- Dry run ------------------------------------------------------------------------------------


def test_a_dry_run_keeps_nothing_but_the_record_of_the_call(db, tmp_path):
    directory = write_files(tmp_path, organizations=list(ORGANIZATIONS), **EVERY_FILE)
    before = count_rows()
    pool, numbers = last_value("asn_pool"), last_value("credential_number")
    outcome = run_import(directory, "--dry-run")
    assert outcome.status == 0
    assert "checked; nothing was kept" in outcome.out
    assert count_rows() == before
    assert (last_value("asn_pool"), last_value("credential_number")) == (pool, numbers)
    call = ServiceCall.objects.get(operation="ImportRecords (dry run)")
    assert call.response.outcome == ServiceResponse.Outcome.APPLIED
    # What passed the dry run can be loaded.
    assert run_import(directory).status == 0
    assert ada().awarded_credentials.exists()


def test_a_dry_run_tells_errors(load, tmp_path):
    load(students=[{}])
    outcome = run_import(write_files(tmp_path / "again", students=[{}]), "--dry-run")
    assert outcome.status == 1
    assert outcome.err.startswith("students.csv:2: asn: exists already")


# --- How it is done -----------------------------------------------------------------------------


def test_the_number_of_queries_does_not_depend_on_the_rows(
    load, tmp_path, django_assert_max_num_queries
):
    load()
    counts = []
    for size in (10, 400):
        asns = [f"{size:03d}1{n:05d}" for n in range(size)]
        directory = write_files(
            tmp_path / str(size),
            students=[{"asn": asn} for asn in asns],
            official_marks=[{"asn": asn} for asn in asns],
            school_enrolments=[{"asn": asn} for asn in asns],
            awarded_credentials=[{"asn": asn} for asn in asns],
        )
        with django_assert_max_num_queries(200) as queries:
            assert run_import(directory).status == 0
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_summary_counts_the_rows_of_each_file(load):
    outcome = load(students=[{}, {"asn": BEN}], official_marks=[{}])
    lines = [line.split() for line in outcome.out.splitlines()]
    assert lines[:3] == [
        ["2", "organizations.csv"],
        ["2", "students.csv"],
        ["1", "official_marks.csv"],
    ]
    assert lines[3][:3] == ["5", "rows", "loaded,"]
