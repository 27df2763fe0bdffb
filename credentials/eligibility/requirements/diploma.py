"""Requirements of the Alberta High School Diploma; two of them are also in other sets."""

from credentials.eligibility.assessed import AssessedStudent, credits_of
from credentials.eligibility.facts import Mark
from credentials.eligibility.outcomes import (
    ACHIEVED,
    NOT_ACHIEVED,
    LeftOut,
    Message,
    Outcome,
    outcome,
)
from credentials.eligibility.requirements.courses import (
    additional_30_level,
    credits_in,
    enough,
)
from credentials.eligibility.requirements.registry import (
    CODE_VALUES,
    GUIDE,
    INFERRED,
    KNOWLEDGE_BASE,
    requirement,
)
from pasi.calendar import school_year_text

NEVER_ADDITIONAL = ("ELA30X", "SS30X", "MATURE")
# Specialized evaluation of a course in Career and Technology Studies.
SPECIALIZED = "SPE"


# --- Activity -----------------------------------------------------------------------------------


@requirement(
    "AcademicActivity2010-2018-81480",
    source=f"{CODE_VALUES}; what activity is, and that the years are those in which a school year "
    "starts: inferred",
    certainty=INFERRED,
)
def academic_activity_2010_2018(student: AssessedStudent) -> Outcome:
    """Academic activity in a school year that starts in 2010 to 2018 (inferred from the
    sister requirement, whose limit is the start of a year). The message names the earliest.
    """
    limits = student.definitions.limits
    years = student.activity(
        limits.activity_2010_2018_first_year, limits.activity_2010_2018_last_year
    )
    return activity(years[0] if years else None)


@requirement(
    "AcademicActivityPost2018-81485",
    source=f"{CODE_VALUES}; what activity is: inferred",
    certainty=INFERRED,
)
def academic_activity_post_2018(student: AssessedStudent) -> Outcome:
    """Academic activity (inferred: what that is) in 2018/2019 or later. The message names the
    latest year.
    """
    years = student.activity(student.definitions.limits.activity_post_2018_first_year)
    return activity(years[-1] if years else None)


def activity(school_year: int | None) -> Outcome:
    if school_year is None:
        return outcome(False, "NoActivity")
    return outcome(True, "Activity", school_year=school_year_text(school_year))


# --- Subjects -----------------------------------------------------------------------------------


@requirement("ELA30-X81120", source=f"{GUIDE}; code ours")
def english_30(student: AssessedStudent) -> Outcome:
    """5 credits in English Language Arts 30-1 or 30-2."""
    return credits_in(student, "ELA30", 5)


@requirement("SocialStudies30-X81125", source=f"{GUIDE}; code ours")
def social_studies_30(student: AssessedStudent) -> Outcome:
    """5 credits in Social Studies 30-1 or 30-2."""
    return credits_in(student, "SS30", 5)


@requirement("Mathematics20-X81130", source=f"{GUIDE}; code ours")
def mathematics_20(student: AssessedStudent) -> Outcome:
    """5 credits in 20-level mathematics."""
    return credits_in(student, "MATH20", 5)


@requirement("Science20-X81135", source=f"{GUIDE}; code ours")
def science_20(student: AssessedStudent) -> Outcome:
    """5 credits in a 20-level science, or 5 in Science 14 and 5 in Science 10."""
    found = credits_in(student, "SCI20", 5)
    science_14, science_10 = student.marks("SCI14"), student.marks("SCI10")
    if found.is_achieved or not science_14:
        return found
    if student.credits("SCI14") >= 5 and student.credits("SCI10") >= 5:
        return enough([*science_14, *science_10], 10)
    reason = Message("OnlyTogether", {"group": student.definitions.group_names["SCI10"]})
    alone = [LeftOut(mark, mark.credits, reason) for mark in science_14]
    return found._replace(left_out=[*found.left_out, *alone])


@requirement(
    "PhysicalEducation10-X81140",
    source=f"{GUIDE}; mature status: {KNOWLEDGE_BASE} for CALM; code ours",
)
def physical_education_10(student: AssessedStudent) -> Outcome:
    """3 credits in Physical Education 10, or mature status with new course work."""
    return _or_mature(student, "PE10", 3)


@requirement("CALM-81160", source=KNOWLEDGE_BASE)
def career_and_life_management(student: AssessedStudent) -> Outcome:
    """Any credit in Career and Life Management, or mature status with new course work."""
    return _or_mature(student, "CALM", 1)


def _or_mature(student: AssessedStudent, group: str, needed: int) -> Outcome:
    """With credit, the message on credit wins."""
    found = credits_in(student, group, needed)
    if found.is_achieved or not student.has_mature_privileges:
        return found
    message = found.message if found.credits else Message("MatureStatus")
    return found._replace(achievement=ACHIEVED, message=message)


# --- Additional credit --------------------------------------------------------------------------


@requirement("10CreditsAdditional-81115", source=f"{CODE_VALUES}; criterion: {GUIDE}")
def ten_additional_credits(student: AssessedStudent) -> Outcome:
    """10 credits in Career and Technology Studies, fine arts, second languages, Physical Education
    20 and 30, Knowledge and Employability, registered apprenticeship, locally developed courses of
    these fields, dual credit.
    """
    return credits_in(student, "COMBO", 10)


@requirement("10CreditsAdditional-81110", source=f"{CODE_VALUES}; exclusions: {GUIDE}")
def ten_additional_credits_30_level(student: AssessedStudent) -> Outcome:
    """10 credits in 30-level courses other than language arts, social studies and adult
    education; that of another sequence does not count either.
    """
    return additional_30_level(student, 10, NEVER_ADDITIONAL)


@requirement(
    "5CreditsAdditional-81170", source=f"{CODE_VALUES}; its role: inferred", certainty=INFERRED
)
def five_additional_credits_30_level(student: AssessedStudent) -> Outcome:
    """As 81110 with 5 credits, also without Français 30. In no set: who meets the francophone
    chart also meets 81110 (inferred).
    """
    return additional_30_level(student, 5, (*NEVER_ADDITIONAL, "FRANCAIS30"))


# --- Schooling in Alberta -----------------------------------------------------------------------


@requirement(
    "HasAlbertaSchoolMark-X81165",
    source=f"{KNOWLEDGE_BASE}; how its two sentences on evaluated marks go together: inferred; "
    "number ours",
)
def has_alberta_school_mark(student: AssessedStudent) -> Outcome:
    """More than 4 credits in 30-level courses from a school in Alberta. Evaluated marks count only
    after a course challenge, from junior high, or as specialized evaluation of a course in Career
    and Technology Studies. Adult education and Physical Education 30 do not count.
    """
    marks, left_out = [], []
    for mark in student.level_30:
        reason = _why_not_alberta(student, mark)
        if reason is None:
            marks.append(mark)
        else:
            left_out.append(LeftOut(mark, mark.credits, reason))
    credits = credits_of(marks)
    if credits > 4:
        message = Message("AlbertaCredits", {"credits": credits})
        return Outcome(ACHIEVED, message, credits, marks, left_out)
    return Outcome(NOT_ACHIEVED, Message("TooFewAlbertaCredits"), credits, marks, left_out)


def _why_not_alberta(student: AssessedStudent, mark: Mark) -> Message | None:
    if student.is_in(mark, "NO_SCHOOL_MARK"):
        return Message("NotSchoolWork")
    method = mark.evaluation_method
    if (
        not method
        or method in student.definitions.limits.alberta_evaluation_methods
        or (method == SPECIALIZED and student.is_in(mark, "CTS"))
    ):
        return None
    return Message("NotAlberta", {"method": method})
