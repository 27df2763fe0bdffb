"""SubmitStudentDisclosureRestriction: add or change a restriction on telling of a student.

Role Submit Student User. Source: technical documentation of Submit Student Disclosure Restriction;
the shape of the request is ours.
"""

import datetime

from pasi.calendar import business_today
from pasi.models import Role
from pasi.services import Call, Result, SubmitService
from students.facts import Restriction, RestrictionChange, StoredRestriction
from students.models import DisclosureRestriction, Student
from students.named_student import lock_student
from students.request_facts import restriction_of
from students.requests_parts import SubmitStudentDisclosureRestrictionRequest
from students.rules.restrictions import expired_but_active
from students.rules.stages import SUBMIT_RESTRICTION_ACCESS_STAGES, SUBMIT_RESTRICTION_STAGES
from students.writing_parts import part_changed, write_part

RESTRICTION_OBJECT = "StudentDisclosureRestriction"


class SubmitStudentDisclosureRestriction(SubmitService):
    """Add or change a disclosure restriction; the Id answered is its RefId.

    RefId 0 adds one. A restriction ends by its expiry date, or when it is no longer active.
    """

    operation = "SubmitStudentDisclosureRestriction"
    roles = frozenset({Role.SUBMIT_STUDENT_USER})
    request_serializer = SubmitStudentDisclosureRestrictionRequest
    takes_version = True
    access_stages = SUBMIT_RESTRICTION_ACCESS_STAGES
    stages = SUBMIT_RESTRICTION_STAGES
    listed_only = (expired_but_active,)

    def carry_out(self, call: Call) -> Result:
        request = call.request
        named = lock_student(request["StateProvinceId"], call.organization, business_today())
        student = named.student
        change = RestrictionChange(
            access=named.access,
            birth_date=student.birth_date if student else datetime.date.min,
            stored=_restrictions_of(student),
            ref_id=request["DisclosureRestrictionInfo"]["RefId"],
            restriction=restriction_of(request["DisclosureRestrictionInfo"]),
        )
        rejections = self.judge(
            change,
            version=student.version if student else None,
            submitted=request["PASICoreVersion"],
        )
        if rejections:
            return self.rejected(call, rejections)
        new, before = change.restriction, change.record
        ref_id = write_part(
            DisclosureRestriction,
            change.ref_id,
            student,
            {
                "code": new.code,
                "details": new.details,
                "effective_on": new.effective_on,
                "expires_on": new.expires_on,
                "is_active": new.is_active,
            },
            call.message_id,
        )
        both = [new, before.restriction] if before else [new]
        since = min(each.effective_on for each in both)
        version = part_changed(student, since, RESTRICTION_OBJECT, call.message_id)
        return self.applied(student.asn, str(ref_id), version)


def _restrictions_of(student: Student | None) -> list[StoredRestriction]:
    """All of the student's, deleted ones too. One query."""
    if student is None:
        return []
    return [
        StoredRestriction(ref_id, Restriction(*values), is_deleted)
        for ref_id, *values, is_deleted in DisclosureRestriction.objects.filter(student=student)
        .order_by("pk")
        .values_list(
            *("pk", "code", "details", "effective_on", "expires_on", "is_active", "is_deleted")
        )
    ]
