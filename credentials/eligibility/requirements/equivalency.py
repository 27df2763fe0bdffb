"""Requirements of the High School Equivalency Diploma, Alternative 1: credits and a request."""

from credentials.eligibility.assessed import AssessedStudent
from credentials.eligibility.outcomes import (
    ACHIEVED,
    Outcome,
    message_of_texts,
    outcome,
)
from credentials.eligibility.requirements.courses import additional_30_level, credits_in
from credentials.eligibility.requirements.registry import (
    CODE_VALUES,
    GUIDE,
    INFERRED,
    KNOWLEDGE_BASE,
    requirement,
)
from enrolments.facts import age_on
from pasi.calendar import first_day

DIPLOMAS = ("AHSD", "ADEX", "ADVD", "GHSD")
EQUIVALENCY = "HSED"


@requirement(
    "EquivalencyCandidate-X81585",
    source=f"age: {KNOWLEDGE_BASE} (rule 43018); no diploma: {GUIDE} and inferred; code ours",
    certainty=INFERRED,
)
def equivalency_candidate(student: AssessedStudent) -> Outcome:
    """19 or older on 1 September of the current school year, and without a high-school diploma,
    unless the equivalency diploma itself is awarded (inferred). The age is a limit in the data:
    the Guide to Education says 18.
    """
    start = first_day(student.school_year)
    age = age_on(student.facts.birth_date, start)
    needed = student.definitions.limits.equivalency_age
    if age < needed:
        return outcome(False, "NotOfAge", RequiredAge=needed, Year=start.year)
    held = next((diploma for diploma in DIPLOMAS if diploma in student.awarded), None)
    if held and EQUIVALENCY not in student.awarded:
        name = student.definitions.credentials[held].name
        return outcome(False, "DiplomaHeld", CredentialName=name)
    return outcome(True, "OfAge", Age=age, Year=start.year)


@requirement("StudentRequested-81700", source=KNOWLEDGE_BASE)
def student_requested(student: AssessedStudent) -> Outcome:
    """Set by hand. Not achieved until then, so the set is never to be assessed (inferred)."""
    said = student.manual("StudentRequested-81700")
    if said is None or said.achievement != ACHIEVED:
        return outcome(False, "NotRequested")
    name = said.organization_name or said.organization_code
    message = message_of_texts("Requested", OrganizationName=name, OrgCode=said.organization_code)
    return Outcome(ACHIEVED, message)


@requirement("English-81720", source=f"{CODE_VALUES}; criterion: {GUIDE}")
def language_arts_30(student: AssessedStudent) -> Outcome:
    """5 credits in 30-level language arts, English or French."""
    return credits_in(student, "LANGUAGE_HSED", 5)


@requirement("5CreditsAdditional-81720", source=KNOWLEDGE_BASE)
def five_credits_beside_language_arts(student: AssessedStudent) -> Outcome:
    """5 credits in 30-level courses other than language arts and adult education."""
    return additional_30_level(student, 5, ("LANGUAGE_HSED", "ELA30X", "MATURE"))


@requirement("MathematicsHS-X81705", source=f"{GUIDE}; code ours")
def mathematics(student: AssessedStudent) -> Outcome:
    """5 credits in any high-school mathematics."""
    return credits_in(student, "MATH_ANY", 5)


@requirement("ScienceHS-X81710", source=f"{GUIDE}; code ours")
def science(student: AssessedStudent) -> Outcome:
    """3 credits in any high-school science."""
    return credits_in(student, "SCI_ANY", 3)
