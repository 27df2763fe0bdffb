"""Cases of the rules on mailing addresses. Each is judged for each address."""

from students.rules import addresses
from tests.rules.cases import breaking, passing
from tests.rules.student_facts import (
    BORN,
    DAY,
    address,
    international_address,
    new_student,
    us_address,
)

PREFERRED = {"AddressLabel": "Preferred Mailing"}
ALTERNATE = {"AddressLabel": "Alternate Mailing"}


def at(*sent):
    return new_student(addresses=sent)


def alternate(make=address, **changes):
    return make(label="Alternate Mailing", **changes)


def code(text: str) -> dict[str, str]:
    return {"PostalCode": text, **PREFERRED}


def streets(case, rule, *texts: str):
    """Streets of one address, in any country."""
    violations = [PREFERRED] if case is breaking else []
    return [
        case(rule, repr(text), at(make(street=text)), *violations)
        for text in texts
        for make in (address, us_address, international_address)
    ]


def postal_codes(case, rule, *texts: str, make=address):
    return [
        case(
            rule,
            repr(text),
            at(make(postal_code=text)),
            *([code(text)] if case is breaking else []),
        )
        for text in texts
    ]


def everywhere_but(rule, *countries, **wrong):
    """What is wrong in one country is no matter of the rule in others."""
    makes = {"Canada": address, "United States": us_address, "France": international_address}
    return [
        passing(rule, f"in {country}", at(make(**wrong)))
        for country, make in makes.items()
        if country not in countries
    ]


DETAILS = ("city", "state_province", "postal_code")

ADDRESS_CASES = [
    *(
        breaking(
            addresses.not_a_mailing_address,
            kind,
            at(address(address_type=kind)),
            {"AddressType": kind},
        )
        for kind in ("Delivery", "Physical", "mailing")
    ),
    breaking(
        addresses.not_a_mailing_address,
        "both",
        at(address(address_type="Physical"), alternate(address_type="Delivery")),
        {"AddressType": "Physical"},
        {"AddressType": "Delivery"},
    ),
    passing(addresses.not_a_mailing_address, "mailing", at(address(), alternate())),
    passing(addresses.not_a_mailing_address, "none", at()),
    # ---
    breaking(
        addresses.address_expires_too_early,
        "the day before",
        at(address(effective_on=BORN + DAY, expires_on=BORN)),
        {**PREFERRED, "ExpiryDate": BORN, "EffectiveDate": BORN + DAY},
    ),
    passing(addresses.address_expires_too_early, "same day", at(address(expires_on=BORN))),
    passing(addresses.address_expires_too_early, "no expiry", at(address())),
    # ---
    *(
        breaking(
            addresses.missing_address_details,
            f"{make().country}, no {missing}",
            at(make(**{missing: ""})),
            {**PREFERRED, "Country": make().country},
        )
        for make in (address, us_address)
        for missing in DETAILS
    ),
    breaking(
        addresses.missing_address_details,
        "nothing, in both",
        at(address(**dict.fromkeys(DETAILS, "")), alternate(us_address, city="")),
        {**PREFERRED, "Country": "Canada"},
        {**ALTERNATE, "Country": "United States"},
    ),
    passing(addresses.missing_address_details, "complete", at(address(), alternate(us_address))),
    passing(addresses.missing_address_details, "international", at(international_address())),
    # ---
    *postal_codes(
        breaking, addresses.canadian_postal_code_length, "T5J2R7", "T5J  2R7", "T", "59401-1234"
    ),
    *postal_codes(passing, addresses.canadian_postal_code_length, "T5J 2R7", "1234567", ""),
    *everywhere_but(addresses.canadian_postal_code_length, "Canada", postal_code="59401"),
    # ---
    *postal_codes(
        breaking,
        addresses.canadian_postal_code_format,
        *("T5J2R7", "t5j 2r7", "T5J-2R7", "5TJ 2R7", "T5J 2RR", "TTJ 2R7", "T5J\xa02R7"),
        *("T5J  2R7", "T5J 2R77", "É5J 2R7", "T5J 2R7\n"),
    ),
    *postal_codes(passing, addresses.canadian_postal_code_format, "T5J 2R7", "A1A 1A1", ""),
    *everywhere_but(addresses.canadian_postal_code_format, "Canada", postal_code="59401"),
    breaking(
        addresses.canadian_postal_code_format,
        "both",
        at(address(postal_code="X"), alternate(postal_code="Y")),
        code("X"),
        {"PostalCode": "Y", **ALTERNATE},
    ),
    # ---
    *postal_codes(
        breaking,
        addresses.us_postal_code_format,
        *("5940", "594011", "59401-", "59401-123", "59401-12345", "59401 1234", "594011234"),
        *("T5J 2R7", "5940²"),
        make=us_address,
    ),
    *postal_codes(
        passing, addresses.us_postal_code_format, "59401", "59401-1234", "", make=us_address
    ),
    *everywhere_but(addresses.us_postal_code_format, "United States", postal_code="T5J 2R7"),
    # ---
    *(
        breaking(
            addresses.unexpected_address_details,
            f"{given} given",
            at(international_address(**{given: "X"})),
            {**PREFERRED, "Country": "France"},
        )
        for given in DETAILS
    ),
    breaking(
        addresses.unexpected_address_details,
        "a country not in the preferred spelling",
        at(address(country="Kanada")),
        {**PREFERRED, "Country": "Kanada"},
    ),
    passing(addresses.unexpected_address_details, "in the street", at(international_address())),
    passing(addresses.unexpected_address_details, "Canada", at(address())),
    passing(addresses.unexpected_address_details, "United States", at(us_address())),
    # ---
    *(
        breaking(
            addresses.province_length,
            f"{make().country}: {text}",
            at(make(state_province=text)),
            {"StateProvince": text, **PREFERRED},
        )
        for make in (address, us_address)
        for text in ("A", "ABC", "Alberta")
    ),
    passing(addresses.province_length, "two letters", at(address(), alternate(us_address))),
    passing(addresses.province_length, "none (11003)", at(address(state_province=""))),
    *everywhere_but(
        addresses.province_length, "Canada", "United States", state_province="Normandie"
    ),
    # ---
    *streets(
        breaking,
        addresses.street_line_with_outer_space,
        *(" PO Box 17", "PO Box 17 ", "\tPO Box 17", "PO Box 17\xa0", "PO Box 17\x0b"),
        *("Apt 12\r\n 10155 102 St", "Apt 12 \r\n10155 102 St", "A\r\nB\r\nC\t"),
    ),
    *streets(
        passing,
        addresses.street_line_with_outer_space,
        *("PO Box 17", "A\r\nB\r\nC", "A  B", "A \t B", "A\x0b\x0bB"),
    ),
    breaking(
        addresses.street_line_with_outer_space,
        "once per address",
        at(address(street=" A \r\n B "), alternate(street="C ")),
        PREFERRED,
        ALTERNATE,
    ),
    # ---
    *streets(
        breaking,
        addresses.street_with_multiple_spaces,
        *("PO  Box", "PO \tBox", "PO\t\tBox", "PO\xa0 Box", "PO\x0b\x0cBox"),
        *("A\r\nPO   Box", "PO Box  ", "  PO Box", "A  \r\nB"),
    ),
    *streets(
        passing,
        addresses.street_with_multiple_spaces,
        *("PO Box 17", "A\r\nB", "A \r\nB", "A\r\n B", "A \r\n B", "A\tB", "A\xa0B"),
    ),
    breaking(
        addresses.street_with_multiple_spaces,
        "once per address",
        at(address(street="A  B\r\nC  D"), alternate(street="E  F")),
        PREFERRED,
        ALTERNATE,
    ),
    # ---
    breaking(
        addresses.address_before_birth,
        "both",
        at(address(effective_on=BORN - DAY), alternate(effective_on=BORN - DAY)),
        {"EffectiveDate": BORN - DAY},
        {"EffectiveDate": BORN - DAY},
    ),
    passing(addresses.address_before_birth, "same day", at(address(effective_on=BORN))),
    # ---
    breaking(
        addresses.addresses_take_effect_together,
        "same day",
        at(address(), alternate(us_address)),
        {"EffectiveDate": BORN},
    ),
    passing(
        addresses.addresses_take_effect_together,
        "a day later",
        at(address(), alternate(effective_on=BORN + DAY)),
    ),
    passing(addresses.addresses_take_effect_together, "alternate only", at(alternate())),
    passing(addresses.addresses_take_effect_together, "none", at()),
]
