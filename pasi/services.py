"""One call of a service, step by step, the same for every operation and every door.

Record the call -> may it -> what was said -> replay -> one transaction: lock, load, rules, write,
response. On rejection nothing but the response is written; on a fault everything is rolled back
and the fault recorded. A ServiceCall without a ServiceResponse means: nothing was applied.
"""

import json
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction
from rest_framework import serializers

from audit.current_call import during_call
from audit.models import ServiceCall, ServiceResponse
from pasi import bulk, caller_info, codes, reading_json
from pasi.clients import check_client, represented
from pasi.faults import PROBLEM_JSON, Fault, fault_of_database_error
from pasi.http import new_message_id
from pasi.models import Organization, PasiClient, Role
from pasi.replay import advisory_key, applied, remember, replay_key
from pasi.responses import SubmitResponseSerializer, submit_response
from pasi.rules import Rejection, Rule, SubmittedVersion, core_out_of_date, first_failing_stage
from pasi.staff_roles import may_send

logger = logging.getLogger(__name__)

Outcome = ServiceResponse.Outcome
DEADLOCK_RETRIES = 2
RETRIED_STATES = {"40001", "40P01"}
VERSION_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Caller:
    """Who calls, through which door. Staff and operators act for the ministry."""

    door: str
    client: PasiClient | None = None
    staff: Any = None
    address: str = ""

    def check_may_use(self, service: "Service") -> None:
        """1003, 1006, 1007. Staff have the roles of their groups."""
        if self.client is not None:
            check_client(self.client, self.address, service.roles, service.operation)
        elif self.staff is not None and not may_send(self.staff, service):
            raise Fault("1007", {"ServiceName": service.operation})

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
    # What a call that no service makes (recorded_call) came to, where there is something to say.
    came_to: dict[str, Any] | None = None

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
    # A service that only reads is carried out again when it is called again.
    changes_records = True
    # The record's PASICoreVersion is in the request: 9014 and 3004 are judged.
    takes_version = False
    # False: another version is a matter of one of the service's own rules.
    mismatch_is_fault = True
    # Rules in the order they are judged; all violations of a stage are collected, and a stage
    # that fails ends the judging. Those of access are judged before the version is compared.
    access_stages: tuple[tuple[Rule, ...], ...] = ()
    stages: tuple[tuple[Rule, ...], ...] = ()
    # Codes that the service's document lists and that it never has a reason to return.
    listed_only: tuple[Rule, ...] = ()

    @abstractmethod
    def carry_out(self, call: Call) -> Result:
        """Lock, load, judge, write. Runs inside the one transaction of the call."""

    def rejected(self, call: Call, rejections: Sequence[Rejection]) -> Result:
        """What a call comes to that rules refuse as a whole."""
        raise NotImplementedError(f"{self.operation} is never rejected as a whole")

    def recorded_body(self, response: ServiceResponse) -> dict[str, Any]:
        """The answer of an applied or rejected call, for its repeat and for the audit."""
        return response.body

    @classmethod
    def rules(cls) -> list[Rule]:
        """Every rule that the service can answer with, or lists."""
        version = [core_out_of_date] if cls.takes_version else []
        judged = [rule for stage in (*cls.access_stages, *cls.stages) for rule in stage]
        return [*version, *judged, *cls.listed_only]

    def judge(
        self, facts: Any, *, version: int | None = None, submitted: int = 0
    ) -> list[Rejection]:
        """The rejections of the first stage that has any.

        `version`: the record's present version, compared with the `submitted` one once access is
        granted; 3004 where they differ.
        """
        if refused := first_failing_stage(self.access_stages, facts):
            return refused
        if version is not None and version != submitted:
            raise Fault("3004", {"ClientVersion": submitted, "CoreVersion": version})
        return first_failing_stage(self.stages, facts)

    def execute(
        self,
        body: bytes,
        caller: Caller,
        message_id: UUID | None = None,
        first: Callable[[], None] | None = None,
    ) -> Answer:
        """Carry out one call, whatever becomes of it, and say what to answer.

        `first` is called in the transaction of the call before anything is done, unless the call
        repeats one that was applied; the Fault that it raises is the answer.
        """
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
            with codes.read_once():  # the rules see the code values that the request was read by
                call.request = reading_json.validated(self.request_serializer, document)
                code = call.request["CallerInfo"]["User"]["OrganizationCode"]
                call.organization = caller.organization(code, self)
                return self._once(call, document, first)
        except Exception as error:
            fault = _fault_of(error, call)
            if fault is not error:
                _log(call, error, fault)
            record_fault(call, fault)
            return _refusal(call, fault)

    def _once(
        self, call: Call, document: reading_json.Document, first: Callable[[], None] | None
    ) -> Answer:
        """Answer a repeat of an applied call from the record; carry out anything else."""
        key = replay_key(call, document) if self.changes_records else None
        if key and (earlier := applied(key)):
            return self._replayed(call, earlier)
        refused = self._version_not_known(call)
        for attempt in range(DEADLOCK_RETRIES + 1):
            try:
                with transaction.atomic(durable=True), during_call(call.message_id):
                    bulk.begin_call(
                        settings.PASI_LOCK_TIMEOUT_SECONDS,
                        replay_lock=advisory_key(call) if key else None,
                        announces=self.changes_records,
                    )
                    if key and (earlier := applied(key)):
                        return self._replayed(call, earlier)
                    if first is not None:
                        first()
                    result = self.rejected(call, refused) if refused else self.carry_out(call)
                    _record_result(call, result)
                    if key and result.outcome == Outcome.APPLIED:
                        remember(key, call)
                return Answer(call.message_id, result.http_status, result.body)
            except DatabaseError as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if state not in RETRIED_STATES or attempt == DEADLOCK_RETRIES:
                    raise
        raise AssertionError("the loop returns or raises")

    def _version_not_known(self, call: Call) -> list[Rejection]:
        """9014: a version that the Core has not issued. Waits for it first, holding nothing."""
        if not self.takes_version:
            return []
        submitted = call.request["PASICoreVersion"]
        until = time.monotonic() + settings.PASI_VERSION_WAIT_SECONDS
        while submitted > (latest := bulk.latest_version()) and time.monotonic() < until:
            time.sleep(VERSION_POLL_SECONDS)
        return core_out_of_date.rejections(SubmittedVersion(submitted, latest))

    def _replayed(self, call: Call, earlier: ServiceResponse) -> Answer:
        body = self.recorded_body(earlier)
        ServiceResponse.objects.create(
            call_id=call.message_id,
            duration_milliseconds=call.milliseconds(),
            outcome=Outcome.REPLAYED,
            http_status=earlier.http_status,
            codes=earlier.codes,
            state_province_ids=earlier.state_province_ids,
            replay_of_id=earlier.call_id,
        )
        return Answer(
            call.message_id, earlier.http_status, body, {"PASI-Replayed": str(earlier.call_id)}
        )


class SubmitService(Service):
    """A service that answers a SubmitResponse: the record's id and its new version."""

    response_serializer = SubmitResponseSerializer

    def rejected(
        self, call: Call, rejections: Sequence[Rejection], *, told: Sequence[str] = ()
    ) -> Result:
        """Nothing is written but the record of the call. `told`: numbers of other students that
        the rejections tell the caller of."""
        asn = call.request.get("StateProvinceId")
        body = submit_response("0", 0, rejections)
        return Result(
            body=body,
            stored_body=body,
            outcome=Outcome.REJECTED,
            http_status=422,
            codes=[rejection.code for rejection in rejections],
            state_province_ids=[*([asn] if asn else []), *told],
        )

    def applied(self, asn: str, record_id: str, version: int) -> Result:
        body = submit_response(record_id, version)
        return Result(
            body=body,
            stored_body=body,
            outcome=Outcome.APPLIED,
            state_province_ids=[asn],
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
    caller = call.caller
    bulk.insert_one(
        ServiceCall,
        {
            "message_id": call.message_id,
            "operation": call.operation,
            "door": caller.door,
            "client_id": caller.client.pk if caller.client else None,
            "staff_id": caller.staff.pk if caller.staff else None,
            "address": caller.address,
            "body": text,
            **caller_info.audited_columns(body),
        },
    )


def _record_result(call: Call, result: Result) -> None:
    bulk.insert_one(
        ServiceResponse,
        {
            "call_id": call.message_id,
            "duration_milliseconds": call.milliseconds(),
            "outcome": result.outcome,
            "http_status": result.http_status,
            "codes": sorted(set(result.codes)),
            "state_province_ids": list(result.state_province_ids)[:100],
            "body": bulk.json_value(result.stored_body),
        },
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
            _record_result(call, Result({}, Outcome.APPLIED, stored_body=call.came_to))
    except BaseException as error:
        record_fault(call, _fault_of(error, call))
        raise
