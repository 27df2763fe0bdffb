"""SubmitStudentDisclosureRestriction over HTTP: restrictions are added, changed, ended."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrolments.models import SchoolEnrolmentTrigger, StudentTrigger
from pasi.checks import CODES_OF_SERVICES
from students.models import DisclosureRestriction, Student
from students.services import SubmitStudentDisclosureRestriction
from tests import invariants
from tests.http.conftest import errors
from tests.province_builder import caller_info, make_enrolment, make_school, make_student, set_up
from tests.students import bodies
from tests.students.calls import applied, make_caller, version_of

SERVICE = "SubmitStudentDisclosureRestriction"
QUERIES = 32
OBJECT = "StudentDisclosureRestriction"


@pytest.fixture
def student(school1) -> Student:
    with set_up():
        made = make_student()  # born on 2008-05-17
        make_enrolment(made, make_school(), 2027)
    return made


def sent(student, *, version=None, asn=None, **changes) -> dict:
    """A new Caution with details, but for `changes`."""
    return {
        "CallerInfo": caller_info(),
        "StateProvinceId": asn or student.asn,
        "PASICoreVersion": version_of(student.asn) if version is None else version,
        "DisclosureRestrictionInfo": bodies.restriction(**changes),
    }


def submit(caller, student, **changes) -> DisclosureRestriction:
    answer = applied(caller.post(SERVICE, sent(student, **changes)))
    assert answer["PASICoreVersion"] == Student.objects.get(pk=student.pk).version
    return DisclosureRestriction.objects.get(pk=answer["Id"])


# --- What is written ----------------------------------------------------------------------------


def test_a_new_restriction(student, school1):
    made = submit(school1, student)
    assert (made.student_id, made.code, made.is_active) == (student.pk, "Caution", True)
    assert made.details == "Ask the principal first.\r\nSee the paper file."
    assert (made.effective_on, made.expires_on) == (
        datetime.date(2026, 1, 15),
        datetime.date(2029, 12, 31),
    )
    assert DisclosureRestriction.history.get().history_type == "+"
    assert version_of(student.asn) > student.version
    trigger = StudentTrigger.objects.get(pk=student.pk)
    assert trigger.last_updated_object_name == OBJECT
    shown = school1.get(f"/api/students/{student.asn}/")
    assert shown["HasDisclosureRestriction"] is True
    invariants.assert_database_is_sound()


def test_a_restriction_changes(student, school1):
    one = submit(school1, student)
    now = submit(
        school1,
        student,
        RefId=one.pk,
        DisclosureRestrictionCode="CourtOrdered",
        DisclosureRestrictionDetails=None,
        EffectiveDate="2026-02-01",
        ExpiryDate=None,
        IsActive=False,
    )
    assert now.pk == one.pk
    assert (now.code, now.details, now.is_active) == ("CourtOrdered", "", False)
    assert (now.effective_on, now.expires_on) == (datetime.date(2026, 2, 1), None)
    assert [row.history_type for row in DisclosureRestriction.history.order_by("history_id")] == [
        *("+", "~")
    ]
    assert DisclosureRestriction.objects.count() == 1
    invariants.assert_database_is_sound()


def test_enrolments_are_looked_at_again(student, school1):
    current = student.school_enrolments.get().pk
    with set_up():
        school = make_school()
        next_year = make_enrolment(make_student(primary=student), school, 2028).pk
        past = {year: make_enrolment(student, school, year).pk for year in (2024, 2025, 2026)}
        make_enrolment(student, school, 2027, is_deleted=True)
        make_enrolment(make_student(), school, 2027)
    raised = SchoolEnrolmentTrigger.objects
    one = submit(school1, student)  # from January 2026 on
    assert set(raised.values_list("pk", flat=True)) == {current, next_year, past[2026]}
    raised.all().delete()
    # Also what it reached before it was changed.
    submit(school1, student, RefId=one.pk, EffectiveDate="2025-06-28")
    assert set(raised.values_list("pk", flat=True)) == {
        *(current, next_year, past[2026], past[2025])
    }
    raised.all().delete()
    submit(school1, student, RefId=one.pk, EffectiveDate="2027-09-01")
    assert past[2025] in set(raised.values_list("pk", flat=True))
    assert set(raised.values_list("last_updated_object_name", flat=True)) == {OBJECT}


# --- Rejections, in their order -----------------------------------------------------------------


def test_the_codes_of_the_service():
    assert {rule.code for rule in SubmitStudentDisclosureRestriction.rules()} == (
        CODES_OF_SERVICES[SERVICE]
    )


def test_access(student, school1, ministry, limited):
    with set_up():
        make_school("S.0003", "A.0003")
        stranger = make_caller("S.0003")
        second = make_student(primary=student)
        gone = make_student(is_deactivated=True)
    # A wrong version and an unknown record: access comes first.
    wrong = {"version": 0, "RefId": 99}
    assert school1.refused(SERVICE, sent(student, asn="999999999", **wrong)) == ["9002"]
    assert limited.refused(SERVICE, sent(student, **wrong)) == ["9002"]
    assert stranger.refused(SERVICE, sent(student, **wrong)) == ["9065"]
    assert school1.refused(SERVICE, sent(second, **wrong)) == ["9011"]
    assert school1.refused(SERVICE, sent(gone, **wrong)) == ["9065"]
    for each in (second, gone):
        submit(ministry, each)
    assert school1.refused(SERVICE, sent(student, version=2**62)) == ["9014"]


def test_another_version_is_a_fault(student, school1):
    response = school1.post(SERVICE, sent(student, version=0, RefId=99))
    assert (response.status_code, response.json()["code"]) == (409, "3004")


def test_records_of_others_of_nobody_and_deleted_ones(student, school1, ministry):
    with set_up():
        other = make_student()
        deleted = DisclosureRestriction.objects.create(
            student=student,
            code="CourtOrdered",
            effective_on=datetime.date(2026, 1, 1),
            is_active=True,
            is_deleted=True,
        )
    of_other = submit(ministry, other)
    for ref_id in (of_other.pk, deleted.pk, 2_000_000_000, -1):
        # Judged before what is said in it.
        response = school1.post(SERVICE, sent(student, RefId=ref_id, EffectiveDate="1999-01-01"))
        [rejection] = response.json()["Rejections"]
        assert rejection["Code"] == "9006"
        assert "Disclosure Restriction" in rejection["Description"]


def test_content_is_collected_by_code(student, school1):
    submit(school1, student)
    changes = {
        "DisclosureRestrictionDetails": None,
        "EffectiveDate": "2008-05-16",
        "ExpiryDate": "2008-05-16",
    }
    assert school1.refused(SERVICE, sent(student, **changes)) == ["11101", "11113", "11120"]
    guardian = {"DisclosureRestrictionCode": "StudentOver18withGuardian"}
    sent_too_early = sent(student, **guardian, EffectiveDate="2026-05-16")
    assert school1.refused(SERVICE, sent_too_early) == ["11116"]
    submit(school1, student, **guardian, EffectiveDate="2026-05-17")


def test_one_of_a_kind_in_a_period(student, school1):
    one = submit(school1, student, ExpiryDate="2026-12-31")
    assert school1.refused(SERVICE, sent(student, EffectiveDate="2026-12-31")) == ["11111"]
    two = submit(school1, student, EffectiveDate="2027-01-01")
    grown = sent(student, RefId=one.pk, ExpiryDate="2027-01-01")
    assert school1.refused(SERVICE, grown) == ["11111"]
    # An inactive one is nobody's rival, and may become so at any time.
    submit(school1, student, RefId=two.pk, EffectiveDate="2027-01-01", IsActive=False)
    submit(school1, student, RefId=one.pk, ExpiryDate="2027-01-01")


def test_nothing_to_do(student, school1):
    one = submit(school1, student)
    assert school1.refused(SERVICE, sent(student, RefId=one.pk)) == ["9023"]
    # Content comes first.
    with set_up():
        DisclosureRestriction.objects.filter(pk=one.pk).update(details="")
    bare = sent(student, RefId=one.pk, DisclosureRestrictionDetails=None)
    assert school1.refused(SERVICE, bare) == ["11120"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DisclosureRestrictionCode", "Other", "is not a value of code list DisclosureRestriction"),
        ("DisclosureRestrictionCode", None, "is required"),
        ("DisclosureRestrictionDetails", "x" * 251, "must have at most 250 characters"),
        ("EffectiveDate", None, "is required"),
        ("ExpiryDate", "x", "must be a date as YYYY-MM-DD, alone or followed by a time"),
        ("IsActive", 1, "must be true or false"),
        ("RefId", None, "is required"),
        ("RefId", 2**31, f"must be between {-(2**31)} and {2**31 - 1}"),
        ("IsDeleted", True, "is not a property of the contract"),
    ],
)
def test_the_contract(student, school1, name, value, said):
    response = school1.post(SERVICE, sent(student, **{name: value}))
    assert errors(response) == {f"DisclosureRestrictionInfo.{name}": said}


@pytest.mark.parametrize("value", [None, [], "x"])
def test_the_restriction_is_required(student, school1, value):
    body = sent(student) | {"DisclosureRestrictionInfo": value}
    assert list(errors(school1.post(SERVICE, body))) == ["DisclosureRestrictionInfo"]


@pytest.mark.parametrize("count", [1, 15])
def test_queries(student, school1, count):
    with set_up():
        for number in range(count):
            make_enrolment(student, make_school(), 2026 - number)
            DisclosureRestriction.objects.create(
                student=student,
                code="CourtOrdered",
                effective_on=datetime.date(2010 + number, 1, 1),
                is_active=False,
            )
    last = DisclosureRestriction.objects.last().pk
    for changes in ({"RefId": last, "IsActive": False}, {}):
        body = sent(student, **changes)
        with CaptureQueriesContext(connection) as captured:
            applied(school1.post(SERVICE, body))
        assert sum("SAVEPOINT" not in query["sql"] for query in captured) <= QUERIES
