"""Awarding over a deleted award: the deleted number is archived and never comes back."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import ServiceCall
from credentials.credential_numbers import number_of
from credentials.models import ArchivedCredential, AwardedCredential, IssuedCredentialNumber
from tests.credentials.calls import award, outcomes
from tests.credentials.conftest import TODAY
from tests.invariants import assert_database_is_sound
from tests.province_builder import make_student, process, set_up


@pytest.fixture
def student(db):
    """Holds a deleted diploma, under a legacy number and a former name."""
    with set_up():
        made = make_student(
            first_name="Ada",
            last_name="Byron",
            achieved=["AHSD-2018"],
            marks=[("ELA3105", 2026, 5)],
            awards=[("AHSD", 4_321, 2019, True)],
        )
        former = made.awarded_credentials.get()
        former.last_name, former.legacy_number = "Milbanke", "L-77"
        former.save()
        return made


def test_the_deleted_number_goes_into_the_archive_as_it_was(student):
    former = AwardedCredential.objects.get(student=student)
    [response] = award(student.asn)
    archived = ArchivedCredential.objects.get()
    assert archived.award_id == former.pk
    for name in (
        *("credential_type", "number_id", "school_year", "first_name", "middle_name", "last_name"),
        *("suffix", "awarded_on", "legacy_number", "is_deleted", "delete_reason", "version"),
    ):
        assert getattr(archived, name) == getattr(former, name), name
    assert (archived.number_id, archived.last_name) == (4_321, "Milbanke")
    assert (archived.legacy_number, archived.is_deleted) == ("L-77", True)
    assert archived.call == ServiceCall.objects.latest("message_id")
    assert response["CredentialNumber"] != 4_321


def test_the_record_is_the_same_with_a_new_number(student):
    former = AwardedCredential.objects.get(student=student)
    [response] = award(student.asn)
    found = AwardedCredential.objects.get(student=student)
    assert found.pk == former.pk
    assert found.number_id == response["CredentialNumber"]
    assert (found.last_name, found.school_year, found.awarded_on) == ("Byron", 2026, TODAY)
    assert (found.legacy_number, found.is_deleted, found.delete_reason) == ("", False, "")
    assert found.version == response["PASICoreVersion"] > former.version
    assert found.created_at == former.created_at
    assert found.updated_at > former.updated_at
    latest = found.history.latest()
    assert (latest.history_type, latest.number_id) == ("~", found.number_id)
    assert latest.call == ServiceCall.objects.latest("message_id")
    assert_database_is_sound()


def test_no_number_is_issued_twice_however_often_it_is_deleted(student):

    numbers = [4_321]
    for _again in range(3):
        [response] = award(student.asn)
        numbers.append(response["CredentialNumber"])
        with set_up():
            found = AwardedCredential.objects.get(student=student)
            found.is_deleted, found.delete_reason = True, "Awarded by mistake"
            found.save()
            process(limit=10)
    assert len(set(numbers)) == 4
    assert (
        list(ArchivedCredential.objects.order_by("id").values_list("number", flat=True))
        == numbers[:3]
    )
    assert set(IssuedCredentialNumber.objects.values_list("number", flat=True)) == set(numbers)
    assert_database_is_sound()


def test_a_batch_of_fresh_and_repeated_awards_in_any_order(db):
    with set_up():
        made = []
        for position in range(9):
            deleted = [("AHSD", 100 + position, 2019, True)] if position % 3 == 1 else []
            other = [("COSC", 200 + position, 2018, True)] if position % 3 == 2 else []
            made.append(
                make_student(
                    first_name=f"Student{chr(65 + position)}",
                    achieved=["AHSD-2018"],
                    marks=[("ELA3105", 2020 + position % 5, 5)],
                    awards=deleted + other,
                )
            )
    asked = made[::-1]
    responses = award(*(student.asn for student in asked))
    for student, response in zip(asked, responses, strict=True):
        found = student.awarded_credentials.get(credential_type="AHSD")
        assert found.number_id == response["CredentialNumber"]
        assert found.version == response["PASICoreVersion"]
        assert found.first_name == student.legal_name.first_name
        assert found.school_year == student.official_marks.get().achievement_school_year
    assert ArchivedCredential.objects.count() == 3
    assert AwardedCredential.objects.filter(credential_type="COSC", is_deleted=True).count() == 3
    assert_database_is_sound()


def test_a_deleted_award_under_a_secondary_number_stays_where_it_is(db):
    with set_up():
        student = make_student(achieved=["AHSD-2018"], marks=[("ELA3105", 2026, 5)])
        secondary = make_student(primary=student, awards=[("AHSD", 55, 2019, True)])
    assert outcomes(student.asn) == ["AHSD"]
    assert secondary.awarded_credentials.get().number_id == 55
    assert student.awarded_credentials.get().is_deleted is False
    assert not ArchivedCredential.objects.exists()


def test_numbers_that_an_import_brought_are_skipped(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('credential_number')")
        [(base,)] = cursor.fetchall()
    with set_up():
        students = [
            make_student(achieved=["AHSD-2018"], marks=[("ELA3105", 2026, 5)]) for _ in range(3)
        ]
        for step in (1, 2, 4):
            make_student(awards=[("COSC", number_of(base + step), 2010, False)])
    numbers = [r["CredentialNumber"] for r in award(*(student.asn for student in students))]
    assert numbers == [number_of(base + step) for step in (3, 5, 6)]
    assert_database_is_sound()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credentials_archivedcredential SET last_name = 'X'",
        "DELETE FROM credentials_archivedcredential",
        "TRUNCATE credentials_archivedcredential",
    ],
)
def test_the_archive_is_append_only(student, statement):
    award(student.asn)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="pgtrigger: Cannot"), transaction.atomic():
            cursor.execute(statement)
    assert ArchivedCredential.objects.get().awarded_on == datetime.date(2019, 7, 31)
