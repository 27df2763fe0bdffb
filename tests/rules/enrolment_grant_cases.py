"""Cases of the alert rules about grants program codes and French hours."""

from enrolments.alert_rules import french, grants
from tests.rules.cases import breaking, passing
from tests.rules.enrolment_facts import (
    ASN,
    DAY,
    OTHER_SCHOOL,
    SCHOOL,
    SISTER_SCHOOL,
    START,
    YEAR,
    granted,
    judged,
    last_year,
    other,
)

BEFORE = {"PreviousSchoolAuthority": "A.0002"}


def before(*codes: str, school=OTHER_SCHOOL, **changes):
    return last_year(school=school, grants_program_codes=codes, **changes)


# At another authority, then at this one.
AWAY = before("301", start_date=START - 90 * DAY, exit_date=START - 60 * DAY)
BACK = before("301", school=SCHOOL, start_date=START - 59 * DAY, exit_date=START - DAY)


def percent(value, *codes, **changes):
    return granted(*codes, school_authority_provided_program_percentage=value, **changes)


def hours(value, *codes, **changes):
    return granted(*codes, french_hours_of_instruction=value, **changes)


def hours_elsewhere(value, *codes, **changes):
    return other(grants_program_codes=codes, french_hours_of_instruction=value, **changes)


TOO_FEW = {"StateProvinceId": ASN, "FrenchHoursOfInstruction": 200, "Grade": "10"}

EAL_CASES = [
    *[
        breaking(
            grants.additional_language_newly_claimed,
            code,
            granted(code, others=[before("230")]),
            BEFORE,
        )
        for code in ("301", "302", "303")
    ],
    passing(
        grants.additional_language_newly_claimed,
        "another one before",
        granted("301", others=[before("303")]),
    ),
    passing(
        grants.additional_language_newly_claimed,
        "same authority",
        granted("301", others=[before(school=SISTER_SCHOOL)]),
    ),
    passing(grants.additional_language_newly_claimed, "no enrolment before", granted("301")),
    passing(grants.additional_language_newly_claimed, "306", granted("306", others=[before()])),
    passing(
        grants.additional_language_newly_claimed,
        "past year",
        granted("301", others=[before()], current_school_year=YEAR + 1),
    ),
    # Which enrolment precedes.
    breaking(
        grants.additional_language_newly_claimed,
        "the latest start counts",
        granted("301", others=[before("301"), before(start_date=START - DAY)]),
        BEFORE,
    ),
    passing(
        grants.additional_language_newly_claimed,
        "of one start the latest exit counts",
        granted(
            "301",
            others=[before("301", exit_date=START), before(exit_date=START - DAY)],
        ),
    ),
    passing(
        grants.additional_language_newly_claimed,
        "of one period the highest version counts",
        granted("301", others=[before(version=1), before("301", version=2)]),
    ),
    passing(
        grants.additional_language_newly_claimed,
        "one that starts the same day does not precede",
        granted("301", others=[other(school=OTHER_SCHOOL)]),
    ),
    # ---
    *[
        breaking(grants.additional_language_dropped, code, judged(others=[before(code)]), BEFORE)
        for code in ("301", "302", "303")
    ],
    passing(
        grants.additional_language_dropped, "still claimed", granted("302", others=[before("301")])
    ),
    passing(
        grants.additional_language_dropped,
        "same authority",
        judged(others=[before("301", school=SISTER_SCHOOL)]),
    ),
    passing(grants.additional_language_dropped, "back again since", judged(others=[AWAY, BACK])),
    passing(grants.additional_language_dropped, "never claimed", judged(others=[before("230")])),
    passing(grants.additional_language_dropped, "no enrolment before", judged()),
    passing(
        grants.additional_language_dropped,
        "past year",
        judged(others=[before("301")], current_school_year=YEAR + 1),
    ),
]

PROGRAM_CASES = [
    breaking(
        grants.expired_grant,
        "each in order",
        granted("550", "500", "600", expired_grants=["550", "500"]),
        {"GrantProgramCode": "500", "SchoolYear": "2025/2026"},
        {"GrantProgramCode": "550", "SchoolYear": "2025/2026"},
    ),
    passing(grants.expired_grant, "none known to be expired", granted("500")),
    # ---
    breaking(grants.several_of_620_to_623, "two", granted("620", "623")),
    breaking(grants.several_of_620_to_623, "three", granted("621", "622", "623")),
    passing(grants.several_of_620_to_623, "one", granted("620", "600", "630")),
    passing(grants.several_of_620_to_623, "the same twice", granted("620", "620")),
    passing(grants.several_of_620_to_623, "none", granted()),
    # ---
    *[
        breaking(grants.several_of_600_to_630, f"{code} and 600", granted(code, "600"))
        for code in ("610", "611", "612", "620", "621", "622", "623", "630")
    ],
    passing(grants.several_of_600_to_630, "one", granted("600", "640")),
    passing(grants.several_of_600_to_630, "none", granted()),
    # ---
    breaking(grants.percentage_missing, "610", percent(None, "610"), {"GrantsProgramCode": "610"}),
    breaking(
        grants.percentage_missing,
        "both",
        percent(None, "612", "610"),
        {"GrantsProgramCode": "610"},
        {"GrantsProgramCode": "612"},
    ),
    passing(grants.percentage_missing, "given", percent(50, "610")),
    passing(grants.percentage_missing, "zero", percent(0, "612")),
    passing(grants.percentage_missing, "611", percent(None, "611")),
    # ---
    *[
        breaking(
            grants.percentage_too_low,
            f"49 in {grade}",
            percent(49, "612", grade=grade),
            {"GrantsProgramCode": "612", "GradeLevel": grade},
        )
        for grade in ("01", "09")
    ],
    breaking(
        grants.percentage_too_low,
        "0",
        percent(0, "610"),
        {"GrantsProgramCode": "610", "GradeLevel": "04"},
    ),
    passing(grants.percentage_too_low, "50", percent(50, "610")),
    passing(grants.percentage_too_low, "missing", percent(None, "610")),
    passing(grants.percentage_too_low, "kindergarten", percent(10, "610", grade="EC")),
    passing(grants.percentage_too_low, "grade 10", percent(10, "610", grade="10")),
    passing(grants.percentage_too_low, "611", percent(10, "611")),
]

FRENCH_CASES = [
    breaking(french.too_few_alternative_hours, "199", hours(199, "211", grade="10"), TOO_FEW),
    breaking(
        french.too_few_alternative_hours, "not given", hours(None, "211", grade="10"), TOO_FEW
    ),
    breaking(
        french.too_few_alternative_hours,
        "grade 12",
        hours(1, "211", grade="12"),
        {**TOO_FEW, "Grade": "12"},
    ),
    breaking(
        french.too_few_alternative_hours,
        "only those with 211 add up",
        hours(
            199,
            "211",
            grade="10",
            others=[
                hours_elsewhere(100, "221"),
                hours_elsewhere(100, "211", school_year=YEAR - 1),
                hours_elsewhere(None, "211"),
            ],
        ),
        TOO_FEW,
    ),
    passing(french.too_few_alternative_hours, "200", hours(200, "211", grade="10")),
    passing(
        french.too_few_alternative_hours,
        "200 together",
        hours(150, "211", grade="10", others=[hours_elsewhere(50, "211", school=OTHER_SCHOOL)]),
    ),
    passing(french.too_few_alternative_hours, "grade 9", hours(1, "211", grade="09")),
    passing(french.too_few_alternative_hours, "221", hours(1, "221", grade="10")),
    # ---
    breaking(french.french_hours_unexpected, "no code", hours(1)),
    breaking(french.french_hours_unexpected, "145", hours(95, "145", "301")),
    *[
        passing(french.french_hours_unexpected, code, hours(95, "301", code))
        for code in ("211", "221", "230")
    ],
    passing(french.french_hours_unexpected, "no hours", hours(None)),
]

GRANT_CASES = [*EAL_CASES, *PROGRAM_CASES, *FRENCH_CASES]
