"""SubmitStudentDeactivation: a number was created in error, or is to be used again.

Role PASI System User, for the ministry only. Source: PASI knowledge base for deactivated numbers;
name, shape and rules are ours.
"""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from credentials.models import AwardedCredential
from enrolments.models import CourseEnrolment, OfficialMark, SchoolEnrolment
from enrolments.triggers import raise_triggers
from pasi.calendar import business_today
from pasi.models import Role
from pasi.services import Call, Result, SubmitService
from students.models import Student
from students.named_student import NamedStudent, lock_student
from students.number_facts import DeactivationChange, NumberFacts
from students.requests_numbers import SubmitStudentDeactivationRequest
from students.rules.stages import SUBMIT_DEACTIVATION_ACCESS_STAGES, SUBMIT_DEACTIVATION_STAGES
from students.writing import change_student

DEACTIVATION_OBJECT = "StudentDeactivation"

# What shows that a number is in use: records of it that are not deleted.
RECORDS = (
    (SchoolEnrolment, _("school enrolments")),
    (CourseEnrolment, _("course enrolments")),
    (OfficialMark, _("official marks")),
    (AwardedCredential, _("awarded credentials")),
)


class SubmitStudentDeactivation(SubmitService):
    """Deactivate a number, or use it again; the Id answered is the StateProvinceId.

    A deactivated number is seen by the ministry alone, is nobody's duplicate and has no alerts.
    """

    operation = "SubmitStudentDeactivation"
    roles = frozenset({Role.PASI_SYSTEM_USER})
    ministry_only = True
    request_serializer = SubmitStudentDeactivationRequest
    takes_version = True
    access_stages = SUBMIT_DEACTIVATION_ACCESS_STAGES
    stages = SUBMIT_DEACTIVATION_STAGES

    def carry_out(self, call: Call) -> Result:
        request = call.request
        named = lock_student(request["StateProvinceId"], call.organization, business_today())
        student = named.student
        change = DeactivationChange(
            access=named.access,
            stored=_facts(named) if student else None,
            is_deactivated=request["IsDeactivated"],
            records=_records_of(student) if student else (),
        )
        rejections = self.judge(
            change,
            version=student.version if student else None,
            submitted=request["PASICoreVersion"],
        )
        if rejections:
            told = [change.stored.primary_asn, *change.stored.secondary_asns] if student else []
            return self.rejected(call, rejections, told=[asn for asn in told if asn])
        values = {"is_deactivated": change.is_deactivated}
        version = change_student(student, values, call.message_id)
        raise_triggers("Student", [student.pk], DEACTIVATION_OBJECT)
        if not change.is_deactivated:
            # Recalculations of everybody have passed it by while it was closed.
            raise_triggers("Transcript", [student.pk], DEACTIVATION_OBJECT)
        return self.applied(student.asn, student.asn, version)


def _facts(named: NamedStudent) -> NumberFacts:
    """One query."""
    secondaries = Student.objects.filter(primary=named.student).order_by("asn")
    return NumberFacts(
        named.access.asn,
        primary_asn=named.access.primary_asn,
        secondary_asns=tuple(secondaries.values_list("asn", flat=True)),
        is_deactivated=named.access.is_deactivated,
    )


def _records_of(student: Student) -> Sequence[str]:
    """Which kinds of records the number has. One query."""
    found = Student.objects.filter(pk=student.pk).values_list(
        *(
            Exists(model.objects.filter(student=OuterRef("pk"), is_deleted=False))
            for model, _name in RECORDS
        )
    )
    return [
        str(name) for is_there, (_model, name) in zip(found.get(), RECORDS, strict=True) if is_there
    ]
