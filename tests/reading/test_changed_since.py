"""ChangedSinceVersion: nothing is lost to a transaction that was still writing."""

from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings

from pasi import bulk
from tests.province_builder import (
    make_alert,
    make_award,
    make_enrolment,
    make_school,
    make_student,
    set_up,
)
from tests.reading.conftest import make_caller
from tests.reading.test_paging import flat, walk


@pytest.fixture
def ministry(committed_database):
    with set_up():
        return make_caller()


@contextmanager
def writer():
    """A second connection, in a transaction that has announced its versions."""
    values = settings.DATABASES["default"]
    with psycopg.connect(
        host=values["HOST"] or None,
        port=values["PORT"] or None,
        user=values["USER"] or None,
        password=values["PASSWORD"] or None,
        dbname=values["NAME"],
    ) as connection:
        connection.execute(
            f"SELECT pg_advisory_xact_lock_shared({bulk.ANNOUNCEMENT_OFFSET} + last_value)"
            f" FROM {bulk.VERSION_SEQUENCE}"
        )
        yield connection


def changed(caller, since, path="/api/students/", name="StateProvinceId"):
    return [each[name] for each in caller.results(path, {"ChangedSinceVersion": str(since)})]


def test_records_come_in_the_order_of_their_versions(ministry):
    with set_up():
        first, second, third = (
            make_student(asn) for asn in ("300000003", "100000001", "200000002")
        )
    assert changed(ministry, first.version - 1) == ["300000003", "100000001", "200000002"]
    assert changed(ministry, first.version) == ["100000001", "200000002"]
    assert changed(ministry, third.version) == []
    with set_up():
        first.version = bulk.next_versions(1)[0]
        first.save()
    assert changed(ministry, second.version) == ["200000002", "300000003"]


def test_what_is_still_being_written_holds_later_versions_back(ministry):
    with set_up():
        early, late = make_student("100000001"), make_student("100000002")
    with writer() as other:
        [version] = other.execute(f"SELECT nextval('{bulk.VERSION_SEQUENCE}')").fetchone()
        other.execute("UPDATE students_student SET version = %s WHERE asn = '100000001'", [version])
        with set_up():
            newer = make_student("100000003")
        assert newer.version > version
        # The third is committed, but a lower version may still appear: it is not shown yet.
        assert changed(ministry, late.version) == []
        assert changed(ministry, early.version - 1) == ["100000001", "100000002"]
    assert changed(ministry, late.version) == ["100000001", "100000003"]


def test_pages_of_changes(ministry):
    with set_up():
        versions = [make_student(f"10000000{number}").version for number in (3, 1, 2)]
    url = f"/api/students/?ChangedSinceVersion={versions[0] - 1}&PageSize=2"
    first = ministry.get(url).json()
    second = ministry.get(first["next"]).json()
    assert [row["PASICoreVersion"] for row in first["results"] + second["results"]] == versions
    assert second["next"] is None
    assert ministry.get(second["previous"]).json()["results"] == first["results"]


def test_filters_and_visibility_hold_for_changes(ministry):
    with set_up():
        school = make_school()
        own = make_student("100000001", enrolments=[(school, 2999, None)])
        make_student("100000002")
        award = make_award(own, "AHSD", 1000000008, 2026)
        reader = make_caller("School", organizations=["S.0001"])
    assert changed(reader, 0) == ["100000001"]
    assert changed(ministry, 0) == ["100000001", "100000002"]
    for caller in (ministry, reader):
        assert changed(caller, award.version - 1, "/api/credentials/", "CredentialNumber") == [
            1000000008
        ]
        assert changed(caller, award.version, "/api/credentials/", "CredentialNumber") == []


def test_changes_of_enrolments(ministry):
    with set_up():
        student, school = make_student(), make_school()
        first, second = (make_enrolment(student, school, year) for year in (2026, 2027))

    def found(since: int) -> list[str]:
        return changed(ministry, since, "/api/school-enrolments/", "RefId")

    assert found(0) == [str(first.reference_id), str(second.reference_id)]
    with set_up():
        first.version = bulk.next_versions(1)[0]
        first.save()
    assert found(0) == [str(second.reference_id), str(first.reference_id)]
    assert found(second.version) == [str(first.reference_id)]
    assert found(first.version) == []


def test_changes_of_alerts_come_by_version_whatever_their_severity(ministry):
    path = "/api/core-alerts/"
    with set_up():
        enrolment = make_enrolment(make_student(), make_school(), 2027)
        advice = make_alert(enrolment, 10018)
        warning = make_alert(enrolment, 10033, "Warning")
        make_alert(enrolment, 10019)
    assert changed(ministry, 0, path, "AlertCode") == [10018, 10033, 10019]
    assert changed(ministry, warning.version, path, "AlertCode") == [10019]
    with set_up():  # acknowledged
        advice.version = bulk.next_versions(1)[0]
        advice.save()
    assert changed(ministry, 0, path, "AlertCode") == [10033, 10019, 10018]
    pages, last = walk(ministry, f"{path}?ChangedSinceVersion=0&PageSize=1")
    assert [row["AlertCode"] for row in flat(pages)] == [10033, 10019, 10018]
    back, _first = walk(ministry, last, "previous")
    assert back[::-1] == pages
    # The plain list goes by another key, so a place in the one is none in the other.
    cursor = ministry.get(f"{path}?ChangedSinceVersion=0&PageSize=1").json()["next"]
    mistaken = ministry.get(cursor.replace("ChangedSinceVersion=0", "AlertType=Advice"))
    assert [each["field"] for each in mistaken.json()["errors"]] == ["Cursor"]
