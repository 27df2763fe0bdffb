"""The pages of an award and of its former numbers, after the services have changed it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials.credential_numbers import written
from credentials.models import ArchivedCredential, AwardedCredential
from tests.admin.conftest import address
from tests.admin.test_student_page import text_of
from tests.credentials.calls import graduate
from tests.credentials.officer import applied, recalculated
from tests.credentials.officer import officer as officer
from tests.province_builder import set_up


@pytest.fixture
def award(officer, settings) -> AwardedCredential:
    """Renumbered, re-issued, deleted, and awarded anew."""
    settings.PASI_TODAY = datetime.date(2026, 7, 31)
    with set_up():
        student = graduate()
    made = officer.awarded(student)
    applied(officer.renumber(made, "OLD-7"))
    made.refresh_from_db()
    applied(officer.re_issue(made, SchoolYear=2024))
    made.refresh_from_db()
    applied(officer.delete(made, "WrongStudent"))
    recalculated()
    applied(officer.single(student, "AHSD", 2025))
    made.refresh_from_db()
    return made


def page(boss, record) -> str:
    response = boss.get(address(type(record), "change", record.pk))
    assert response.status_code == 200
    return text_of(response)


def test_an_award_shows_its_numbers_through_time(boss, award):
    first, second = ArchivedCredential.objects.order_by("pk")
    shown = page(boss, award)
    assert written(award.number_id) in shown
    places = [shown.index(written(each.number_id)) for each in (first, second)]
    assert places == sorted(places)
    for text in ("2025/2026", "2023/2024", "2024/2025", "OLD-7", "Awarded to the wrong student"):
        assert text in shown
    for text in (
        "2026-07-31 to 2026-",
        "Re-issued: the school year 2025/2026 became 2023/2024. By Rita Clerk, through "
        "SubmitCredentialReIssue",
        "Deleted: Awarded to the wrong student. Then the credential was awarded anew",
        "By Rita Clerk, through SubmitCredentialAwardingSingle",
        f"{written(award.number_id)} The number now since 2026-07-31",
    ):
        assert text in shown
    response = boss.get(address(AwardedCredential, "change", award.pk)).content.decode()
    for former in (first, second):
        assert address(ArchivedCredential, "change", former.pk) in response


def test_a_deleted_award_says_why_first(boss, award, officer):
    for reason, text in (("Revoked", "Revoked"), ("By <b>mistake</b>", "By &lt;b&gt;mistake")):
        award.refresh_from_db()
        applied(officer.delete(award, reason))
        response = boss.get(address(AwardedCredential, "change", award.pk))
        assert f"This credential is deleted: {text}" in response.content.decode()


def test_a_former_number_leads_to_the_present_one(boss, award):
    former = ArchivedCredential.objects.first()
    shown = page(boss, former)
    assert written(former.number_id) in shown
    assert written(award.number_id) in shown
    assert "SubmitCredentialReIssue" in shown or "SubmitCredentialAwardingSingle" in shown
    response = boss.get(address(ArchivedCredential, "change", former.pk)).content.decode()
    assert address(AwardedCredential, "change", award.pk) in response


def test_the_history_names_each_call(boss, award):
    shown = text_of(boss.get(address(AwardedCredential, "history", award.pk)))
    for operation in ("AwardingMultiple", "LegacyNumber", "ReIssue", "DeleteReason"):
        assert f"SubmitCredential{operation}" in shown


@pytest.mark.parametrize("model", [AwardedCredential, ArchivedCredential])
def test_nothing_can_be_changed_here(boss, award, model):
    record = model.objects.first()
    values = {"last_name": "Forged", "school_year": "1999", "number": "1", "legacy_number": "X"}
    for path in (address(model, "change", record.pk), address(model, "delete", record.pk)):
        assert boss.post(path, values).status_code == 403
    assert boss.get(address(model, "add")).status_code == 403
    assert model.objects.get(pk=record.pk).last_name == record.last_name


def test_found_by_every_number(boss, award):
    for text in (
        written(award.number_id),
        *(str(each.number_id) for each in ArchivedCredential.objects.all()),
        "old-7",
    ):
        response = boss.get(address(AwardedCredential, "changelist"), {"q": text})
        assert list(response.context["cl"].result_list) == [award]


def test_the_page_costs_the_same_with_many_numbers(boss, award, officer):
    path = address(AwardedCredential, "change", award.pk)
    boss.get(path)
    counts = []
    for year in (None, 2020, 2021, 2022, 2023):
        if year:
            award.refresh_from_db()
            applied(officer.re_issue(award, SchoolYear=year))
        with CaptureQueriesContext(connection) as captured:
            boss.get(path)
        counts.append(len(captured))
    assert len(set(counts)) == 1
