"""The Transcript processor: what it does with any calculator given to it. Its own calculator:
test_recalculating.py.
"""

import io

import pytest
from django.core.management import call_command
from django.db import OperationalError

from audit.models import ServiceCall
from credentials.models import RequirementSetStatus
from enrolments.models import TranscriptRecord, TranscriptTrigger
from enrolments.processors import drain, has_outstanding, processor
from enrolments.triggers import raise_triggers
from students.models import Student
from tests import invariants
from tests.credentials.calculators import SET, by_credits, transcript_with
from tests.credentials.calls import outcomes
from tests.province_builder import COMMAND, make_mark, make_student, set_up


@pytest.fixture
def students(db) -> list[Student]:
    """Seven with an outstanding trigger; the first has an imported status, the others a mark."""
    with set_up():
        made = [make_student(not_achieved=[SET])]
        made += [make_student(marks=[("ELA3105", 2026, 5)]) for _ in range(6)]
        raise_triggers("Transcript", [student.pk for student in made], "OfficialMark")
    return made


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()


def stored() -> dict[int, tuple]:
    rows = RequirementSetStatus.objects.values_list("student_id", "status", "is_calculated")
    return {student: rest for student, *rest in rows}


def set_aside() -> dict[int, str]:
    aside = TranscriptRecord.objects.exclude(set_aside_at=None)
    return dict(aside.values_list("pk", "set_aside_error"))


def test_triggers_are_done_and_statuses_worked_out(students):
    """An imported status stays as it is."""
    imported = list(RequirementSetStatus.objects.values())
    out = io.StringIO()
    call_command("process_triggers", processor="Transcript", stdout=out)
    assert out.getvalue() == "Transcript: 7 processed\n"
    assert list(RequirementSetStatus.objects.filter(is_calculated=False).values()) == imported
    assert stored() == {
        students[0].pk: ["NotAchieved", False],
        **{student.pk: ["NotAchieved", True] for student in students[1:]},
    }
    assert not has_outstanding(processor("Transcript"))
    for record in TranscriptRecord.objects.all():
        trigger = TranscriptTrigger.objects.get(pk=record.pk)
        assert record.max_source_version == trigger.version < record.version


def test_a_calculator_does_its_work_in_the_call_of_its_batch(students):
    done = drain(transcript_with(by_credits), COMMAND)
    assert (done.claimed, done.processed, done.set_aside) == (7, 7, 0)
    first, *others = students
    assert stored() == {
        first.pk: ["NotAchieved", False],
        **{student.pk: ["Achieved", True] for student in others},
    }
    [call] = ServiceCall.objects.filter(operation="ProcessTriggers")
    assert RequirementSetStatus.history.filter(call=call).count() == 6
    assert not has_outstanding(processor("Transcript"))
    # What was worked out counts now.
    assert outcomes(others[0].asn) == ["AHSD"]


def test_what_is_right_already_is_not_touched(students):
    each = transcript_with(by_credits)
    drain(each, COMMAND)
    before = list(RequirementSetStatus.objects.order_by("pk").values())
    with set_up():
        make_mark(students[0], "MAT3791", 2026, 5, "60")
        raise_triggers("Transcript", [student.pk for student in students], "OfficialMark")
    assert drain(each, COMMAND).processed == 7
    assert list(RequirementSetStatus.objects.order_by("pk").values()) == before


def test_a_student_who_cannot_be_done_is_set_aside_and_the_others_are_done(students):
    bad = students[2].pk

    def most_of_them(keys, call):
        by_credits([key for key in keys if key != bad], call)
        return {bad: ValueError("no birth date")}

    done = drain(transcript_with(most_of_them), COMMAND)
    assert (done.processed, done.set_aside) == (6, 1)
    assert set_aside() == {bad: "ValueError: no birth date"}
    assert bad not in stored() and len(stored()) == 6
    assert not has_outstanding(processor("Transcript"))
    # Its trigger is raised again: it is tried again, and nothing is left of the failure.
    with set_up():
        raise_triggers("Transcript", [bad], "OfficialMark")
    assert drain(transcript_with(by_credits), COMMAND).processed == 1
    assert stored()[bad] == ["Achieved", True]
    assert set_aside() == {}


def test_what_is_raised_is_put_down_to_the_student_to_blame(students):
    bad = {students[1].pk, students[6].pk}

    def failing(keys, call):
        by_credits(keys, call)
        if bad & set(keys):
            raise ValueError("somebody")
        return {}

    done = drain(transcript_with(failing), COMMAND)
    assert (done.processed, done.set_aside) == (5, 2)
    assert set_aside() == dict.fromkeys(bad, "ValueError: somebody")
    # Nothing is left of the attempts that failed.
    assert not bad & set(stored())
    assert len(stored()) == 5


def test_a_lost_connection_is_no_students_fault(students):
    def lost(keys, call):
        raise OperationalError("terminating connection due to administrator command")

    with pytest.raises(OperationalError):
        drain(transcript_with(lost), COMMAND)
    assert set_aside() == {}
    assert drain(processor("Transcript"), COMMAND).processed == 7
