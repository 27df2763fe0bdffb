"""The test vectors of the specification (eligibility.md, section 10) as records to be imported.

Those that something happens to afterwards (V22, V23, V24, V41, V44) stand here as they begin.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from credentials.eligibility.facts import Mark
from tests.eligibility.students import (
    BORN,
    NOMINATED,
    REQUESTED,
    SCHOOL,
    TODAY,
    B,
    H,
    K,
    L,
    changed,
    earned,
    numbered,
    without,
)

DIPLOMA, OLD_DIPLOMA = "AHSD-2018", "AHSD-2010-2018"
ALTERNATIVE_1, ALTERNATIVE_2 = "HSED-ALT1", "HSED-ALT2"
PRIOR_SETS = ("AHSD-PRE2010", "ADEX", "ADVD", "GHSD")
ACHIEVED, NOT_ACHIEVED = ("Achieved", 100), "NotAchieved"
TO_BE_ASSESSED, NOT_ASSESSING = "ToBeAssessed", "NotAssessing"
CALM = "CALM-81160"

Standing = tuple[str, int] | None  # status and percentage; None: no row


@dataclass(frozen=True)
class Vector:
    """`standing`: what the sets that are named must come to; `alone`: there is no other row.

    `said`: (requirement, organization). `exemptions`: (requirement, status). `of_secondary`: marks
    under a secondary number.
    """

    name: str
    marks: Sequence[Mark]
    standing: dict[str, Standing]
    as_of: datetime.date = TODAY
    born: datetime.date = BORN
    alone: bool = False
    said: Sequence[tuple[str, str, str]] = ()
    enrolments: Sequence[dict[str, Any]] = ()
    exemptions: Sequence[tuple[str, str]] = ()
    awards: Sequence[str] = ()
    of_secondary: Sequence[Mark] = field(default=())


def diploma(status: str, percentage: int) -> dict[str, Standing]:
    return {DIPLOMA: (status, percentage)}


def day(year: int, month: int = 8, number: int = 1) -> datetime.date:
    return datetime.date(year, month, number)


def all_in(year: int, marks: Iterable[Mark]) -> list[Mark]:
    return changed(marks, school_year=year)


WITHOUT_CALM = [*without(B, "PED0770"), *earned("LDC2502 3")]
EVALUATED = changed(B, "ELA3 SST3 MAT3 SCN3", evaluation_method="OOP")
ADULT = earned("AEC9994 15 AEC9995 15 AEC9996 5", 2025)
TESTS = earned("GED9981 0 GED9982 0 GED9983 0 GED9984 0 GED9985 0", 2012, value="B")
ASKED = [(REQUESTED, "Achieved", SCHOOL)]
NOMINATION = [(NOMINATED, "Achieved", SCHOOL)]
BORN_1992, BORN_1980 = day(1992, 3), day(1980, 1)
GROWN_UP = {"born": BORN_1992, "as_of": day(2024, 11)}
IN_2010 = {"born": BORN_1992, "as_of": day(2010)}
OF_2010 = all_in(2010, B)
ENROLLED = {
    "school_code": SCHOOL,
    "school_year": 2024,
    "start_date": day(2023, 9, 5),
    "exit_date": day(2024, 6, 28),
    "exception_codes": "43",
}
COMPLETING = {"said": NOMINATION, "enrolments": [ENROLLED], "as_of": day(2024, 5)}
TO_REVIEW = dict.fromkeys(PRIOR_SETS, (TO_BE_ASSESSED, 75))


def reviewed(requirement_set: str, achievement: str) -> list[tuple[str, str, str]]:
    return [(f"RequirementsAssessed-{requirement_set}-X81660", achievement, "O.1")]


VECTORS = (
    Vector("V01", B, {DIPLOMA: ACHIEVED}, alone=True),
    Vector("V02", without(B, "LDC2501"), diploma(NOT_ACHIEVED, 90)),
    Vector("V03", [*without(B, "LDC"), *earned("OTH2998 10 OTH3998 10")], {DIPLOMA: ACHIEVED}),
    Vector("V04", [*without(B, "LDC"), *earned("OTH2998 10 OTH3998 5")], {DIPLOMA: ACHIEVED}),
    Vector("V05", [*without(B, "LDC2501"), *earned("AEC9994 10")], diploma(NOT_ACHIEVED, 90)),
    Vector(
        "V06",
        all_in(2015, L),
        {OLD_DIPLOMA: (NOT_ACHIEVED, 90)},
        born=day(1997, 5),
        as_of=day(2015),
    ),
    Vector("V07", all_in(2022, L), {DIPLOMA: ACHIEVED}),
    Vector(
        "V08",
        all_in(2019, L),
        {DIPLOMA: ACHIEVED, OLD_DIPLOMA: (NOT_ACHIEVED, 90)},
        born=day(2001, 5),
        as_of=day(2019),
    ),
    Vector("V09", all_in(2011, B), {OLD_DIPLOMA: ACHIEVED}, born=day(1993, 3), as_of=day(2011)),
    Vector("V10", OF_2010, {DIPLOMA: None, OLD_DIPLOMA: None, **TO_REVIEW}, **IN_2010),
    Vector("V11", WITHOUT_CALM, diploma(NOT_ACHIEVED, 90)),
    Vector(
        "V12",
        changed(all_in(2023, WITHOUT_CALM), "LDC2501", school_year=2026),
        {DIPLOMA: ACHIEVED, ALTERNATIVE_1: (NOT_ACHIEVED, 87)},
        as_of=day(2026),
    ),
    Vector(
        "V13",
        WITHOUT_CALM,
        {DIPLOMA: (NOT_ACHIEVED, 90), ALTERNATIVE_1: (NOT_ACHIEVED, 87)},
        born=day(2004, 12),
        as_of=day(2025),
    ),
    Vector("V14", WITHOUT_CALM, {DIPLOMA: ACHIEVED}, exemptions=[(CALM, "Approved")]),
    Vector("V15", WITHOUT_CALM, diploma(NOT_ACHIEVED, 90), exemptions=[(CALM, "Pending")]),
    Vector(
        "V16",
        [*without(B, "SCN2231 SCN3230"), *earned("SCN1288 5 FNA3425 5")],
        {DIPLOMA: ACHIEVED},
    ),
    Vector(
        "V17",
        [*without(B, "SCN1270 SCN2231 SCN3230"), *earned("SCN1288 5 FNA3425 5 LDC2503 5")],
        diploma(NOT_ACHIEVED, 90),
    ),
    Vector("V18", [*without(B, "SCN3230"), *earned("ELA3104 5")], diploma(NOT_ACHIEVED, 90)),
    Vector(
        "V19",
        [
            *without(B, "COM FNA"),
            *numbered("COM", 1001, 1004, 1),
            *earned("FNA1425 5 LDC2510 5 LDC2511 5 LDC2512 5"),
        ],
        diploma(NOT_ACHIEVED, 90),
    ),
    Vector("V20", EVALUATED, diploma(NOT_ACHIEVED, 90)),
    Vector("V21", changed(EVALUATED, "MAT3791", evaluation_method="CHA"), {DIPLOMA: ACHIEVED}),
    Vector("V22", B, {DIPLOMA: ACHIEVED}, awards=["AHSD"]),
    Vector("V23", B, {DIPLOMA: ACHIEVED}),
    Vector("V23 without a row", [], {}, alone=True),
    Vector("V24", B, {DIPLOMA: ACHIEVED}),
    Vector("V25", K, {"CHSA": (NOT_ACHIEVED, 80), DIPLOMA: (NOT_ACHIEVED, 45)}),
    Vector(
        "V26",
        [*K, *earned("OTH1998 10 OTH2998 5 OTH3998 10")],
        {"CHSA": ACHIEVED, DIPLOMA: (NOT_ACHIEVED, 54)},
    ),
    Vector(
        "V27",
        [*K, *numbered("LDC", 2500, 2503, 5)],
        {"CHSA": (NOT_ACHIEVED, 90), DIPLOMA: (NOT_ACHIEVED, 45)},
    ),
    Vector(
        "V28",
        [*without(K, "COM"), *earned("RAP3900 5"), *numbered("LDC", 2500, 2502, 5)],
        {"CHSA": ACHIEVED, DIPLOMA: (NOT_ACHIEVED, 45)},
    ),
    Vector("V29", H, {ALTERNATIVE_1: (NOT_ACHIEVED, 75)}, **GROWN_UP),
    Vector("V30", [*H, *ADULT], {ALTERNATIVE_1: ACHIEVED, DIPLOMA: None}, said=ASKED, **GROWN_UP),
    Vector("V31", [*H, *ADULT], {ALTERNATIVE_1: (NOT_ACHIEVED, 87)}, **GROWN_UP),
    Vector(
        "V32",
        [*without(H, "SST"), *ADULT, *earned("AEC9997 5 UCR9998 5", 2025)],
        {ALTERNATIVE_1: (NOT_ACHIEVED, 87)},
        said=ASKED,
        **GROWN_UP,
    ),
    Vector(
        "V33",
        [*all_in(2022, H), *ADULT],
        {ALTERNATIVE_1: None, DIPLOMA: (NOT_ACHIEVED, 63)},
        said=ASKED,
        **{**GROWN_UP, "born": day(2006, 12)},
    ),
    Vector(
        "V34", TESTS, {ALTERNATIVE_2: ACHIEVED, ALTERNATIVE_1: (NOT_ACHIEVED, 12)}, born=BORN_1980
    ),
    Vector(
        "V35",
        changed(TESTS, "GED9985", value="F"),
        {ALTERNATIVE_2: (NOT_ACHIEVED, 83)},
        born=BORN_1980,
    ),
    Vector("V36", [], {"COSC": ACHIEVED}, alone=True, **COMPLETING),
    Vector(
        "V37",
        [],
        {"COSC": (NOT_ACHIEVED, 87)},
        **{
            **COMPLETING,
            "as_of": day(2024, 10),
            "enrolments": [
                ENROLLED,
                {
                    **ENROLLED,
                    "school_year": 2025,
                    "start_date": day(2024, 9, 3),
                    "exit_date": day(2025, 6, 27),
                },
            ],
        },
    ),
    Vector(
        "V38",
        numbered("LDC", 2500, 2506, 5),
        {"COSC": (NOT_ACHIEVED, 87), DIPLOMA: (NOT_ACHIEVED, 9)},
        **COMPLETING,
    ),
    Vector(
        "V39",
        [*numbered("LDC", 2500, 2505, 5), *earned("AEC9994 10")],
        {"COSC": ACHIEVED},
        **COMPLETING,
    ),
    Vector(
        "V40",
        [],
        {"COSC": (NOT_ACHIEVED, 87)},
        **{**COMPLETING, "enrolments": [{**ENROLLED, "exception_codes": "30"}]},
    ),
    Vector("V41", [], {"COSC": ACHIEVED}, **COMPLETING),
    Vector(
        "V42",
        [],
        {"COSC": None},
        **{**COMPLETING, "enrolments": [{**ENROLLED, "is_deleted": True}]},
    ),
    Vector("V43", OF_2010, {"GHSD": ACHIEVED}, said=reviewed("GHSD", "Achieved"), **IN_2010),
    Vector("V44", OF_2010, {"GHSD": ACHIEVED}, said=reviewed("GHSD", "Achieved"), **IN_2010),
    Vector(
        "V45",
        OF_2010,
        {"ADVD": (NOT_ACHIEVED, 75)},
        said=reviewed("ADVD", "NotAchieved"),
        **IN_2010,
    ),
    Vector(
        "V46",
        without(B, "LDC2501"),
        {DIPLOMA: ACHIEVED},
        alone=True,
        of_secondary=earned("LDC2501 5"),
    ),
)
