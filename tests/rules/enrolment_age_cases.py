"""Cases of the alert rules about age and grade."""

import datetime

from enrolments.alert_rules import ages_and_grades as rules
from tests.rules.cases import breaking, passing
from tests.rules.enrolment_facts import BORN, DAY, FIRST_OF_SEPTEMBER, YEAR, judged, last_year

date = datetime.date


def aged(years: int, grade: str, **changes):
    """So many years old on 1 September, since the day before or long ago."""
    return judged(born=date(2025 - years, 8, 31), grade=grade, **changes)


def unusual(years: int, grade: str):
    return {"BirthDate": date(2025 - years, 8, 31), "Grade": grade}


USUAL = {
    "EC": (2, 5),
    "01": (5, 7),
    "02": (6, 8),
    "03": (7, 9),
    "04": (8, 10),
    "05": (9, 11),
    "06": (10, 12),
    "07": (11, 13),
    "08": (12, 14),
    "09": (13, 15),
    "10": (13, 17),
    "11": (14, 18),
}

AGE_CASES = [
    case
    for grade, (youngest, oldest) in USUAL.items()
    for case in [
        breaking(
            rules.unusual_age,
            f"{youngest - 1} in {grade}",
            aged(youngest - 1, grade),
            unusual(youngest - 1, grade),
        ),
        passing(rules.unusual_age, f"{youngest} in {grade}", aged(youngest, grade)),
        passing(rules.unusual_age, f"{oldest} in {grade}", aged(oldest, grade)),
        breaking(
            rules.unusual_age,
            f"{oldest + 1} in {grade}",
            aged(oldest + 1, grade),
            unusual(oldest + 1, grade),
        ),
    ]
]

AGE_CASES += [
    breaking(rules.unusual_age, "14 in 12", aged(14, "12"), unusual(14, "12")),
    passing(rules.unusual_age, "15 in 12", aged(15, "12")),
    passing(rules.unusual_age, "70 in 12", aged(70, "12")),
    # Grade 1 from five on: who turns five on 1 September is five, who does on the 2nd is not.
    passing(rules.unusual_age, "born on 31 August", judged(born=date(2020, 8, 31), grade="01")),
    passing(rules.unusual_age, "born on 1 September", judged(born=date(2020, 9, 1), grade="01")),
    breaking(
        rules.unusual_age,
        "born on 2 September",
        judged(born=date(2020, 9, 2), grade="01"),
        {"BirthDate": date(2020, 9, 2), "Grade": "01"},
    ),
    passing(rules.unusual_age, "born on 29 February", judged(born=date(2020, 2, 29), grade="01")),
    breaking(
        rules.unusual_age,
        "born on 29 February, too old",
        judged(born=date(2016, 2, 29), grade="01"),
        {"BirthDate": date(2016, 2, 29), "Grade": "01"},
    ),
    passing(
        rules.unusual_age,
        "continuing education",
        aged(40, "10", programming_type="ContinuingEducation"),
    ),
    breaking(
        rules.unusual_age,
        "summer school",
        aged(40, "10", programming_type="SummerSchool"),
        unusual(40, "10"),
    ),
    passing(rules.unusual_age, "past year", aged(40, "10", current_school_year=YEAR + 1)),
    passing(rules.unusual_age, "future year", aged(40, "10", current_school_year=YEAR - 1)),
    # ---
    breaking(
        rules.skipped_grade,
        "two above",
        judged(grade="06", others=[last_year(grade="04")]),
        {"Grade": "06", "PreviousGrade": "04"},
    ),
    breaking(
        rules.skipped_grade,
        "from kindergarten to 2",
        judged(grade="02", others=[last_year(grade="EC")]),
        {"Grade": "02", "PreviousGrade": "EC"},
    ),
    breaking(
        rules.skipped_grade,
        "two above the highest",
        judged(grade="06", others=[last_year(grade="04"), last_year(grade="02")]),
        {"Grade": "06", "PreviousGrade": "04"},
    ),
    passing(rules.skipped_grade, "one above", judged(others=[last_year(grade="03")])),
    passing(rules.skipped_grade, "same", judged(others=[last_year(grade="04")])),
    passing(
        rules.skipped_grade,
        "from kindergarten to 1",
        judged(grade="01", others=[last_year(grade="EC")]),
    ),
    passing(
        rules.skipped_grade,
        "one above the highest",
        judged(grade="06", others=[last_year(grade="03"), last_year(grade="05")]),
    ),
    passing(rules.skipped_grade, "no enrolment last year", judged(grade="06")),
    passing(
        rules.skipped_grade,
        "two years before",
        judged(grade="06", others=[last_year(grade="03", school_year=YEAR - 2)]),
    ),
    passing(
        rules.skipped_grade,
        "past year",
        judged(grade="06", others=[last_year(grade="04")], current_school_year=YEAR + 1),
    ),
    # ---
    breaking(
        rules.lower_grade,
        "one below",
        judged(grade="04", others=[last_year(grade="05")]),
        {"PreviousSchoolYear": "2024/2025", "PreviousGrade": "05", "Grade": "04"},
    ),
    breaking(
        rules.lower_grade,
        "back to kindergarten",
        judged(grade="EC", others=[last_year(grade="01")]),
        {"PreviousSchoolYear": "2024/2025", "PreviousGrade": "01", "Grade": "EC"},
    ),
    breaking(
        rules.lower_grade,
        "below the highest",
        judged(grade="10", others=[last_year(grade="09"), last_year(grade="11")]),
        {"PreviousSchoolYear": "2024/2025", "PreviousGrade": "11", "Grade": "10"},
    ),
    passing(rules.lower_grade, "same", judged(others=[last_year(grade="04")])),
    passing(rules.lower_grade, "above", judged(others=[last_year(grade="03")])),
    passing(rules.lower_grade, "no enrolment last year", judged()),
    passing(
        rules.lower_grade,
        "past year",
        judged(grade="04", others=[last_year(grade="05")], current_school_year=YEAR + 1),
    ),
    passing(
        rules.lower_grade,
        "future year",
        judged(grade="04", others=[last_year(grade="05")], current_school_year=YEAR - 1),
    ),
    # ---
    breaking(
        rules.under_two_and_a_half,
        "one day too young",
        judged(born=date(2023, 3, 2), grade="EC"),
        {"BirthDate": date(2023, 3, 2)},
    ),
    passing(
        rules.under_two_and_a_half,
        "two and a half exactly",
        judged(born=date(2023, 3, 1), grade="EC"),
    ),
    passing(rules.under_two_and_a_half, "a day older", judged(born=date(2023, 2, 28), grade="EC")),
    passing(
        rules.under_two_and_a_half,
        "born on 29 February, two and a half by then",
        judged(born=date(2024, 2, 29), school_year=YEAR + 1),
    ),
    breaking(
        rules.under_two_and_a_half,
        "whatever the current year",
        judged(born=FIRST_OF_SEPTEMBER - DAY, current_school_year=YEAR + 3),
        {"BirthDate": FIRST_OF_SEPTEMBER - DAY},
    ),
    passing(rules.under_two_and_a_half, "nine", judged(born=BORN)),
]
