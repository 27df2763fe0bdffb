"""The rules of the services that acknowledge alerts, and the facts they judge.

The seed document lists the codes and states the conditions for refusing; which code stands for
which condition is inferred, but for 12003. So none of them can be switched off.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from enrolments.models import AcknowledgementStatus, CoreAlert
from pasi.models import MINISTRY_CODE
from pasi.rules import Rule, rejection
from students.facts import StudentAccess
from students.rules.access import invalid_asn
from students.rules.sources import KNOWLEDGE_BASE

_NUMBER_ONLY = (
    "number: seed document SubmitStudentSchoolEnrolmentStatusAcknowledgement; "
    "title and meaning inferred"
)
_CONDITION_ONLY = (
    "condition: seed document SubmitStudentSchoolEnrolmentStatusAcknowledgement; "
    "that it is this number: inferred"
)


@dataclass(frozen=True, slots=True)
class MatchedAlert:
    """The current alert that an acknowledgement names: its type, and what was said of it so far."""

    alert_type: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAcknowledgement:
    """What is said of an alert, and by whom. `record`: what the request names it by."""

    record: str
    alert_code: int
    status: str
    organization_code: str
    alert: MatchedAlert | None = None

    @property
    def is_of_ministry(self) -> bool:
        return self.organization_code == MINISTRY_CODE

    @property
    def overrides(self) -> bool:
        return self.status == AcknowledgementStatus.OVERRIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentAcknowledgement(NewAcknowledgement):
    """`school_code`: empty where no enrolment has the reference id."""

    school_code: str = ""
    is_owner: bool = True  # the enrolment's school, or its authority


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentAcknowledgement(NewAcknowledgement):
    access: StudentAccess
    is_associated: bool = True


# --- The record ---------------------------------------------------------------------------------


@rejection(
    "12005",
    _("Unknown Reference ID"),
    _("No {RecordType} with reference ID {ReferenceId} exists."),
    source=_NUMBER_ONLY,
    certainty="inferred",
    is_essential=True,  # there is nothing to judge
)
def unknown_reference_id(facts: EnrolmentAcknowledgement):
    """Inferred. No enrolment has the reference id; one that is deleted still has it."""
    if not facts.school_code:
        yield {"RecordType": "school enrolment", "ReferenceId": facts.record}


@rejection(
    "10149",
    _("Organization Not Authorized"),
    _(
        "Organization {OrganizationCode} may not acknowledge alerts of enrolment {ReferenceId} at "
        "school {SchoolCode}."
    ),
    source=_NUMBER_ONLY,
    certainty="inferred",
    is_essential=True,  # without it any organization could acknowledge any alert
)
def not_its_enrolment(facts: EnrolmentAcknowledgement):
    """Inferred. The caller is neither the enrolment's school, nor its authority, nor O.1."""
    if not (facts.is_owner or facts.is_of_ministry):
        yield {
            "OrganizationCode": facts.organization_code,
            "ReferenceId": facts.record,
            "SchoolCode": facts.school_code,
        }


@rejection(
    "9010",
    _("Organization Not Associated to Student"),
    _("Your organization has no association with student {StateProvinceId}."),
    source=KNOWLEDGE_BASE,
)
def not_associated(facts: StudentAcknowledgement):
    """The caller's association to the student is none of By Ministry, By Creation, By Current and
    By Last School Enrolment.
    """
    if not facts.is_associated:
        yield {"StateProvinceId": facts.access.asn}


# --- The alert ----------------------------------------------------------------------------------


@rejection(
    "12000",
    _("Core Alert Not Found"),
    _("No current alert {AlertCode} with these arguments exists on {ReferenceId}."),
    source=_CONDITION_ONLY,
    certainty="inferred",
    is_essential=True,  # there is nothing to acknowledge
)
def alert_not_found(facts: NewAcknowledgement):
    """Inferred. The record has no current alert of this code with these arguments. A student's
    ReferenceId is the student's number.
    """
    if facts.alert is None:
        yield {"AlertCode": facts.alert_code, "ReferenceId": facts.record}


@rejection(
    "12001",
    _("Status Not Allowed For Advice"),
    _("Advice {AlertCode} cannot have the status {Status}."),
    source=_CONDITION_ONLY,
    certainty="inferred",
    is_essential=True,  # the condition itself is confirmed
)
def advice_cannot_be_overridden(facts: NewAcknowledgement):
    """Inferred. An Advice is to be Overridden."""
    if facts.alert.alert_type == CoreAlert.AlertType.ADVICE and facts.overrides:
        yield {"AlertCode": facts.alert_code, "Status": facts.status}


@rejection(
    "12002",
    _("Status Not Allowed For Warning"),
    _("Warning {AlertCode} cannot have the status {Status}."),
    source=_CONDITION_ONLY,
    certainty="inferred",
    is_essential=True,  # the condition itself is confirmed
)
def warning_cannot_be_acknowledged(facts: NewAcknowledgement):
    """Inferred. A Warning is to be Acknowledged."""
    if (
        facts.alert.alert_type == CoreAlert.AlertType.WARNING
        and facts.status == AcknowledgementStatus.ACKNOWLEDGED
    ):
        yield {"AlertCode": facts.alert_code, "Status": facts.status}


@rejection(
    "12003",
    _("Overridden Warning Cannot Be Modified"),
    _("This warning has been overridden; its status can no longer be changed."),
    source=KNOWLEDGE_BASE,
)
def overridden_stays(facts: NewAcknowledgement):
    """The alert is Overridden, and somebody but O.1 submits another status."""
    is_overridden = facts.alert.status == AcknowledgementStatus.OVERRIDDEN
    if is_overridden and not facts.overrides and not facts.is_of_ministry:
        yield {}


@rejection(
    "12004",
    _("Only The Ministry May Override"),
    _("Organization {OrganizationCode} may not override alerts."),
    source="restriction: PASI knowledge base; that it is this number: inferred",
    certainty="inferred",
    is_essential=True,  # the restriction itself is confirmed
)
def ministry_overrides(facts: NewAcknowledgement):
    """Inferred. Somebody but O.1 submits Overridden, even where the alert has that status."""
    if facts.overrides and not facts.is_of_ministry:
        yield {"OrganizationCode": facts.organization_code}


# --- Their order --------------------------------------------------------------------------------

ALERT_STAGES: tuple[tuple[Rule, ...], ...] = (
    (alert_not_found,),
    (
        advice_cannot_be_overridden,
        warning_cannot_be_acknowledged,
        overridden_stays,
        ministry_overrides,
    ),
)
ENROLMENT_ACCESS_STAGES: tuple[tuple[Rule, ...], ...] = (
    (unknown_reference_id,),
    (not_its_enrolment,),
)
STUDENT_ACCESS_STAGES: tuple[tuple[Rule, ...], ...] = ((invalid_asn,), (not_associated,))
