"""CreateStudent: a new student with all personal data in one call; the Core gives the number.

Role Submit Student User, for any organization: there is no student yet to be associated with.
Source: seed document CreateStudent and the technical documentation of the same service.
"""

from pasi.calendar import business_today
from pasi.models import Role
from pasi.rules import core_out_of_date
from pasi.services import Call, Result, SubmitService
from students.facts import NewStudent
from students.identity_lock import lock_identities
from students.request_facts import duplicates_of, new_student
from students.requests import CreateStudentRequest
from students.rules import identity, restrictions
from students.rules.stages import CREATE_STUDENT_STAGES
from students.writing import write_student


class CreateStudent(SubmitService):
    """Create a student who is not known yet; the Id answered is the new StateProvinceId.

    Two calls for the same person take turns at the identity lock, so the second one finds what the
    first has created.
    """

    operation = "CreateStudent"
    roles = frozenset({Role.SUBMIT_STUDENT_USER})
    request_serializer = CreateStudentRequest
    stages = CREATE_STUDENT_STAGES
    listed_only = (
        core_out_of_date,
        restrictions.expired_but_active,
        identity.document_issued_in_the_future,
    )

    def carry_out(self, call: Call) -> Result:
        facts = self._facts(call)
        if rejections := self.judge(facts):
            return self.rejected(call, rejections, told=facts.duplicates.told_by(rejections))
        asn, version = write_student(facts, call.organization, call.message_id)
        return self.applied(asn, asn, version)

    def _facts(self, call: Call) -> NewStudent:
        today = business_today()
        record = call.request["IdentificationRecord"]
        lock_identities((record["BirthDate"], record["FirstName"], record["LastName"]))
        duplicates = duplicates_of(call, today)
        return new_student(call.request, today=today, duplicates=duplicates)
