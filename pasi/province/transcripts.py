"""Which courses a student takes on the way through high school, and with what result.

A plan is a list of (when, course code, credits, passed). `when` is a grade, or one of the two
moments of an adult below. Plans meet, or miss by one, what the Guide to Education asks of a
credential, so that marks and requirement-set statuses agree.
"""

from random import Random

from pasi.province import outcomes
from pasi.province.reference import one_of, read
from pasi.province.short_plans import (
    FEWEST_MARKS,
    LACKS_100_CREDITS,
    SHORT_OF_CERTIFICATE,
    SHORT_OF_DIPLOMA,
    SHORT_OF_EQUIVALENCY,
    one_short,
    without,
)

AS_ADULT = 13  # the year in which adult credits are granted
GED_YEAR = 14

# Of those short of the equivalency diploma: lack credits, not a course.
LACKS_CREDITS_SHARE = 0.3

MOST_MARKS = 40

# Core courses by stream: dash-1, dash-2 and dash-3.
CORE = (
    (
        (10, "ELA1105", 5), (10, "SST1771", 5), (10, "MAT1791", 5), (10, "SCN1270", 5),
        (10, "PED1445", 5), (11, "ELA2105", 5), (11, "SST2771", 5), (11, "MAT2791", 5),
        (12, "ELA3105", 5), (12, "SST3771", 5), (12, "MAT3791", 5),
    ),
    (
        (10, "ELA1104", 5), (10, "SST1772", 5), (10, "MAT1791", 5), (10, "SCN1270", 5),
        (10, "PED1445", 5), (11, "ELA2104", 5), (11, "SST2772", 5), (11, "MAT2792", 5),
        (11, "SCN2270", 5), (12, "ELA3104", 5), (12, "SST3772", 5), (12, "MAT3792", 5),
        (12, "SCN3270", 5),
    ),
    (
        (10, "ELA1104", 5), (10, "SST1772", 5), (10, "MAT1793", 5), (10, "SCN1288", 5),
        (10, "PED1445", 5), (11, "ELA2104", 5), (11, "SST2772", 5), (11, "MAT2793", 5),
        (11, "SCN2288", 5), (12, "ELA3104", 5), (12, "SST3772", 5), (12, "MAT3793", 5),
        (12, "OTH3999", 5),
    ),
)  # fmt: skip
SCIENCES = (("SCN2231", "SCN3230"), ("SCN2796", "SCN3796"), ("SCN2797", "SCN3797"))
CALM = (11, "PED0770", 3)
INDUSTRIAL_COURSE = (12, "IOP3119", 5)

# Electives in sequence; every student takes two of these.
ELECTIVES = (
    ((10, "FNA1400", 5), (11, "FNA2400", 5), (12, "FNA3400", 5)),
    ((10, "FNA1410", 5), (11, "FNA2410", 5), (12, "FNA3410", 5)),
    ((10, "FNA1420", 5), (11, "FNA2420", 5), (12, "FNA3420", 5)),
    ((10, "FNA1424", 5), (11, "FNA2424", 5), (12, "FNA3424", 5)),
    ((10, "FNA1425", 5), (11, "FNA2425", 5), (12, "FNA3425", 5)),
    ((11, "PED2445", 5), (12, "PED3445", 5)),
    ((10, "OTH1998", 5), (11, "OTH2998", 5), (12, "OTH3998", 5)),
    ((10, "OTH1999", 3), (11, "OTH2999", 5)),
)

KNOWLEDGE_COURSES = (
    (10, "KAE1780", 5), (10, "KAE1782", 5), (10, "KAE1783", 5), (10, "SCN1288", 5),
    (10, "SST1772", 5), (10, "PED1445", 5), (10, "FNA1400", 5), (11, "KAE2780", 5),
    (11, "KAE2782", 5), (11, "KAE2783", 5), (11, "PED0770", 3), (11, "FNA2400", 5),
    (11, "OTH1998", 5), (12, "KAE3780", 5), (12, "OTH3998", 5),
)  # fmt: skip
EQUIVALENCY_COURSES = (
    (10, "ELA1105", 5), (10, "SST1771", 5), (10, "MAT1793", 5), (10, "SCN1270", 5),
    (10, "PED1445", 5), (11, "ELA2105", 5), (11, "SST2771", 5), (11, "MAT2793", 5),
    (11, "SCN2288", 5), (12, "ELA3104", 5), (12, "OTH3999", 5),
)  # fmt: skip
FEW_COURSES = (
    (10, "PED1445", 3), (10, "FNA1400", 5), (11, "OTH1999", 3), (12, "OTH2999", 3),
    (12, "PED2445", 3),
)  # fmt: skip
GED_TESTS = ("GED9981", "GED9982", "GED9983", "GED9984", "GED9985")
# The requirements that ask for them.
TEST_REQUIREMENTS = ("GEDWriting", "GEDSocial", "GEDScience", "GEDReading", "GEDMathematics")
# Given up by somebody who got nowhere; what is left of the diploma is physical education.
GIVEN_UP = ("ELA2", "SST2", "MAT2", "SCN2", "PED0770")
UPGRADING_COURSES = (
    "MAT3791", "SCN3230", "SCN3796", "SCN3797", "ELA3105", "SST3771", "MAT3211", "SCN3270",
)  # fmt: skip

# Courses that replaced another: from which school year, and which they replaced.
REPLACED = {
    "MAT1791": (2011, "MAT1037"),
    "MAT1793": (2011, "MAT1225"),
    "MAT2791": (2012, "MAT2037"),
    "MAT2792": (2012, "MAT2038"),
    "MAT2793": (2012, "MAT2225"),
    "MAT3791": (2013, "MAT3037"),
    "MAT3792": (2013, "MAT3038"),
    "MAT3793": (2013, "MAT3038"),
    "SCN2796": (2008, "SCN2242"),
    "SCN2797": (2008, "SCN2261"),
    "SCN3796": (2009, "SCN3240"),
    "SCN3797": (2009, "SCN3260"),
    "SST1771": (2008, "SST1150"),
    "SST1772": (2008, "SST1151"),
    "SST2771": (2009, "SST2150"),
    "SST2772": (2009, "SST2151"),
    "SST3771": (2010, "SST3150"),
    "SST3772": (2010, "SST3151"),
}
NEWEST_REPLACEMENT = max(since for since, _ in REPLACED.values())


def career_courses(level: str) -> tuple[str, ...]:
    """One-credit career and technology courses whose name and number are not in doubt."""
    return tuple(
        row["code"]
        for row in read("courses.csv")
        if row["flags"] == "CTS" and row["level"] == level and row["certainty"] != "uncertain"
    )


CAREER_10 = career_courses("10")
CAREER_20 = career_courses("20")
CAREER_30 = career_courses("30")

Plan = list[tuple[int, str, int, bool]]


def course_code_in(code: str, school_year: int) -> str:
    """The course that stood in the place of `code` in `school_year`."""
    if school_year >= NEWEST_REPLACEMENT or code not in REPLACED:
        return code
    since, replaced = REPLACED[code]
    return code if school_year >= since else replaced


def plan_for(
    rng: Random,
    transcript: str,
    ability: float,
    age: int,
    *,
    in_grade_12: bool = False,
    lacks: str = "",
) -> Plan:
    """The courses of a student with this kind of transcript.

    `ability` is the student's typical mark, `age` counts for adult credits, `in_grade_12` asks for
    enough courses before the last grade. A transcript that is short lacks the requirement `lacks`,
    or any.
    """
    if transcript == outcomes.NO_MARKS:
        return []
    if transcript in (outcomes.COMPLETE, outcomes.WITHHELD, outcomes.FROM_ELSEWHERE):
        return complete(rng, ability, in_grade_12=in_grade_12)
    if transcript == outcomes.SHORT:
        return short(rng, ability, lacks)
    if transcript == outcomes.TRADE:
        return trade(rng)
    if transcript == outcomes.FAILING:
        return failing(rng)
    if transcript == outcomes.FAILING_MOST:
        return failing_most(rng)
    if transcript in (outcomes.KNOWLEDGE, outcomes.KNOWLEDGE_SHORT):
        return knowledge(rng, is_short=transcript == outcomes.KNOWLEDGE_SHORT, lacks=lacks)
    if transcript == outcomes.KNOWLEDGE_FAILING:
        return knowledge_failing(rng)
    if transcript in (outcomes.MANY, outcomes.JUST_TOO_MANY):
        return passed(CORE[2][: 8 if transcript == outcomes.MANY else 7])
    if transcript in (outcomes.FEW, outcomes.FEW_AND_TESTS):
        few = passed(FEW_COURSES[: int(rng.random() * 6)])
        return few + tests(failed=0) if transcript == outcomes.FEW_AND_TESTS else few
    if transcript == outcomes.INDUSTRIAL:
        return industrial(rng)
    if transcript == outcomes.INDUSTRIAL_SHORT:
        return without(industrial(rng), INDUSTRIAL_COURSE[1])
    if transcript == outcomes.INDUSTRIAL_COMPLETE:
        return [*complete(rng, ability), (*INDUSTRIAL_COURSE, True)]
    plan = []
    if transcript in (
        outcomes.EQUIVALENCY,
        outcomes.EQUIVALENCY_SHORT,
        outcomes.TESTS_AND_EQUIVALENCY,
    ):
        is_short = transcript == outcomes.EQUIVALENCY_SHORT
        plan += equivalency(rng, age, is_short=is_short, lacks=lacks)
    else:
        plan += passed(CORE[1 + int(rng.random() * 2)][:5])
    if transcript == outcomes.TESTS_FAILED:
        failed = 1 if lacks or rng.random() < 0.6 else 2 + int(rng.random() * 3)
        first = int(rng.random() * len(GED_TESTS))
        plan += tests(failed=failed, first=TEST_REQUIREMENTS.index(lacks) if lacks else first)
    elif transcript == outcomes.TESTS_VOID:
        plan += tests(failed=len(GED_TESTS))
    elif transcript in (outcomes.TESTS, outcomes.TESTS_AND_EQUIVALENCY):
        plan += tests(failed=0)
        if rng.random() < 0.2:
            plan.append((GED_YEAR, "GEDSY", 0, True))
    return plan


def passed(courses) -> Plan:
    return [(when, code, credits, True) for when, code, credits in courses]


def credits_of(plan: Plan) -> int:
    return sum(credits for _, _, credits, is_passed in plan if is_passed)


def stream_for(ability: float) -> int:
    return 0 if ability >= 72 else 1 if ability >= 61 else 2


def basis(rng: Random, stream: int) -> Plan:
    """Core courses of a stream, career and life management, two sequences of electives."""
    plan = passed(CORE[stream])
    if stream == 0:
        first = int(rng.random() * 3)
        second = (first + 1 + int(rng.random() * 2)) % 3
        plan.append((11, SCIENCES[first][0], 5, True))
        plan.append((11, SCIENCES[second][0], 5, True))
        plan.append((12, SCIENCES[first][1], 5, True))
        if rng.random() < 0.5:
            plan.append((12, SCIENCES[second][1], 5, True))
    plan.append((*CALM, True))
    first = int(rng.random() * len(ELECTIVES))
    second = (first + 1 + int(rng.random() * (len(ELECTIVES) - 1))) % len(ELECTIVES)
    return plan + passed(ELECTIVES[first]) + passed(ELECTIVES[second])


def add_career_courses(rng: Random, plan: Plan, count: int, *, advanced: int = 2) -> None:
    """Add `count` one-credit courses, `advanced` of them in grade 12."""
    in_11 = min((count - advanced) * 2 // 5, 8)
    in_10 = count - advanced - in_11
    near, far = in_10 - in_10 // 2, in_10 // 2
    for when, courses, start, number in (
        (10, CAREER_10, int(rng.random() * len(CAREER_10)), near),
        (11, CAREER_20, int(rng.random() * len(CAREER_20)), in_11),
        (12, CAREER_30, int(rng.random() * len(CAREER_30)), advanced),
    ):
        size = len(courses)
        plan += [(when, courses[(start + step) % size], 1, True) for step in range(number)]
        if when == 10:  # students take courses of two strands
            start += size // 2
            plan += [(10, courses[(start + step) % size], 1, True) for step in range(far)]


def complete(rng: Random, ability: float, *, in_grade_12: bool = False) -> Plan:
    """All that the Alberta High School Diploma asks for, 25 to 40 marks, at least 100 credits."""
    stream = stream_for(ability)
    plan = basis(rng, stream)
    count = max(10 + int(rng.random() * 5), 100 - credits_of(plan) + int(rng.random() * 3))
    if in_grade_12:
        before = sum(when < 12 for when, _, _, _ in plan)
        count = max(count, FEWEST_MARKS - before + 2 + int(rng.random() * 3))
    count = min(count, MOST_MARKS - 1 - len(plan))
    add_career_courses(rng, plan, count)
    if rng.random() < 0.25:  # a failed course on top of what is needed
        plan.append((12, "MAT3211" if stream == 0 else "SCN3230", 0, False))
    return plan


def short(rng: Random, ability: float, lacks: str = "") -> Plan:
    """The diploma but for one requirement: `lacks`, or whichever it is."""
    return one_short(rng, SHORT_OF_DIPLOMA, complete(rng, ability), lacks)


def trade(rng: Random) -> Plan:
    """The diploma by way of the lowest stream and advanced career courses: all that the Certificate
    of High School Achievement asks for too, but for Knowledge and Employability."""
    plan = basis(rng, 2)
    add_career_courses(rng, plan, 13 + int(rng.random() * 3), advanced=5)
    return plan


def failing(rng: Random) -> Plan:
    """A student who fails much, the 30-level language arts among it."""
    plan = basis(rng, 1 + int(rng.random() * 2))
    add_career_courses(rng, plan, 10 + int(rng.random() * 4))
    return [
        fail(entry) if entry[1].startswith("ELA3") or rng.random() < 0.3 else entry
        for entry in plan
    ]


def failing_most(rng: Random) -> Plan:
    """A student who is far from the diploma: of grade 12 nothing is passed."""
    plan = basis(rng, 1 + int(rng.random() * 2))
    add_career_courses(rng, plan, 10 + int(rng.random() * 4))
    return [
        fail(entry) if entry[0] == 12 or entry[1].startswith(GIVEN_UP) else entry for entry in plan
    ]


def fail(entry: tuple[int, str, int, bool]) -> tuple[int, str, int, bool]:
    return (*entry[:3], False)


def knowledge_failing(rng: Random) -> Plan:
    """Far from that certificate: of the academic courses hardly one is passed."""
    return [
        fail(entry)
        if entry[0] == 12 or entry[1].startswith(("KAE2", "SCN", "SST", "FNA"))
        else entry
        for entry in knowledge(rng, is_short=False)
    ]


def knowledge(rng: Random, *, is_short: bool, lacks: str = "") -> Plan:
    """All that the Certificate of High School Achievement asks for, or all but one requirement."""
    plan = passed(KNOWLEDGE_COURSES)
    add_career_courses(rng, plan, 15 + int(rng.random() * 3), advanced=5)
    return one_short(rng, SHORT_OF_CERTIFICATE, plan, lacks) if is_short else plan


def equivalency(rng: Random, age: int, *, is_short: bool, lacks: str = "") -> Plan:
    """60 credits or more from high school, the rest from adult life.

    Source: Guide to Education: age gives 5 credits from 21, 10 from 25, 15 from 30.
    """
    by_age = 15 if age >= 30 else 10 if age >= 25 else 5
    adult = [("AEC9995", by_age), ("AEC9996", 5), ("AEC9997", 5)]
    lacks_credits = is_short and rng.random() < LACKS_CREDITS_SHARE
    if lacks:
        lacks_credits = lacks == LACKS_100_CREDITS
    if lacks_credits:
        count = 12
    else:
        adult.append(("AEC9994", 15))
        count = max(10, 20 - by_age) + int(rng.random() * 3)
    plan = passed(EQUIVALENCY_COURSES)
    add_career_courses(rng, plan, count)
    plan += [(AS_ADULT, code, credits, True) for code, credits in adult]
    if not is_short or lacks_credits:
        return plan
    return one_short(rng, SHORT_OF_EQUIVALENCY, plan, lacks)


def tests(*, failed: int, first: int = 0) -> Plan:
    """The five GED tests, `failed` of them from the `first` on not passed."""
    lost = {(first + step) % len(GED_TESTS) for step in range(failed)}
    return [(GED_YEAR, code, 0, n not in lost) for n, code in enumerate(GED_TESTS)]


def industrial(rng: Random) -> Plan:
    """The Integrated Occupational Program: about 80 credits, one of its own courses."""
    plan = [entry for entry in basis(rng, 2) if entry[0] < 12]
    plan.append((*INDUSTRIAL_COURSE, True))
    add_career_courses(rng, plan, FEWEST_MARKS - len(plan) + 1 + int(rng.random() * 4))
    return plan


def upgrading(rng: Random, already: set[str]) -> list[str]:
    """Two or three 30-level courses that a returning student takes (again)."""
    start = int(rng.random() * len(UPGRADING_COURSES))
    number = 2 + int(rng.random() * 2)
    ring = [UPGRADING_COURSES[(start + step) % len(UPGRADING_COURSES)] for step in range(8)]
    fresh = [code for code in ring if code not in already]
    return (fresh + [code for code in ring if code in already])[:number]


def mark_value(rng: Random, code: str, credits: int, ability: float, is_passed: bool) -> str:
    """The mark: 50 to 100 when passed, below 50 when not; letters for GED, P without a figure."""
    if code.startswith("GED"):
        return one_of(rng, "ABBC") if is_passed else "F"
    if not is_passed:
        return str(20 + int(rng.random() * 30))
    if credits == 1 and rng.random() < 0.04:
        return "P"
    if code.startswith(("AEC", "OTH", "UCR")):
        return "P"
    value = round(ability + (rng.random() + rng.random() - 1) * 22)
    return str(min(max(value, 50), 100))
