"""Cases of the alert rules about enrolment type codes and exception codes."""

from enrolments.alert_rules import enrolment_types as rules
from tests.rules.cases import breaking, passing
from tests.rules.enrolment_facts import ASN, judged, typed

OF_STUDENT = {"StateProvinceId": ASN}


def excepted(*codes: str):
    return judged(exception_codes=codes)


TYPE_CASES = [
    breaking(rules.conflicting_types, "417 and 415", typed("417", "415"), OF_STUDENT),
    breaking(rules.conflicting_types, "416 and 418", typed("416", "418"), OF_STUDENT),
    breaking(rules.conflicting_types, "417, 418, 416", typed("417", "418", "416"), OF_STUDENT),
    passing(rules.conflicting_types, "417 and 418", typed("417", "418")),
    passing(rules.conflicting_types, "415 and 416", typed("415", "416")),
    passing(rules.conflicting_types, "418 and 414", typed("418", "414")),
    passing(rules.conflicting_types, "none", typed()),
    # ---
    breaking(rules.independent_and_step_child, "both", typed("418", "121")),
    passing(rules.independent_and_step_child, "121", typed("121")),
    passing(rules.independent_and_step_child, "418", typed("418")),
    passing(rules.independent_and_step_child, "121 and 417", typed("121", "417")),
    # ---
    breaking(
        rules.too_many_types_with_declaration,
        "three",
        typed("121", "330", "600", fnmi_declaration="331"),
    ),
    passing(
        rules.too_many_types_with_declaration, "two", typed("121", "330", fnmi_declaration="331")
    ),
    passing(rules.too_many_types_with_declaration, "no declaration", typed("121", "330", "600")),
    passing(rules.too_many_types_with_declaration, "no types", judged(fnmi_declaration="331")),
    # ---
    breaking(rules.too_many_exceptions, "two", excepted("41", "53")),
    passing(rules.too_many_exceptions, "one", excepted("41")),
    passing(rules.too_many_exceptions, "none", excepted()),
    passing(rules.too_many_exceptions, "with 80", excepted("41", "80")),
    passing(rules.too_many_exceptions, "with 70", excepted("70", "41")),
    passing(rules.too_many_exceptions, "70 and 80", excepted("70", "80")),
]
