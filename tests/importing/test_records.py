"""What an import writes: records, history, triggers, maturity dates, and where numbers go on."""

import datetime

import pytest

from audit.models import ServiceCall, ServiceResponse
from credentials.models import (
    AwardedCredential,
    RequirementAchievement,
    RequirementExemption,
    RequirementSetStatus,
)
from enrolments import models as enrolments
from enrolments.models import Course, CourseEnrolment, ExamMark, OfficialMark, SchoolEnrolment
from pasi import bulk
from pasi.models import Organization
from students.countries import preferred_country
from students.models import (
    CitizenshipStatus,
    DisclosureRestriction,
    MailingAddress,
    Name,
    NameKey,
    Student,
)
from students.name_keys import Keys, keys_of
from tests.importing.conftest import EVERY_FILE, ada, the_call
from tests.invariants import STUDENTS, assert_nothing_found
from tests.province_files import ADA, AUTHORITY, BEN, ORGANIZATIONS, SCHOOL

pytestmark = pytest.mark.django_db

TRACKED = (
    Organization,
    Course,
    Student,
    Name,
    CitizenshipStatus,
    MailingAddress,
    DisclosureRestriction,
    SchoolEnrolment,
    CourseEnrolment,
    OfficialMark,
    ExamMark,
    RequirementSetStatus,
    RequirementAchievement,
    RequirementExemption,
    AwardedCredential,
)


# --- Every file ---------------------------------------------------------------------------------


def test_every_file_arrives(load):
    load(**EVERY_FILE)
    student = ada()
    school = Organization.objects.get(code=SCHOOL)
    assert school.authority.code == AUTHORITY
    assert (school.name, school.kind, school.access) == ("School", "School", "Normal")
    course = Course.objects.get()
    assert (course.code, course.level, course.credits) == ("ELA3105", 30, "3;5")
    assert (course.flags, course.available_from, course.available_to) == ("A;B", 2010, None)

    assert student.legal_name.full_name == "Ada Augusta Byron III"
    assert student.original_name_id == student.legal_name_id
    assert student.preferred_name.full_name == "Augusta King"
    assert student.preferred_name.created_by_organization == school
    assert (student.birth_date, student.gender) == (datetime.date(2008, 5, 17), "F")
    assert (student.status, student.document_type) == ("Active", "CurrentSystemValue")
    assert not student.is_deceased
    assert student.created_by_organization is None

    address = student.mailing_addresses.get()
    assert (address.street, address.city) == ("Unit 4\r\n12 Elm Street", "Calgary")
    restriction = student.disclosure_restrictions.get()
    assert (restriction.code, restriction.details) == ("Caution", "Ask first")
    assert restriction.is_active and restriction.expires_on == datetime.date(2030, 1, 1)

    enrolment = student.school_enrolments.get()
    assert (enrolment.school, enrolment.school_year, enrolment.grade) == (school, 2026, "12")
    assert (enrolment.enrolment_type_codes, enrolment.resident_board) == ("1;2", "0001")
    assert enrolment.exit_date == datetime.date(2026, 6, 28)
    assert enrolment.french_hours_of_instruction is None
    course_enrolment = student.course_enrolments.get()
    assert (course_enrolment.course_code, course_enrolment.status) == ("ELA3105", "Active")
    assert course_enrolment.start_date == datetime.date(2025, 9, 3)
    mark = student.official_marks.get()
    assert (mark.mark_value, mark.credits_awarded, mark.is_available) == ("75", 5, False)
    status = student.requirement_set_statuses.get()
    assert (status.requirement_set_id, status.status) == ("AHSD-2018", "Achieved")
    assert status.is_calculated
    nomination = student.requirement_achievements.get()
    assert nomination.requirement == "StudentIsNominated-81350"
    assert (nomination.achievement, nomination.organization) == ("Achieved", school)
    at = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
    assert nomination.updated_at == nomination.created_at == at
    exam = student.exam_marks.get()
    assert (exam.course_code, exam.school_year, exam.status) == ("ELA3105", 2026, "SplitWriting")
    exemption = student.requirement_exemptions.get()
    assert (exemption.requirement, exemption.reason) == ("CALM-81160", "ReligiousCALM")
    assert (exemption.status, exemption.organization) == ("Requested", school)
    assert not exemption.is_deleted
    award = student.awarded_credentials.get()
    assert (award.number_id, award.credential_type, award.school_year) == (123, "AHSD", 2026)
    assert (award.full_name, award.legacy_number) == ("Ada Byron", "AB 12")
    assert award.awarded_on == datetime.date(2026, 7, 31)
    assert not award.is_deleted


def test_a_country_is_kept_as_the_contract_prefers_it(load):
    countries = ["Canada", "CANADA", "usa", "France"]
    load(students=[{}], student_addresses=[{"country": country} for country in countries])
    stored = ada().mailing_addresses.order_by("pk").values_list("country", flat=True)
    assert list(stored) == [preferred_country(country) for country in countries]
    assert stored[1] == "Canada"


def test_references_in_either_order(load):
    """Rows refer to rows below them and to files that sort after theirs."""
    load(
        organizations=list(reversed(ORGANIZATIONS)),
        students=[
            {"asn": BEN, "status": "Secondary", "primary_asn": ADA, "created_by": SCHOOL},
            {},
        ],
        awarded_credentials=[{"asn": BEN}],
    )
    assert Student.objects.get(asn=BEN).primary == ada()
    assert Student.objects.get(asn=BEN).status == "Secondary"
    assert Student.objects.get(asn=BEN).awarded_credentials.count() == 1


def test_references_to_what_the_database_has(load):
    load(students=[{}])
    load(
        students=[{"asn": BEN, "status": "Secondary", "primary_asn": ADA, "created_by": SCHOOL}],
        school_enrolments=[{}],
        student_names=[{}],
    )
    assert Student.objects.get(asn=BEN).primary == ada()
    assert ada().school_enrolments.count() == 1
    assert ada().names.count() == 2


def test_status_and_death(load):
    load(
        students=[
            {"status": "Deactivated"},
            {"asn": BEN, "deceased_on": "2024-03-01", "status": None},
        ]
    )
    assert ada().is_deactivated
    ben = Student.objects.get(asn=BEN)
    assert (ben.status, ben.is_deceased) == ("Active", True)
    assert ben.date_of_death == datetime.date(2024, 3, 1)


@pytest.mark.parametrize(
    ("submitted", "stored"),
    [
        ("1", ("1", "")),
        ("2", ("2", "")),
        ("5", ("5", "")),
        ("6", ("5", "1")),
        ("7", ("5", "9")),
        ("9", ("9", "")),
    ],
)
def test_citizenship_is_stored_as_the_service_stores_it(load, submitted, stored):
    load(
        students=[
            {
                "citizenship_status": submitted,
                "citizenship_expires_on": "2027-08-31",
                "created_on": "2020-01-15T03:00:00Z",
            }
        ]
    )
    status = ada().citizenship_statuses.get()
    assert (status.citizenship_status, status.guardian_citizenship_status) == stored
    assert status.document_expiry_date == datetime.date(2027, 8, 31)
    # Still the evening before in Alberta.
    assert status.effective_on == datetime.date(2020, 1, 14)


def test_without_citizenship_there_is_no_record_of_one(load):
    load(students=[{}])
    assert not CitizenshipStatus.objects.exists()


def test_who_made_a_student_and_when(load):
    load(
        students=[
            {"created_by": SCHOOL, "created_on": "2020-01-15"},
            {"asn": BEN},
        ]
    )
    student, ben = ada(), Student.objects.get(asn=BEN)
    assert student.created_by_organization.code == SCHOOL
    assert student.created_on == datetime.datetime(2020, 1, 15, 7, tzinfo=datetime.UTC)
    assert student.legal_name.effective_on == student.created_on
    assert student.legal_name.created_by_organization.code == SCHOOL
    assert ben.created_by_organization is None
    assert abs(ben.created_on - the_call().received_at) < datetime.timedelta(minutes=5)


def test_deleted_rows_stay_deleted(load):
    load(
        students=[{}],
        student_names=[{"is_deleted": True}],
        school_enrolments=[{"is_deleted": True}],
        course_enrolments=[{"is_deleted": True}],
        awarded_credentials=[{"is_deleted": True}],
    )
    student = ada()
    assert student.names.get(last_name="King").is_deleted
    assert student.preferred_name == student.legal_name
    assert student.school_enrolments.get().is_deleted
    assert student.course_enrolments.get().is_deleted
    assert student.awarded_credentials.get().is_deleted


# --- Names as a search compares them ------------------------------------------------------------

THREE_NAMES = [
    {"first_name": "Zoë", "last_name": "St. Jean"},
    {"first_name": "Augusta", "last_name": "King", "middle_name": "Élise", "is_preferred": True},
    {"first_name": "Gone", "last_name": "Gone", "is_deleted": True},
]


def test_every_name_has_its_key_but_a_deleted_one(load):
    load(students=[{"middle_name": "Joy"}, {"asn": BEN}], student_names=THREE_NAMES)
    keys = {
        key.name.first_name: (
            key.student,
            key.birth_date,
            key.was_legal,
            tuple(getattr(key, column) for column in Keys._fields),
        )
        for key in NameKey.objects.filter(student__asn=ADA).select_related("name", "student")
    }
    born = datetime.date(2008, 5, 17)
    assert keys == {
        "Ada": (ada(), born, True, keys_of("Ada", "Joy", "Byron")),
        "Zoë": (ada(), born, False, keys_of("Zoë", "", "St. Jean")),
        "Augusta": (ada(), born, False, keys_of("Augusta", "Élise", "King")),
    }
    assert NameKey.objects.count() == 4
    assert_nothing_found(STUDENTS)


def test_names_for_students_who_were_there_before_have_their_birth_dates(load):
    load(students=[{}, {"asn": BEN, "birth_date": "2001-02-03"}])
    load(student_names=[{"asn": BEN}, *THREE_NAMES])
    born = NameKey.objects.filter(was_legal=False).values_list("student__asn", "birth_date")
    assert sorted(born) == [
        *[(ADA, datetime.date(2008, 5, 17))] * 2,
        (BEN, datetime.date(2001, 2, 3)),
    ]
    assert_nothing_found(STUDENTS)


def test_only_the_legal_name_is_marked_so(load):
    load(
        students=[{}, {"asn": BEN, "status": "Secondary", "primary_asn": ADA}],
        student_names=THREE_NAMES,
    )
    marked = Name.objects.filter(was_legal=True)
    assert set(marked) == {student.legal_name for student in Student.objects.all()}
    assert {row.was_legal for row in Name.history.filter(id__in=marked)} == {True}
    assert_nothing_found(STUDENTS)


# --- The call and the history -------------------------------------------------------------------


def test_one_recorded_call(load):
    load(**EVERY_FILE)
    [call] = ServiceCall.objects.filter(operation="ImportRecords")
    assert call.door == ServiceCall.Door.COMMAND
    assert call.organization_code == "O.1"
    assert call.user_name
    assert '"Name": "official_marks.csv"' in call.body
    assert call.response.outcome == ServiceResponse.Outcome.APPLIED


def test_every_business_record_has_one_history_row_like_itself(load):
    """The preferred name and a maturity date moved by an award stand in the first row already."""
    load(**EVERY_FILE)
    call = the_call()
    for model in TRACKED:
        columns = [field.attname for field in model._meta.concrete_fields]
        written = model.history.filter(call=call)
        assert {row.history_type for row in written} == {"+"}, model
        records = model.objects.exclude(code="O.1") if model is Organization else model.objects
        assert sorted(records.values_list(*columns), key=str) == sorted(
            written.values_list(*columns), key=str
        ), model


def test_versions_are_fresh_and_differ(load):
    before = bulk.latest_version()
    load(students=[{}, {"asn": BEN}], official_marks=[{}, {"asn": BEN}])
    versions = [
        *Student.objects.values_list("version", flat=True),
        *OfficialMark.objects.values_list("version", flat=True),
    ]
    assert min(versions) > before
    assert len(set(versions)) == 4


# --- Triggers -----------------------------------------------------------------------------------


def outstanding(kind: str) -> int:
    trigger = getattr(enrolments, f"{kind}Trigger")
    status = getattr(
        enrolments,
        {"Transcript": "TranscriptRecord", "ResponsibleSchool": "ResponsibleSchoolStatus"}.get(
            kind, f"{kind}ValidationStatus"
        ),
    )
    return bulk.outstanding_count(trigger, status)


def test_students_and_enrolments_are_to_be_looked_at(load):
    load(
        students=[{}, {"asn": BEN}],
        school_enrolments=[{}, {}, {}],
        course_enrolments=[{}],
        official_marks=[{}],
        requirement_set_statuses=[{}],
        awarded_credentials=[{}],
    )
    assert outstanding("Student") == 2
    assert outstanding("SchoolEnrolment") == 3
    assert outstanding("CourseEnrolment") == 1
    assert outstanding("Transcript") == 0
    assert outstanding("ResponsibleSchool") == 0


def test_a_student_who_was_there_before_is_looked_at_again(load):
    load(students=[{}, {"asn": BEN}])
    for model in (enrolments.StudentTrigger, enrolments.StudentValidationStatus):
        model.objects.all().delete()
    load(student_addresses=[{}])
    assert list(enrolments.StudentTrigger.objects.values_list("student__asn", flat=True)) == [ADA]


# --- Students who were there before -------------------------------------------------------------


def test_an_import_as_such_does_not_raise_the_version_of_a_student(load):
    load(students=[{}])
    before = ada().version
    load(student_names=[{}], school_enrolments=[{}], official_marks=[{}])
    assert ada().version == before
    assert ada().history.count() == 1


def test_a_preferred_name_for_a_student_who_was_there_before(load, refuse):
    load(students=[{}])
    before = ada().version
    load(student_names=[{"is_preferred": True}])
    student = ada()
    assert student.preferred_name.last_name == "King"
    assert student.version > before
    changed = student.history.get(history_type="~")
    assert (changed.call, changed.preferred_name) == (the_call(), student.preferred_name)
    assert refuse(
        organizations=(), student_names=[{"last_name": "Lovelace", "is_preferred": True}]
    ) == ["student_names.csv:2: is_preferred: the student has a preferred name already"]


# --- The ministry's own row ---------------------------------------------------------------------


def test_the_row_of_the_ministry_renames_it(load):
    ministry = {"code": "O.1", "name": "Alberta Education and Childcare", "kind": "Ministry"}
    load(organizations=[ministry, *ORGANIZATIONS])
    stored = Organization.objects.get(code="O.1")
    assert stored.name == "Alberta Education and Childcare"
    changed = stored.history.filter(history_type="~", call=the_call())
    assert [row.name for row in changed] == ["Alberta Education and Childcare"]
    load(organizations=[ministry])
    assert stored.history.filter(history_type="~").count() == 1
