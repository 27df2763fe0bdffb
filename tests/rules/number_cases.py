"""Cases of the rules on linking and closing numbers and on deaths; facts without a database."""

import datetime
from dataclasses import replace

from students.facts import StudentAccess
from students.number_facts import DeactivationChange, DeathChange, LinkChange, NumberFacts
from students.rules import access, names, numbers
from tests.rules.cases import breaking, passing
from tests.rules.student_facts import ASN, BORN, DAY, TODAY

OTHER, THIRD, FOURTH = "200000001", "300000003", "400000004"
SECONDARY, PRIMARY = NumberFacts(ASN), NumberFacts(OTHER)
BOTH = {"SecondaryASN": ASN, "PrimaryASN": OTHER}
DIED = datetime.date(2026, 10, 1)


def link(primary=None, **of_secondary) -> LinkChange:
    """Both numbers stand alone and have nothing that hinders, but for what is given."""
    return LinkChange(
        StudentAccess(ASN),
        secondary=replace(SECONDARY, **of_secondary),
        primary=replace(PRIMARY, **(primary or {})),
    )


def undo(**of_secondary) -> LinkChange:
    return LinkChange(StudentAccess(ASN), secondary=replace(SECONDARY, **of_secondary))


def deactivation(*records: str, to=True, **stored) -> DeactivationChange:
    facts = replace(SECONDARY, **{"is_deactivated": not to, **stored})
    return DeactivationChange(StudentAccess(ASN), facts, is_deactivated=to, records=records)


def death(on: datetime.date | None = DIED, **changes) -> DeathChange:
    return DeathChange(
        **{
            "access": StudentAccess(ASN),
            "today": TODAY,
            "birth_date": BORN,
            "date_of_death": on,
            **changes,
        }
    )


def restricted(*codes: str) -> dict:
    return {"restrictions": frozenset(codes)}


def holding(*types: str) -> dict:
    return {"credentials": frozenset(types)}


NUMBER_CASES = [
    *(
        breaking(access.invalid_asn, f"{name}, nobody's number", facts, {"StateProvinceId": OTHER})
        for name, facts in (
            ("link", LinkChange(StudentAccess(OTHER, is_accessible=False))),
            (
                "deactivation",
                DeactivationChange(
                    StudentAccess(OTHER, is_accessible=False), None, is_deactivated=True
                ),
            ),
            ("death", DeathChange(StudentAccess(OTHER, is_accessible=False), TODAY)),
        )
    ),
    *(
        passing(access.invalid_asn, f"{name}, somebody's number", facts)
        for name, facts in (("link", link()), ("deactivation", deactivation()), ("death", death()))
    ),
    # ---
    breaking(names.empty_update, "linked so already", link(primary_asn=OTHER)),
    breaking(names.empty_update, "no link to undo", undo()),
    passing(names.empty_update, "link", link()),
    passing(names.empty_update, "linked to another", link(primary_asn=THIRD)),
    passing(names.empty_update, "undo a link", undo(primary_asn=OTHER)),
    # ---
    breaking(
        numbers.linked_to_itself,
        "the same",
        link({"asn": ASN}),
        {"StateProvinceId": ASN},
    ),
    passing(numbers.linked_to_itself, "two numbers", link()),
    passing(numbers.linked_to_itself, "undo", undo(primary_asn=OTHER)),
    # ---
    breaking(
        numbers.deactivated_number, "secondary", link(is_deactivated=True), {"StateProvinceId": ASN}
    ),
    breaking(
        numbers.deactivated_number,
        "primary",
        link({"is_deactivated": True}),
        {"StateProvinceId": OTHER},
    ),
    breaking(
        numbers.deactivated_number,
        "both",
        link({"is_deactivated": True}, is_deactivated=True),
        {"StateProvinceId": ASN},
        {"StateProvinceId": OTHER},
    ),
    passing(numbers.deactivated_number, "neither", link()),
    # ---
    breaking(
        numbers.primary_is_secondary,
        "secondary of a third number",
        link({"primary_asn": THIRD}),
        {"StateProvinceId": OTHER, "PrimaryASN": THIRD},
    ),
    breaking(
        numbers.primary_is_secondary,
        "the two are linked the other way round",
        link({"primary_asn": ASN}),
        {"StateProvinceId": OTHER, "PrimaryASN": ASN},
    ),
    passing(numbers.primary_is_secondary, "primary", link({"secondary_asns": (THIRD,)})),
    passing(numbers.primary_is_secondary, "undo", undo(primary_asn=OTHER)),
    # ---
    breaking(
        numbers.linked_already,
        "to a third number",
        link(primary_asn=THIRD),
        {"SecondaryASN": ASN, "PrimaryASN": THIRD},
    ),
    passing(numbers.linked_already, "alone", link()),
    passing(numbers.linked_already, "undo", undo(primary_asn=THIRD)),
    # ---
    breaking(
        numbers.has_secondary_numbers,
        "link",
        link(secondary_asns=(THIRD, FOURTH)),
        {"StateProvinceId": ASN, "SecondaryASNs": f"{THIRD}, {FOURTH}"},
    ),
    breaking(
        numbers.has_secondary_numbers,
        "deactivate",
        deactivation(secondary_asns=(THIRD,)),
        {"StateProvinceId": ASN, "SecondaryASNs": THIRD},
    ),
    passing(numbers.has_secondary_numbers, "none to link", link()),
    passing(numbers.has_secondary_numbers, "the primary's", link({"secondary_asns": (THIRD,)})),
    passing(numbers.has_secondary_numbers, "none to deactivate", deactivation()),
    passing(
        numbers.has_secondary_numbers, "reactivate", deactivation(to=False, secondary_asns=(THIRD,))
    ),
    # ---
    breaking(
        numbers.credential_under_both,
        "one",
        link(holding("AHSD", "CHSA"), **holding("GHSD", "AHSD")),
        {**BOTH, "CredentialType": "AHSD"},
    ),
    breaking(
        numbers.credential_under_both,
        "two",
        link(holding("AHSD", "CHSA"), **holding("CHSA", "AHSD")),
        {**BOTH, "CredentialType": "AHSD"},
        {**BOTH, "CredentialType": "CHSA"},
    ),
    passing(
        numbers.credential_under_both, "different ones", link(holding("AHSD"), **holding("CHSA"))
    ),
    passing(numbers.credential_under_both, "one side only", link(**holding("AHSD"))),
    passing(
        numbers.credential_under_both, "undo", undo(primary_asn=OTHER, **holding("AHSD", "CHSA"))
    ),
    # ---
    breaking(
        numbers.restriction_would_be_lost,
        "under the secondary only",
        link(restricted("Caution"), **restricted("CourtOrdered", "Caution")),
        {**BOTH, "DisclosureRestrictionCode": "CourtOrdered"},
    ),
    passing(
        numbers.restriction_would_be_lost,
        "under both",
        link(restricted("CourtOrdered"), **restricted("CourtOrdered")),
    ),
    passing(
        numbers.restriction_would_be_lost, "under the primary", link(restricted("CourtOrdered"))
    ),
    passing(
        numbers.restriction_would_be_lost, "undo", undo(primary_asn=OTHER, **restricted("Caution"))
    ),
    # ---
    breaking(numbers.death_would_be_lost, "the secondary's only", link(is_deceased=True), BOTH),
    passing(
        numbers.death_would_be_lost,
        "of both",
        link({"is_deceased": True}, is_deceased=True),
    ),
    passing(numbers.death_would_be_lost, "the primary's", link({"is_deceased": True})),
    passing(numbers.death_would_be_lost, "nobody's", link()),
    passing(numbers.death_would_be_lost, "undo", undo(primary_asn=OTHER, is_deceased=True)),
    # --- Deactivating
    breaking(names.empty_update, "deactivated already", deactivation(is_deactivated=True)),
    breaking(names.empty_update, "in use already", deactivation(to=False, is_deactivated=False)),
    passing(names.empty_update, "deactivate", deactivation()),
    passing(names.empty_update, "reactivate", deactivation(to=False)),
    # ---
    breaking(
        numbers.deactivates_secondary,
        "linked",
        deactivation(primary_asn=OTHER),
        BOTH,
    ),
    passing(numbers.deactivates_secondary, "alone", deactivation()),
    passing(numbers.deactivates_secondary, "reactivate", deactivation(to=False)),
    # ---
    breaking(
        numbers.number_in_use,
        "enrolled and awarded",
        deactivation("school enrolments", "awarded credentials"),
        {"StateProvinceId": ASN, "Records": "school enrolments"},
        {"StateProvinceId": ASN, "Records": "awarded credentials"},
    ),
    passing(numbers.number_in_use, "nothing", deactivation()),
    passing(
        numbers.number_in_use, "what an import brought", deactivation("official marks", to=False)
    ),
    # --- Deaths
    breaking(names.empty_update, "that day already", death(stored_deceased=True, stored_date=DIED)),
    breaking(names.empty_update, "no date already", death(None, stored_deceased=True)),
    breaking(names.empty_update, "alive already", death(None, is_deceased=False)),
    passing(names.empty_update, "died", death()),
    passing(names.empty_update, "another day", death(stored_deceased=True, stored_date=DIED - DAY)),
    passing(names.empty_update, "the day is known", death(stored_deceased=True)),
    passing(
        names.empty_update,
        "the day is not known after all",
        death(None, stored_deceased=True, stored_date=DIED),
    ),
    passing(
        names.empty_update,
        "alive after all",
        death(None, is_deceased=False, stored_deceased=True, stored_date=DIED),
    ),
    # ---
    breaking(
        numbers.death_of_secondary,
        "linked",
        death(access=StudentAccess(ASN, primary_asn=OTHER, is_ministry=True)),
        BOTH,
    ),
    passing(numbers.death_of_secondary, "primary", death()),
    passing(
        numbers.death_of_secondary,
        "deactivated",
        death(access=StudentAccess(ASN, is_deactivated=True)),
    ),
    # ---
    breaking(
        numbers.died_in_the_future, "tomorrow", death(TODAY + DAY), {"DateOfDeath": TODAY + DAY}
    ),
    passing(numbers.died_in_the_future, "today", death(TODAY)),
    passing(numbers.died_in_the_future, "not known", death(None)),
    # ---
    breaking(
        numbers.died_before_birth, "the day before", death(BORN - DAY), {"DateOfDeath": BORN - DAY}
    ),
    passing(numbers.died_before_birth, "the same day", death(BORN)),
    passing(numbers.died_before_birth, "not known", death(None)),
]
