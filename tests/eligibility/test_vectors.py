"""The test vectors V01 to V46 of the specification (eligibility.md, section 10), on facts.

A vector names some sets; the others are not looked at unless it says "nothing else".
"""

import datetime

import pytest

from credentials.eligibility.classify import best_status, shown_status
from tests.eligibility.students import (
    REQUESTED,
    TODAY,
    B,
    C,
    H,
    K,
    L,
    assess,
    award,
    changed,
    credits,
    earned,
    enrolment,
    exempted,
    nominated,
    numbered,
    rows,
    said,
    standing,
    unmet,
    without,
)

DIPLOMA, OLD_DIPLOMA = "AHSD-2018", "AHSD-2010-2018"
HUNDRED, HUNDRED_OLD = "100Credits-81190", "100Credits-81105"
CALM = "CALM-81160"
ACHIEVED, NOT_ACHIEVED = "Achieved", "NotAchieved"
TO_BE_ASSESSED, NOT_ASSESSING = "ToBeAssessed", "NotAssessing"
PRIOR_SETS = ("AHSD-PRE2010", "ADEX", "ADVD", "GHSD")

V11 = [*without(B, "PED0770"), *earned("LDC2502 3")]
ADULT = earned("AEC9994 15 AEC9995 15 AEC9996 5", 2025)
ASKED = [said(REQUESTED)]
MATURE_DAY = datetime.date(2024, 11, 1)
BORN_1992 = datetime.date(1992, 3, 1)


def values(found, requirement_set, requirement):
    """The values that the message of a requirement carries."""
    return dict(found[requirement_set].result(requirement).outcome.message.values)


@pytest.mark.parametrize(
    ("base", "total"),
    [(B, 100), (C, 70), (L, 100), (K, 69), (H, 65)],
    ids=["B", "C", "L", "K", "H"],
)
def test_the_bases(base, total):
    assert credits(base) == total


def test_v01():
    assert standing(assess(B)) == {DIPLOMA: (ACHIEVED, 100)}


def test_v02():
    found = assess(without(B, "LDC2501"))
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 90)
    assert unmet(found[DIPLOMA]) == [HUNDRED]
    assert values(found, DIPLOMA, HUNDRED) == {"total": 95}


def test_v03():
    found = assess([*without(B, "LDC"), *earned("OTH2998 10 OTH3998 10")])
    assert standing(found)[DIPLOMA] == (ACHIEVED, 100)
    assert values(found, DIPLOMA, HUNDRED) == {"accepted": 105, "total": 110, "we_x": 5}


def test_v04():
    found = assess([*without(B, "LDC"), *earned("OTH2998 10 OTH3998 5")])
    assert standing(found)[DIPLOMA] == (ACHIEVED, 100)
    assert values(found, DIPLOMA, HUNDRED) == {"total": 105}


def test_v05():
    found = assess([*without(B, "LDC2501"), *earned("AEC9994 10")])
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 90)
    assert unmet(found[DIPLOMA]) == [HUNDRED]
    assert values(found, DIPLOMA, HUNDRED) == {"accepted": 95, "total": 105, "adult": 10}


def test_v06():
    found = assess(
        changed(L, school_year=2015),
        birth_date=datetime.date(1997, 5, 1),
        as_of=datetime.date(2015, 8, 1),
    )
    assert standing(found)[OLD_DIPLOMA] == (NOT_ACHIEVED, 90)
    assert unmet(found[OLD_DIPLOMA]) == [HUNDRED_OLD]
    assert values(found, OLD_DIPLOMA, HUNDRED_OLD) == {"accepted": 95, "total": 100, "lang_x": 5}


def test_v07():
    assert standing(assess(changed(L, school_year=2022)))[DIPLOMA] == (ACHIEVED, 100)


def test_v08():
    found = assess(
        changed(L, school_year=2019),
        birth_date=datetime.date(2001, 5, 1),
        as_of=datetime.date(2019, 8, 1),
    )
    assert standing(found)[DIPLOMA] == (ACHIEVED, 100)
    assert standing(found)[OLD_DIPLOMA] == (NOT_ACHIEVED, 90)
    assert unmet(found[OLD_DIPLOMA]) == [HUNDRED_OLD]
    of_the_diploma = [e.status for e in found.values() if e.requirement_set.credential == "AHSD"]
    assert best_status(of_the_diploma) == ACHIEVED


def test_v09():
    found = assess(
        changed(B, school_year=2011),
        birth_date=datetime.date(1993, 3, 1),
        as_of=datetime.date(2011, 8, 1),
    )
    assert standing(found)[OLD_DIPLOMA] == (ACHIEVED, 100)


def in_2010(**values):
    """V10."""
    return assess(
        changed(B, school_year=2010),
        **{"birth_date": BORN_1992, "as_of": datetime.date(2010, 8, 1), **values},
    )


def test_v10():
    assert standing(in_2010()) == dict.fromkeys(PRIOR_SETS, (TO_BE_ASSESSED, 75))


def test_v11():
    found = assess(V11)
    assert credits(V11) == 100
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 90)
    assert unmet(found[DIPLOMA]) == [CALM]
    assert found[DIPLOMA].result(CALM).outcome.message.key == "NoCourse"


def test_v12():
    marks = changed(changed(V11, school_year=2023), "LDC2501", school_year=2026)
    found = assess(marks, as_of=datetime.date(2026, 8, 1))
    assert standing(found)[DIPLOMA] == (ACHIEVED, 100)
    assert found[DIPLOMA].result(CALM).outcome.message.key == "MatureStatus"
    assert standing(found)["HSED-ALT1"] == (NOT_ACHIEVED, 87)


def test_v13():
    found = assess(V11, birth_date=datetime.date(2004, 12, 1), as_of=datetime.date(2025, 8, 1))
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 90)
    assert unmet(found[DIPLOMA]) == [CALM]
    assert standing(found)["HSED-ALT1"] == (NOT_ACHIEVED, 87)


def test_v14():
    found = assess(V11, exemptions=exempted(CALM))
    assert standing(found)[DIPLOMA] == (ACHIEVED, 100)
    calm = found[DIPLOMA].result(CALM)
    assert (calm.outcome.achievement, calm.exemption) == (NOT_ACHIEVED, "Approved")


def test_v15():
    found = assess(V11, exemptions=exempted(CALM, "Pending"))
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 90)


def test_v16():
    marks = [*without(B, "SCN2231 SCN3230"), *earned("SCN1288 5 FNA3425 5")]
    found = assess(marks)
    assert credits(marks) == 100
    assert standing(found)[DIPLOMA] == (ACHIEVED, 100)
    assert found[DIPLOMA].result("10CreditsAdditional-81110").outcome.credits == 10


def test_v17():
    marks = [*without(B, "SCN1270 SCN2231 SCN3230"), *earned("SCN1288 5 FNA3425 5 LDC2503 5")]
    found = assess(marks)
    assert credits(marks) == 100
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 90)
    assert unmet(found[DIPLOMA]) == ["Science20-X81135"]


def test_v18():
    found = assess([*without(B, "SCN3230"), *earned("ELA3104 5")])
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 90)
    assert unmet(found[DIPLOMA]) == ["10CreditsAdditional-81110"]
    assert found[DIPLOMA].result("10CreditsAdditional-81110").outcome.credits == 5


def test_v19():
    marks = [
        *without(B, "COM FNA"),
        *numbered("COM", 1001, 1004, 1),
        *earned("FNA1425 5 LDC2510 5 LDC2511 5 LDC2512 5"),
    ]
    found = assess(marks)
    assert credits(marks) == 100
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 90)
    assert unmet(found[DIPLOMA]) == ["10CreditsAdditional-81115"]
    assert found[DIPLOMA].result("10CreditsAdditional-81115").outcome.credits == 9


V20 = changed(B, "ELA3 SST3 MAT3 SCN3", evaluation_method="OOP")


def test_v20():
    found = assess(V20)
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 90)
    assert unmet(found[DIPLOMA]) == ["HasAlbertaSchoolMark-X81165"]
    assert found[DIPLOMA].result("HasAlbertaSchoolMark-X81165").outcome.credits == 0


def test_v21():
    found = assess(changed(V20, "MAT3791", evaluation_method="CHA"))
    assert standing(found)[DIPLOMA] == (ACHIEVED, 100)
    assert found[DIPLOMA].result("HasAlbertaSchoolMark-X81165").outcome.credits == 5


def test_v22():
    found = assess(
        changed(B, "SCN2231", is_available=False),
        awards=[award("AHSD", TODAY)],
        stored=rows(DIPLOMA, status=ACHIEVED),
    )
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 81)
    assert unmet(found[DIPLOMA]) == [HUNDRED, "Science20-X81135"]


def test_v23():
    assert standing(assess([], stored=rows(DIPLOMA, status=ACHIEVED))) == {
        DIPLOMA: (NOT_ASSESSING, 0)
    }
    assert assess([]) == {}


def test_v24():
    status = assess(B)[DIPLOMA].status
    shown = shown_status(status, is_outstanding=True, is_awarded=False)
    assert shown == "CalculationOutstanding"


def test_v25():
    found = assess(K)
    assert standing(found)["CHSA"] == (NOT_ACHIEVED, 80)
    assert unmet(found["CHSA"]) == ["80Credits-81460", "Workplace-X81475"]
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 45)


def test_v26():
    found = assess([*K, *earned("OTH1998 10 OTH2998 5 OTH3998 10")])
    assert standing(found)["CHSA"] == (ACHIEVED, 100)
    assert values(found, "CHSA", "80Credits-81460") == {"accepted": 84, "total": 94, "we_x": 10}
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 54)


def test_v27():
    found = assess([*K, *numbered("LDC", 2500, 2503, 5)])
    assert standing(found)["CHSA"] == (NOT_ACHIEVED, 90)
    assert unmet(found["CHSA"]) == ["Workplace-X81475"]
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 45)


def test_v28():
    marks = [*without(K, "COM"), *earned("RAP3900 5"), *numbered("LDC", 2500, 2502, 5)]
    found = assess(marks)
    assert credits(marks) == 83
    assert standing(found)["CHSA"] == (ACHIEVED, 100)
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 45)


def grown_up(marks, **values):
    return assess(marks, **{"birth_date": BORN_1992, "as_of": MATURE_DAY, **values})


def test_v29():
    found = grown_up(H)
    assert standing(found)["HSED-ALT1"] == (NOT_ACHIEVED, 75)
    assert unmet(found["HSED-ALT1"]) == [REQUESTED, "100Credits-81595"]


def test_v30():
    found = grown_up([*H, *ADULT], achievements=ASKED)
    assert standing(found)["HSED-ALT1"] == (ACHIEVED, 100)
    assert values(found, "HSED-ALT1", "60HighSchoolCredits-81590") == {"high_school": 65}
    assert DIPLOMA not in found


def test_v31():
    found = grown_up([*H, *ADULT])
    assert standing(found)["HSED-ALT1"] == (NOT_ACHIEVED, 87)
    assert unmet(found["HSED-ALT1"]) == [REQUESTED]


def test_v32():
    marks = [*without(H, "SST"), *ADULT, *earned("AEC9997 5 UCR9998 5", 2025)]
    found = grown_up(marks, achievements=ASKED)
    assert credits(marks) == 100
    assert standing(found)["HSED-ALT1"] == (NOT_ACHIEVED, 87)
    assert unmet(found["HSED-ALT1"]) == ["60HighSchoolCredits-81590"]
    assert values(found, "HSED-ALT1", "60HighSchoolCredits-81590") == {"high_school": 55}


def test_v33():
    found = grown_up(
        [*changed(H, school_year=2022), *ADULT],
        achievements=ASKED,
        birth_date=datetime.date(2006, 12, 1),
    )
    assert "HSED-ALT1" not in found
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 63)


TESTS = earned("GED9981 0 GED9982 0 GED9983 0 GED9984 0 GED9985 0", 2012, value="B")
BORN_1980 = datetime.date(1980, 1, 1)


def test_v34():
    found = assess(TESTS, birth_date=BORN_1980)
    assert standing(found)["HSED-ALT2"] == (ACHIEVED, 100)
    assert standing(found)["HSED-ALT1"] == (NOT_ACHIEVED, 12)


def test_v35():
    found = assess(changed(TESTS, "GED9985", value="F"), birth_date=BORN_1980)
    assert standing(found)["HSED-ALT2"] == (NOT_ACHIEVED, 83)
    assert unmet(found["HSED-ALT2"]) == ["GEDMathematics-X81755"]


def completing(marks=(), **values):
    """V36."""
    return assess(
        marks,
        **{
            "school_enrolments": [enrolment()],
            "achievements": nominated(),
            "as_of": datetime.date(2024, 5, 1),
            **values,
        },
    )


def test_v36():
    assert standing(completing()) == {"COSC": (ACHIEVED, 100)}


def test_v37():
    newer = enrolment(2025, start=datetime.date(2024, 9, 3))
    found = completing(school_enrolments=[enrolment(), newer], as_of=datetime.date(2024, 10, 1))
    assert standing(found)["COSC"] == (NOT_ACHIEVED, 87)
    assert unmet(found["COSC"]) == ["NominatedInLastSchoolYear-81335"]


def test_v38():
    found = completing(numbered("LDC", 2500, 2506, 5))
    assert standing(found)["COSC"] == (NOT_ACHIEVED, 87)
    assert unmet(found["COSC"]) == ["AchievedLessThan35Credits-81320"]
    assert standing(found)[DIPLOMA] == (NOT_ACHIEVED, 9)


def test_v39():
    marks = [*numbered("LDC", 2500, 2505, 5), *earned("AEC9994 10")]
    assert credits(marks) == 40
    assert standing(completing(marks))["COSC"] == (ACHIEVED, 100)


def test_v40():
    found = completing(school_enrolments=[enrolment(codes=["30"])])
    assert standing(found)["COSC"] == (NOT_ACHIEVED, 87)
    assert unmet(found["COSC"]) == ["CodedWithExceptions-81315"]


def test_v41():
    found = completing(
        achievements=nominated(achievement=NOT_ACHIEVED), stored=rows("COSC", status=ACHIEVED)
    )
    assert standing(found)["COSC"] == (NOT_ASSESSING, 12)


def test_v42():
    assert "COSC" not in completing(school_enrolments=[])


CONFIRMED = [said("RequirementsAssessed-GHSD-X81660", by="O.1")]


def test_v43():
    assert standing(in_2010(achievements=CONFIRMED))["GHSD"] == (ACHIEVED, 100)


def test_v44():
    found = in_2010(
        achievements=CONFIRMED,
        awards=[award("GHSD", datetime.date(2010, 8, 1))],
        stored=rows(*PRIOR_SETS, status=TO_BE_ASSESSED),
    )
    others = dict.fromkeys(("AHSD-PRE2010", "ADEX", "ADVD"), (NOT_ASSESSING, 50))
    assert standing(found) == {"GHSD": (ACHIEVED, 100), **others}


def test_v45():
    refused = [said("RequirementsAssessed-ADVD-X81660", NOT_ACHIEVED, by="O.1")]
    assert standing(in_2010(achievements=refused))["ADVD"] == (NOT_ACHIEVED, 75)


def test_v46():
    """The marks of the secondary number are among the primary's facts; that the secondary gets no
    rows is the business of whoever loads facts: it has none of its own.
    """
    own = without(B, "LDC2501")
    of_the_secondary = [mark for mark in B if mark.course == "LDC2501"]
    assert standing(assess([*own, *of_the_secondary])) == {DIPLOMA: (ACHIEVED, 100)}
