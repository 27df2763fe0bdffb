"""The enrolment services called over HTTP by real clients, and what they answered."""

import uuid
from typing import Any

from enrolments.models import SchoolEnrolment
from tests.enrolments import bodies
from tests.province_builder import make_client, make_token
from tests.students.calls import School, applied

SERVICE = "SubmitStudentSchoolEnrolment"


class EnrolmentCaller(School):
    """A client that submits enrolments for one organization."""

    def enrol(self, student, **changes) -> SchoolEnrolment:
        """Submit a new enrolment, with required properties only; what is stored."""
        reference = str(uuid.uuid4())
        body = bodies.enrolment_minimal(
            **{"StateProvinceId": student.asn, "RefId": reference, **changes}
        )
        answer = applied(self.post(SERVICE, body))
        assert answer["Id"] == body["RefId"].lower()
        return stored(answer["Id"])

    def change(self, enrolment: SchoolEnrolment, **changes) -> SchoolEnrolment:
        """Submit a stored enrolment again, but for `changes`; what is stored then."""
        answer = applied(self.post(SERVICE, as_submitted(enrolment, **changes)))
        now = stored(answer["Id"])
        assert answer["PASICoreVersion"] == now.version
        return now

    def refused_enrolment(self, body: dict[str, Any]) -> list[str]:
        return self.refused(SERVICE, body)


def make_enrolment_caller(code: str, *roles: str) -> EnrolmentCaller:
    """A client of the organization `code`, which exists. Call inside set_up()."""
    client = make_client(
        f"Client of {code}", organizations=[code], roles=roles or ["Submit Enrolment User"]
    )
    return EnrolmentCaller(code, client, make_token(client))


def stored(reference) -> SchoolEnrolment:
    return SchoolEnrolment.objects.select_related("student", "school").get(reference_id=reference)


def as_submitted(enrolment: SchoolEnrolment, **changes) -> dict[str, Any]:
    """The request that leaves a stored enrolment as it is, but for `changes`."""
    return bodies.enrolment_minimal(
        **{
            "StateProvinceId": enrolment.student.asn,
            "RefId": str(enrolment.reference_id),
            "PASICoreVersion": enrolment.version,
            "SchoolCode": enrolment.school.code,
            "SchoolYear": enrolment.school_year,
            "Grade": enrolment.grade,
            "ProgrammingType": enrolment.programming_type,
            "ProgrammingTimeframe": enrolment.programming_timeframe,
            "RegistrationStartDate": str(enrolment.start_date),
            "RegistrationExitDate": str(enrolment.exit_date),
            "ExitDateType": enrolment.exit_date_type,
            "IsDeleted": enrolment.is_deleted,
            "EnrolmentTypeCodes": _codes(enrolment.enrolment_type_codes),
            "GrantsProgramCodes": _codes(enrolment.grants_program_codes),
            "ExceptionCodes": _codes(enrolment.exception_codes),
            "ResidentBoard": enrolment.resident_board or None,
            "FNMIDeclaration": enrolment.fnmi_declaration or None,
            "FrenchHoursOfInstruction": enrolment.french_hours_of_instruction,
            "SchoolAuthorityProvidedProgramPercentage": (
                enrolment.school_authority_provided_program_percentage
            ),
            "LocalStudentId": enrolment.local_student_id or None,
            **changes,
        }
    )


def _codes(joined: str) -> list[str] | None:
    return joined.split(";") if joined else None
