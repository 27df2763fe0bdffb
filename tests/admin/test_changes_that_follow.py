"""Changes of the set-up that alerts hang on: which enrolments are looked at again."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall
from enrolments.models import CoreAlert, SchoolEnrolmentTrigger
from enrolments.triggers import raise_triggers
from pasi.models import Code, Organization
from tests.admin.conftest import address, save
from tests.enrolments.alert_fixtures import ENROLMENT, process
from tests.province_builder import make_enrolment, make_school, make_student, set_up

YEAR = 2027


@pytest.fixture(autouse=True)
def today(settings):
    settings.PASI_TODAY = datetime.date(2026, 11, 26)


@pytest.fixture
def school(db) -> Organization:
    with set_up():
        return make_school("S.0001", "A.0001", name="Old name")


def enrol(school, year=YEAR, student=None, **values) -> int:
    with set_up():
        return make_enrolment(student or make_student(), school, year, **values).pk


def submit(boss, record, **changes):
    """Save the page of a record with these values changed; what staff are told."""
    names = (
        ("code_type", "code", "short_name", "effective_school_year", "expiry_school_year")
        if isinstance(record, Code)
        else ("name", "authority_id", "classification", "access", "opened_on", "closed_on")
    )
    form = {name.removesuffix("_id"): getattr(record, name) for name in names}
    form = {name: "" if value is None else value for name, value in {**form, **changes}.items()}
    response = save(boss, record, form, follow=True)
    assert response.redirect_chain, response.context["adminform"].form.errors
    return [str(each) for each in response.context["messages"]]


def looked_at_again() -> set[int]:
    """Keys of the enrolments that have a trigger."""
    return set(SchoolEnrolmentTrigger.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "New name"}, False),
        ({"access": "HighRestriction"}, False),
        ({}, False),
        ({"classification": "Charter"}, True),
        ({"opened_on": "2026-10-01"}, True),
        ({"closed_on": "2030-06-30"}, True),
    ],
    ids=str,
)
def test_fields_of_a_school_that_rules_look_at(boss, school, changes, expected):
    one = enrol(school)
    told = submit(boss, school, **changes)
    assert looked_at_again() == ({one} if expected else set())
    assert any("1 enrolment is looked at again." in each for each in told) is expected


def test_of_the_last_year_and_later_ones(boss, school):
    with set_up():
        elsewhere = make_school("S.0002", "A.0001")
    enrol(school, YEAR - 2)
    enrol(school, is_deleted=True)
    enrol(elsewhere)
    expected = {enrol(school, year) for year in (YEAR - 1, YEAR, YEAR + 1)}
    told = submit(boss, school, opened_on="2026-10-01")
    assert looked_at_again() == expected
    assert "3 enrolments are looked at again." in told
    trigger = SchoolEnrolmentTrigger.objects.first()
    assert trigger.last_updated_object_name == "Organization"


def test_an_authority_concerns_its_schools_and_who_names_it_as_resident_board(boss, school):
    with set_up():
        other, stranger = make_school("S.0002", "A.0001"), make_school("S.0003", "A.0002")
    expected = {enrol(school), enrol(other), enrol(stranger, resident_board="0001")}
    enrol(stranger, resident_board="0002")
    submit(boss, school.authority, closed_on="2026-10-01")
    assert looked_at_again() == expected


def test_a_new_authority_makes_a_resident_board_known(boss, school):
    one = enrol(school, resident_board="0777")
    form = {"code": "A.0777", "kind": "Authority", "name": "New", "access": "Normal"}
    boss.post(address(Organization, "add"), form)
    assert Organization.objects.filter(code="A.0777").exists()
    assert looked_at_again() == {one}


def test_a_school_that_goes_to_another_authority(boss, school):
    """Whether an overlap is one within the authority hangs on it, at the other school too."""
    with set_up():
        other, student = make_school("S.0002", "A.0002"), make_student()
    expected = {enrol(school, student=student), enrol(other, student=student)}
    enrol(other)
    submit(boss, school, authority=other.authority_id)
    assert looked_at_again() == expected


@pytest.mark.parametrize(
    ("code_type", "code", "expected"),
    [("GrantsProgram", "302", True), ("EnrolmentType", "121", False)],
)
def test_the_years_of_a_code_value(boss, school, code_type, code, expected):
    one = enrol(school, grants_program_codes="211;302", enrolment_type_codes="121")
    enrol(school, grants_program_codes="211")
    value = Code.objects.get(code_type=code_type, code=code)
    submit(boss, value, short_name="Another name")
    assert looked_at_again() == set()
    submit(boss, value, expiry_school_year=YEAR - 1)
    assert looked_at_again() == ({one} if expected else set())


def test_the_alerts_follow(boss, school):
    one = enrol(school, grants_program_codes="302")
    with set_up():
        raise_triggers(ENROLMENT, [one], "Test")
    process()
    assert not CoreAlert.objects.filter(alert_code__in=[10005, 10029]).exists()
    submit(boss, school, opened_on="2026-10-01")
    submit(boss, Code.objects.get(code_type="GrantsProgram", code="302"), expiry_school_year=2026)
    process()
    codes = CoreAlert.objects.filter(alert_code__in=[10005, 10029])
    assert sorted(codes.values_list("alert_code", flat=True)) == [10005, 10029]


def test_a_form_that_is_refused_raises_nothing(boss, school):
    enrol(school)
    form = {"name": "", "authority": school.authority_id, "opened_on": "2026-10-01"}
    assert save(boss, school, form).status_code == 200
    assert looked_at_again() == set()
    assert ServiceCall.objects.get(operation="ChangeSetUp").response.outcome == "Fault"


def test_it_costs_the_same_however_many(boss, school):
    counts = []
    for more, day in ((1, "2026-10-01"), (30, "2026-10-02")):
        for _ in range(more):
            enrol(school)
        with CaptureQueriesContext(connection) as captured:
            submit(boss, school, opened_on=day)
        counts.append(len(captured))
        school.refresh_from_db()
    assert counts[0] == counts[1]
    assert len(looked_at_again()) == 31
