"""GET /api/students/ and /api/students/{asn}/."""

import datetime

import pytest

from students.models import (
    CitizenshipStatus,
    DisclosureRestriction,
    EmailAddress,
    MailingAddress,
    Name,
    PhoneNumber,
)
from tests.province_builder import make_enrolment, make_name, make_school, make_student, set_up
from tests.reading.conftest import make_caller
from tests.reading.schema import check

LIST, ONE = "/api/students/", "/api/students/{asn}/"
IDENTITY = {
    "StateProvinceId",
    "PrimaryStateProvinceId",
    "Status",
    "FirstName",
    "MiddleName",
    "LastName",
    "Suffix",
    "BirthDate",
    "Gender",
    "HasDisclosureRestriction",
    "PASICoreVersion",
}
WHOLE = IDENTITY | {
    "IdentificationRecord",
    "Names",
    "MailingAddresses",
    "PhoneNumbers",
    "EmailAddresses",
    "CitizenshipStatuses",
    "DisclosureRestrictions",
    "Section23Eligibility",
    "IsDeceased",
    "DateOfDeath",
    "MaturityDate",
    "MaturityReason",
    "CreatedOnUtc",
    "LastUpdateUtcTime",
}
TODAY = datetime.date(2026, 11, 22)


@pytest.fixture(autouse=True)
def fixed_today(settings):
    settings.PASI_TODAY = TODAY


def one(caller, asn):
    return caller.get(f"/api/students/{asn}/")


def found(caller, **parameters):
    return [each["StateProvinceId"] for each in caller.results(LIST, parameters)]


# --- One student --------------------------------------------------------------------------------


def test_the_whole_record(ministry):
    with set_up():
        school = make_school()
        student = make_student(
            "100000001",
            middle_name="King",
            suffix="Jr.",
            section23_eligibility="Y",
            document_type="AlbertaBirthCertificate",
            document_number="1234",
            document_issue_date=datetime.date(2010, 1, 2),
            maturity_date=datetime.date(2028, 9, 1),
            maturity_reason="AGE",
        )
        added = datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.UTC)
        alias = make_name(
            student,
            last_name="Lovelace",
            effective_on=added,
            updated_at=added,
            created_by_organization=school,
        )
        student.preferred_name = alias
        student.save()
        make_name(student, last_name="Gone", is_deleted=True)
        MailingAddress.objects.create(
            student=student,
            address_type="Mailing",
            street="1 Main Street\r\nUnit 2",
            country="Canada",
            effective_on=TODAY,
            updated_at=added,
        )
        CitizenshipStatus.objects.create(
            student=student,
            citizenship_status="5",
            guardian_citizenship_status="1",
            effective_on=TODAY,
            updated_at=added,
        )
        restriction = DisclosureRestriction.objects.create(
            student=student, code="Caution", effective_on=TODAY, is_active=True, updated_at=added
        )
        phone = PhoneNumber.objects.create(
            student=student,
            phone_type="Home",
            number="4035551234",
            extension="12",
            is_listable="N",
            effective_on=TODAY,
            updated_at=added,
        )
        email = EmailAddress.objects.create(
            student=student, email_address="ada@example.org", updated_at=added
        )
        for part in (phone, email):
            type(part).objects.create(
                **{
                    field.attname: getattr(part, field.attname)
                    for field in part._meta.concrete_fields
                    if not field.primary_key
                }
                | {"is_deleted": True}
            )
    response = one(ministry, "100000001")
    check(ONE, response)
    body = response.json()
    assert set(body) == WHOLE
    assert body["LastName"] == "Byron"  # the legal name, not the preferred one
    assert body["IdentificationRecord"] == {
        "FirstName": "Ada",
        "MiddleName": "King",
        "LastName": "Byron",
        "Suffix": "Jr.",
        "BirthDate": "2008-05-17",
        "DocumentType": "AlbertaBirthCertificate",
        "DocumentNumber": "1234",
        "DocumentIssueDate": "2010-01-02",
        "IsNameExact": True,
    }
    preferred, legal = sorted(body["Names"], key=lambda name: name["IsLegal"])
    assert (legal["IsLegal"], legal["IsPreferred"], legal["IsOriginal"]) == (True, False, True)
    assert preferred == {
        "RefId": alias.pk,
        "FirstName": "Ada",
        "MiddleName": None,
        "LastName": "Lovelace",
        "Suffix": None,
        "IsLegal": False,
        "IsPreferred": True,
        "IsOriginal": False,
        "EffectiveOn": "2026-01-02T03:04:05.000006Z",
        "CreatedByOrganizationCode": "S.0001",
        "UpdatedByOrganizationCode": None,
        "LastUpdateUtcTime": "2026-01-02T03:04:05.000006Z",
    }
    [address] = body["MailingAddresses"]
    assert (address["City"], address["EffectiveDate"]) == (None, "2026-11-22")
    assert address["AddressFormat"] == "Mail-CA"
    [citizenship] = body["CitizenshipStatuses"]
    assert citizenship["GuardianCitizenshipStatus"] == "1"
    assert body["DisclosureRestrictions"] == [
        {
            "RefId": restriction.pk,
            "DisclosureRestrictionCode": "Caution",
            "DisclosureRestrictionDetails": None,
            "EffectiveDate": "2026-11-22",
            "ExpiryDate": None,
            "IsActive": True,
            "LastUpdateUtcTime": "2026-01-02T03:04:05.000006Z",
        }
    ]
    assert body["HasDisclosureRestriction"] is True
    assert body["PhoneNumbers"] == [
        {
            "RefId": phone.pk,
            "Type": "Home",
            "Number": "4035551234",
            "Extension": "12",
            "IsListable": "N",
            "EffectiveDate": "2026-11-22",
            "ExpiryDate": None,
            "LastUpdateUtcTime": "2026-01-02T03:04:05.000006Z",
        }
    ]
    assert body["EmailAddresses"] == [
        {
            "RefId": email.pk,
            "EmailAddress": "ada@example.org",
            "LastUpdateUtcTime": "2026-01-02T03:04:05.000006Z",
        }
    ]
    assert (body["MaturityDate"], body["MaturityReason"]) == ("2028-09-01", "AGE")
    assert body["PASICoreVersion"] == student.version


def test_the_identification_record_is_the_present_identity(ministry):
    """After a change of the legal name: the original name is among the names, no more."""
    with set_up():
        student = make_student("100000001", first_name="Ada", last_name="Byron")
        make_student("100000002", primary=student)
        student.legal_name = make_name(student, "Ada", "Joy", "Lovelace", "Jr.", was_legal=True)
        student.preferred_name = student.legal_name
        student.save()
    for asn in ("100000001", "100000002"):
        body = one(ministry, asn).json()
        record = body["IdentificationRecord"]
        for part, value in [
            ("FirstName", "Ada"),
            ("MiddleName", "Joy"),
            ("LastName", "Lovelace"),
            ("Suffix", "Jr."),
        ]:
            assert record[part] == body[part] == value
        kinds = {
            name["LastName"]: (name["IsLegal"], name["IsPreferred"], name["IsOriginal"])
            for name in body["Names"]
        }
        assert kinds == {"Lovelace": (True, True, False), "Byron": (False, False, True)}


def test_names_are_shown_newest_first(ministry):
    def noon(day: int) -> datetime.datetime:
        return datetime.datetime(2026, 1, day, 12, tzinfo=datetime.UTC)

    with set_up():
        student = make_student("100000001")
        Name.objects.filter(student=student).update(effective_on=noon(2))
        make_name(student, last_name="First", effective_on=noon(1))
        make_name(student, last_name="Third", effective_on=noon(3))
        make_name(student, last_name="Third too", effective_on=noon(3))
    shown = [name["LastName"] for name in one(ministry, "100000001").json()["Names"]]
    assert shown == ["Third too", "Third", "Byron", "First"]


def test_a_secondary_number_answers_with_the_primarys_parts(ministry):
    with set_up():
        primary = make_student("100000001", first_name="Grace", last_name="Hopper")
        secondary = make_student("100000002", primary=primary)
    response = one(ministry, "100000002")
    check(ONE, response)
    body = response.json()
    of_primary = one(ministry, "100000001").json()
    own = {
        "StateProvinceId",
        "PrimaryStateProvinceId",
        "Status",
        "PASICoreVersion",
        "CreatedOnUtc",
        "LastUpdateUtcTime",
    }
    assert (body["StateProvinceId"], body["Status"]) == ("100000002", "Secondary")
    assert body["PrimaryStateProvinceId"] == "100000001"
    assert body["PASICoreVersion"] == secondary.version
    assert {k: v for k, v in body.items() if k not in own} == {
        k: v for k, v in of_primary.items() if k not in own
    }
    assert of_primary["PrimaryStateProvinceId"] is None
    [row] = [r for r in ministry.results(LIST) if r["StateProvinceId"] == "100000002"]
    assert row == {name: body[name] for name in IDENTITY}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"is_active": True}, True),
        ({"is_active": False}, False),
        ({"is_active": True, "expires_on": TODAY}, True),
        ({"is_active": True, "expires_on": TODAY - datetime.timedelta(days=1)}, False),
        ({"is_active": True, "is_deleted": True}, False),
    ],
)
def test_a_restriction_counts_while_active_and_not_expired(ministry, values, expected):
    with set_up():
        student = make_student("100000001")
        DisclosureRestriction.objects.create(
            student=student, code="Caution", effective_on=TODAY, **values
        )
        make_student("100000002", primary=student)
    shown = [each["HasDisclosureRestriction"] for each in ministry.results(LIST)]
    assert shown == [expected, expected]
    assert one(ministry, "100000001").json()["HasDisclosureRestriction"] is expected


@pytest.mark.parametrize("asn", ["100000009", "1", "abc", "100000001x", "%00", "1000-0000-1"])
def test_an_unknown_number_is_absent(ministry, asn):
    with set_up():
        make_student("100000001")
    response = one(ministry, asn)
    assert response.status_code == 404
    check(ONE, response)
    assert response.json()["code"] is None


# --- Who sees what ------------------------------------------------------------------------------


@pytest.fixture
def province():
    """A student of S.0001, one of S.0002 under another authority, one deactivated."""
    with set_up():
        own, other = make_school(), make_school("S.0002", "A.0002")
        here = make_student("100000001")
        make_enrolment(here, own, 2027)
        there = make_student("100000002")
        make_enrolment(there, other, 2027)
        gone = make_student("100000003", is_deactivated=True)
        make_enrolment(gone, own, 2027)


def test_an_organization_sees_its_own_students_in_full(db, province):
    with set_up():
        school = make_caller("School", organizations=["S.0001"])
        authority = make_caller("Authority", organizations=["A.0001"])
        both = make_caller("Both", organizations=["S.0001", "S.0002"])
    assert found(school) == found(authority) == ["100000001"]
    assert found(both) == ["100000001", "100000002"]
    response = one(school, "100000001")
    check(ONE, response)
    assert set(response.json()) == WHOLE


def test_others_are_recognised_by_their_identity(db, province):
    with set_up():
        school = make_caller("School", organizations=["S.0001"])
    response = one(school, "100000002")
    check(ONE, response)
    assert set(response.json()) == IDENTITY


def test_limited_access_sees_only_its_own(db, province):
    with set_up():
        make_school("S.0003", "A.0003", access="LowRestriction")
        limited = make_caller("Limited", organizations=["S.0003"])
    assert one(limited, "100000002").status_code == 404
    assert found(limited) == []


def test_a_deactivated_number_is_for_the_ministry_only(ministry, province):
    with set_up():
        school = make_caller("School", organizations=["S.0001"])
    assert one(school, "100000003").status_code == 404
    body = one(ministry, "100000003").json()
    assert (body["Status"], set(body)) == ("Deactivated", WHOLE)
    assert found(ministry) == ["100000001", "100000002", "100000003"]


def test_the_header_chooses_one_of_the_clients_organizations(db, province):
    with set_up():
        both = make_caller("Both", organizations=["A.0001", "A.0002"])
    for code, expected in [
        ("A.0001", ["100000001"]),
        ("s.0002", ["100000002"]),  # a school of an authority of the client; either case
    ]:
        response = both.get(LIST, **{"PASI-Organization-Code": code})
        assert [each["StateProvinceId"] for each in response.json()["results"]] == expected
    for code in ("S.0003", "O.1", "nonsense", "S.000\x8e"):
        response = both.get(LIST, **{"PASI-Organization-Code": code})
        assert (response.status_code, response.json()["code"]) == (403, "1008")
