"""Cases of the rules on phone numbers and disclosure restrictions."""

from students.rules import phones, restrictions
from tests.rules.cases import breaking, passing
from tests.rules.student_facts import BORN, DAY, new_student, phone, restriction


def calls(number="4035551234", **changes):
    return new_student(phone=phone(number, **changes))


def bad_numbers(rule, *numbers: str, with_type=True):
    kind = {"PhoneType": "Home"} if with_type else {}
    return [
        breaking(rule, repr(number), calls(number), {**kind, "Number": number})
        for number in numbers
    ]


def good_numbers(rule, *numbers: str):
    return [passing(rule, repr(number), calls(number)) for number in numbers]


def restricted(**changes):
    return new_student(restriction=restriction(**changes))


def after(earlier, **changes):
    return new_student(restriction=restriction(**changes), earlier_restrictions=(earlier,))


FINE = ("4035551234", "2000000000", "9999999999", "+441235551234", "+441235551234567")

PHONE_CASES = [
    *bad_numbers(
        phones.invalid_first_character,
        *("1035551234", "0035551234", "(403)555123", " 403555123", "x403555123", "²035551234"),
    ),
    *good_numbers(phones.invalid_first_character, *FINE, "2", "+", "+1"),
    # ---
    *bad_numbers(
        phones.invalid_length,
        *("403555123", "40355512345", "14035551234", "+44123555", "+", "4"),
    ),
    *good_numbers(phones.invalid_length, *FINE, "+441235551", "403-55-123", "+44123555123456789"),
    # ---
    *bad_numbers(
        phones.invalid_second_character, "+14035551234", "+0441235551", "+1", with_type=False
    ),
    *good_numbers(phones.invalid_second_character, *FINE, "+", "4135551234", "1035551234", "+2"),
    # ---
    *bad_numbers(
        phones.invalid_character,
        *("4035551234+1234", "++44123555123", "403-555-1234", "403 5551234", "403555123x"),
        *("4035551234 ", "٤035551234", "403555123²", "4035551234\n"),
    ),
    *good_numbers(phones.invalid_character, *FINE, "0", "+1"),
    breaking(
        phones.invalid_character,
        "names the type",
        calls("403.555.1234", phone_type="Mobile"),
        {"PhoneType": "Mobile", "Number": "403.555.1234"},
    ),
    # ---
    breaking(
        phones.phone_expires_too_early,
        "the day before",
        calls(effective_on=BORN + DAY, expires_on=BORN),
        {"ExpiryDate": BORN, "EffectiveDate": BORN + DAY},
    ),
    passing(phones.phone_expires_too_early, "same day", calls(expires_on=BORN)),
    passing(phones.phone_expires_too_early, "no expiry", calls()),
    # ---
    *(
        breaking(
            phones.invalid_extension,
            f"{kind} {extension!r}",
            calls(extension=extension, phone_type=kind),
            {"Extension": extension},
        )
        for kind, extension in (
            *(("Home", text) for text in ("12a", "x12", "1 2", " 12", "+12", "12-3", "²")),
            ("Mobile", "12"),
        )
    ),
    passing(phones.invalid_extension, "digits", calls(extension="0012345")),
    passing(phones.invalid_extension, "none", calls()),
    passing(phones.invalid_extension, "none, mobile", calls(phone_type="Mobile")),
    # ---
    breaking(
        phones.phone_before_birth,
        "the day before",
        calls(effective_on=BORN - DAY),
        {"EffectiveDate": BORN - DAY},
    ),
    passing(phones.phone_before_birth, "same day", calls(effective_on=BORN)),
    # ---
    *(
        passing(rule, "no phone", new_student())
        for rule in (
            phones.invalid_first_character,
            phones.invalid_length,
            phones.invalid_second_character,
            phones.invalid_character,
            phones.phone_expires_too_early,
            phones.invalid_extension,
            phones.phone_before_birth,
        )
    ),
]

CAUTION = {"DisclosureRestrictionCode": "Caution"}

RESTRICTION_CASES = [
    breaking(
        restrictions.restriction_expires_too_early,
        "same day",
        restricted(expires_on=BORN),
        {"ExpiryDate": BORN, "EffectiveDate": BORN},
    ),
    breaking(
        restrictions.restriction_expires_too_early,
        "the day before",
        restricted(effective_on=BORN + DAY, expires_on=BORN),
        {"ExpiryDate": BORN, "EffectiveDate": BORN + DAY},
    ),
    passing(
        restrictions.restriction_expires_too_early, "a day later", restricted(expires_on=BORN + DAY)
    ),
    passing(restrictions.restriction_expires_too_early, "no expiry", restricted()),
    passing(restrictions.restriction_expires_too_early, "no restriction", new_student()),
    # ---
    breaking(restrictions.restriction_overlaps, "both without end", after(restriction()), CAUTION),
    breaking(
        restrictions.restriction_overlaps,
        "one day in common",
        after(restriction(expires_on=BORN + DAY), effective_on=BORN + DAY),
        CAUTION,
    ),
    breaking(
        restrictions.restriction_overlaps,
        "ends on the day the other takes effect",
        after(restriction(effective_on=BORN + DAY), expires_on=BORN + DAY),
        CAUTION,
    ),
    breaking(
        restrictions.restriction_overlaps,
        "this one not active",
        after(restriction(), is_active=False),
        CAUTION,
    ),
    passing(
        restrictions.restriction_overlaps,
        "starts the day after",
        after(restriction(expires_on=BORN), effective_on=BORN + DAY),
    ),
    passing(
        restrictions.restriction_overlaps,
        "ends the day before",
        after(restriction(effective_on=BORN + DAY), expires_on=BORN),
    ),
    passing(restrictions.restriction_overlaps, "inactive", after(restriction(is_active=False))),
    passing(
        restrictions.restriction_overlaps, "another code", after(restriction(code="CourtOrdered"))
    ),
    passing(restrictions.restriction_overlaps, "no earlier one", restricted()),
    passing(
        restrictions.restriction_overlaps,
        "no new one",
        new_student(earlier_restrictions=(restriction(),)),
    ),
    # ---
    breaking(
        restrictions.restriction_before_birth,
        "the day before",
        restricted(effective_on=BORN - DAY),
        {"EffectiveDate": BORN - DAY},
    ),
    passing(restrictions.restriction_before_birth, "same day", restricted(effective_on=BORN)),
    passing(restrictions.restriction_before_birth, "no restriction", new_student()),
]
