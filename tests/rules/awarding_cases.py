"""Cases of the rules of awarding. Facts: a Candidate, made without a database."""

import datetime

from credentials.awarding import Candidate, SingleCandidate
from credentials.rules import awarding as rules
from students.rules import access
from tests.rules.cases import breaking, passing

BORN = datetime.date(2008, 5, 17)  # in school year 2008
ASN = "100000009"


def candidate(achieved="", *, awarded="", sets=(), **facts) -> Candidate:
    """A known, active student. `achieved`, `awarded`: credential types, separated by blanks."""
    return Candidate(
        ASN,
        **{
            "student_id": 1,
            "birth_date": BORN,
            "achieved_sets": frozenset(sets),
            "stored_achieved": frozenset(achieved.split()),
            "awards": tuple((credential_type, 2025) for credential_type in awarded.split()),
            "mark_year": 2026,
            **facts,
        },
    )


def single(requested="AHSD", achieved="AHSD", *, year=2026, awarded="", **facts):
    """The same student, asked for one credential in school year 2025/2026."""
    return SingleCandidate(
        ASN,
        **{
            "student_id": 1,
            "birth_date": BORN,
            "stored_achieved": frozenset(achieved.split()),
            "awards": tuple((credential_type, 2025) for credential_type in awarded.split()),
            "requested": requested,
            "requested_year": year,
            "current_year": 2026,
            **facts,
        },
    )


def limited(*types: str, achieved: str, **facts) -> Candidate:
    return candidate(achieved, only_types=frozenset(types), **facts)


def born(year: int, month: int, day: int, mark_year: int) -> Candidate:
    return candidate("AHSD", birth_date=datetime.date(year, month, day), mark_year=mark_year)


GED = {"achieved": "HSED", "sets": ["HSED-ALT2"]}
CREDITS = {"achieved": "HSED", "sets": ["HSED-ALT1"]}
BOTH = {"achieved": "HSED", "sets": ["HSED-ALT1", "HSED-ALT2"]}

AWARDING_CASES = [
    breaking(
        access.invalid_asn, "unknown", Candidate("123456789"), {"StateProvinceId": "123456789"}
    ),
    passing(access.invalid_asn, "known", candidate()),
    passing(access.invalid_asn, "key 0 is a student", candidate(student_id=0)),
    # ---
    breaking(
        rules.deactivated_asn,
        "deactivated",
        candidate(is_deactivated=True),
        {"StateProvinceId": ASN},
    ),
    passing(rules.deactivated_asn, "active", candidate()),
    passing(rules.deactivated_asn, "secondary", candidate(primary_asn="200000001")),
    # ---
    breaking(
        rules.secondary_asn,
        "secondary",
        candidate(primary_asn="200000001"),
        {"SecondaryASN": ASN, "PrimaryASN": "200000001"},
    ),
    passing(rules.secondary_asn, "primary", candidate()),
    # ---
    breaking(rules.nothing_achieved, "nothing stored", candidate()),
    breaking(
        rules.nothing_achieved, "something awarded, nothing achieved", candidate("", awarded="AHSD")
    ),
    breaking(
        rules.nothing_achieved,
        "achieved, being recalculated",
        candidate("AHSD", is_outstanding=True),
        {"message": rules.NOTHING_ACHIEVED_OUTSTANDING},
    ),
    breaking(
        rules.nothing_achieved,
        "another one awarded, being recalculated",
        candidate("AHSD", awarded="CHSA", is_outstanding=True),
        {"message": rules.NOTHING_ACHIEVED_OUTSTANDING},
    ),
    breaking(rules.nothing_achieved, "nothing to recalculate", candidate(is_outstanding=True)),
    breaking(
        rules.nothing_achieved,
        "the run awards another type",
        limited("CHSA", achieved="AHSD CHSA"),
        {"message": rules.NOT_OF_THIS_RUN, "Credential": "AHSD"},
    ),
    passing(rules.nothing_achieved, "achieved", candidate("COSC")),
    passing(rules.nothing_achieved, "achieved and awarded", candidate("AHSD", awarded="AHSD")),
    passing(
        rules.nothing_achieved,
        "awarded, being recalculated",
        candidate("AHSD", awarded="AHSD", is_outstanding=True),
    ),
    passing(rules.nothing_achieved, "the run awards this type", limited("AHSD", achieved="AHSD")),
    passing(
        rules.nothing_achieved,
        "the run's type matters only where something is to be awarded",
        limited("CHSA", achieved="AHSD", awarded="AHSD"),
    ),
    breaking(rules.nothing_achieved, "not the one asked for", single("CHSA", "AHSD COSC")),
    breaking(rules.nothing_achieved, "the one asked for, deleted", single(achieved="")),
    breaking(
        rules.nothing_achieved,
        "the one asked for, being recalculated",
        single(is_outstanding=True),
        {"message": rules.NOTHING_ACHIEVED_OUTSTANDING},
    ),
    breaking(
        rules.nothing_achieved,
        "another one is being recalculated",
        single("CHSA", "AHSD", is_outstanding=True),
    ),
    passing(rules.nothing_achieved, "the one asked for", single("CHSA", "AHSD CHSA")),
    passing(rules.nothing_achieved, "lower than one that is held", single("COSC", "COSC AHSD")),
    passing(rules.nothing_achieved, "outside the order", single("HHSD", "HHSD")),
    # ---
    breaking(
        rules.already_awarded,
        "the one asked for",
        single("CHSA", "CHSA COSC", awarded="CHSA AHSD"),
        {"StateProvinceID": ASN, "Credential": "CHSA"},
    ),
    breaking(
        rules.already_awarded,
        "the one asked for, no longer achieved",
        single("CHSA", "", awarded="CHSA"),
        {"StateProvinceID": ASN, "Credential": "CHSA"},
    ),
    passing(rules.already_awarded, "a higher one is", single("COSC", "COSC", awarded="AHSD")),
    passing(rules.already_awarded, "asked for, not achieved", single("COSC", "")),
    breaking(
        rules.already_awarded,
        "the one achieved",
        candidate("AHSD", awarded="AHSD"),
        {"StateProvinceID": ASN, "Credential": "AHSD"},
    ),
    breaking(
        rules.already_awarded,
        "names the highest of several",
        candidate("COSC CHSA", awarded="COSC CHSA"),
        {"StateProvinceID": ASN, "Credential": "CHSA"},
    ),
    breaking(
        rules.already_awarded,
        "names one that is achieved, not a higher one that no longer is",
        candidate("CHSA", awarded="AHSD CHSA"),
        {"StateProvinceID": ASN, "Credential": "CHSA"},
    ),
    breaking(
        rules.already_awarded,
        "outside the order",
        candidate("HHSD", awarded="HHSD"),
        {"StateProvinceID": ASN, "Credential": "HHSD"},
    ),
    breaking(
        rules.already_awarded,
        "the others wait for a recalculation",
        candidate("AHSD CHSA", awarded="CHSA", is_outstanding=True),
        {"StateProvinceID": ASN, "Credential": "CHSA"},
    ),
    passing(rules.already_awarded, "nothing achieved", candidate("", awarded="AHSD")),
    passing(rules.already_awarded, "not awarded", candidate("AHSD")),
    passing(rules.already_awarded, "one of two awarded", candidate("AHSD CHSA", awarded="CHSA")),
    passing(
        rules.already_awarded, "awarded and deleted", candidate("AHSD", deleted_awards={"AHSD": 7})
    ),
    # ---
    breaking(rules.outside_the_order, "honorary alone", candidate("HHSD")),
    breaking(rules.outside_the_order, "honorary blocks the others", candidate("AHSD HHSD")),
    breaking(rules.outside_the_order, "a type nobody knows", candidate("AHSD ZZZZ")),
    passing(rules.outside_the_order, "honorary awarded", candidate("AHSD HHSD", awarded="HHSD")),
    passing(rules.outside_the_order, "in the order", candidate("AHSD COSC")),
    # ---
    breaking(rules.higher_already_awarded, "lower", candidate("COSC", awarded="AHSD")),
    breaking(rules.higher_already_awarded, "equivalent", candidate("AHSD", awarded="GHSD")),
    breaking(
        rules.higher_already_awarded,
        "each held credential must allow it",
        candidate("GHSD", awarded="HSED CHSA"),
    ),
    passing(rules.higher_already_awarded, "higher", candidate("AHSD", awarded="CHSA")),
    passing(rules.higher_already_awarded, "nothing open", candidate("AHSD", awarded="AHSD")),
    passing(rules.higher_already_awarded, "nothing awarded", candidate("COSC")),
    passing(rules.higher_already_awarded, "honorary held", candidate("COSC", awarded="HHSD")),
    # ---
    breaking(rules.school_year_undetermined, "no mark", candidate("AHSD", mark_year=None)),
    breaking(
        rules.school_year_undetermined,
        "a diploma takes no year from enrolments or GED",
        candidate("AHSD", mark_year=None, enrolment_year=2026, ged_year=2026),
    ),
    breaking(
        rules.school_year_undetermined,
        "completion takes no year from marks",
        candidate("COSC", mark_year=2026, ged_year=2026),
    ),
    breaking(
        rules.school_year_undetermined,
        "equivalency by GED takes no year from marks",
        candidate(**GED, enrolment_year=2026),
    ),
    breaking(
        rules.school_year_undetermined, "by both alternatives, no GED mark", candidate(**BOTH)
    ),
    passing(rules.school_year_undetermined, "mark", candidate("AHSD", mark_year=2026)),
    passing(
        rules.school_year_undetermined,
        "completion",
        candidate("COSC", mark_year=None, enrolment_year=2026),
    ),
    passing(rules.school_year_undetermined, "GED", candidate(**GED, mark_year=None, ged_year=2019)),
    passing(rules.school_year_undetermined, "equivalency by credits", candidate(**CREDITS)),
    passing(
        rules.school_year_undetermined,
        "GED sets do not matter to other credentials",
        candidate("AHSD HSED", sets=["AHSD-2018", "HSED-ALT2"]),
    ),
    passing(rules.school_year_undetermined, "nothing to award", candidate(mark_year=None)),
    # ---
    breaking(
        rules.unreasonable_school_year,
        "the year of birth",
        born(2008, 8, 31, mark_year=2008),
        {"AwardedSchoolYear": "2007/2008"},
    ),
    breaking(
        rules.unreasonable_school_year,
        "born on the first day of the year",
        born(2008, 9, 1, mark_year=2009),
        {"AwardedSchoolYear": "2008/2009"},
    ),
    breaking(
        rules.unreasonable_school_year,
        "before birth",
        born(2008, 5, 17, mark_year=1998),
        {"AwardedSchoolYear": "1997/1998"},
    ),
    passing(rules.unreasonable_school_year, "the year after", born(2008, 8, 31, mark_year=2009)),
    passing(rules.unreasonable_school_year, "a year later", born(2008, 9, 1, mark_year=2010)),
    passing(rules.unreasonable_school_year, "no year", candidate("AHSD", mark_year=None)),
    breaking(
        rules.unreasonable_school_year,
        "the year asked for",
        single(year=2008),
        {"AwardedSchoolYear": "2007/2008"},
    ),
    breaking(
        rules.unreasonable_school_year,
        "before all years",
        single(year=-32768, achieved=""),
        {"AwardedSchoolYear": "-32769/-32768"},
    ),
    passing(rules.unreasonable_school_year, "the year asked for", single(year=2009)),
    # ---
    breaking(
        rules.not_awarded_in_school_year,
        "not awarded then",
        single("GHSD", is_awardable=False),
        {"Credential": "GHSD", "SchoolYear": "2025/2026"},
    ),
    breaking(
        rules.not_awarded_in_school_year,
        "next year",
        single(year=2027),
        {"message": rules.YEAR_IN_THE_FUTURE, "Credential": "AHSD", "SchoolYear": "2026/2027"},
    ),
    breaking(
        rules.not_awarded_in_school_year,
        "next year, and not awarded then",
        single(year=2027, is_awardable=False),
        {"Credential": "AHSD", "SchoolYear": "2026/2027"},
        {"message": rules.YEAR_IN_THE_FUTURE, "Credential": "AHSD", "SchoolYear": "2026/2027"},
    ),
    passing(rules.not_awarded_in_school_year, "this year", single()),
    passing(rules.not_awarded_in_school_year, "long ago", single(year=1950)),
]
