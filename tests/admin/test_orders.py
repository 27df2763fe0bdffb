"""Orders of documents in the back office: one, what becomes of it, and many at once."""

import csv
import datetime
import html
import io
import random
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import RecordRead, ServiceCall
from credentials import order_in_bulk_pages, order_selection
from credentials.credential_numbers import written
from credentials.models import AwardedCredential, AwardingRun, DocumentOrderItem
from credentials.order_selection import Criteria, select
from credentials.selection import most_current_schools
from enrolments.models import SchoolEnrolment
from pasi.models import Organization
from tests import invariants
from tests.admin.conftest import address, signed_in, staff
from tests.admin.test_service_forms import as_shown, errors
from tests.admin.test_student_page import text_of
from tests.credentials.calls import award, graduate
from tests.credentials.officer import applied
from tests.credentials.officer import officer as officer
from tests.province_builder import make_enrolment, make_school, make_student, set_up

DAY = datetime.date(2025, 9, 2)
DAY_LONG = datetime.timedelta(days=1)
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


def confirmation(client, where: str, **typed) -> dict[str, str]:
    """What a browser would send of the page that shows what would be ordered."""
    form = client.get(where).context["confirm"]
    return {name: str(form[name].value()) for name in form.fields} | typed


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
        (str(third.number_id), ""),
        (str(second.number_id), "44018"),
    ]
    assert not ServiceCall.objects.filter(door="back_office").exists()
    assert not DocumentOrderItem.objects.exists()

    how = confirmation(olive, where, delivery_method="ManualMail")
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
    assert twice.headers["Location"] == answer.headers["Location"]
    assert ServiceCall.objects.filter(operation="OrderDocuments").count() == 1
    assert DocumentOrderItem.objects.count() == 2
    invariants.assert_database_is_sound()


def test_what_has_changed_since_the_preview_is_shown_before_anything_is_ordered(olive, awards):
    """As many as before, but others: the numbers are compared."""
    first, *_others = awards
    where = f"{BULK}?credential_type=AHSD&school_year=2026"
    how = confirmation(olive, where)
    olive.post(order_page(first), as_shown(olive, order_page(first)))
    with set_up():
        student = graduate()
    award(student.asn)
    newest = AwardedCredential.objects.latest("pk")
    answer = olive.post(where, {**how, "copies": "0"})
    text = shown(answer)
    assert f"1 document is new: {written(newest.number_id)}" in text
    assert f"1 document is not to be ordered any more: {written(first.number_id)}" in text
    assert ordered() == {first.number_id}
    form = answer.context["confirm"]
    assert "copies" in form.errors
    again = {name: form[name].value() for name in form.fields} | {"copies": "1"}
    assert olive.post(where, {**again, "seen": "forged"}).context["changes"].new
    assert olive.post(where, again).status_code == 302
    assert len(ordered()) == 4


def test_what_cannot_be_ordered_and_who_is_elsewhere_take_no_place_from_what_can(
    olive, awards, monkeypatch
):
    """The cut is of the documents to be ordered at the school, however many others came before."""
    monkeypatch.setattr(order_selection, "MOST_DOCUMENTS", 2)
    monkeypatch.setattr(order_in_bulk_pages, "MOST_DOCUMENTS", 2)
    school = Organization.objects.get(code="S.0001")
    with set_up():
        later = [graduate(enrolments=[(school, 2026, DAY)]) for _each in range(3)]
    [here, *_elsewhere] = awards
    olive.post(order_page(here), as_shown(olive, order_page(here)))
    award(*(student.asn for student in later))
    expected = [each.number_id for each in AwardedCredential.objects.order_by("pk")[3:]]
    where = f"{BULK}?organization=S.0001"
    preview = olive.get(where)
    text = shown(preview)
    assert [each.number for each in preview.context["to_order"]] == expected[:2]
    assert "3 documents can be ordered , 1 cannot" in text.replace("ordered,", "ordered ,")
    assert "At most 2 are ordered at once: those that were awarded first. 1 remains" in text
    assert "44017 Selected Credential Was Already Ordered 1" in text
    olive.post(where, confirmation(olive, where))
    assert [each.number for each in olive.get(where).context["to_order"]] == expected[2:]


def test_where_a_person_is_now_is_judged_as_for_awarding(olive):
    """Over all linked numbers; what is deleted or has not begun yet stands behind."""
    chance = random.Random(3)
    with set_up():
        schools = [make_school(f"S.{number:04d}", "A.0001") for number in range(3)]
        people = [graduate() for _each in range(25)]
        for student in people:
            numbers = [
                student,
                *(make_student(primary=student) for _ in range(chance.randrange(2))),
            ]
            for _each in range(chance.randrange(5)):
                start = datetime.date(2026 + chance.randrange(-2, 2), 3, 1)
                SchoolEnrolment.objects.create(
                    reference_id=uuid.uuid4(),
                    student=chance.choice(numbers),
                    school=chance.choice(schools),
                    school_year=2024 + chance.randrange(3),
                    start_date=start,
                    exit_date=start + DAY_LONG * chance.randrange(3),
                    is_deleted=chance.random() < 0.2,
                    version=chance.randrange(1, 4),
                )
    asns = [student.asn for student in people]
    award(*asns)
    now = most_current_schools(asns, today=datetime.date(2026, 7, 31))
    assert len(set(now.values())) == 3
    for school in schools:
        found = select(Criteria(organization=school)).candidates
        assert {each.asn for each in found} == {asn for asn in asns if now.get(asn) == school.pk}


def test_ticked_rows_are_ordered_and_no_others(olive, awards):
    first, second, third = (f"{each.number_id:010d}" for each in awards)
    where = f"{BULK}?ticked=1&number={first}&number={third}&number={2**31 - 1}"
    preview = olive.get(where)
    text = shown(preview)
    assert "Only the 3 credentials that you ticked. One of them is not found" in text
    assert f'name="number" value="{third}"' in preview.content.decode()
    assert olive.post(where, confirmation(olive, where)).status_code == 302
    assert ordered() == {int(first), int(third)}
    assert "tick rows of a list" in shown(olive.get(f"{BULK}?ticked=1"))
    for bad in ("x", "1", "9" * 10, "1" * 11):
        assert "ten digits" in shown(olive.get(f"{BULK}?number={second}&number={bad}"))


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ({"organization": "s.0001"}, 1),
        ({"organization": "A.0001"}, 1),
        ({"awarded_from": "2026-07-31", "awarded_to": "2026-07-31"}, 3),
        ({"awarded_from": "2026-08-01"}, 0),
        ({"credential_type": "CHSA"}, 0),
        ({"school_year": "2025"}, 0),
        ({"enrolled_in": "2026"}, 1),
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
        assert other.post(where, {"copies": "1"}).status_code == 403
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
