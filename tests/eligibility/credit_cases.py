"""Cases of the totals of credits."""

from credentials.eligibility.courses import MasterCourse
from credentials.eligibility.definition_files import tables
from credentials.eligibility.definitions import define
from credentials.eligibility.requirements import credit_totals as rules
from tests.eligibility.cases import achieved, missed
from tests.eligibility.students import assessed, earned, enrolment, nominated, numbered

# A course that the master calls external learning, one that it calls that and a second language.
EXTERNAL = define(
    tables(),
    [
        MasterCourse("EXT2000", 20, "", ("EXTERNAL",)),
        MasterCourse("EXT3000", 30, "", ("EXTERNAL", "WORKEXP")),
    ],
)


def with_total(total, *more):
    """Plain credits, in no group, and others."""
    return [*numbered("LDC", 1000, 1000 + total - 1, 1), *more]


def totals(requirement, needed):
    """What holds of every plain total."""
    yield achieved(
        requirement, "exactly", assessed(with_total(needed)), "Credits", needed, total=needed
    )
    yield missed(
        requirement,
        "one too few",
        assessed(with_total(needed - 1)),
        "Credits",
        needed - 1,
        total=needed - 1,
    )
    yield missed(requirement, "nothing", assessed(), "Credits", 0, total=0)
    uncounted = [
        *earned("ELA3105 5", is_available=False),
        *earned("SST3771 0"),
    ]
    yield missed(
        requirement,
        "unavailable and without credit",
        assessed(with_total(needed - 1, *uncounted)),
        "Credits",
        needed - 1,
        total=needed - 1,
    )
    yield achieved(
        requirement,
        "the same course under two numbers counts once, with the higher credits",
        assessed(with_total(needed - 5, *earned("ELA3105 5"), *earned("ELA3105 3"))),
        "Credits",
        needed,
        total=needed,
    )


def limit(requirement, needed, courses, most, value):
    """A group of which at most so many credits count."""
    below = earned(f"{courses[0]} {most}") if most else []
    if below:
        yield achieved(
            requirement,
            f"{value} at the limit",
            assessed(with_total(needed - most, *below)),
            "Credits",
            needed,
            total=needed,
        )
    over = [*below, *earned(f"{courses[1]} 3")]
    yield achieved(
        requirement,
        f"{value} over the limit",
        assessed(with_total(needed - most, *over)),
        "CreditsOverLimits",
        needed,
        accepted=needed,
        total=needed + 3,
        **{value: 3},
    )
    yield missed(
        requirement,
        f"{value} over the limit, one too few",
        assessed(with_total(needed - most - 1, *over)),
        "CreditsOverLimits",
        needed - 1,
        accepted=needed - 1,
        total=needed + 2,
        **{value: 3},
    )


def external(requirement, needed):
    yield achieved(
        requirement,
        "external learning at the limit",
        assessed(with_total(needed - 5, *earned("EXT2000 5")), definitions=EXTERNAL),
        "Credits",
        needed,
        total=needed,
    )
    yield missed(
        requirement,
        "external learning over the limit",
        assessed(with_total(needed - 6, *earned("EXT2000 6")), definitions=EXTERNAL),
        "CreditsOverLimits",
        needed - 1,
        accepted=needed - 1,
        total=needed,
        ext_x=1,
    )


WORK = ("OTH1998", "OTH2998")
LANGUAGES = ("FSL1095", "FSL2095")
ADULT = ("", "AEC9994")


def several(requirement, *, with_languages):
    marks = with_total(
        70, *earned("FSL1095 30 OTH1998 10 OTH2998 8 AEC9995 10 UCR9998 2 AEC9996 5")
    )
    over = {"lang_x": 5} if with_languages else {}
    accepted = 135 - 3 - 17 - sum(over.values())
    return achieved(
        requirement,
        "several limits at once",
        assessed(marks),
        "CreditsOverLimits",
        accepted,
        accepted=accepted,
        total=135,
        **over,
        we_x=3,
        adult=17,
    )


nominee = {"school_enrolments": [enrolment()], "achievements": nominated()}

CREDIT_CASES = [
    *totals(rules.hundred_credits_2010_2018, 100),
    *limit(rules.hundred_credits_2010_2018, 100, LANGUAGES, 25, "lang_x"),
    *limit(rules.hundred_credits_2010_2018, 100, WORK, 15, "we_x"),
    *limit(rules.hundred_credits_2010_2018, 100, ADULT, 0, "adult"),
    several(rules.hundred_credits_2010_2018, with_languages=True),
    achieved(
        rules.hundred_credits_2010_2018,
        "external learning has no limit yet",
        assessed(with_total(94, *earned("EXT2000 6")), definitions=EXTERNAL),
        "Credits",
        100,
        total=100,
    ),
    # ---
    *totals(rules.hundred_credits_2018, 100),
    *limit(rules.hundred_credits_2018, 100, WORK, 15, "we_x"),
    *limit(rules.hundred_credits_2018, 100, ADULT, 0, "adult"),
    *external(rules.hundred_credits_2018, 100),
    several(rules.hundred_credits_2018, with_languages=False),
    achieved(
        rules.hundred_credits_2018,
        "second languages have no limit",
        assessed(with_total(70, *earned("FSL1095 30"))),
        "Credits",
        100,
        total=100,
    ),
    achieved(
        rules.hundred_credits_2018,
        "a course in two groups with limits falls under one of them",
        assessed(with_total(100, *earned("EXT3000 20")), definitions=EXTERNAL),
        "CreditsOverLimits",
        115,
        accepted=115,
        total=120,
        we_x=5,
    ),
    # ---
    *totals(rules.hundred_credits_prior, 100),
    *limit(rules.hundred_credits_prior, 100, ADULT, 0, "adult"),
    achieved(
        rules.hundred_credits_prior,
        "nothing else has a limit",
        assessed(with_total(40, *earned("OTH1998 30 FSL1095 30"))),
        "Credits",
        100,
        total=100,
    ),
    # ---
    *totals(rules.hundred_credits_equivalency, 100),
    achieved(
        rules.hundred_credits_equivalency,
        "adult credits up to the limit of each kind",
        assessed(with_total(55, *earned("AEC9994 15 AEC9995 15 AEC9996 5 AEC9997 5 UCR9998 5"))),
        "Credits",
        100,
        total=100,
    ),
    missed(
        rules.hundred_credits_equivalency,
        "adult credits over the limits of their kinds",
        assessed(with_total(54, *earned("AEC9994 20 AEC9995 16 AEC9996 6 AEC9997 7"))),
        "CreditsOverLimits",
        94,
        accepted=94,
        total=103,
        mature_x=9,
    ),
    achieved(
        rules.hundred_credits_equivalency,
        "work experience and languages have no limit",
        assessed(with_total(40, *earned("OTH1998 30 FSL1095 30"))),
        "Credits",
        100,
        total=100,
    ),
    # ---
    *totals(rules.eighty_credits, 80),
    *limit(rules.eighty_credits, 80, WORK, 15, "we_x"),
    *limit(rules.eighty_credits, 80, ADULT, 0, "adult"),
    *external(rules.eighty_credits, 80),
    # ---
    achieved(
        rules.sixty_high_school_credits,
        "exactly, beside adult credits",
        assessed(with_total(60, *earned("AEC9994 15"))),
        "HighSchoolCredits",
        60,
        high_school=60,
    ),
    missed(
        rules.sixty_high_school_credits,
        "one too few, and adult credits",
        assessed(with_total(59, *earned("AEC9994 15 UCR9998 5"))),
        "HighSchoolCredits",
        59,
        high_school=59,
    ),
    # ---
    achieved(
        rules.less_than_35_credits,
        "one less",
        assessed(with_total(34), **nominee),
        "Credits",
        34,
        total=34,
    ),
    achieved(
        rules.less_than_35_credits, "nothing at all", assessed(**nominee), "Credits", 0, total=0
    ),
    missed(
        rules.less_than_35_credits,
        "exactly 35",
        assessed(with_total(35), **nominee),
        "Credits",
        35,
        total=35,
    ),
    achieved(
        rules.less_than_35_credits,
        "adult credits are taken off",
        assessed(with_total(30, *earned("AEC9994 10")), **nominee),
        "CreditsOverLimits",
        30,
        accepted=30,
        total=40,
        adult=10,
    ),
    missed(
        rules.less_than_35_credits,
        "35 beside adult credits",
        assessed(with_total(35, *earned("AEC9994 10")), **nominee),
        "CreditsOverLimits",
        35,
        accepted=35,
        total=45,
        adult=10,
    ),
    missed(rules.less_than_35_credits, "not nominated", assessed(), "Nominate"),
]
