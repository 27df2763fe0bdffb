"""SubmitStudentLink over HTTP: a number becomes another's, and what follows; and back again."""

import datetime
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall, ServiceResponse
from credentials.models import AwardedCredential
from enrolments.models import CourseEnrolment, SchoolEnrolment
from enrolments.triggers import TABLES
from pasi import bulk
from students.models import DisclosureRestriction, Name, Student
from tests import invariants
from tests.http.conftest import errors, fault
from tests.province_builder import (
    caller_info,
    make_award,
    make_enrolment,
    make_mark,
    make_school,
    make_student,
    set_up,
)
from tests.students.calls import applied, make_caller, version_of
from tests.students.numbers import LINK, a_link, forget_triggers, link, now, raised

date = datetime.date
TODAY = date(2026, 11, 26)
AGE = {"maturity_date": date(2027, 9, 1), "maturity_reason": "AGE"}
QUERIES = [31, 31]


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()


@pytest.fixture
def pair(db) -> tuple[Student, Student]:
    """One person under two numbers: the one to be secondary, the one to be primary."""
    with set_up():
        return make_student("200000017", **AGE), make_student("200000025", **AGE)


# --- Linking ------------------------------------------------------------------------------------


def test_a_number_becomes_secondary(pair, ministry):
    secondary, primary = pair
    answer = link(ministry, secondary, primary)
    after, other = now(secondary), now(primary)
    assert answer == {"Id": secondary.asn, "PASICoreVersion": after.version, "Rejections": []}
    assert (after.status, after.primary_id) == ("Secondary", primary.pk)
    assert (other.status, other.primary_id) == ("Active", None)
    # Both records have changed: to whom the primary is shown may be another matter now.
    assert after.version > secondary.version and other.version > primary.version
    assert after.updated_at > secondary.updated_at and other.updated_at > primary.updated_at


def test_history_and_audit(pair, ministry):
    secondary, primary = pair
    response = ministry.post(LINK, a_link(secondary, primary))
    applied(response)
    call = ServiceCall.objects.get(pk=response.headers["PASI-Message-Id"])
    assert (call.operation, call.user_name, call.organization_code) == (LINK, "Rita Clerk", "O.1")
    recorded = ServiceResponse.objects.get(call=call)
    assert (recorded.outcome, recorded.body) == ("Applied", response.json())
    assert recorded.state_province_ids == [secondary.asn, primary.asn]
    for student, leads_to in ((secondary, primary.pk), (primary, None)):
        rows = Student.history.filter(id=student.pk).order_by("history_id")
        assert [row.history_type for row in rows] == ["+", "~"]
        assert (rows[1].primary_id, rows[1].call) == (leads_to, call)


def test_nothing_moves(pair, ministry):
    secondary, primary = pair
    with set_up():
        school = make_school()
        for student in pair:
            make_enrolment(student, school, 2027)
            make_mark(student, "ELA3105", 2026, 5, "75")
        make_award(secondary, "CHSA", 4321, 2026)
    models = (SchoolEnrolment, AwardedCredential, Name)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    link(ministry, secondary, primary)
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_several_numbers_of_one_person(pair, ministry):
    secondary, primary = pair
    with set_up():
        third = make_student()
    for each in (secondary, third):
        link(ministry, each, primary)
    assert set(now(primary).secondaries.all()) == {secondary, third}
    link(ministry, secondary, None)
    assert list(now(primary).secondaries.all()) == [third]


# --- Maturity -----------------------------------------------------------------------------------


def courses_of(*students: Student, years=range(2018, 2032)) -> None:
    """One that starts in the middle of each school year. Call inside set_up()."""
    for student in students:
        for year in years:
            CourseEnrolment.objects.create(
                reference_id=f"00000000-0000-0000-{year:04d}-{student.pk:012d}",
                student=student,
                school=make_school(),
                school_year=year,
                course_code="ELA3105",
                status="Active",
                start_date=date(year, 1, 15),
                version=bulk.next_versions(1)[0],
            )


def looked_at(student: Student) -> list[int]:
    """School years of the course enrolments that have a trigger."""
    found = student.course_enrolments.filter(pk__in=raised("CourseEnrolment"))
    return sorted(found.values_list("school_year", flat=True))


def test_the_primary_is_mature_by_the_secondarys_award(pair, ministry):
    secondary, primary = pair
    mature = {"maturity_date": date(2020, 9, 1), "maturity_reason": "CREDENTIAL"}
    with set_up():
        make_award(secondary, "AHSD", 4321, 2020)
        make_award(primary, "GHSD", 4322, 2025, is_deleted=True)
        for name, value in mature.items():
            setattr(secondary, name, value)
        secondary.save()
        courses_of(*pair)
    link(ministry, secondary, primary)
    other = now(primary)
    assert (other.maturity_date, other.maturity_reason) == tuple(mature.values())
    # What the primary has between the two dates; for the secondary's nothing has changed, but
    # they lie there under a number of the person.
    assert looked_at(primary) == list(range(2021, 2028))
    forget_triggers()
    link(ministry, secondary, None)
    other, after = now(primary), now(secondary)
    assert (other.maturity_date, other.maturity_reason) == tuple(AGE.values())
    assert (after.maturity_date, after.maturity_reason) == tuple(mature.values())
    assert looked_at(primary) == list(range(2021, 2028))
    assert looked_at(secondary) == []


def test_what_counted_for_the_secondary_counts_no_longer(pair, ministry):
    """The primary is younger; its date holds for what is under the secondary number, too."""
    secondary, primary = pair
    with set_up():
        secondary.maturity_date = date(2024, 9, 1)
        secondary.save()
        courses_of(*pair)
    link(ministry, secondary, primary)
    assert looked_at(secondary) == [2025, 2026, 2027]
    assert looked_at(primary) == []
    assert now(secondary).maturity_date == date(2024, 9, 1)
    forget_triggers()
    link(ministry, secondary, None)
    # Reckoned anew from its own birth date and awards, which are as old as the primary's.
    assert now(secondary).maturity_date == date(2027, 9, 1)
    assert looked_at(secondary) == looked_at(primary) == []


def test_awards_of_all_linked_numbers_count(pair, ministry):
    secondary, primary = pair
    with set_up():
        make_award(make_student(primary=primary), "GHSD", 4321, 2024)
    link(ministry, secondary, primary)
    assert now(primary).maturity_date == date(2024, 9, 1)
    link(ministry, secondary, None)
    assert now(primary).maturity_date == date(2024, 9, 1)


# --- Triggers -----------------------------------------------------------------------------------


def test_what_is_looked_at_again(pair, ministry):
    secondary, primary = pair
    with set_up():
        one, other, far = (make_school(f"S.000{number}") for number in (1, 2, 3))
        third = make_student(primary=primary)
        enrolments = [
            make_enrolment(secondary, one, 2027).pk,
            make_enrolment(secondary, one, 2005).pk,
            make_enrolment(primary, other, 2026).pk,
            make_enrolment(third, far, 2026).pk,
        ]
        make_enrolment(secondary, other, 2027, is_deleted=True)
        stranger = make_student(courses=[(one, 2027, None)])
        make_enrolment(stranger, one, 2027)
        # At a school and year where the other side has a school enrolment, and where it has not.
        courses = {
            student.pk: [
                CourseEnrolment.objects.create(
                    reference_id=f"00000000-0000-0000-{number:04d}-{student.pk:012d}",
                    student=student,
                    school=school,
                    school_year=year,
                    course_code="ELA3105",
                    status="Active",
                    is_deleted=is_deleted,
                    version=bulk.next_versions(1)[0],
                ).pk
                for number, (school, year, is_deleted) in enumerate(places)
            ]
            for student, places in (
                (secondary, [(other, 2026, False), (far, 2026, False), (other, 2027, False)]),
                (primary, [(one, 2027, False), (one, 2026, False), (other, 2026, False)]),
                (third, [(one, 2027, False), (one, 2027, True)]),
            )
        }
    concerned = {*courses[secondary.pk][:2], courses[primary.pk][0], courses[third.pk][0]}
    for to in (primary, None):
        forget_triggers()
        link(ministry, secondary, to)
        both = {secondary.pk, primary.pk}
        assert raised("StudentSchoolEnrolment") == set(enrolments)
        assert raised("CourseEnrolment") == concerned
        assert raised("Student") == raised("ResponsibleSchool") == both
        # A secondary number has no results of its own.
        assert raised("Transcript") == ({primary.pk} if to else both)
        for trigger, _status in TABLES.values():
            objects = set(trigger.objects.values_list("last_updated_object_name", flat=True))
            assert objects == {"StudentLink"}


# --- Undoing ------------------------------------------------------------------------------------


def test_undoing_leaves_everything_as_it_was(pair, ministry):
    secondary, primary = pair
    columns = [
        field.name
        for field in Student._meta.concrete_fields
        if field.name not in ("version", "updated_at")
    ]
    before = list(Student.objects.order_by("pk").values(*columns))
    link(ministry, secondary, primary)
    answer = link(ministry, secondary, None)
    assert answer["Id"] == secondary.asn
    assert answer["PASICoreVersion"] == now(secondary).version > secondary.version
    assert now(primary).version > primary.version
    assert list(Student.objects.order_by("pk").values(*columns)) == before
    assert now(secondary).status == "Active"
    link(ministry, primary, secondary)  # it was the other way round


def test_undoing_is_recorded_with_both_numbers(pair, ministry):
    secondary, primary = pair
    link(ministry, secondary, primary)
    response = ministry.post(LINK, a_link(secondary, None))
    recorded = ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])
    assert recorded.state_province_ids == [secondary.asn, primary.asn]


def test_what_happens_under_a_secondary_number_counts_when_it_stands_alone_again(pair, ministry):
    secondary, primary = pair
    link(ministry, secondary, primary)
    with set_up():
        make_award(secondary, "AHSD", 4321, 2025)
    link(ministry, secondary, None)
    assert now(secondary).maturity_date == date(2025, 9, 1)
    assert now(primary).maturity_date == date(2027, 9, 1)


# --- Rejections, in their order -----------------------------------------------------------------


def test_numbers_that_nobody_has(pair, ministry):
    secondary, primary = pair
    for changes in (
        {"SecondaryStateProvinceId": "999999999"},
        {"PrimaryStateProvinceId": "999999999"},
        {"SecondaryStateProvinceId": "999999999", "PrimaryStateProvinceId": None},
        {"SecondaryStateProvinceId": "999999999", "PrimaryStateProvinceId": "999999998"},
    ):
        response = ministry.post(LINK, a_link(secondary, primary, PASICoreVersion=0, **changes))
        [rejection] = response.json()["Rejections"]
        assert rejection["Code"] == "9002"
        assert "999999999" in rejection["Description"]
    recorded = ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])
    assert recorded.state_province_ids == ["999999999", "999999998"]


def test_versions(pair, ministry):
    secondary, primary = pair
    sent = a_link(secondary, primary, PASICoreVersion=bulk.latest_version() + 1)
    assert ministry.refused(LINK, sent) == ["9014"]
    # The primary's is not asked for. A wrong one comes before everything else that is wrong.
    for version in (0, primary.version, secondary.version - 1):
        for to in (primary, secondary):
            response = ministry.post(LINK, a_link(secondary, to, PASICoreVersion=version))
            assert fault(response) == (409, "3004")
    assert now(secondary).version == secondary.version


def test_nothing_to_do(pair, ministry):
    secondary, primary = pair
    assert ministry.refused(LINK, a_link(secondary, None)) == ["9023"]
    link(ministry, secondary, primary)
    assert ministry.refused(LINK, a_link(secondary, primary)) == ["9023"]


def test_which_numbers_cannot_be_linked(pair, ministry):
    secondary, primary = pair
    with set_up():
        gone = make_student(is_deactivated=True)
        third = make_student()
        of_third = make_student(primary=third)
    assert ministry.refused(LINK, a_link(secondary, secondary)) == ["99020"]
    assert ministry.refused(LINK, a_link(gone, primary)) == ["99021"]
    assert ministry.refused(LINK, a_link(secondary, gone)) == ["99021"]
    assert ministry.refused(LINK, a_link(secondary, of_third)) == ["99022"]
    assert ministry.refused(LINK, a_link(of_third, primary)) == ["99023"]
    assert ministry.refused(LINK, a_link(third, primary)) == ["99024"]
    assert ministry.refused(LINK, a_link(third, of_third)) == ["99022", "99024"]
    link(ministry, secondary, primary)
    # The way back, without undoing first.
    assert ministry.refused(LINK, a_link(primary, secondary)) == ["99022", "99024"]
    response = ministry.post(LINK, a_link(secondary, third))
    [rejection] = response.json()["Rejections"]
    assert (rejection["Code"], primary.asn in rejection["Description"]) == ("99023", True)
    # Who looks for the primary finds that the caller was told of it.
    recorded = ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])
    assert recorded.state_province_ids == [secondary.asn, third.asn, primary.asn]


def test_a_credential_under_both_numbers(pair, ministry):
    secondary, primary = pair
    with set_up():
        held = make_award(secondary, "AHSD", 4321, 2026)
        make_award(make_student(primary=primary), "AHSD", 4322, 2025)
        make_award(primary, "CHSA", 4323, 2025)
        make_award(secondary, "CHSA", 4324, 2025, is_deleted=True)
    assert ministry.refused(LINK, a_link(secondary, primary)) == ["99025"]
    with set_up():
        held.is_deleted, held.delete_reason = True, "The same diploma twice"
        held.save()
    link(ministry, secondary, primary)


def restrict(student: Student, code="CourtOrdered", **values) -> DisclosureRestriction:
    with set_up():
        return DisclosureRestriction.objects.create(
            **{
                "student": student,
                "code": code,
                "effective_on": date(2025, 1, 1),
                "is_active": True,
                **values,
            }
        )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["99026"]),
        ({"expires_on": TODAY}, ["99026"]),
        ({"effective_on": date(2030, 1, 1)}, ["99026"]),
        ({"expires_on": TODAY - datetime.timedelta(1)}, []),
        ({"is_active": False}, []),
        ({"is_deleted": True}, []),
    ],
)
def test_a_restriction_that_only_the_secondary_has(pair, ministry, values, expected):
    secondary, primary = pair
    restrict(secondary, **values)
    restrict(primary, "Caution")
    if expected:
        assert ministry.refused(LINK, a_link(secondary, primary)) == expected
        restrict(primary)
    link(ministry, secondary, primary)


def test_a_death_that_only_the_secondary_has(pair, ministry):
    secondary, primary = pair
    with set_up():
        secondary.is_deceased = True
        secondary.save()
    assert ministry.refused(LINK, a_link(secondary, primary)) == ["99027"]
    link(ministry, primary, secondary)


def test_a_refused_call_writes_nothing(pair, ministry):
    secondary, _primary = pair
    ministry.refused(LINK, a_link(secondary, secondary))
    assert [now(each).version for each in pair] == [each.version for each in pair]
    assert Student.history.count() == 2
    assert raised("Student") == set()


# --- Who may, and the contract ------------------------------------------------------------------


def test_the_ministry_only(pair, school1):
    secondary, primary = pair
    with set_up():
        clerk = make_caller("O.1", roles=("Submit Student User", "Submit Enrolment User"))
        system_of_a_school = make_caller("A.0001", roles=("PASI System User",))
    for caller in (school1, clerk, system_of_a_school):
        assert fault(caller.post(LINK, a_link(secondary, primary))) == (403, "1007")
    assert now(secondary).status == "Active"


DIGITS = "must be nine digits, 000000001 to 999999999"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SecondaryStateProvinceId": None}, "is required"),
        ({"SecondaryStateProvinceId": "1"}, DIGITS),
        ({"SecondaryStateProvinceId": 200_000_017}, "must be a text"),
        ({"PrimaryStateProvinceId": "000000000"}, DIGITS),
        ({"PASICoreVersion": None}, "is required"),
        ({"PASICoreVersion": "1"}, "must be an integer"),
        ({"StateProvinceId": "200000017"}, "is not a property of the contract"),
    ],
)
def test_the_contract(pair, ministry, change, said):
    response = ministry.post(LINK, a_link(*pair, **change))
    assert errors(response) == {next(iter(change)): said}


def test_everything_that_is_wrong_at_once(ministry):
    sent = {"CallerInfo": caller_info(), "PrimaryStateProvinceId": [], "IsLinked": True}
    assert list(errors(ministry.post(LINK, sent))) == [
        *("PrimaryStateProvinceId", "SecondaryStateProvinceId", "PASICoreVersion", "IsLinked"),
    ]


@pytest.mark.parametrize("absent", [None, ""])
def test_null_and_empty_are_absent(pair, ministry, absent):
    secondary, primary = pair
    link(ministry, secondary, primary)
    applied(ministry.post(LINK, {**a_link(secondary, None), "PrimaryStateProvinceId": absent}))
    assert now(secondary).status == "Active"


def test_a_repeat_is_answered_from_the_record(pair, ministry):
    secondary, primary = pair
    sent = json.dumps(a_link(secondary, primary)).encode()
    first = ministry.post(LINK, sent)
    applied(first)
    link(ministry, secondary, None)
    second = ministry.post(LINK, sent)
    assert second.json() == first.json()
    assert second.headers["PASI-Replayed"] == first.headers["PASI-Message-Id"]
    assert now(secondary).status == "Active"


# --- Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("history", [1, 12])
def test_queries_whatever_the_history(pair, ministry, history):
    """Linking and undoing, with enrolments, courses, awards and other numbers of the person."""
    secondary, primary = pair
    with set_up():
        school = make_school()
        make_award(secondary, "AHSD", 4321, 2020)
        for number in range(history):
            other = make_student(primary=primary)
            for student in (secondary, primary, other):
                make_enrolment(student, school, 2000 + number)
            make_award(other, "CHSA", 5000 + number, 2020)
        courses_of(*pair, years=range(2026 - history, 2027))
    for number in range(history):
        restrict(primary, effective_on=date(2025, 1, 1 + number))
    counts = []
    for to in (primary, None):
        with CaptureQueriesContext(connection) as captured:
            link(ministry, secondary, to)
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in captured))
    assert version_of(primary.asn) > primary.version
    assert counts == QUERIES
