"""Cases of the rules on names. Which strings the character rules accept: test_name_grammar.py."""

from students.rules import name_characters as characters
from students.rules import names
from tests.rules.cases import breaking, passing
from tests.rules.student_facts import (
    ASN,
    DELETED,
    LEGAL,
    ORIGINAL,
    OTHER,
    PREFERRED,
    full_name,
    identification,
    identity_change,
    name_change,
    new_student,
    stored_once,
)

# --- Characters ---------------------------------------------------------------------------------


def violation(parts: str, descriptor="Alias"):
    return {"NameDescriptor": descriptor, "FieldListWithValues": parts}


def breaking_part(rule, first: str):
    """An alias whose first name breaks the rule."""
    facts = name_change(name=full_name(first))
    return breaking(rule, repr(first), facts, violation(f"First Name ({first})"))


def passing_part(rule, *parts: str):
    return [passing(rule, repr(part), name_change(name=full_name(part))) for part in parts]


# A bad part for each rule, to be tried in every place of every service.
BAD_PARTS = (
    (characters.period_in_name, "St.John"),
    (characters.leading_space, " Bob"),
    (characters.trailing_space, "Bob "),
    (characters.repeated_spaces, "Mary  Ann"),
    (characters.space_beside_hyphen, "Mary - Ann"),
    (characters.repeated_periods, "A.."),
    (characters.repeated_hyphens, "X--Y"),
    (characters.repeated_apostrophes, "D''A"),
    (characters.starts_with_hyphen, "-Al"),
    (characters.ends_with_hyphen, "Anne-"),
    (characters.word_starts_with_period, "Mc .J"),
)


def in_every_place(rule, bad: str):
    """One violation per name, naming its bad parts in their order."""
    listed = f"First Name ({bad}), Middle Name ({bad}), Last Name ({bad}), Suffix ({bad})"
    all_bad = full_name(bad, bad, bad, bad)
    return [
        breaking_part(rule, bad),
        breaking(
            rule,
            "middle name only",
            name_change(name=full_name(middle=bad)),
            violation(f"Middle Name ({bad})"),
        ),
        breaking(
            rule,
            "last name and suffix",
            name_change(name=full_name(last=bad, suffix=bad)),
            violation(f"Last Name ({bad}), Suffix ({bad})"),
        ),
        breaking(rule, "correction", name_change(OTHER, all_bad), violation(listed)),
        breaking(
            rule,
            "legal name and alias",
            new_student(identification=identification(name=all_bad), alias=all_bad),
            violation(listed, "Legal"),
            violation(listed, "Alias"),
        ),
        breaking(
            rule,
            "alias only",
            new_student(alias=full_name(bad)),
            violation(f"First Name ({bad})"),
        ),
        breaking(
            rule,
            "new legal name",
            identity_change(name=full_name(last=bad)),
            violation(f"Last Name ({bad})", "Legal"),
        ),
        passing(rule, "deletion", name_change(OTHER, all_bad, delete=True)),
        passing(rule, "no alias", new_student()),
        passing(rule, "absent parts", name_change(name=full_name(middle="", suffix=""))),
        passing(rule, "50 letters", name_change(name=full_name("É" * 50))),
        passing(rule, "legal name that stays", identity_change()),
        *passing_part(rule, *FINE),
    ]


FINE = (
    "St. John",
    "J.-P.",
    "O'Brien",
    "'Abd",
    "Jean-Luc",
    "LNU",
    "Mary Ann",
    "D'",
    "É",
    "van d. B",
)

CHARACTER_CASES = [
    *(case for rule, bad in BAD_PARTS for case in in_every_place(rule, bad)),
    breaking_part(characters.period_in_name, "J.P."),
    breaking_part(characters.period_in_name, "'.É"),
    *passing_part(characters.period_in_name, "J. P.", "J.-P.", "A..", ".J", "A.."),
    breaking_part(characters.leading_space, "  Bob"),
    *passing_part(characters.leading_space, "Bob ", "Mary Ann"),
    breaking_part(characters.trailing_space, " "),
    *passing_part(characters.trailing_space, " Bob"),
    breaking_part(characters.repeated_spaces, "Bob  "),
    *passing_part(characters.repeated_spaces, " A B C "),
    breaking_part(characters.space_beside_hyphen, "J. -P."),
    breaking_part(characters.space_beside_hyphen, "J- P"),
    *passing_part(characters.space_beside_hyphen, "A-B C", "Anne-"),
    breaking_part(characters.repeated_periods, "A...B"),
    *passing_part(characters.repeated_periods, "A. B.", ". ."),
    breaking_part(characters.repeated_hyphens, "---"),
    *passing_part(characters.repeated_hyphens, "A-B-C", "- -"),
    breaking_part(characters.repeated_apostrophes, "''"),
    *passing_part(characters.repeated_apostrophes, "'A'B'", "' '"),
    breaking_part(characters.starts_with_hyphen, "-"),
    *passing_part(characters.starts_with_hyphen, "A -B", " -A", "Anne-"),
    breaking_part(characters.ends_with_hyphen, "-"),
    *passing_part(characters.ends_with_hyphen, "-Al", "A- "),
    breaking_part(characters.word_starts_with_period, "."),
    breaking_part(characters.word_starts_with_period, "A-.B"),
    *passing_part(characters.word_starts_with_period, "A.", "A..", "'."),
]

# --- Records ------------------------------------------------------------------------------------


def unknown(ref_id):
    return {"StateProvinceId": ASN, "Type": "Name", "RefId": ref_id}


FRED = full_name("Fred")
FRED_TOM = full_name("Fred", "Tom")
FRED_TOM_JR = full_name("Fred", "Tom", suffix="Jr")
ELSE = full_name("Else")


def becomes_alias(alias, legal=FRED):
    return new_student(identification=identification(name=legal), alias=alias)


RECORD_CASES = [
    breaking(names.unknown_record, "of nobody", name_change(99), unknown(99)),
    breaking(names.unknown_record, "negative", name_change(-1), unknown(-1)),
    breaking(names.unknown_record, "to delete", name_change(99, delete=True), unknown(99)),
    breaking(names.unknown_record, "deleted", name_change(DELETED), unknown(DELETED)),
    breaking(
        names.unknown_record,
        "deleted again",
        name_change(DELETED, delete=True),
        unknown(DELETED),
    ),
    passing(names.unknown_record, "new name", name_change()),
    passing(names.unknown_record, "correction", name_change(OTHER)),
    passing(names.unknown_record, "deletion", name_change(OTHER, delete=True)),
    # ---
    breaking(
        names.original_name_is_protected,
        "by somebody else",
        name_change(ORIGINAL, ELSE, may_change_original=False),
    ),
    breaking(
        names.original_name_is_protected,
        "case only",
        name_change(ORIGINAL, full_name("FREDERIC"), may_change_original=False),
    ),
    breaking(
        names.original_name_is_protected,
        "legal name as well",
        name_change(LEGAL, ELSE, stored=stored_once(FRED), may_change_original=False),
    ),
    passing(names.original_name_is_protected, "by its creator", name_change(ORIGINAL, ELSE)),
    passing(
        names.original_name_is_protected,
        "parts as they are",
        name_change(ORIGINAL, is_preferred=True, may_change_original=False),
    ),
    passing(
        names.original_name_is_protected,
        "deletion",
        name_change(ORIGINAL, ELSE, delete=True, may_change_original=False),
    ),
    passing(
        names.original_name_is_protected,
        "another name",
        name_change(OTHER, ELSE, may_change_original=False),
    ),
    passing(
        names.original_name_is_protected,
        "new name",
        name_change(name=ELSE, may_change_original=False),
    ),
    passing(
        names.original_name_is_protected,
        "another legal name leaves the original record as it is",
        identity_change(name=ELSE, names=stored_once(FRED), may_change_original=False),
    ),
    # ---
    breaking(
        names.preferred_name_stays,
        "deletion",
        name_change(PREFERRED, delete=True),
        {"RefId": PREFERRED},
    ),
    breaking(
        names.preferred_name_stays,
        "whatever becomes preferred is ignored on a deletion",
        name_change(PREFERRED, delete=True, is_preferred=False),
        {"RefId": PREFERRED},
    ),
    passing(names.preferred_name_stays, "correction", name_change(PREFERRED, ELSE)),
    passing(names.preferred_name_stays, "another name", name_change(OTHER, delete=True)),
    # ---
    breaking(
        names.legal_and_original_names_stay,
        "legal",
        name_change(LEGAL, delete=True),
        {"RefId": LEGAL, "NameKind": "legal"},
    ),
    breaking(
        names.legal_and_original_names_stay,
        "original",
        name_change(ORIGINAL, delete=True),
        {"RefId": ORIGINAL, "NameKind": "original"},
    ),
    breaking(
        names.legal_and_original_names_stay,
        "both",
        name_change(LEGAL, delete=True, stored=stored_once(FRED)),
        {"RefId": LEGAL, "NameKind": "legal"},
    ),
    passing(
        names.legal_and_original_names_stay, "preferred only", name_change(PREFERRED, delete=True)
    ),
    passing(names.legal_and_original_names_stay, "correction", name_change(LEGAL, ELSE)),
    # ---
    breaking(
        names.legal_name_is_not_corrected, "other name", name_change(LEGAL, ELSE), {"RefId": LEGAL}
    ),
    breaking(
        names.legal_name_is_not_corrected,
        "accent only",
        name_change(LEGAL, full_name("Fréd")),
        {"RefId": LEGAL},
    ),
    breaking(
        names.legal_name_is_not_corrected,
        "one more part",
        name_change(LEGAL, FRED_TOM, is_preferred=True),
        {"RefId": LEGAL},
    ),
    passing(
        names.legal_name_is_not_corrected,
        "only to be preferred",
        name_change(LEGAL, is_preferred=True),
    ),
    passing(names.legal_name_is_not_corrected, "nothing changes (9023)", name_change(LEGAL)),
    passing(names.legal_name_is_not_corrected, "deletion (11216)", name_change(LEGAL, delete=True)),
    passing(names.legal_name_is_not_corrected, "another name", name_change(ORIGINAL, ELSE)),
    # ---
    breaking(names.empty_update, "same parts", name_change(OTHER)),
    breaking(names.empty_update, "preferred already", name_change(PREFERRED, is_preferred=True)),
    breaking(names.empty_update, "not preferred anyway", name_change(OTHER, is_preferred=False)),
    breaking(names.empty_update, "legal name", name_change(LEGAL)),
    breaking(
        names.empty_update,
        "no longer preferred, but the legal name",
        name_change(LEGAL, stored=stored_once(FRED), is_preferred=False),
    ),
    passing(names.empty_update, "case only", name_change(OTHER, full_name("FRITZ"))),
    passing(names.empty_update, "one part less", name_change(OTHER, full_name("Fritz", "Tom"))),
    passing(names.empty_update, "becomes preferred", name_change(OTHER, is_preferred=True)),
    passing(names.empty_update, "no longer preferred", name_change(PREFERRED, is_preferred=False)),
    passing(names.empty_update, "new name", name_change(name=FRED)),
    passing(names.empty_update, "deletion", name_change(OTHER, delete=True)),
    passing(names.empty_update, "of nobody (9006)", name_change(99, FRED)),
    breaking(names.empty_update, "same identity, no gender", identity_change()),
    breaking(names.empty_update, "same identity and gender", identity_change(gender="F")),
    passing(names.empty_update, "gender", identity_change(gender="X")),
    *(
        passing(names.empty_update, f"identity: {name}", identity_change(**{name: value}))
        for name, value in {
            "name": full_name("fred"),
            "birth_date": identification().birth_date.replace(year=2011),
            "document_type": "CanadianPassport",
            "document_number": "",
            "document_issue_date": identification().birth_date,
            "is_name_exact": False,
        }.items()
    ),
    # ---
    breaking(
        names.duplicate_name,
        "same four parts",
        name_change(name=FRED_TOM, stored=stored_once(FRED_TOM)),
        FRED_TOM.placeholders(),
    ),
    breaking(names.duplicate_name, "legal name", name_change(name=FRED), FRED.placeholders()),
    breaking(names.duplicate_name, "correction", name_change(OTHER, FRED), FRED.placeholders()),
    passing(names.duplicate_name, "with itself", name_change(OTHER)),
    passing(names.duplicate_name, "deleted", name_change(name=full_name("Alfred"))),
    passing(
        names.duplicate_name, "correction into a deleted one", name_change(1, full_name("Alfred"))
    ),
    passing(names.duplicate_name, "deletion", name_change(OTHER, FRED, delete=True)),
    *(
        passing(names.duplicate_name, what, name_change(name=sent, stored=stored_once(stored)))
        for what, stored, sent in (
            ("more parts", FRED, FRED_TOM),
            ("accent, and middle name removed", FRED_TOM, full_name("Fréd")),
            ("suffix added", FRED_TOM, FRED_TOM_JR),
            ("suffix removed", FRED_TOM_JR, FRED_TOM),
            ("case", FRED, full_name("FRED")),
            ("parts in other places", full_name("Fred", "Tom"), full_name("Tom", "Fred")),
        )
    ),
    # ---
    breaking(names.alias_is_the_legal_name, "same", becomes_alias(FRED), FRED.placeholders()),
    breaking(
        names.alias_is_the_legal_name,
        "same in four parts",
        becomes_alias(FRED_TOM_JR, legal=FRED_TOM_JR),
        FRED_TOM_JR.placeholders(),
    ),
    passing(names.alias_is_the_legal_name, "no alias", new_student()),
    passing(names.alias_is_the_legal_name, "case", becomes_alias(full_name("fred"))),
    passing(names.alias_is_the_legal_name, "accent", becomes_alias(full_name("Fréd"))),
    passing(names.alias_is_the_legal_name, "one part more", becomes_alias(FRED_TOM)),
    passing(
        names.alias_is_the_legal_name, "one part less", becomes_alias(FRED_TOM, legal=FRED_TOM_JR)
    ),
]

NAME_CASES = [*CHARACTER_CASES, *RECORD_CASES]
