"""Requirements set by hand by several at once, and while a calculator is at the same students."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from credentials.models import RequirementAchievement, RequirementSetStatus
from enrolments.models import TranscriptRecord
from enrolments.processors import drain, has_outstanding, processor
from enrolments.triggers import raise_triggers
from students.models import Student
from tests.concurrency.calls import award
from tests.concurrency.sessions import (
    and_leave,
    at_once,
    deadlocks,
    held_up,
    lock_table,
    wait_until_blocked,
)
from tests.credentials.calculators import SET, by_credits, transcript_with
from tests.credentials.test_requirement_achievement import NOMINATED, SERVICE, of, of_set, sent
from tests.province_builder import COMMAND, make_student, set_up
from tests.students.calls import School, applied, make_caller

pytestmark = pytest.mark.concurrency

SENDERS = 8


@pytest.fixture
def ministry(committed_database) -> School:
    with set_up():
        return make_caller("O.1", roles=["Submit Transcript User"])


@pytest.fixture
def ada(committed_database) -> Student:
    with set_up():
        return make_student(marks=[("ELA3105", 2026, 5)])


def say(ministry, student, *achievements) -> str:
    response = ministry.post(SERVICE, sent(student, *achievements))
    return ",".join(each["Code"] for each in response.json()["Rejections"])


def test_the_same_said_by_many_at_once_is_one_change(ministry, ada):
    codes = at_once(*[partial(say, ministry, ada, of(NOMINATED), of_set("COSC"))] * SENDERS)
    assert Counter(codes) == {"": 1, "9023": SENDERS - 1}
    assert RequirementAchievement.history.count() == RequirementSetStatus.history.count() == 1
    assert deadlocks() == 0


def test_different_things_said_at_once_are_all_applied(ministry, ada):
    """Each takes its turn; none of the answers has the version of another."""
    codes = ["CHSA", "COSC", "IOPC", "GHSD", "ADVD", "ADEX"]
    bodies = [sent(ada, of_set(code)) for code in codes]
    responses = at_once(*(partial(ministry.post, SERVICE, body) for body in bodies))
    assert len({applied(response)["PASICoreVersion"] for response in responses}) == len(codes)
    assert RequirementSetStatus.objects.count() == len(codes)


def test_a_calculator_waits_for_who_sets_the_same_by_hand(ministry, ada):
    """And leaves alone what it finds then."""
    with set_up():
        raise_triggers("Transcript", [ada.pk], "OfficialMark")
    by_hand = partial(say, ministry, ada, of_set(SET, "NotAchieved"))
    work = partial(drain, transcript_with(by_credits), COMMAND)
    with (
        held_up(lock_table(RequirementSetStatus), by_hand) as (session, [saying]),
        ThreadPoolExecutor(1) as pool,
    ):
        working = pool.submit(and_leave, work)
        wait_until_blocked(session, 2)
        session.commit()
        done = working.result()
    assert saying.result() == ""
    # What was said has raised the trigger again: the student was looked at twice.
    assert (done.processed, done.set_aside) == (2, 0)
    row = RequirementSetStatus.objects.get()
    assert (row.status, row.is_calculated) == ("NotAchieved", False)
    assert deadlocks() == 0


def test_everybody_at_once(ministry, committed_database):
    """Set by hand, calculated and awarded: whatever comes first, what is set by hand stays."""
    with set_up():
        students = [make_student(marks=[("ELA3105", 2026, 5)]) for _ in range(6)]
        raise_triggers("Transcript", [student.pk for student in students], "OfficialMark")

    def submit(seed: int) -> list[tuple[int, str]]:
        chance = random.Random(seed)
        done = []
        for _ in range(10):
            student = chance.choice(students)
            status = chance.choice(["Achieved", "NotAchieved", "ToBeAssessed"])
            done.append((student.pk, say(ministry, student, of_set(SET, status), of(NOMINATED))))
        return done

    def work() -> None:
        for _ in range(10):
            drain(transcript_with(by_credits), COMMAND)

    def bulk_award() -> None:
        for _ in range(4):
            award([student.asn for student in students])

    results = at_once(partial(submit, 1), partial(submit, 2), work, work, bulk_award)
    drain(transcript_with(by_credits), COMMAND)
    assert not has_outstanding(processor("Transcript"))
    assert not TranscriptRecord.objects.exclude(set_aside_at=None).exists()
    by_hand = {pk for pk, code in results[0] + results[1] if code == ""}
    calculated = {pk for pk, code in results[0] + results[1] if code == "99005"}
    assert not by_hand & calculated
    rows = dict(RequirementSetStatus.objects.values_list("student_id", "is_calculated"))
    assert rows == {student.pk: student.pk not in by_hand for student in students}
    assert {code for _pk, code in results[0] + results[1]} <= {"", "9023", "99005"}
    assert deadlocks() == 0
