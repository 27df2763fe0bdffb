"""Small CSV files for import_records, written in one call.

    write_files(directory, students=[{"asn": "100000009"}], official_marks=[{}])

Each row needs only what the test is about; the rest has a value that passes. Rows without an `asn`
are those of ADA. Reference ids and credential numbers differ from row to row.
"""

import csv
import datetime
import itertools
import uuid
from pathlib import Path
from typing import Any

ADA, BEN = "100000009", "100000017"
AUTHORITY, SCHOOL = "A.0001", "S.0001"

# Enough for every row to have something to refer to.
ORGANIZATIONS = (
    {"code": AUTHORITY, "name": "Authority", "kind": "Authority"},
    {"code": SCHOOL, "name": "School", "kind": "School", "authority_code": AUTHORITY},
)

DEFAULTS: dict[str, dict[str, Any]] = {
    "organizations": {},
    "courses": {"code": "ELA3105", "name": "English Language Arts 30-1"},
    "students": {
        "asn": ADA,
        "first_name": "Ada",
        "last_name": "Byron",
        "birth_date": "2008-05-17",
        "gender": "F",
    },
    "student_names": {"asn": ADA, "first_name": "Augusta", "last_name": "King"},
    "student_addresses": {
        "asn": ADA,
        "address_type": "Mailing",
        "street": "12 Elm Street",
        "country": "Canada",
        "effective_on": "2020-01-01",
    },
    "disclosure_restrictions": {
        "asn": ADA,
        "code": "Caution",
        "effective_on": "2020-01-01",
        "is_active": True,
    },
    "school_enrolments": {
        "asn": ADA,
        "school_code": SCHOOL,
        "school_year": 2026,
        "grade": "12",
        "programming_type": "Regular",
        "programming_timeframe": "Day",
        "start_date": "2025-09-01",
        "exit_date": "2026-06-28",
        "exit_date_type": "CompletionDate",
    },
    "course_enrolments": {
        "asn": ADA,
        "school_code": SCHOOL,
        "school_year": 2026,
        "course_code": "ELA3105",
        "status": "Active",
    },
    "official_marks": {
        "asn": ADA,
        "course_code": "ELA3105",
        "school_year": 2026,
        "achievement_date": "2026-06-28",
        "mark_value": "75",
        "credits_awarded": 5,
    },
    "exam_marks": {
        "asn": ADA,
        "course_code": "ELA3105",
        "school_year": 2026,
        "status": "RegularExamMark",
    },
    "requirement_set_statuses": {
        "asn": ADA,
        "requirement_set": "AHSD-2018",
        "status": "Achieved",
    },
    "requirement_achievements": {
        "asn": ADA,
        "requirement": "StudentIsNominated-81350",
        "achievement": "Achieved",
        "organization_code": SCHOOL,
        "updated_on": "2026-03-01T12:00:00Z",
    },
    "requirement_exemptions": {
        "asn": ADA,
        "requirement": "CALM-81160",
        "reason": "ReligiousCALM",
        "status": "Requested",
    },
    "awarded_credentials": {
        "asn": ADA,
        "credential_type": "AHSD",
        "school_year": 2026,
        "first_name": "Ada",
        "last_name": "Byron",
        "awarded_on": "2026-07-31",
    },
}
NUMBERED = {
    "school_enrolments": ("reference_id", lambda n: uuid.UUID(int=n)),
    "course_enrolments": ("reference_id", lambda n: uuid.UUID(int=n)),
    "awarded_credentials": ("credential_number", lambda n: n),
}
_numbers = itertools.count(1)


def write_files(directory: Path, **files: list[dict[str, Any]]) -> Path:
    """Write `<name>.csv` for each name; the directory. A value of None is an empty cell."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        write_file(directory / f"{name}.csv", [complete(name, row) for row in rows])
    return directory


def complete(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row of a file with a value for every column that is required."""
    whole = DEFAULTS[name] | row
    if name in NUMBERED:
        column, value = NUMBERED[name]
        whole = {column: value(next(_numbers))} | whole
    return whole


def write_file(path: Path, rows: list[dict[str, Any]]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)
