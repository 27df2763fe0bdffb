"""Cases of the Certificate of High School Achievement."""

from credentials.eligibility.courses import MasterCourse
from credentials.eligibility.definition_files import tables
from credentials.eligibility.definitions import define
from credentials.eligibility.requirements import knowledge as rules
from tests.eligibility.cases import achieved, enough, missed, too_few
from tests.eligibility.diploma_cases import subject
from tests.eligibility.students import assessed, earned, enrolment, numbered

MASTER = define(
    tables(),
    [
        MasterCourse("OCC3000", 30, "Knowledge and Employability", ("KE_OCC30",)),
        MasterCourse("OCC2000", 20, "Knowledge and Employability", ("KE",)),
        MasterCourse("LDC3000", 30, "", ("LDC_OCC30",)),
        MasterCourse("PSI3000", 30, "", ("PSI",)),
        MasterCourse("PSI2000", 20, "", ("PSI",)),
        MasterCourse("WPP3000", 30, "", ("PRACTICUM30",)),
        MasterCourse("GRN3000", 30, "", ("GREEN",)),
    ],
)


def participates(name, text, marks=(), **values):
    return achieved(
        rules.knowledge_participation,
        name,
        assessed(marks, **values),
        "KnowledgeActivity",
        school_year=text,
    )


def does_not(name, marks=(), **values):
    return missed(
        rules.knowledge_participation, name, assessed(marks, **values), "NoKnowledgeActivity"
    )


PARTICIPATION_CASES = [
    participates("a course, ever", "2014/2015", earned("KAE1780 5", 2015)),
    participates(
        "the latest year", "2022/2023", earned("KAE1780 5", 2022) + earned("KAE1781 5", 2023)
    ),
    participates(
        "code 710 this year",
        "2023/2024",
        school_enrolments=[enrolment(2024, grants=["600", "710"])],
    ),
    participates(
        "code 710 in the year before",
        "2022/2023",
        school_enrolments=[enrolment(2023, grants=["710"])],
    ),
    does_not("code 710 two years ago", school_enrolments=[enrolment(2022, grants=["710"])]),
    does_not("code 710 next year", school_enrolments=[enrolment(2025, grants=["710"])]),
    does_not("another code", school_enrolments=[enrolment(2024, grants=["600"])]),
    does_not("a failed course", earned("KAE1780 0")),
    does_not("an occupational course", earned("KAE3999 5")),
    does_not("nothing"),
]


def halves(requirement, courses, others):
    """Each course alone is enough; registered apprenticeship is, too."""
    for course in courses:
        student = assessed(earned(f"{course} 5"), definitions=MASTER)
        yield enough(requirement, course, student, 5)
    for course in others:
        student = assessed(earned(f"{course} 5"), definitions=MASTER)
        yield too_few(requirement, f"{course} does not count", student, 0)
    yield enough(requirement, "registered apprenticeship", assessed(earned("RAP3900 5")), 5)
    yield too_few(requirement, "of level 10", assessed(earned("RAP1900 5")), 0)
    yield too_few(
        requirement,
        "neither is whole",
        assessed(earned(f"{courses[0]} 3 RAP3900 4"), definitions=MASTER),
        4,
    )
    yield too_few(
        requirement,
        "4 credits",
        assessed(earned(f"{courses[0]} 4 RAP3900 1"), definitions=MASTER),
        4,
    )


KNOWLEDGE_CASES = [
    *PARTICIPATION_CASES,
    *subject(rules.english_knowledge, ["ELA2104", "KAE3780"], ["ELA3105", "ELA2105", "KAE2780"]),
    *subject(
        rules.mathematics_knowledge, ["MAT1793", "KAE2782"], ["MAT1791", "KAE1782", "KAE2781"]
    ),
    *subject(rules.science_knowledge, ["SCN1288", "KAE2783"], ["SCN1270", "SCN2288", "KAE1783"]),
    *subject(rules.social_studies_knowledge, ["SST1772", "KAE2781"], ["SST1771", "KAE2782"]),
    enough(rules.occupational, "advanced CTS", assessed(numbered("COM", 3001, 3005, 1)), 5),
    *halves(
        rules.occupational,
        ["OCC3000", "LDC3000", "PSI3000", "COM3001"],
        ["OCC2000", "PSI2000", "COM2001", "OTH3998"],
    ),
    *halves(
        rules.workplace,
        ["WPP3000", "GRN3000", "OTH3998", "OTH3999"],
        ["OTH2998", "OTH1999", "COM3001"],
    ),
]
