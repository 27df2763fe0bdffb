"""Cases of the Alberta High School Diploma."""

import datetime
from dataclasses import replace

from credentials.eligibility.courses import CourseMapping, MasterCourse
from credentials.eligibility.definition_files import tables
from credentials.eligibility.definitions import define
from credentials.eligibility.requirements import diploma as rules
from tests.eligibility.cases import achieved, enough, missed, too_few
from tests.eligibility.students import (
    assessed,
    course_enrolment,
    earned,
    exam,
    numbered,
)

# --- Activity -----------------------------------------------------------------------------------


def in_year(year, **values):
    return assessed(earned("LDC2500 5", year, **values))


def windows(requirement, inside, outside):
    """(year, its text) in the window; years outside it."""
    for year, text in inside:
        yield achieved(requirement, f"mark in {year}", in_year(year), "Activity", school_year=text)
    for year in outside:
        yield missed(requirement, f"mark in {year}", in_year(year), "NoActivity")
    year, text = inside[0]
    yield achieved(
        requirement,
        "a failed mark is activity",
        assessed(earned("ELA3105 0", year)),
        "Activity",
        school_year=text,
    )
    yield missed(
        requirement,
        "an unavailable mark is not",
        in_year(year, is_available=False),
        "NoActivity",
    )
    yield achieved(
        requirement,
        "a course enrolment is",
        assessed(course_enrolments=[course_enrolment(year=year)]),
        "Activity",
        school_year=text,
    )
    yield missed(
        requirement,
        "tests, their year and adult credits are not",
        assessed(
            [*earned("GED9981 0 GEDSY 0", year, value="A"), *earned("AEC9995 15 UCR9998 5", year)],
            course_enrolments=[course_enrolment("AEC9994", year)],
        ),
        "NoActivity",
    )
    yield missed(requirement, "nothing", assessed(), "NoActivity")


ACTIVITY_CASES = [
    *windows(
        rules.academic_activity_2010_2018,
        [(2011, "2010/2011"), (2019, "2018/2019")],
        [2010, 2020],
    ),
    achieved(
        rules.academic_activity_2010_2018,
        "the earliest year is named",
        assessed([*earned("ELA1105 5", 2014), *earned("ELA2105 5", 2013), *earned("A 5", 2009)]),
        "Activity",
        school_year="2012/2013",
    ),
    *windows(rules.academic_activity_post_2018, [(2019, "2018/2019"), (2030, "2029/2030")], [2018]),
    achieved(
        rules.academic_activity_post_2018,
        "the latest year is named",
        assessed([*earned("ELA1105 5", 2022), *earned("ELA2105 5", 2023)]),
        "Activity",
        school_year="2022/2023",
    ),
]

# --- Subjects -----------------------------------------------------------------------------------


def subject(requirement, courses, others, needed=5):
    """Courses each of which is enough; others that do not count."""
    for course in courses:
        yield enough(requirement, course, assessed(earned(f"{course} {needed}")), needed)
        yield too_few(
            requirement,
            f"{course} with too few credits",
            assessed(earned(f"{course} {needed - 1}")),
            needed - 1,
        )
    for course in others:
        yield too_few(requirement, f"{course} does not count", assessed(earned(f"{course} 5")), 0)
    yield too_few(requirement, "failed", assessed(earned(f"{courses[0]} 0")), 0)
    yield too_few(
        requirement,
        "unavailable",
        assessed(earned(f"{courses[0]} {needed}", is_available=False)),
        0,
    )
    if len(courses) > 1:
        yield enough(
            requirement,
            "credits of two courses add up",
            assessed(earned(f"{courses[0]} {needed - 1} {courses[1]} 1")),
            needed,
        )


SUBJECT_CASES = [
    *subject(
        rules.english_30, ["ELA3105", "ELA3104"], ["ELA2105", "KAE3780", "IOP3119", "ELA3001"]
    ),
    *subject(rules.social_studies_30, ["SST3771", "SST3772"], ["SST2771", "SST3999"]),
    enough(
        rules.social_studies_30,
        "Social Studies 30 of its time",
        assessed(earned("SST3150 5", 2009)),
        5,
    ),
    too_few(rules.social_studies_30, "and after it", assessed(earned("SST3150 5", 2010)), 0),
    *subject(
        rules.mathematics_20,
        ["MAT2791", "MAT2792", "MAT2793"],
        ["MAT1791", "MAT3791", "KAE2782"],
    ),
    enough(
        rules.mathematics_20, "Mathematics 24 of its time", assessed(earned("MAT2225 5", 2011)), 5
    ),
    too_few(rules.mathematics_20, "and after it", assessed(earned("MAT2225 5", 2012)), 0),
    *subject(
        rules.science_20,
        ["SCN2270", "SCN2288", "SCN2231", "SCN2796", "SCN2797"],
        ["SCN1270", "SCN1288", "SCN3230"],
    ),
    enough(
        rules.science_20,
        "Science 14 and Science 10",
        assessed(earned("SCN1288 5 SCN1270 5")),
        10,
    ),
    too_few(
        rules.science_20,
        "Science 14 and too little Science 10",
        assessed(earned("SCN1288 5 SCN1270 4")),
        0,
    ),
    too_few(
        rules.science_20,
        "too little Science 14",
        assessed(earned("SCN1288 4 SCN1270 5")),
        0,
    ),
    *subject(rules.physical_education_10, ["PED1445"], ["PED2445", "PED3445"], needed=3),
    enough(rules.career_and_life_management, "1 credit", assessed(earned("PED0770 1")), 1),
    enough(rules.career_and_life_management, "3 credits", assessed(earned("PED0770 3")), 3),
    too_few(rules.career_and_life_management, "failed", assessed(earned("PED0770 0")), 0),
    too_few(rules.career_and_life_management, "another course", assessed(earned("PED1445 3")), 0),
]

# --- Mature status ------------------------------------------------------------------------------

# Nineteen on 2024-09-01, the first day of school year 2025.
BORN = datetime.date(2005, 9, 1)
NOW = datetime.date(2025, 5, 1)


def mature(requirement, course):
    """Nineteen, and something new since."""
    yes = {
        "a passed course": {"marks": earned("LDC2500 5", 2025)},
        "a failed course": {"marks": earned("LDC2500 0", 2025)},
        "an approved mark": {"course_enrolments": [course_enrolment(year=2025, approved=True)]},
        "an incomplete CTS course": {
            "course_enrolments": [course_enrolment("COM1005", 2025, "Incomplete")]
        },
        "a diploma exam": {"exam_marks": [exam(year=2025)]},
        "an exemption from a diploma exam": {
            "exam_marks": [exam(status="FullExemption", year=2025)]
        },
    }
    no = {
        "nothing new": {"marks": earned("LDC2500 5", 2024)},
        "an unavailable mark": {"marks": earned("LDC2500 5", 2025, is_available=False)},
        "an unfinished course": {"course_enrolments": [course_enrolment(year=2025)]},
        "another incomplete course": {
            "course_enrolments": [course_enrolment("ELA3105", 2025, "Incomplete")]
        },
        "another exam": {"exam_marks": [exam(status="Absent", year=2025)]},
        "an exam of the year before": {"exam_marks": [exam(year=2024)]},
        "tests and adult credits": {
            "marks": [*earned("GED9981 0", 2025, value="A"), *earned("AEC9995 15", 2025)]
        },
    }
    grown_up = {"birth_date": BORN, "as_of": NOW}
    for name, values in yes.items():
        yield achieved(
            requirement, f"mature, {name}", assessed(**values, **grown_up), "MatureStatus"
        )
    for name, values in no.items():
        yield too_few(requirement, f"of age, {name}", assessed(**values, **grown_up), 0)
    work = {"marks": earned("LDC2500 5", 2025)}
    a_day_younger = {"birth_date": datetime.date(2005, 9, 2), "as_of": NOW}
    yield too_few(requirement, "a day too young", assessed(**work, **a_day_younger), 0)
    before = {"birth_date": BORN, "as_of": datetime.date(2024, 8, 31)}
    yield too_few(requirement, "the day before", assessed(**work, **before), 0)
    on_the_day = {"birth_date": BORN, "as_of": datetime.date(2024, 9, 1)}
    yield achieved(requirement, "on the day", assessed(**work, **on_the_day), "MatureStatus")
    with_credit = assessed(earned(f"{course} 3", 2025), **grown_up)
    yield enough(requirement, "mature, with credit", with_credit, 3)


MATURE_CASES = [
    *mature(rules.physical_education_10, "PED1445"),
    *mature(rules.career_and_life_management, "PED0770"),
    achieved(
        rules.physical_education_10,
        "mature with too little credit: the credit is named",
        assessed(earned("PED1445 2", 2025), birth_date=BORN, as_of=NOW),
        "CourseCredits",
        2,
        credits=2,
    ),
]

# --- Additional credit --------------------------------------------------------------------------

COURSES = [
    MasterCourse("PSI3000", 30, "", ("PSI",)),
    MasterCourse("LDC3000", 30, "", ("LDC_ELIGIBLE",)),
    MasterCourse("FRA3000", 30, "", ("FRANCAIS",)),
    MasterCourse("ANY3000", 30, "", ("SECONDLANG",)),
]
MASTER = define(tables(), COURSES)
FRANCAIS = define(
    replace(
        tables(),
        course_mappings=[
            *tables().course_mappings,
            CourseMapping("FRANCAIS30", "code", "FRA3000"),
        ],
    ),
    COURSES,
)

ADDITIONAL_CASES = [
    enough(rules.ten_additional_credits, "10", assessed(numbered("COM", 1001, 1010, 1)), 10),
    too_few(rules.ten_additional_credits, "9", assessed(numbered("COM", 1001, 1009, 1)), 9),
    too_few(
        rules.ten_additional_credits,
        "core courses and Physical Education 10 do not count",
        assessed(earned("ELA3105 5 MAT3791 5 PED1445 5 LDC2500 5 OTH3998 5 AEC9994 5")),
        0,
    ),
    *(
        enough(
            rules.ten_additional_credits, name, assessed(earned(courses), definitions=MASTER), 10
        )
        for name, courses in {
            "fine arts": "FNA1400 5 FNA2400 5",
            "second languages": "FSL1095 5 ANY3000 5",
            "Physical Education 20 and 30": "PED2445 5 PED3445 5",
            "Knowledge and Employability": "KAE1780 5 KAE2781 5",
            "registered apprenticeship": "RAP3900 5 RAP1900 5",
            "dual credit and locally developed courses": "PSI3000 5 LDC3000 5",
        }.items()
    ),
    # ---
    enough(
        rules.ten_additional_credits_30_level, "10", assessed(earned("MAT3791 5 SCN3230 5")), 10
    ),
    too_few(
        rules.ten_additional_credits_30_level,
        "9",
        assessed(earned("MAT3791 5 PED3445 4")),
        9,
    ),
    too_few(
        rules.ten_additional_credits_30_level,
        "language arts, social studies and adult credits do not count, of whatever sequence",
        assessed(earned("ELA3105 5 ELA3104 5 SST3771 5 SST3772 5 KAE3780 5 IOP3119 5 AEC9994 15")),
        0,
    ),
    too_few(
        rules.ten_additional_credits_30_level,
        "lower levels do not count",
        assessed(earned("MAT2791 5 SCN2231 5 PED0770 3")),
        0,
    ),
    enough(
        rules.ten_additional_credits_30_level,
        "advanced CTS, work experience, unassigned credits of level 30",
        assessed(earned("COM3001 1 OTH3998 4 UCR9993 5")),
        10,
    ),
    # ---
    enough(rules.five_additional_credits_30_level, "5", assessed(earned("MAT3791 5")), 5),
    too_few(rules.five_additional_credits_30_level, "4", assessed(earned("PED3445 4")), 4),
    too_few(
        rules.five_additional_credits_30_level,
        "Français 30 does not count",
        assessed(earned("FRA3000 5 ELA3105 5"), definitions=FRANCAIS),
        0,
    ),
]

# --- Schooling in Alberta -----------------------------------------------------------------------


def alberta(name, marks, credits):
    student = assessed(marks)
    if credits > 4:
        return achieved(
            rules.has_alberta_school_mark, name, student, "AlbertaCredits", credits, credits=credits
        )
    return missed(rules.has_alberta_school_mark, name, student, "TooFewAlbertaCredits", credits)


ALBERTA_CASES = [
    alberta("5", earned("ELA3105 5"), 5),
    alberta("4", earned("COM3001 1 COM3002 1 COM3003 1 COM3004 1"), 4),
    alberta("lower levels", earned("ELA2105 5 PED0770 3"), 0),
    alberta("adult credits and Physical Education 30", earned("AEC9994 15 UCR9998 5 PED3445 5"), 0),
    alberta("evaluated", earned("MAT3791 5", evaluation_method="OOP"), 0),
    alberta("course challenge", earned("MAT3791 5", evaluation_method="CHA"), 5),
    alberta("junior high", earned("MAT3791 5", evaluation_method="JRH"), 5),
    alberta(
        "specialized evaluation of a CTS course", earned("COM3001 5", evaluation_method="SPE"), 5
    ),
    alberta("specialized evaluation of another", earned("MAT3791 5", evaluation_method="SPE"), 0),
    alberta(
        "evaluated ones beside others",
        [*earned("MAT3791 5 SCN3230 5", evaluation_method="OOP"), *earned("FNA3425 5")],
        5,
    ),
    alberta(
        "the same course evaluated and earned: what is earned counts",
        [*earned("MAT3791 5", evaluation_method="OOP"), *earned("MAT3791 5")],
        5,
    ),
]

DIPLOMA_CASES = [
    *ACTIVITY_CASES,
    *SUBJECT_CASES,
    *MATURE_CASES,
    *ADDITIONAL_CASES,
    *ALBERTA_CASES,
]
