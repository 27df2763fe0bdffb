"""What a call does when it cannot have its locks, and what it reads while it has them."""

from functools import partial

import pytest

from audit.models import ServiceCall, ServiceResponse
from credentials.models import AwardedCredential, AwardingRun, RequirementSetStatus
from enrolments.models import TranscriptRecord, TranscriptTrigger
from pasi import bulk
from pasi.services import DEADLOCK_RETRIES
from students.models import Student
from tests.concurrency.calls import answers, award, body_for, make_authorization, submit
from tests.concurrency.sessions import (
    at_once,
    deadlocks,
    held_up,
    lock_student,
    lock_table,
    wait_until_blocked,
)
from tests.connections import another_connection
from tests.province_builder import set_up

pytestmark = pytest.mark.concurrency


def test_a_lock_not_to_be_had_is_4002_and_the_repeat_succeeds(students, settings):
    settings.PASI_LOCK_TIMEOUT_SECONDS = 0.2
    asns = students(20)
    client, body = make_authorization(), body_for(asns)
    with another_connection() as session:
        session.execute(lock_student(asns[7]))
        refused = submit(client, body)

    assert (refused.status_code, refused.json()["code"]) == (503, "4002")
    call = ServiceCall.objects.get(pk=refused.headers["PASI-Message-Id"])
    assert (call.response.outcome, call.response.codes) == ("Fault", ["4002"])
    assert 200 <= call.response.duration_milliseconds < 10_000
    assert not AwardedCredential.objects.exists()
    assert not AwardingRun.objects.exists()

    repeated = submit(client, body)
    assert repeated.status_code == 200
    assert "PASI-Replayed" not in repeated.headers
    assert answers(repeated.json()) == {"": 20}


def test_a_deadlock_is_tried_again_and_the_call_succeeds(students):
    """Another session locks two of the students against the order; the call is the victim.

    A third session sees to it that the call begins the wait that closes the circle, and only the
    call looks for circles.
    """
    one, two, three = asns = students(3)
    with another_connection(autocommit=True) as session:
        session.execute(f'ALTER DATABASE "{session.info.dbname}" SET deadlock_timeout TO 20')
    with (
        another_connection(options="-c deadlock_timeout=60s") as other,
        another_connection() as third,
    ):
        other.execute(lock_student(three))
        third.execute(lock_student(two))

        def close_the_circle() -> None:
            wait_until_blocked(third, 2)  # the call for the third session, the other for the call
            third.rollback()

        def lock_against_the_order() -> None:
            wait_until_blocked(third, 1)  # now the call holds the first student
            other.execute(lock_student(one))
            other.rollback()

        answer, *_ = at_once(partial(award, asns), lock_against_the_order, close_the_circle)

    assert answer.fault is None
    assert answers(answer.body) == {"": 3}
    assert AwardingRun.objects.count() == 1
    assert ServiceResponse.objects.get(call=answer.message_id).outcome == "Applied"
    # The other session may win the race for the first student once more.
    assert 1 <= deadlocks() <= DEADLOCK_RETRIES


def test_statuses_are_read_after_who_is_being_recalculated(students):
    """A recalculation that ends between the two readings never lets an old status count."""
    [asn] = students(1)
    student = Student.objects.get(asn=asn)
    with set_up():
        bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, [student.pk], "OfficialMark")
    lock = lock_table(TranscriptTrigger, "ACCESS EXCLUSIVE")
    with held_up(lock, partial(award, [asn])) as (_session, [call]):
        with set_up() as recalculation:
            [status] = RequirementSetStatus.objects.values_list("pk", flat=True)
            bulk.update_rows(
                RequirementSetStatus,
                ("status",),
                [(status, RequirementSetStatus.Status.NOT_ACHIEVED)],
                recalculation.message_id,
            )
            TranscriptRecord.objects.update(max_source_version=bulk.latest_version())
    assert answers(call.result().body) == {"44000": 1}
