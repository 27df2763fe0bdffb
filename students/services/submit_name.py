"""SubmitName: add, correct or delete one name of a student, or choose the preferred one.

The legal name is changed by SubmitIdentificationInformation. Role Submit Student User. Source:
seed document SubmitName and the technical documentation of the same service.
"""

from enrolments.triggers import raise_triggers
from pasi.calendar import business_today
from pasi.models import Role
from pasi.services import Call, Result, SubmitService
from students.facts import NameChange
from students.models import NAME_PARTS, Name, Student
from students.named_student import lock_student, names_of
from students.request_facts import full_name
from students.requests import SubmitNameRequest
from students.rules.stages import SUBMIT_NAME_ACCESS_STAGES, SUBMIT_NAME_STAGES
from students.writing import add_name, change_name, change_student

NAME_OBJECT = "StudentName"


class SubmitName(SubmitService):
    """Add, correct or delete a name of a student; the Id answered is the name's RefId.

    A name that was deleted comes back under its own RefId when it is added again.
    """

    operation = "SubmitName"
    roles = frozenset({Role.SUBMIT_STUDENT_USER})
    request_serializer = SubmitNameRequest
    takes_version = True
    access_stages = SUBMIT_NAME_ACCESS_STAGES
    stages = SUBMIT_NAME_STAGES

    def carry_out(self, call: Call) -> Result:
        request = call.request
        named = lock_student(request["StateProvinceId"], call.organization, business_today())
        student = named.student
        stored, records = names_of(student)
        change = NameChange(
            access=named.access,
            stored=stored,
            ref_id=request["Name"]["RefId"],
            is_delete=request["DeleteName"],
            name=full_name(request["Name"]),
            is_preferred=request.get("IsPreferred"),
            may_change_original=named.may_change_original,
        )
        rejections = self.judge(
            change,
            version=student.version if student else None,
            submitted=request["PASICoreVersion"],
        )
        if rejections:
            return self.rejected(call, rejections)
        ref_id = self._write_name(call, change, student, records)
        preferred = change.preferred_after or ref_id
        values = {} if preferred == stored.preferred else {"preferred_name_id": preferred}
        version = change_student(student, values, call.message_id)
        raise_triggers("Student", [student.pk], NAME_OBJECT)
        return self.applied(student.asn, str(ref_id), version)

    def _write_name(
        self, call: Call, change: NameChange, student: Student, records: dict[int, Name]
    ) -> int:
        """The RefId of the record that was added, corrected or deleted."""
        by, message = call.organization, call.message_id
        if change.is_delete:
            change_name(records[change.ref_id], {"is_deleted": True}, by, message)
        elif change.is_correction:
            parts = dict(zip(NAME_PARTS, change.name.parts, strict=True))
            if change.name != change.record.name:
                change_name(records[change.ref_id], parts, by, message)
        elif deleted := change.deleted_twin:
            change_name(records[deleted.ref_id], {"is_deleted": False}, by, message)
            return deleted.ref_id
        else:
            return add_name(student, change.name, by, message, was_legal=False)
        return change.ref_id
