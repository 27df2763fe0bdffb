"""SubmitStudentCitizenshipStatus: the citizenship that a student has from today on.

Role Submit Student User. Source: technical documentation of Submit Student Citizenship Status; the
shape of the request is ours.
"""

import datetime

from pasi.calendar import business_today
from pasi.models import Role
from pasi.services import Call, Result, SubmitService
from students.facts import Citizenship, CitizenshipChange
from students.models import CitizenshipStatus, Student
from students.named_student import lock_student
from students.request_facts import citizenship_of
from students.requests_parts import SubmitStudentCitizenshipStatusRequest
from students.rules.stages import SUBMIT_CITIZENSHIP_ACCESS_STAGES, SUBMIT_CITIZENSHIP_STAGES
from students.writing_parts import part_changed, write_part

CITIZENSHIP_OBJECT = "StudentCitizenshipStatus"


class SubmitStudentCitizenshipStatus(SubmitService):
    """Record a student's citizenship status; the Id answered is the StateProvinceId.

    It takes effect today and supersedes the present status. One that took effect today already is
    changed instead.
    """

    operation = "SubmitStudentCitizenshipStatus"
    roles = frozenset({Role.SUBMIT_STUDENT_USER})
    request_serializer = SubmitStudentCitizenshipStatusRequest
    takes_version = True
    access_stages = SUBMIT_CITIZENSHIP_ACCESS_STAGES
    stages = SUBMIT_CITIZENSHIP_STAGES

    def carry_out(self, call: Call) -> Result:
        request, today = call.request, business_today()
        named = lock_student(request["StateProvinceId"], call.organization, today)
        student = named.student
        present = _in_effect(student, today) if student else None
        change = CitizenshipChange(
            access=named.access,
            today=today,
            stored=_facts(present) if present else None,
            citizenship=citizenship_of(request),
        )
        rejections = self.judge(
            change,
            version=student.version if student else None,
            submitted=request["PASICoreVersion"],
        )
        if rejections:
            return self.rejected(call, rejections)
        new = change.citizenship
        write_part(
            CitizenshipStatus,
            present.pk if present and present.effective_on == today else None,
            student,
            {
                "citizenship_status": new.status,
                "guardian_citizenship_status": new.guardian_status,
                "document_expiry_date": new.document_expiry_date,
                "effective_on": today,
            },
            call.message_id,
        )
        # The first one of all counts for enrolments that ended before it, too.
        has_earlier = CitizenshipStatus.objects.filter(
            student=student, is_deleted=False, effective_on__lt=today
        ).exists()
        since = today if has_earlier else datetime.date.min
        version = part_changed(student, since, CITIZENSHIP_OBJECT, call.message_id)
        return self.applied(student.asn, student.asn, version)


def _in_effect(student: Student, today: datetime.date) -> CitizenshipStatus | None:
    """The record in effect today. One query."""
    records = CitizenshipStatus.objects.filter(
        student=student, is_deleted=False, effective_on__lte=today
    )
    return records.order_by("-effective_on", "-pk").first()


def _facts(record: CitizenshipStatus) -> Citizenship:
    return Citizenship(
        submitted="",
        status=record.citizenship_status,
        guardian_status=record.guardian_citizenship_status,
        document_expiry_date=record.document_expiry_date,
    )
