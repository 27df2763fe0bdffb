"""SubmitIdentificationInformation: a student's legal name, birth date, gender and their source.

Role Submit Student User. Source: technical documentation of Submit Identification Information;
the shape of the request is ours.
"""

import datetime
from typing import Any

from credentials.maturity import maturity
from credentials.models import AwardedCredential
from credentials.writing_awards import raise_maturity_triggers
from enrolments.named_enrolment import enrolments_from
from enrolments.triggers import raise_triggers
from pasi.calendar import business_today, current_school_year
from pasi.models import Role
from pasi.services import Call, Result, SubmitService
from students.facts import (
    Duplicates,
    FullName,
    Identification,
    IdentityChange,
    StudentNames,
)
from students.identity_lock import lock_identities
from students.models import Name, NameKey, Student
from students.named_student import NamedStudent, linked_numbers, lock_student, names_of
from students.request_facts import duplicates_of, identification, stored_identification
from students.requests import SubmitIdentificationInformationRequest
from students.rules import identity
from students.rules.stages import (
    SUBMIT_IDENTIFICATION_ACCESS_STAGES,
    SUBMIT_IDENTIFICATION_STAGES,
)
from students.writing import add_name, change_name, change_student

IDENTITY_OBJECT = "StudentIdentity"


class SubmitIdentificationInformation(SubmitService):
    """Change a student's legal name, birth date, gender or their source document.

    The former legal name stays a name of the student. The Id answered is the StateProvinceId.
    """

    operation = "SubmitIdentificationInformation"
    roles = frozenset({Role.SUBMIT_STUDENT_USER})
    request_serializer = SubmitIdentificationInformationRequest
    takes_version = True
    access_stages = SUBMIT_IDENTIFICATION_ACCESS_STAGES
    stages = SUBMIT_IDENTIFICATION_STAGES
    listed_only = (identity.document_issued_in_the_future,)

    def carry_out(self, call: Call) -> Result:
        asn = call.request["StateProvinceId"]
        self._lock_identities(call, asn)
        today = business_today()
        named = lock_student(asn, call.organization, today)
        student = named.student
        stored, records = names_of(student)
        change = self._facts(call, named, stored, records, today)
        if change is None:
            return self.rejected(call, self.judge(named))
        rejections = self.judge(
            change, version=student.version, submitted=call.request["PASICoreVersion"]
        )
        if rejections:
            return self.rejected(call, rejections, told=change.duplicates.told_by(rejections))
        version = self._write(call, change, student, records)
        return self.applied(student.asn, student.asn, version)

    def _lock_identities(self, call: Call, asn: str) -> None:
        """The new identity and the one the student has, before the student's own lock.

        Should the student have got another identity by the time it is locked, its version is
        another too, and the call ends with 3004.
        """
        record = call.request["IdentificationRecord"]
        present = (
            Student.objects.filter(asn=asn)
            .values_list("birth_date", "legal_name__first_name", "legal_name__last_name")
            .first()
        )
        new = (record["BirthDate"], record["FirstName"], record["LastName"])
        lock_identities(*([present] if present else []), new)

    def _facts(
        self,
        call: Call,
        named: NamedStudent,
        stored: StudentNames,
        records: dict[int, Name],
        today: datetime.date,
    ) -> IdentityChange | None:
        """None where there is no such student."""
        student = named.student
        if student is None:
            return None
        before = stored_identification(student, records[student.legal_name_id])
        after = identification(call.request["IdentificationRecord"])
        duplicates = Duplicates()
        if _compared(before) != _compared(after):
            # Who keeps what duplicates are told by becomes nobody's duplicate (inferred).
            own = linked_numbers(student)
            duplicates = duplicates_of(call, today, leaving_out=own)
        return IdentityChange(
            access=named.access,
            today=today,
            stored=before,
            stored_gender=student.gender,
            names=stored,
            identification=after,
            gender=call.request.get("Gender", ""),
            may_change_original=named.may_change_original,
            duplicates=duplicates,
        )

    def _write(
        self, call: Call, change: IdentityChange, student: Student, records: dict[int, Name]
    ) -> int:
        after = change.identification
        values: dict[str, Any] = {
            "birth_date": after.birth_date,
            "document_type": after.document_type,
            "document_number": after.document_number,
            "document_issue_date": after.document_issue_date,
            "is_name_exact": after.is_name_exact,
            "gender": change.gender or student.gender,
        }
        moved = []
        if after.birth_date != student.birth_date:
            mature = maturity(after.birth_date, _awards_of(student))
            values |= {"maturity_date": mature.date, "maturity_reason": mature.reason}
            if mature.date != student.maturity_date:
                moved.append((student.pk, student.maturity_date, mature))
            student.birth_date = after.birth_date
            NameKey.objects.filter(pk__in=list(records)).update(birth_date=after.birth_date)
        if after.name != change.stored.name:
            legal = self._legal_name(call, after.name, change.names, student, records)
            values["legal_name_id"] = legal
            if student.preferred_name_id == student.legal_name_id:
                values["preferred_name_id"] = legal
        version = change_student(student, values, call.message_id)
        raise_triggers("Student", [student.pk], IDENTITY_OBJECT)
        if after.birth_date != change.stored.birth_date:
            enrolments = enrolments_from(
                linked_numbers(student), datetime.date.min, current_school_year()
            )
            raise_triggers("StudentSchoolEnrolment", enrolments, IDENTITY_OBJECT)
            raise_triggers("Transcript", [student.pk], IDENTITY_OBJECT)
        raise_maturity_triggers(moved)
        return version

    def _legal_name(
        self,
        call: Call,
        name: FullName,
        stored: StudentNames,
        student: Student,
        records: dict[int, Name],
    ) -> int:
        """The record that becomes the legal name: one of the same four parts, deleted or not,
        otherwise a new one."""
        twin = stored.like(name)
        if twin is None:
            return add_name(student, name, call.organization, call.message_id, was_legal=True)
        record = records[twin.ref_id]
        if record.is_deleted or not record.was_legal:
            change_name(
                record,
                {"is_deleted": False, "was_legal": True},
                call.organization,
                call.message_id,
            )
        return record.pk


def _compared(identity: Identification) -> tuple:
    """What the rules on duplicates look at: neither the suffix nor the case of letters."""
    name = identity.name
    parts = (name.first_name, name.middle_name, name.last_name)
    return (identity.birth_date, *(part.upper() for part in parts))


def _awards_of(student: Student) -> list[tuple[str, int]]:
    """Credential type and school year of the active awards under all linked numbers."""
    numbers = linked_numbers(student)
    return list(
        AwardedCredential.objects.filter(student__any=numbers, is_deleted=False).values_list(
            "credential_type", "school_year"
        )
    )
