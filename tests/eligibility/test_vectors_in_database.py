"""The test vectors V01 to V46 of the specification, imported with --calculate and worked out by the
worker on the day of each vector: as many students in one import as have the same day.
"""

import datetime
import io
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.management import call_command

from credentials.models import AwardedCredential, RequirementSetStatus
from enrolments.models import OfficialMark
from enrolments.processors import has_outstanding, processor
from enrolments.triggers import raise_triggers
from students.models import Student
from tests import invariants
from tests.credentials.calls import outcomes
from tests.credentials.test_requirement_achievement import NOMINATED, of, sent
from tests.eligibility.students import SCHOOL, SCHOOL_NAME
from tests.eligibility.vectors import (
    ACHIEVED,
    DIPLOMA,
    NOT_ACHIEVED,
    NOT_ASSESSING,
    VECTORS,
    Vector,
)
from tests.importing.conftest import run_import
from tests.province_builder import set_up
from tests.province_files import AUTHORITY, write_files
from tests.students.calls import make_caller

BY_NAME = {vector.name: vector for vector in VECTORS}
BY_DAY: dict[datetime.date, list[Vector]] = defaultdict(list)
for _vector in VECTORS:
    BY_DAY[_vector.as_of].append(_vector)
SAID_ON = "2024-04-10T18:00:00Z"
NUMBER = {vector.name: f"2{position:08d}" for position, vector in enumerate(VECTORS)}
SECONDARY = "299999999"


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()


def files_of(vectors: list[Vector]) -> dict[str, list[dict]]:
    files: dict[str, list[dict]] = defaultdict(list)
    files["organizations"] = [
        {"code": AUTHORITY, "name": "Authority", "kind": "Authority"},
        {"code": SCHOOL, "name": SCHOOL_NAME, "kind": "School", "authority_code": AUTHORITY},
    ]
    for vector in vectors:
        asn = NUMBER[vector.name]
        files["students"].append({"asn": asn, "birth_date": vector.born})
        files["official_marks"] += marks_of(asn, vector.marks)
        if vector.of_secondary:
            files["students"].append(
                {"asn": SECONDARY, "birth_date": vector.born, "status": "Secondary"}
                | {"primary_asn": asn}
            )
            files["official_marks"] += marks_of(SECONDARY, vector.of_secondary)
        files["school_enrolments"] += [{"asn": asn, **each} for each in vector.enrolments]
        files["requirement_achievements"] += [
            {"asn": asn, "requirement": requirement, "achievement": achievement}
            | {"organization_code": organization, "updated_on": SAID_ON}
            for requirement, achievement, organization in vector.said
        ]
        files["requirement_exemptions"] += [
            {"asn": asn, "requirement": requirement, "reason": "ReligiousCALM", "status": status}
            for requirement, status in vector.exemptions
        ]
        files["awarded_credentials"] += [
            {"asn": asn, "credential_type": credential} for credential in vector.awards
        ]
    return {name: rows for name, rows in files.items() if rows}


def marks_of(asn, marks) -> list[dict]:
    return [
        {
            "asn": asn,
            "course_code": mark.course,
            "school_year": mark.school_year,
            "achievement_date": datetime.date(mark.school_year, 6, 28),
            "mark_value": mark.value,
            "credits_awarded": mark.credits,
            "is_available": mark.is_available,
            "evaluation_method": mark.evaluation_method,
        }
        for mark in marks
    ]


def calculate() -> None:
    call_command("process_triggers", processor="Transcript", stdout=io.StringIO())
    assert not has_outstanding(processor("Transcript"))


def load(directory: Path, *vectors: Vector) -> None:
    """Import with --calculate, and have everything worked out."""
    outcome = run_import(write_files(directory, **files_of(list(vectors))), "--calculate")
    assert outcome.status == 0, outcome.err
    assert has_outstanding(processor("Transcript"))
    calculate()


def rows_of(asn: str) -> dict[str, tuple[str, int]]:
    """Requirement set -> status and percentage. Whatever is stored was worked out."""
    rows = RequirementSetStatus.objects.filter(student__asn=asn)
    assert all(rows.values_list("is_calculated", flat=True))
    return {
        code: (status, percentage)
        for code, status, percentage in rows.values_list(
            "requirement_set_id", "status", "percentage_complete"
        )
    }


@pytest.mark.parametrize("day", list(BY_DAY), ids=str)
def test_vectors(day, tmp_path, settings):
    settings.PASI_TODAY = day
    load(tmp_path, *BY_DAY[day])
    expected, found = {}, {}
    for vector in BY_DAY[day]:
        rows = rows_of(NUMBER[vector.name])
        expected[vector.name] = vector.standing
        found[vector.name] = (
            rows if vector.alone else {code: rows.get(code) for code in vector.standing}
        )
    assert found == expected


def test_every_vector_is_there():
    numbers = {int(vector.name[1:3]) for vector in VECTORS}
    assert numbers == set(range(1, 47))


@pytest.fixture
def imported(tmp_path, settings):
    """imported("V22"): the student of a vector, as it begins."""

    def load_one(name: str) -> Student:
        vector = BY_NAME[name]
        settings.PASI_TODAY = vector.as_of
        load(tmp_path, vector)
        return Student.objects.get(asn=NUMBER[name])

    return load_one


def change_marks(student: Student, courses: str = "", **values) -> None:
    """What SubmitOfficialMark does: another state of the marks, and a trigger."""
    with set_up():
        for mark in OfficialMark.objects.filter(student=student, course_code__startswith=courses):
            for name, value in values.items():
                setattr(mark, name, value)
            mark.save()
        raise_triggers("Transcript", [student.pk], "OfficialMark")


def test_v22_the_award_stays(imported):
    student = imported("V22")
    change_marks(student, "SCN2231", is_available=False)
    calculate()
    assert rows_of(student.asn)[DIPLOMA] == (NOT_ACHIEVED, 81)
    assert not AwardedCredential.objects.get(student=student).is_deleted


def test_v23_a_row_is_never_removed(imported):
    student = imported("V23")
    change_marks(student, is_deleted=True)
    calculate()
    assert rows_of(student.asn) == {DIPLOMA: (NOT_ASSESSING, 0)}


def test_v24_what_is_stored_does_not_count_while_it_is_outstanding(imported):
    student = imported("V24")
    change_marks(student, "SCN2231", mark_value="71")
    assert rows_of(student.asn)[DIPLOMA] == ACHIEVED
    assert outcomes(student.asn) == ["44000"]
    calculate()
    assert outcomes(student.asn) == ["AHSD"]


def test_v41_the_nomination_is_taken_back(imported):
    student = imported("V41")
    with set_up():
        ministry = make_caller("O.1", roles=["Submit Transcript User"])
    answer = ministry.post(
        "SubmitCredentialRequirementAchievement", sent(student, of(NOMINATED, "NotAchieved"))
    )
    assert answer.status_code == 200, answer.content
    calculate()
    assert rows_of(student.asn)["COSC"] == (NOT_ASSESSING, 12)


def test_v44_an_award_closes_the_equivalent_sets(imported):
    student = imported("V44")
    assert outcomes(student.asn) == ["GHSD"]
    calculate()
    rows = rows_of(student.asn)
    assert rows["GHSD"] == ACHIEVED
    others = ("AHSD-PRE2010", "ADEX", "ADVD")
    assert {code: rows[code] for code in others} == dict.fromkeys(others, (NOT_ASSESSING, 50))


def test_v46_a_secondary_number_has_no_rows(imported):
    imported("V46")
    assert rows_of(SECONDARY) == {}
