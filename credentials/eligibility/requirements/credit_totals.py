"""Requirements on the total of credits. What is over a limit does not count; of a group with the
limit 0 nothing does. The limits stand in data/credit_caps.csv.
"""

from credentials.eligibility.assessed import AssessedStudent
from credentials.eligibility.outcomes import (
    ACHIEVED,
    NOT_ACHIEVED,
    LeftOut,
    Message,
    Outcome,
)
from credentials.eligibility.requirements.registry import (
    CODE_VALUES,
    GUIDE,
    INFERRED,
    KNOWLEDGE_BASE,
    requirement,
)

# Group with a limit -> the value of a message that says how many of its credits do not count.
VALUES = {"SECONDLANG": "lang_x", "WORKEXP": "we_x", "EXTERNAL": "ext_x", "MATURE": "adult"}
OWN_LIMIT_OF_MATURE_CREDITS = "mature_x"


@requirement("100Credits-81105", source=KNOWLEDGE_BASE)
def hundred_credits_2010_2018(student: AssessedStudent) -> Outcome:
    """100 credits. Second languages count up to 25, work experience up to 15, adult education not
    at all.
    """
    return _at_least(student, "100Credits-81105", 100)


@requirement("100Credits-81190", source=f"{KNOWLEDGE_BASE}; external learning: {GUIDE}")
def hundred_credits_2018(student: AssessedStudent) -> Outcome:
    """100 credits. Work experience counts up to 15, external learning up to 5, adult education not
    at all; second languages all.
    """
    return _at_least(student, "100Credits-81190", 100)


@requirement("100Credits-81653", source=f"{KNOWLEDGE_BASE}; of AHSD before 2010: inferred")
def hundred_credits_prior(student: AssessedStudent) -> Outcome:
    """100 credits without adult education."""
    return _at_least(student, "100Credits-81653", 100)


@requirement(
    "100Credits-81595", source=f"{CODE_VALUES}; limits: {GUIDE}; set: inferred", certainty=INFERRED
)
def hundred_credits_equivalency(student: AssessedStudent) -> Outcome:
    """100 credits, those of mature students included, each kind up to its own limit. That it
    belongs to the equivalency diploma is inferred: its number is next to others of it.
    """
    return _at_least(student, "100Credits-81595", 100)


@requirement(
    "80Credits-81460",
    source=f"{CODE_VALUES}; {GUIDE}; adult education: inferred",
    certainty=INFERRED,
)
def eighty_credits(student: AssessedStudent) -> Outcome:
    """80 credits. Work experience counts up to 15, external learning up to 5, adult education not
    at all. Inferred: the last, because adult credits serve only the equivalency diploma.
    """
    return _at_least(student, "80Credits-81460", 80)


@requirement("60HighSchoolCredits-81590", source=KNOWLEDGE_BASE)
def sixty_high_school_credits(student: AssessedStudent) -> Outcome:
    """60 credits without adult education."""
    found = _at_least(student, "60HighSchoolCredits-81590", 60)
    return found._replace(message=Message("HighSchoolCredits", {"high_school": found.credits}))


@requirement("AchievedLessThan35Credits-81320", source=KNOWLEDGE_BASE)
def less_than_35_credits(student: AssessedStudent) -> Outcome:
    """Nominated, and fewer than 35 credits without adult education. Exactly 35 is covered by
    neither sentence of the source; not less, so not achieved (inferred).
    """
    if student.nomination is None:
        return Outcome(NOT_ACHIEVED, Message("Nominate"))
    most = student.definitions.limits.completion_credits_below
    found = _at_least(student, "AchievedLessThan35Credits-81320", most)
    return found._replace(achievement=NOT_ACHIEVED if found.is_achieved else ACHIEVED)


def _at_least(student: AssessedStudent, requirement: str, needed: int) -> Outcome:
    left_out, over = _over_limits(student, requirement)
    total = student.total
    if not left_out:
        message = Message("Credits", {"total": total})
        achievement = ACHIEVED if total >= needed else NOT_ACHIEVED
        return Outcome(achievement, message, total, student.counted)
    accepted = total - sum(over.values())
    wholly_out = {each.mark.course for each in left_out if each.credits == each.mark.credits}
    return Outcome(
        ACHIEVED if accepted >= needed else NOT_ACHIEVED,
        Message("CreditsOverLimits", {"accepted": accepted, "total": total, **over}),
        accepted,
        [mark for mark in student.counted if mark.course not in wholly_out],
        left_out,
    )


def _over_limits(
    student: AssessedStudent, requirement: str
) -> tuple[list[LeftOut], dict[str, int]]:
    """What does not count, and how much of it by message value. The oldest marks of a group count
    first (inferred). A mark in two groups with limits falls under the first.
    """
    left_out: list[LeftOut] = []
    over: dict[str, int] = {}
    seen: set[str] = set()
    for cap in student.caps(requirement):
        room = cap.most_credits
        for mark in student.marks(cap.group):
            if mark.course in seen:
                continue
            seen.add(mark.course)
            too_many = mark.credits - min(mark.credits, room)
            room -= mark.credits - too_many
            if too_many:
                left_out.append(LeftOut(mark, too_many, _reason(student, cap)))
                value = VALUES.get(cap.group, OWN_LIMIT_OF_MATURE_CREDITS)
                over[value] = over.get(value, 0) + too_many
    return left_out, over


def _reason(student: AssessedStudent, cap) -> Message:
    name = student.definitions.group_names[cap.group]
    if cap.most_credits == 0:
        return Message("NeverCounts", {"group": name})
    return Message("OverLimit", {"most": cap.most_credits, "group": name})
