"""Cases of the Certificate of School Completion."""

import datetime

from credentials.eligibility.requirements import completion as rules
from tests.eligibility.cases import achieved, missed
from tests.eligibility.students import SCHOOL, SCHOOL_NAME, assessed, award, enrolment, nominated

BY_SCHOOL = {"OrganizationName": SCHOOL_NAME, "OrgCode": SCHOOL}
ELSEWHERE = enrolment(school="S.7002")
NOMINATED_ON = datetime.date(2024, 4, 10)
LATER = enrolment(start=NOMINATED_ON + datetime.timedelta(days=1))
TO_COME = enrolment(2025, start=datetime.date(2024, 9, 3))
LAST_YEAR = enrolment(2023, start=datetime.date(2022, 9, 6))


def nominee(*enrolments, **values):
    """Nominated by the school; enrolled there unless told otherwise."""
    return assessed(
        **{
            "school_enrolments": enrolments or [enrolment()],
            "achievements": nominated(),
            **values,
        }
    )


def asks_for_nomination(rule):
    """What cannot be judged says why: first the nomination, then the enrolment."""
    yield missed(rule, "never nominated", assessed(school_enrolments=[enrolment()]), "Nominate")
    yield missed(
        rule, "withdrawn", nominee(achievements=nominated(achievement="NotAchieved")), "Nominate"
    )


def asks_for_enrolment(rule):
    yield from asks_for_nomination(rule)
    yield missed(rule, "enrolled elsewhere", nominee(ELSEWHERE), "NotEnrolled", **BY_SCHOOL)
    yield missed(rule, "enrolled the day after", nominee(LATER), "NotEnrolled", **BY_SCHOOL)


NOMINATION_CASES = [
    achieved(rules.student_is_nominated, "by its school", nominee(), "Nominated", **BY_SCHOOL),
    achieved(
        rules.student_is_nominated, "enrolled later", nominee(TO_COME), "Nominated", **BY_SCHOOL
    ),
    missed(
        rules.student_is_nominated,
        "by another school",
        nominee(ELSEWHERE),
        "NominatedElsewhere",
        **BY_SCHOOL,
    ),
    missed(
        rules.student_is_nominated,
        "never enrolled",
        assessed(achievements=nominated()),
        "NominatedElsewhere",
        **BY_SCHOOL,
    ),
    missed(
        rules.student_is_nominated,
        "never",
        assessed(school_enrolments=[enrolment()]),
        "NoNomination",
    ),
    *(
        missed(
            rules.student_is_nominated,
            f"set to {achievement}",
            nominee(achievements=nominated(achievement=achievement)),
            "NoNomination",
        )
        for achievement in ("NotAchieved", "NotAssessed")
    ),
    achieved(
        rules.student_is_nominated,
        "by a school whose name is not known",
        nominee(achievements=nominated(name="")),
        "Nominated",
        OrganizationName=SCHOOL,
        OrgCode=SCHOOL,
    ),
]

ENROLMENT_CASES = [
    *asks_for_enrolment(rules.enrolled_at_nominating_school),
    achieved(
        rules.enrolled_at_nominating_school,
        "enrolled there",
        nominee(),
        "NominatedIn",
        **BY_SCHOOL,
        LastEnrolmentYear="2023/2024",
    ),
    achieved(
        rules.enrolled_at_nominating_school,
        "from the very day, which is local: in Greenwich it is the next",
        nominee(
            enrolment(start=NOMINATED_ON),
            achievements=nominated(at=datetime.datetime(2024, 4, 11, 2, tzinfo=datetime.UTC)),
        ),
        "NominatedIn",
        **BY_SCHOOL,
        LastEnrolmentYear="2023/2024",
    ),
    missed(
        rules.enrolled_at_nominating_school,
        "the local day before it begins",
        nominee(
            LATER, achievements=nominated(at=datetime.datetime(2024, 4, 11, 2, tzinfo=datetime.UTC))
        ),
        "NotEnrolled",
        **BY_SCHOOL,
    ),
    achieved(
        rules.enrolled_at_nominating_school,
        "the latest year that has begun is named",
        nominee(LAST_YEAR, TO_COME, ELSEWHERE),
        "NominatedIn",
        **BY_SCHOOL,
        LastEnrolmentYear="2022/2023",
    ),
]


def other(credential, name, **values):
    return missed(
        rules.cannot_achieve_other_credentials,
        f"{credential} {'awarded' if 'awards' in values else 'achieved'}",
        nominee(**values),
        "OtherCredential",
        CredentialName=name,
    )


OTHERS = {
    "AHSD": "Alberta High School Diploma",
    "HSED": "High School Equivalency Diploma",
    "CHSA": "Certificate of High School Achievement",
}

OTHER_CREDENTIAL_CASES = [
    *asks_for_nomination(rules.cannot_achieve_other_credentials),
    achieved(
        rules.cannot_achieve_other_credentials, "nothing else", nominee(), "NoOtherCredential"
    ),
    achieved(
        rules.cannot_achieve_other_credentials,
        "credentials of former times, and its own",
        nominee(achieved=["GHSD", "IOPC", "COSC"], awards=[award("COSC"), award("IOPC")]),
        "NoOtherCredential",
    ),
    *(other(code, name, achieved=[code]) for code, name in OTHERS.items()),
    *(other(code, name, awards=[award(code)]) for code, name in OTHERS.items()),
]

EXCEPTION_CASES = [
    *asks_for_enrolment(rules.coded_with_exceptions),
    *(
        achieved(
            rules.coded_with_exceptions,
            f"code {code}",
            nominee(enrolment(codes=[code])),
            "ExceptionCodes",
            ExceptionCodes=text,
        )
        for code, text in {
            "41": "41 - Severe cognitive disability",
            "43": "43 - Severe multiple disability",
            "44": "44 - Severe physical or medical disability",
            "52": "52 - Moderate cognitive disability",
        }.items()
    ),
    achieved(
        rules.coded_with_exceptions,
        "all that apply",
        nominee(enrolment(codes=["52", "30"]), enrolment(codes=["41"])),
        "ExceptionCodes",
        ExceptionCodes="41 - Severe cognitive disability, 52 - Moderate cognitive disability",
    ),
    *(
        missed(rules.coded_with_exceptions, name, nominee(*enrolments), "NoExceptionCode")
        for name, enrolments in {
            "another code": [enrolment(codes=["30", "42"])],
            "no code": [enrolment(codes=[])],
            "in the year before": [enrolment(codes=[]), LAST_YEAR],
            "at another school": [enrolment(codes=[]), ELSEWHERE],
        }.items()
    ),
]

LAST_YEAR_CASES = [
    *asks_for_enrolment(rules.nominated_in_last_school_year),
    achieved(rules.nominated_in_last_school_year, "no later year", nominee(), "LastYear"),
    achieved(
        rules.nominated_in_last_school_year,
        "a later one of the same year, and one elsewhere",
        nominee(enrolment(), LATER, enrolment(2025, school="S.7002", start=TO_COME.start_date)),
        "LastYear",
    ),
    missed(
        rules.nominated_in_last_school_year,
        "a later year there",
        nominee(enrolment(), TO_COME),
        "NotLastYear",
    ),
]

LATEST_ENROLMENT_CASES = [
    achieved(
        rules.last_enrolled_after_2016,
        "2016/2017",
        assessed(school_enrolments=[enrolment(2017), enrolment(2015)]),
        "LatestEnrolment",
        SchoolYear="2016/2017",
    ),
    missed(
        rules.last_enrolled_after_2016,
        "2015/2016",
        assessed(school_enrolments=[enrolment(2015), enrolment(2016)]),
        "LatestEnrolment",
        SchoolYear="2015/2016",
    ),
    missed(rules.last_enrolled_after_2016, "none", assessed(), "NoEnrolment"),
]

AGE_CASES = [
    *asks_for_enrolment(rules.seventeen_by_march),
    achieved(
        rules.seventeen_by_march,
        "seventeen on the day",
        nominee(birth_date=datetime.date(2007, 3, 1)),
        "AgeInMarch",
        Age=17,
        Year=2024,
    ),
    missed(
        rules.seventeen_by_march,
        "a day too young",
        nominee(birth_date=datetime.date(2007, 3, 2)),
        "AgeInMarch",
        Age=16,
        Year=2024,
    ),
]

COMPLETION_CASES = [
    *NOMINATION_CASES,
    *ENROLMENT_CASES,
    *OTHER_CREDENTIAL_CASES,
    *EXCEPTION_CASES,
    *LAST_YEAR_CASES,
    *LATEST_ENROLMENT_CASES,
    *AGE_CASES,
]
