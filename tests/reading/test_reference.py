"""Codes, organizations, the catalogue, processors, and the client itself."""

import datetime
import io

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from enrolments.models import TranscriptRecord, TranscriptTrigger
from pasi import bulk, rules
from pasi.faults import FAULTS
from pasi.models import Code
from pasi.operations import SERVICES
from students.services import SERVICES as STUDENT_SERVICES
from tests.province_builder import make_school, make_student, set_up
from tests.reading.conftest import make_caller
from tests.reading.schema import check


def test_codes(ministry):
    with set_up():
        Code.objects.create(
            code_type="Gender",
            code="Z",
            short_name="Test",
            effective_school_year=2020,
            expiry_school_year=2021,
        )
    response = ministry.get("/api/codes/", {"CodeType": "gender"})
    check("/api/codes/", response)
    rows = response.json()["results"]
    assert [row["Code"] for row in rows] == ["F", "M", "U", "X", "Z"]
    assert rows[-1] == {
        "CodeType": "Gender",
        "Code": "Z",
        "ShortName": "Test",
        "LongName": None,
        "EffectiveSchoolYear": 2020,
        "ExpirySchoolYear": 2021,
    }
    assert len(ministry.results("/api/codes/", {"CodeType": "Gender,Grade", "Code": "x,12"})) == 2


def test_organizations(ministry):
    with set_up():
        make_school("S.0002", "A.0001", city="Lac-Sainte-Anne", access="LowRestriction")
        school = make_school("S.0001", "A.0001", name="École Été", city="Edmonton")
        school.opened_on = datetime.date(1990, 9, 1)
        school.closed_on = datetime.date(2020, 6, 30)
        school.classification = "Public"
        school.save()

    def codes(**parameters):
        response = ministry.get("/api/organizations/", parameters)
        check("/api/organizations/", response)
        return [row["OrganizationCode"] for row in response.json()["results"]]

    assert codes() == ["A.0001", "O.1", "S.0001", "S.0002"]
    assert codes(Kind="School,Ministry") == ["O.1", "S.0001", "S.0002"]
    assert codes(AuthorityCode="a.0001") == ["S.0001", "S.0002"]
    assert codes(City="LAC-SAINTE-ANNE,edmonton", Kind="School") == ["S.0001", "S.0002"]
    assert codes(Name="ecole ete") == codes(Classification="PUBLIC") == ["S.0001"]
    assert codes(Access="LowRestriction") == ["S.0002"]
    assert codes(OrganizationCode="s.0002,O.1") == ["O.1", "S.0002"]
    [row] = ministry.results("/api/organizations/", {"OrganizationCode": "S.0001"})
    assert row == {
        "OrganizationCode": "S.0001",
        "Name": "École Été",
        "Kind": "School",
        "AuthorityCode": "A.0001",
        "Classification": "Public",
        "City": "Edmonton",
        "OpenedOn": "1990-09-01",
        "ClosedOn": "2020-06-30",
        "Access": "Normal",
    }


# --- The catalogue ------------------------------------------------------------------------------


def catalogue(ministry, **parameters):
    response = ministry.get("/api/rules/", {"PageSize": "500", **parameters})
    check("/api/rules/", response)
    return response.json()["results"]


def test_every_rule_and_fault_is_in_the_catalogue(ministry):
    codes = [row["Code"] for row in catalogue(ministry)]
    expected = {rule.code for rule in rules.catalogue()} | set(FAULTS) | {"1002", "1004"}
    assert set(codes) == expected
    assert codes == sorted(codes, key=lambda code: (len(code), code))


def test_a_rule(ministry):
    [row] = catalogue(ministry, Code="44010")
    assert row == {
        "Code": "44010",
        "Title": "Credential Already Awarded",
        "Type": "Rejection",
        "Services": [
            "SubmitCredentialAwardingMultiple",
            "SubmitCredentialAwardingSingle",
            "SubmitCredentialDeleteReason",
        ],
        "Source": "PASI knowledge base",
        "Certainty": "confirmed",
        "Message": "No credential was awarded: student {StateProvinceID} already holds credential "
        "{Credential}.",
        "Placeholders": ["StateProvinceID", "Credential"],
        "FromSchoolYear": None,
        "ToSchoolYear": None,
        "IsRaised": True,
    }


def test_filters_of_the_catalogue(ministry):
    assert {row["Code"] for row in catalogue(ministry, Type="Fault", IsRaised="false")} == {
        "1002",
        "1004",
    }
    assert {row["Certainty"] for row in catalogue(ministry, Certainty="inferred")} == {"inferred"}
    assert catalogue(ministry, Services="Nothing") == []
    of_service = catalogue(ministry, Services="SubmitCredentialAwardingMultiple", Type="Rejection")
    assert len(of_service) == 9


@pytest.mark.parametrize("code", ["1001", "3001", "9001"])
def test_standard_faults_belong_to_every_service(ministry, code):
    [row] = catalogue(ministry, Code=code)
    assert (row["Type"], row["IsRaised"]) == ("Fault", True)
    assert row["Services"] == [service.operation for service in SERVICES]


def test_a_version_mismatch_belongs_to_services_that_take_a_version(ministry):
    [row] = catalogue(ministry, Code="3004")
    assert row["Services"] == [
        service.operation
        for service in SERVICES
        if service.takes_version and service.mismatch_is_fault
    ]
    assert "SubmitName" in row["Services"]
    assert "CreateStudent" not in row["Services"]


def test_the_written_catalogue_is_up_to_date():
    call_command("export_rules", "--check", stdout=io.StringIO())


def test_a_stale_catalogue_is_told(tmp_path):
    file = tmp_path / "rules.md"
    with pytest.raises(CommandError, match="out of date"):
        call_command("export_rules", "--check", "--output", str(file))
    call_command("export_rules", "--output", str(file), stdout=io.StringIO())
    assert file.read_bytes() == (settings.BASE_DIR / "docs" / "rules.md").read_bytes()
    file.write_text(file.read_text() + "x")
    with pytest.raises(CommandError, match="out of date"):
        call_command("export_rules", "--check", "--output", str(file))


# --- Processors ---------------------------------------------------------------------------------


def test_processors(ministry):
    with set_up():
        students = [make_student() for _ in range(3)]
        bulk.raise_triggers(
            TranscriptTrigger, TranscriptRecord, sorted(each.pk for each in students), "Test"
        )
    oldest = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    done, failed, _waiting = students
    TranscriptTrigger.objects.filter(pk=done.pk).update(last_updated_on=oldest)
    TranscriptTrigger.objects.filter(pk=failed.pk).update(last_updated_on=oldest.replace(day=3))
    TranscriptRecord.objects.filter(pk=done.pk).update(max_source_version=2**62)
    TranscriptRecord.objects.filter(pk=failed.pk).update(
        set_aside_at=timezone.now(), set_aside_error="x"
    )
    response = ministry.get("/api/processors/")
    check("/api/processors/", response)
    rows = {row.pop("Name"): row for row in response.json()["results"]}
    assert list(rows) == [
        "Student",
        "StudentSchoolEnrolment",
        "CourseEnrolment",
        "ResponsibleSchool",
        "Transcript",
    ]
    assert rows["Transcript"] == {
        "OutstandingTriggers": 2,
        "SetAside": 1,
        "OldestUtc": "2026-01-03T00:00:00.000000Z",
    }
    assert rows["Student"] == {"OutstandingTriggers": 0, "SetAside": 0, "OldestUtc": None}


# --- The client ---------------------------------------------------------------------------------


def test_the_client_itself(ministry):
    with set_up():
        make_school()
        reader = make_caller(
            "Two schools",
            organizations=["S.0001", "A.0001"],
            roles=["Submit Student User", "PASI System User"],
        )
    response = reader.get("/api/client/")
    check("/api/client/", response)
    assert response.json() == {
        "Name": "Two schools",
        "Organizations": ["A.0001", "S.0001"],
        "Roles": ["PASI System User", "Submit Student User"],
        # Of what these roles allow, awarding and merging numbers are for the ministry.
        "Services": [
            *(each.operation for each in STUDENT_SERVICES if not each.ministry_only),
            "SubmitStudentStatusAcknowledgement",
        ],
    }
    assert ministry.get("/api/client/").json()["Services"] == [
        service.operation for service in SERVICES
    ]


def test_a_client_without_organizations_sees_no_student(db):
    with set_up():
        make_student("100000001")
        reader = make_caller("Nobody", organizations=[])
    assert reader.results("/api/students/") == []
    assert reader.get("/api/students/100000001/").status_code == 404
    assert reader.get("/api/client/").json()["Organizations"] == []
