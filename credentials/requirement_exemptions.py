"""One exemption of one student: what decides about a change, and writing it.

Whoever changes an exemption holds the student, so it is read and written by one call at a time;
`exemption_once_per_reason` keeps a second one out whatever happens.
"""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from credentials.eligibility.definitions import Definitions, ExemptionReason
from credentials.manual_requirements import REQUESTED as REQUEST_OF_EQUIVALENCY
from credentials.models import RequirementExemption
from enrolments.models import TranscriptTrigger
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.models import Organization
from students.facts import StudentAccess

EXEMPTION_OBJECT = "CredentialRequirementExemption"
Status = RequirementExemption.Status

# Who asks and who approves, as the table of reasons names them.
SCHOOL, FRANCOPHONE_SCHOOL, MINISTRY = "school", "francophone school", "ministry"
FRANCOPHONE = "Francophone"  # classification of an organization


class StoredExemption(NamedTuple):
    """`organization`: the last that had a say."""

    key: int
    status: str
    organization: int | None = None
    is_deleted: bool = False


@dataclass(frozen=True)
class ExemptionChange:
    """SubmitCredentialRequirementExemption.

    `row`: the reason in the table; None where it is none for the requirement. `stored`: what there
    is for the same requirement and reason, a deleted one too. `parties`: as what the caller's
    organization may ask and approve. `is_associated`: By Last School Enrolment or better.
    """

    access: StudentAccess
    requirement: str
    reason: str
    status: str
    is_deleted: bool = False
    row: ExemptionReason | None = None
    stored: StoredExemption | None = None
    parties: frozenset[str] = frozenset()
    is_associated: bool = True

    @property
    def asn(self) -> str:
        return self.access.asn

    @property
    def is_deactivated(self) -> bool:
        return self.access.is_deactivated

    @property
    def primary_asn(self) -> str:
        return self.access.primary_asn

    @property
    def is_only_requested(self) -> bool:
        """The request for the equivalency diploma needs no association."""
        return self.requirement == REQUEST_OF_EQUIVALENCY

    @property
    def present(self) -> StoredExemption | None:
        """What is stored and not deleted."""
        return self.stored if self.stored and not self.stored.is_deleted else None

    @property
    def changes_nothing(self) -> bool:
        if self.is_deleted:
            return self.present is None
        return self.present is not None and self.present.status == self.status

    @property
    def may_ask(self) -> bool:
        return self._is(self.row.requested_by)

    @property
    def may_decide(self) -> bool:
        """To approve, to deny or to leave pending is one right."""
        return self._is(self.row.approved_by)

    def _is(self, party: str) -> bool:
        return MINISTRY in self.parties or party in self.parties


def parties_of(organization: Organization) -> frozenset[str]:
    """An authority stands for its schools. That the ministry may do what a school may: inferred."""
    if organization.kind == Organization.Kind.MINISTRY:
        return frozenset({MINISTRY})
    authority = organization.authority
    classes = {organization.classification, authority.classification if authority else ""}
    return frozenset({SCHOOL, *([FRANCOPHONE_SCHOOL] if FRANCOPHONE in classes else [])})


def find_reason(definitions: Definitions, requirement: str, reason: str) -> ExemptionReason | None:
    rows = definitions.exemption_reasons.get(requirement, ())
    return next((row for row in rows if row.reason == reason), None)


def find_exemption(student: int, requirement: str, reason: str) -> StoredExemption | None:
    """One query."""
    row = (
        RequirementExemption.objects.filter(student=student, requirement=requirement, reason=reason)
        .values_list("pk", "status", "organization_id", "is_deleted")
        .first()
    )
    return StoredExemption(*row) if row else None


def write_exemption(student: int, change: ExemptionChange, organization: int, call: UUID) -> int:
    """Store the exemption with its history, and have the transcript looked at again; the trigger's
    version. The student is locked. What is deleted keeps its status. Five queries.
    """
    [version] = bulk.next_of_each(bulk.VERSION_SEQUENCE)
    stored = change.stored
    if stored is None:
        columns = ("student_id", "requirement", "reason", "status", "organization_id")
        row = (student, change.requirement, change.reason, change.status, organization)
        bulk.insert_rows(
            RequirementExemption,
            (*columns, "is_deleted", "version"),
            [(*row, False, version)],
            call,
        )
    else:
        status = stored.status if change.is_deleted else change.status
        bulk.update_rows(
            RequirementExemption,
            ("status", "organization_id", "is_deleted", "version", "updated_at"),
            [(stored.key, status, organization, change.is_deleted, version, timezone.now())],
            call,
        )
    raise_triggers("Transcript", [student], EXEMPTION_OBJECT)
    return TranscriptTrigger.objects.values_list("version", flat=True).get(pk=student)
