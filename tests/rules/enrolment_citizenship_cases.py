"""Cases of the alert rules about citizenship."""

from enrolments.alert_rules import citizenship as rules
from tests.rules.cases import breaking, passing
from tests.rules.enrolment_facts import (
    ASN,
    DAY,
    DISTANCE_LEARNING,
    EXIT,
    OTHER_DISTANCE_LEARNING,
    START,
    TODAY,
    YEAR,
    authority,
    citizenship,
    judged,
    school,
    typed,
)

MISSING = {"StateProvinceID": ASN}
OTHER = citizenship("9")
# Study permits: to the exit date, to the day before, of unknown end.
PERMIT = citizenship("5", expires_on=EXIT)
SHORT_PERMIT = citizenship("5", expires_on=EXIT - DAY)
NO_PERMIT = citizenship("5")


def holding(*found, **changes):
    return judged(citizenships=found, **changes)


def coded(*codes, having=(), **changes):
    return typed(*codes, citizenships=having, **changes)


def in_authority_of(classification):
    return holding(OTHER, school=school(of=authority(classification=classification)))


CITIZENSHIP_CASES = [
    breaking(rules.missing_citizenship, "none", holding(), MISSING),
    breaking(rules.missing_citizenship, "status 9", holding(OTHER), MISSING),
    *[
        passing(rules.missing_citizenship, f"status {status}", holding(citizenship(status)))
        for status in ("1", "2", "5", "6", "7")
    ],
    breaking(
        rules.missing_citizenship,
        "expired yesterday",
        holding(citizenship("5", expires_on=TODAY - DAY)),
        MISSING,
    ),
    passing(
        rules.missing_citizenship,
        "expires today",
        holding(citizenship("5", expires_on=TODAY)),
    ),
    passing(
        rules.missing_citizenship,
        "expired, status 2",
        holding(citizenship("2", expires_on=TODAY - DAY)),
    ),
    breaking(
        rules.missing_citizenship,
        "replaced by status 9 today",
        holding(citizenship(), citizenship("9", effective_on=TODAY)),
        MISSING,
    ),
    passing(
        rules.missing_citizenship,
        "status 9 from tomorrow",
        holding(citizenship(), citizenship("9", effective_on=TODAY + DAY)),
    ),
    breaking(
        rules.missing_citizenship,
        "from tomorrow",
        holding(citizenship(effective_on=TODAY + DAY)),
        MISSING,
    ),
    passing(rules.missing_citizenship, "from today", holding(citizenship(effective_on=TODAY))),
    passing(rules.missing_citizenship, "starts tomorrow", holding(start_date=TODAY + DAY)),
    breaking(rules.missing_citizenship, "starts today", holding(start_date=TODAY), MISSING),
    breaking(rules.missing_citizenship, "ends today", holding(exit_date=TODAY), MISSING),
    passing(rules.missing_citizenship, "ended yesterday", holding(exit_date=TODAY - DAY)),
    passing(rules.missing_citizenship, "past year", holding(current_school_year=YEAR + 1)),
    passing(rules.missing_citizenship, "future year", holding(current_school_year=YEAR - 1)),
    passing(rules.missing_citizenship, "S.0099", holding(school=DISTANCE_LEARNING)),
    passing(rules.missing_citizenship, "S.1363", holding(school=OTHER_DISTANCE_LEARNING)),
    passing(rules.missing_citizenship, "414", coded("330", "414")),
    breaking(rules.missing_citizenship, "413", coded("413"), MISSING),
    passing(
        rules.missing_citizenship, "nationally contracted", in_authority_of("Nationally Contracted")
    ),
    passing(rules.missing_citizenship, "international", in_authority_of("International")),
    breaking(rules.missing_citizenship, "private", in_authority_of("Private"), MISSING),
    # ---
    *[
        breaking(rules.study_permit_needed, f"{code}, {name}", coded(code, having=[one]))
        for code in ("413", "416")
        for name, one in [("no expiry date", NO_PERMIT), ("expires a day early", SHORT_PERMIT)]
    ],
    passing(rules.study_permit_needed, "to the exit date", coded("413", having=[PERMIT])),
    passing(rules.study_permit_needed, "no such code", coded("415", having=[NO_PERMIT])),
    passing(rules.study_permit_needed, "status 1", coded("413", having=[citizenship()])),
    passing(rules.study_permit_needed, "status 9", coded("413", having=[OTHER])),
    passing(rules.study_permit_needed, "no citizenship", coded("413")),
    passing(rules.study_permit_needed, "with 414", coded("414", "413", having=[NO_PERMIT])),
    passing(
        rules.study_permit_needed,
        "S.0099",
        coded("413", having=[NO_PERMIT], school=DISTANCE_LEARNING),
    ),
    passing(
        rules.study_permit_needed,
        "S.1363",
        coded("413", having=[NO_PERMIT], school=OTHER_DISTANCE_LEARNING),
    ),
    # Which record counts: today's, or that of the exit date once it is past; else the first.
    passing(
        rules.study_permit_needed,
        "a longer permit since",
        coded("413", having=[SHORT_PERMIT, citizenship("5", expires_on=EXIT, effective_on=TODAY)]),
    ),
    breaking(
        rules.study_permit_needed,
        "a longer permit from tomorrow",
        coded(
            "413",
            having=[SHORT_PERMIT, citizenship("5", expires_on=EXIT, effective_on=TODAY + DAY)],
        ),
    ),
    breaking(
        rules.study_permit_needed,
        "a citizen after the exit",
        coded(
            "413",
            having=[SHORT_PERMIT, citizenship(effective_on=EXIT + DAY)],
            today=EXIT + 30 * DAY,
        ),
    ),
    passing(
        rules.study_permit_needed,
        "a citizen on the exit date",
        coded("413", having=[SHORT_PERMIT, citizenship(effective_on=EXIT)], today=EXIT + 30 * DAY),
    ),
    breaking(
        rules.study_permit_needed,
        "first recorded after the exit",
        coded("413", having=[citizenship("5", effective_on=EXIT + 9 * DAY)], today=EXIT + 30 * DAY),
    ),
    # ---
    *[
        breaking(
            rules.citizenship_of_step_child,
            f"{code}, {name}",
            coded(code, having=having),
            {"EnrolmentTypeCode": code},
        )
        for code in ("417", "418")
        for name, having in [("status 1", [citizenship()]), ("status 9", [OTHER]), ("none", [])]
    ],
    breaking(
        rules.citizenship_of_step_child,
        "both codes",
        coded("418", "417"),
        {"EnrolmentTypeCode": "417"},
        {"EnrolmentTypeCode": "418"},
    ),
    passing(rules.citizenship_of_step_child, "status 5", coded("418", having=[NO_PERMIT])),
    passing(rules.citizenship_of_step_child, "other codes", coded("413", "414", "416")),
    passing(rules.citizenship_of_step_child, "S.0099", coded("418", school=DISTANCE_LEARNING)),
    passing(
        rules.citizenship_of_step_child, "S.1363", coded("417", school=OTHER_DISTANCE_LEARNING)
    ),
    passing(
        rules.citizenship_of_step_child,
        "start and year in the future",
        coded("418", start_date=TODAY + DAY, current_school_year=YEAR - 1),
    ),
    breaking(
        rules.citizenship_of_step_child,
        "only the start in the future",
        coded("418", start_date=TODAY + DAY),
        {"EnrolmentTypeCode": "418"},
    ),
    breaking(
        rules.citizenship_of_step_child,
        "only the year in the future",
        coded("418", start_date=TODAY, current_school_year=YEAR - 1),
        {"EnrolmentTypeCode": "418"},
    ),
    # ---
    breaking(rules.citizenship_of_student_from_outside, "none", coded("414")),
    breaking(
        rules.citizenship_of_student_from_outside,
        "status 2, expiring late",
        coded("414", having=[citizenship("2", expires_on=EXIT + DAY)]),
    ),
    breaking(
        rules.citizenship_of_student_from_outside,
        "no expiry date",
        coded("414", having=[NO_PERMIT]),
    ),
    breaking(
        rules.citizenship_of_student_from_outside,
        "expires a day early",
        coded("414", having=[SHORT_PERMIT]),
    ),
    breaking(
        rules.citizenship_of_student_from_outside,
        "distance learning as well",
        coded("414", school=DISTANCE_LEARNING),
    ),
    passing(
        rules.citizenship_of_student_from_outside, "to the exit date", coded("414", having=[PERMIT])
    ),
    passing(
        rules.citizenship_of_student_from_outside,
        "first recorded after the start",
        coded("414", having=[citizenship("5", expires_on=EXIT, effective_on=START + DAY)]),
    ),
    passing(rules.citizenship_of_student_from_outside, "413", coded("413")),
]
