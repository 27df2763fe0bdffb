"""What others see and may do after two numbers were linked, and after that was undone."""

import datetime
import uuid

import pytest

from credentials.models import RequirementSetStatus
from enrolments.models import CourseEnrolment
from enrolments.triggers import raise_triggers
from pasi import bulk
from students.models import EmailAddress, Student
from tests import invariants
from tests.credentials.calls import outcomes
from tests.enrolments import bodies as enrolment_bodies
from tests.enrolments.alert_fixtures import alerts_of, process
from tests.enrolments.calls import make_enrolment_caller
from tests.province_builder import (
    make_award,
    make_enrolment,
    make_mark,
    make_name,
    make_school,
    make_student,
    set_up,
)
from tests.province_builder import process as process_without_rules
from tests.reading.conftest import make_caller as make_reader
from tests.students import bodies
from tests.students.calls import applied
from tests.students.numbers import LINK, a_link, link, now
from tests.students.test_identify import found

date = datetime.date
SECONDARY, PRIMARY = "200000017", "200000025"
BORN = date(2012, 5, 7)
AGE = {"maturity_date": date(2031, 9, 1), "maturity_reason": "AGE"}


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()


@pytest.fixture
def pair(school1, school2) -> tuple[Student, Student]:
    """Jon Dow at school 1 is John Doe at school 2. Born on one day, of different genders."""
    with set_up():
        known = {"birth_date": BORN, **AGE}
        secondary = make_student(SECONDARY, first_name="Jon", last_name="Dow", **known)
        primary = make_student(PRIMARY, first_name="John", last_name="Doe", gender="M", **known)
        make_name(secondary, "Jonny", "", "Dow")
        make_enrolment(secondary, make_school("S.0001", "A.0001"), 2027, exit_date=date(2027, 6, 1))
        make_enrolment(primary, make_school("S.0002", "A.0002"), 2027, date(2027, 6, 15))
        EmailAddress.objects.create(student=primary, email_address="john@example.org")
    return secondary, primary


@pytest.fixture
def reader(db):
    with set_up():
        return make_reader()


OWN = ("StateProvinceId", "PrimaryStateProvinceId", "Status", "PASICoreVersion", "CreatedOnUtc")
OWN += ("LastUpdateUtcTime",)


def person(shown: dict) -> dict:
    """What is shown of the person, not of the number."""
    return {name: value for name, value in shown.items() if name not in OWN}


# --- Reading ------------------------------------------------------------------------------------


def test_a_secondary_number_answers_with_the_primarys_parts(pair, ministry):
    secondary, primary = pair
    alone = ministry.get(f"/api/students/{SECONDARY}/")
    assert (alone["FirstName"], alone["Gender"], len(alone["Names"])) == ("Jon", "F", 2)
    link(ministry, secondary, primary)
    shown, of_primary = (ministry.get(f"/api/students/{asn}/") for asn in (SECONDARY, PRIMARY))
    assert person(shown) == person(of_primary)
    assert (shown["FirstName"], shown["Gender"], len(shown["Names"])) == ("John", "M", 1)
    assert [each["EmailAddress"] for each in shown["EmailAddresses"]] == ["john@example.org"]
    assert (shown["Status"], shown["PrimaryStateProvinceId"]) == ("Secondary", PRIMARY)
    assert (of_primary["Status"], of_primary["PrimaryStateProvinceId"]) == ("Active", None)
    assert shown["PASICoreVersion"] == now(secondary).version
    link(ministry, secondary, None)
    again = ministry.get(f"/api/students/{SECONDARY}/")
    assert person(again) == person(alone)
    assert (again["Status"], again["PrimaryStateProvinceId"]) == ("Active", None)


def test_who_sees_the_one_sees_the_other(pair, ministry, school1):
    secondary, primary = pair
    assert "Names" not in school1.get(f"/api/students/{PRIMARY}/")
    link(ministry, secondary, primary)
    assert "Names" in school1.get(f"/api/students/{PRIMARY}/")
    listed = school1.get("/api/students/")["results"]
    assert [each["StateProvinceId"] for each in listed] == [SECONDARY, PRIMARY]
    link(ministry, secondary, None)
    assert "Names" not in school1.get(f"/api/students/{PRIMARY}/")


def test_records_stay_under_their_numbers(pair, ministry, reader):
    secondary, primary = pair
    with set_up():
        make_award(secondary, "CHSA", 1000000008, 2026)
    link(ministry, secondary, primary)
    for asn, schools in ((SECONDARY, ["S.0001"]), (PRIMARY, ["S.0002"])):
        rows = reader.results("/api/school-enrolments/", {"StateProvinceId": asn})
        assert [each["SchoolCode"] for each in rows] == schools
        rows = reader.results("/api/credentials/", {"StateProvinceId": asn})
        assert [each["CredentialType"] for each in rows] == (["CHSA"] if asn == SECONDARY else [])


# --- Finding ------------------------------------------------------------------------------------


def test_identify_student(pair, ministry, school1):
    secondary, primary = pair

    def asns(*name: str) -> list[tuple[str, str]]:
        return [(asn, quality) for asn, quality, _reasons in found(school1, *name)]

    assert asns("Jon", "Dow") == [(SECONDARY, "High")]
    link(ministry, secondary, primary)
    # The primary comes with the secondary that matches; its own name alone does not bring that.
    assert asns("Jon", "Dow") == [(PRIMARY, "High"), (SECONDARY, "High")]
    assert asns("John", "Doe") == [(PRIMARY, "High")]
    link(ministry, secondary, None)
    assert asns("Jon", "Dow") == [(SECONDARY, "High")]


def test_creating_a_student_of_the_same_identity(pair, ministry, school1):
    secondary, primary = pair
    link(ministry, secondary, primary)
    record = bodies.identification_record(
        FirstName="Jon", LastName="Dow", MiddleName="Adam", BirthDate=str(BORN)
    )
    body = bodies.create_student_minimal(IdentificationRecord=record)
    [rejection] = school1.post("CreateStudent", body).json()["Rejections"]
    assert rejection["Code"] == "11401"
    assert SECONDARY in rejection["Description"] and PRIMARY in rejection["Description"]


# --- Submitting ---------------------------------------------------------------------------------


def test_schools_are_sent_to_the_primary_number(pair, ministry, school1):
    secondary, primary = pair
    with set_up():
        clerk = make_enrolment_caller("A.0002")
    link(ministry, secondary, primary)
    [rejection] = school1.post("SubmitName", school1.name(SECONDARY)).json()["Rejections"]
    assert (rejection["Code"], PRIMARY in rejection["Description"]) == ("9011", True)
    body = enrolment_bodies.enrolment_minimal(StateProvinceId=SECONDARY, SchoolCode="S.0002")
    assert clerk.refused_enrolment(body) == ["9011"]
    # School 1 has become the person's, so it may change the primary's names.
    school1.submit_name(PRIMARY)
    link(ministry, secondary, None)
    school1.submit_name(SECONDARY)
    assert school1.refused("SubmitName", school1.name(PRIMARY, "Joe")) == ["9065"]


# --- Credentials --------------------------------------------------------------------------------


def achieve(student: Student, *codes: str) -> None:
    for code in codes:
        RequirementSetStatus.objects.create(
            student=student,
            requirement_set_id=code,
            status="Achieved",
            version=bulk.next_versions(1)[0],
        )


def recalculated() -> None:
    with set_up():
        process_without_rules(limit=100)


def test_awards_of_both_numbers_are_one_persons(pair, ministry):
    secondary, primary = pair
    with set_up():
        achieve(primary, "AHSD-2018", "CHSA")
        achieve(secondary, "GHSD")
        make_mark(secondary, "ELA3105", 2026, 5, "75")
        make_award(secondary, "AHSD", 4321, 2026)
    link(ministry, secondary, primary)
    recalculated()
    # The primary holds it under the other number. Set statuses count on the primary only.
    assert outcomes(PRIMARY, SECONDARY) == ["44012", "44014"]
    link(ministry, secondary, None)
    recalculated()
    assert outcomes(SECONDARY) == ["44012"]  # GHSD is of the same rank as AHSD
    with set_up():
        make_mark(primary, "ELA3105", 2025, 5, "75")
    assert outcomes(PRIMARY) == ["AHSD"]
    # Now both hold it.
    assert ministry.refused(LINK, a_link(secondary, primary)) == ["99025"]


def test_marks_of_the_secondary_number_count(pair, ministry):
    secondary, primary = pair
    with set_up():
        achieve(primary, "AHSD-2018")
        make_mark(secondary, "ELA3105", 2026, 5, "75")
    assert outcomes(PRIMARY) == ["44008"]
    link(ministry, secondary, primary)
    assert outcomes(PRIMARY) == ["44000"]  # it is being recalculated
    recalculated()
    assert outcomes(PRIMARY) == ["AHSD"]
    assert primary.awarded_credentials.get().school_year == 2026


# --- Alerts -------------------------------------------------------------------------------------


def codes_of(record) -> set[int]:
    record_type = (
        "CourseEnrolment" if isinstance(record, CourseEnrolment) else "StudentSchoolEnrolment"
    )
    return {code for code, _arguments in alerts_of(record, record_type)}


def test_alerts_are_the_persons(pair, ministry):
    """Enrolments that overlap; a course without its enrolment; a birth date that is another."""
    secondary, primary = pair
    with set_up():
        one, other = secondary.school_enrolments.get(), primary.school_enrolments.get()
        one.exit_date = date(2027, 6, 28)
        one.save()
        course = CourseEnrolment.objects.create(
            reference_id=uuid.uuid4(),
            student=secondary,
            school=other.school,
            school_year=2027,
            course_code="ELA3105",
            status="Active",
            version=bulk.next_versions(1)[0],
        )
        secondary.birth_date = date(2009, 5, 7)  # of the usual age for grade 12; 2012 is not
        secondary.save()
        secondary.name_keys.update(birth_date=secondary.birth_date)
        raise_triggers("StudentSchoolEnrolment", [one.pk, other.pk], "Test")
        raise_triggers("CourseEnrolment", [course.pk], "Test")

    def seen() -> tuple[set[int], set[int], set[int]]:
        for name in ("StudentSchoolEnrolment", "CourseEnrolment"):
            process(name)
        looked_for = {10017, 10085, 40214}
        return tuple(codes_of(each) & looked_for for each in (one, other, course))

    alone = seen()
    assert alone == (set(), {10017}, {40214})
    link(ministry, secondary, primary)
    assert seen() == ({10017, 10085}, {10017, 10085}, set())
    [about] = [dict(arguments) for code, arguments in alerts_of(one) if code == 10085]
    assert about == {"StateProvinceID": SECONDARY, "ListOfSchoolCodes": "S.0002"}
    link(ministry, secondary, None)
    assert seen() == alone


def test_a_link_that_was_submitted_twice_is_refused_the_second_time(pair, ministry):
    secondary, primary = pair
    sent = a_link(secondary, primary)
    applied(ministry.post(LINK, sent))
    response = ministry.post(LINK, a_link(secondary, primary, PASICoreVersion=secondary.version))
    assert response.json()["code"] == "3004"
