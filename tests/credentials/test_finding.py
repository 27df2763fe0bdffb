"""Every number that an award ever had leads to it, over HTTP; the services made the awards."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials.credential_numbers import written
from credentials.finding import best_matches, find_by_number, number_in
from credentials.models import ArchivedCredential, AwardedCredential
from tests.credentials.calls import graduate
from tests.credentials.officer import Officer, applied, recalculated
from tests.credentials.officer import officer as officer
from tests.invariants import assert_database_is_sound
from tests.properties import given, st
from tests.province_builder import make_award, make_student, set_up


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    assert_database_is_sound()


@pytest.fixture
def award(officer) -> AwardedCredential:
    with set_up():
        student = graduate()
    made = officer.awarded(student)
    recalculated()
    return made


def present(award) -> AwardedCredential:
    return AwardedCredential.objects.get(pk=award.pk)


def leads_to(officer: Officer, number, award) -> str:
    """How `number` was found; it must lead to the award as it is now."""
    shown = officer.found(number)
    assert shown["CredentialNumber"] == present(award).number_id
    assert shown["PASICoreVersion"] == present(award).version
    return shown["MatchedBy"]


def test_a_re_issued_number(officer, award):
    applied(officer.renumber(award, "OLD-7"))
    now = applied(officer.re_issue(present(award), SchoolYear=2025))["CredentialNumber"]
    for form in (str, written):
        assert leads_to(officer, form(now), award) == "Current"
        assert leads_to(officer, form(award.number_id), award) == "Archived"
    assert leads_to(officer, "old-7", award) == "ArchivedLegacy"
    assert officer.found(now)["PriorCredentialNumbers"] == [award.number_id]


def test_a_legacy_number_while_the_award_has_it(officer, award):
    applied(officer.renumber(award, "OLD-7é"))
    assert leads_to(officer, "OLD-7E", award) == "Legacy"
    applied(officer.renumber(present(award), None))
    assert officer.found("OLD-7E") is None


def test_a_deleted_number_and_what_replaced_it(officer, award):
    applied(officer.delete(award))
    assert leads_to(officer, award.number_id, award) == "Current"
    assert officer.found(award.number_id)["IsDeleted"] is True
    recalculated()
    now = applied(officer.single(award.student))["CredentialNumber"]
    assert leads_to(officer, award.number_id, award) == "Archived"
    assert leads_to(officer, now, award) == "Current"
    assert officer.found(now)["IsDeleted"] is False


def test_the_best_match_comes_first(officer, award):
    """The same text is an archived number of one award and a legacy number of another."""
    former = str(award.number_id)
    applied(officer.re_issue(award, SchoolYear=2025))
    with set_up():
        other = make_award(make_student(), "COSC", 77, 2020)
        third = make_award(make_student(), "COSC", 78, 2020)
    applied(officer.renumber(other, former))
    applied(officer.renumber(third, former))
    assert leads_to(officer, former, award) == "Archived"
    rows = officer.get("/api/credentials/", CredentialNumber=former).json()["results"]
    assert [(row["CredentialNumber"], row["MatchedBy"]) for row in rows] == [
        *((77, "Legacy"), (78, "Legacy"), (present(award).number_id, "Archived")),
    ]


def test_an_award_that_is_found_in_several_ways_is_shown_once(officer, award):
    applied(officer.renumber(award, "L-7"))
    applied(officer.re_issue(present(award), SchoolYear=2025, LegacyCredentialNumber="L-7"))
    assert leads_to(officer, "L-7", award) == "Legacy"
    ask = f"L-7,{award.number_id},{present(award).number_id}"
    rows = officer.get("/api/credentials/", CredentialNumber=ask).json()["results"]
    assert [row["MatchedBy"] for row in rows] == ["Current"]


def test_the_archived_record_behind_a_number(officer, award):
    applied(officer.re_issue(award, SchoolYear=2025))
    archived = ArchivedCredential.objects.get()
    [found] = find_by_number([written(award.number_id)])
    assert found == (award.pk, "Archived", archived.pk)
    [found] = find_by_number([str(present(award).number_id)])
    assert found == (award.pk, "Current", None)
    assert best_matches([found]) == {award.pk: "Current"}


@pytest.mark.parametrize("times", [0, 8])
def test_queries_whatever_the_history(officer, award, times):
    for year in range(times):
        applied(officer.re_issue(present(award), SchoolYear=2030 + year))
    for path, parameters, expected in (
        (f"/api/credentials/{award.number_id}/", {}, 7),
        ("/api/credentials/", {"CredentialNumber": award.number_id}, 7),
    ):
        with CaptureQueriesContext(connection) as captured:
            response = officer.get(path, **parameters)
        assert response.status_code == 200
        assert len(captured) == expected, "\n".join(query["sql"][:100] for query in captured)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10000-00008", 1000000008),
        ("1000000008", 1000000008),
        ("00000-00077", 77),
        ("2147483647", 2147483647),
        ("2147483648", None),
        ("99999-99999", None),
        ("0000000000", None),
        ("77", None),
        ("1000-000008", None),
        ("10000-00008 ", None),
        ("\u0661" * 10, None),
        ("", None),
    ],
)
def test_what_is_a_number(text, number):
    assert number_in(text) == number


@given(st.integers(1, 2**31 - 1))
def test_a_number_is_read_as_it_is_written(number):
    assert number_in(written(number)) == number_in(f"{number:010d}") == number


def test_what_finds_nothing(officer, award):
    assert find_by_number([]) == find_by_number(["", "x" * 15, "%", "_"]) == []
    for text in ("%", "x" * 14, "77", "0000000000", "1000000009"):
        assert officer.found(text) is None
