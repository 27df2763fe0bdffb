"""SubmitCredentialAwardingMultiple: one credential each for a list of students.

Role PASI System User, for the ministry only. Source: seed document
SubmitCredentialAwardingMultiple and the technical documentation of the same service.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from audit.models import ServiceResponse
from credentials.awarding import Candidate, load_candidates, lock_students
from credentials.models import AwardingBatch, AwardingOutcome, AwardingRun
from credentials.rules import awarding as rules
from credentials.serializers import (
    SubmitCredentialAwardingMultipleResponseSerializer,
    submit_credential_response,
)
from credentials.writing_awards import Award, write_awards
from pasi import bulk
from pasi.calendar import business_today
from pasi.caller_info import RequestSerializer
from pasi.faults import Fault
from pasi.fields import AsnListField
from pasi.models import Role
from pasi.rules import Rejection
from pasi.services import Call, Outcome, Result, Service

MOST_STUDENTS = 50_000
DRY_RUN_OPERATION = "SubmitCredentialAwardingMultiple (dry run)"
_OUTCOME_COLUMNS = (
    "run_id",
    "position",
    "asn",
    "credential_type",
    "credential_number",
    "version",
    "school_year",
    "rejection_code",
    "rejection_description",
    "is_recalculating",
)
_ANSWER_COLUMNS = _OUTCOME_COLUMNS[2:9]


class SubmitCredentialAwardingMultipleRequest(RequestSerializer):
    """The students to award."""

    StateProvinceIds = AsnListField(most=MOST_STUDENTS)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one requested number: an award, or why there is none."""

    asn: str
    rejections: Sequence[Rejection] = ()
    award: Award | None = None
    is_recalculating: bool = False

    def as_json(self) -> dict:
        """A SubmitCredentialResponse."""
        if award := self.award:
            return submit_credential_response(
                self.asn, award.credential_type, award.number, award.version
            )
        return submit_credential_response(self.asn, rejections=self.rejections)

    def as_outcome(self) -> tuple:
        """The columns of an AwardingOutcome after run and position."""
        if self.award:
            award = self.award
            what = (award.credential_type, award.number, award.version, award.school_year)
            return (self.asn, *what, "", "", False)
        first = self.rejections[0]
        return (
            *(self.asn, "", 0, 0, None),
            *(first.code, first.description, self.is_recalculating),
        )


class SubmitCredentialAwardingMultiple(Service):
    """Award at most one credential to each requested student; one answer each, in order.

    A student's rejection is data: it never stops the others. `batch`: the stretch of a longer
    run that this call carries out; without it the call is a run of its own.
    """

    operation = "SubmitCredentialAwardingMultiple"
    roles = frozenset({Role.PASI_SYSTEM_USER})
    ministry_only = True
    request_bytes = 4 * 1024 * 1024
    request_serializer = SubmitCredentialAwardingMultipleRequest
    response_serializer = SubmitCredentialAwardingMultipleResponseSerializer
    may_be_rejected_whole = False
    stages = rules.AWARDING_STAGES

    def __init__(self, batch: AwardingBatch | None = None) -> None:
        self.batch = batch
        if batch is not None and batch.run.is_dry_run:
            self.operation = DRY_RUN_OPERATION

    def carry_out(self, call: Call) -> Result:
        asns = call.request["StateProvinceIds"]
        run, first = self._run(call, len(asns))
        lock_students(asns)
        decisions = self._decide(call, run, asns)
        self._record_outcomes(run, first, decisions)
        awarded = Counter(d.award.credential_type for d in decisions if d.award)
        rejected = Counter(r.code for decision in decisions for r in decision.rejections)
        return Result(
            body={"Responses": [decision.as_json() for decision in decisions]},
            outcome=Outcome.APPLIED if awarded else Outcome.REJECTED,
            codes=list(rejected),
            state_province_ids=asns,
            stored_body={
                "Run": run.pk,
                "FirstPosition": first,
                "Requested": len(asns),
                "Awarded": dict(awarded),
                "Rejected": dict(rejected),
            },
        )

    def recorded_body(self, response: ServiceResponse) -> dict:
        """The answer rebuilt from the run's outcomes: it is not stored twice."""
        kept = response.body
        first = kept["FirstPosition"]
        outcomes = AwardingOutcome.objects.filter(
            run=kept["Run"], position__range=(first, first + kept["Requested"] - 1)
        )
        rows = outcomes.order_by("position").values_list(*_ANSWER_COLUMNS)
        return {"Responses": [outcome_json(row) for row in rows]}

    def _run(self, call: Call, count: int) -> tuple[AwardingRun, int]:
        if self.batch is not None:
            self._claim(call)
            return self.batch.run, self.batch.first_position
        run = AwardingRun.objects.create(
            origin=AwardingRun.Origin.HTTP,
            started_by=call.request["CallerInfo"]["User"]["Name"],
            requested=count,
            finished_at=timezone.now(),
            call_id=call.message_id,
        )
        return run, 0

    def _claim(self, call: Call) -> None:
        """Tie the batch to this call; a batch that is done already is never done again."""
        claimed = AwardingBatch.objects.filter(pk=self.batch.pk, call=None).update(
            call=call.message_id
        )
        if not claimed:
            raise Fault("4001")

    def _decide(self, call: Call, run: AwardingRun, asns: Sequence[str]) -> list[Decision]:
        """Judge every number, award those that pass, answer each in its place.

        A number given twice is awarded once; its repeat is told so (44010).
        """
        today = business_today()
        candidates = load_candidates(asns, today=today, only_types=run.credential_types)
        rejected = {asn: self.judge(candidate) for asn, candidate in candidates.items()}
        passed = [asn for asn in dict.fromkeys(asns) if not rejected[asn]]
        awards = self._award(call, run, [candidates[asn] for asn in passed], today)
        award_of = dict(zip(passed, awards, strict=True))
        decisions = []
        awarded = _decided_before(run, asns) if run.is_dry_run else set()
        for asn in asns:
            candidate, rejections = candidates[asn], rejected[asn]
            if asn in awarded:
                again = rules.already_awarded.rejections(_after_award(candidate))
                decisions.append(Decision(asn, again))
            elif rejections:
                waits = rejections[0].code == "44000" and candidate.is_recalculating
                decisions.append(Decision(asn, rejections, is_recalculating=waits))
            else:
                awarded.add(asn)
                decisions.append(Decision(asn, award=award_of[asn]))
        return decisions

    def _award(self, call, run, candidates: list[Candidate], today) -> list[Award]:
        if run.is_dry_run:
            return [Award(c, c.credential, 0, c.school_year, 0) for c in candidates]
        return write_awards(candidates, today=today, call=call.message_id)

    def _record_outcomes(self, run: AwardingRun, first: int, decisions: Sequence[Decision]) -> None:
        bulk.copy_rows(
            AwardingOutcome,
            _OUTCOME_COLUMNS,
            (
                (run.pk, position, *decision.as_outcome())
                for position, decision in enumerate(decisions, first)
            ),
        )


def _decided_before(run: AwardingRun, asns: Sequence[str]) -> set[str]:
    """Numbers that an earlier batch of a dry run would have awarded."""
    return set(
        AwardingOutcome.objects.filter(run=run, asn__any=asns, rejection_code="").values_list(
            "asn", flat=True
        )
    )


def _after_award(candidate: Candidate) -> Candidate:
    """The candidate as it stands once awarded: for the answer to a repeated number."""
    return Candidate(
        candidate.asn,
        student_id=candidate.student_id,
        stored_achieved=frozenset({candidate.credential}),
        awards=((candidate.credential, candidate.school_year),),
    )


def outcome_json(row: tuple) -> dict:
    """One recorded outcome as a SubmitCredentialResponse."""
    asn, credential_type, number, version, _year, code, description = row
    rejections = [Rejection(code, description)] if code else []
    return submit_credential_response(asn, credential_type or None, number, version, rejections)
