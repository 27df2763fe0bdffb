"""SubmitStudentDeath: a student has died, or has not after all.

Role PASI System User, for the ministry only. Source: PASI knowledge base for deceased students;
name, shape and rules are ours.
"""

import datetime

from pasi.calendar import business_today
from pasi.models import Role
from pasi.services import Call, Result, SubmitService
from students.named_student import NamedStudent, lock_student
from students.number_facts import DeathChange
from students.requests_numbers import SubmitStudentDeathRequest
from students.rules.stages import SUBMIT_DEATH_ACCESS_STAGES, SUBMIT_DEATH_STAGES
from students.writing import change_student
from students.writing_parts import look_again

DEATH_OBJECT = "StudentDeath"


class SubmitStudentDeath(SubmitService):
    """Record a death, its date if it is known; the Id answered is the StateProvinceId.

    With IsDeceased false the student lives, and the date goes.
    """

    operation = "SubmitStudentDeath"
    roles = frozenset({Role.PASI_SYSTEM_USER})
    ministry_only = True
    request_serializer = SubmitStudentDeathRequest
    takes_version = True
    access_stages = SUBMIT_DEATH_ACCESS_STAGES
    stages = SUBMIT_DEATH_STAGES

    def carry_out(self, call: Call) -> Result:
        request, today = call.request, business_today()
        named = lock_student(request["StateProvinceId"], call.organization, today)
        student, change = named.student, _facts(call, named, today)
        rejections = self.judge(
            change,
            version=student.version if student else None,
            submitted=request["PASICoreVersion"],
        )
        if rejections:
            primary = named.access.primary_asn
            return self.rejected(call, rejections, told=[primary] if primary else [])
        values = {"is_deceased": change.is_deceased, "date_of_death": change.date_of_death}
        version = change_student(student, values, call.message_id)
        # Rule 10086 looks at the date: what ended before both dates has nothing to do with it.
        dates = [each for each in (change.stored_date, change.date_of_death) if each]
        look_again(student, min(dates, default=today), DEATH_OBJECT)
        return self.applied(student.asn, student.asn, version)


def _facts(call: Call, named: NamedStudent, today: datetime.date) -> DeathChange:
    request, student = call.request, named.student
    if student is None:
        return DeathChange(named.access, today)
    return DeathChange(
        access=named.access,
        today=today,
        birth_date=student.birth_date,
        stored_deceased=student.is_deceased,
        stored_date=student.date_of_death,
        is_deceased=request["IsDeceased"],
        date_of_death=request.get("DateOfDeath"),
    )
