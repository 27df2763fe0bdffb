"""GET /api/credentials/ and /api/credentials/{number}/."""

import datetime

import pytest

from credentials.models import ArchivedCredential, AwardedCredential, IssuedCredentialNumber
from tests.province_builder import make_award, make_enrolment, make_school, make_student, set_up
from tests.reading.conftest import make_caller
from tests.reading.schema import check

LIST, ONE = "/api/credentials/", "/api/credentials/{number}/"
TODAY = datetime.date(2026, 11, 22)


@pytest.fixture(autouse=True)
def fixed_today(settings):
    settings.PASI_TODAY = TODAY


def archive(award, number, call, legacy=""):
    """A number that `award` had before."""
    IssuedCredentialNumber.objects.create(number=number)
    ArchivedCredential.objects.create(
        award=award,
        number_id=number,
        credential_type=award.credential_type,
        school_year=award.school_year,
        first_name=award.first_name,
        last_name=award.last_name,
        awarded_on=award.awarded_on,
        legacy_number=legacy,
        version=1,
        call_id=call.message_id,
    )


@pytest.fixture
def awards(db):
    """Two awards of Ada Byron, one re-issued twice, and a deleted one of Grace Hopper."""
    with set_up() as call:
        ada = make_student("100000001", middle_name="King")
        diploma = make_award(ada, "AHSD", 1000000008, 2026)
        archive(diploma, 1000000016, call, legacy="Old-7É")
        archive(diploma, 1000000024, call)
        certificate = make_award(ada, "CHSA", 1000000032, 2025)
        certificate.legacy_number = "1000000008"  # looks like the other's number
        certificate.save()
        grace = make_student("100000002", first_name="Grace", last_name="Hopper")
        make_award(grace, "AHSD", 77, 2024, is_deleted=True)


def one(caller, number):
    return caller.get(f"/api/credentials/{number}/")


def found(caller, **parameters):
    return [each["CredentialNumber"] for each in caller.results(LIST, parameters)]


def test_an_award(ministry, awards):
    response = one(ministry, "10000-00008")
    check(ONE, response)
    award = AwardedCredential.objects.get(number=1000000008)
    assert response.json() == {
        "CredentialNumber": 1000000008,
        "CredentialType": "AHSD",
        "StateProvinceId": "100000001",
        "SchoolYear": 2026,
        "LastName": "Byron",
        "FirstName": "Ada",
        "MiddleName": "King",
        "Suffix": None,
        "AwardedOnDate": "2026-07-31",
        "LegacyCredentialNumber": None,
        "IsDeleted": False,
        "DeleteReason": None,
        "PASICoreVersion": award.version,
        "PriorCredentialNumbers": [1000000016, 1000000024],
        "MatchedBy": "Current",
    }


@pytest.mark.parametrize(
    ("asked", "number", "matched_by"),
    [
        ("1000000008", 1000000008, "Current"),
        ("10000-00008", 1000000008, "Current"),
        ("10000-00016", 1000000008, "Archived"),
        ("1000000024", 1000000008, "Archived"),
        ("old-7e", 1000000008, "ArchivedLegacy"),
        ("OLD-7É", 1000000008, "ArchivedLegacy"),
        ("0000000077", 77, "Current"),
        ("00000-00077", 77, "Current"),
    ],
)
def test_every_number_an_award_had_leads_to_it(ministry, awards, asked, number, matched_by):
    body = one(ministry, asked).json()
    assert (body["CredentialNumber"], body["MatchedBy"]) == (number, matched_by)
    if asked != "1000000008":
        [row] = ministry.results(LIST, {"CredentialNumber": asked})
        assert row == body


def test_the_list_shows_every_match_of_a_number(ministry, awards):
    rows = ministry.results(LIST, {"CredentialNumber": "1000000008,00000-00077"})
    assert [(row["CredentialNumber"], row["MatchedBy"]) for row in rows] == [
        (77, "Current"),
        (1000000008, "Current"),
        (1000000032, "Legacy"),
    ]


@pytest.mark.parametrize(
    "number", ["1000000009", "77", "9999999999", "10000-0000", "1000-000008", "%00", "x" * 15]
)
def test_an_unknown_number_is_absent(ministry, awards, number):
    response = one(ministry, number)
    assert response.status_code == 404
    check(ONE, response)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, [77, 1000000008, 1000000032]),
        ({"CredentialType": "ahsd"}, [77, 1000000008]),
        ({"CredentialType": "AHSD,CHSA", "SchoolYear": "2025,2026"}, [1000000008, 1000000032]),
        ({"StateProvinceId": "100000001"}, [1000000008, 1000000032]),
        ({"LastName": "hop*"}, [77]),
        ({"LastName": "byron", "FirstName": "grace"}, []),
        ({"AwardedOnDate": "2025-07-31"}, [1000000032]),
        ({"IsDeleted": "true"}, [77]),
        ({"IsDeleted": "false", "CredentialType": "CHSA"}, [1000000032]),
    ],
)
def test_filters(ministry, awards, parameters, expected):
    response = ministry.get(LIST, parameters)
    check(LIST, response)
    assert found(ministry, **parameters) == expected


def test_without_a_number_nothing_is_matched(ministry, awards):
    assert {row["MatchedBy"] for row in ministry.results(LIST)} == {None}


def test_others_see_active_awards_of_students_associated_by_last_enrolment_or_better(db, awards):
    with set_up():
        school = make_school()
        reader = make_caller("School", organizations=["S.0001"])
        stranger = make_caller("Stranger", organizations=["A.0002"])
        leaver = make_student("100000003")
        make_award(leaver, "AHSD", 1000000040, 2026)
        make_award(leaver, "CHSA", 1000000057, 2025, is_deleted=True)
        enrolment = make_enrolment(leaver, school, 2026, exit_date=datetime.date(2026, 6, 28))
    assert found(reader) == [1000000040]
    assert one(reader, "1000000040").status_code == 200
    for absent in ("1000000057", "1000000008"):
        assert one(reader, absent).status_code == 404
        assert found(reader, CredentialNumber=absent) == []
    assert found(stranger) == []
    assert one(stranger, "1000000040").status_code == 404
    with set_up():
        enrolment.exit_date = datetime.date(2026, 5, 21)  # recent, no longer the last
        enrolment.save()
    assert found(reader) == []
    assert one(reader, "1000000040").status_code == 404
