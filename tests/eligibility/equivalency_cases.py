"""Cases of the High School Equivalency Diploma, both alternatives."""

import datetime

from credentials.eligibility.requirements import equivalency as rules
from credentials.eligibility.requirements import tests_of_equivalency as tests
from tests.eligibility.cases import achieved, enough, missed, too_few
from tests.eligibility.diploma_cases import subject
from tests.eligibility.students import REQUESTED, assessed, award, earned, said

# The current school year is 2024/2025: 19 on 2024-09-01 is who was born by 2005-09-01.
NOW = datetime.date(2025, 3, 1)
JUST_19 = datetime.date(2005, 9, 1)
HSED_AWARD = award("HSED")


def candidate(name, *awards, born=JUST_19, now=NOW, age=19, year=2024):
    return achieved(
        rules.equivalency_candidate,
        name,
        assessed(birth_date=born, as_of=now, awards=awards),
        "OfAge",
        Age=age,
        Year=year,
    )


def too_young(name, born, now, year):
    return missed(
        rules.equivalency_candidate,
        name,
        assessed(birth_date=born, as_of=now),
        "NotOfAge",
        RequiredAge=19,
        Year=year,
    )


def holds(credential, name):
    return missed(
        rules.equivalency_candidate,
        f"holds {credential}",
        assessed(birth_date=JUST_19, as_of=NOW, awards=[award(credential)]),
        "DiplomaHeld",
        CredentialName=name,
    )


CANDIDATE_CASES = [
    candidate("nineteen on the day"),
    candidate("on the first day of the school year", now=datetime.date(2024, 9, 1)),
    candidate("older", born=datetime.date(1980, 1, 1), age=44),
    candidate("holds lower credentials", award("CHSA"), award("COSC"), award("IOPC")),
    candidate("holds the equivalency diploma", HSED_AWARD),
    candidate("holds it and a diploma", HSED_AWARD, award("AHSD")),
    too_young("a day too young", datetime.date(2005, 9, 2), NOW, 2024),
    too_young("the school year before", JUST_19, datetime.date(2024, 8, 31), 2023),
    holds("AHSD", "Alberta High School Diploma"),
    holds("ADEX", "Advanced High School Diploma with Excellence"),
    holds("ADVD", "Advanced High School Diploma"),
    holds("GHSD", "General High School Diploma"),
]

REQUEST_CASES = [
    achieved(
        rules.student_requested,
        "requested",
        assessed(achievements=[said(REQUESTED)]),
        "Requested",
        OrganizationName="River School",
        OrgCode="S.7001",
    ),
    missed(rules.student_requested, "never", assessed(), "NotRequested"),
    *(
        missed(
            rules.student_requested,
            f"set to {achievement}",
            assessed(achievements=[said(REQUESTED, achievement)]),
            "NotRequested",
        )
        for achievement in ("NotAchieved", "NotAssessed")
    ),
    missed(
        rules.student_requested,
        "withdrawn since, under another number",
        assessed(
            achievements=[
                said(
                    REQUESTED, "NotAchieved", at=datetime.datetime(2025, 1, 2, tzinfo=datetime.UTC)
                ),
                said(REQUESTED, at=datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)),
            ]
        ),
        "NotRequested",
    ),
]

COURSE_CASES = [
    *subject(rules.language_arts_30, ["ELA3105", "ELA3104"], ["ELA2105", "KAE3780", "ELA3001"]),
    enough(
        rules.five_credits_beside_language_arts, "5", assessed(earned("SST3771 5 ELA3105 5")), 5
    ),
    too_few(rules.five_credits_beside_language_arts, "4", assessed(earned("PED3445 4")), 4),
    too_few(
        rules.five_credits_beside_language_arts,
        "language arts, adult credits and lower levels do not count",
        assessed(earned("ELA3105 5 ELA3104 5 KAE3780 5 LDC3108 5 AEC9994 15 UCR9998 5 MAT2791 5")),
        0,
    ),
    *subject(
        rules.mathematics, ["MAT1791", "MAT3037", "KAE1782", "KAE2782"], ["SCN1270", "KAE1781"]
    ),
    *subject(rules.science, ["SCN1270", "SCN3230", "KAE1783", "KAE2783"], ["MAT1791"], needed=3),
]


def passing(name, rule, course, value="B", **values):
    student = assessed(earned(f"{course} 0", 2012, value=value, **values))
    return achieved(rule, name, student, "TestPassed", mark=value)


def failing(name, rule, marks):
    return missed(rule, name, assessed(marks), "TestNotPassed")


def test_of(rule, course, other):
    """One of the five tests."""
    for value in "ABC":
        yield passing(f"passed with {value}", rule, course, value)
    for value in ("F", "D", "450", ""):
        yield failing(f"mark {value!r}", rule, earned(f"{course} 0", 2012, value=value))
    yield failing("another test", rule, earned(f"{other} 0", 2012, value="A"))
    yield failing("the converted year", rule, earned("GEDSY 0", 2012, value="A"))
    yield failing("not available", rule, earned(f"{course} 0", 2012, value="A", is_available=False))
    yield failing("nothing", rule, [])
    yield achieved(
        rule,
        "the best of two numbers",
        assessed(
            [
                *earned(f"{course} 0", 2012, value="F"),
                *earned(f"{course} 0", 2010, value="C"),
                *earned(f"{course} 0", 2011, value="B"),
            ]
        ),
        "TestPassed",
        mark="B",
    )


TEST_CASES = [
    achieved(
        tests.has_test_result,
        "a failed one",
        assessed(earned("GED9983 0", 2012, value="F")),
        "TestTaken",
        school_year="2011/2012",
    ),
    achieved(
        tests.has_test_result,
        "the latest year",
        assessed([*earned("GED9983 0", 2012), *earned("GED9984 0", 2013)]),
        "TestTaken",
        school_year="2012/2013",
    ),
    missed(
        tests.has_test_result,
        "the converted year alone",
        assessed(earned("GEDSY 0")),
        "NoTestTaken",
    ),
    missed(
        tests.has_test_result,
        "not available",
        assessed(earned("GED9983 0", is_available=False)),
        "NoTestTaken",
    ),
    missed(tests.has_test_result, "adult credits", assessed(earned("AEC9994 5")), "NoTestTaken"),
    *test_of(tests.writing_test, "GED9981", "GED9982"),
    *test_of(tests.social_studies_test, "GED9982", "GED9983"),
    *test_of(tests.science_test, "GED9983", "GED9984"),
    *test_of(tests.reading_test, "GED9984", "GED9985"),
    *test_of(tests.mathematics_test, "GED9985", "GED9981"),
]

EQUIVALENCY_CASES = [*CANDIDATE_CASES, *REQUEST_CASES, *COURSE_CASES, *TEST_CASES]
