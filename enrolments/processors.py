"""The processors: which triggers each one works on, what it does with a record, and the loop that
drains outstanding work. status_processor.py carries out a batch.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, connections, models

from credentials.eligibility.definitions import DefinitionError
from credentials.transcripts import recalculate
from enrolments.alert_facts import load_course_enrolments, load_school_enrolments, load_students
from enrolments.alert_rules.registry import (
    evaluate_course_enrolment,
    evaluate_school_enrolment,
    evaluate_student,
)
from enrolments.alert_rules.scanning import next_scan_date
from enrolments.models import ProcessorProgress, RecordType
from enrolments.status_processor import (
    Batch,
    Calculator,
    Judge,
    calculate,
    carry_out,
    log_what_failed,
    set_aside,
)
from enrolments.triggers import TABLES
from pasi import bulk
from pasi.caller_info import in_process
from pasi.faults import fault_of_database_error
from pasi.garbage import no_garbage_collection
from pasi.services import Call, Caller, recorded_call

# Also how long an acknowledgement may have to wait: a quarter of a second.
BATCH = 2_500
BATCH_OF_NO_RULES = 5_000
PROCESS_TRIGGERS = "ProcessTriggers"  # the operation of a recorded batch


@dataclass(frozen=True)
class Processor:
    """A background processor: it judges records by rules, which raise alerts, or has a calculator
    bring them up to date. Without either, draining it marks its triggers done and changes nothing.
    """

    name: str
    judge: Judge | None = None
    calculator: Calculator | None = None

    @property
    def trigger(self) -> type[models.Model]:
        return TABLES[self.name][0]

    @property
    def status(self) -> type[models.Model]:
        return TABLES[self.name][1]

    @property
    def batch(self) -> int:
        return BATCH if self.judge or self.calculator else BATCH_OF_NO_RULES


PROCESSORS = (
    Processor("Student", Judge(RecordType.STUDENT, load_students, evaluate_student)),
    Processor(
        "StudentSchoolEnrolment",
        Judge(
            RecordType.SCHOOL_ENROLMENT,
            load_school_enrolments,
            evaluate_school_enrolment,
            next_scan_date,
        ),
    ),
    Processor(
        "CourseEnrolment",
        Judge(
            RecordType.COURSE_ENROLMENT,
            load_course_enrolments,
            evaluate_course_enrolment,
            next_scan_date,
        ),
    ),
    Processor("ResponsibleSchool"),
    Processor("Transcript", calculator=recalculate),
)


def processor(name: str) -> Processor:
    """The processor called `name`. KeyError if there is none."""
    return {each.name: each for each in PROCESSORS}[name]


@dataclass
class Drained:
    """What draining a processor came to, in records."""

    claimed: int = 0
    processed: int = 0
    set_aside: int = 0


class Draining:
    """One drain at work: what its threads have done together, and whether they are to stop."""

    def __init__(self, on_progress: Callable[[int], Any]) -> None:
        self.done = Drained()
        self.is_stopped = threading.Event()
        self._on_progress = on_progress
        self._lock = threading.Lock()

    def add(self, batch: Batch) -> None:
        with self._lock:
            self.done.claimed += batch.claimed
            self.done.processed += batch.processed
            self.done.set_aside += batch.set_aside
            self._on_progress(batch.claimed)


def drain(
    each: Processor,
    caller: Caller,
    on_progress: Callable[[int], Any] = lambda count: None,
    threads: int = 1,
) -> Drained:
    """Process every outstanding trigger of a processor.

    Each batch is a recorded call and a transaction of its own. Any number of workers may drain
    the same processor: they claim different records. What another holds is left to it.

    `threads`: where there is more than one batch to do, so many work side by side, each on a
    connection of its own and as one more worker: while PostgreSQL writes for one, Python judges for
    another. The first that fails stops the others at the end of their batch; its error is raised.
    """
    draining = Draining(on_progress)
    with ThreadPoolExecutor(max(threads - 1, 1), f"drain {each.name}") as pool:
        others: list[Future] = []
        with _stopping_on_error(draining):
            for batch in _batches(each, caller, draining):
                draining.add(batch)
                if not others and batch.claimed == each.batch:
                    work = (_drain_beside, each, caller, draining)
                    others = [pool.submit(*work) for _ in range(threads - 1)]
    for other in others:
        other.result()
    return draining.done


def _drain_beside(each: Processor, caller: Caller, draining: Draining) -> None:
    """The work of another thread of a drain."""
    try:
        with _stopping_on_error(draining):
            for batch in _batches(each, caller, draining):
                draining.add(batch)
    finally:
        connections.close_all()


@contextmanager
def _stopping_on_error(draining: Draining) -> Iterator[None]:
    try:
        yield
    except BaseException:
        draining.is_stopped.set()
        raise


def _batches(each: Processor, caller: Caller, draining: Draining) -> Iterator[Batch]:
    """Carry out batches until nothing is outstanding. Each pass goes up through the versions, so
    that no batch looks at what the one before has done.
    """
    claimed = -1
    while claimed and not draining.is_stopped.is_set():
        claimed, above = 0, _note_progress(each)
        while bulk.outstanding_count(each.trigger, each.status, above=above, at_most=1):
            batch = _one_batch(each, caller, above)
            if not batch.claimed:
                break
            above = batch.up_to
            claimed += batch.claimed
            yield batch
            if draining.is_stopped.is_set():
                break


def has_outstanding(each: Processor) -> bool:
    """Whether anything waits for a processor. Cheap: only what is new is looked at."""
    above = processed_up_to(each.name)
    return bool(bulk.outstanding_count(each.trigger, each.status, above=above, at_most=1))


def processed_up_to(name: str) -> int:
    """The version up to which nothing is outstanding for a processor."""
    progress = ProcessorProgress.objects.filter(pk=name).values_list("processed_up_to", flat=True)
    return progress.first() or 0


def _note_progress(each: Processor) -> int:
    """Move the mark up to what is outstanding, or to what can still come to light; the mark.

    Which versions can is asked first, in a statement of its own: a trigger that is committed
    after it lies above the answer.
    """
    ceiling = bulk.visible_version()
    above = processed_up_to(each.name)
    lowest = bulk.lowest_outstanding(each.trigger, each.status, above=above)
    mark = ceiling if lowest is None else min(ceiling, lowest - 1)
    if mark > above:
        ProcessorProgress.objects.bulk_create(
            [ProcessorProgress(name=each.name, processed_up_to=mark)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["processed_up_to"],
        )
    return max(mark, above)


def forget_marks() -> None:
    """Forget the marks: the next look goes through all triggers once."""
    ProcessorProgress.objects.update(processed_up_to=0)


def _one_batch(
    each: Processor, caller: Caller, above: int, among: Sequence[int] | None = None
) -> Batch:
    """Carry out one batch of triggers above a version.

    One that cannot be loaded or written is tried again in halves, until the record to blame stands
    alone and is set aside.
    """
    claimed: list[tuple[int, int]] = []
    try:
        with _recorded(each, caller) as call:
            claimed = bulk.claim_triggers(
                each.trigger,
                each.status,
                limit=each.batch,
                above=above,
                among=among,
            )
            with no_garbage_collection():
                if each.judge:
                    batch = carry_out(each.judge, each.status, claimed, call.message_id)
                    call.came_to = {"AlertsRaised": batch.raised, "AlertsCleared": batch.cleared}
                    return batch
                return calculate(each.calculator, each.status, claimed, call.message_id)
    except Exception as error:
        if not claimed or isinstance(error, DefinitionError) or _is_of_the_database(error):
            raise  # no record is to blame: what was claimed stays outstanding
        if len(claimed) == 1:
            [(key, version)] = claimed
            log_what_failed(f"{each.name} {key}", error)
            with _recorded(each, caller):
                # Claimed again: another worker may have had it meanwhile, and more luck. Whoever
                # acknowledges holds it, or it has changed: then it stays outstanding.
                again = bulk.claim_triggers(each.trigger, each.status, limit=1, among=[key])
                to_blame = [claim for claim in again if claim == (key, version)]
                set_aside(each.status, [(*claim, error) for claim in to_blame])
            return Batch(claimed=1, set_aside=len(to_blame), up_to=version)
        keys = [key for key, _version in claimed]
        half = len(keys) // 2
        return _one_batch(each, caller, above, keys[:half]) + _one_batch(
            each, caller, above, keys[half:]
        )


def _is_of_the_database(error: Exception) -> bool:
    """A lost connection, a lock or a time that ran out, a deadlock: the same may go well again."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    fault = fault_of_database_error(error)
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return fault is not None and not state.startswith("23")  # a constraint is the record's


@contextmanager
def _recorded(each: Processor, caller: Caller) -> Iterator[Call]:
    body = {
        "CallerInfo": in_process(
            product="process_triggers",
            user_name="[System]",
            local_id="[System]",
            address="127.0.0.1",
        ),
        "Processor": each.name,
    }
    with recorded_call(PROCESS_TRIGGERS, caller, body) as call:
        yield call
