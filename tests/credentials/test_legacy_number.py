"""SubmitCredentialLegacyNumber over HTTP: set, changed, taken away; nothing else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall, ServiceResponse
from credentials.models import ArchivedCredential, AwardedCredential
from enrolments.models import ResponsibleSchoolTrigger, TranscriptTrigger
from pasi import bulk
from students.models import Student
from tests.credentials.calls import graduate
from tests.credentials.officer import (
    LEGACY,
    applied,
    make_officer,
    order,
    refused,
)
from tests.credentials.officer import award as award
from tests.credentials.officer import officer as officer
from tests.http.conftest import errors, fault
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import make_award, make_student, set_up

QUERIES = 17


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    assert_database_is_sound()
    assert_every_call_is_answered()


@pytest.fixture
def student(db) -> Student:
    with set_up():
        return graduate()


def test_set_changed_and_taken_away(award, officer, student):
    version = award.version
    for legacy, kept in (("OLD 7/é", "OLD 7/é"), ("L-8", "L-8"), (None, ""), ("9", "9"), ("", "")):
        answer = applied(officer.renumber(AwardedCredential.objects.get(), legacy))
        now = AwardedCredential.objects.get()
        assert answer == {
            "StateProvinceId": student.asn,
            "CredentialNumber": award.number_id,
            "CredentialType": "AHSD",
            "PASICoreVersion": now.version,
            "Rejections": [],
        }
        assert now.legacy_number == kept
        assert now.version > version
        version = now.version
    assert not ArchivedCredential.objects.exists()


def test_nothing_else_happens(award, officer, student):
    triggers = [
        trigger.objects.values_list("pk", "version").get()
        for trigger in (TranscriptTrigger, ResponsibleSchoolTrigger)
    ]
    before = Student.objects.get(pk=student.pk)
    applied(officer.renumber(award, "L-7"))
    assert triggers == [
        trigger.objects.values_list("pk", "version").get()
        for trigger in (TranscriptTrigger, ResponsibleSchoolTrigger)
    ]
    assert Student.objects.get(pk=student.pk).version == before.version


def test_history_and_audit(award, officer, student):
    response = officer.renumber(award, "L-7")
    call = ServiceCall.objects.get(pk=response.headers["PASI-Message-Id"])
    assert (call.operation, call.user_name) == (LEGACY, "Rita Clerk")
    recorded = ServiceResponse.objects.get(call=call)
    assert (recorded.outcome, recorded.body) == ("Applied", response.json())
    assert recorded.state_province_ids == [student.asn]
    rows = AwardedCredential.history.order_by("history_id")
    assert [(row.history_type, row.legacy_number) for row in rows] == [("+", ""), ("~", "L-7")]
    assert rows.last().call == call


def test_numbers_that_are_not_present(award, officer):
    assert refused(officer.renumber(award, "L-7", CredentialNumber=77), "0") == ["44002"]
    applied(officer.re_issue(award, SchoolYear=2025))
    now = AwardedCredential.objects.get()
    response = officer.renumber(award, "L-7", PASICoreVersion=now.version)
    assert refused(response, award.student.asn) == ["44002"]


def test_another_version(award, officer, student):
    assert refused(officer.renumber(award, "L-7", PASICoreVersion=1), student.asn) == ["44001"]
    version = bulk.latest_version() + 1
    assert refused(officer.renumber(award, "L-7", PASICoreVersion=version)) == ["9014"]


def test_a_deleted_award(award, officer):
    applied(officer.delete(award))
    gone = AwardedCredential.objects.get()
    assert refused(officer.renumber(gone, "L-7")) == ["44003"]
    assert refused(officer.renumber(gone, None)) == ["44003"]
    assert refused(officer.renumber(gone, "L-7", PASICoreVersion=0)) == ["44001"]


def test_nothing_to_do(award, officer):
    assert refused(officer.renumber(award, None)) == ["9023"]
    applied(officer.renumber(award, "L-7"))
    assert refused(officer.renumber(AwardedCredential.objects.get(), "L-7")) == ["9023"]
    applied(officer.renumber(AwardedCredential.objects.get(), "l-7"))


def test_orders_do_not_hinder(award, officer):
    order(award)
    applied(officer.renumber(award, "L-7"))


def test_two_awards_may_have_the_same(award, officer):
    with set_up():
        make_award(make_student(), "AHSD", 77, 2020)
    for each in AwardedCredential.objects.all():
        applied(officer.renumber(each, "L-7"))


def test_under_secondary_and_deactivated_numbers(officer):
    with set_up():
        awards = [
            make_award(make_student(primary=make_student()), "AHSD", 4321, 2025),
            make_award(make_student(is_deactivated=True), "AHSD", 4322, 2025),
        ]
    for each in awards:
        answer = applied(officer.renumber(each, "L-7"))
        assert answer["StateProvinceId"] == each.student.asn


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CredentialNumber", 2**31),
        ("CredentialNumber", None),
        ("PASICoreVersion", "1"),
        ("PASICoreVersion", None),
        ("LegacyCredentialNumber", "x" * 15),
        ("LegacyCredentialNumber", "two  spaces"),
        ("LegacyCredentialNumber", " L"),
        ("LegacyCredentialNumber", "\u20ac"),
        ("LegacyCredentialNumber", 7),
        ("DeleteReason", "Unknown property"),
    ],
)
def test_what_the_contract_refuses(award, officer, name, value):
    assert list(errors(officer.renumber(award, "L-7", **{name: value}))) == [name]


def test_who_may_not(award, officer):
    clerk = make_officer("Clerk", roles=["Submit Transcript User"])
    assert fault(clerk.renumber(award, "L-7")) == (403, "1007")


@pytest.mark.parametrize("times", [0, 6])
def test_queries_whatever_the_history(award, officer, times):
    for number in range(times):
        applied(officer.renumber(award, f"L-{number}"))
        award.refresh_from_db()
    with CaptureQueriesContext(connection) as captured:
        applied(officer.renumber(award, "NEW"))
    assert len(captured) == QUERIES, "\n".join(query["sql"][:100] for query in captured)
