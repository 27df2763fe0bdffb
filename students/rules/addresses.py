"""Rules about a new student's mailing addresses, each judged for each address.

Canadian and US addresses are those whose country has the preferred spelling; all others are
international.
"""

import re

from django.utils.translation import gettext_lazy as _

from pasi.rules import rejection
from students.countries import CANADA, UNITED_STATES
from students.facts import NewAddress, NewStudent
from students.rules.sources import KNOWLEDGE_BASE, NUMBER_ONLY

MAILING = "Mailing"
CANADIAN_POSTAL_CODE = re.compile(r"[A-Z][0-9][A-Z] [0-9][A-Z][0-9]")
US_POSTAL_CODE = re.compile(r"[0-9]{5}(-[0-9]{4})?")
END_OF_LINE = "\r\n"


def _is_international(address: NewAddress) -> bool:
    return address.country not in (CANADA, UNITED_STATES)


@rejection(
    "11001",
    _("Invalid Address Type"),
    _("Address type {AddressType} is not allowed; it must be Mailing."),
    source=KNOWLEDGE_BASE,
)
def not_a_mailing_address(student: NewStudent):
    """Delivery and Physical are address types too, but not here."""
    for address in student.addresses:
        if address.address_type != MAILING:
            yield {"AddressType": address.address_type}


@rejection(
    "11002",
    _("Invalid Expiry Date"),
    _(
        "The {AddressLabel} address expires on {ExpiryDate}, before it takes effect on "
        "{EffectiveDate}."
    ),
    source=NUMBER_ONLY,
    certainty="inferred",
)
def address_expires_too_early(student: NewStudent):
    """Inferred (medium). The expiry date is before the effective date; the same day passes."""
    for address in student.addresses:
        if address.expires_on is not None and address.expires_on < address.effective_on:
            yield {
                "AddressLabel": address.label,
                "ExpiryDate": address.expires_on,
                "EffectiveDate": address.effective_on,
            }


@rejection(
    "11003",
    _("Missing Address Details"),
    _(
        "City, province/state and postal code are needed for the {AddressLabel} address because "
        "it is in {Country}."
    ),
    source=KNOWLEDGE_BASE,
)
def missing_address_details(student: NewStudent):
    """A Canadian or US address lacks the city, the province or state, or the postal code."""
    for address in student.addresses:
        details = (address.city, address.state_province, address.postal_code)
        if not _is_international(address) and not all(details):
            yield {"AddressLabel": address.label, "Country": address.country}


@rejection(
    "11004",
    _("Invalid Length for a Canadian Postal Code"),
    _("Postal code {PostalCode} of the {AddressLabel} address must have 7 characters."),
    source=KNOWLEDGE_BASE + "; its title inferred",
)
def canadian_postal_code_length(student: NewStudent):
    """A Canadian postal code that is not of 7 characters; none is a matter of 11003."""
    for address in student.addresses:
        if address.country == CANADA and address.postal_code and len(address.postal_code) != 7:
            yield {"PostalCode": address.postal_code, "AddressLabel": address.label}


@rejection(
    "11005",
    _("Invalid Format for a Canadian Postal Code"),
    _(
        "Postal code {PostalCode} of the {AddressLabel} address must look like A1A 1A1, in "
        "capitals."
    ),
    source=KNOWLEDGE_BASE,
)
def canadian_postal_code_format(student: NewStudent):
    """A Canadian postal code that is not like A1A 1A1, capitals and one space. A wrong length is
    reported here as well as by 11004.
    """
    for address in student.addresses:
        if (
            address.country == CANADA
            and address.postal_code
            and not CANADIAN_POSTAL_CODE.fullmatch(address.postal_code)
        ):
            yield {"PostalCode": address.postal_code, "AddressLabel": address.label}


@rejection(
    "11006",
    _("Invalid Format for an United States Postal Code"),
    _(
        "ZIP code {PostalCode} of the {AddressLabel} address must look like 12345 or 12345-6789.",
    ),
    source=KNOWLEDGE_BASE,
)
def us_postal_code_format(student: NewStudent):
    """A US postal code that is not of five digits, or five and four with a hyphen."""
    for address in student.addresses:
        if (
            address.country == UNITED_STATES
            and address.postal_code
            and not US_POSTAL_CODE.fullmatch(address.postal_code)
        ):
            yield {"PostalCode": address.postal_code, "AddressLabel": address.label}


@rejection(
    "11007",
    _("Unexpected Address Details"),
    _(
        "City, province/state and postal code must be left empty for the {AddressLabel} address "
        "because it is in {Country}; put them in the street."
    ),
    source=NUMBER_ONLY,
    certainty="inferred",
)
def unexpected_address_details(student: NewStudent):
    """Inferred (medium). An international address has a city, province or state, or postal code of
    its own.
    """
    for address in student.addresses:
        details = (address.city, address.state_province, address.postal_code)
        if _is_international(address) and any(details):
            yield {"AddressLabel": address.label, "Country": address.country}


@rejection(
    "11008",
    _("Invalid Length for Canadian or US Province/State"),
    _("Province/state {StateProvince} of the {AddressLabel} address must be a 2-letter code."),
    source=KNOWLEDGE_BASE,
)
def province_length(student: NewStudent):
    """The province or state of a Canadian or US address is not of 2 characters; which ones they are
    is not judged here.
    """
    for address in student.addresses:
        if (
            not _is_international(address)
            and address.state_province
            and len(address.state_province) != 2
        ):
            yield {"StateProvince": address.state_province, "AddressLabel": address.label}


@rejection(
    "11015",
    _("Leading or Trailing Spaces in Street Information"),
    _("No street line of the {AddressLabel} address may start or end with a space."),
    source=KNOWLEDGE_BASE + "; its title from the message",
)
def street_line_with_outer_space(student: NewStudent):
    """A line of the street starts or ends with white space of any kind. One violation per
    address.
    """
    for address in student.addresses:
        lines = address.street.split(END_OF_LINE)
        if any(line != line.strip() for line in lines):
            yield {"AddressLabel": address.label}


@rejection(
    "11016",
    _("Multiple Spaces in Street Information"),
    _("The street of the {AddressLabel} address may contain single spaces only."),
    source=KNOWLEDGE_BASE,
)
def street_with_multiple_spaces(student: NewStudent):
    """A line of the street has two white-space characters in a row; the break between lines does
    not count. One violation per address.
    """
    for address in student.addresses:
        if any(re.search(r"\s\s", line) for line in address.street.split(END_OF_LINE)):
            yield {"AddressLabel": address.label}


@rejection(
    "11021",
    _("Unreasonable Address Effective date for student date of birth"),
    _("The address effective date {EffectiveDate} is before the student's birth date."),
    source=KNOWLEDGE_BASE,
)
def address_before_birth(student: NewStudent):
    """The address takes effect before the birth date; the same day passes."""
    for address in student.addresses:
        if address.effective_on < student.identification.birth_date:
            yield {"EffectiveDate": address.effective_on}


@rejection(
    "11029",
    _("Same Effective Date for Both Addresses"),
    _(
        "The preferred and alternate mailing addresses must not take effect on the same day "
        "({EffectiveDate})."
    ),
    source=NUMBER_ONLY,
    certainty="inferred",
)
def addresses_take_effect_together(student: NewStudent):
    """Inferred (medium). Both addresses are sent with the same effective date: of the addresses of
    one type there is one at a time.
    """
    if len(student.addresses) == 2:
        preferred, alternate = student.addresses
        if preferred.effective_on == alternate.effective_on:
            yield {"EffectiveDate": preferred.effective_on}
