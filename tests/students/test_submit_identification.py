"""SubmitIdentificationInformation over HTTP: the legal name, birth date and gender change."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrolments.models import CourseEnrolmentTrigger, StudentTrigger
from students.models import Name, NameKey, Student
from tests import invariants
from tests.province_builder import make_school, make_student, set_up
from tests.students import bodies
from tests.students.calls import applied, version_of

SERVICE = "SubmitIdentificationInformation"
QUERIES = 42  # everything at once: name, birth date, maturity date, course enrolments


@pytest.fixture
def student(school1) -> Student:
    return Student.objects.get(asn=school1.create(bodies.create_student()))


def record(**changes) -> dict:
    """The identity that `student` was created with, but for `changes`."""
    return bodies.identification_record(**changes)


def sent(student, *, asn=None, version=None, gender=None, acknowledge=None, **changes) -> dict:
    return bodies.identification_minimal(
        StateProvinceId=asn or student.asn,
        PASICoreVersion=version or version_of(student.asn),
        IdentificationRecord=record(**changes),
        Gender=gender,
        AcknowledgeSimilarStateProvinceIdList=acknowledge,
    )


def submit(caller, student, **changes) -> Student:
    answer = applied(caller.post(SERVICE, sent(student, **changes)))
    now = Student.objects.get(pk=student.pk)
    assert answer == {"Id": student.asn, "PASICoreVersion": now.version, "Rejections": []}
    return now


# --- What is written ----------------------------------------------------------------------------


def test_a_new_legal_name_gets_a_record_and_the_former_one_stays(student, school1):
    now = submit(school1, student, LastName="Roy")
    assert now.version > student.version
    assert now.legal_name_id != student.legal_name_id
    assert now.legal_name.full_name == "Amélie Rose Marie Roy III"
    assert now.legal_name.created_by_organization.code == "S.0001"
    former = Name.objects.get(pk=student.legal_name_id)
    assert (former.last_name, former.is_deleted, former.was_legal) == (
        "O'Neil-Tremblay",
        False,
        True,
    )
    assert now.original_name_id == former.pk
    shown = school1.get(f"/api/students/{student.asn}/")
    assert shown["LastName"] == shown["IdentificationRecord"]["LastName"] == "Roy"
    used = {
        name["LastName"]: (name["IsLegal"], name["IsPreferred"], name["IsOriginal"])
        for name in shown["Names"]
    }
    assert used["Roy"] == (True, True, False)
    assert used["O'Neil-Tremblay"] == (False, False, True)
    invariants.assert_database_is_sound()


def test_an_alias_stays_preferred(student, school1):
    alias = student.names.exclude(pk=student.legal_name_id).get()
    school1.submit_name(
        *(student.asn, "Amy", "Tremblay"),
        middle="Rose",
        suffix="Jr.",
        ref_id=alias.pk,
        IsPreferred=True,
    )
    assert submit(school1, student, LastName="Roy").preferred_name_id == alias.pk


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_name_the_student_has_becomes_the_legal_one(student, school1, is_deleted):
    parts = {"first": "Amélie", "last": "Roy", "middle": "Rose Marie", "suffix": "III"}
    one = school1.submit_name(student.asn, **parts)
    if is_deleted:
        school1.submit_name(student.asn, ref_id=one, DeleteName=True)
    now = submit(school1, student, LastName="Roy")
    assert now.legal_name_id == one
    assert (now.legal_name.is_deleted, now.legal_name.was_legal) == (False, True)
    assert NameKey.objects.get(pk=one).was_legal
    back = submit(school1, student)
    assert back.legal_name_id == student.legal_name_id
    assert Name.objects.filter(student=student).count() == 3
    invariants.assert_database_is_sound()


def test_the_rest_of_the_identity(student, school1):
    now = submit(
        school1,
        student,
        gender="X",
        DocumentType="CanadianPassport",
        DocumentNumber="0815",
        DocumentIssueDate="2020-01-02",
        IsNameExact=False,
    )
    assert now.gender == "X"
    assert now.document_type == "CanadianPassport"
    assert now.document_number == "0815"
    assert now.document_issue_date == datetime.date(2020, 1, 2)
    assert now.is_name_exact is False
    assert now.legal_name_id == student.legal_name_id
    cleared = submit(school1, now, DocumentNumber=None, DocumentIssueDate=None)
    assert (cleared.document_number, cleared.document_issue_date) == ("", None)
    assert cleared.gender == "X"


def test_another_birth_date_moves_the_maturity_date_and_the_search(student, school1):
    assert student.maturity_date == datetime.date(2031, 9, 1)
    school = make_school("S.0001", "A.0001")
    with set_up():
        from enrolments.models import CourseEnrolment
        from pasi import bulk

        courses = [
            CourseEnrolment.objects.create(
                reference_id=f"00000000-0000-4000-8000-00000000000{number}",
                student=student,
                school=school,
                school_year=year,
                course_code="ELA3105",
                status="Active",
                start_date=datetime.date(year - 1, 9, 2),
                version=bulk.next_versions(1)[0],
            )
            for number, year in enumerate((2029, 2031))
        ]
    before = StudentTrigger.objects.get(pk=student.pk).version
    now = submit(school1, student, BirthDate="2010-05-17")
    assert (now.maturity_date, now.maturity_reason) == (datetime.date(2029, 9, 1), "AGE")
    assert set(NameKey.objects.filter(student=student).values_list("birth_date", flat=True)) == {
        datetime.date(2010, 5, 17)
    }
    assert StudentTrigger.objects.get(pk=student.pk).version > before
    assert list(CourseEnrolmentTrigger.objects.values_list("pk", flat=True)) == [courses[1].pk]
    assert Student.history.filter(id=student.pk).count() == 2
    invariants.assert_database_is_sound()


def test_a_diploma_counts_for_the_maturity_date_also_under_a_linked_number(ministry):
    with set_up():
        primary = make_student(
            birth_date=datetime.date(2008, 5, 17), maturity_date=datetime.date(2026, 9, 1)
        )
        make_student(primary=primary, awards=[("AHSD", 1000000008, 2026, False)])
    body = bodies.identification_minimal(
        StateProvinceId=primary.asn,
        PASICoreVersion=primary.version,
        IdentificationRecord=record(FirstName="Ada", LastName="Byron", BirthDate="2009-05-17"),
    )
    applied(ministry.post(SERVICE, body))
    primary.refresh_from_db()
    assert (primary.maturity_date, primary.maturity_reason) == (
        datetime.date(2026, 9, 1),
        "CREDENTIAL",
    )


# --- Rules --------------------------------------------------------------------------------------


def test_nothing_to_do(student, school1):
    assert school1.refused(SERVICE, sent(student)) == ["9023"]
    assert school1.refused(SERVICE, sent(student, gender="F")) == ["9023"]


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ("CurrentSystemValue", ["11210"]),
        ("ParentalDeclaration", ["11210"]),
        ("StudentDocumentSupported", ["11210", "12006"]),
        ("StudentDocumentVerified", ["12006"]),
    ],
)
def test_the_source_may_not_get_worse(student, school1, source, codes):
    assert school1.refused(SERVICE, sent(student, DocumentType=source)) == codes


def test_the_source_may_get_better(school1):
    worse = bodies.create_student_minimal(
        IdentificationRecord=record(DocumentType="CurrentSystemValue")
    )
    student = Student.objects.get(asn=school1.create(worse))
    for source in ("RegistrationForm", "ParentalDeclaration", "ForeignPassport", "StudyPermit"):
        assert submit(school1, student, DocumentType=source).document_type == source


def test_a_known_gender_does_not_become_unknown(student, school1):
    assert school1.refused(SERVICE, sent(student, gender="U")) == ["11211"]


def test_dates_and_characters_are_judged_together(student, school1):
    body = sent(student, BirthDate="2026-11-27", FirstName="J.P.", LastName="Roy-")
    assert school1.refused(SERVICE, body) == ["11203", "11217", "11223", "11233"]
    body = sent(student, BirthDate="1889-12-31", DocumentIssueDate=None)
    assert school1.refused(SERVICE, body) == ["11231"]


def test_the_order_of_access_version_and_rules(student, school1, limited):
    stranger = limited.post(SERVICE, sent(student))
    assert stranger.json()["Rejections"][0]["Code"] == "9002"
    assert school1.refused(SERVICE, sent(student, asn="999999999")) == ["9002"]
    assert school1.refused(SERVICE, sent(student, version=2**62)) == ["9014"]
    response = school1.post(SERVICE, sent(student, version=1, FirstName="J.P."))
    assert (response.status_code, response.json()["code"]) == (409, "3004")


def test_secondary_numbers_are_for_the_ministry(student, school1):
    with set_up():
        secondary = make_student(primary=student)
    body = sent(student, asn=secondary.asn, version=secondary.version)
    assert school1.refused(SERVICE, body) == ["9011"]


# --- Duplicates ---------------------------------------------------------------------------------


@pytest.fixture
def twin(school1) -> str:
    """Somebody else, called as `student` is about to be."""
    body = bodies.create_student_minimal(
        IdentificationRecord=record(FirstName="Ann", MiddleName=None, LastName="Roy", Suffix=None)
    )
    return school1.create(body)


def becoming(student, **changes) -> dict:
    return sent(student, **{"FirstName": "Ann", "MiddleName": None, "LastName": "Roy", **changes})


def test_who_becomes_somebody_elses_duplicate(student, twin, school1):
    response = school1.post(SERVICE, becoming(student, acknowledge=[twin]))
    [rejection] = response.json()["Rejections"]
    assert rejection["Code"] == "11406"
    assert twin in rejection["Description"]
    assert student.asn not in rejection["Description"]


def test_another_middle_name_makes_no_duplicate(student, twin, school1):
    applied(school1.post(SERVICE, becoming(student, MiddleName="Rose")))


def test_the_ministry_may_acknowledge(student, twin, ministry):
    assert ministry.refused(SERVICE, becoming(student)) == ["11406"]
    applied(ministry.post(SERVICE, becoming(student, acknowledge=[twin])))


def test_who_is_one_already_may_be_corrected_otherwise(student, twin, school1, ministry):
    applied(ministry.post(SERVICE, becoming(student, acknowledge=[twin])))
    applied(school1.post(SERVICE, becoming(student, DocumentType="CanadianPassport")))


def test_who_is_one_already_may_get_a_suffix_or_other_letters(student, twin, school1, ministry):
    applied(ministry.post(SERVICE, becoming(student, acknowledge=[twin])))
    applied(school1.post(SERVICE, becoming(student, Suffix="Sr")))
    applied(school1.post(SERVICE, becoming(student, Suffix="Sr", LastName="ROY")))


def test_the_number_that_was_told_is_recorded(student, twin, school1):
    from audit.models import ServiceResponse

    response = school1.post(SERVICE, becoming(student))
    answer = ServiceResponse.objects.get(pk=response.headers["PASI-Message-Id"])
    assert answer.state_province_ids == [student.asn, twin]


def test_limited_access_learns_no_number(student, twin, limited):
    from tests.province_builder import make_enrolment

    with set_up():
        make_enrolment(student, make_school("S.0900", "A.0230"), 2027)
    response = limited.post(SERVICE, becoming(student))
    [rejection] = response.json()["Rejections"]
    assert rejection["Code"] == "11407"
    assert twin not in rejection["Description"]


def test_nobody_is_a_duplicate_of_the_own_linked_numbers(student, ministry):
    with set_up():
        make_student(
            primary=student,
            first_name="Ann",
            last_name="Roy",
            birth_date=datetime.date(2012, 5, 17),
        )
    applied(ministry.post(SERVICE, becoming(student)))


# --- Queries ------------------------------------------------------------------------------------


def test_queries(student, school1):
    body = sent(student, BirthDate="2010-05-17", LastName="Roy", gender="X")
    with CaptureQueriesContext(connection) as captured:
        applied(school1.post(SERVICE, body))
    count = sum("SAVEPOINT" not in query["sql"] for query in captured)
    assert count <= QUERIES, "\n".join(query["sql"][:100] for query in captured)
