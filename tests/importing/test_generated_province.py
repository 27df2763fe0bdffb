"""A generated province goes in whole, and comes out as it was written."""

import csv
import datetime

import pytest

from credentials.models import AwardedCredential, RequirementSetStatus
from enrolments.models import Course, CourseEnrolment, OfficialMark, SchoolEnrolment
from pasi.models import Organization
from pasi.province import write_province
from students.models import DisclosureRestriction, MailingAddress, Name, Student
from tests.importing.conftest import run_import
from tests.invariants import STUDENTS, assert_nothing_found

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 22)


def rows(directory, name, *columns):
    with (directory / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return sorted(tuple(row[c] for c in columns) for row in csv.DictReader(file))


def stored(records, *columns):
    def cell(value):
        return (
            str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
        )

    return sorted(tuple(map(cell, record)) for record in records.values_list(*columns))


def test_a_generated_province(tmp_path):
    counts = write_province(tmp_path, 300, 7, TODAY)
    assert run_import(tmp_path).status == 0

    assert Organization.objects.count() == counts["organizations"]
    assert Course.objects.count() == counts["courses"]
    assert MailingAddress.objects.count() == counts["student_addresses"]
    assert DisclosureRestriction.objects.count() == counts["disclosure_restrictions"]
    assert Name.objects.count() == counts["students"] + counts["student_names"]
    assert rows(
        tmp_path, "students", "asn", "birth_date", "gender", "primary_asn", "last_name"
    ) == stored(
        Student.objects, "asn", "birth_date", "gender", "primary__asn", "legal_name__last_name"
    )
    assert rows(
        tmp_path,
        "school_enrolments",
        "reference_id",
        "asn",
        "school_code",
        "school_year",
        "grants_program_codes",
        "french_hours_of_instruction",
        "is_deleted",
    ) == stored(
        SchoolEnrolment.objects,
        "reference_id",
        "student__asn",
        "school__code",
        "school_year",
        "grants_program_codes",
        "french_hours_of_instruction",
        "is_deleted",
    )
    assert rows(
        tmp_path, "course_enrolments", "reference_id", "asn", "course_code", "start_date"
    ) == stored(
        CourseEnrolment.objects, "reference_id", "student__asn", "course_code", "start_date"
    )
    assert rows(
        tmp_path,
        "official_marks",
        "asn",
        "course_code",
        "school_year",
        "mark_value",
        "is_available",
    ) == stored(
        OfficialMark.objects,
        "student__asn",
        "course_code",
        "achievement_school_year",
        "mark_value",
        "is_available",
    )
    assert rows(tmp_path, "requirement_set_statuses", "asn", "requirement_set", "status") == stored(
        RequirementSetStatus.objects, "student__asn", "requirement_set", "status"
    )
    assert rows(
        tmp_path, "awarded_credentials", "credential_number", "asn", "credential_type", "awarded_on"
    ) == stored(
        AwardedCredential.objects, "number", "student__asn", "credential_type", "awarded_on"
    )
    assert_nothing_found(STUDENTS)
    preferred = rows(tmp_path, "student_names", "is_preferred").count(("true",))
    assert sum(s.legal_name_id != s.preferred_name_id for s in Student.objects.all()) == preferred
    assert preferred > 0
