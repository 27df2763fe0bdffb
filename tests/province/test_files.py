"""The files themselves: contract, determinism, references between them."""

import csv
import datetime
import uuid

import pytest

from pasi.check_digits import luhn
from pasi.province import write_province
from pasi.province.reference import DATA
from tests.province.conftest import SEED, TODAY

# The CSV contract, to the letter.
CONTRACT = {
    "organizations": "code,name,kind,authority_code,classification,city,opened_on,closed_on,access",
    "courses": "code,name,level,credits,subject,kind,flags,available_from,available_to",
    "students": (
        "asn,first_name,last_name,birth_date,gender,middle_name,suffix,status,primary_asn,"
        "deceased_on,citizenship_status,citizenship_expires_on,document_type,created_by,created_on"
    ),
    "student_names": (
        "asn,first_name,last_name,middle_name,suffix,is_preferred,is_deleted,added_by"
    ),
    "student_addresses": (
        "asn,address_type,street,country,effective_on,city,state_province,postal_code,expires_on"
    ),
    "disclosure_restrictions": "asn,code,effective_on,is_active,details,expires_on",
    "school_enrolments": (
        "reference_id,asn,school_code,school_year,grade,programming_type,programming_timeframe,"
        "start_date,exit_date,exit_date_type,enrolment_type_codes,grants_program_codes,"
        "exception_codes,resident_board,fnmi_declaration,french_hours_of_instruction,"
        "school_authority_provided_program_percentage,local_student_id,is_deleted"
    ),
    "course_enrolments": (
        "reference_id,asn,school_code,school_year,course_code,status,start_date,end_date,is_deleted"
    ),
    "official_marks": (
        "asn,course_code,school_year,achievement_date,mark_value,credits_awarded,is_available,"
        "evaluation_method"
    ),
    "requirement_set_statuses": "asn,requirement_set,status,calculated",
    "requirement_achievements": "asn,requirement,achievement,organization_code,updated_on",
    "awarded_credentials": (
        "credential_number,asn,credential_type,school_year,first_name,last_name,awarded_on,"
        "middle_name,suffix,legacy_number,is_deleted"
    ),
}
# Columns whose values come from a closed list of code values.
CLOSED = {
    ("students", "gender"): "Gender",
    ("students", "citizenship_status"): "CitizenshipStatus",
    ("students", "document_type"): "SourceDocumentType",
    ("student_addresses", "address_type"): "AddressType",
    ("disclosure_restrictions", "code"): "DisclosureRestriction",
    ("school_enrolments", "grade"): "Grade",
    ("school_enrolments", "programming_type"): "ProgrammingType",
    ("school_enrolments", "programming_timeframe"): "ProgrammingTimeframe",
    ("school_enrolments", "exit_date_type"): "ExitDateType",
    ("course_enrolments", "status"): "CourseEnrolmentStatus",
    ("requirement_set_statuses", "requirement_set"): "RequirementSet",
    ("requirement_set_statuses", "status"): "RequirementSetStatus",
    ("awarded_credentials", "credential_type"): "CredentialType",
}
FLAGS = {
    ("student_names", "is_preferred"),
    ("student_names", "is_deleted"),
    ("disclosure_restrictions", "is_active"),
    ("school_enrolments", "is_deleted"),
    ("course_enrolments", "is_deleted"),
    ("official_marks", "is_available"),
    ("requirement_set_statuses", "calculated"),
    ("awarded_credentials", "is_deleted"),
}


def contents(directory) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def test_only_the_files_of_the_contract_with_exactly_its_columns(small):
    headers = {
        path.stem: path.read_text(encoding="utf-8").split("\n", 1)[0]
        for path in small.directory.iterdir()
    }
    assert headers == CONTRACT


def test_same_students_seed_and_day_give_the_same_bytes(small, tmp_path):
    write_province(tmp_path, 200, SEED, TODAY)
    assert contents(tmp_path) == contents(small.directory)


@pytest.mark.parametrize(
    ("seed", "today"), [(SEED + 1, TODAY), (SEED, TODAY - datetime.timedelta(days=365))]
)
def test_another_seed_or_day_gives_other_people(small, tmp_path, seed, today):
    write_province(tmp_path, 200, seed, today)
    assert contents(tmp_path)["students.csv"] != contents(small.directory)["students.csv"]


def test_a_larger_province_begins_with_the_smaller_one(small, tmp_path):
    write_province(tmp_path, 1300, SEED, TODAY)
    larger, smaller = contents(tmp_path), contents(small.directory)
    for name, text in smaller.items():
        assert larger[name].startswith(text), name


def test_an_earlier_province_is_replaced_and_nothing_unfinished_stays(tmp_path):
    write_province(tmp_path, 30, SEED, TODAY)
    counts = write_province(tmp_path, 20, SEED, TODAY)
    assert {path.stem for path in tmp_path.iterdir()} == set(CONTRACT)
    assert counts["students"] == 20
    assert (tmp_path / "students.csv").read_bytes().count(b"\n") == 21


@pytest.mark.parametrize("students", [1, 2, 33, 61])
def test_a_tiny_province_has_as_many_numbers_as_asked_for(tmp_path, students):
    assert write_province(tmp_path, students, SEED, TODAY)["students"] == students


def test_counts_are_the_rows_of_each_file(tmp_path):
    counts = write_province(tmp_path, 100, SEED, TODAY)
    for name, count in counts.items():
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert len(list(csv.reader(file))) == count + 1, name


def test_progress_adds_up(tmp_path):
    steps = []
    write_province(tmp_path, 2500, SEED, TODAY, steps.append)
    assert sum(steps) == 2500
    assert len(steps) > 1


@pytest.mark.parametrize(
    ("students", "today"), [(0, TODAY), (-5, TODAY), (10**8, TODAY), (5, datetime.date(2010, 1, 1))]
)
def test_impossible_provinces_are_refused(tmp_path, students, today):
    with pytest.raises(ValueError):
        write_province(tmp_path, students, SEED, today)
    assert list(tmp_path.iterdir()) == []


def test_lines_end_with_lf(small):
    for name, text in contents(small.directory).items():
        assert text.endswith(b"\n"), name
        # A street in two lines is the only field with a line break, and stands in quotes.
        assert name == "student_addresses.csv" or b"\r" not in text, name


def test_closed_code_values_and_flags_are_known(larger):
    with (DATA.parents[1] / "code_values.csv").open(encoding="utf-8", newline="") as file:
        known = {(row["code_type"], row["code"]) for row in csv.DictReader(file)}
    for (name, column), code_type in CLOSED.items():
        values = {row[column] for row in larger.rows(name)} - {""}
        assert values, (name, column)
        assert {v for v in values if (code_type, v) not in known} == set(), (name, column)
    for name, column in FLAGS:
        assert {row[column] for row in larger.rows(name)} <= {"true", "false"}, (name, column)


def test_every_reference_leads_somewhere(larger):
    organizations = {row["code"]: row["kind"] for row in larger.rows("organizations")}
    courses = {row["code"] for row in larger.rows("courses")}
    for row in larger.rows("organizations"):
        if row["kind"] == "School":
            assert organizations[row["authority_code"]] == "Authority"
    for name in set(CONTRACT) - {"organizations", "courses", "students"}:
        assert {row["asn"] for row in larger.rows(name)} <= larger.students.keys(), name
    for name in ("school_enrolments", "course_enrolments"):
        assert {organizations[row["school_code"]] for row in larger.rows(name)} == {"School"}
    for name in ("course_enrolments", "official_marks"):
        assert {row["course_code"] for row in larger.rows(name)} <= courses, name
    makers = {row["created_by"] for row in larger.students.values()}
    makers |= {row["added_by"] for row in larger.rows("student_names")}
    assert makers - {""} <= organizations.keys()


def test_secondary_numbers_point_to_an_active_primary(larger):
    secondaries = [s for s in larger.students.values() if s["status"] == "Secondary"]
    assert secondaries
    for student in larger.students.values():
        assert bool(student["primary_asn"]) == (student["status"] == "Secondary")
    for student in secondaries:
        assert larger.students[student["primary_asn"]]["status"] == "Active"


def test_keys_are_unique(larger):
    for name, key in (
        ("organizations", ("code",)),
        ("courses", ("code",)),
        ("students", ("asn",)),
        ("school_enrolments", ("reference_id",)),
        ("course_enrolments", ("reference_id",)),
        ("official_marks", ("asn", "course_code")),
        ("requirement_set_statuses", ("asn", "requirement_set")),
        ("requirement_achievements", ("asn", "requirement")),
        ("awarded_credentials", ("credential_number",)),
        ("awarded_credentials", ("asn", "credential_type")),
    ):
        keys = [tuple(row[column] for column in key) for row in larger.rows(name)]
        assert len(keys) == len(set(keys)), (name, key)


def test_numbers_carry_check_digits_and_enrolments_have_uuids(larger):
    numbers = list(larger.students)
    numbers += [row["credential_number"] for row in larger.rows("awarded_credentials")]
    for number in numbers:
        assert luhn(int(number[:-1])) == int(number[-1]), number
    assert numbers[0] == "100000009"
    for name in ("school_enrolments", "course_enrolments"):
        for row in larger.rows(name):
            assert uuid.UUID(row["reference_id"]).version == 4
            assert str(uuid.UUID(row["reference_id"])) == row["reference_id"]


def test_enrolments_end_after_they_start_within_reach_of_their_year(larger):
    for row in larger.rows("school_enrolments"):
        year = int(row["school_year"])
        assert f"{year - 1}-01-01" <= row["start_date"] <= row["exit_date"] <= f"{year}-12-31"
    for row in larger.rows("course_enrolments"):
        assert not row["start_date"] or row["start_date"] <= row["end_date"]
