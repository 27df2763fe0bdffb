"""SubmitOfficialMark: add, change or delete a student's official mark in one course.

Role PASI System User, for the ministry only: in PASI the Official Mark Calculator makes these
marks; here they come from outside. Source: ours; fields from the specification of eligibility.
"""

import datetime

from enrolments.official_marks import MarkChange, MarkValues, find_mark, write_mark
from enrolments.requests import SubmitOfficialMarkRequest
from enrolments.rules.official_marks import OFFICIAL_MARK_ACCESS_STAGES, OFFICIAL_MARK_STAGES
from pasi.calendar import business_today
from pasi.models import Role
from pasi.services import Call, Result, SubmitService
from students.named_student import lock_student


class SubmitOfficialMark(SubmitService):
    """Add, change or delete a student's official mark in a course; the Id answered is the course
    code, for a student has one mark in a course.

    A deleted mark stays and can be brought back. What the mark means for the student's credentials
    is worked out in the background, within seconds where a worker runs; until then what was
    achieved reads CalculationOutstanding, but for credentials that are awarded already.
    """

    operation = "SubmitOfficialMark"
    roles = frozenset({Role.PASI_SYSTEM_USER})
    ministry_only = True
    request_serializer = SubmitOfficialMarkRequest
    takes_version = True
    access_stages = OFFICIAL_MARK_ACCESS_STAGES
    stages = OFFICIAL_MARK_STAGES

    def carry_out(self, call: Call) -> Result:
        request, today = call.request, business_today()
        named = lock_student(request["StateProvinceId"], call.organization, today)
        student = named.student
        course = request["CourseCode"]
        change = MarkChange(
            access=named.access,
            course_code=course,
            submitted=_submitted(request),
            stored=find_mark(student.pk, course) if student else None,
            birth_date=student.birth_date if student else datetime.date.min,
            today=today,
        )
        rejections = self.judge(
            change, version=change.version, submitted=request["PASICoreVersion"]
        )
        if rejections:
            return self.rejected(call, rejections)
        person = student.primary_id or student.pk
        version = write_mark(student.pk, person, change, call.message_id)
        return self.applied(student.asn, course, version)


def _submitted(request: dict) -> MarkValues:
    return MarkValues(
        achievement_school_year=request["AchievementSchoolYear"],
        achievement_date=request["AchievementDate"],
        mark_value=request.get("MarkValue", ""),
        credits_awarded=request["CreditsAwarded"],
        is_available=request["IsAvailable"],
        evaluation_method=request.get("EvaluationMethod", ""),
        is_deleted=request["IsDeleted"],
    )
