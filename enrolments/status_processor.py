"""One batch of a processor: load, judge, replace the alerts; or have a calculator do its work.

The status rows of the batch are locked, which keeps other workers and acknowledgements of the same
records away until the commit. What a trigger asks for is judged on whatever is stored by then;
should the record change meanwhile, its trigger has moved on and the record is judged again.
Source: PASI knowledge base; the order of the steps: inferred.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db import DatabaseError, InterfaceError, models
from django.utils import timezone

from enrolments.arguments import arguments_json, arguments_key
from enrolments.models import Acknowledgement, AcknowledgementStatus, CoreAlert, RecordType
from pasi import bulk
from pasi.rules import Alert

logger = logging.getLogger(__name__)

LONGEST_ERROR = 500
_ALERT_COLUMNS = (
    *("record_type", "record", "alert_code", "arguments", "arguments_key", "alert_type"),
    *("description", "acknowledgement_status", "reference_id", "student_id", "school_id"),
    *("school_year", "version"),
)


class Subject(NamedTuple):
    """A record to be judged: what its alerts show of it, and the facts of its rules."""

    student: int
    facts: Any
    school: int | None = None
    school_year: int | None = None
    reference_id: UUID | None = None


@dataclass(frozen=True)
class Judge:
    """How the records of one type are loaded and judged.

    `load`: the subjects of many keys, in a fixed number of queries; a record that is gone is left
    out. `next_scan`: from the facts and what was found on them, the next date on which time alone
    can change the outcome.
    """

    record_type: RecordType
    load: Callable[[Sequence[int]], Mapping[int, Subject]]
    evaluate: Callable[[Any], list[Alert]]
    next_scan: Callable[[Any, Sequence[Alert]], date | None] = lambda facts, found: None


class Calculator(Protocol):
    """Brings what is stored about records up to date, in the transaction of a batch.

    It is given the records, whose status rows are locked, and the call that its history rows
    belong to; it answers the errors of those that it could not do, and has then left these as they
    were. What it raises is nobody's error: the batch is tried again in halves. Nothing but the
    status rows is locked: what it writes it locks first, in the order of all locks, and reads what
    decides after that.
    """

    def __call__(self, records: Sequence[int], call: UUID) -> Mapping[int, Exception]: ...


@dataclass
class Batch:
    """What became of a batch, in records; up to which version of triggers it went; and how many
    alerts it raised and cleared.
    """

    claimed: int = 0
    processed: int = 0
    set_aside: int = 0
    up_to: int = 0
    raised: int = 0
    cleared: int = 0

    def __add__(self, other: "Batch") -> "Batch":
        return Batch(
            self.claimed + other.claimed,
            self.processed + other.processed,
            self.set_aside + other.set_aside,
            max(self.up_to, other.up_to),
            self.raised + other.raised,
            self.cleared + other.cleared,
        )


@dataclass
class Findings:
    """What the rules made of a batch. Alerts by (record, code, key of the arguments)."""

    alerts: dict[tuple[int, int, str], Alert] = field(default_factory=dict)
    next_scans: dict[int, date | None] = field(default_factory=dict)
    errors: dict[int, Exception] = field(default_factory=dict)


def carry_out(
    judge: Judge,
    status: type[models.Model],
    claimed: Sequence[tuple[int, int]],
    call: UUID,
) -> Batch:
    """Judge the claimed records, (key, trigger version), and mark their triggers done."""
    version_of = dict(claimed)
    subjects = judge.load(list(version_of))
    found = _judged(judge, subjects)
    # A record that was moved to another student while it was loaded stays outstanding.
    good = [key for key in version_of if key in subjects and key not in found.errors]
    changed, raised, cleared = _replace_alerts(judge.record_type, subjects, found, good, call)
    former = dict(status.objects.filter(pk__any=bulk.Many(good)).values_list("pk", "version"))
    _mark_done(
        status,
        [
            (key, version_of[key], changed.get(key, former[key]), found.next_scans.get(key))
            for key in good
        ],
    )
    set_aside(status, [(key, version_of[key], error) for key, error in found.errors.items()])
    return Batch(len(claimed), len(good), len(found.errors), _up_to(claimed), raised, cleared)


def calculate(
    calculator: Calculator | None,
    status: type[models.Model],
    claimed: Sequence[tuple[int, int]],
    call: UUID,
) -> Batch:
    """Have the claimed records brought up to date, and mark their triggers done. Without a
    calculator there is nothing to bring up to date.
    """
    errors = calculator([key for key, _version in claimed], call) if calculator else {}
    for key, error in errors.items():
        log_what_failed(f"{status.__name__} {key}", error)
    good = [each for each in claimed if each[0] not in errors]
    versions = bulk.next_versions(len(good))
    _mark_done(status, [(*each, v, None) for each, v in zip(good, versions, strict=True)])
    version_of = dict(claimed)
    set_aside(status, [(key, version_of[key], error) for key, error in errors.items()])
    return Batch(len(claimed), len(good), len(errors), _up_to(claimed))


def _up_to(claimed: Sequence[tuple[int, int]]) -> int:
    return max((version for _key, version in claimed), default=0)


def _judged(judge: Judge, subjects: Mapping[int, Subject]) -> Findings:
    """A record on which a rule fails does not stop the others."""
    found = Findings()
    for key, subject in subjects.items():
        try:
            alerts = judge.evaluate(subject.facts)
            identified = {
                (key, alert.code, arguments_key(alert.arguments)): alert for alert in alerts
            }
            found.next_scans[key] = judge.next_scan(subject.facts, alerts)
        except Exception as error:
            log_what_failed(f"{judge.record_type} {key}", error)
            found.errors[key] = error
        else:
            found.alerts.update(identified)
    return found


def _replace_alerts(
    record_type: RecordType,
    subjects: Mapping[int, Subject],
    found: Findings,
    keys: Sequence[int],
    call: UUID,
) -> tuple[dict[int, int], int, int]:
    """Make the stored alerts of the records `keys` those that were found.

    An alert that was there before keeps its row, hence its status; should its rule have been worded
    anew since, it takes the wording, which is no change of it. A new one takes the status of a kept
    acknowledgement. InProgress goes with its alert. Gives the new version of every record whose
    alerts have changed, and how many alerts were raised and cleared; one that is shown anew is
    neither.
    """
    records = bulk.Many(keys)
    stored = {
        (record, code, key): (pk, (student, school, school_year), description)
        for pk, record, code, key, description, student, school, school_year in (
            CoreAlert.objects.filter(record_type=record_type, record__any=records).values_list(
                *("pk", "record", "alert_code", "arguments_key", "description"),
                *("student_id", "school_id", "school_year"),
            )
        )
    }
    said = {
        (record, code, key): (pk, status)
        for pk, record, code, key, status in Acknowledgement.objects.filter(
            record_type=record_type, record__any=records
        ).values_list("pk", "record", "alert_code", "arguments_key", "status")
    }
    # An alert whose record has moved to another student is shown anew.
    gone = {
        identity
        for identity, (_pk, about, _text) in stored.items()
        if identity not in found.alerts or about != _about(subjects[identity[0]])
    }
    new = [i for i in found.alerts if i not in stored or i in gone]
    touched = sorted({identity[0] for identity in (*gone, *new)})
    versions = dict(zip(touched, bulk.next_versions(len(touched)), strict=True))
    if gone:
        CoreAlert.objects.filter(pk__any=[stored[identity][0] for identity in gone]).delete()
    reworded = [
        (pk, found.alerts[identity].description)
        for identity, (pk, _about, text) in stored.items()
        if identity not in gone and text != found.alerts[identity].description
    ]
    bulk.complete_rows(CoreAlert, ("description",), reworded)
    forgotten = [
        pk
        for identity, (pk, status) in said.items()
        if status == AcknowledgementStatus.IN_PROGRESS and identity not in found.alerts
    ]
    bulk.delete_rows(Acknowledgement, sorted(forgotten), call)
    bulk.copy_rows(
        CoreAlert,
        _ALERT_COLUMNS,
        (
            _row(
                record_type,
                identity,
                found.alerts[identity],
                subjects[identity[0]],
                said.get(identity, (None, AcknowledgementStatus.UNACKNOWLEDGED))[1],
                versions[identity[0]],
            )
            for identity in new
        ),
    )
    anew = len(gone.intersection(new))
    return versions, len(new) - anew, len(gone) - anew


def _about(subject: Subject) -> tuple[int, int | None, int | None]:
    return (subject.student, subject.school, subject.school_year)


def _row(
    record_type: RecordType,
    identity: tuple[int, int, str],
    alert: Alert,
    subject: Subject,
    status: str,
    version: int,
) -> tuple:
    record, code, key = identity
    return (
        *(record_type.value, record, code, arguments_json(alert.arguments), key, alert.kind),
        *(alert.description, status, subject.reference_id, *_about(subject), version),
    )


def _mark_done(
    status: type[models.Model], rows: Sequence[tuple[int, int, int, date | None]]
) -> None:
    """Each row: key, version of the trigger that was processed, own version, next scan date."""
    bulk.complete_rows(
        status,
        ("max_source_version", "version", "next_scan_date", "set_aside_at", "set_aside_error"),
        [(key, done, version, scan, None, "") for key, done, version, scan in rows],
    )


def set_aside(status: type[models.Model], failed: Sequence[tuple[int, int, Exception]]) -> None:
    """Put records on which a rule has failed aside, until something raises their trigger again.

    Each row: key, version of the trigger, what happened. Their alerts stay as they are.
    """
    now = timezone.now()
    bulk.complete_rows(
        status,
        ("max_source_version", "set_aside_at", "set_aside_error"),
        [(key, version, now, _said(error)) for key, version, error in failed],
    )


def log_what_failed(what: str, error: Exception) -> None:
    """A database error without its details: they carry whole rows, names included."""
    if isinstance(error, DatabaseError | InterfaceError):
        logger.error("%s could not be judged: %s", what, _said(error))
    else:
        logger.error("%s could not be judged", what, exc_info=error)


def _said(error: Exception) -> str:
    """What a set-aside record shows of its error: no row, no name."""
    if isinstance(error, DatabaseError | InterfaceError):
        cause = error.__cause__
        state = getattr(cause, "sqlstate", None) or ""
        constraint = getattr(getattr(cause, "diag", None), "constraint_name", None) or ""
        return f"{type(error).__name__} {state} {constraint}".strip()
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
