"""Requirements of the Certificate of High School Achievement (Knowledge and Employability)."""

from credentials.eligibility.assessed import AssessedStudent
from credentials.eligibility.outcomes import Outcome, outcome
from credentials.eligibility.requirements.courses import credits_in
from credentials.eligibility.requirements.registry import GUIDE, INFERRED, requirement
from pasi.calendar import school_year_text


@requirement(
    "KEParticipation-X81450",
    source=f"{GUIDE}; that it is a trigger, code 710 and its years: inferred; code ours",
    certainty=INFERRED,
)
def knowledge_participation(student: AssessedStudent) -> Outcome:
    """Credit in an academic Knowledge and Employability course, ever, or an enrolment with grants
    program code 710 in this school year or the one before (inferred; the source says 12 months
    before the award). The message names the latest year.
    """
    codes = student.definitions.limits.knowledge_grants_program_codes
    recent = (student.school_year - 1, student.school_year)
    years = [mark.school_year for mark in student.marks("KE_ACADEMIC")]
    years += [
        enrolment.school_year
        for enrolment in student.facts.school_enrolments
        if enrolment.school_year in recent and not codes.isdisjoint(enrolment.grants_program_codes)
    ]
    if not years:
        return outcome(False, "NoKnowledgeActivity")
    return outcome(True, "KnowledgeActivity", school_year=school_year_text(max(years)))


@requirement("EnglishKE-X81465", source=f"{GUIDE}; code ours")
def english_knowledge(student: AssessedStudent) -> Outcome:
    """5 credits in English Language Arts 20-2 or 30-4, or Français 20-2 or 30-4. A higher course
    does not stand in for them (inferred).
    """
    return credits_in(student, "ENGLISH_KE", 5)


@requirement("MathematicsKE-X81466", source=f"{GUIDE}; code ours")
def mathematics_knowledge(student: AssessedStudent) -> Outcome:
    """5 credits in Mathematics 10-3 or 20-4."""
    return credits_in(student, "MATHEMATICS_KE", 5)


@requirement("ScienceKE-X81467", source=f"{GUIDE}; code ours")
def science_knowledge(student: AssessedStudent) -> Outcome:
    """5 credits in Science 14 or 20-4."""
    return credits_in(student, "SCIENCE_KE", 5)


@requirement("SocialKE-X81468", source=f"{GUIDE}; code ours")
def social_studies_knowledge(student: AssessedStudent) -> Outcome:
    """5 credits in Social Studies 10-2 or 20-4."""
    return credits_in(student, "SOCIAL_KE", 5)


@requirement(
    "Occupational-X81470", source=f"{GUIDE}; the alternative in each half: inferred; code ours"
)
def occupational(student: AssessedStudent) -> Outcome:
    """5 credits in 30-level occupational courses or advanced Career and Technology Studies, or 5 in
    30-level registered apprenticeship.
    """
    return _or_apprenticeship(student, "OCCUPATIONAL30")


@requirement(
    "Workplace-X81475", source=f"{GUIDE}; the alternative in each half: inferred; code ours"
)
def workplace(student: AssessedStudent) -> Outcome:
    """5 credits in the workplace practicum, 30-level work experience, Green Certificate or Special
    Projects 30, or 5 in 30-level registered apprenticeship.
    """
    return _or_apprenticeship(student, "WORKPLACE30")


def _or_apprenticeship(student: AssessedStudent, group: str) -> Outcome:
    """The alternative is taken whole: 3 credits of each do not make 5. Shown is what is nearer."""
    found = credits_in(student, group, 5)
    if found.is_achieved:
        return found
    apprenticeship = credits_in(student, "RAP30", 5)
    return apprenticeship if apprenticeship.credits > found.credits else found
