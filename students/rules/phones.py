"""Rules about a new student's phone number.

A number has 10 digits, or a leading + and the country code; no other punctuation.
"""

import re

from django.utils.translation import gettext_lazy as _

from pasi.rules import rejection
from students.facts import NewPhone, NewStudent
from students.rules.sources import KNOWLEDGE_BASE, NUMBER_ONLY

MOBILE = "Mobile"
NORTH_AMERICAN_LENGTH = 10
SHORTEST_INTERNATIONAL = 10  # the + included; the longest, 16, is a matter of structure


def _type_and_number(phone: NewPhone) -> dict[str, str]:
    return {"PhoneType": phone.phone_type, "Number": phone.number}


@rejection(
    "11251",
    _("Phone Numbers Starts with an Invalid Character"),
    _("{PhoneType} phone number {Number} must start with + or a digit from 2 to 9."),
    source=KNOWLEDGE_BASE,
)
def invalid_first_character(student: NewStudent):
    """0, 1 and everything that is neither + nor a digit."""
    phone = student.phone
    if phone is not None and not re.match(r"[+2-9]", phone.number):
        yield _type_and_number(phone)


@rejection(
    "11252",
    _("Invalid Length"),
    _(
        "{PhoneType} phone number {Number} has the wrong length: 10 digits, or 10 to 16 "
        "characters with a leading +."
    ),
    source=NUMBER_ONLY,
    certainty="inferred",
)
def invalid_length(student: NewStudent):
    """Inferred (medium). With + fewer than 10 characters, the + included; without it not exactly
    10.
    """
    phone = student.phone
    if phone is None:
        return
    length = len(phone.number)
    if phone.number.startswith("+"):
        is_valid = length >= SHORTEST_INTERNATIONAL
    else:
        is_valid = length == NORTH_AMERICAN_LENGTH
    if not is_valid:
        yield _type_and_number(phone)


@rejection(
    "11253",
    _("Invalid 2nd Character for International Phone Number"),
    _("In phone number {Number} the + must not be followed by 0 or 1."),
    source=KNOWLEDGE_BASE,
)
def invalid_second_character(student: NewStudent):
    """North American numbers are sent without their country code 1."""
    phone = student.phone
    if phone is not None and phone.number.startswith(("+0", "+1")):
        yield {"Number": phone.number}


@rejection(
    "11254",
    _("Invalid Character in Phone Number"),
    _("{PhoneType} phone number {Number} may contain only digits and a leading +."),
    source=KNOWLEDGE_BASE + "; a + that is not first: inferred",
)
def invalid_character(student: NewStudent):
    """Anything but 0 to 9, or a + that is not the first character."""
    phone = student.phone
    if phone is not None and not re.fullmatch(r"\+?[0-9]*", phone.number):
        yield _type_and_number(phone)


@rejection(
    "11255",
    _("Invalid Expiry Date"),
    _(
        "The phone number expires on {ExpiryDate}, before it takes effect on {EffectiveDate}.",
    ),
    source=NUMBER_ONLY,
    certainty="inferred",
)
def phone_expires_too_early(student: NewStudent):
    """Inferred (low to medium). The expiry date is before the effective date; the same day
    passes.
    """
    phone = student.phone
    if phone is None or phone.expires_on is None:
        return
    if phone.expires_on < phone.effective_on:
        yield {"ExpiryDate": phone.expires_on, "EffectiveDate": phone.effective_on}


@rejection(
    "11256",
    _("Invalid Extension"),
    _("The extension {Extension} is not valid for this phone number."),
    source=NUMBER_ONLY,
    certainty="inferred",
)
def invalid_extension(student: NewStudent):
    """Inferred (low). An extension that has more than digits, or any for a mobile number."""
    phone = student.phone
    if phone is None or not phone.extension:
        return
    if phone.phone_type == MOBILE or not re.fullmatch(r"[0-9]+", phone.extension):
        yield {"Extension": phone.extension}


@rejection(
    "11261",
    _("Unreasonable Phone Number effective date for date of birth"),
    _("The phone number's effective date {EffectiveDate} is before the student's birth date."),
    source=KNOWLEDGE_BASE,
)
def phone_before_birth(student: NewStudent):
    """The number takes effect before the birth date; the same day passes."""
    phone = student.phone
    if phone is not None and phone.effective_on < student.identification.birth_date:
        yield {"EffectiveDate": phone.effective_on}
