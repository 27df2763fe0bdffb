"""Awarding runs: a long list in batches, each one recorded call and one transaction.

A run that is stopped, by a fault or by force, holds whole batches; resuming does the rest.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from credentials.models import AwardingBatch, AwardingOutcome, AwardingRun
from credentials.selection import in_chunks
from credentials.services import SubmitCredentialAwardingMultiple
from pasi import bulk
from pasi.faults import Fault, fault_of_database_error
from pasi.services import Caller

DEFAULT_BATCH = 2_500
STAFF_BATCH = 1_000  # of the back office's runs: their pages show how far they are
RESULT_COLUMNS = (
    "StateProvinceId",
    "CredentialType",
    "CredentialNumber",
    "SchoolYear",
    "RejectionCode",
    "RejectionDescription",
)


class RunIsBusy(Exception):
    """Somebody else is carrying this run out."""


class RunStopped(Exception):
    """A batch met a fault, or the database went away; the run can be resumed."""

    def __init__(self, run: AwardingRun, fault: Fault) -> None:
        super().__init__(f"Run {run.pk} stopped: {fault.detail}")
        self.run, self.fault = run, fault


@transaction.atomic
def start_run(
    asns: Iterable[str],
    *,
    origin: str,
    started_by: str,
    batch_size: int,
    criteria: dict[str, Any],
    credential_types: Iterable[str] = (),
    is_dry_run: bool = False,
    **of_back_office: Any,
) -> AwardingRun:
    """Record a run and its whole list, in batches of `batch_size`, before anything is awarded.

    `of_back_office`: the columns of AwardingRun that only its runs have.
    """
    run = AwardingRun.objects.create(
        origin=origin,
        started_by=started_by[:100],
        is_dry_run=is_dry_run,
        credential_types=list(credential_types),
        criteria=criteria,
        **of_back_office,
    )
    for chunk in in_chunks(iter(asns), batch_size):
        AwardingBatch.objects.create(run=run, first_position=run.requested, asns=chunk)
        run.requested += len(chunk)
    run.save(update_fields=["requested"])
    return run


def carry_out(
    run: AwardingRun,
    *,
    caller: Caller,
    caller_info: Callable[[], dict[str, Any]],
    on_progress: Callable[[int], None] = lambda count: None,
    choose: Callable[[AwardingRun], Iterable[str]] | None = None,
) -> None:
    """Award every batch of the run that has no outcome yet.

    `caller_info` makes a fresh CallerInfo per batch; `on_progress` is told the number of students
    answered, or chosen; `choose` gives the students of a run that was recorded without them.
    Raises RunIsBusy, RunStopped.
    """
    try:
        _carry_out(run, caller, caller_info, on_progress, choose)
    except (OperationalError, InterfaceError) as error:  # between two calls
        raise RunStopped(run, fault_of_database_error(error) or Fault("2001")) from error


def _carry_out(run: AwardingRun, caller: Caller, caller_info, on_progress, choose) -> None:
    with _alone(run):
        run.refresh_from_db()  # whoever had the lock before may have done some of it
        if not run.is_listed:
            _list_students(run, choose(run), on_progress)
        pending = AwardingBatch.objects.filter(run=run, call=None).order_by("first_position")
        for key in list(pending.values_list("pk", flat=True)):
            batch = AwardingBatch.objects.select_related("run").get(pk=key)
            body = {"CallerInfo": caller_info(), "StateProvinceIds": batch.asns}
            answer = SubmitCredentialAwardingMultiple(batch).execute(
                json.dumps(body).encode(), caller
            )
            if answer.fault:
                raise RunStopped(run, answer.fault)
            on_progress(len(batch.asns))
        if run.finished_at is None:
            run.finished_at = timezone.now()
            run.save(update_fields=["finished_at"])


def _list_students(run: AwardingRun, asns: Iterable[str], on_progress) -> None:
    """Record the students batch by batch, so that all can see how far it is. What an attempt left
    that was broken off is thrown away: nothing is awarded before the list is whole.
    """
    with transaction.atomic():
        AwardingBatch.objects.filter(run=run).delete()
        run.requested = 0
        run.save(update_fields=["requested"])
    for chunk in in_chunks(iter(asns), STAFF_BATCH):
        with transaction.atomic():
            AwardingBatch.objects.create(run=run, first_position=run.requested, asns=chunk)
            run.requested += len(chunk)
            run.save(update_fields=["requested"])
        on_progress(len(chunk))
    run.is_listed = True
    run.save(update_fields=["is_listed"])


@contextmanager
def _alone(run: AwardingRun) -> Iterator[None]:
    """Nobody else carries out this run meanwhile; a lost connection gives the lock back too."""
    if not bulk.try_run_lock(run.pk):
        raise RunIsBusy(f"Run {run.pk} is being carried out by somebody else.")
    try:
        yield
    finally:
        with suppress(DatabaseError, InterfaceError):
            bulk.release_run_lock(run.pk)


def students_answered(run: AwardingRun) -> int:
    return AwardingOutcome.objects.filter(run=run).count()


def summary(run: AwardingRun) -> dict[str, Any]:
    """Counts of a run: awarded by credential type, rejected by code, waiting for recalculation."""
    awarded, rejected = Counter(), Counter()
    recalculating = 0
    for kind, code, count, waiting in (
        AwardingOutcome.objects.filter(run=run)
        .values_list("credential_type", "rejection_code")
        .annotate(count=Count("pk"), waiting=Count("pk", filter=Q(is_recalculating=True)))
    ):
        (rejected if code else awarded)[code or kind] += count
        recalculating += waiting
    return {
        "run": run.pk,
        "requested": run.requested,
        "awarded": dict(sorted(awarded.items())),
        "rejected": dict(sorted(rejected.items())),
        "recalculating": recalculating,
        "dry_run": run.is_dry_run,
    }


def write_results(run: AwardingRun, path: Path) -> None:
    """The outcomes of the whole run as CSV, in request order. Streams."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(RESULT_COLUMNS)
        writer.writerows(results(AwardingOutcome.objects.filter(run=run)))


def results(outcomes: QuerySet[AwardingOutcome]) -> Iterator[tuple]:
    """These outcomes of one run as rows of RESULT_COLUMNS, in request order. Streams."""
    for asn, kind, number, year, code, description in (
        outcomes.order_by("position")
        .values_list(
            "asn",
            "credential_type",
            "credential_number",
            "school_year",
            "rejection_code",
            "rejection_description",
        )
        .iterator(chunk_size=5_000)
    ):
        yield asn, kind, number or "", year, code, description
