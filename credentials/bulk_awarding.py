"""Awarding runs of the back office: preview, confirm, continue, start over with those who failed.

A run is recorded by whoever asks for it and carried out by a worker (credentials/tasks.py), batch
by batch, each a call in the name of the member of staff. Starting, confirming and continuing change
nothing but the run, and each press of their buttons is a recorded call too: so it stays known who
did what, from where, and why a run had stopped. Who is to be awarded is looked for by the worker:
it may take long.

What keeps a run from being carried out twice: the form's id and the confirmed preview are unique in
the table of runs, one session at a time holds the lock of a run, and a batch is done once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from audit.models import ServiceCall
from credentials import runs
from credentials.models import AwardingBatch, AwardingOutcome, AwardingRun
from credentials.selection import achieved_not_awarded
from pasi import bulk
from pasi.caller_info import in_process
from pasi.models import Organization
from pasi.services import Call, Caller, recorded_call

BACK_OFFICE = AwardingRun.Origin.BACK_OFFICE
# The calls of who asks for a run; their answers name it (Run). WasDoneBefore: this press has done
# nothing, another one was first.
PREVIEW_RUN = "PreviewAwardingRun"
CONFIRM_RUN = "ConfirmAwardingRun"
CONTINUE_RUN = "ContinueAwardingRun"
OPERATIONS = (PREVIEW_RUN, CONFIRM_RUN, CONTINUE_RUN)
STOPPED_BECAUSE = "StoppedBecause"  # in the answer to CONTINUE_RUN


@dataclass(frozen=True)
class Officer:
    """Who asks for a run, from where."""

    user: User
    address: str

    @property
    def name(self) -> str:
        return self.user.get_full_name() or self.user.get_username()

    @property
    def columns(self) -> dict[str, Any]:
        return {"staff": self.user, "staff_address": self.address}

    @property
    def caller(self) -> Caller:
        return Caller(ServiceCall.Door.BACK_OFFICE, staff=self.user, address=self.address)

    def caller_info(self) -> dict[str, Any]:
        return in_process(
            product="Back office",
            user_name=self.name,
            local_id=self.user.get_username(),
            address=self.address,
        )

    def pressing(self, operation: str, form_id: UUID, what: Mapping[str, Any]):
        """The context of the recorded call that the press of a form's button is."""
        info = {**self.caller_info(), "ClientMessageID": str(form_id)}
        return recorded_call(operation, self.caller, {"CallerInfo": info, **what})


# --- Asking for a run ---------------------------------------------------------------------------


def preview_everyone(
    officer: Officer, form_id: UUID, *, school: str | None, credential_types: Sequence[str]
) -> AwardingRun:
    """A dry run over everyone who has achieved a credential that is not awarded; of one school or
    authority; only those to be awarded one of the types (none given: any).
    """
    criteria = {"achieved_not_awarded": True, "school": school}
    return _preview(officer, form_id, criteria, credential_types=credential_types)


def preview_list(officer: Officer, form_id: UUID, *, file: str, asns: Iterable[str]) -> AwardingRun:
    """A dry run over the numbers of a file, which has been checked."""
    return _preview(officer, form_id, {"file": file}, asns=asns)


def preview_not_awarded(
    officer: Officer, form_id: UUID, of: AwardingRun, *, rejections: Sequence[str]
) -> AwardingRun:
    """A dry run over those whom a run has not awarded, for these reasons."""
    criteria = {"not_awarded_of": of.pk, "rejections": list(rejections)}
    return _preview(officer, form_id, criteria, credential_types=of.credential_types)


def _preview(
    officer: Officer,
    form_id: UUID,
    criteria: Mapping[str, Any],
    *,
    credential_types: Sequence[str] = (),
    asns: Iterable[str] | None = None,
) -> AwardingRun:
    what = {"Criteria": criteria, "CredentialTypes": list(credential_types)}
    with officer.pressing(PREVIEW_RUN, form_id, what) as call:
        return _once(
            call,
            {"form_id": form_id},
            asns or (),
            is_listed=asns is not None,
            criteria=criteria,
            credential_types=credential_types,
            is_dry_run=True,
            started_by=officer.name,
            **officer.columns,
        )


def confirm(officer: Officer, form_id: UUID, preview: AwardingRun) -> AwardingRun:
    """The run that awards the students of a preview; the same one, whoever confirms it again."""
    with officer.pressing(CONFIRM_RUN, form_id, {"Preview": preview.pk}) as call:
        return _once(
            call,
            {"preview": preview},
            (),
            is_listed=False,
            criteria=preview.criteria,
            credential_types=preview.credential_types,
            started_by=officer.name,
            **officer.columns,
        )


def _once(call: Call, key: dict[str, Any], asns: Iterable[str], **values: Any) -> AwardingRun:
    """The run with this unique key, which is recorded, by this call, unless it is there."""
    try:
        with transaction.atomic():
            run = runs.start_run(
                asns, origin=BACK_OFFICE, batch_size=runs.STAFF_BATCH, **key, **values
            )
    except IntegrityError:
        if (first := AwardingRun.objects.filter(**key).first()) is None:
            raise
        call.came_to = {"Run": first.pk, "WasDoneBefore": True}
        return first
    run.staff_calls.add(call.message_id)
    call.came_to = {"Run": run.pk}
    transaction.on_commit(lambda: _wake(run), robust=True)
    return run


def carry_on(officer: Officer, form_id: UUID, run: AwardingRun) -> bool:
    """Have a run go on that stopped on an error, from now on in the name of this officer. False if
    somebody else has seen to it.
    """
    with officer.pressing(CONTINUE_RUN, form_id, {"Run": run.pk}) as call:
        stopped = AwardingRun.objects.filter(pk=run.pk, origin=BACK_OFFICE, finished_at=None)
        found = stopped.exclude(stopped_because="").select_for_update(no_key=True).first()
        if found is None:
            call.came_to = {"Run": run.pk, "WasDoneBefore": True}
            return False
        call.came_to = {"Run": run.pk, STOPPED_BECAUSE: found.stopped_because}
        AwardingRun.objects.filter(pk=run.pk).update(stopped_because="", **officer.columns)
        run.staff_calls.add(call.message_id)
        transaction.on_commit(lambda: _wake(run), robust=True)
    return True


def _wake(run: AwardingRun) -> None:
    from credentials.tasks import wake  # the tasks carry out what is here

    wake(run.pk)


# --- Carrying it out ----------------------------------------------------------------------------


def waiting_runs() -> list[int]:
    """Runs that a worker should be at, and none is: a wake-up was lost, or a worker died."""
    unfinished = AwardingRun.objects.filter(
        origin=BACK_OFFICE, finished_at=None, stopped_because=""
    )
    keys = unfinished.order_by("pk").values_list("pk", flat=True)
    return [key for key in keys if not bulk.is_run_locked(key)]


def carry_out(key: int, on_progress=lambda count: None) -> None:
    """Do what is left of a run, unless another session is at it. If it meets a fault it stops, and
    says why, until staff have it go on.
    """
    run = AwardingRun.objects.select_related("staff").get(pk=key)
    if run.finished_at or run.stopped_because:
        return
    officer = Officer(run.staff, run.staff_address)
    try:
        runs.carry_out(
            run,
            caller=officer.caller,
            caller_info=officer.caller_info,
            on_progress=on_progress,
            choose=students_of,
        )
    except runs.RunIsBusy:
        return
    except runs.RunStopped as stopped:
        fault = stopped.fault
        why = f"{fault.detail} ({fault.code})" if fault.code else fault.detail
        # Where the database is gone this fails: then a worker takes the run up again by itself.
        AwardingRun.objects.filter(pk=key).update(stopped_because=why[:300])


def students_of(run: AwardingRun) -> Iterator[str]:
    """The numbers that a run was asked for, by its criteria. Streams."""
    if run.preview_id:
        batches = AwardingBatch.objects.filter(run=run.preview_id).order_by("first_position")
        for [asns] in batches.values_list("asns").iterator(chunk_size=10):
            yield from asns
    elif former := run.criteria.get("not_awarded_of"):
        outcomes = AwardingOutcome.objects.filter(
            run=former, rejection_code__in=run.criteria["rejections"]
        )
        asns = outcomes.order_by("position").values_list("asn", flat=True)
        yield from dict.fromkeys(asns.iterator(chunk_size=10_000))
    else:
        school = run.criteria.get("school")
        yield from achieved_not_awarded(
            organization=Organization.objects.get(code=school) if school else None,
            credential_types=tuple(run.credential_types),
        )
