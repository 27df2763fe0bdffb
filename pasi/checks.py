"""System checks: the rule registry is whole."""

from django.conf import settings
from django.core.checks import Error, register

from pasi import rules

# What each service must be able to return, by its document.
CODES_OF_SERVICES = {
    "SubmitCredentialAwardingMultiple": {
        "9002",
        "44000",
        "44004",
        "44008",
        "44010",
        "44011",
        "44012",
        "44013",
        "44014",
    },
    "SubmitCredentialReIssue": {
        *("9014", "44001", "44002", "44003", "44004", "44005", "44015"),
    },
    "SubmitCredentialAwardingSingle": {
        *("9002", "44000", "44004", "44009", "44010", "44013", "44014"),
    },
    "SubmitCredentialDeleteReason": {
        *("9014", "9023", "44001", "44002", "44010", "44015"),
    },
    "SubmitCredentialLegacyNumber": {
        *("9014", "9023", "44001", "44002", "44003"),
    },
    "CreateStudent": {
        *("9014", "11001", "11002", "11003", "11004", "11005", "11006", "11007", "11008"),
        *("11015", "11016", "11021", "11029", "11101", "11104", "11111", "11113"),
        *("11203", "11204", "11206", "11207", "11208", "11217", "11218", "11219", "11220"),
        *("11221", "11222", "11223", "11224", "11225", "11231", "11233"),
        *("11251", "11252", "11253", "11254", "11255", "11256", "11261", "11301", "11326"),
        *("11401", "11402", "11403", "11404", "11405", "12006"),
    },
    "SubmitName": {
        *("9002", "9006", "9011", "9014", "9023", "9049", "9065", "11201"),
        *("11203", "11204", "11206", "11207", "11208", "11215", "11216"),
        *("11219", "11220", "11221", "11222", "11223", "11224", "11227"),
    },
    "SubmitIdentificationInformation": {
        *("9002", "9011", "9014", "9023", "9049", "9065"),
        *("11203", "11204", "11206", "11207", "11208", "11210", "11211", "11217"),
        *("11219", "11220", "11221", "11222", "11223", "11224", "11225", "11231", "11233"),
        *("11406", "11407", "12006"),
    },
    "SubmitStudentCitizenshipStatus": {
        *("9002", "9011", "9014", "9023", "9065", "11326", "11332"),
    },
    "SubmitStudentDisclosureRestriction": {
        *("9002", "9006", "9011", "9014", "9023", "9065"),
        *("11101", "11104", "11111", "11113", "11116", "11120"),
    },
    "SubmitStudentLink": {
        *("9002", "9014", "9023", "99020", "99021", "99022", "99023", "99024"),
        *("99025", "99026", "99027"),
    },
    "SubmitStudentDeactivation": {"9002", "9014", "9023", "99024", "99028", "99029"},
    "SubmitStudentDeath": {"9002", "9014", "9023", "99030", "99031", "99032"},
    "IdentifyStudent": set(),
    "SubmitStudentSchoolEnrolment": {
        *("9002", "9003", "9009", "9011", "9014", "9030", "10016", "10058", "10064", "10080"),
        *("10087", "10088", "10103", "10117", "10118", "10133", "10134", "10150", "99001"),
    },
    "SubmitStudentSchoolEnrolmentStatusAcknowledgement": {
        *("10149", "12000", "12001", "12002", "12003", "12004", "12005"),
    },
    "SubmitStudentStatusAcknowledgement": {
        *("9002", "9010", "12000", "12001", "12002", "12003", "12004"),
    },
    "SubmitCredentialRequirementAchievement": {
        *("9002", "9014", "9023", "9062", "43004", "43015", "43016", "43017", "43018"),
        *("44013", "44014", "99005"),
    },
    "SubmitCredentialRequirementExemption": {
        *("9002", "9014", "9023", "43003", "43017", "44013", "44014"),
        *("99055", "99056", "99057", "99058"),
    },
    "SubmitOfficialMark": {
        *("9002", "9009", "9014", "9023", "99050", "99051", "99052"),
    },
    "SubmitDocumentOrder": {"44016", "44017", "44018", "44020"},
    "SubmitDocumentOrderStatus": {"9014", "9023", "99002", "99003", "99004"},
}


@register
def rules_are_whole(app_configs, **kwargs):
    """Every raised rule is used by a service or judged by a processor, every service has its
    codes, and only inferred, not essential rules are switched off. (A doubled code fails at
    import.)
    """
    from pasi.operations import SERVICES, services_of_rules

    errors = []
    used = services_of_rules()
    for rule in rules.catalogue():
        if rule.judge is not None and rule.code not in used:
            errors.append(Error(f"Rule {rule.code} is used by no service.", id="pasi.E001"))
    for service in SERVICES:
        have = {rule.code for rule in service.rules()}
        needed = CODES_OF_SERVICES.get(service.operation)
        if needed is None:
            errors.append(Error(f"{service.operation} has no list of codes.", id="pasi.E005"))
        for code in sorted((needed or set()) - have):
            errors.append(Error(f"{service.operation} lacks rule {code}.", id="pasi.E002"))
    may_be_off = {rule.code for rule in rules.catalogue() if rule.may_be_off}
    for code in settings.PASI_RULES_OFF:
        if code not in may_be_off:
            errors.append(
                Error(f"PASI_RULES_OFF: {code} is not a rule that may be off.", id="pasi.E003")
            )
    return errors


@register
def calls_stay(app_configs, **kwargs):
    """ATOMIC_REQUESTS would undo the record of a call together with its work."""
    if settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        return [Error("ATOMIC_REQUESTS must stay off.", id="pasi.E004")]
    return []


@register
def numbers_can_be_made(app_configs, **kwargs):
    """The setting of the check digit is one of those that are known."""
    if settings.PASI_ASN_CHECK_DIGIT not in ("luhn", "none"):
        return [Error("PASI_ASN_CHECK_DIGIT must be luhn or none.", id="pasi.E006")]
    return []
