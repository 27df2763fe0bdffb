"""Importing a directory of small files through the command."""

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.models import ServiceCall
from pasi import bulk
from students.models import Student
from tests.province_files import ADA, ORGANIZATIONS, SCHOOL, write_files

EVERY_FILE = {
    "courses": [{"level": 30, "credits": "3;5", "flags": "A;B", "available_from": 2010}],
    "students": [{"middle_name": "Augusta", "suffix": "III", "citizenship_status": "1"}],
    "student_names": [{"is_preferred": True, "added_by": SCHOOL}],
    "student_addresses": [{"street": "Unit 4\n12 Elm Street", "city": "Calgary"}],
    "disclosure_restrictions": [{"details": "Ask first", "expires_on": "2030-01-01"}],
    "school_enrolments": [{"enrolment_type_codes": "1;2", "resident_board": "0001"}],
    "course_enrolments": [{"start_date": "2025-09-03"}],
    "official_marks": [{"is_available": False}],
    "exam_marks": [{"status": "SplitWriting"}],
    "requirement_set_statuses": [{"calculated": True}],
    "requirement_achievements": [{"updated_on": "2026-03-01T12:00:00Z"}],
    "requirement_exemptions": [{"organization_code": SCHOOL}],
    "awarded_credentials": [{"credential_number": 123, "legacy_number": "AB 12"}],
}
COUNTED_APPS = ("pasi", "students", "enrolments", "credentials")


@dataclass(frozen=True)
class Outcome:
    """What the command came to: its exit status and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """The errors reported, without the closing line."""
        return self.err.splitlines()[:-1]


def run_import(directory: Path, *options: str) -> Outcome:
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        call_command("import_records", str(directory), *options, stdout=out, stderr=err)
    except SystemExit as end:
        status = end.code
    except CommandError as error:
        return Outcome(error.returncode, out.getvalue(), f"{error}\n")
    return Outcome(status, out.getvalue(), err.getvalue())


def count_rows() -> dict[str, int]:
    """Rows of every table that an import could write to, history and triggers included."""
    return {
        model._meta.label: model.objects.count()
        for app in COUNTED_APPS
        for model in apps.get_app_config(app).get_models()
    }


def ada() -> Student:
    return Student.objects.get(asn=ADA)


def the_call() -> ServiceCall:
    """The latest import."""
    return ServiceCall.objects.filter(operation="ImportRecords").latest("message_id")


def last_value(sequence: str) -> int:
    [(value,)] = bulk.fetch(f"SELECT last_value FROM {sequence}")
    return value


@pytest.fixture
def load(tmp_path, db):
    """load(students=[…], …): write the files beside two organizations and import them.

    Everything must be accepted. A second call imports into the filled database, without the
    organizations.
    """
    numbers = iter(range(1000))

    def write_and_import(**files) -> Outcome:
        number = next(numbers)
        if number == 0:
            files.setdefault("organizations", list(ORGANIZATIONS))
        outcome = run_import(write_files(tmp_path / str(number), **files))
        assert outcome.status == 0, outcome.err
        return outcome

    return write_and_import


@pytest.fixture
def refuse(tmp_path, db):
    """refuse(students=[…], …): write the files and import them; the errors.

    Nothing may have been written.
    """
    numbers = iter(range(1000))

    def write_and_import(*, extra=None, organizations=ORGANIZATIONS, **files) -> list[str]:
        directory = tmp_path / f"refused-{next(numbers)}"
        if organizations:
            files["organizations"] = list(organizations)
        write_files(directory, **files)
        for name, content in (extra or {}).items():
            data = content if isinstance(content, bytes) else content.encode()
            (directory / name).write_bytes(data)
        before = count_rows()
        outcome = run_import(directory)
        assert outcome.status == 1, outcome.out
        assert count_rows() == before
        return outcome.errors

    return write_and_import
