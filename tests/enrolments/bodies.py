"""Request bodies of the enrolment services: every one is valid, structurally and in its values.

Keyword arguments replace whole properties; None leaves a property out.
"""

from typing import Any

from tests.province_builder import caller_info

REFERENCE = "0F8FAD5B-D9CB-469F-A165-70867728950E"


def enrolment(**changes) -> dict[str, Any]:
    """A new enrolment with every property of the contract. StateProvinceId is nobody's."""
    body = {
        "CallerInfo": caller_info(),
        "StateProvinceId": "999999999",
        "RefId": REFERENCE,
        "PASICoreVersion": 0,
        "SchoolCode": "S.0001",
        "SchoolYear": 2027,
        "Grade": "05",
        "ProgrammingType": "Regular",
        "ProgrammingTimeframe": "Day",
        "RegistrationStartDate": "2026-09-01",
        "RegistrationExitDate": "2027-06-28",
        "ExitDateType": "CompletionDate",
        "IsDeleted": False,
        "EnrolmentTypeCodes": ["330", "121"],
        "GrantsProgramCodes": ["610", "303"],
        "ExceptionCodes": ["80"],
        "ResidentBoard": "0046",
        "FNMIDeclaration": "331",
        "FrenchHoursOfInstruction": 400,
        "SchoolAuthorityProvidedProgramPercentage": 60,
        "LocalStudentId": "L-4711",
        "SourceChangeCode": 7,
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


OPTIONAL = (
    *("EnrolmentTypeCodes", "GrantsProgramCodes", "ExceptionCodes", "ResidentBoard"),
    *("FNMIDeclaration", "FrenchHoursOfInstruction", "SchoolAuthorityProvidedProgramPercentage"),
    *("LocalStudentId", "SourceChangeCode"),
)


def enrolment_minimal(**changes) -> dict[str, Any]:
    """A new enrolment with the required properties only."""
    return enrolment(**{**dict.fromkeys(OPTIONAL), **changes})
