"""Requests and answers for who may not see personal data: it is hidden, the rest can be read.

What is neither known as personal nor as open is hidden too: whatever a caller sends under a name of
its own, and what is no JSON.
"""

import json
import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from pasi import rules
from pasi.faults import FAULTS

HIDDEN = _("[hidden]")

# Properties that say who somebody is, or something of their life. Student numbers stay visible.
PERSONAL = frozenset(
    {
        # Names
        *("FirstName", "MiddleName", "LastName", "Suffix", "Names", "Alias"),
        # Birth and death
        *("BirthDate", "ApproximateAge", "DateOfDeath", "MaturityDate"),
        # Where somebody is reached
        *("Street", "City", "StateProvince", "PostalCode", "Country", "AddressFormat"),
        *("Number", "Extension", "IsListable", "EmailAddress"),
        # Documents, and numbers other than the ASN
        *("DocumentNumber", "DocumentType", "DocumentIssueDate", "DocumentExpiryDate"),
        "LocalStudentId",
        # Of the person
        *("Gender", "CitizenshipStatus", "GuardianCitizenshipStatus", "Section23Eligibility"),
        *("FNMIDeclaration", "DisclosureRestrictionCode", "DisclosureRestrictionDetails"),
        # Of schooling: what a need, a grant, a belief or a result tells of somebody
        *("EnrolmentTypeCodes", "GrantsProgramCodes", "ExceptionCodes", "MarkValue", "Reason"),
        # What somebody wrote
        "DeleteReason",
    }
)

# Properties that can be read by everybody who may see the call. Those that hold others are among
# them: what is inside is judged by its own name.
OPEN = frozenset(
    {
        *("StateProvinceId", "StateProvinceIds", "PrimaryStateProvinceId"),
        *("SecondaryStateProvinceId", "AcknowledgeSimilarStateProvinceIdList"),
        *("CallerInfo", "PersonalInfo", "IdentificationRecord", "PreferredMailingAddress"),
        *("AlternateMailingAddress", "PreferredPhoneNumber", "DisclosureRestrictionInfo"),
        *("ExtendedInfo", "ExtendedPersonalInfo", "List", "Values", "Key", "Arguments"),
        *("Students", "Responses", "Rejections", "Achievements", "Reasons", "Quality"),
        *("Id", "RefId", "ReferenceId", "OrderItemId", "PASICoreVersion", "Status", "Code"),
        *("IsDeleted", "IsActive", "IsDeactivated", "IsDeceased", "IsAvailable"),
        *("IsNameExact", "IsPreferred", "IsLegal", "IsOriginal", "DeleteName", "AddressType"),
        *("Type", "EffectiveDate", "ExpiryDate", "EffectiveOn", "LastUpdateUtcTime"),
        *("IncludeAllQualities", "IncludeDisclosureRestricted", "SourceChangeCode"),
        *("CreatedByOrganizationCode", "UpdatedByOrganizationCode", "OrganizationCode"),
        *("SchoolCode", "SchoolYear", "Grade", "ProgrammingType", "ProgrammingTimeframe"),
        *("RegistrationStartDate", "RegistrationExitDate", "ExitDateType", "ResidentBoard"),
        *("FrenchHoursOfInstruction", "SchoolAuthorityProvidedProgramPercentage"),
        *("AlertCode", "CourseCode", "AchievementSchoolYear", "AchievementDate"),
        *("CreditsAwarded", "EvaluationMethod", "Requirement", "RequirementSet"),
        *("Achievement", "CredentialNumber", "CredentialType"),
        *("LegacyCredentialNumber", "DeliveryMethod", "Language", "Copies"),
        # Of problems
        *("type", "title", "status", "code", "messageId", "errors", "field"),
        # Of calls that are no service's
        *("Record", "Processor", "SetAside", "Organization", "Job", "Task", "Run"),
        *("AlertsRaised", "AlertsCleared", "run", "requested", "awarded", "rejected"),
        # Of runs that staff ask for; the name of a file is theirs, and stays hidden.
        *("Preview", "Criteria", "CredentialTypes", "WasDoneBefore", "StoppedBecause"),
        *("achieved_not_awarded", "school", "not_awarded_of", "rejections"),
    }
)
# Inside CallerInfo: the page of the call says the same.
OPEN_OF_CALLERS = OPEN | {
    *("ClientMessageID", "SentUtcTime", "Software", "Manufacturer", "Product", "Version"),
    *("BuildNumber", "User", "Name", "LocalID", "IPAddress"),
}
# Faults whose detail is ours alone. That of the others repeats what was sent, or may.
OWN_DETAIL = FAULTS.keys() - {"3001", "3002"}
LAST_NAME = re.compile(r"([A-Za-z0-9_]*)(?:\[[0-9]+\])*$")


def masked(text: str) -> str:
    """A body with what is personal hidden, indented."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return str(_("[hidden: this is no JSON]"))
    if not isinstance(document, dict):
        return str(HIDDEN)
    return json.dumps(_masked(document, OPEN), indent=2, ensure_ascii=False)


def _masked(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_masked(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _property(value, name, names) for name in value}


def _property(within: dict[str, Any], name: str, names: frozenset[str]) -> Any:
    value = within[name]
    if value is None:
        return None
    if name == "CallerInfo":
        return _masked(value, OPEN_OF_CALLERS)
    if name == "Value" and _is_open(within.get("Key"), names):
        return _masked(value, names)
    if name == "problem" and _is_open(_last_name(within.get("field")), names):
        return value
    if name == "detail" and _is_open(within.get("code"), OWN_DETAIL):
        return value
    if name == "Description":  # the title of the rule says as much, without values
        return _title(within.get("Code"))
    return _masked(value, names) if name in names else str(HIDDEN)


def _is_open(name: Any, names: frozenset[str]) -> bool:
    return isinstance(name, str) and name in names


def _last_name(path: Any) -> str | None:
    """Of "PersonalInfo.Names[0].FirstName" the last: "FirstName"."""
    if not isinstance(path, str):
        return None
    return LAST_NAME.search(path)[1]


def _title(code: Any) -> str:
    try:
        return str(rules.rule(code).title)
    except (KeyError, TypeError):
        return str(HIDDEN)
