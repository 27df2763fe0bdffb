"""Orders of documents in the back office: one, what becomes of it, and many at once."""

import csv
import datetime
import html
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import RecordRead, ServiceCall
from credentials.credential_numbers import written
from credentials.models import AwardedCredential, AwardingRun, DocumentOrderItem
from pasi.models import Organization
from tests import invariants
from tests.admin.conftest import address, signed_in, staff
from tests.admin.test_service_forms import as_shown, errors
from tests.admin.test_student_page import text_of
from tests.credentials.calls import award, graduate
from tests.credentials.officer import applied
from tests.credentials.officer import officer as officer
from tests.province_builder import make_enrolment, make_school, set_up

BULK = "/admin/credentials/awardedcredential/order-documents/"


@pytest.fixture
def olive(db, settings) -> Client:
    settings.PASI_TODAY = datetime.date(2026, 7, 31)
    return signed_in(staff("olive", "Credential Officer", first_name="Olive"))


@pytest.fixture
def awards(olive) -> list[AwardedCredential]:
    """Three, of one run; the first student is at a school."""
    with set_up():
        students = [graduate() for _each in range(3)]
        make_enrolment(students[0], make_school("S.0001", "A.0001"), 2026)
    award(*(student.asn for student in students))
    return list(AwardedCredential.objects.order_by("pk"))


def order_page(each: AwardedCredential) -> str:
    return reverse("admin:order_document", args=[each.pk])


def status_page(item: DocumentOrderItem) -> str:
    return reverse("admin:order_status", args=[item.pk])


def shown(response) -> str:
    return html.unescape(text_of(response))


def table(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def ordered() -> set[int]:
    return set(DocumentOrderItem.objects.values_list("number", flat=True))


# --- One ----------------------------------------------------------------------------------------


def test_ordering_a_document_and_what_becomes_of_the_order(olive, awards):
    [first, *_others] = awards
    where = order_page(first)
    assert "It goes to the student." in shown(olive.get(where))
    wrong = as_shown(olive, where, copies="11")
    assert list(errors(olive.post(where, wrong))) == ["copies"]
    answer = olive.post(where, as_shown(olive, where, copies="2", language="fr"), follow=True)
    assert "is ordered." in shown(answer)
    item = DocumentOrderItem.objects.get()
    assert (item.copies, item.language, item.delivery_method) == (2, "fr", "AutomatedPlusCardboard")
    assert status_page(item) in answer.content.decode()
    assert "(44017)" in shown(olive.get(where))
    [text] = errors(olive.post(where, as_shown(olive, where)))["__all__"]
    assert text.endswith("(44017)")

    listed = olive.get(address(DocumentOrderItem, "change", item.pk)).content.decode()
    assert f"{status_page(item)}?status=Cancelled" in listed
    form = olive.get(f"{status_page(item)}?status=Cancelled").context["form"]
    assert form["status"].value() == "Cancelled"
    assert "Delivered" not in dict(form.fields["status"].choices)
    answer = olive.post(
        status_page(item), as_shown(olive, status_page(item), status="Cancelled"), follow=True
    )
    assert "is Cancelled" in shown(answer)
    assert "stays so" in shown(olive.get(status_page(item)))


def test_who_comes_too_late_is_told_what_has_become_of_the_order(olive, awards):
    olive.post(order_page(awards[0]), as_shown(olive, order_page(awards[0])))
    item = DocumentOrderItem.objects.get()
    mine = as_shown(olive, status_page(item), status="Cancelled")
    other = signed_in(staff("otto", "Credential Officer"))
    theirs = as_shown(other, status_page(item), status="ReadyForDelivery")
    assert other.post(status_page(item), theirs).status_code == 302
    answer = olive.post(status_page(item), mine)
    [change] = answer.context["meanwhile"]
    assert (change.was, change.now) == ("Ordered", "Ready for delivery")
    assert "otto" in answer.context["changed_by"]
    form = answer.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert olive.post(status_page(item), again).status_code == 302
    item.refresh_from_db()
    assert item.status == "Cancelled"


# --- Many ---------------------------------------------------------------------------------------


def test_ordering_the_documents_of_a_run(olive, awards, officer):
    first, second, third = awards
    applied(officer.renumber(second, "=OLD()"))
    run = AwardingRun.objects.get()
    nothing_chosen = olive.get(BULK, {"run": ""})
    assert "fill in at least one field" in shown(nothing_chosen)
    where = f"{BULK}?run={run.pk}"
    preview = olive.get(where)
    text = shown(preview)
    assert "2 documents can be ordered , 1 cannot" in text.replace("ordered,", "ordered ,")
    assert "44018 Legacy Credential 1" in text
    assert set(RecordRead.objects.latest("read_at").state_province_ids) == {
        each.student.asn for each in awards
    }
    [head, *lines] = table(olive.get(f"{where}&csv=1"))
    assert head[0] == "CredentialNumber"
    assert [(line[0], line[5]) for line in lines] == [
        (str(first.number_id), ""),
        (str(second.number_id), "44018"),
        (str(third.number_id), ""),
    ]
    assert not ServiceCall.objects.filter(door="back_office").exists()
    assert not DocumentOrderItem.objects.exists()

    how = {"delivery_method": "ManualMail", "language": "en", "copies": "1", "expected": "2"}
    assert "copies" in olive.post(where, {**how, "copies": "0"}).context["confirm"].errors
    answer = olive.post(where, how)
    assert answer.status_code == 302
    assert ordered() == {first.number_id, third.number_id}
    done = olive.get(answer.headers["Location"])
    assert "2 ordered, 1 not." in shown(done)
    assert f"{written(second.number_id)} Credential {written(second.number_id)} is a legacy" in (
        shown(done)
    )
    [_head, *lines] = table(olive.get(f"{answer.headers['Location']}?csv=1"))
    assert [line[2] for line in lines] == ["", "", "44018"]
    call = ServiceCall.objects.get(operation="OrderDocuments")
    assert call.staff.username == "olive"

    twice = olive.post(where, how)
    assert twice.context["has_changed"] or not twice.context["to_order"]
    assert DocumentOrderItem.objects.count() == 2
    invariants.assert_database_is_sound()


def test_what_has_changed_since_the_preview_is_shown_before_anything_is_ordered(olive, awards):
    where = f"{BULK}?credential_type=AHSD&school_year=2026"
    assert len(olive.get(where).context["to_order"]) == 3
    olive.post(order_page(awards[0]), as_shown(olive, order_page(awards[0])))
    how = {"delivery_method": "ManualMail", "language": "en", "copies": "1"}
    answer = olive.post(where, {**how, "expected": "3"})
    assert answer.context["has_changed"]
    assert ordered() == {awards[0].number_id}
    assert answer.context["confirm"]["expected"].value() == "2"
    assert olive.post(where, {**how, "expected": "2"}).status_code == 302
    assert len(ordered()) == 3


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ({"organization": "s.0001"}, 1),
        ({"organization": "A.0001"}, 1),
        ({"awarded_from": "2026-07-31", "awarded_to": "2026-07-31"}, 3),
        ({"awarded_from": "2026-08-01"}, 0),
        ({"credential_type": "CHSA"}, 0),
        ({"school_year": "2025"}, 0),
    ],
)
def test_choosing(olive, awards, asked, chosen):
    assert len(olive.get(BULK, asked).context["to_order"]) == chosen


@pytest.mark.parametrize(
    "asked",
    [
        {"organization": "S.9999"},
        {"organization": Organization.Kind.MINISTRY},
        {"run": "77"},
        {"run": "9" * 30},
        {"awarded_from": "31.7.2026"},
        {"credential_type": "NONE"},
    ],
)
def test_what_cannot_be_chosen_is_said_at_its_field(olive, awards, asked):
    for answer in (olive.get(BULK, asked), olive.post(f"{BULK}?{next(iter(asked))}=x", {})):
        assert list(answer.context["choice"].errors) == list(asked)
        assert answer.context["selection"] is None


@pytest.mark.parametrize("group", ["Registry Clerk", "Alerts Officer", "Auditor", ""])
def test_nobody_else_may_order(olive, awards, group):
    olive.post(order_page(awards[0]), as_shown(olive, order_page(awards[0])))
    item = DocumentOrderItem.objects.get()
    other = signed_in(staff("somebody", group))
    for where in (order_page(awards[1]), status_page(item), f"{BULK}?school_year=2026"):
        assert other.get(where).status_code == 403
        assert other.post(where, {"expected": "2"}).status_code == 403
    assert olive.get(f"{BULK}0199c0de-0000-7000-8000-000000000000/").status_code == 404


def test_many_cost_what_few_cost(olive, awards):
    where = f"{BULK}?school_year=2026"

    def cost() -> int:
        olive.get(where)
        with CaptureQueriesContext(connection) as captured:
            assert olive.get(where).status_code == 200
        return len(captured)

    few = cost()
    with set_up():
        more = [graduate() for _each in range(12)]
    award(*(student.asn for student in more))
    assert cost() == few
