"""CreateStudent over HTTP: what is written and answered; a rejection writes nothing."""

import datetime
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import RecordRead, ServiceCall, ServiceResponse
from enrolments.models import StudentTrigger, StudentValidationStatus
from pasi.check_digits import luhn
from pasi.models import Code, Organization
from students.models import (
    CitizenshipStatus,
    DisclosureRestriction,
    EmailAddress,
    MailingAddress,
    Name,
    NameKey,
    PhoneNumber,
    Student,
    StudentActivity,
)
from tests import invariants
from tests.province_builder import set_up
from tests.students import bodies
from tests.students.calls import applied

MOST_QUERIES = 30
RECORDS = (
    Student,
    Name,
    NameKey,
    MailingAddress,
    PhoneNumber,
    EmailAddress,
    CitizenshipStatus,
    DisclosureRestriction,
    StudentActivity,
    StudentTrigger,
    StudentValidationStatus,
)


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in RECORDS}


def test_the_answer_is_the_new_number_and_version(school1):
    answer = applied(school1.post("CreateStudent", bodies.create_student_minimal()))
    asn = answer["Id"]
    assert len(asn) == 9
    assert 10_000_000 <= int(asn[:8]) <= 39_999_999
    assert int(asn[8]) == luhn(int(asn[:8]))
    student = Student.objects.get(asn=asn)
    assert answer == {"Id": asn, "PASICoreVersion": student.version, "Rejections": []}


def test_numbers_without_check_digit(school1, settings):
    settings.PASI_ASN_CHECK_DIGIT = "none"
    asns = [school1.create(), school1.create(IdentificationRecord=bodies.identification_record())]
    assert int(asns[1]) - int(asns[0]) == 1
    assert 100_000_000 <= int(asns[0]) <= 399_999_999


def test_a_number_that_an_import_brought_is_skipped(school1):
    from pasi import bulk
    from students.asn import asn_of
    from tests.province_builder import make_student, set_up

    [last] = bulk.next_of_each("asn_pool")
    with set_up():
        for ahead in (1, 2):
            make_student(asn_of(last + ahead))
    assert school1.create() == asn_of(last + 3)


def test_the_student(school1):
    asn = school1.create(bodies.create_student())
    student = Student.objects.get(asn=asn)
    assert (student.status, student.is_deceased, student.primary) == ("Active", False, None)
    assert (student.birth_date, student.gender) == (datetime.date(2012, 5, 17), "F")
    assert student.document_type == "AlbertaBirthCertificate"
    assert student.document_number == "4711"
    assert student.document_issue_date == datetime.date(2012, 6, 1)
    assert student.is_name_exact is True
    assert student.section23_eligibility == "B"
    assert student.created_by_organization.code == "S.0001"
    assert (student.maturity_date, student.maturity_reason) == (datetime.date(2031, 9, 1), "AGE")
    assert list(student.activities.values_list("school_year", flat=True)) == [2027]


def test_the_earliest_of_several_current_school_years_is_noted(school1, settings):
    settings.PASI_CURRENT_SCHOOL_YEARS = [2028, 2027]
    student = Student.objects.get(asn=school1.create())
    assert student.activities.get().school_year == 2027


def test_the_legal_name_is_original_and_preferred_and_the_alias_stands_beside_it(school1):
    student = Student.objects.get(asn=school1.create(bodies.create_student()))
    assert student.legal_name_id == student.preferred_name_id == student.original_name_id
    legal, alias = student.names.order_by("pk")
    assert legal.pk == student.legal_name_id
    assert legal.full_name == "Amélie Rose Marie O'Neil-Tremblay III"
    assert alias.full_name == "Amy Rose Tremblay Jr."
    assert (legal.was_legal, alias.was_legal) == (True, False)
    for name in (legal, alias):
        assert name.created_by_organization.code == name.updated_by_organization.code == "S.0001"
        assert not name.is_deleted
    keys = {key.name_id: key for key in NameKey.objects.filter(student=student)}
    assert keys[legal.pk].first_key == "AMELIE"
    assert keys[legal.pk].last_key == "ONEILTREMBLAY"
    assert keys[legal.pk].birth_date == student.birth_date
    assert {key.was_legal for key in keys.values()} == {True, False}


def test_addresses(school1):
    asn = school1.create(
        bodies.create_student(
            PersonalInfo=bodies.personal_info(
                PreferredMailingAddress=bodies.address(Country="CAN"),
                AlternateMailingAddress=bodies.address(
                    Country="Norway",
                    City=None,
                    StateProvince=None,
                    PostalCode=None,
                    EffectiveDate="2026-02-01",
                ),
            )
        )
    )
    shown = _as_ministry_sees(school1, asn)["MailingAddresses"]
    assert [
        (a["Country"], a["AddressFormat"], a["EffectiveDate"], a["ExpiryDate"]) for a in shown
    ] == [
        ("Canada", "Mail-CA", "2026-01-15", "2029-12-31"),
        ("Norway", "Mail-International", "2026-02-01", "2029-12-31"),
    ]
    assert shown[0]["RefId"] != shown[1]["RefId"]
    assert shown[0]["Street"] == "Apt 12\r\n10155 102 Street NW"


def _as_ministry_sees(caller, asn: str) -> dict:
    """The creating school sees all of it too."""
    return caller.get(f"/api/students/{asn}/")


def test_every_part_is_readable_by_its_creator(school1):
    shown = school1.get(f"/api/students/{school1.create(bodies.create_student())}/")
    [phone] = shown["PhoneNumbers"]
    assert phone["RefId"] > 0
    assert {name: phone[name] for name in ("Type", "Number", "Extension", "IsListable")} == {
        "Type": "Home",
        "Number": "4035551234",
        "Extension": "12",
        "IsListable": "N",
    }
    [email] = shown["EmailAddresses"]
    assert email["EmailAddress"] == "amy.tremblay@example.org"
    [restriction] = shown["DisclosureRestrictions"]
    assert restriction["DisclosureRestrictionCode"] == "Caution"
    assert restriction["DisclosureRestrictionDetails"].count("\r\n") == 1
    assert shown["HasDisclosureRestriction"] is True
    [citizenship] = shown["CitizenshipStatuses"]
    assert citizenship["CitizenshipStatus"] == "5"
    assert citizenship["EffectiveDate"] == "2026-11-26"
    assert [name["FirstName"] for name in shown["Names"] if name["IsLegal"]] == ["Amélie"]
    assert shown["IdentificationRecord"]["DocumentNumber"] == "4711"
    assert shown["Section23Eligibility"] == "B"


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
def test_citizenship_is_stored_as_converted(school1, submitted, stored):
    personal = {"Gender": "F", "CitizenshipStatus": submitted, "DocumentExpiryDate": "2030-01-31"}
    asn = school1.create(PersonalInfo=personal)
    status = CitizenshipStatus.objects.get(student__asn=asn)
    assert (status.citizenship_status, status.guardian_citizenship_status) == stored
    assert status.document_expiry_date == datetime.date(2030, 1, 31)


def code_value(code_type: str, code: str, **values) -> None:
    """A code value as staff may add it."""
    with set_up():
        Code.objects.create(code_type=code_type, code=code, short_name=code, **values)


def test_code_values_that_staff_add_are_stored_whole(school1):
    code_value("Gender", "NonBinary" * 6)
    code_value("CitizenshipStatus", "3")
    code_value("SourceDocumentType", "x" * 60, quality=300)
    record = bodies.identification_record(DocumentType="x" * 60)
    personal = {"Gender": "NonBinary" * 6, "CitizenshipStatus": "3"}
    student = Student.objects.get(
        asn=school1.create(IdentificationRecord=record, PersonalInfo=personal)
    )
    assert (student.gender, student.document_type) == ("NonBinary" * 6, "x" * 60)
    assert student.citizenship_statuses.get().citizenship_status == "3"


@pytest.mark.parametrize("values", [{"may_be_submitted": False}, {"expiry_school_year": 2020}])
def test_a_section_23_value_that_cannot_be_submitted(school1, values):
    code_value("Section23Eligibility", "Z", **values)
    body = bodies.create_student_minimal(PersonalInfo={"Gender": "F", "Section23Eligibility": "Z"})
    assert school1.refused("CreateStudent", body) == ["11301"]


def test_a_child_of_a_citizen_needs_no_document(school1):
    school1.create(PersonalInfo={"Gender": "F", "CitizenshipStatus": "6"})
    body = bodies.create_student_minimal(
        IdentificationRecord=bodies.identification_record(),
        PersonalInfo={"Gender": "F", "CitizenshipStatus": "7"},
    )
    assert school1.refused("CreateStudent", body) == ["11326"]


def test_what_only_the_minimum_brings(school1):
    before = counts()
    school1.create()
    added = {name: after - before[name] for name, after in counts().items()}
    assert {name for name, count in added.items() if count} == {
        *("Student", "Name", "NameKey", "StudentActivity"),
        *("StudentTrigger", "StudentValidationStatus"),
    }


def test_the_student_is_to_be_looked_at(school1):
    student = Student.objects.get(asn=school1.create())
    trigger = StudentTrigger.objects.get(pk=student.pk)
    assert trigger.version > student.version
    assert trigger.last_updated_object_name == "Student"
    assert StudentValidationStatus.objects.get(pk=student.pk).max_source_version == 0


def test_history_and_audit_belong_to_the_call(school1):
    response = school1.post("CreateStudent", bodies.create_student())
    call = ServiceCall.objects.get(pk=response.headers["PASI-Message-Id"])
    student = Student.objects.get(asn=response.json()["Id"])
    assert student.history.get().call_id == call.pk
    assert {row.call_id for row in Name.history.filter(student=student)} == {call.pk}
    answer = ServiceResponse.objects.get(pk=call.pk)
    assert (answer.outcome, answer.state_province_ids) == ("Applied", [student.asn])
    assert json.loads(call.body)["IdentificationRecord"]["FirstName"] == "Amélie"
    invariants.assert_database_is_sound()


def test_a_rejection_writes_nothing_but_its_record(school1):
    before = counts()
    body = bodies.create_student(
        IdentificationRecord=bodies.identification_record(
            BirthDate="2026-11-27", LastName="Doe ", DocumentType="StudentDocumentVerified"
        )
    )
    response = school1.post("CreateStudent", body)
    assert response.status_code == 422
    codes = [each["Code"] for each in response.json()["Rejections"]]
    # Everything else in this body takes effect before the birth date.
    assert codes == [
        *("11021", "11021", "11113", "11206", "11217", "11233", "11261", "12006"),
    ]
    assert counts() == before
    recorded = ServiceResponse.objects.get(pk=response.headers["PASI-Message-Id"])
    assert (recorded.outcome, recorded.http_status) == ("Rejected", 422)
    assert recorded.codes == sorted(set(codes))
    assert not Student.history.filter(call=recorded.call_id).exists()


def test_a_repeated_request_is_answered_from_the_record(school1):
    from tests.province_builder import caller_info

    body = bodies.create_student(CallerInfo=caller_info(ClientMessageID="once"))
    first, second = (school1.post("CreateStudent", body) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["PASI-Replayed"] == first.headers["PASI-Message-Id"]
    assert Student.objects.count() == 1


def test_for_the_ministry(ministry):
    asn = ministry.create()
    assert Student.objects.get(asn=asn).created_by_organization.code == "O.1"


def test_the_role_is_needed(db, school1):
    school1.client.roles = ["Submit Enrolment User"]
    school1.client.save_without_historical_record()
    response = school1.post("CreateStudent", bodies.create_student())
    assert (response.status_code, response.json()["code"]) == (403, "1007")


def test_another_school_is_refused(school1, school2):
    school1.code = school2.code
    response = school1.post("CreateStudent", bodies.create_student())
    assert (response.status_code, response.json()["code"]) == (403, "1008")
    assert Organization.objects.filter(code=school2.code).exists()


def test_queries(school1):
    # The code values are read once per process.
    school1.create()
    body = bodies.create_student()
    with CaptureQueriesContext(connection) as captured:
        applied(school1.post("CreateStudent", body))
    statements = [
        query["sql"]
        for query in captured
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))
    ]
    # Two more are the token's and its client's, before the service is called.
    assert len(statements) <= MOST_QUERIES + 2, "\n".join(sql[:100] for sql in statements)


def test_no_read_is_recorded_for_a_creation(school1):
    school1.create()
    assert not RecordRead.objects.exists()
