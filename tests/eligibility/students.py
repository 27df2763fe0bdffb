"""Students of the test vectors, made without a database."""

import datetime
from collections.abc import Iterable

from credentials.eligibility.assessed import AssessedStudent
from credentials.eligibility.classify import Calculator, SetAssessment
from credentials.eligibility.definition_files import definitions
from credentials.eligibility.facts import (
    Award,
    CourseEnrolment,
    ExamMark,
    Exemption,
    ManualAchievement,
    Mark,
    SchoolEnrolment,
    StoredStatus,
    StudentFacts,
)

DEFINITIONS = definitions()
CALCULATOR = Calculator(DEFINITIONS)

YEAR = 2024  # 2023/2024
BORN = datetime.date(2006, 5, 1)
TODAY = datetime.date(2024, 8, 1)
SCHOOL = "S.7001"
SCHOOL_NAME = "River School"
STARTED = datetime.date(2023, 9, 5)
NOMINATED_AT = datetime.datetime(2024, 4, 10, 18, tzinfo=datetime.UTC)

NOMINATED = "StudentIsNominated-81350"
REQUESTED = "StudentRequested-81700"


def earned(text: str, year: int = YEAR, **values) -> list[Mark]:
    """Marks from "ELA1105 5 SST1771 5": course, credits."""
    words = text.split()
    return [
        Mark(course, int(credits), year, **{"value": "70", **values})
        for course, credits in zip(words[::2], words[1::2], strict=True)
    ]


def numbered(prefix: str, first: int, last: int, credits: int, year: int = YEAR) -> list[Mark]:
    """COM1001 to COM1014."""
    return [Mark(f"{prefix}{n}", credits, year, "70") for n in range(first, last + 1)]


def without(marks: Iterable[Mark], courses: str) -> list[Mark]:
    """Without the courses whose codes begin with one of these words."""
    return [mark for mark in marks if not mark.course.startswith(tuple(courses.split()))]


def changed(marks: Iterable[Mark], courses: str = "", **values) -> list[Mark]:
    """Other values of the marks in these courses, or in all."""
    return [
        mark._replace(**values) if mark.course.startswith(tuple(courses.split()) or "") else mark
        for mark in marks
    ]


def credits(marks: Iterable[Mark]) -> int:
    return sum(mark.credits for mark in marks)


# The bases of the vectors; their credits are asserted in test_vectors.py.
_CORE = earned(
    "ELA1105 5 ELA2105 5 ELA3105 5 SST1771 5 SST2771 5 SST3771 5 MAT1791 5 MAT2791 5 MAT3791 5 "
    "SCN1270 5 SCN2231 5 SCN3230 5 PED1445 3 PED0770 3"
)
_LANGUAGES = earned("FSL1095 5 FSL2095 5 FSL3095 5 FSL1096 5 FSL2096 5 FSL3096 5")
B = [
    *_CORE,
    *numbered("COM", 1001, 1014, 1),
    *earned("FNA1425 5 FNA2425 5 LDC2500 5 LDC2501 5"),
]
C = [*_CORE, *numbered("COM", 1001, 1004, 1)]
L = [*C, *_LANGUAGES]
K = [
    *earned("KAE1780 5 KAE2780 5 KAE3780 5 KAE1781 5 KAE2781 5 KAE1782 5 KAE2782 5 KAE1783 5"),
    *earned("KAE2783 5 PED1445 5 PED0770 3"),
    *numbered("COM", 3001, 3006, 1),
    *earned("FNA1425 5 FNA2425 5"),
]
H = [
    *earned("ELA1105 5 ELA2105 5 ELA3104 5 SST1771 5 SST2771 5 MAT1793 5 MAT2793 5", 2010),
    *earned("SCN1270 5 SCN2288 5 PED1445 5 OTH3999 5", 2010),
    *numbered("COM", 1001, 1010, 1, 2010),
]


def student(marks: Iterable[Mark] = (), **values) -> StudentFacts:
    return StudentFacts(**{"birth_date": BORN, "marks": list(marks), **values})


def assessed(
    marks: Iterable[Mark] = (), *, as_of=TODAY, achieved=(), definitions=DEFINITIONS, **values
) -> AssessedStudent:
    """What a requirement judges."""
    made = AssessedStudent(student(marks, **values), definitions, as_of)
    made.achieved.update(achieved)
    return made


def assess(
    marks: Iterable[Mark] = (), *, as_of=TODAY, calculator=CALCULATOR, **values
) -> dict[str, SetAssessment]:
    """Requirement set -> where the student stands."""
    found = calculator.assess(student(marks, **values), as_of)
    return {each.requirement_set.code: each for each in found}


def standing(found: dict[str, SetAssessment]) -> dict[str, tuple[str, int]]:
    """Requirement set -> status and percentage."""
    return {code: (each.status, each.percentage) for code, each in found.items()}


def unmet(assessment: SetAssessment) -> list[str]:
    return [result.requirement for result in assessment.results if not result.is_met]


def rows(*sets: str, status: str = "NotAchieved") -> dict[str, StoredStatus]:
    return {code: StoredStatus(status) for code in sets}


# --- Records other than marks -------------------------------------------------------------------


def said(requirement: str, achievement="Achieved", by=SCHOOL, at=NOMINATED_AT, name=SCHOOL_NAME):
    return ManualAchievement(requirement, achievement, at, by, name)


def nominated(**values) -> list[ManualAchievement]:
    return [said(NOMINATED, **values)]


def enrolment(year=YEAR, school=SCHOOL, start=STARTED, codes=("43",), grants=()) -> SchoolEnrolment:
    return SchoolEnrolment(school, year, start, tuple(codes), tuple(grants))


def course_enrolment(course="ELA3105", year=YEAR, status="Active", *, approved=False):
    return CourseEnrolment(course, year, status, approved)


def exam(course="ELA3105", year=YEAR, status="RegularExamMark") -> ExamMark:
    return ExamMark(course, year, status)


def exempted(requirement: str, status="Approved", reason="SpecialCase") -> list[Exemption]:
    return [Exemption(requirement, status, reason)]


def award(credential: str, day=datetime.date(2012, 7, 1)) -> Award:
    return Award(credential, day)
