"""SubmitStudentSchoolEnrolment over HTTP: what is written, what follows from it, every rejection in
its order."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall, ServiceResponse
from enrolments.models import (
    CourseEnrolment,
    CourseEnrolmentTrigger,
    SchoolEnrolment,
    SchoolEnrolmentTrigger,
    StudentTrigger,
    TranscriptTrigger,
)
from enrolments.services import SubmitStudentSchoolEnrolment
from pasi import bulk
from pasi.checks import CODES_OF_SERVICES
from students.models import Student
from tests import invariants
from tests.enrolments import bodies
from tests.enrolments.calls import SERVICE, as_submitted, make_enrolment_caller, stored
from tests.province_builder import make_enrolment, make_school, make_student, set_up
from tests.students.calls import applied

QUERIES = 40
QUERIES_UNCHANGED = 28
OBJECT = "StudentSchoolEnrolment"
WITH_EVERYTHING = {name: bodies.enrolment()[name] for name in bodies.OPTIONAL}


def forget_triggers() -> None:
    for model in (
        *(SchoolEnrolmentTrigger, CourseEnrolmentTrigger, StudentTrigger, TranscriptTrigger),
    ):
        model.objects.all().delete()


def raised(model) -> set[int]:
    """Keys of the records that have a trigger; each was caused by an enrolment."""
    assert set(model.objects.values_list("last_updated_object_name", flat=True)) <= {OBJECT}
    return set(model.objects.values_list("pk", flat=True))


def make_course(student, school, year, **values) -> CourseEnrolment:
    return CourseEnrolment.objects.create(
        reference_id=uuid.uuid4(),
        student=student,
        school=school,
        school_year=year,
        course_code="ELA3105",
        status="Active",
        version=bulk.next_versions(1)[0],
        **values,
    )


# --- What is written ----------------------------------------------------------------------------


def test_a_new_enrolment_with_everything(student, school1):
    response = school1.post(SERVICE, bodies.enrolment(StateProvinceId=student.asn))
    now = SchoolEnrolment.objects.get()
    assert applied(response) == {
        "Id": bodies.REFERENCE.lower(),
        "PASICoreVersion": now.version,
        "Rejections": [],
    }
    assert str(now.reference_id) == bodies.REFERENCE.lower()
    assert (now.student_id, now.school.code, now.school_year) == (student.pk, "S.0001", 2027)
    assert (now.grade, now.programming_type, now.programming_timeframe) == ("05", "Regular", "Day")
    assert (now.start_date, now.exit_date) == (
        datetime.date(2026, 9, 1),
        datetime.date(2027, 6, 28),
    )
    assert now.exit_date_type == "CompletionDate"
    assert now.enrolment_type_codes == "330;121"  # in the order submitted
    assert (now.grants_program_codes, now.exception_codes) == ("610;303", "80")
    assert (now.resident_board, now.fnmi_declaration) == ("0046", "331")
    assert now.french_hours_of_instruction == 400
    assert now.school_authority_provided_program_percentage == 60
    assert (now.local_student_id, now.is_deleted) == ("L-4711", False)
    [history] = SchoolEnrolment.history.all()
    assert (history.history_type, history.call_id) == ("+", answered(response).call_id)
    assert answered(response).state_province_ids == [student.asn]
    assert '"SourceChangeCode": 7' in ServiceCall.objects.get(pk=history.call_id).body
    assert Student.objects.get(pk=student.pk).version == student.version
    invariants.assert_database_is_sound()


def answered(response) -> ServiceResponse:
    return ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])


def test_what_is_absent_is_empty_and_is_cleared(student, school1):
    one = school1.enrol(student, **WITH_EVERYTHING)
    body = bodies.enrolment_minimal(
        StateProvinceId=student.asn, RefId=str(one.reference_id), PASICoreVersion=one.version
    )
    applied(school1.post(SERVICE, body))
    now = stored(one.reference_id)
    assert now.version > one.version
    assert (now.enrolment_type_codes, now.grants_program_codes, now.exception_codes) == ("", "", "")
    assert (now.resident_board, now.fnmi_declaration, now.local_student_id) == ("", "", "")
    assert now.french_hours_of_instruction is None
    assert now.school_authority_provided_program_percentage is None


def test_null_and_empty_are_absent(student, school1):
    one = school1.enrol(student)
    body = as_submitted(
        one,
        **{
            "EnrolmentTypeCodes": [],
            "GrantsProgramCodes": [],
            "ResidentBoard": "",
            "FNMIDeclaration": "",
            "LocalStudentId": "",
        },
    ) | {"FrenchHoursOfInstruction": None, "ExceptionCodes": None}
    assert applied(school1.post(SERVICE, body))["PASICoreVersion"] == one.version


def test_the_same_again_changes_nothing(student, school1):
    one = school1.enrol(student, Grade="10", EnrolmentTypeCodes=["417"])
    forget_triggers()
    before = Student.objects.get(pk=student.pk).version
    same = school1.change(one)
    assert same.version == one.version
    assert SchoolEnrolment.history.count() == 1
    assert Student.objects.get(pk=student.pk).version == before
    for model in (SchoolEnrolmentTrigger, StudentTrigger, TranscriptTrigger):
        assert raised(model) == set()


@pytest.mark.parametrize(
    "change",
    [
        {"SchoolYear": 2028, "RegistrationStartDate": "2027-01-01"},
        {"Grade": "06"},
        {"ProgrammingType": "SummerSchool"},
        {"ProgrammingTimeframe": "Evening"},
        {"RegistrationStartDate": "2026-09-02"},
        {"RegistrationExitDate": "2027-06-27"},
        {"ExitDateType": "WithdrawalDate"},
        {"EnrolmentTypeCodes": ["121", "330"]},  # another order
        {"GrantsProgramCodes": ["610", "303", "221"]},
        {"ExceptionCodes": ["80", "70"]},
        {"ResidentBoard": "0047"},
        {"FNMIDeclaration": "332"},
        {"FrenchHoursOfInstruction": 401},
        {"SchoolAuthorityProvidedProgramPercentage": 0},
        {"LocalStudentId": "l-4711"},
        {"IsDeleted": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_value_can_change(student, school1, change):
    one = school1.enrol(student, **WITH_EVERYTHING)
    forget_triggers()
    now = school1.change(one, **change)
    assert now.version > one.version
    assert now.updated_at > one.updated_at
    assert [row.history_type for row in SchoolEnrolment.history.order_by("history_id")] == [
        *("+", "~")
    ]
    assert raised(SchoolEnrolmentTrigger) == {one.pk}
    invariants.assert_database_is_sound()


def test_deleted_and_brought_back(student, school1):
    one = school1.enrol(student)
    deleted = school1.change(one, IsDeleted=True)
    assert deleted.is_deleted
    for version in (0, None):  # or the stored one
        gone = school1.change(stored(one.reference_id), IsDeleted=True)
        changes = {} if version is None else {"PASICoreVersion": version}
        back = school1.change(gone, IsDeleted=False, **changes)
        assert not back.is_deleted
    assert back.pk == one.pk


def test_the_authority_and_the_ministry_may(student, authority1, ministry):
    one = authority1.enrol(student)
    assert ministry.change(one, Grade="06").grade == "06"


def test_a_repeat_is_answered_from_the_record(student, school1):
    body = bodies.enrolment(StateProvinceId=student.asn)
    first = school1.post(SERVICE, body)
    again = school1.post(SERVICE, body)
    assert again.json() == applied(first)
    assert again.headers["PASI-Replayed"] == first.headers["PASI-Message-Id"]
    assert SchoolEnrolment.history.count() == 1


# --- Another number -----------------------------------------------------------------------------


def test_an_enrolment_moves_to_another_number(student, school1):
    with set_up():
        other = make_student()
        school = make_school()
        beside = [make_enrolment(each, school, 2027) for each in (student, other)]
        courses = [make_course(each, school, 2027) for each in (student, other)]
    one = school1.enrol(student, Grade="11")
    forget_triggers()
    response = school1.post(SERVICE, as_submitted(one, StateProvinceId=other.asn))
    applied(response)
    assert stored(one.reference_id).student_id == other.pk
    assert answered(response).state_province_ids == sorted([student.asn, other.asn])
    assert raised(SchoolEnrolmentTrigger) == {one.pk, *(each.pk for each in beside)}
    assert raised(CourseEnrolmentTrigger) == {each.pk for each in courses}
    assert raised(TranscriptTrigger) == {student.pk, other.pk}
    assert raised(StudentTrigger) == set()


def test_code_417_moves_with_it(student, school1):
    with set_up():
        other = make_student()
    one = school1.enrol(student, EnrolmentTypeCodes=["417"])
    before = {each.pk: each.version for each in Student.objects.all()}
    forget_triggers()
    school1.change(one, StateProvinceId=other.asn)
    after = {each.pk: each.version for each in Student.objects.all()}
    assert raised(StudentTrigger) == {student.pk, other.pk}
    assert all(after[key] > before[key] for key in before)


# --- What follows -------------------------------------------------------------------------------


def test_other_enrolments_of_the_year_and_of_the_next_are_looked_at_again(student, school1):
    with set_up():
        school, other_school = make_school(), make_school("S.0009", "A.0009")
        somebody = make_student()
        made = {
            year: make_enrolment(student, other_school, year).pk
            for year in (2024, 2025, 2026, 2027, 2028)
        }
        make_enrolment(student, school, 2027, is_deleted=True)
        make_enrolment(somebody, school, 2027)
    one = school1.enrol(student)
    assert raised(SchoolEnrolmentTrigger) == {one.pk, made[2027], made[2028]}
    forget_triggers()
    school1.change(
        one,
        SchoolYear=2025,
        RegistrationStartDate="2024-09-03",
        RegistrationExitDate="2025-06-26",
    )
    # Those of the current year look at the enrolment before them, whatever its year.
    assert raised(SchoolEnrolmentTrigger) == {one.pk, *made.values()} - {made[2024]}


def test_under_any_number_of_the_person(student, ministry):
    with set_up():
        second = make_student(primary=student)
        beside = make_enrolment(second, make_school(), 2027)
        course = make_course(second, make_school(), 2027)
    one = ministry.enrol(student, Grade="12", EnrolmentTypeCodes=["418"])
    assert raised(SchoolEnrolmentTrigger) == {one.pk, beside.pk}
    assert raised(CourseEnrolmentTrigger) == {course.pk}
    forget_triggers()
    two = ministry.enrol(second, Grade="12", EnrolmentTypeCodes=["418"])
    assert raised(SchoolEnrolmentTrigger) == {one.pk, two.pk, beside.pk}
    # What is known of the person is kept under the primary number.
    assert raised(TranscriptTrigger) == raised(StudentTrigger) == {student.pk}


def test_course_enrolments_at_the_school_and_year_are_looked_at_again(student, school1):
    with set_up():
        school, other_school = make_school(), make_school("S.0009", "A.0009")
        there = make_course(student, school, 2027)
        before = make_course(student, school, 2026)
        make_course(student, school, 2027, is_deleted=True)
        make_course(student, other_school, 2027)
        make_course(make_student(), school, 2027)
    one = school1.enrol(student)
    assert raised(CourseEnrolmentTrigger) == {there.pk}
    forget_triggers()
    school1.change(one, SchoolYear=2026, RegistrationExitDate="2026-09-30")
    assert raised(CourseEnrolmentTrigger) == {there.pk, before.pk}


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        (["09"], False),
        (["EC"], False),
        (["10"], True),
        (["12"], True),
        (["09", "08"], False),
        (["10", "09"], True),
        (["09", "11"], True),
    ],
)
def test_transcripts_are_of_grades_10_to_12_before_or_after(student, school1, grades, expected):
    one = school1.enrol(student, Grade=grades[0])
    if len(grades) > 1:
        forget_triggers()
        school1.change(one, Grade=grades[1])
    assert raised(TranscriptTrigger) == ({student.pk} if expected else set())


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], ["417"], True),
        ([], ["121", "418"], True),
        (["417"], ["418"], True),
        (["417", "121"], ["417"], False),
        (["417", "418"], ["418", "417"], False),
        (["418"], [], True),
        ([], ["415"], False),
    ],
)
def test_codes_417_and_418_concern_the_student(student, school1, before, after, expected):
    one = school1.enrol(student, EnrolmentTypeCodes=before)
    version = Student.objects.get(pk=student.pk).version
    rows = Student.history.count()
    forget_triggers()
    school1.change(one, EnrolmentTypeCodes=after)
    now = Student.objects.get(pk=student.pk)
    assert (now.version > version) is expected
    assert Student.history.count() == rows + expected
    assert raised(StudentTrigger) == ({student.pk} if expected else set())


def test_a_deleted_enrolment_has_no_codes(student, school1):
    one = school1.enrol(student, EnrolmentTypeCodes=["417"])
    forget_triggers()
    gone = school1.change(one, IsDeleted=True)
    assert raised(StudentTrigger) == {student.pk}
    forget_triggers()
    school1.change(gone, EnrolmentTypeCodes=["418"])
    assert raised(StudentTrigger) == set()


# --- Rejections, in their order -----------------------------------------------------------------


def test_the_codes_of_the_service():
    service = SubmitStudentSchoolEnrolment
    assert {rule.code for rule in service.rules()} == CODES_OF_SERVICES[SERVICE]
    for stage in (*service.access_stages, *service.stages):
        codes = [rule.code for rule in stage]
        assert codes == sorted(codes, key=int)


def submitted(student, **changes) -> dict:
    return bodies.enrolment_minimal(StateProvinceId=student.asn, **changes)


def test_unknown_number(school1):
    assert school1.refused_enrolment(bodies.enrolment(SchoolCode="S.9999")) == ["9002"]


def test_limited_access_may_enrol_a_student_it_has_nothing_to_do_with(student, limited):
    assert limited.enrol(student, SchoolCode="S.0900").student_id == student.pk


def test_a_version_never_issued_comes_before_everything(school1):
    sent = bodies.enrolment(SchoolCode="S.9999", PASICoreVersion=2**62)
    assert school1.refused_enrolment(sent) == ["9014"]


def test_deactivated_numbers_are_for_nobody(school1, ministry):
    with set_up():
        gone = make_student(is_deactivated=True)
    for caller in (school1, ministry):
        assert caller.refused_enrolment(submitted(gone, SchoolCode="S.9999")) == ["9009"]


def test_secondary_numbers_are_for_the_ministry(student, school1, ministry):
    with set_up():
        second = make_student(primary=student)
    assert school1.refused_enrolment(submitted(second, SchoolCode="S.9999")) == ["9011"]
    assert ministry.enrol(second).student_id == second.pk


def test_unknown_school(student, school1):
    with set_up():
        make_school("S.0050", "A.0001").delete()
    sent = submitted(student, SchoolCode="S.9999", PASICoreVersion=1)
    assert school1.refused_enrolment(sent) == ["9003"]


def test_other_schools_may_not(student, school1, school2):
    one = school1.enrol(student)
    # On the stored school and on the submitted one, before the version is compared.
    for sent, count in (
        (submitted(student, PASICoreVersion=1), 1),
        (as_submitted(one, PASICoreVersion=1), 1),
        (as_submitted(one, SchoolCode="S.0002"), 1),
    ):
        assert school2.refused_enrolment(sent) == ["10058"] * count
    sent = as_submitted(one, SchoolCode="S.0002")
    response = school1.post(SERVICE, sent)
    [rejection] = response.json()["Rejections"]
    assert rejection["Code"] == "10058"
    assert "S.0002" in rejection["Description"]
    with set_up():
        make_school("S.0003", "A.0003")
        third = make_enrolment_caller("S.0003")
    assert third.refused_enrolment(sent) == ["10058", "10058"]


@pytest.mark.parametrize("version", [-1, 1])
def test_a_new_enrolment_has_no_version(student, school1, version):
    response = school1.post(SERVICE, submitted(student, PASICoreVersion=version, IsDeleted=True))
    assert (response.status_code, response.json()["code"]) == (409, "3004")
    assert f"yours {version}, Core 0" in response.json()["detail"]


def test_another_version_is_a_fault(student, school1, ministry):
    one = school1.enrol(student)
    with set_up():
        make_school("S.0002", "A.0002")
    for version in (0, one.version - 1, 1):
        # Judged before the school that must not change.
        sent = as_submitted(one, SchoolCode="S.0002", PASICoreVersion=version)
        response = ministry.post(SERVICE, sent)
        assert (response.status_code, response.json()["code"]) == (409, "3004")
        assert f"yours {version}, Core {one.version}" in response.json()["detail"]
    gone = school1.change(one, IsDeleted=True)
    response = school1.post(SERVICE, as_submitted(gone, PASICoreVersion=one.version))
    assert response.status_code == 409
    assert f"yours {one.version}, Core 0" in response.json()["detail"]


def test_the_school_stays(student, school1, ministry):
    one = school1.enrol(student)
    with set_up():
        make_school("S.0002", "A.0002")
    sent = as_submitted(one, SchoolCode="S.0002", SchoolYear=2050)
    assert ministry.refused_enrolment(sent) == ["10103"]


def test_nothing_new_is_deleted(student, school1):
    sent = submitted(student, IsDeleted=True, SchoolYear=2050)
    assert school1.refused_enrolment(sent) == ["10150"]


@pytest.mark.parametrize(
    ("year", "by_school", "by_system"),
    [
        (-32_768, ["99001"], ["99001"]),
        (1, ["99001"], ["99001"]),
        (1904, ["99001"], ["99001"]),
        (1905, ["9030"], []),
        (2023, ["9030"], []),
        (2024, [], []),
        (2028, [], []),
        (2029, ["99001"], ["99001"]),
        (32_767, ["99001"], ["99001"]),
    ],
)
def test_school_years(student, school1, ministry, year, by_school, by_system):
    # The dates fit no year: they are judged after the year itself.
    sent = submitted(student, SchoolYear=year, RegistrationExitDate="1800-01-01")
    for caller, expected in ((school1, by_school), (ministry, by_system)):
        found = caller.refused_enrolment(sent)
        assert found == expected or (not expected and "10088" in found)


def test_an_old_enrolment_cannot_be_moved_into_a_year_of_today(student, school1, ministry):
    with set_up():
        old = make_enrolment(student, make_school(), 2020)
    sent = as_submitted(
        old,
        SchoolYear=2027,
        RegistrationStartDate="2026-09-01",
        RegistrationExitDate="2027-06-28",
    )
    assert school1.refused_enrolment(sent) == ["9030"]
    assert school1.refused_enrolment(as_submitted(old, IsDeleted=True)) == ["9030"]
    assert applied(ministry.post(SERVICE, sent))


def test_content_is_collected_by_code(school1):
    with set_up():
        dead = make_student(is_deceased=True)
    sent = submitted(
        dead,
        Grade="10",
        RegistrationStartDate="2028-01-01",
        RegistrationExitDate="2025-12-31",
        GrantsProgramCodes=["409", "452"],
        SchoolAuthorityProvidedProgramPercentage=0,
    )
    assert school1.refused_enrolment(sent) == [
        *("10016", "10064", "10080", "10087", "10088", "10133", "10134")
    ]
    assert not SchoolEnrolment.objects.exists()
    assert not SchoolEnrolmentTrigger.objects.exists()


def test_a_student_who_died_under_the_primary_number(student, ministry):
    with set_up():
        second = make_student(primary=student)
        Student.objects.filter(pk=student.pk).update(is_deceased=True)
    assert ministry.refused_enrolment(submitted(second)) == ["10080"]
    one = ministry.enrol(second, SchoolYear=2026, RegistrationExitDate="2026-09-30")
    # What is known already may be corrected.
    assert ministry.change(one, SchoolYear=2027)


def test_course_enrolments_hold_an_enrolment(student, school1):
    one = school1.enrol(student)
    with set_up():
        course = make_course(student, make_school(), 2027)
    assert school1.refused_enrolment(as_submitted(one, IsDeleted=True)) == ["10117"]
    # Another enrolment there will do for them.
    two = school1.enrol(student)
    gone = school1.change(one, IsDeleted=True)
    assert school1.change(gone, Grade="09").is_deleted
    assert school1.refused_enrolment(as_submitted(two, IsDeleted=True)) == ["10117"]
    with set_up():
        CourseEnrolment.objects.filter(pk=course.pk).update(is_deleted=True)
    assert school1.change(two, IsDeleted=True).is_deleted


def test_rejections_write_nothing(student, school1):
    one = school1.enrol(student)
    rows = SchoolEnrolment.history.count()
    forget_triggers()
    sent = as_submitted(one, RegistrationExitDate="2026-08-31", EnrolmentTypeCodes=["417"])
    assert school1.refused_enrolment(sent) == ["10016"]
    now = stored(one.reference_id)
    assert (now.version, now.enrolment_type_codes) == (one.version, "")
    assert SchoolEnrolment.history.count() == rows
    assert raised(SchoolEnrolmentTrigger) == raised(StudentTrigger) == set()


def test_the_role_is_needed(db):
    with set_up():
        make_school()
        stranger = make_enrolment_caller("S.0001", "Submit Student User", "View Enrolment User")
    response = stranger.post(SERVICE, bodies.enrolment())
    assert (response.status_code, response.json()["code"]) == (403, "1007")


# --- Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("years", [0, 10])
def test_queries(student, school1, years):
    """As many whatever the student has: for a new enrolment, for one that changes hands with all
    that can follow, for one that is unchanged."""
    with set_up():
        school = make_school()
        other = make_student()
        for each in (student, other):
            for year in range(2028 - years, 2028):
                make_enrolment(each, school, year)
                make_course(each, school, year)
    body = submitted(student, Grade="12", EnrolmentTypeCodes=["417"])
    assert count(school1, body) <= QUERIES
    one = stored(bodies.REFERENCE)
    assert count(school1, as_submitted(one, StateProvinceId=other.asn)) <= QUERIES
    assert count(school1, as_submitted(stored(bodies.REFERENCE))) <= QUERIES_UNCHANGED


def count(caller, body) -> int:
    with CaptureQueriesContext(connection) as captured:
        applied(caller.post(SERVICE, body))
    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    return len(statements)
