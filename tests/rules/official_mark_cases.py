"""Cases of the rules on official marks."""

import datetime

from enrolments.official_marks import MarkChange, MarkValues, StoredMark
from enrolments.rules import official_marks as rules
from enrolments.rules.submitted import deactivated_asn
from students.facts import StudentAccess
from students.rules.access import invalid_asn
from students.rules.names import empty_update
from tests.rules.cases import breaking, passing

ASN, COURSE = "100000009", "ELA3105"
BORN, TODAY = datetime.date(2008, 5, 17), datetime.date(2026, 7, 31)
MARK = MarkValues(2026, datetime.date(2026, 6, 28), "75", 5, True, "")
STORED = StoredMark(7, 12, MARK)
DELETED = MARK._replace(is_deleted=True)


def change(submitted=MARK, stored=None, **facts) -> MarkChange:
    values = {"access": StudentAccess(ASN), "birth_date": BORN, "today": TODAY, **facts}
    return MarkChange(course_code=COURSE, submitted=submitted, stored=stored, **values)


def on(day: datetime.date, year: int = 2026, **changes) -> MarkChange:
    return change(
        MARK._replace(achievement_date=day, achievement_school_year=year, **changes), STORED
    )


def outside(day: datetime.date, year: str = "2025/2026") -> dict:
    return {"AchievementDate": day, "AchievementSchoolYear": year}


AUGUST, SEPTEMBER = datetime.date(2025, 8, 31), datetime.date(2025, 9, 1)
TOMORROW = datetime.date(2026, 8, 1)
OF_ADA = {"StateProvinceId": ASN}

OFFICIAL_MARK_CASES = [
    breaking(
        invalid_asn, "nobody's mark", change(access=StudentAccess(ASN, is_accessible=False)), OF_ADA
    ),
    passing(invalid_asn, "somebody's mark", change()),
    # ---
    breaking(
        deactivated_asn,
        "mark, deactivated",
        change(access=StudentAccess(ASN, is_deactivated=True)),
        OF_ADA,
    ),
    passing(deactivated_asn, "mark, active", change()),
    # ---
    breaking(
        rules.no_mark_to_delete, "never there", change(DELETED), {**OF_ADA, "CourseCode": COURSE}
    ),
    passing(rules.no_mark_to_delete, "there", change(DELETED, STORED)),
    passing(
        rules.no_mark_to_delete, "deleted already", change(DELETED, STORED._replace(values=DELETED))
    ),
    passing(rules.no_mark_to_delete, "a new mark", change()),
    # ---
    breaking(rules.date_outside_school_year, "31 August before", on(AUGUST), outside(AUGUST)),
    breaking(
        rules.date_outside_school_year,
        "1 September after",
        on(SEPTEMBER, 2025),
        outside(SEPTEMBER, "2024/2025"),
    ),
    passing(rules.date_outside_school_year, "first day", on(SEPTEMBER)),
    passing(rules.date_outside_school_year, "last day", on(AUGUST, 2025)),
    passing(rules.date_outside_school_year, "deleted", on(AUGUST, is_deleted=True)),
    # ---
    breaking(rules.unreasonable_date, "tomorrow", on(TOMORROW), {"AchievementDate": TOMORROW}),
    breaking(rules.unreasonable_date, "day of birth", on(BORN, 2008), {"AchievementDate": BORN}),
    passing(rules.unreasonable_date, "today", on(TODAY)),
    passing(rules.unreasonable_date, "the day after birth", on(datetime.date(2008, 5, 18), 2008)),
    passing(rules.unreasonable_date, "deleted", on(TOMORROW, is_deleted=True)),
    # ---
    breaking(empty_update, "mark as stored", change(MARK, STORED)),
    breaking(empty_update, "mark deleted again", change(DELETED, STORED._replace(values=DELETED))),
    passing(empty_update, "a new mark", change()),
    passing(empty_update, "mark comes back", change(MARK, STORED._replace(values=DELETED))),
    *(
        passing(empty_update, f"another {name}", change(MARK._replace(**{name: value}), STORED))
        for name, value in {
            "achievement_school_year": 2025,
            "achievement_date": TODAY,
            "mark_value": "76",
            "credits_awarded": 4,
            "is_available": False,
            "evaluation_method": "CHA",
            "is_deleted": True,
        }.items()
    ),
]
