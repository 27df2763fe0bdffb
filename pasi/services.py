"""One call of a service, step by step, the same for every operation and every door.

Record the call -> may it -> what was said -> replay -> one transaction: lock, load, rules, write,
response. On rejection nothing but the response is written; on a fault everything is rolled back
and the fault recorded. A ServiceCall without a ServiceResponse means: nothing was applied.
"""

import hashlib
import json
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction
from django.utils import timezone
from rest_framework import serializers

from audit.current_call import during_call
from audit.models import AppliedCall, ServiceCall, ServiceResponse
from pasi import bulk, caller_info, reading_json
from pasi.clients import check_client, represented
from pasi.faults import PROBLEM_JSON, Fault, fault_of_database_error
from pasi.http import new_message_id
from pasi.models import Organization, PasiClient, Role
from pasi.rules import Rejection, Rule, first_failing_stage

logger = logging.getLogger(__name__)

Outcome = ServiceResponse.Outcome
DEADLOCK_RETRIES = 2
RETRIED_STATES = {"40001", "40P01"}


@dataclass(frozen=True)
class Caller:
    """Who calls, through which door. Staff and operators act for the ministry."""

    door: str
    client: PasiClient | None = None
    staff: Any = None
    address: str = ""

    def check_may_use(self, service: "Service") -> None:
        """1003, 1006, 1007. What staff may do is judged by the back office's permissions."""
        if self.client is not None:
            check_client(self.client, self.address, service.roles, service.operation)

    def organization(self, code: str, service: "Service") -> Organization:
        """The organization the call is made for; 1008 if it may not, 1007 if it must be other."""
        organization = (
            represented(self.client, code)
            if self.client is not None
            else Organization.objects.filter(code=code, kind=Organization.Kind.MINISTRY).first()
        )
        if organization is None:
            raise Fault("1008", {"OrganizationCode": code})
        if service.ministry_only and organization.kind != Organization.Kind.MINISTRY:
            raise Fault("1007", {"ServiceName": service.operation})
        return organization


@dataclass
class Call:
    """A call in progress."""

    message_id: UUID
    caller: Caller
    operation: str
    started: float
    organization: Organization | None = None
    request: dict[str, Any] = field(default_factory=dict)

    def milliseconds(self) -> int:
        return int((time.monotonic() - self.started) * 1000)


@dataclass
class Result:
    """What a service decided and did, before it is recorded.

    `stored_body` is what the record keeps: the answer, or that from which Service.recorded_body
    rebuilds it.
    """

    body: dict[str, Any]
    outcome: str
    http_status: int = 200
    codes: Sequence[str] = ()
    state_province_ids: Sequence[str] = ()
    stored_body: dict[str, Any] | None = None


@dataclass
class Answer:
    """What the door gives back."""

    message_id: UUID
    http_status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None

    @property
    def content_type(self) -> str:
        return PROBLEM_JSON if self.fault else "application/json"


class Service(ABC):
    """One published operation. Subclasses name the attributes and write carry_out()."""

    operation: str
    roles: frozenset[str] = frozenset({Role.PASI_SYSTEM_USER})
    ministry_only = False
    request_bytes = settings.PASI_REQUEST_BYTES
    request_serializer: type[caller_info.RequestSerializer]
    # How the answer looks, for the published schema; and whether rules may refuse a whole call
    # (422), or only parts of it within the answer.
    response_serializer: type[serializers.Serializer]
    may_be_rejected_whole = True
    # Rules in the order they are judged; all violations of a stage are collected, and a stage
    # that fails ends the judging.
    stages: tuple[tuple[Rule, ...], ...] = ()

    @abstractmethod
    def carry_out(self, call: Call) -> Result:
        """Lock, load, judge, write. Runs inside the one transaction of the call."""

    def recorded_body(self, response: ServiceResponse) -> dict[str, Any]:
        """The answer of an applied or rejected call, for its repeat and for the audit."""
        return response.body

    def judge(self, facts: Any) -> list[Rejection]:
        return first_failing_stage(self.stages, facts)

    def execute(self, body: bytes, caller: Caller, message_id: UUID | None = None) -> Answer:
        """Carry out one call, whatever becomes of it, and say what to answer."""
        document = reading_json.read(body)
        call = Call(message_id or new_message_id(), caller, self.operation, time.monotonic())
        try:
            record_call(call, document.text, document.value)
        except (DatabaseError, InterfaceError) as error:
            fault = _fault_of(error, call)
            _log(call, error, fault)
            return _refusal(call, fault)
        try:
            caller.check_may_use(self)
            call.request = reading_json.validated(self.request_serializer, document)
            code = call.request["CallerInfo"]["User"]["OrganizationCode"]
            call.organization = caller.organization(code, self)
            return self._once(call, document)
        except Exception as error:
            fault = _fault_of(error, call)
            if fault is not error:
                _log(call, error, fault)
            record_fault(call, fault)
            return _refusal(call, fault)

    def _once(self, call: Call, document: reading_json.Document) -> Answer:
        """Answer a repeat of an applied call from the record; carry out anything else."""
        key = replay_key(call, document)
        if key and (first := _applied(key)):
            return self._replayed(call, first)
        for attempt in range(DEADLOCK_RETRIES + 1):
            try:
                with transaction.atomic(durable=True), during_call(call.message_id):
                    bulk.set_lock_timeout(settings.PASI_LOCK_TIMEOUT_SECONDS)
                    if key:
                        bulk.advisory_lock(advisory_key(call))
                        if first := _applied(key):
                            return self._replayed(call, first)
                    bulk.announce_version()
                    result = self.carry_out(call)
                    _record_result(call, result)
                    if key and result.outcome == Outcome.APPLIED:
                        _remember(key, call)
                return Answer(call.message_id, result.http_status, result.body)
            except DatabaseError as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if state not in RETRIED_STATES or attempt == DEADLOCK_RETRIES:
                    raise
        raise AssertionError("the loop returns or raises")

    def _replayed(self, call: Call, first: ServiceResponse) -> Answer:
        body = self.recorded_body(first)
        ServiceResponse.objects.create(
            call_id=call.message_id,
            duration_milliseconds=call.milliseconds(),
            outcome=Outcome.REPLAYED,
            http_status=first.http_status,
            codes=first.codes,
            state_province_ids=first.state_province_ids,
            replay_of_id=first.call_id,
        )
        return Answer(
            call.message_id, first.http_status, body, {"PASI-Replayed": str(first.call_id)}
        )


def _fault_of(error: BaseException, call: Call) -> Fault:
    """What to answer when `error` has ended the call; 9001 if it is a mistake of ours."""
    if isinstance(error, Fault):
        return error
    known = isinstance(error, DatabaseError | InterfaceError) and fault_of_database_error(error)
    return known or Fault("9001", {"MessageId": call.message_id})


def _log(call: Call, error: BaseException, fault: Fault) -> None:
    """Log a failure. A database error is named by its state and constraint only: its details
    carry whole rows, names and birth dates included.
    """
    if isinstance(error, DatabaseError | InterfaceError):
        cause = error.__cause__
        state = getattr(cause, "sqlstate", None)
        constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
        what = f"{type(error).__name__} {state or ''} {constraint or ''}".strip()
        logger.error("Message %s failed with %s: %s", call.message_id, fault.code, what)
    else:
        logger.error("Message %s failed", call.message_id, exc_info=error)


def _refusal(call: Call, fault: Fault) -> Answer:
    return Answer(
        call.message_id,
        fault.http_status,
        fault.as_json(call.message_id),
        dict(fault.headers),
        fault,
    )


# --- Recording ----------------------------------------------------------------------------------


def record_call(call: Call, text: str, body: Any) -> None:
    """Insert the ServiceCall in a transaction of its own, so that it stays whatever follows."""
    ServiceCall.objects.create(
        message_id=call.message_id,
        operation=call.operation,
        door=call.caller.door,
        client=call.caller.client,
        staff=call.caller.staff,
        address=call.caller.address,
        body=text,
        **caller_info.audited_columns(body),
    )


def _record_result(call: Call, result: Result) -> None:
    ServiceResponse.objects.create(
        call_id=call.message_id,
        duration_milliseconds=call.milliseconds(),
        outcome=result.outcome,
        http_status=result.http_status,
        codes=sorted(set(result.codes)),
        state_province_ids=list(result.state_province_ids)[:100],
        body=result.stored_body,
    )


def record_fault(call: Call, fault: Fault) -> None:
    """Record that the call ended in a fault; its work is rolled back already.

    Where the database is gone the call stays unanswered, which means what it should: not applied.
    """
    try:
        ServiceResponse.objects.create(
            call_id=call.message_id,
            duration_milliseconds=call.milliseconds(),
            outcome=Outcome.FAULT,
            http_status=fault.http_status,
            codes=[fault.code] if fault.code else [],
            body=fault.as_json(call.message_id),
        )
    except (DatabaseError, InterfaceError) as error:
        logger.error("Message %s: fault not recorded: %s", call.message_id, type(error).__name__)


@contextmanager
def recorded_call(operation: str, caller: Caller, body: dict[str, Any]) -> Iterator[Call]:
    """A change that no published service makes (set-up, import, processors) as a recorded call.

    One transaction; every history row inside belongs to the call. What is raised inside is
    recorded as a fault and passed on.
    """
    call = Call(new_message_id(), caller, operation, time.monotonic())
    record_call(call, json.dumps(body, default=str), body)
    try:
        with transaction.atomic(durable=True), during_call(call.message_id):
            bulk.announce_version()
            yield call
            _record_result(call, Result({}, Outcome.APPLIED))
    except BaseException as error:
        record_fault(call, _fault_of(error, call))
        raise


# --- Replay -------------------------------------------------------------------------------------


def replay_key(call: Call, document: reading_json.Document) -> str | None:
    """The key of an identical request by the same client; None for calls made in process."""
    if call.caller.client is None:
        return None
    canonical = json.dumps(document.value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    parts = (
        str(call.caller.client.pk),
        call.request["CallerInfo"]["ClientMessageID"],
        call.operation,
        canonical,
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def advisory_key(call: Call) -> int:
    """The lock under which one client's reuse of a ClientMessageID takes its turn."""
    parts = (
        str(call.caller.client.pk),
        call.request["CallerInfo"]["ClientMessageID"],
        call.operation,
    )
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") & (bulk.ANNOUNCEMENT_OFFSET - 1)


def _applied(key: str) -> ServiceResponse | None:
    """The response of the same request, applied within the last 30 days."""
    since = timezone.now() - timezone.timedelta(days=settings.PASI_REPLAY_DAYS)
    return ServiceResponse.objects.filter(
        call__in=AppliedCall.objects.filter(replay_key=key, applied_at__gte=since).values("call")
    ).first()


def _remember(key: str, call: Call) -> None:
    """Note that this request was applied; one that is older than 30 days gives way."""
    AppliedCall.objects.filter(replay_key=key).delete()
    AppliedCall.objects.create(replay_key=key, call_id=call.message_id)
