"""What can become of a high-school student, as data: transcript, statuses, awards.

An outcome fixes what its student's records say, so that marks, requirement-set statuses and awards
agree. The shares are assumptions: the province publishes no number of credentials by type.
"""

from dataclasses import dataclass

ACHIEVED = "Achieved"
NOT_ACHIEVED = "NotAchieved"
NOT_ASSESSING = "NotAssessing"
TO_BE_ASSESSED = "ToBeAssessed"

# Stands for the diploma sets of the years in which the student was active.
AHSD = "AHSD"

# Transcripts, written by transcripts.py.
NO_MARKS = ""
COMPLETE = "complete"  # all that the diploma asks for
SHORT = "short"  # one requirement of the diploma is missing
FROM_ELSEWHERE = "from elsewhere"  # the same, but grade 12 was done outside Alberta
TRADE = "trade"  # complete, with advanced career courses
FAILING = "failing"  # many failed courses
FAILING_MOST = "failing most"  # nearly all of them
WITHHELD = "withheld"  # no mark is available or carries a credit
KNOWLEDGE = "knowledge"  # Knowledge and Employability
KNOWLEDGE_SHORT = "knowledge short"
KNOWLEDGE_FAILING = "knowledge failing"
FEW = "few"  # fewer than 35 credits
FEW_AND_TESTS = "few and tests"  # the same, and later five GED tests passed
MANY = "many"  # 40 credits
JUST_TOO_MANY = "just too many"  # 35 credits
EQUIVALENCY = "equivalency"  # 60 high-school credits and adult credits, 100 together
EQUIVALENCY_SHORT = "equivalency short"
TESTS = "tests"  # five GED tests passed
TESTS_FAILED = "tests failed"  # one to four of them
TESTS_VOID = "tests void"  # all of them
TESTS_AND_EQUIVALENCY = "tests and equivalency"
INDUSTRIAL = "industrial"  # Integrated Occupational Program
INDUSTRIAL_SHORT = "industrial short"  # without a course of it
INDUSTRIAL_COMPLETE = "industrial complete"  # a course of it, and all that the diploma asks for

# Who nominates for the Certificate of School Completion, if anybody.
LAST_SCHOOL = "last school"
ELSEWHERE = "elsewhere"  # a school that the student never went to
NEXT_SCHOOL = "next school"  # one that the student goes to only later

SETS_OF_DIPLOMAS = ("AHSD-PRE2010", "ADEX", "ADVD", "GHSD")  # assessed by hand


@dataclass(frozen=True, slots=True)
class Award:
    """A credential already awarded, `years_before` the last school year."""

    credential_type: str
    years_before: int = 0
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    transcript: str
    statuses: tuple[tuple[str, str], ...] = ()
    awards: tuple[Award, ...] = ()
    is_prior: bool = False  # left school by 2009, so assessed by hand
    needs_enrolment: bool = True
    has_exception_code: bool = False
    # No record brings about these statuses: somebody set them by hand, rightly or not.
    is_set_by_hand: bool = False
    birth_date_is_wrong: bool = False
    is_young: bool = False  # 16 in March of the last year
    # What people said of a set's manual requirement where it is not just that the set is achieved.
    said: tuple[tuple[str, str], ...] = ()
    nominated_by: str = LAST_SCHOOL


def prior(achieved: str = "", *, awards: tuple[Award, ...] = (), said: str = "") -> Outcome:
    """An outcome of the sets assessed by hand; a former award closes the other sets. `said`: what
    the review said of them all."""
    others = NOT_ASSESSING if awards else said or TO_BE_ASSESSED
    statuses = tuple((code, ACHIEVED if code == achieved else others) for code in SETS_OF_DIPLOMAS)
    return Outcome(COMPLETE, statuses, awards, is_prior=True, said=reviewed(said) if said else ())


def reviewed(answer: str, *more: str) -> tuple[tuple[str, str], ...]:
    """The same answer to the review of every diploma assessed by hand."""
    return tuple((code, answer) for code in (*SETS_OF_DIPLOMAS, *more))


# Short of a set by what is not a matter of courses, or far from it.
ONE_SHORT_OR_FAR: dict[str, Outcome] = {
    "far from the diploma": Outcome(FAILING_MOST, ((AHSD, NOT_ACHIEVED),)),
    "far from achievement": Outcome(
        KNOWLEDGE_FAILING, ((AHSD, NOT_ACHIEVED), ("CHSA", NOT_ACHIEVED))
    ),
    # The Certificate of High School Achievement but for its program, which leads to no row.
    "diploma with a trade": Outcome(TRADE, ((AHSD, ACHIEVED),)),
    "equivalency not requested": Outcome(
        EQUIVALENCY, ((AHSD, NOT_ACHIEVED), ("HSED-ALT1", NOT_ACHIEVED))
    ),
    "equivalency requested with a diploma": Outcome(
        COMPLETE, ((AHSD, ACHIEVED),), (Award("AHSD"),), said=(("HSED-ALT1", ACHIEVED),)
    ),
    "all tests failed": Outcome(
        TESTS_VOID, (("HSED-ALT1", NOT_ACHIEVED), ("HSED-ALT2", NOT_ACHIEVED))
    ),
    # Certificate of School Completion.
    "completion not nominated": Outcome(FEW, has_exception_code=True),
    "completion nominated elsewhere": Outcome(
        FEW, has_exception_code=True, said=(("COSC", ACHIEVED),), nominated_by=ELSEWHERE
    ),
    "completion nominated by the next school": Outcome(
        FEW, (("COSC", NOT_ACHIEVED),), has_exception_code=True, nominated_by=NEXT_SCHOOL
    ),
    "far from completion": Outcome(
        MANY, ((AHSD, NOT_ACHIEVED), ("COSC", NOT_ACHIEVED)), nominated_by=NEXT_SCHOOL
    ),
    "completion with 35 credits": Outcome(
        JUST_TOO_MANY, ((AHSD, NOT_ACHIEVED), ("COSC", NOT_ACHIEVED)), has_exception_code=True
    ),
    "completion and back at school": Outcome(
        FEW, (("COSC", NOT_ACHIEVED),), has_exception_code=True
    ),
    "completion at sixteen": Outcome(
        FEW, (("COSC", NOT_ACHIEVED),), has_exception_code=True, is_young=True
    ),
    "completion before 2017": Outcome(FEW, (("COSC", NOT_ACHIEVED),), has_exception_code=True),
    "completion, then tests": Outcome(
        FEW_AND_TESTS, (("HSED-ALT2", ACHIEVED), ("COSC", NOT_ACHIEVED)), has_exception_code=True
    ),
    # The sets assessed by hand. What a trigger is missing for has no row, whatever was said.
    "review refused": prior(said=NOT_ACHIEVED),
    "review confirmed beside the general diploma": prior(
        "GHSD", awards=(Award("GHSD"),), said=ACHIEVED
    ),
    "review confirmed beside the advanced diploma": prior(
        "ADVD", awards=(Award("ADVD"),), said=ACHIEVED
    ),
    "review confirmed with few credits": Outcome(SHORT, is_prior=True, said=reviewed(ACHIEVED)),
    "review confirmed too late": Outcome(
        INDUSTRIAL_COMPLETE, ((AHSD, ACHIEVED),), said=reviewed(ACHIEVED, "IOPC")
    ),
    "industrial awaiting review": Outcome(INDUSTRIAL, (("IOPC", TO_BE_ASSESSED),), is_prior=True),
    "industrial review refused": Outcome(
        INDUSTRIAL,
        (("IOPC", NOT_ACHIEVED),),
        is_prior=True,
        said=(("IOPC", NOT_ACHIEVED),),
    ),
    "industrial without its courses": Outcome(
        INDUSTRIAL_SHORT, is_prior=True, said=(("IOPC", ACHIEVED),)
    ),
    "industrial beside a diploma": Outcome(
        INDUSTRIAL_COMPLETE,
        (("AHSD-PRE2010", ACHIEVED),),
        (Award("AHSD"),),
        is_prior=True,
        said=(("IOPC", ACHIEVED),),
    ),
}

OUTCOMES: dict[str, Outcome] = {
    # --- to be awarded ---
    "diploma": Outcome(COMPLETE, ((AHSD, ACHIEVED),)),
    "diploma of a mature student": Outcome(
        COMPLETE, ((AHSD, ACHIEVED), ("HSED-ALT1", NOT_ACHIEVED))
    ),
    "diploma before 2010": prior("AHSD-PRE2010"),
    "diploma with excellence": prior("ADEX"),
    "advanced diploma": prior("ADVD"),
    "general diploma": prior("GHSD"),
    "equivalency by credits": Outcome(EQUIVALENCY, ((AHSD, NOT_ACHIEVED), ("HSED-ALT1", ACHIEVED))),
    "equivalency by tests": Outcome(
        TESTS, ((AHSD, NOT_ACHIEVED), ("HSED-ALT1", NOT_ACHIEVED), ("HSED-ALT2", ACHIEVED))
    ),
    "equivalency both ways": Outcome(
        TESTS_AND_EQUIVALENCY, (("HSED-ALT1", ACHIEVED), ("HSED-ALT2", ACHIEVED))
    ),
    "achievement": Outcome(KNOWLEDGE, ((AHSD, NOT_ACHIEVED), ("CHSA", ACHIEVED))),
    "industrial": Outcome(INDUSTRIAL, (("IOPC", ACHIEVED),), is_prior=True),
    "completion": Outcome(FEW, (("COSC", ACHIEVED),), has_exception_code=True),
    "diploma after achievement": Outcome(
        COMPLETE, ((AHSD, ACHIEVED), ("CHSA", ACHIEVED)), (Award("CHSA", 1),)
    ),
    "achievement after completion": Outcome(
        KNOWLEDGE, (("COSC", NOT_ACHIEVED), ("CHSA", ACHIEVED)), (Award("COSC", 1),)
    ),
    "diploma award deleted": Outcome(
        COMPLETE, ((AHSD, ACHIEVED),), (Award("AHSD", is_deleted=True),)
    ),
    # --- awarded ---
    "diploma awarded": Outcome(COMPLETE, ((AHSD, ACHIEVED),), (Award("AHSD"),)),
    "no longer achieved": Outcome(SHORT, ((AHSD, NOT_ACHIEVED),), (Award("AHSD"),)),
    "wrongly awarded": Outcome(SHORT, ((AHSD, NOT_ACHIEVED),), (Award("AHSD", is_deleted=True),)),
    "general diploma awarded": prior("GHSD", awards=(Award("GHSD"),)),
    "advanced diploma awarded": prior("ADVD", awards=(Award("ADVD"),)),
    "excellence awarded": prior("ADEX", awards=(Award("ADEX"),)),
    "industrial awarded": Outcome(
        INDUSTRIAL, (("IOPC", ACHIEVED),), (Award("IOPC"),), is_prior=True
    ),
    "achievement awarded": Outcome(
        KNOWLEDGE, ((AHSD, NOT_ACHIEVED), ("CHSA", ACHIEVED)), (Award("CHSA"),)
    ),
    "completion awarded": Outcome(
        FEW, (("COSC", ACHIEVED),), (Award("COSC"),), has_exception_code=True
    ),
    "equivalency awarded": Outcome(
        EQUIVALENCY, ((AHSD, NOT_ACHIEVED), ("HSED-ALT1", ACHIEVED)), (Award("HSED"),)
    ),
    "tests awarded": Outcome(TESTS, (("HSED-ALT2", ACHIEVED),), (Award("HSED"),)),
    "diploma after equivalency": Outcome(
        COMPLETE,
        ((AHSD, ACHIEVED), ("HSED-ALT1", NOT_ASSESSING)),
        (Award("HSED", 1), Award("AHSD")),
    ),
    # --- not yet there ---
    "under way": Outcome(COMPLETE, ((AHSD, NOT_ACHIEVED),)),
    "nearly": Outcome(SHORT, ((AHSD, NOT_ACHIEVED),)),
    "left without": Outcome(FAILING, ((AHSD, NOT_ACHIEVED),)),
    "nearly as a mature student": Outcome(
        SHORT, ((AHSD, NOT_ACHIEVED), ("HSED-ALT1", NOT_ACHIEVED))
    ),
    "nearly achievement": Outcome(KNOWLEDGE_SHORT, ((AHSD, NOT_ACHIEVED), ("CHSA", NOT_ACHIEVED))),
    "nearly from elsewhere": Outcome(FROM_ELSEWHERE, ((AHSD, NOT_ACHIEVED),)),
    "nearly completion": Outcome(FEW, (("COSC", NOT_ACHIEVED),)),  # lacks the exception code
    "too many credits for completion": Outcome(
        MANY, ((AHSD, NOT_ACHIEVED), ("COSC", NOT_ACHIEVED)), has_exception_code=True
    ),
    "nearly equivalency": Outcome(
        EQUIVALENCY_SHORT, ((AHSD, NOT_ACHIEVED), ("HSED-ALT1", NOT_ACHIEVED))
    ),
    "tests failed": Outcome(
        TESTS_FAILED, (("HSED-ALT1", NOT_ACHIEVED), ("HSED-ALT2", NOT_ACHIEVED))
    ),
    "awaiting review": prior(),
    **ONE_SHORT_OR_FAR,
    # --- refused in a bulk run ---
    "birth date wrong": Outcome(COMPLETE, ((AHSD, ACHIEVED),), birth_date_is_wrong=True),
    "marks withheld": Outcome(WITHHELD, ((AHSD, ACHIEVED),), is_set_by_hand=True),
    "never enrolled": Outcome(
        NO_MARKS, (("COSC", ACHIEVED),), needs_enrolment=False, is_set_by_hand=True
    ),
    "tests without mark": Outcome(TESTS_VOID, (("HSED-ALT2", ACHIEVED),), is_set_by_hand=True),
    "honorary": Outcome(COMPLETE, ((AHSD, ACHIEVED), ("HHSD", ACHIEVED)), is_set_by_hand=True),
    "achievement after diploma": Outcome(
        COMPLETE, ((AHSD, ACHIEVED), ("CHSA", ACHIEVED)), (Award("AHSD"),), is_set_by_hand=True
    ),
    "equivalent already awarded": Outcome(
        COMPLETE,
        (("AHSD-PRE2010", ACHIEVED), ("GHSD", ACHIEVED)),
        (Award("GHSD"),),
        is_prior=True,
        is_set_by_hand=True,
    ),
    "completion after equivalency": Outcome(
        TESTS,
        (("HSED-ALT2", ACHIEVED), ("COSC", ACHIEVED)),
        (Award("HSED"),),
        is_set_by_hand=True,
    ),
}

# Shares within each stage; they need not add up to anything.
FINISHED_LAST_YEAR = {
    "diploma": 64.5,
    "diploma awarded": 8,
    "nearly": 14,
    "left without": 7,
    "achievement": 1.5,
    "achievement awarded": 0.2,
    "nearly achievement": 1.8,
    "nearly from elsewhere": 0.4,
    "too many credits for completion": 0.1,
    "completion": 0.75,
    "completion awarded": 0.1,
    "nearly completion": 0.2,
    "diploma after achievement": 0.1,
    "achievement after completion": 0.05,
    "diploma award deleted": 0.2,
    "wrongly awarded": 0.1,
    "marks withheld": 0.3,
    "never enrolled": 0.05,
    "birth date wrong": 0.1,
    "honorary": 0.05,
    "achievement after diploma": 0.4,
    "diploma with a trade": 1,
    "far from the diploma": 1,
    "far from achievement": 0.3,
    "completion not nominated": 0.1,
    "completion nominated elsewhere": 0.02,
    "completion at sixteen": 0.02,
}

RETURNED_THIS_YEAR = {
    "diploma": 35,
    "diploma awarded": 20,
    "nearly": 33,
    "left without": 10,
    "nearly achievement": 2,
    "completion and back at school": 0.2,
    "completion nominated by the next school": 0.1,
    "far from completion": 0.05,
}

LEFT_EARLIER = {
    "diploma awarded": 70,
    "nearly": 11,
    "left without": 8,
    "diploma": 1.5,
    "no longer achieved": 0.3,
    "wrongly awarded": 0.3,
    "diploma award deleted": 0.2,
    "achievement awarded": 1.6,
    "completion awarded": 0.8,
    "achievement after diploma": 0.4,
    "general diploma awarded": 0.4,
    "advanced diploma awarded": 0.5,
    "excellence awarded": 0.3,
    "industrial awarded": 0.3,
    "equivalent already awarded": 0.1,
    "awaiting review": 0.8,
    "diploma before 2010": 0.15,
    "diploma with excellence": 0.1,
    "advanced diploma": 0.1,
    "general diploma": 0.12,
    "industrial": 0.12,
    "review refused": 0.1,
    "industrial awaiting review": 0.1,
    "industrial review refused": 0.05,
}

ADULTS = {
    "diploma of a mature student": 17.5,
    "equivalency by credits": 9,
    "equivalency by tests": 10.5,
    "equivalency both ways": 0.4,
    "equivalency awarded": 8,
    "tests awarded": 8,
    "diploma after equivalency": 1,
    "nearly as a mature student": 24,
    "nearly equivalency": 14,
    "tests failed": 7,
    "tests without mark": 0.4,
    "completion after equivalency": 0.3,
    "equivalency not requested": 4,
    "all tests failed": 0.5,
}


def sets_of_the_diploma(first_year: int, last_year: int) -> tuple[str, ...]:
    """The AHSD requirement sets that assess a student active in these school years.

    Source: PASI knowledge base: activity in 2010/2011 to 2018/2019, and in 2018/2019 or later;
    earlier diplomas are assessed by hand.
    """
    if last_year <= 2010:
        return ("AHSD-PRE2010",)
    sets = ()
    if first_year <= 2019:
        sets += ("AHSD-2010-2018",)
    if last_year >= 2019:
        sets += ("AHSD-2018",)
    return sets


def sets_of(code: str, activity: list[int]) -> tuple[str, ...]:
    """The requirement sets that a status of an outcome is about, by the years of activity."""
    if code != AHSD:
        return (code,)
    return sets_of_the_diploma(activity[0], activity[-1]) if activity else ()
