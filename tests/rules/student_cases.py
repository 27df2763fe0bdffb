"""Cases of the rules of the student services, by subject."""

from tests.rules.access_cases import ACCESS_CASES
from tests.rules.address_cases import ADDRESS_CASES
from tests.rules.contact_cases import PHONE_CASES, RESTRICTION_CASES
from tests.rules.duplicate_cases import DUPLICATE_CASES
from tests.rules.identity_cases import IDENTITY_CASES
from tests.rules.name_cases import NAME_CASES

STUDENT_CASES = [
    *ACCESS_CASES,
    *NAME_CASES,
    *IDENTITY_CASES,
    *ADDRESS_CASES,
    *PHONE_CASES,
    *RESTRICTION_CASES,
    *DUPLICATE_CASES,
]
