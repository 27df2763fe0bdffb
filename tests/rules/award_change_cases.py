"""Cases of the rules of changing awards. Facts: an AwardChange, made without a database."""

import datetime
from dataclasses import replace

from credentials.award_changes import (
    AwardChange,
    Deletion,
    LegacyNumberChange,
    ReIssue,
    StoredAward,
)
from credentials.rules import award_changes as rules
from credentials.rules import awarding
from students.facts import FullName
from students.rules import names
from tests.rules.cases import breaking, passing

ASN, NUMBER = "100000009", 1000000008
NAME = FullName("Ada", "King", "Byron", "")
LEGAL = FullName("Ada", "King", "Lovelace", "")
AWARD = StoredAward(
    key=7,
    student=1,
    credential_type="AHSD",
    number=NUMBER,
    school_year=2026,
    name=NAME,
    legacy_number="L-7",
    is_deleted=False,
    delete_reason="",
    version=100,
)
DELETED = replace(AWARD, is_deleted=True, delete_reason="By mistake")
COMMON = {"number": NUMBER, "version": 100, "award": AWARD, "asn": ASN}


def change(**facts) -> AwardChange:
    return AwardChange(**{**COMMON, **facts})


def re_issue(**facts) -> ReIssue:
    return ReIssue(
        **{
            **COMMON,
            "school_year": 2026,
            "name": NAME,
            "legal_names": (LEGAL,),
            "birth_date": datetime.date(2008, 5, 17),
            **facts,
        }
    )


def deletion(reason="", **facts) -> Deletion:
    return Deletion(**{**COMMON, "reason": reason, **facts})


def legacy(number="", **facts) -> LegacyNumberChange:
    return LegacyNumberChange(**{**COMMON, "legacy_number": number, **facts})


AWARD_CHANGE_CASES = [
    breaking(rules.invalid_number, "nobody's, or not any longer", change(award=None)),
    passing(rules.invalid_number, "an award's", change()),
    passing(rules.invalid_number, "a deleted award's", change(award=DELETED)),
    # ---
    breaking(rules.out_of_date, "older", change(version=99)),
    breaking(rules.out_of_date, "newer", change(version=101)),
    breaking(rules.out_of_date, "0 is no version", change(version=0)),
    breaking(rules.out_of_date, "0 for a deleted award", change(version=0, award=DELETED)),
    passing(rules.out_of_date, "the present one", change()),
    # ---
    breaking(rules.award_is_deleted, "deleted", change(award=DELETED), {"CredentialType": "AHSD"}),
    passing(rules.award_is_deleted, "active", change()),
    # ---
    breaking(
        awarding.unreasonable_school_year,
        "re-issued for the year of birth",
        re_issue(school_year=2008),
        {"AwardedSchoolYear": "2007/2008"},
    ),
    passing(awarding.unreasonable_school_year, "re-issued", re_issue(school_year=2009)),
    # ---
    breaking(rules.nothing_new, "the same", re_issue(), {"CredentialNumber": NUMBER}),
    breaking(
        rules.nothing_new,
        "a legacy number is nothing new",
        re_issue(legacy_number="X"),
        {"CredentialNumber": NUMBER},
    ),
    passing(rules.nothing_new, "another year", re_issue(school_year=2025)),
    passing(rules.nothing_new, "another name", re_issue(name=LEGAL)),
    passing(rules.nothing_new, "case matters", re_issue(name=replace(NAME, last_name="byron"))),
    passing(rules.nothing_new, "accents matter", re_issue(name=replace(NAME, first_name="Àda"))),
    passing(rules.nothing_new, "a part less", re_issue(name=replace(NAME, middle_name=""))),
    passing(rules.nothing_new, "a part more", re_issue(name=replace(NAME, suffix="II"))),
    # ---
    breaking(rules.open_document_orders, "re-issue", re_issue(has_open_order=True)),
    breaking(rules.open_document_orders, "delete", deletion("By mistake", has_open_order=True)),
    passing(rules.open_document_orders, "no open order", re_issue()),
    passing(rules.open_document_orders, "undelete", deletion(has_open_order=True)),
    passing(
        rules.open_document_orders,
        "another reason",
        deletion("Another reason", award=DELETED, has_open_order=True),
    ),
    passing(rules.open_document_orders, "legacy number", legacy(has_open_order=True)),
    # ---
    breaking(names.empty_update, "undelete what is active", deletion()),
    breaking(
        names.empty_update, "delete for the same reason", deletion("By mistake", award=DELETED)
    ),
    passing(names.empty_update, "delete", deletion("By mistake")),
    passing(names.empty_update, "another reason", deletion("Another", award=DELETED)),
    passing(names.empty_update, "undelete", deletion(award=DELETED)),
    passing(
        names.empty_update,
        "a reason for what was deleted without one",
        deletion("By mistake", award=replace(DELETED, delete_reason="")),
    ),
    # ---
    breaking(
        awarding.already_awarded,
        "comes back beside the same under a linked number",
        deletion(award=DELETED, held_elsewhere={"AHSD", "CHSA"}),
        {"StateProvinceID": ASN, "Credential": "AHSD"},
    ),
    passing(
        awarding.already_awarded,
        "comes back beside another",
        deletion(award=DELETED, held_elsewhere={"CHSA"}),
    ),
    *(
        passing(
            awarding.already_awarded, name, deletion(reason, award=award, held_elsewhere={"AHSD"})
        )
        for name, reason, award in (
            ("deleted beside the same", "By mistake", AWARD),
            ("another reason beside the same", "Another", DELETED),
        )
    ),
    # ---
    breaking(names.empty_update, "the legacy number it has", legacy("L-7")),
    breaking(
        names.empty_update,
        "the legacy number it has not",
        legacy("", award=replace(AWARD, legacy_number="")),
    ),
    passing(names.empty_update, "another legacy number", legacy("L-8")),
    passing(names.empty_update, "no legacy number any longer", legacy()),
    passing(names.empty_update, "case matters in a legacy number", legacy("l-7")),
]
