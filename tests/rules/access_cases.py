"""Cases of the rules on versions and on access to the student that a request names."""

from pasi.rules import SubmittedVersion, core_out_of_date
from students.facts import StudentAccess
from students.rules import access
from tests.rules.cases import breaking, passing
from tests.rules.student_facts import ASN, identity_change, name_change

PRIMARY = "200000001"


def named(**changes):
    return name_change(access=StudentAccess(ASN, **changes))


ACCESS_CASES = [
    breaking(core_out_of_date, "never issued", SubmittedVersion(8, 7)),
    passing(core_out_of_date, "the latest", SubmittedVersion(7, 7)),
    passing(core_out_of_date, "an old one", SubmittedVersion(0, 7)),
    # ---
    breaking(
        access.invalid_asn,
        "nobody, or nobody for this caller",
        named(is_accessible=False),
        {"StateProvinceId": ASN},
    ),
    breaking(
        access.invalid_asn,
        "new identity of nobody",
        identity_change(access=StudentAccess(ASN, is_accessible=False)),
        {"StateProvinceId": ASN},
    ),
    passing(access.invalid_asn, "accessible", named()),
    passing(access.invalid_asn, "not to be changed", named(may_change=False)),
    passing(access.invalid_asn, "deactivated", named(is_deactivated=True)),
    # ---
    breaking(
        access.secondary_asn,
        "secondary",
        named(primary_asn=PRIMARY),
        {"SecondaryASN": ASN, "PrimaryASN": PRIMARY},
    ),
    breaking(
        access.secondary_asn,
        "new identity of a secondary number",
        identity_change(access=StudentAccess(ASN, primary_asn=PRIMARY)),
        {"SecondaryASN": ASN, "PrimaryASN": PRIMARY},
    ),
    passing(access.secondary_asn, "primary", named()),
    passing(access.secondary_asn, "ministry", named(primary_asn=PRIMARY, is_ministry=True)),
    # ---
    breaking(access.may_not_change, "stranger", named(may_change=False), {"StateProvinceId": ASN}),
    breaking(
        access.may_not_change,
        "new identity from a stranger",
        identity_change(access=StudentAccess(ASN, may_change=False)),
        {"StateProvinceId": ASN},
    ),
    passing(access.may_not_change, "associated", named()),
    passing(access.may_not_change, "new identity", identity_change()),
]
