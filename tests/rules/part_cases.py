"""Cases of the rules of services that change one part of a student's record."""

import datetime

from students.facts import CitizenshipChange, RestrictionChange, StoredRestriction, StudentAccess
from students.rules import identity, names, restrictions
from tests.rules.cases import breaking, passing
from tests.rules.student_facts import ASN, BORN, DAY, TODAY, citizenship, restriction

ONE, OTHER, DELETED = 1, 2, 3
EXPIRY = datetime.date(2029, 8, 31)
EIGHTEEN = datetime.date(BORN.year + 18, BORN.month, BORN.day)
GUARDIAN = "StudentOver18withGuardian"
CAUTION = {"DisclosureRestrictionCode": "Caution"}

STORED = (
    StoredRestriction(ONE, restriction(details="Ask first.")),
    StoredRestriction(OTHER, restriction(code="CourtOrdered")),
    StoredRestriction(DELETED, restriction(code="IndependentUnder18"), is_deleted=True),
)


def restricting(ref_id=0, *, stored=STORED, born=BORN, **changes) -> RestrictionChange:
    """A change leaves the record as it is, but for `changes`; what is new is a CourtOrdered."""
    record = next((each.restriction for each in stored if each.ref_id == ref_id), None)
    new = record or restriction(code="CourtOrdered")
    return RestrictionChange(
        access=StudentAccess(ASN),
        birth_date=born,
        stored=stored,
        ref_id=ref_id,
        restriction=restriction(
            **{
                "code": new.code,
                "details": new.details,
                "effective_on": new.effective_on,
                "expires_on": new.expires_on,
                "is_active": new.is_active,
                **changes,
            }
        ),
    )


def alone(ref_id=0, **changes) -> RestrictionChange:
    """The student has no restriction yet."""
    return restricting(ref_id, stored=(), **changes)


def citizen(submitted, status, guardian="", expiry=None, *, stored=None) -> CitizenshipChange:
    return CitizenshipChange(
        access=StudentAccess(ASN),
        today=TODAY,
        stored=stored,
        citizenship=citizenship(submitted, status, guardian, expiry),
    )


def unknown(ref_id):
    return {"StateProvinceId": ASN, "Type": "Disclosure Restriction", "RefId": ref_id}


TWINS = (StoredRestriction(ONE, restriction()), StoredRestriction(OTHER, restriction()))

PART_CASES = [
    *(
        breaking(
            names.unknown_record, f"restriction {ref_id}", restricting(ref_id), unknown(ref_id)
        )
        for ref_id in (99, -1, DELETED)
    ),
    passing(names.unknown_record, "new restriction", restricting()),
    passing(names.unknown_record, "restriction of the student", restricting(ONE)),
    # ---
    breaking(names.empty_update, "restriction as it is", restricting(ONE)),
    *(
        passing(names.empty_update, f"another {name}", restricting(ONE, **{name: value}))
        for name, value in (
            ("code", "CourtOrdered"),
            ("details", "ask first."),
            ("effective_on", BORN + DAY),
            ("expires_on", EXPIRY),
            ("is_active", False),
        )
    ),
    passing(names.empty_update, "new restriction", restricting(code="CourtOrdered")),
    *(
        breaking(
            names.empty_update,
            f"citizenship {status}",
            citizen(submitted, status, guardian, stored=citizenship("", status, guardian)),
        )
        for submitted, status, guardian in (("1", "1", ""), ("6", "5", "1"))
    ),
    passing(
        names.empty_update,
        "another guardian",
        citizen("7", "5", "9", EXPIRY, stored=citizenship("", "5", "", EXPIRY)),
    ),
    passing(
        names.empty_update,
        "another date",
        citizen("5", "5", "", EXPIRY, stored=citizenship("", "5", "", EXPIRY + DAY)),
    ),
    passing(names.empty_update, "first citizenship", citizen("1", "1")),
    # ---
    breaking(
        restrictions.restriction_expires_too_early,
        "same day, changed",
        restricting(ONE, expires_on=BORN),
        {"ExpiryDate": BORN, "EffectiveDate": BORN},
    ),
    passing(
        restrictions.restriction_expires_too_early,
        "a day later, changed",
        restricting(ONE, expires_on=BORN + DAY),
    ),
    # ---
    breaking(
        restrictions.restriction_overlaps,
        "one more of the same",
        restricting(code="Caution"),
        CAUTION,
    ),
    breaking(
        restrictions.restriction_overlaps,
        "changed into another's code",
        restricting(OTHER, code="Caution"),
        CAUTION,
    ),
    breaking(
        restrictions.restriction_overlaps,
        "one of two stays active",
        restricting(ONE, stored=TWINS, details="Ask."),
        CAUTION,
    ),
    passing(
        restrictions.restriction_overlaps,
        "one of two becomes inactive",
        restricting(ONE, stored=TWINS, is_active=False),
    ),
    passing(restrictions.restriction_overlaps, "not against itself", restricting(ONE)),
    passing(
        restrictions.restriction_overlaps,
        "deleted ones do not count",
        restricting(code="IndependentUnder18"),
    ),
    # ---
    breaking(
        restrictions.restriction_before_birth,
        "the day before, added",
        alone(effective_on=BORN - DAY),
        {"EffectiveDate": BORN - DAY},
    ),
    passing(restrictions.restriction_before_birth, "same day, added", alone()),
    # ---
    breaking(
        restrictions.guardian_before_eighteen,
        "the day before",
        alone(code=GUARDIAN, effective_on=EIGHTEEN - DAY),
        {"DisclosureRestrictionCode": GUARDIAN, "EffectiveDate": EIGHTEEN - DAY},
    ),
    breaking(
        restrictions.guardian_before_eighteen,
        "born on 29 February",
        alone(
            code=GUARDIAN,
            born=datetime.date(2012, 2, 29),
            effective_on=datetime.date(2030, 2, 28),
        ),
        {"DisclosureRestrictionCode": GUARDIAN, "EffectiveDate": datetime.date(2030, 2, 28)},
    ),
    passing(
        restrictions.guardian_before_eighteen,
        "1 March",
        alone(
            code=GUARDIAN,
            born=datetime.date(2012, 2, 29),
            effective_on=datetime.date(2030, 3, 1),
        ),
    ),
    passing(
        restrictions.guardian_before_eighteen,
        "18th birthday",
        alone(code=GUARDIAN, effective_on=EIGHTEEN),
    ),
    passing(
        restrictions.guardian_before_eighteen,
        "inactive",
        alone(code=GUARDIAN, effective_on=EIGHTEEN - DAY, is_active=False),
    ),
    passing(
        restrictions.guardian_before_eighteen, "another code", alone(code="IndependentUnder18")
    ),
    # ---
    *(
        breaking(
            restrictions.missing_restriction_details,
            code if is_active else f"{code}, inactive",
            alone(code=code, is_active=is_active),
            {"DisclosureRestrictionCode": code},
        )
        for code in ("Caution", GUARDIAN)
        for is_active in (True, False)
    ),
    passing(
        restrictions.missing_restriction_details,
        "with details",
        alone(code="Caution", details="Ask."),
    ),
    *(
        passing(restrictions.missing_restriction_details, code, alone(code=code))
        for code in ("CourtOrdered", "IndependentUnder18")
    ),
    # ---
    breaking(
        identity.missing_document_expiry_date,
        "of a student who is known",
        citizen("7", "5", "9"),
        {"CitizenshipStatus": "7"},
    ),
    passing(
        identity.missing_document_expiry_date,
        "guardian a citizen, of a student who is known",
        citizen("6", "5", "1"),
    ),
    # ---
    *(
        breaking(
            identity.document_expired_before_effect,
            f"yesterday, status {status}",
            citizen(status, status, "", TODAY - DAY),
            {"DocumentExpiryDate": TODAY - DAY, "EffectiveDate": TODAY},
        )
        for status in ("1", "5")
    ),
    passing(identity.document_expired_before_effect, "today", citizen("5", "5", "", TODAY)),
    passing(identity.document_expired_before_effect, "no date", citizen("1", "1")),
]
