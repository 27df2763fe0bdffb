"""Requirements of the High School Equivalency Diploma, Alternative 2: five tests (GED).

Tests carry no credits: an available mark with one of the passing letters counts. The converted year
of old tests satisfies none of them (inferred). A group can hold the codes of several tests.
"""

from credentials.eligibility.assessed import AssessedStudent
from credentials.eligibility.outcomes import (
    ACHIEVED,
    NOT_ACHIEVED,
    Message,
    Outcome,
    outcome,
)
from credentials.eligibility.requirements.registry import (
    INFERRED,
    KNOWLEDGE_BASE,
    requirement,
)
from pasi.calendar import school_year_text

SOURCE = f"courses: {KNOWLEDGE_BASE}; letters: SubmitCredentialAwardingMultiple; code ours"


@requirement("GEDActivity-X81730", source="inferred; code ours", certainty=INFERRED)
def has_test_result(student: AssessedStudent) -> Outcome:
    """An available mark in one of the five tests, whatever it is (inferred)."""
    if not student.tests:
        return outcome(False, "NoTestTaken")
    latest = max(mark.school_year for mark in student.tests)
    return outcome(True, "TestTaken", school_year=school_year_text(latest))


@requirement("GEDWriting-X81735", source=SOURCE)
def writing_test(student: AssessedStudent) -> Outcome:
    """Writing passed."""
    return _passed(student, "GED_WRITING")


@requirement("GEDSocial-X81740", source=SOURCE)
def social_studies_test(student: AssessedStudent) -> Outcome:
    """Social studies passed."""
    return _passed(student, "GED_SOCIAL")


@requirement("GEDScience-X81745", source=SOURCE)
def science_test(student: AssessedStudent) -> Outcome:
    """Science passed."""
    return _passed(student, "GED_SCIENCE")


@requirement("GEDReading-X81750", source=SOURCE)
def reading_test(student: AssessedStudent) -> Outcome:
    """Reading passed."""
    return _passed(student, "GED_READING")


@requirement("GEDMathematics-X81755", source=SOURCE)
def mathematics_test(student: AssessedStudent) -> Outcome:
    """Mathematics passed."""
    return _passed(student, "GED_MATHEMATICS")


def _passed(student: AssessedStudent, group: str) -> Outcome:
    letters = student.definitions.limits.passing_test_marks
    passed = sorted(
        (mark for mark in student.tests if mark.value in letters and student.is_in(mark, group)),
        key=lambda mark: (mark.value, mark),
    )
    if not passed:
        return Outcome(NOT_ACHIEVED, Message("TestNotPassed"))
    return Outcome(ACHIEVED, Message("TestPassed", {"mark": passed[0].value}), 0, passed[:1])
