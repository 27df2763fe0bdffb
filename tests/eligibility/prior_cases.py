"""Cases of the sets that a person reviews."""

import datetime

from credentials.eligibility.requirements import prior as rules
from tests.eligibility.cases import achieved, enough, missed, too_few, unassessed
from tests.eligibility.students import assessed, award, course_enrolment, earned, said

EARLY, LATE = datetime.date(2009, 7, 1), datetime.date(2012, 7, 1)
NAMES = {
    "AHSD": "Alberta High School Diploma",
    "ADEX": "Advanced High School Diploma with Excellence",
    "ADVD": "Advanced High School Diploma",
    "GHSD": "General High School Diploma",
    "HSED": "High School Equivalency Diploma",
    "CHSA": "Certificate of High School Achievement",
}


def alone(rule, name, *awards):
    return achieved(rule, name, assessed(awards=awards), "NoHigherAward")


def beaten(rule, name, by, *awards):
    return missed(rule, name, assessed(awards=awards), "HigherAward", CredentialName=NAMES[by])


def order(rule, own, higher, lower):
    """`higher`: what stands in the way; `lower`: what does not."""
    yield alone(rule, "nothing awarded")
    yield alone(rule, "itself awarded", award(own, EARLY))
    for credential in lower:
        yield alone(rule, f"{credential} awarded", award(credential, EARLY))
    for credential in higher:
        yield beaten(rule, f"{credential} awarded", credential, award(credential, EARLY))
        yield beaten(
            rule,
            f"{credential} awarded before it",
            credential,
            award(own, LATE),
            award(credential, EARLY),
        )
        yield alone(
            rule, f"{credential} awarded after it", award(own, EARLY), award(credential, LATE)
        )
        yield alone(
            rule, f"{credential} awarded that day", award(own, EARLY), award(credential, EARLY)
        )


DIPLOMAS = ("AHSD", "ADEX", "ADVD", "GHSD")
BELOW = ("HSED", "CHSA", "IOPC", "COSC", "HHSD")


def of_diploma(rule, own):
    return order(rule, own, [other for other in DIPLOMAS if other != own], BELOW)


def review(rule):
    """Of a requirement that a person sets."""
    code = rule.code
    yield unassessed(rule, "nobody has said anything", assessed(), "AwaitingReview")
    yield unassessed(
        rule,
        "set back",
        assessed(achievements=[said(code, "NotAssessed")]),
        "AwaitingReview",
    )
    yield achieved(
        rule,
        "confirmed",
        assessed(achievements=[said(code, by="O.1", name="Alberta Education")]),
        "Confirmed",
        OrganizationName="Alberta Education",
        OrgCode="O.1",
    )
    yield missed(
        rule, "refused", assessed(achievements=[said(code, "NotAchieved")]), "NotConfirmed"
    )
    yield unassessed(
        rule,
        "something was said of another",
        assessed(achievements=[said("RequirementsAssessed-XXXX-X81660")]),
        "AwaitingReview",
    )


PRIOR_CASES = [
    achieved(
        rules.activity_before_2010,
        "in 2010, the last year",
        assessed(earned("ELA1105 5", 2010) + earned("ELA2105 5", 2005)),
        "Activity",
        school_year="2009/2010",
    ),
    achieved(
        rules.activity_before_2010,
        "a course enrolment",
        assessed(course_enrolments=[course_enrolment(year=2008)]),
        "Activity",
        school_year="2007/2008",
    ),
    missed(rules.activity_before_2010, "in 2011", assessed(earned("A 5", 2011)), "NoActivity"),
    missed(
        rules.activity_before_2010,
        "adult credits",
        assessed(earned("AEC9995 5", 2009)),
        "NoActivity",
    ),
    enough(rules.industrial_credits, "a course", assessed(earned("IOP3119 5")), 5),
    enough(rules.industrial_credits, "1 credit", assessed(earned("IOP1000 1")), 1),
    too_few(rules.industrial_credits, "failed", assessed(earned("IOP3119 0")), 0),
    too_few(rules.industrial_credits, "other courses", assessed(earned("OTH3998 5")), 0),
    # ---
    *of_diploma(rules.no_higher_order_diploma, "AHSD"),
    *of_diploma(rules.no_higher_order_excellence, "ADEX"),
    *of_diploma(rules.no_higher_order_advanced, "ADVD"),
    *of_diploma(rules.no_higher_order_general, "GHSD"),
    *order(
        rules.no_higher_order_industrial,
        "IOPC",
        [*DIPLOMAS, "HSED", "CHSA"],
        ("COSC", "HHSD"),
    ),
    beaten(
        rules.no_higher_order_industrial,
        "the highest is named",
        "GHSD",
        award("CHSA", EARLY),
        award("HSED", EARLY),
        award("GHSD", LATE),
    ),
    # ---
    *review(rules.diploma_assessed),
    *review(rules.excellence_assessed),
    *review(rules.advanced_assessed),
    *review(rules.general_assessed),
    *review(rules.industrial_assessed),
    *review(rules.honorary_granted),
]
