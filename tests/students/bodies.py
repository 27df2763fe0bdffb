"""Request bodies of the student services: every one is valid, structurally and in its values.

Each builder gives a new dict ready for JSON. Keyword arguments replace whole top-level properties;
None leaves a property out. To change something deeper, give a part made by its own builder:
`create_student(IdentificationRecord=identification_record(FirstName="Zoë"))`.
"""

from typing import Any

from tests.province_builder import caller_info

Body = dict[str, Any]


def _with(body: Body, changes: Body) -> Body:
    changed = {**body, **changes}
    return {name: value for name, value in changed.items() if value is not None}


# --- Parts --------------------------------------------------------------------------------------


def identification_record(**changes) -> Body:
    """A legal name on a birth certificate, with all that may be said of it."""
    return _with(
        {
            "BirthDate": "2012-05-17",
            "DocumentIssueDate": "2012-06-01",
            "DocumentNumber": "4711",
            "DocumentType": "AlbertaBirthCertificate",
            "FirstName": "Amélie",
            "IsNameExact": True,
            "LastName": "O'Neil-Tremblay",
            "MiddleName": "Rose Marie",
            "Suffix": "III",
        },
        changes,
    )


def alias(**changes) -> Body:
    return _with(
        {
            "FirstName": "Amy",
            "LastName": "Tremblay",
            "LastUpdateUtcTime": "0001-01-01T00:00:00",
            "MiddleName": "Rose",
            "RefId": 0,
            "Suffix": "Jr.",
        },
        changes,
    )


def address(**changes) -> Body:
    """A Canadian mailing address of two lines."""
    return _with(
        {
            "AddressType": "Mailing",
            "City": "Edmonton",
            "Country": "Canada",
            "EffectiveDate": "2026-01-15",
            "ExpiryDate": "2029-12-31",
            "LastUpdateUtcTime": "0001-01-01T00:00:00",
            "PostalCode": "T5J 2R7",
            "RefId": 0,
            "StateProvince": "AB",
            "Street": "Apt 12\r\n10155 102 Street NW",
        },
        changes,
    )


def phone(**changes) -> Body:
    return _with(
        {
            "EffectiveDate": "2026-01-15",
            "ExpiryDate": "2029-12-31",
            "Extension": "12",
            "IsListable": "N",
            "LastUpdateUtcTime": "0001-01-01T00:00:00",
            "Number": "4035551234",
            "RefId": 0,
            "Type": "Home",
        },
        changes,
    )


def extended_info() -> Body:
    return {
        "List": [
            {"Name": "Reserved", "Values": [{"Key": "First", "Value": "1"}]},
            {"Name": "Later", "Values": [{"Key": "A", "Value": ""}, {"Key": "B", "Value": "2"}]},
        ]
    }


def personal_info(**changes) -> Body:
    """Everything that PersonalInfo can have."""
    return _with(
        {
            "Alias": alias(),
            "AlternateMailingAddress": address(
                City="Calgary",
                EffectiveDate="2026-02-15",
                PostalCode="T2P 2M5",
                Street="PO Box 17",
            ),
            "CitizenshipStatus": "5",
            "DocumentExpiryDate": "2029-08-31",
            "ExtendedPersonalInfo": extended_info(),
            "Gender": "F",
            "PreferredMailingAddress": address(),
            "PreferredPhoneNumber": phone(),
            "Section23Eligibility": "B",
        },
        changes,
    )


def restriction(**changes) -> Body:
    return _with(
        {
            "DisclosureRestrictionCode": "Caution",
            "DisclosureRestrictionDetails": "Ask the principal first.\r\nSee the paper file.",
            "EffectiveDate": "2026-01-15",
            "ExpiryDate": "2029-12-31",
            "IsActive": True,
            "LastUpdateUtcTime": "0001-01-01T00:00:00",
            "RefId": 0,
        },
        changes,
    )


# --- CreateStudent ------------------------------------------------------------------------------


def create_student(**changes) -> Body:
    """A new student with every property of the contract."""
    return _with(
        {
            "AcknowledgeSimilarStateProvinceIdList": [],
            "CallerInfo": caller_info(),
            "DisclosureRestrictionInfo": restriction(),
            "EmailAddress": "amy.tremblay@example.org",
            "ExtendedInfo": extended_info(),
            "IdentificationRecord": identification_record(),
            "PersonalInfo": personal_info(),
        },
        changes,
    )


def create_student_minimal(**changes) -> Body:
    """A new student with the required properties only."""
    return _with(
        {
            "CallerInfo": caller_info(),
            "IdentificationRecord": {
                "BirthDate": "2012-05-17",
                "DocumentType": "AlbertaBirthCertificate",
                "FirstName": "Amélie",
                "IsNameExact": True,
                "LastName": "Tremblay",
            },
            "PersonalInfo": {"Gender": "F"},
        },
        changes,
    )


# --- SubmitName ---------------------------------------------------------------------------------


def name(**changes) -> Body:
    """A name to add; another RefId makes it a correction."""
    return alias(**{"FirstName": "Mark", "LastName": "Doe", "MiddleName": "John", **changes})


def submit_name(**changes) -> Body:
    """Adds a name, with every property of the contract. StateProvinceId and PASICoreVersion are
    those of nobody: give the student's.
    """
    return _with(
        {
            "CallerInfo": caller_info(),
            "DeleteName": False,
            "IsPreferred": False,
            "Name": name(),
            "PASICoreVersion": 1,
            "SourceChangeCode": 7,
            "StateProvinceId": "999999999",
        },
        changes,
    )


def submit_name_minimal(**changes) -> Body:
    """Adds a name, with the required properties only."""
    return submit_name(
        **{
            "IsPreferred": None,
            "SourceChangeCode": None,
            "Name": {"FirstName": "Mark", "LastName": "Doe", "RefId": 0},
            **changes,
        }
    )


# --- SubmitIdentificationInformation ------------------------------------------------------------


def identification(**changes) -> Body:
    """A new legal identity, with every property of the contract."""
    return _with(
        {
            "CallerInfo": caller_info(),
            "StateProvinceId": "999999999",
            "PASICoreVersion": 1,
            "IdentificationRecord": identification_record(),
            "Gender": "F",
            "AcknowledgeSimilarStateProvinceIdList": [],
        },
        changes,
    )


def identification_minimal(**changes) -> Body:
    """A new legal identity, with the required properties only."""
    return identification(
        **{"Gender": None, "AcknowledgeSimilarStateProvinceIdList": None, **changes}
    )


# --- IdentifyStudent ----------------------------------------------------------------------------


def identify(**changes) -> Body:
    """A search, with every property of the contract."""
    return _with(
        {
            "CallerInfo": caller_info(),
            "FirstName": "Amélie",
            "LastName": "Tremblay",
            "MiddleName": "Rose",
            "BirthDate": "2012-05-17",
            "ApproximateAge": 14,
            "StateProvinceId": "999999999",
            "IncludeAllQualities": False,
            "IncludeDisclosureRestricted": False,
        },
        changes,
    )


def identify_minimal(**changes) -> Body:
    """A search by name and birth date only."""
    return _with(
        {
            "CallerInfo": caller_info(),
            "FirstName": "Amélie",
            "LastName": "Tremblay",
            "BirthDate": "2012-05-17",
        },
        changes,
    )
