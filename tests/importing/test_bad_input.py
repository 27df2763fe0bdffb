"""Files with something wrong: a clear error with file, line and column, and nothing loaded."""

import pytest

from tests.importing.conftest import run_import
from tests.province_files import ADA, AUTHORITY, BEN, ORGANIZATIONS, SCHOOL, write_files

pytestmark = pytest.mark.django_db
EXISTS = "exists already, in an earlier row or in the database"


# --- Use --------------------------------------------------------------------------------------


def test_a_path_that_is_no_directory(tmp_path):
    outcome = run_import(tmp_path / "nowhere")
    assert outcome.status == 2
    assert outcome.err.endswith("nowhere is not a directory.\n")


def test_a_directory_without_a_known_file(tmp_path):
    (tmp_path / "README.txt").write_text("nothing")
    outcome = run_import(tmp_path)
    assert outcome.status == 2
    assert "students.csv" in outcome.err


@pytest.mark.parametrize("name", ["pupils.csv", "Students.csv", "students.CSV", "marks.csv"])
def test_an_unknown_csv_file_is_not_passed_over(tmp_path, name):
    write_files(tmp_path, organizations=list(ORGANIZATIONS))
    (tmp_path / name).write_text("asn\n")
    outcome = run_import(tmp_path)
    assert outcome.status == 2
    assert name in outcome.err and "official_marks.csv" in outcome.err


# --- The file as such ---------------------------------------------------------------------------


def test_a_missing_column(refuse):
    content = "asn,first_name,last_name,gender\n100000009,Ada,Byron,F\n"
    assert refuse(extra={"students.csv": content}) == [
        "students.csv:1: birth_date: is missing: this column is required"
    ]


def test_an_unknown_column(refuse):
    [error] = refuse(students=[{"shoe_size": "43"}])
    assert error.startswith("students.csv:1: 'shoe_size': is not a column of this file")


def test_another_encoding(refuse):
    content = "asn,first_name,last_name,birth_date,gender\n100000009,José,Byron,2008-05-17,M\n"
    assert refuse(extra={"students.csv": content.encode("latin-1")}) == [
        "students.csv:2: row: is not UTF-8"
    ]


def test_one_error_near_the_end_of_a_long_file(refuse):
    marks = [{"course_code": f"AAA{n:05d}"} for n in range(20_500)]
    marks[20_400]["achievement_date"] = "2026-06-31"
    assert refuse(students=[{}], official_marks=marks) == [
        "official_marks.csv:20402: achievement_date: must be a date as YYYY-MM-DD: '2026-06-31'"
    ]


def test_the_first_hundred_errors_and_how_many_more(refuse):
    errors = refuse(students=[{"asn": f"1000{n:05d}", "gender": "?"} for n in range(250)])
    assert len(errors) == 101
    assert errors[99].startswith("students.csv:101: gender: must be one of F, M, U, X")
    assert errors[100] == "and 150 more"


def test_errors_of_all_files_are_told_at_once(refuse):
    errors = refuse(
        students=[{}, {"asn": BEN, "birth_date": "soon"}],
        school_enrolments=[{"grade": "13"}],
        official_marks=[{"credits_awarded": 31}],
    )
    assert [error.split(": ")[:2] for error in errors] == [
        ["students.csv:3", "birth_date"],
        ["school_enrolments.csv:2", "grade"],
        ["official_marks.csv:2", "credits_awarded"],
    ]


def test_what_refers_to_a_refused_row_is_not_reported_as_well(refuse):
    errors = refuse(
        organizations=[
            {"code": AUTHORITY, "name": "Authority", "kind": "Bureau"},
            {"code": SCHOOL, "name": "School", "kind": "School", "authority_code": AUTHORITY},
        ],
        students=[
            {"birth_date": "soon"},
            {"asn": BEN, "status": "Secondary", "primary_asn": ADA, "created_by": SCHOOL},
        ],
        student_names=[{}, {"asn": BEN}],
        school_enrolments=[{}],
        official_marks=[{}],
    )
    assert [error.split(": ")[:2] for error in errors] == [
        ["organizations.csv:2", "kind"],
        ["students.csv:2", "birth_date"],
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (
            "asn,first_name,last_name,gender\n100000009,Ada,Byron,F\n",
            "students.csv:1: birth_date: is missing: this column is required",
        ),
        (
            "asn,first_name,last_name,birth_date,gender\n100000009,Ada,Byron,2008-05-17\n",
            "students.csv:2: row: has 4 cells where the header has 5",
        ),
    ],
)
def test_what_refers_to_rows_that_were_not_read_is_not_reported_as_well(refuse, content, error):
    assert refuse(official_marks=[{}], extra={"students.csv": content}) == [error]


# --- Cells that a file of the kind refuses ------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("students", "asn", "12345678"),
        ("students", "birth_date", "17/05/2008"),
        ("students", "first_name", "Ada7"),
        ("students", "status", "Retired"),
        ("students", "citizenship_status", "3"),
        ("students", "document_type", "LibraryCard"),
        ("students", "created_on", "yesterday"),
        ("student_names", "is_preferred", "yes"),
        ("student_addresses", "address_type", "Home"),
        ("student_addresses", "postal_code", "T5J 0N3 T5J 0N3 "),
        ("disclosure_restrictions", "code", "Secret"),
        ("school_enrolments", "reference_id", "7"),
        ("school_enrolments", "school_year", "1904"),
        ("school_enrolments", "programming_type", "Night"),
        ("school_enrolments", "programming_timeframe", "Night"),
        ("school_enrolments", "exit_date_type", "Moved"),
        ("school_enrolments", "enrolment_type_codes", "1;2;3;4"),
        ("school_enrolments", "exception_codes", "1;2;3"),
        ("school_enrolments", "resident_board", "A.0001"),
        ("school_enrolments", "french_hours_of_instruction", "0"),
        ("school_enrolments", "school_authority_provided_program_percentage", "101"),
        ("school_enrolments", "local_student_id", "1234567890123456"),
        ("course_enrolments", "status", "Sleeping"),
        ("course_enrolments", "course_code", "ELA-30"),
        ("official_marks", "mark_value", ""),
        ("official_marks", "credits_awarded", "31"),
        ("requirement_set_statuses", "requirement_set", "AHSD-2030"),
        ("requirement_set_statuses", "status", "CalculationOutstanding"),
        ("requirement_achievements", "requirement", "100Credits-81105"),
        ("requirement_achievements", "achievement", "ToBeAssessed"),
        ("requirement_achievements", "organization_code", "0001"),
        ("requirement_achievements", "updated_on", ""),
        ("exam_marks", "status", "Regular Exam Mark"),
        ("exam_marks", "course_code", "ELA"),
        ("requirement_exemptions", "reason", "MedicalPE"),
        ("requirement_exemptions", "status", "None"),
        ("awarded_credentials", "credential_number", "2147483648"),
        ("awarded_credentials", "credential_type", "PHD"),
        ("awarded_credentials", "awarded_on", "2026"),
    ],
)
def test_a_cell_is_refused(refuse, name, column, value):
    files = {"students": [{}], name: [{column: value}]}
    [error] = refuse(**files)
    assert error.startswith(f"{name}.csv:2: {column}: ")


# --- Rows and references ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"official_marks": [{"asn": BEN}]},
            f"official_marks.csv:2: asn: is not known: '{BEN}'",
        ),
        (
            {"school_enrolments": [{"school_code": "S.9999"}]},
            "school_enrolments.csv:2: school_code: is not a known school: 'S.9999'",
        ),
        (
            {"course_enrolments": [{"school_code": AUTHORITY}]},
            f"course_enrolments.csv:2: school_code: is not a known school: '{AUTHORITY}'",
        ),
        (
            {"student_names": [{"added_by": "A.9999"}]},
            "student_names.csv:2: added_by: is not a known organization: 'A.9999'",
        ),
        (
            {"requirement_achievements": [{"organization_code": "S.9999"}]},
            "requirement_achievements.csv:2: organization_code: is not a known organization: "
            "'S.9999'",
        ),
        (
            {"requirement_exemptions": [{"requirement": "100Credits-81105"}]},
            "requirement_exemptions.csv:2: reason: is no reason for an exemption from "
            "100Credits-81105: 'ReligiousCALM'",
        ),
        (
            {"school_enrolments": [{"start_date": "2026-01-02", "exit_date": "2026-01-01"}]},
            "school_enrolments.csv:2: exit_date: must not be before start_date",
        ),
        (
            {"courses": [{"available_from": 2020, "available_to": 2019}]},
            "courses.csv:2: available_to: must not be before available_from",
        ),
        (
            {"student_names": [{"is_preferred": True}, {"last_name": "L", "is_preferred": True}]},
            "student_names.csv:3: is_preferred: the student has a preferred name already",
        ),
        (
            {"student_names": [{"is_preferred": True, "is_deleted": True}]},
            "student_names.csv:2: is_preferred: a deleted name cannot be preferred",
        ),
    ],
)
def test_a_row_is_refused(refuse, files, expected):
    [error] = refuse(students=[{}], **files)
    assert error == expected


@pytest.mark.parametrize(
    ("student", "column", "problem"),
    [
        ({"status": "Secondary"}, "primary_asn", "is required for a secondary number"),
        ({"primary_asn": ADA}, "primary_asn", "is for secondary numbers only"),
        (
            {"status": "Deactivated", "primary_asn": ADA},
            "primary_asn",
            "is for secondary numbers only",
        ),
        (
            {"status": "Secondary", "primary_asn": "100000025"},
            "primary_asn",
            "is not known: '100000025'",
        ),
        (
            {"status": "Secondary", "primary_asn": BEN},
            "primary_asn",
            f"is itself secondary: '{BEN}'",
        ),
        (
            {"citizenship_expires_on": "2027-01-01"},
            "citizenship_status",
            "is required with an expiry date",
        ),
        ({"created_by": "S.9999"}, "created_by", "is not a known organization: 'S.9999'"),
    ],
)
def test_a_student_is_refused(refuse, student, column, problem):
    assert refuse(students=[{}, {"asn": BEN, **student}]) == [
        f"students.csv:3: {column}: {problem}"
    ]


def test_a_secondary_number_of_a_secondary_one(refuse):
    """Whichever of the two stands first."""
    chain = [
        {"asn": "100000025", "status": "Secondary", "primary_asn": BEN},
        {"asn": BEN, "status": "Secondary", "primary_asn": ADA},
        {"asn": "100000033", "status": "Secondary", "primary_asn": BEN},
    ]
    assert refuse(students=[{}, *chain]) == [
        f"students.csv:3: primary_asn: is itself secondary: '{BEN}'",
        f"students.csv:5: primary_asn: is itself secondary: '{BEN}'",
    ]


def test_a_secondary_number_of_a_deactivated_one(refuse):
    assert refuse(
        students=[
            {"status": "Deactivated"},
            {"asn": BEN, "status": "Secondary", "primary_asn": ADA},
        ]
    ) == [f"students.csv:3: primary_asn: is deactivated: '{ADA}'"]


@pytest.mark.parametrize(
    ("organization", "column", "problem"),
    [
        ({"kind": "School"}, "authority_code", "is required for a school"),
        (
            {"kind": "Authority", "authority_code": AUTHORITY},
            "authority_code",
            "is for schools only",
        ),
        (
            {"kind": "School", "authority_code": "A.9999"},
            "authority_code",
            "is not a known authority: 'A.9999'",
        ),
        (
            {"kind": "School", "authority_code": SCHOOL},
            "authority_code",
            f"is not a known authority: '{SCHOOL}'",
        ),
        (
            {"kind": "Authority", "opened_on": "2020-01-02", "closed_on": "2020-01-01"},
            "closed_on",
            "must not be before opened_on",
        ),
    ],
)
def test_an_organization_is_refused(refuse, organization, column, problem):
    rows = [*ORGANIZATIONS, {"code": "S.0002", "name": "Another", **organization}]
    assert refuse(organizations=rows) == [f"organizations.csv:4: {column}: {problem}"]


# --- Keys that exist ----------------------------------------------------------------------------

GUID = "f2952f48-c98b-4fb9-b815-05b0f60c9526"
REPEATED = [
    ("courses", {}, "code", f"{EXISTS}: 'ELA3105'"),
    ("students", {}, "asn", f"{EXISTS}: '{ADA}'"),
    ("student_names", {}, "last_name", "the student has this name already: 'King'"),
    (
        "student_names",
        {"first_name": "Ada", "last_name": "Byron"},
        "last_name",
        "the student has this name already: 'Byron'",
    ),
    ("school_enrolments", {"reference_id": GUID}, "reference_id", f"{EXISTS}: '{GUID}'"),
    ("course_enrolments", {"reference_id": GUID}, "reference_id", f"{EXISTS}: '{GUID}'"),
    (
        "official_marks",
        {},
        "course_code",
        "the student has a mark in this course already: 'ELA3105'",
    ),
    (
        "requirement_set_statuses",
        {},
        "requirement_set",
        "the student has a status in this requirement set already: 'AHSD-2018'",
    ),
    (
        "requirement_achievements",
        {},
        "requirement",
        "something is said of this requirement of the student already: 'StudentIsNominated-81350'",
    ),
    (
        "exam_marks",
        {},
        "course_code",
        "the student has the same exam mark already: 'ELA3105'",
    ),
    (
        "requirement_exemptions",
        {},
        "reason",
        "the student has an exemption for this reason already: 'ReligiousCALM'",
    ),
    (
        "awarded_credentials",
        {"credential_number": 7},
        "credential_number",
        f"{EXISTS}: 7",
    ),
    (
        "awarded_credentials",
        {},
        "credential_type",
        "the student has an award of this type already: 'AHSD'",
    ),
]


LEGAL_NAME = "student_names", {"first_name": "Ada", "last_name": "Byron"}


@pytest.mark.parametrize(
    ("name", "row", "column", "problem"), [case for case in REPEATED if case[:2] != LEGAL_NAME]
)
def test_a_key_that_is_in_the_database(load, refuse, name, row, column, problem):
    files = {"students": [{}], name: [row]}
    load(**files)
    assert refuse(organizations=(), **{name: [row]}) == [f"{name}.csv:2: {column}: {problem}"]


@pytest.mark.parametrize(("name", "row", "column", "problem"), REPEATED)
def test_a_key_that_stands_twice_in_a_file(refuse, name, row, column, problem):
    files = {"students": [{}]} | {name: [row, row]}
    errors = refuse(**files)
    assert errors[-1] == f"{name}.csv:3: {column}: {problem}"
    # A name equal to the legal one is refused the first time already.
    assert len(errors) == (2 if (name, row) == LEGAL_NAME else 1)


def test_a_key_that_stands_twice_far_apart(refuse):
    """In different chunks of the file."""
    marks = [{"course_code": f"AAA{n:05d}"} for n in range(20_100)]
    marks.append({"course_code": "AAA00000"})
    [error] = refuse(students=[{}], official_marks=marks)
    assert error.startswith("official_marks.csv:20102: course_code: ")


def test_a_secondary_number_that_stands_twice_far_apart(refuse):
    students = [{"asn": f"2000{n:05d}"} for n in range(20_100)]
    second = {"asn": ADA, "status": "Secondary", "primary_asn": "200000000"}
    assert refuse(students=[second, *students, second]) == [
        "students.csv:20103: asn: stands in an earlier row"
    ]


def test_organizations_that_exist(load, refuse):
    load()
    assert refuse() == [
        f"organizations.csv:2: code: {EXISTS}: '{AUTHORITY}'",
        f"organizations.csv:3: code: {EXISTS}: '{SCHOOL}'",
    ]


def test_the_ministry_twice(refuse):
    ministry = {"code": "O.1", "name": "Education", "kind": "Ministry"}
    assert refuse(organizations=[ministry, ministry]) == [
        f"organizations.csv:3: code: {EXISTS}: 'O.1'"
    ]


def test_guids_that_differ_in_case_only_are_the_same(refuse):
    rows = [{"reference_id": GUID}, {"reference_id": GUID.upper()}]
    assert refuse(students=[{}], school_enrolments=rows) == [
        f"school_enrolments.csv:3: reference_id: {EXISTS}: '{GUID}'"
    ]
