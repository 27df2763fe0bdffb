"""Cases of the rules on what is set by hand."""

import datetime

from credentials.manual_requirements import NOMINATED, REQUESTED
from credentials.requirement_achievements import RequirementChange, SubmittedAchievement
from credentials.rules import awarding
from credentials.rules import requirement_achievements as rules
from students.facts import StudentAccess
from students.rules.access import invalid_asn
from students.rules.names import empty_update
from tests.rules.cases import breaking, passing

ASN, PRIMARY = "100000009", "200000001"
SEPTEMBER = datetime.date(2026, 9, 1)
NINETEEN = datetime.date(2007, 9, 1)  # on that day
TOO_YOUNG = datetime.date(2007, 9, 2)


def of_set(code="AHSD-2018", status="Achieved", **stored) -> SubmittedAchievement:
    return SubmittedAchievement(code, "", status, **stored)


def requested(achievement="Achieved", **stored) -> SubmittedAchievement:
    return SubmittedAchievement("HSED-ALT1", REQUESTED, achievement, **stored)


def nominated(achievement="Achieved", **stored) -> SubmittedAchievement:
    return SubmittedAchievement("COSC", NOMINATED, achievement, **stored)


def change(*achievements, **facts) -> RequirementChange:
    """By an organization that may, of a student of age."""
    return RequirementChange(
        achievements=achievements or (of_set(),),
        **{
            "access": StudentAccess(ASN),
            "birth_date": NINETEEN,
            "september": SEPTEMBER,
            **facts,
        },
    )


def stranger(*achievements) -> RequirementChange:
    return change(*achievements, is_associated=False)


def born(day: datetime.date, *achievements) -> RequirementChange:
    return change(*(achievements or [requested()]), birth_date=day)


NOT_NINETEEN = {"Requirement": REQUESTED, "Date": SEPTEMBER, "Age": 19}
OF_ADA = {"StateProvinceId": ASN}
DEACTIVATED = StudentAccess(ASN, is_deactivated=True)
SECONDARY = StudentAccess(ASN, primary_asn=PRIMARY)
BY_MINISTRY = {"primary_asn": PRIMARY, "is_ministry": True}

REQUIREMENT_CASES = [
    breaking(
        invalid_asn,
        "nobody's requirement",
        RequirementChange(StudentAccess(ASN, is_accessible=False), ()),
        OF_ADA,
    ),
    passing(invalid_asn, "somebody's requirement", change()),
    # ---
    breaking(
        awarding.deactivated_asn, "requirement, deactivated", change(access=DEACTIVATED), OF_ADA
    ),
    passing(awarding.deactivated_asn, "requirement, active", change()),
    passing(awarding.deactivated_asn, "requirement, secondary", change(access=SECONDARY)),
    # ---
    breaking(
        awarding.secondary_asn,
        "requirement, secondary",
        change(access=SECONDARY),
        {"SecondaryASN": ASN, "PrimaryASN": PRIMARY},
    ),
    breaking(
        awarding.secondary_asn,
        "requirement, secondary, by the ministry",
        change(access=StudentAccess(ASN, **BY_MINISTRY)),
        {"SecondaryASN": ASN, "PrimaryASN": PRIMARY},
    ),
    passing(awarding.secondary_asn, "requirement, primary", change()),
    # ---
    breaking(rules.not_associated, "a set", stranger(of_set()), OF_ADA),
    breaking(rules.not_associated, "the set of the request", stranger(of_set("HSED-ALT1")), OF_ADA),
    breaking(rules.not_associated, "a nomination", stranger(nominated()), OF_ADA),
    breaking(
        rules.not_associated,
        "the request and a nomination",
        stranger(requested(), nominated()),
        OF_ADA,
    ),
    passing(rules.not_associated, "the request alone", stranger(requested())),
    passing(rules.not_associated, "the request taken back", stranger(requested("NotAchieved"))),
    passing(rules.not_associated, "associated", change(of_set(), nominated(), requested())),
    # ---
    breaking(rules.too_young, "19 a day later", born(TOO_YOUNG), NOT_NINETEEN),
    breaking(
        rules.too_young,
        "born on 29 February",
        born(datetime.date(2008, 2, 29)),
        NOT_NINETEEN,
    ),
    breaking(
        rules.too_young,
        "with others",
        born(TOO_YOUNG, nominated(), requested(), of_set()),
        NOT_NINETEEN,
    ),
    breaking(
        rules.too_young, "stored already", born(TOO_YOUNG, requested(is_stored=True)), NOT_NINETEEN
    ),
    passing(rules.too_young, "19 on that day", born(NINETEEN)),
    passing(rules.too_young, "19 the day before", born(datetime.date(2007, 8, 31))),
    passing(rules.too_young, "old", born(datetime.date(1950, 12, 31))),
    passing(rules.too_young, "not achieved", born(TOO_YOUNG, requested("NotAchieved"))),
    passing(rules.too_young, "not assessed", born(TOO_YOUNG, requested("NotAssessed"))),
    passing(rules.too_young, "nominated", born(TOO_YOUNG, nominated())),
    passing(rules.too_young, "the set itself", born(TOO_YOUNG, of_set("HSED-ALT1"))),
    # ---
    breaking(
        rules.calculated_set,
        "each of them",
        change(
            of_set(is_calculated=True),
            of_set("CHSA", is_calculated=True, is_stored=True),
            of_set("COSC", row=1),
        ),
        {"RequirementSet": "AHSD-2018"},
        {"RequirementSet": "CHSA"},
    ),
    passing(rules.calculated_set, "set by hand before", change(of_set(row=1))),
    passing(rules.calculated_set, "never set", change(of_set())),
    passing(rules.calculated_set, "requirement of a calculated set", change(requested())),
    # ---
    breaking(empty_update, "all stored", change(of_set(is_stored=True), nominated(is_stored=True))),
    passing(empty_update, "one not stored", change(of_set(is_stored=True), nominated())),
]
