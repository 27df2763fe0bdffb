"""Cases of the rules on exemptions."""

from credentials.eligibility.definition_files import definitions
from credentials.requirement_exemptions import (
    FRANCOPHONE_SCHOOL,
    MINISTRY,
    SCHOOL,
    ExemptionChange,
    StoredExemption,
    find_reason,
)
from credentials.rules import awarding
from credentials.rules import requirement_exemptions as rules
from credentials.rules.requirement_achievements import not_associated
from students.facts import StudentAccess
from students.rules.access import invalid_asn
from students.rules.names import empty_update
from tests.rules.cases import breaking, passing

ASN, PRIMARY = "100000009", "200000001"
OF_ADA = {"StateProvinceId": ASN}
CALM = "CALM-81160"
TRANSFER, RELIGIOUS = "OutOfProvinceTransferCALM", "ReligiousCALM"
ENGLISH, FRANCOPHONE = "ELA30-X81120", "UnilingualFrancophone"
BY_MINISTRY = frozenset({MINISTRY})
BY_FRANCOPHONE = frozenset({SCHOOL, FRANCOPHONE_SCHOOL})


def change(status="Requested", reason=RELIGIOUS, requirement=CALM, **facts) -> ExemptionChange:
    """By a school that may. Religious grounds: the school asks, the ministry approves. A transfer:
    the school does both.
    """
    row = find_reason(definitions(), requirement, reason)
    values = {"access": StudentAccess(ASN), "parties": frozenset({SCHOOL}), **facts}
    return ExemptionChange(requirement=requirement, reason=reason, status=status, row=row, **values)


def stored(status, **values) -> StoredExemption:
    return StoredExemption(7, status, 1, **values)


def delete(status, **facts) -> ExemptionChange:
    return change(status, is_deleted=True, stored=stored(status), **facts)


def of(requirement=CALM, reason=RELIGIOUS) -> dict:
    return {"Requirement": requirement, "Reason": reason}


EXEMPTION_CASES = [
    breaking(
        invalid_asn,
        "nobody's exemption",
        change(access=StudentAccess(ASN, is_accessible=False)),
        OF_ADA,
    ),
    passing(invalid_asn, "somebody's exemption", change()),
    # ---
    breaking(
        awarding.deactivated_asn,
        "exemption, deactivated",
        change(access=StudentAccess(ASN, is_deactivated=True)),
        OF_ADA,
    ),
    passing(awarding.deactivated_asn, "exemption, active", change()),
    # ---
    breaking(
        awarding.secondary_asn,
        "exemption, secondary",
        change(access=StudentAccess(ASN, primary_asn=PRIMARY)),
        {"SecondaryASN": ASN, "PrimaryASN": PRIMARY},
    ),
    passing(awarding.secondary_asn, "exemption, primary", change()),
    # ---
    breaking(not_associated, "an exemption", change(is_associated=False), OF_ADA),
    passing(
        not_associated,
        "an exemption from the request",
        change(requirement="StudentRequested-81700", is_associated=False),
    ),
    passing(not_associated, "an exemption, associated", change()),
    # ---
    breaking(rules.not_a_reason, "of another", change(reason="MedicalPE"), of(reason="MedicalPE")),
    breaking(
        rules.not_a_reason,
        "requirement without reasons",
        change(requirement="100Credits-81190"),
        of("100Credits-81190"),
    ),
    breaking(rules.not_a_reason, "in capitals", change(reason="R"), of(reason="R")),
    passing(rules.not_a_reason, "one of its reasons", change()),
    # ---
    breaking(
        rules.no_exemption_to_delete,
        "never there",
        change(is_deleted=True),
        {**OF_ADA, **of()},
    ),
    passing(rules.no_exemption_to_delete, "there", delete("Approved")),
    passing(
        rules.no_exemption_to_delete,
        "deleted already",
        change(is_deleted=True, stored=stored("Approved", is_deleted=True)),
    ),
    passing(rules.no_exemption_to_delete, "new", change()),
    # ---
    *(
        breaking(
            rules.decided_already,
            f"{status}, requested",
            change(stored=stored(status)),
            {"Status": status},
        )
        for status in ("Approved", "Denied", "Pending")
    ),
    passing(rules.decided_already, "requested again", change(stored=stored("Requested"))),
    passing(rules.decided_already, "new", change()),
    passing(
        rules.decided_already,
        "deleted, requested anew",
        change(stored=stored("Denied", is_deleted=True)),
    ),
    passing(rules.decided_already, "decided again", change("Denied", stored=stored("Approved"))),
    # ---
    breaking(
        rules.may_not_request,
        "not a francophone school",
        change(requirement=ENGLISH, reason=FRANCOPHONE),
        of(ENGLISH, FRANCOPHONE),
    ),
    breaking(
        rules.may_not_request,
        "taking back, neither asks nor decides",
        delete("Requested", requirement=ENGLISH, reason=FRANCOPHONE, parties=frozenset()),
        of(ENGLISH, FRANCOPHONE),
    ),
    passing(
        rules.may_not_request,
        "francophone school",
        change(requirement=ENGLISH, reason=FRANCOPHONE, parties=BY_FRANCOPHONE),
    ),
    passing(rules.may_not_request, "school", change()),
    passing(rules.may_not_request, "ministry for a school", change(parties=BY_MINISTRY)),
    passing(rules.may_not_request, "school takes back", delete("Requested")),
    passing(rules.may_not_request, "a decision", change("Approved")),
    # ---
    *(
        breaking(rules.may_not_decide, f"school, {status}", change(status), of())
        for status in ("Approved", "Denied", "Pending")
    ),
    breaking(rules.may_not_decide, "school deletes a decision", delete("Denied"), of()),
    passing(rules.may_not_decide, "ministry", change("Approved", parties=BY_MINISTRY)),
    passing(rules.may_not_decide, "school, where it may", change("Approved", TRANSFER)),
    passing(rules.may_not_decide, "school deletes its own", delete("Approved", reason=TRANSFER)),
    passing(rules.may_not_decide, "school takes a request back", delete("Requested")),
    passing(rules.may_not_decide, "a request", change()),
    # ---
    breaking(empty_update, "exemption as stored", change(stored=stored("Requested"))),
    breaking(
        empty_update,
        "exemption deleted again",
        change(is_deleted=True, stored=stored("Requested", is_deleted=True)),
    ),
    passing(empty_update, "a new exemption", change()),
    passing(empty_update, "exemption decided", change("Approved", stored=stored("Requested"))),
    passing(
        empty_update, "exemption comes back", change(stored=stored("Requested", is_deleted=True))
    ),
    passing(empty_update, "exemption deleted", delete("Requested")),
]
