"""The processors: what becomes of records that fail, what the clock and an operator bring, what a
batch costs.
"""

import dataclasses
import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from enrolments import processors as all_processors
from enrolments.models import (
    CoreAlert,
    CourseEnrolment,
    SchoolEnrolment,
    SchoolEnrolmentValidationStatus,
)
from enrolments.processors import Processor, drain, has_outstanding, processor
from enrolments.scans import raise_due_scans
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.models import Organization
from tests.enrolments.alert_fixtures import ENROLMENT, SKIPPED, make_pupil, process
from tests.province_builder import (
    COMMAND,
    make_enrolment,
    make_school,
    make_student,
    set_up,
)


class Poison(Exception):
    """A rule fails on the record, or its facts cannot be loaded."""


def poisoned(keys: set[int], *, where: str, error: Exception | None = None) -> Processor:
    """The processor of school enrolments, but that it fails on some: in `evaluate` or in `load`."""
    each = processor(ENROLMENT)
    judge, error = each.judge, error or Poison("ADA BYRON")

    def load(asked):
        if where == "load" and keys & set(asked):
            raise error
        return judge.load(asked)

    def evaluate(facts):
        if where == "evaluate" and facts.enrolment.key in keys:
            raise error
        return judge.evaluate(facts)

    return Processor(each.name, dataclasses.replace(judge, load=load, evaluate=evaluate))


@pytest.fixture
def pupils(db) -> list[SchoolEnrolment]:
    with set_up():
        return [make_pupil() for _ in range(7)]


def alerted() -> set[int]:
    return set(CoreAlert.objects.filter(alert_code=SKIPPED).values_list("record", flat=True))


# --- Records that fail --------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["evaluate", "load"])
def test_a_poison_record_is_set_aside_and_does_not_stop_the_rest(pupils, where):
    bad = {pupils[2].pk, pupils[5].pk}
    each = poisoned(bad, where=where)
    done = drain(each, COMMAND)
    assert (done.processed, done.set_aside) == (5, 2)
    assert alerted() == {pupil.pk for pupil in pupils} - bad
    aside = SchoolEnrolmentValidationStatus.objects.exclude(set_aside_at=None)
    assert dict(aside.values_list("pk", "set_aside_error")) == dict.fromkeys(
        bad, "Poison: ADA BYRON"
    )
    assert not has_outstanding(each)
    assert drain(each, COMMAND).claimed == 0
    # Its trigger is raised again: it is tried again, and nothing is left of the failure.
    with set_up():
        raise_triggers(ENROLMENT, list(bad), "Test")
    assert process().processed == 2
    assert alerted() == {pupil.pk for pupil in pupils}
    assert not SchoolEnrolmentValidationStatus.objects.exclude(set_aside_at=None).exists()


def test_a_lost_connection_is_no_records_fault(pupils):
    lost = OperationalError("terminating connection due to administrator command")
    for pupil in pupils[1:]:
        CoreAlert.objects.filter(record=pupil.pk).delete()
    each = poisoned({pupils[0].pk}, where="load", error=lost)
    with pytest.raises(OperationalError):
        drain(each, COMMAND)
    assert not SchoolEnrolmentValidationStatus.objects.exclude(set_aside_at=None).exists()
    assert has_outstanding(each)
    assert process().processed == 7


def test_what_is_moved_while_it_is_loaded_stays_outstanding(pupils):
    """It is in nobody's facts then: its alerts, and what was said of them, stay as they are."""
    process()
    before = alerted()
    with set_up():
        raise_triggers(ENROLMENT, [pupil.pk for pupil in pupils], "Test")
    each = processor(ENROLMENT)
    judge = each.judge

    def load(asked):
        found = judge.load(asked)
        found.pop(pupils[3].pk, None)
        return found

    moved = Processor(each.name, dataclasses.replace(judge, load=load))
    with set_up() as call:
        claimed = bulk.claim_triggers(each.trigger, each.status, limit=10)
        batch = all_processors.carry_out(moved.judge, each.status, claimed, call.message_id)
    assert (batch.claimed, batch.processed) == (7, 6)
    assert alerted() == before
    assert process().processed == 1


def test_the_command_says_what_was_set_aside_and_tries_it_again(pupils):
    """A grade that is none: no service stores it, but no rule can judge it either."""
    SchoolEnrolment.objects.filter(pk=pupils[0].pk).update(grade="??")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 records could not be judged"):
        call_command("process_triggers", processor=ENROLMENT, stdout=out)
    assert "6 processed, 1 set aside" in out.getvalue()
    SchoolEnrolment.objects.filter(pk=pupils[0].pk).update(grade="06")
    call_command("process_triggers", stdout=io.StringIO())
    assert pupils[0].pk not in alerted()
    call_command("process_triggers", "--set-aside", stdout=io.StringIO())
    assert alerted() == {pupil.pk for pupil in pupils}


def test_the_enrolments_of_a_school_can_be_judged_again(pupils):
    process()
    with set_up():
        school = Organization.objects.get(code="S.0001")
        school.opened_on = datetime.date(2030, 1, 1)
        school.save()
    call_command("process_triggers", stdout=io.StringIO())
    assert not CoreAlert.objects.filter(alert_code=10005).exists()
    for code in ("S.0001", "A.0001"):
        CoreAlert.objects.filter(alert_code=10005).delete()
        call_command("process_triggers", "--school", code, stdout=io.StringIO())
        assert CoreAlert.objects.filter(alert_code=10005).count() == 14
    with pytest.raises(CommandError, match=r"S\.9999 is not a known"):
        call_command("process_triggers", "--school", "S.9999", stdout=io.StringIO())


# --- Wording ------------------------------------------------------------------------------------


def test_an_alert_takes_the_wording_of_a_later_release(pupils):
    """When its record is judged again; nothing else of it changes, its version neither."""
    process()
    alerts = CoreAlert.objects.filter(alert_code=SKIPPED)
    kept = ("pk", "version", "raised_at", "acknowledgement_status")
    new, before = alerts[0].description, list(alerts.order_by("pk").values(*kept))
    statuses = SchoolEnrolmentValidationStatus.objects.order_by("pk").values_list("pk", "version")
    versions = list(statuses)
    alerts.update(description="As it was said once. With other words.")
    with set_up():
        raise_triggers(ENROLMENT, [pupil.pk for pupil in pupils[1:]], "Test")
    process()
    descriptions = dict(alerts.values_list("record", "description"))
    assert descriptions.pop(pupils[0].pk) == "As it was said once. With other words."
    assert descriptions == {pupil.pk: new for pupil in pupils[1:]}
    assert list(alerts.order_by("pk").values(*kept)) == before
    assert list(statuses) == versions


# --- Dates --------------------------------------------------------------------------------------


def test_a_record_is_judged_again_when_its_date_has_come(db, settings):
    """An enrolment of next year: the rules of the current year wait until it is that."""
    with set_up():
        school = make_school()
        student = make_student(birth_date=datetime.date(2016, 5, 17))
        make_enrolment(student, school, 2027, grade="04")
        enrolment = make_enrolment(student, school, 2028, grade="06")
        raise_triggers(ENROLMENT, [enrolment.pk], "Test")
    process()
    assert alerted() == set()
    status = SchoolEnrolmentValidationStatus.objects.get(pk=enrolment.pk)
    assert status.next_scan_date == datetime.date(2027, 9, 1)
    for day, raised in ((datetime.date(2027, 8, 31), 0), (datetime.date(2027, 9, 1), 1)):
        settings.PASI_TODAY = day
        assert raise_due_scans(processor(ENROLMENT), COMMAND) == raised
    process()
    assert alerted() == {enrolment.pk}


# --- Facts --------------------------------------------------------------------------------------


def test_an_expired_grants_program_code(db):
    """Through the code values as they are shipped: 500 was for 2015/2016 and before."""
    with set_up():
        pupil = make_pupil(grants_program_codes="211;500")
    process()
    [alert] = CoreAlert.objects.filter(record=pupil.pk, alert_code=10029)
    assert alert.arguments == {"GrantProgramCode": "500", "SchoolYear": "2026/2027"}


def test_a_resident_board(db):
    with set_up():
        make_school("S.0002", "A.0002")
        known = make_pupil(resident_board="0002")
        unknown = make_pupil(resident_board="9999")
    process()
    found = CoreAlert.objects.filter(alert_code=10068)
    assert [alert.record for alert in found] == [unknown.pk]
    assert found[0].arguments == {"ResidentBoard": "9999"}
    assert known.pk not in {alert.record for alert in found}


def test_enrolments_of_linked_numbers_belong_together(db):
    with set_up():
        school = make_school()
        student = make_student(birth_date=datetime.date(2016, 5, 17))
        second = make_student(primary=student)
        make_enrolment(second, school, 2026, grade="04")
        enrolment = make_enrolment(student, school, 2027, grade="06")
        raise_triggers(ENROLMENT, [enrolment.pk], "Test")
    process()
    assert alerted() == {enrolment.pk}


def test_course_enrolments(db):
    """40214: the person has no school enrolment there, under any number, that year."""
    with set_up():
        school, other = make_school(), make_school("S.0002")
        student = make_student()
        second = make_student(primary=student)
        make_enrolment(second, school, 2027)
        courses = [
            CourseEnrolment.objects.create(
                reference_id=f"00000000-0000-4000-8000-00000000000{number}",
                student=student,
                school=at,
                school_year=2027,
                course_code="ELA3105",
                status="Active",
                is_deleted=is_deleted,
                version=bulk.next_versions(1)[0],
            )
            for number, (at, is_deleted) in enumerate(
                [(school, False), (other, False), (other, True)]
            )
        ]
        raise_triggers("CourseEnrolment", [course.pk for course in courses], "Test")
    assert process("CourseEnrolment").processed == 3
    [alert] = CoreAlert.objects.filter(alert_code=40214)
    assert (alert.record, alert.arguments) == (courses[1].pk, {})
    assert alert.description.startswith("Enrolment missing.")


# --- What it costs ------------------------------------------------------------------------------


def test_the_number_of_queries_of_a_batch_is_constant(db):
    process()  # what is read once is read
    counts = []
    for size in (1, 2, 40):
        with set_up():
            for _ in range(size):
                make_pupil(grants_program_codes="500", resident_board="9999")
        with CaptureQueriesContext(connection) as captured:
            assert process().processed == size
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in captured))
    assert counts[1] == counts[2] <= 40
