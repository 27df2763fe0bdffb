"""Documents ordered while the same awards are re-issued, deleted, ordered or cancelled by others.

The services of re-issue and delete are stood for by what both of them do: lock the student, ask
what is open, write.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.conf import settings

from credentials.document_orders import Order, awards_with_open_orders, lock_holders
from credentials.models import (
    ArchivedCredential,
    AwardedCredential,
    DocumentOrderItem,
    IssuedCredentialNumber,
)
from credentials.ordering_in_bulk import order_documents
from pasi import bulk
from pasi.caller_info import of_operator
from tests.admin.conftest import signed_in, staff
from tests.concurrency.calls import award, numbers
from tests.concurrency.sessions import (
    and_leave,
    at_once,
    deadlocks,
    held_up,
    lock_student,
    lock_table,
    wait_until_blocked,
)
from tests.credentials.test_document_orders import ORDER, STATUS, a_status, an_order
from tests.province_builder import COMMAND, make_award, make_student, set_up
from tests.students.calls import School, applied, make_caller

pytestmark = pytest.mark.concurrency

NUMBER = 1_000_000_008
SENDERS = 8
BY_MAIL = Order("AutomatedPlusCardboard", "en")


@pytest.fixture
def ministry(committed_database) -> School:
    with set_up():
        return make_caller("O.1", roles=["PASI System User"])


@pytest.fixture
def award_of_ada(committed_database) -> AwardedCredential:
    with set_up():
        return make_award(make_student(), "AHSD", NUMBER, 2026)


def order(ministry, number=NUMBER) -> str:
    """The code of what came of it; "" for an order."""
    response = ministry.post(ORDER, an_order(number))
    codes = [each["Code"] for each in response.json()["Rejections"]]
    return ",".join(codes)


def in_bulk(*chosen: int):
    return order_documents(chosen, BY_MAIL, caller=COMMAND, caller_info=of_operator("test"))


def gone(key: int, *, is_deleted: bool) -> bool:
    """Re-issue or delete an award, as the services do; whether it could be."""
    with set_up() as call:
        bulk.begin_call(settings.PASI_LOCK_TIMEOUT_SECONDS, announces=False)
        lock_holders([key])
        if awards_with_open_orders([key]):
            return False
        former = AwardedCredential.objects.get(pk=key)
        if is_deleted:
            former.is_deleted = True
        else:
            ArchivedCredential.objects.create(
                award=former,
                credential_type=former.credential_type,
                number_id=former.number_id,
                school_year=former.school_year,
                first_name=former.first_name,
                last_name=former.last_name,
                awarded_on=former.awarded_on,
                version=former.version,
                call_id=call.message_id,
            )
            newer = former.number_id + 1_000_000
            IssuedCredentialNumber.objects.create(number=newer)
            former.number_id = newer
        former.version = bulk.next_versions(1)[0]
        former.save()
        return True


# --- Against re-issue and delete ----------------------------------------------------------------


@pytest.mark.parametrize("is_deleted", [True, False])
def test_who_orders_second_sees_that_the_award_is_gone(ministry, award_of_ada, is_deleted):
    """The order waits for the student's lock, and reads the award after it."""
    with held_up(lock_student(award_of_ada.student.asn), partial(order, ministry)) as (
        session,
        [waiting],
    ):
        if is_deleted:
            session.execute("UPDATE credentials_awardedcredential SET is_deleted = true")
        else:
            session.execute("INSERT INTO credentials_issuedcredentialnumber VALUES (7)")
            session.execute("UPDATE credentials_awardedcredential SET credential_number = 7")
        session.commit()
        assert waiting.result() == "44020"
    assert not DocumentOrderItem.objects.exists()
    # The session wrote no history: put back what it changed.
    AwardedCredential.objects.update(is_deleted=False, number_id=NUMBER)


@pytest.mark.parametrize("is_deleted", [True, False])
def test_who_re_issues_or_deletes_second_sees_the_order(ministry, award_of_ada, is_deleted):
    """The order holds the student's lock from before it looks until its item is committed."""
    remove = partial(gone, award_of_ada.pk, is_deleted=is_deleted)
    with (
        held_up(lock_table(DocumentOrderItem), partial(order, ministry)) as (session, [ordering]),
        ThreadPoolExecutor(1) as pool,
    ):
        removing = pool.submit(and_leave, remove)
        wait_until_blocked(session, 2)
        session.commit()
        assert ordering.result() == ""
        assert removing.result() is False
    now = AwardedCredential.objects.get()
    assert (now.number_id, now.is_deleted) == (NUMBER, False)


def test_orders_re_issues_and_deletes_at_once(ministry, committed_database):
    """However they fall, no order is open for an award that is gone: the invariants say so."""
    with set_up():
        awards = [
            make_award(make_student(), "AHSD", NUMBER + position, 2026) for position in range(12)
        ]
    removed = at_once(
        *(partial(gone, each.pk, is_deleted=bool(each.pk % 2)) for each in awards[::2]),
        *(partial(order, ministry, each.number_id) for each in awards[::2]),
        *(partial(gone, each.pk, is_deleted=bool(each.pk % 3)) for each in awards[1::2]),
        partial(in_bulk, *(each.number_id for each in awards[1::2])),
    )
    could, ordered, could_too, [done] = removed[:6], removed[6:12], removed[12:18], removed[18:]
    for was_removed, code in zip(could, ordered, strict=True):
        assert (was_removed, code) in ((True, "44020"), (False, ""))
    for was_removed, each in zip(could_too, awards[1::2], strict=True):
        assert was_removed is (each.number_id not in done.applied)
    assert deadlocks() == 0


@pytest.mark.parametrize("is_deleted", [True, False])
def test_what_came_back_is_sent_again_or_its_award_is_removed(
    ministry, committed_database, is_deleted
):
    for position in range(4):
        with set_up():
            each = make_award(make_student(), "AHSD", NUMBER + position, 2026)
            item = DocumentOrderItem.objects.create(
                award=each,
                number_id=each.number_id,
                status="FailedDelivery",
                delivery_method="Courier",
                language="en",
                copies=1,
                version=bulk.next_versions(1)[0],
            )
        was_removed, response = at_once(
            partial(gone, each.pk, is_deleted=is_deleted),
            partial(ministry.post, STATUS, a_status(item, "Ordered")),
        )
        codes = [rejection["Code"] for rejection in response.json()["Rejections"]]
        assert (was_removed, codes) in ((True, ["99004"]), (False, []))
    assert deadlocks() == 0


# --- Against each other -------------------------------------------------------------------------


def test_many_order_the_same_document_at_once(ministry, award_of_ada):
    codes = at_once(*[partial(order, ministry)] * SENDERS)
    assert Counter(codes) == {"": 1, "44017": SENDERS - 1}
    assert DocumentOrderItem.objects.count() == 1
    assert deadlocks() == 0


def test_the_same_run_ordered_by_several_at_once(students):
    """In whatever order the numbers are asked for: students are locked by their keys."""
    issued = list(numbers(award(students(200)).body).values())
    done = at_once(
        partial(in_bulk, *issued),
        partial(in_bulk, *reversed(issued)),
        partial(in_bulk, *sorted(issued)[::-2]),
    )
    assert sum(len(each.applied) for each in done) == len(issued)
    assert {r.code for each in done for r in each.refused.values()} == {"44017"}
    assert deadlocks() == 0


def test_a_button_pressed_twice_at_once_orders_once_and_both_see_the_result(award_of_ada):
    """The second waits for the lock of the form's ClientMessageID, and finds the first call."""
    user = staff("olive", "Credential Officer")
    page = f"/admin/credentials/awardedcredential/order-documents/?number={NUMBER}"
    browsers = [signed_in(user) for _each in range(4)]
    form = browsers[0].get(page).context["confirm"]
    sent = {name: str(form[name].value()) for name in form.fields}
    answers = at_once(*(partial(browser.post, page, sent) for browser in browsers))
    assert [answer.status_code for answer in answers] == [302] * 4
    [where] = {answer.headers["Location"] for answer in answers}
    assert browsers[0].get(where).context["ordered"] == 1
    assert DocumentOrderItem.objects.count() == 1
    assert deadlocks() == 0


def test_of_two_who_have_seen_the_same_item_one_changes_it(ministry, award_of_ada):
    item = int(applied(ministry.post(ORDER, an_order()))["Id"])
    for _ in range(3):
        seen = DocumentOrderItem.objects.get(pk=item)
        wanted = ["UserHold", "SystemHold"] if seen.status == "Ordered" else ["Ordered"] * 2
        responses = at_once(
            *(partial(ministry.post, STATUS, a_status(seen, status)) for status in wanted)
        )
        assert sorted(response.status_code for response in responses) == [200, 409]
    assert DocumentOrderItem.history.count() == 4
    assert deadlocks() == 0
