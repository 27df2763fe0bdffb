"""Saying something of a core alert: in progress, acknowledged, overridden, or nothing any more.

One implementation for alerts of every type of record. Whoever acknowledges and the record's
processor take turns: both lock the Validation Status first and read alerts and acknowledgements
after it. Source: seed document SubmitStudentSchoolEnrolmentStatusAcknowledgement; the student's
service: PASI knowledge base; the lock: ours.
"""

from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import partial

from django.db import transaction
from django.utils import timezone

from enrolments.acknowledgement_requests import (
    SubmitStatusAcknowledgementRequest,
    SubmitStudentStatusAcknowledgementRequest,
)
from enrolments.acknowledgement_rules import (
    ALERT_STAGES,
    ENROLMENT_ACCESS_STAGES,
    STUDENT_ACCESS_STAGES,
    EnrolmentAcknowledgement,
    MatchedAlert,
    NewAcknowledgement,
    StudentAcknowledgement,
)
from enrolments.arguments import key_of_pairs
from enrolments.models import (
    Acknowledgement,
    AcknowledgementStatus,
    CoreAlert,
    ProcessorStatus,
    RecordType,
    SchoolEnrolment,
)
from enrolments.triggers import TABLES
from pasi import bulk
from pasi.calendar import business_today
from pasi.models import Role
from pasi.services import Call, Result, SubmitService
from students.associations import (
    Association,
    KnownStudent,
    Periods,
    association,
    known_students,
    may_access,
)
from students.facts import StudentAccess
from students.models import Student


@dataclass(frozen=True)
class NamedRecord:
    """The record that a request names, and its Validation Status, which is locked.

    `status` is None where the record never had one, hence no alerts; `has_alerts` is False for a
    deleted or deactivated one, whose alerts may not have been taken away yet.
    """

    key: int
    asn: str
    status: ProcessorStatus | None
    has_alerts: bool = True
    enrolment: SchoolEnrolment | None = None
    known: KnownStudent | None = None


class SubmitAcknowledgement(SubmitService):
    """What the services have in common. The version answered is the Validation Status's."""

    stages = ALERT_STAGES
    record_type: RecordType

    @abstractmethod
    def find(self, call: Call) -> NamedRecord | None:
        """Lock the record's Validation Status, then read the record."""

    @abstractmethod
    def facts(
        self, call: Call, named: NamedRecord | None, alert: MatchedAlert | None
    ) -> NewAcknowledgement: ...

    @abstractmethod
    def answered_id(self, call: Call) -> str: ...

    def carry_out(self, call: Call) -> Result:
        named = self.find(call)
        alert = self._matched(call, named) if named else None
        matched = alert and MatchedAlert(alert.alert_type, alert.acknowledgement_status)
        rejections = self.judge(self.facts(call, named, matched))
        if rejections:
            asns = [named.asn] if named else []
            return replace(self.rejected(call, rejections), state_province_ids=asns)
        version = named.status.version
        if alert.acknowledgement_status != call.request["Status"]:
            version = self._write(call, named.status, alert)
        return self.applied(named.asn, self.answered_id(call), version)

    def lock_status(self, **record) -> ProcessorStatus | None:
        """The record's Validation Status, locked as a worker locks it."""
        status = TABLES[self.record_type][1]
        return status.objects.filter(**record).select_for_update(of=("self",)).first()

    def _lock(self, **record) -> ProcessorStatus | None:
        if found := self.lock_status(**record):
            transaction.on_commit(partial(self._wake_who_passed_by, found.pk), robust=True)
        return found

    def _wake_who_passed_by(self, key: int) -> None:
        """A worker passes by what is locked. Should it have done so, it need not take a minute
        until somebody looks again.
        """
        from enrolments.tasks import wake

        trigger, status = TABLES[self.record_type]
        done = status.objects.filter(pk=key).values("max_source_version")
        if trigger.objects.filter(pk=key, version__gt=done).exists():
            wake(self.record_type)

    def _matched(self, call: Call, named: NamedRecord) -> CoreAlert | None:
        """The current alert with this code and these arguments."""
        pairs = call.request.get("Arguments", ())
        key = key_of_pairs((pair["Key"], pair.get("Value")) for pair in pairs)
        if key is None or named.status is None or not named.has_alerts:
            return None
        return CoreAlert.objects.filter(
            record_type=self.record_type,
            record=named.key,
            alert_code=call.request["AlertCode"],
            arguments_key=key,
        ).first()

    def _write(self, call: Call, status: ProcessorStatus, alert: CoreAlert) -> int:
        """Keep what was said, and show it on the alert; the new version."""
        said, message = call.request["Status"], call.message_id
        by = {
            "status": said,
            "organization_id": call.organization.pk,
            "user_name": call.request["CallerInfo"]["User"]["Name"],
            "updated_at": timezone.now(),
        }
        about = {
            "record_type": alert.record_type,
            "record": alert.record,
            "alert_code": alert.alert_code,
            "arguments_key": alert.arguments_key,
        }
        former = Acknowledgement.objects.filter(**about).values_list("pk", flat=True).first()
        if said == AcknowledgementStatus.UNACKNOWLEDGED:
            bulk.delete_rows(Acknowledgement, [former], message)
        elif former:
            bulk.update_rows(Acknowledgement, list(by), [[former, *by.values()]], message)
        else:
            Acknowledgement.objects.create(**about, arguments=alert.arguments, **by)
        [version] = bulk.next_versions(1)
        CoreAlert.objects.filter(pk=alert.pk).update(acknowledgement_status=said, version=version)
        type(status).objects.filter(pk=status.pk).update(version=version)
        return version


class SubmitStudentSchoolEnrolmentStatusAcknowledgement(SubmitAcknowledgement):
    """Set the status of one alert on a school enrolment; the Id answered is the ReferenceId.

    Role Submit Enrolment User.
    """

    operation = "SubmitStudentSchoolEnrolmentStatusAcknowledgement"
    roles = frozenset({Role.SUBMIT_ENROLMENT_USER})
    request_serializer = SubmitStatusAcknowledgementRequest
    access_stages = ENROLMENT_ACCESS_STAGES
    record_type = RecordType.SCHOOL_ENROLMENT

    def find(self, call: Call) -> NamedRecord | None:
        reference = call.request["ReferenceId"]
        status = self._lock(school_enrolment__reference_id=reference)
        enrolment = (
            SchoolEnrolment.objects.filter(reference_id=reference)
            .select_related("student", "school")
            .first()
        )
        if enrolment is None:
            return None
        return NamedRecord(
            key=enrolment.pk,
            asn=enrolment.student.asn,
            status=status,
            has_alerts=not enrolment.is_deleted,
            enrolment=enrolment,
        )

    def facts(self, call, named, alert):
        school = named and named.enrolment.school
        return EnrolmentAcknowledgement(
            record=self.answered_id(call),
            alert_code=call.request["AlertCode"],
            status=call.request["Status"],
            organization_code=call.organization.code,
            alert=alert,
            school_code=school.code if school else "",
            is_owner=bool(school) and call.organization.pk in (school.pk, school.authority_id),
        )

    def answered_id(self, call: Call) -> str:
        return str(call.request["ReferenceId"])


class SubmitStudentStatusAcknowledgement(SubmitAcknowledgement):
    """Set the status of one alert on a student; the Id answered is the alert's code.

    Alerts are kept per number: a secondary number's are acknowledged under it (inferred: the
    document has no 9011). Role Submit Student User.
    """

    operation = "SubmitStudentStatusAcknowledgement"
    roles = frozenset({Role.SUBMIT_STUDENT_USER})
    request_serializer = SubmitStudentStatusAcknowledgementRequest
    access_stages = STUDENT_ACCESS_STAGES
    record_type = RecordType.STUDENT

    def find(self, call: Call) -> NamedRecord | None:
        asn = call.request["StateProvinceId"]
        status = self._lock(student__asn=asn)
        student = Student.objects.filter(asn=asn).values_list("pk", flat=True).first()
        if student is None:
            return None
        known = known_students([student])[student]
        return NamedRecord(
            key=student,
            asn=asn,
            status=status,
            has_alerts=not known.is_deactivated,
            known=known,
        )

    def facts(self, call, named, alert):
        asn = call.request["StateProvinceId"]
        by, periods = call.organization, Periods.on(business_today())
        return StudentAcknowledgement(
            record=asn,
            alert_code=call.request["AlertCode"],
            status=call.request["Status"],
            organization_code=by.code,
            alert=alert,
            access=StudentAccess(
                asn, is_accessible=bool(named) and may_access(named.known, by, periods)
            ),
            is_associated=bool(named)
            and association(named.known, by, periods) <= Association.LAST_ENROLMENT,
        )

    def answered_id(self, call: Call) -> str:
        return str(call.request["AlertCode"])
