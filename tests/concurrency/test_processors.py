"""Several workers on the triggers of one processor, and those who raise triggers meanwhile."""

import io
import threading
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection

from enrolments.models import TranscriptRecord, TranscriptTrigger
from enrolments.processors import drain, has_outstanding, processed_up_to, processor
from pasi import bulk
from pasi.services import recorded_call
from students.models import Student
from tests.concurrency.calls import COMMAND, answers, award
from tests.concurrency.sessions import PATIENCE, at_once, deadlocks, wait_until_blocked
from tests.province_builder import process, set_up

pytestmark = pytest.mark.concurrency

WAITING = 2_000
TRANSCRIPT = processor("Transcript")


@pytest.fixture
def triggers(students):
    """Students with an outstanding transcript trigger each; their keys."""
    students(WAITING)
    keys = list(Student.objects.order_by("pk").values_list("pk", flat=True))
    with set_up():
        bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, keys, "OfficialMark")
    return keys


def outstanding() -> int:
    return bulk.outstanding_count(TRANSCRIPT.trigger, TRANSCRIPT.status)


def claim(limit: int, name: str = "Transcript") -> list[int]:
    """Claim and process, within the call in progress; the keys."""
    return process(name, limit)


def claim_all_in_pieces() -> list[int]:
    """A worker that takes many small batches; the keys it processed."""
    done = []
    while outstanding():
        with recorded_call("ProcessTriggers", COMMAND, {}):
            done += claim(20)
    return done


def test_workers_share_the_triggers_and_process_each_once(triggers):
    done = at_once(*[claim_all_in_pieces] * 4)

    assert sorted(key for keys in done for key in keys) == triggers
    assert outstanding() == 0
    assert deadlocks() == 0


def test_two_commands_at_once_process_each_trigger_once(triggers):
    def command() -> str:
        out = io.StringIO()
        call_command("process_triggers", processor="Transcript", stdout=out)
        return out.getvalue()

    said = at_once(command, command)

    assert sum(int(text.split()[1].replace(",", "")) for text in said) == WAITING
    assert outstanding() == 0


def test_a_worker_leaves_alone_what_another_has_claimed(triggers):
    with recorded_call("ProcessTriggers", COMMAND, {}):
        mine = claim(1_500)
        [others] = at_once(partial(drain, TRANSCRIPT, COMMAND))
    assert (len(mine), others.processed) == (1_500, WAITING - 1_500)
    assert outstanding() == 0


def test_a_trigger_raised_while_it_is_processed_stays_outstanding(triggers):
    """And who raises it does not wait for the worker, although the worker has written already."""

    def raise_again() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        with set_up():
            bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, triggers[:3], "OfficialMark")

    with recorded_call("ProcessTriggers", COMMAND, {}):
        assert len(claim(WAITING)) == WAITING
        at_once(raise_again)
    assert outstanding() == 3


def test_the_version_of_a_trigger_never_goes_back(triggers):
    """Who waits for another to raise the same trigger gets a version above the other's."""
    raised = threading.Event()
    [trigger] = TranscriptTrigger.objects.filter(pk=triggers[0])

    def raise_twice() -> int:
        with set_up():
            bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, [trigger.pk], "first")
            raised.set()
            wait_until_blocked(connection.connection)
            bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, [trigger.pk], "first")
            return TranscriptTrigger.objects.get(pk=trigger.pk).version

    def raise_once() -> None:
        raised.wait(PATIENCE)
        with set_up():
            bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, [trigger.pk], "second")

    version, _ = at_once(raise_twice, raise_once)
    trigger.refresh_from_db()
    assert trigger.last_updated_object_name == "second"
    assert trigger.version > version


def test_an_award_does_not_wait_for_a_worker(students, settings):
    settings.PASI_LOCK_TIMEOUT_SECONDS = 0.1
    asns = students(50)
    keys = list(Student.objects.values_list("pk", flat=True))
    schools = processor("ResponsibleSchool")
    with set_up():
        bulk.raise_triggers(schools.trigger, schools.status, keys, "StudentSchoolEnrolment")
    with recorded_call("ProcessTriggers", COMMAND, {}):
        assert len(claim(50, "ResponsibleSchool")) == 50
        [answer] = at_once(partial(award, asns))
    assert answer.fault is None
    assert answers(answer.body) == {"": 50}
    assert bulk.outstanding_count(schools.trigger, schools.status) == 50


def test_students_being_recalculated_are_told_to_ask_again(students):
    asns = students(50)
    keys = list(Student.objects.order_by("pk").values_list("pk", flat=True))
    with set_up():
        bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, keys[:20], "OfficialMark")
    with recorded_call("ProcessTriggers", COMMAND, {}):
        # A worker has claimed them; who comes later, when it has locked the students, waits for it.
        assert len(bulk.claim_triggers(TRANSCRIPT.trigger, TRANSCRIPT.status, limit=50)) == 20
        [answer] = at_once(partial(award, asns))
    assert answers(answer.body) == {"": 30, "44000": 20}
    drain(TRANSCRIPT, COMMAND)
    assert answers(award(asns).body) == {"": 20, "44010": 30}


def test_what_a_failed_worker_claimed_stays_outstanding(triggers):
    with pytest.raises(ZeroDivisionError), recorded_call("ProcessTriggers", COMMAND, {}):
        assert len(claim(WAITING)) == WAITING
        raise ZeroDivisionError
    assert outstanding() == WAITING


def test_the_mark_of_a_processor_stops_below_what_an_open_transaction_may_raise(triggers):
    """A trigger raised before the worker is done, but committed after it, is not passed by."""
    raised, go = threading.Event(), threading.Event()

    def raise_slowly() -> None:
        with set_up():
            bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, triggers[:3], "OfficialMark")
            raised.set()
            assert go.wait(PATIENCE)

    def drain_meanwhile() -> None:
        assert raised.wait(PATIENCE)
        drain(TRANSCRIPT, COMMAND)
        go.set()

    at_once(raise_slowly, drain_meanwhile)
    assert outstanding() == 3
    assert has_outstanding(TRANSCRIPT)
    assert drain(TRANSCRIPT, COMMAND).processed == 3
    assert not has_outstanding(TRANSCRIPT)
    # Nothing is open: everything that there is lies behind the mark.
    newest = TranscriptTrigger.objects.order_by("-version").values_list("version", flat=True)[0]
    assert processed_up_to("Transcript") >= newest
    with set_up():
        bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, triggers[:1], "OfficialMark")
    assert has_outstanding(TRANSCRIPT)


def test_the_mark_stops_below_what_another_worker_holds(triggers):
    with recorded_call("ProcessTriggers", COMMAND, {}):
        held = claim(10)
        at_once(partial(drain, TRANSCRIPT, COMMAND))
        lowest = TranscriptTrigger.objects.filter(pk__in=held).order_by("version")[0].version
        assert processed_up_to("Transcript") < lowest
