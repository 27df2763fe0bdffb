"""Cases of the alert rules about overlapping enrolments and about the exit of the deceased."""

from enrolments.alert_rules import periods as rules
from tests.rules.cases import breaking, passing
from tests.rules.enrolment_facts import (
    ASN,
    DAY,
    DISTANCE_LEARNING,
    EXIT,
    OTHER_DISTANCE_LEARNING,
    OTHER_SCHOOL,
    SISTER_SCHOOL,
    START,
    THIRD_SCHOOL,
    YEAR,
    authority,
    judged,
    other,
    school,
    typed,
)

DUPLICATE = {
    "StateProvinceID": ASN,
    "SchoolCode": "S.1001",
    "ProgrammingType": "Regular",
    "ProgrammingTimeframe": "Day",
}


def in_authority(codes="S.1002"):
    return {"StateProvinceID": ASN, "AuthorityCode": "A.0001", "ListOfSchoolCodes": codes}


def elsewhere(codes="S.2001"):
    return {"StateProvinceID": ASN, "ListOfSchoolCodes": codes}


def beside(*others, **changes):
    return judged(others=others, **changes)


def touching(**changes):
    """Shares one day: it starts on the exit date."""
    return other(start_date=EXIT, exit_date=EXIT + 9 * DAY, **changes)


def ending_on_start(**changes):
    return other(start_date=START - 9 * DAY, exit_date=START, **changes)


def following(**changes):
    return other(start_date=EXIT + DAY, exit_date=EXIT + 9 * DAY, **changes)


def preceding(**changes):
    return other(start_date=START - 9 * DAY, exit_date=START - DAY, **changes)


DISPLACED = {"enrolment_type_codes": ("600",)}


def periods(rule, at, values):
    """What overlaps, and what does not, at a school that the rule looks at."""
    return [
        breaking(rule, "same period", beside(other(school=at)), values),
        breaking(rule, "starts on the exit date", beside(touching(school=at)), values),
        breaking(rule, "ends on the start date", beside(ending_on_start(school=at)), values),
        passing(rule, "starts the day after", beside(following(school=at))),
        passing(rule, "ended the day before", beside(preceding(school=at))),
        passing(rule, "another school year", beside(other(school=at, school_year=YEAR - 1))),
        passing(rule, "no other", beside()),
    ]


PERIOD_CASES = [
    *periods(rules.duplicate_enrolment, school(), DUPLICATE),
    breaking(rules.duplicate_enrolment, "twice, once", beside(other(), touching()), DUPLICATE),
    passing(
        rules.duplicate_enrolment, "other type", beside(other(programming_type="SummerSchool"))
    ),
    passing(
        rules.duplicate_enrolment,
        "other timeframe",
        beside(other(programming_timeframe="Evening")),
    ),
    passing(rules.duplicate_enrolment, "other school", beside(other(school=SISTER_SCHOOL))),
    breaking(
        rules.duplicate_enrolment,
        "past year, displaced",
        beside(other(**DISPLACED), current_school_year=YEAR + 1),
        DUPLICATE,
    ),
    # ---
    *periods(rules.overlap_in_authority, SISTER_SCHOOL, in_authority()),
    breaking(
        rules.overlap_in_authority,
        "schools once and in order",
        beside(
            other(school=school("S.1005")),
            other(school=SISTER_SCHOOL),
            touching(school=SISTER_SCHOOL),
        ),
        in_authority("S.1002,S.1005"),
    ),
    passing(rules.overlap_in_authority, "same school", beside(other())),
    passing(rules.overlap_in_authority, "other authority", beside(other(school=OTHER_SCHOOL))),
    passing(
        rules.overlap_in_authority,
        "there displaced",
        beside(other(school=SISTER_SCHOOL, **DISPLACED)),
    ),
    passing(
        rules.overlap_in_authority,
        "here displaced",
        typed("330", "600", others=[other(school=SISTER_SCHOOL)]),
    ),
    passing(
        rules.overlap_in_authority,
        "past year",
        beside(other(school=SISTER_SCHOOL), current_school_year=YEAR + 1),
    ),
    passing(
        rules.overlap_in_authority,
        "future year",
        beside(other(school=SISTER_SCHOOL), current_school_year=YEAR - 1),
    ),
    breaking(
        rules.overlap_in_authority,
        "distance learning as well",
        beside(other(school=school("S.1363"))),
        in_authority("S.1363"),
    ),
    # ---
    *periods(rules.overlap_across_authorities, OTHER_SCHOOL, elsewhere()),
    breaking(
        rules.overlap_across_authorities,
        "schools once and in order",
        beside(
            other(school=OTHER_SCHOOL), other(school=THIRD_SCHOOL), touching(school=THIRD_SCHOOL)
        ),
        elsewhere("S.0300,S.2001"),
    ),
    breaking(
        rules.overlap_across_authorities,
        "future year",
        beside(other(school=OTHER_SCHOOL), current_school_year=YEAR - 1),
        elsewhere(),
    ),
    passing(
        rules.overlap_across_authorities,
        "past year",
        beside(other(school=OTHER_SCHOOL), current_school_year=YEAR + 1),
    ),
    passing(
        rules.overlap_across_authorities, "same authority", beside(other(school=SISTER_SCHOOL))
    ),
    passing(
        rules.overlap_across_authorities,
        "there displaced",
        beside(other(school=OTHER_SCHOOL, **DISPLACED)),
    ),
    passing(
        rules.overlap_across_authorities,
        "here displaced",
        typed("600", others=[other(school=OTHER_SCHOOL)]),
    ),
    passing(
        rules.overlap_across_authorities, "there S.0099", beside(other(school=DISTANCE_LEARNING))
    ),
    passing(
        rules.overlap_across_authorities,
        "here S.1363",
        beside(other(school=OTHER_SCHOOL), school=OTHER_DISTANCE_LEARNING),
    ),
    breaking(
        rules.overlap_across_authorities,
        "only those that count",
        beside(
            other(school=DISTANCE_LEARNING),
            other(school=OTHER_SCHOOL),
            other(school=THIRD_SCHOOL, **DISPLACED),
            other(school=school("S.4001", authority("A.0009")), school_year=YEAR - 1),
        ),
        elsewhere(),
    ),
    # ---
    breaking(
        rules.exit_after_death,
        "the day after",
        judged(died_on=EXIT - DAY),
        {"DateOfDeath": EXIT - DAY},
    ),
    breaking(
        rules.exit_after_death,
        "past year",
        judged(died_on=START - DAY, current_school_year=YEAR + 5),
        {"DateOfDeath": START - DAY},
    ),
    passing(rules.exit_after_death, "on that day", judged(died_on=EXIT)),
    passing(rules.exit_after_death, "before", judged(died_on=EXIT + DAY)),
    passing(rules.exit_after_death, "alive", judged()),
]
