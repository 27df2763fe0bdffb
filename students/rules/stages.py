"""The order in which the student services judge their rules.

All violations of a stage are answered together, by code; a stage that fails ends the judging.
Source: PASI knowledge base for the stages; their order inferred. What holds for every service
(9014, 3004) is judged by pasi.services.
"""

from pasi.rules import Rule
from students.rules import (
    access,
    addresses,
    duplicates,
    identity,
    names,
    numbers,
    phones,
    restrictions,
)
from students.rules.name_characters import CHARACTER_RULES

Stages = tuple[tuple[Rule, ...], ...]


def _by_code(*rules: Rule) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: int(rule.code)))


_ACCESS: Stages = ((access.invalid_asn,), (access.secondary_asn,), (access.may_not_change,))

# --- CreateStudent ------------------------------------------------------------------------------

_CONTENT_OF_NEW_STUDENT = _by_code(
    addresses.not_a_mailing_address,
    addresses.address_expires_too_early,
    addresses.missing_address_details,
    addresses.canadian_postal_code_length,
    addresses.canadian_postal_code_format,
    addresses.us_postal_code_format,
    addresses.unexpected_address_details,
    addresses.province_length,
    addresses.street_line_with_outer_space,
    addresses.street_with_multiple_spaces,
    addresses.address_before_birth,
    addresses.addresses_take_effect_together,
    restrictions.restriction_expires_too_early,
    restrictions.restriction_overlaps,
    restrictions.restriction_before_birth,
    *CHARACTER_RULES,
    identity.born_in_the_future,
    names.alias_is_the_legal_name,
    identity.born_before_1890,
    identity.document_issued_before_birth,
    phones.invalid_first_character,
    phones.invalid_length,
    phones.invalid_second_character,
    phones.invalid_character,
    phones.phone_expires_too_early,
    phones.invalid_extension,
    phones.phone_before_birth,
    identity.section23_cannot_be_submitted,
    identity.missing_document_expiry_date,
    identity.system_only_document,
)

CREATE_STUDENT_STAGES: Stages = (
    _CONTENT_OF_NEW_STUDENT,
    (
        duplicates.similar_students,
        duplicates.limited_access_acknowledges,
        duplicates.limited_access_similar_students,
        duplicates.exact_duplicate,
        duplicates.limited_access_exact_duplicate,
    ),
)

# --- SubmitName ---------------------------------------------------------------------------------

SUBMIT_NAME_ACCESS_STAGES = _ACCESS
SUBMIT_NAME_STAGES: Stages = (
    (names.unknown_record,),
    (
        names.original_name_is_protected,
        names.preferred_name_stays,
        names.legal_and_original_names_stay,
        names.legal_name_is_not_corrected,
    ),
    CHARACTER_RULES,
    (names.empty_update,),
    (names.duplicate_name,),
)

# --- SubmitIdentificationInformation ------------------------------------------------------------

SUBMIT_IDENTIFICATION_ACCESS_STAGES = _ACCESS
SUBMIT_IDENTIFICATION_STAGES: Stages = (
    _by_code(
        names.original_name_is_protected,
        *CHARACTER_RULES,
        identity.source_got_worse,
        identity.gender_became_unknown,
        identity.born_in_the_future,
        identity.born_before_1890,
        identity.document_issued_before_birth,
        identity.system_only_document,
    ),
    (names.empty_update,),
    (duplicates.becomes_exact_duplicate, duplicates.limited_access_becomes_exact_duplicate),
)

# --- SubmitStudentCitizenshipStatus ---------------------------------------------------------------

SUBMIT_CITIZENSHIP_ACCESS_STAGES = _ACCESS
SUBMIT_CITIZENSHIP_STAGES: Stages = (
    (identity.missing_document_expiry_date, identity.document_expired_before_effect),
    (names.empty_update,),
)

# --- SubmitStudentDisclosureRestriction -----------------------------------------------------------

SUBMIT_RESTRICTION_ACCESS_STAGES = _ACCESS
SUBMIT_RESTRICTION_STAGES: Stages = (
    (names.unknown_record,),
    (
        restrictions.restriction_expires_too_early,
        restrictions.restriction_overlaps,
        restrictions.restriction_before_birth,
        restrictions.guardian_before_eighteen,
        restrictions.missing_restriction_details,
    ),
    (names.empty_update,),
)

# --- SubmitStudentLink ----------------------------------------------------------------------------
# The services on numbers are the ministry's: it may see and change every student.

SUBMIT_LINK_ACCESS_STAGES: Stages = ((access.invalid_asn,),)
SUBMIT_LINK_STAGES: Stages = (
    (numbers.linked_to_itself,),
    (names.empty_update,),
    (
        numbers.deactivated_number,
        numbers.primary_is_secondary,
        numbers.linked_already,
        numbers.has_secondary_numbers,
    ),
    (
        numbers.credential_under_both,
        numbers.restriction_would_be_lost,
        numbers.death_would_be_lost,
    ),
)

# --- SubmitStudentDeactivation --------------------------------------------------------------------

SUBMIT_DEACTIVATION_ACCESS_STAGES: Stages = ((access.invalid_asn,),)
SUBMIT_DEACTIVATION_STAGES: Stages = (
    (names.empty_update,),
    (numbers.has_secondary_numbers, numbers.deactivates_secondary, numbers.number_in_use),
)

# --- SubmitStudentDeath ---------------------------------------------------------------------------

SUBMIT_DEATH_ACCESS_STAGES: Stages = ((access.invalid_asn,), (numbers.death_of_secondary,))
SUBMIT_DEATH_STAGES: Stages = (
    (names.empty_update,),
    (numbers.died_in_the_future, numbers.died_before_birth),
)
