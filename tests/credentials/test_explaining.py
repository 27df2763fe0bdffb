"""What is explained of one student, in process, by the command and over HTTP."""

import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import RecordRead
from credentials.definitions import current_calculator
from credentials.explaining import explain
from credentials.models import RequirementExemption, RequirementSet, RequirementSetStatus
from enrolments.models import Course, OfficialMark
from enrolments.processors import drain, processor
from enrolments.triggers import raise_triggers
from pasi import bulk
from students.models import Student
from tests.credentials.calls import call, outcomes
from tests.eligibility.vectors import VECTORS
from tests.invariants import assert_database_is_sound
from tests.province_builder import (
    COMMAND,
    make_award,
    make_enrolment,
    make_mark,
    make_school,
    make_student,
    set_up,
)
from tests.reading.conftest import make_caller
from tests.reading.schema import check

TODAY = datetime.date(2024, 8, 1)
BASE = next(vector for vector in VECTORS if vector.name == "V01")
ADDRESS = "/api/students/{asn}/credentials/"
CALM, CREDITS = "CALM-81160", "100Credits-81190"
QUERIES = 21


@pytest.fixture(autouse=True)
def today(settings, db):
    settings.PASI_TODAY = TODAY
    yield TODAY
    assert_database_is_sound()


def make_graduate(asn="100000009", *, leave_out=(), **values) -> Student:
    """Who has every mark of the diploma but those left out."""
    student = make_student(asn, birth_date=datetime.date(2006, 5, 1), **values)
    for mark in BASE.marks:
        if mark.course not in leave_out:
            make_mark(student, mark.course, mark.school_year, mark.credits, mark.value)
    return student


def calculated(*students: Student) -> None:
    with set_up():
        raise_triggers("Transcript", [student.pk for student in students], "OfficialMark")
    drain(processor("Transcript"), COMMAND)


def of(found, code):
    return next(each for each in found.credentials if each.code == code)


def diploma_set(found):
    return next(each for each in of(found, "AHSD").sets if each.code == "AHSD-2018")


def requirement(found, code):
    return next(each for each in diploma_set(found).requirements if each.code == code)


# --- Where a student stands ---------------------------------------------------------------------


def test_nobody():
    assert explain("999999999", TODAY) is None


def test_a_graduate():
    with set_up():
        Course.objects.create(code="PED0770", name="Career and Life Management")
        student = make_graduate()
    calculated(student)
    found = explain(student.asn, TODAY)
    assert (found.asn, found.person, found.name) == (student.asn, student.asn, "Ada Byron")
    diploma = of(found, "AHSD")
    assert (diploma.name, diploma.progress) == ("Alberta High School Diploma", "Achieved")
    assert not diploma.is_awarded and not found.is_recalculating
    one = diploma_set(found)
    assert (one.status, one.percentage, one.unmet) == ("Achieved", 100, [])
    calm = requirement(found, CALM)
    assert (calm.is_met, calm.achievement, calm.exemption) == (True, "Achieved", "None")
    assert (calm.message, calm.credits) == ("3 credits from relevant courses.", 3)
    [mark] = calm.counted
    assert (mark.course, mark.course_name) == ("PED0770", "Career and Life Management")
    assert (mark.school_year, mark.credits, mark.reason) == (2024, 3, "")
    award = found.awarding
    assert (award.credential, award.school_year, award.code) == ("AHSD", 2024, "")
    assert outcomes(student.asn) == ["AHSD"]


def test_one_requirement_short():
    """The mark that does not count is named with its reason, and what is missing is named."""
    with set_up():
        student = make_graduate(leave_out=("PED0770",))
        make_mark(student, "PED0770", 2024, 3, "60", is_available=False)
        make_mark(student, "LDC2502", 2024, 3, "60")
    calculated(student)
    found = explain(student.asn, TODAY)
    one = diploma_set(found)
    assert (one.status, one.percentage) == ("NotAchieved", 90)
    [calm] = one.unmet
    assert (calm.code, calm.credits) == (CALM, 0)
    assert calm.message == "No relevant course has been credited."
    [mark] = calm.left_out
    assert (mark.course, mark.credits, mark.reason) == ("PED0770", 0, "Is not available.")
    award = found.awarding
    assert (award.credential, award.code) == ("", "44000")
    [missing] = award.blocks
    assert missing.endswith(
        "lacks Career And Life Management: No relevant course has been credited."
    )


def test_an_exemption_lifts_a_requirement():
    with set_up():
        student = make_graduate(leave_out=("PED0770",))
        make_mark(student, "LDC2502", 2024, 3, "60")
        exemption = RequirementExemption.objects.create(
            student=student,
            requirement=CALM,
            reason="ReligiousCALM",
            status="Pending",
            version=bulk.next_versions(1)[0],
        )
    calculated(student)
    calm = requirement(explain(student.asn, TODAY), CALM)
    assert (calm.is_met, calm.achievement, calm.exemption) == (False, "NotAchieved", "Pending")
    with set_up():
        exemption.status = "Approved"
        exemption.save()
    calculated(student)
    found = explain(student.asn, TODAY)
    calm = requirement(found, CALM)
    assert (calm.is_met, calm.achievement, calm.exemption) == (True, "NotAchieved", "Approved")
    assert of(found, "AHSD").progress == "Achieved"


def test_while_it_is_worked_out_anew():
    """Requirements are as they are now; a stored Achieved does not count, unless it is awarded."""
    with set_up():
        student = make_graduate()
    calculated(student)
    with set_up():
        mark = OfficialMark.objects.get(student=student, course_code="PED0770")
        mark.is_deleted = True
        mark.save()
        raise_triggers("Transcript", [student.pk], "OfficialMark")
    found = explain(student.asn, TODAY)
    assert found.is_recalculating
    assert of(found, "AHSD").progress == "CalculationOutstanding"
    assert not requirement(found, CALM).is_met
    assert found.awarding.code == "44000"
    assert "recalculated" in found.awarding.description
    with set_up():
        make_award(student, "AHSD", 1000000008, 2024)
    found = explain(student.asn, TODAY)
    assert (of(found, "AHSD").progress, of(found, "AHSD").is_awarded) == ("Achieved", True)
    drain(processor("Transcript"), COMMAND)
    found = explain(student.asn, TODAY)
    assert (of(found, "AHSD").progress, found.is_recalculating) == ("NotAchieved", False)


def test_a_status_set_by_hand_and_a_set_that_nobody_calculates():
    with set_up():
        RequirementSet.objects.create(
            code="OLD-1990", name="Old", credential_type="GHSD", category="Manual"
        )
        student = make_student(achieved=["AHSD-2018", "OLD-1990"])
    found = explain(student.asn, TODAY)
    one = diploma_set(found)
    assert (one.status, one.percentage) == ("Achieved", None)
    assert one.unmet
    old = next(each for each in of(found, "GHSD").sets if each.code == "OLD-1990")
    assert (old.status, old.percentage, old.requirements) == ("Achieved", None, ())


def test_a_secondary_number():
    with set_up():
        student = make_graduate(leave_out=("LDC2501",))
        second = make_student(primary=student)
        make_mark(second, "LDC2501", 2024, 5, "70")
    calculated(student)
    own, other = explain(student.asn, TODAY), explain(second.asn, TODAY)
    assert (other.asn, other.person) == (second.asn, student.asn)
    assert own.credentials == other.credentials
    assert of(other, "AHSD").progress == "Achieved"
    assert (own.awarding.credential, other.awarding.code) == ("AHSD", "44014")


# --- What would be awarded ----------------------------------------------------------------------

MARK = [("ELA3105", 2024, 5)]


@pytest.mark.parametrize(
    ("values", "code", "blocks"),
    [
        ({"marks": MARK}, "44000", []),
        ({"achieved": ["AHSD-2018"], "marks": MARK, "is_deactivated": True}, "44013", []),
        ({"achieved": ["AHSD-2018"], "awards": [("AHSD", 7, 2024, False)]}, "44010", []),
        (
            {"achieved": ["AHSD-2018", "HHSD"], "marks": MARK},
            "44011",
            ["Honorary High School Diploma is achieved and not awarded."],
        ),
        (
            {"achieved": ["GHSD"], "awards": [("AHSD", 7, 2024, False)]},
            "44012",
            [
                "Alberta High School Diploma is awarded.",
                "General High School Diploma is achieved and not awarded.",
            ],
        ),
        (
            {"achieved": ["AHSD-2018"]},
            "44008",
            ["Alberta High School Diploma is achieved and not awarded."],
        ),
        (
            {"achieved": ["AHSD-2018"], "marks": [("ELA3105", 2007, 5)]},
            "44004",
            ["Alberta High School Diploma is achieved and not awarded."],
        ),
    ],
)
def test_why_nothing_would_be_awarded(values, code, blocks):
    with set_up():
        student = make_student(**values)
    found = explain(student.asn, TODAY).awarding
    assert (found.credential, found.school_year, found.code) == ("", None, code)
    assert found.title
    if code != "44000":
        assert list(found.blocks) == blocks
    # Word for word what the award itself would say.
    [answer] = call(student.asn).body["Responses"]
    [rejection] = answer["Rejections"]
    assert (rejection["Code"], rejection["Description"]) == (code, found.description)


# --- The doors ----------------------------------------------------------------------------------


def run(*arguments) -> str:
    out = io.StringIO()
    call_command("explain_eligibility", *arguments, stdout=out)
    return out.getvalue()


def test_the_command():
    with set_up():
        student = make_graduate("100000009", leave_out=("PED0770",))
        make_mark(student, "PED0770", 2024, 0, "40")
    calculated(student)
    said = run("1000-0000-9")
    assert said.startswith("100000009 Ada Byron\nAs of 2024-08-01\n")
    assert "Nothing would be awarded now, by rule 44000 No Credential Achieved." in said
    assert "AHSD Alberta High School Diploma: NotAchieved" in said
    assert "[ ] Career And Life Management: No relevant course has been credited." in said
    assert "does not count: PED0770 0 (2024): Carries no credit." in said
    assert "[x] English Language Arts - 30 level: 5 credits from relevant courses." in said
    assert "counts: ELA3105 5 (2024)" in said
    assert "Not open to the student: " in said
    read = RecordRead.objects.get()
    assert (read.path, read.state_province_ids) == (
        "manage.py explain_eligibility",
        ["100000009"],
    )


def test_the_command_as_json():
    with set_up():
        student = make_graduate()
    calculated(student)
    said = json.loads(run(student.asn, "--json"))
    assert said["StateProvinceId"] == student.asn
    assert said["Awarding"]["CredentialType"] == "AHSD"
    [diploma] = [each for each in said["Credentials"] if each["CredentialType"] == "AHSD"]
    one = next(each for each in diploma["RequirementSets"] if each["Status"])
    calm = next(each for each in one["Requirements"] if each["Code"] == CALM)
    assert calm["Counted"] == [{"CourseCode": "PED0770", "SchoolYear": 2024, "Credits": 3}]
    assert calm["NotCounted"] == []


@pytest.mark.parametrize(("asn", "status"), [("12", 2), ("", 2), ("999999999", 1)])
def test_the_command_refuses(asn, status):
    with pytest.raises(CommandError) as refused:
        run(asn)
    assert refused.value.returncode == status


def test_over_http():
    with set_up():
        student = make_graduate()
        ministry = make_caller("Ministry", roles=["Submit Transcript User"])
    calculated(student)
    response = ministry.get(ADDRESS.format(asn=student.asn))
    check(ADDRESS, response)
    body = response.json()
    assert list(body) == ["StateProvinceId", "IsRecalculating", "Credentials", "Awarding"]
    diploma = body["Credentials"][0]
    assert (diploma["CredentialType"], diploma["Progress"]) == ("AHSD", "Achieved")
    one = diploma["RequirementSets"][0]
    assert (one["RequirementSet"], one["Status"], one["Percentage"]) == (
        "AHSD-2018",
        "Achieved",
        100,
    )
    assert one["Requirements"][1] == {
        "Code": CREDITS,
        "IsMet": True,
        "Achievement": "Achieved",
        "Exemption": "None",
        "Message": "100 credits earned.",
        "Credits": 100,
    }
    assert body["Awarding"] == {
        "CredentialType": "AHSD",
        "SchoolYear": 2024,
        "Code": None,
        "Description": None,
        "Blocks": [],
    }
    read = RecordRead.objects.get()
    assert (read.client, read.state_province_ids) == (ministry.client, [student.asn])


def test_who_may_read():
    """Associated by creation or by a current or the last enrolment; to others there is nobody."""
    with set_up():
        here, former, elsewhere = (make_school(f"S.000{n}", f"A.000{n}") for n in (1, 2, 3))
        student = make_student("100000009")
        second = make_student("100000017", primary=student)
        gone = make_student("100000025", is_deactivated=True)
        for each in (student, gone):
            make_enrolment(each, here, 2024, exit_date=datetime.date(2024, 8, 31))
        make_enrolment(student, former, 2023)
        readers = {
            code: make_caller(code, organizations=[code])
            for code in ("O.1", "A.0001", here.code, former.code, elsewhere.code)
        }
    may = {"O.1", "A.0001", here.code}
    for code, reader in readers.items():
        for number in (student, second):
            response = reader.get(ADDRESS.format(asn=number.asn))
            assert response.status_code == (200 if code in may else 404), (code, number)
            if code in may:
                assert response.json()["StateProvinceId"] == number.asn
        hidden = reader.get(ADDRESS.format(asn=gone.asn)).status_code
        assert hidden == (200 if code == "O.1" else 404), code
        assert reader.get(ADDRESS.format(asn="999999999")).status_code == 404
        assert reader.get(ADDRESS.format(asn="12")).status_code == 404


@pytest.mark.parametrize("more", [0, 40])
def test_queries(more):
    with set_up():
        student = make_graduate()
        school = make_school()
        for number in range(more):
            make_mark(student, f"LDD{1000 + number}", 2024, 1, "70")
            make_enrolment(student, school, 2024)
        for code in ("CHSA", "COSC", "HHSD")[: more and 3]:
            RequirementSetStatus.objects.create(
                student=student,
                requirement_set_id=code,
                status="Achieved",
                version=bulk.next_versions(1)[0],
            )
    calculated(student)
    current_calculator()  # reads the definitions, once for each process
    with CaptureQueriesContext(connection) as captured:
        explain(student.asn, TODAY)
    assert len(captured) == QUERIES, "\n".join(q["sql"][:120] for q in captured)
