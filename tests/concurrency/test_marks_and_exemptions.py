"""Official marks and exemptions submitted by several at once, and while a worker is at them."""

from collections import Counter
from functools import partial

import pytest

from credentials.models import RequirementExemption
from enrolments.models import OfficialMark, TranscriptRecord, TranscriptTrigger
from enrolments.processors import drain, has_outstanding, processor
from students.models import Student
from tests.concurrency.sessions import at_once, deadlocks
from tests.credentials import test_requirement_exemption as exemptions
from tests.enrolments import test_official_mark as marks
from tests.province_builder import COMMAND, make_student, set_up
from tests.students.calls import School, make_caller

pytestmark = pytest.mark.concurrency

SENDERS = 8


@pytest.fixture
def ministry(committed_database) -> School:
    with set_up():
        return make_caller("O.1", roles=["PASI System User", "Submit Transcript User"])


@pytest.fixture
def ada(committed_database) -> Student:
    with set_up():
        return make_student()


def answer(ministry, service, body) -> str:
    """Applied, the code of a fault, or those of the rejections."""
    response = ministry.post(service, body)
    document = response.json()
    if response.status_code not in (200, 422):
        return document["code"]
    return ",".join(each["Code"] for each in document["Rejections"]) or "applied"


def mark(ministry, student, **changes) -> str:
    return answer(ministry, marks.SERVICE, marks.sent(student, **changes))


def exempt(ministry, student, *args) -> str:
    return answer(ministry, exemptions.SERVICE, exemptions.sent(student, *args))


def test_the_same_new_mark_by_many_at_once_is_one(ministry, ada):
    """Who comes second finds a version: its own 0 is stale."""
    codes = at_once(*[partial(mark, ministry, ada)] * SENDERS)
    assert Counter(codes) == {"applied": 1, "3004": SENDERS - 1}
    assert OfficialMark.objects.count() == OfficialMark.history.count() == 1
    assert deadlocks() == 0


def test_marks_in_different_courses_at_once_are_all_applied(ministry, ada):
    courses = [f"COM{number:04d}" for number in range(SENDERS)]
    codes = at_once(*(partial(mark, ministry, ada, CourseCode=course) for course in courses))
    assert codes == ["applied"] * SENDERS
    assert OfficialMark.objects.count() == SENDERS
    versions = OfficialMark.objects.values_list("version", flat=True)
    assert TranscriptTrigger.objects.get(pk=ada.pk).version > max(versions)


def test_the_same_exemption_by_many_at_once_is_one(ministry, ada):
    codes = at_once(*[partial(exempt, ministry, ada)] * SENDERS)
    assert Counter(codes) == {"applied": 1, "9023": SENDERS - 1}
    assert RequirementExemption.objects.count() == RequirementExemption.history.count() == 1


def test_no_change_is_lost_to_a_worker(ministry, committed_database):
    """Marks and exemptions come in under both numbers of a person while workers drain: nothing
    waits for ever, and in the end nothing is outstanding.
    """
    with set_up():
        first = make_student()
        numbers = [first, make_student(primary=first), make_student()]

    def submit(seed: int) -> list[str]:
        done = []
        for turn in range(8):
            student = numbers[(seed + turn) % len(numbers)]
            done.append(mark(ministry, student, CourseCode=f"COM{seed}{turn:03d}"))
            if student is not numbers[1]:
                done.append(exempt(ministry, student, ("Approved", "Denied")[turn % 2]))
        return done

    def work() -> None:
        for _ in range(8):
            drain(processor("Transcript"), COMMAND)

    results = at_once(partial(submit, 1), partial(submit, 2), work, work)
    assert set(results[0] + results[1]) <= {"applied", "9023"}
    drain(processor("Transcript"), COMMAND)
    assert not has_outstanding(processor("Transcript"))
    assert not TranscriptRecord.objects.exclude(set_aside_at=None).exists()
    assert OfficialMark.objects.count() == 16
    assert deadlocks() == 0
