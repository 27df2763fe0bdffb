"""Rules about birth date, source document, gender, citizenship and Section 23."""

import datetime

from django.utils.translation import gettext_lazy as _

from pasi.rules import not_raised, rejection
from students.facts import CitizenshipChange, IdentityChange, NewStudent
from students.rules.sources import KNOWLEDGE_BASE, NUMBER_ONLY

EARLIEST_BIRTH_DATE = datetime.date(1890, 1, 1)
TEMPORARY_RESIDENT = "5"
CANADIAN_CITIZEN = "1"
UNKNOWN_GENDER = "U"
KNOWN_GENDERS = ("M", "F", "X")


@rejection(
    "11210",
    _("Invalid Student Identity Document"),
    _(
        "The student's identity is based on a better source document than {DocumentType}; choose "
        "one of the same or better quality."
    ),
    source=KNOWLEDGE_BASE,
)
def source_got_worse(change: IdentityChange):
    """The quality of the new source document is less than that of the present one; the same quality
    passes.
    """
    if change.identification.quality < change.stored.quality:
        yield {"DocumentType": change.identification.document_type}


@rejection(
    "11211",
    _("Gender Cannot Become Unknown"),
    _("Gender {Gender} cannot be replaced by U, unknown."),
    source=KNOWLEDGE_BASE + "; its title and that this service judges it: inferred",
    certainty="inferred",
)
def gender_became_unknown(change: IdentityChange):
    """Inferred (medium). U is sent where M, F or X is stored; U over U, or no gender, passes."""
    if change.gender == UNKNOWN_GENDER and change.stored_gender in KNOWN_GENDERS:
        yield {"Gender": change.stored_gender}


@rejection(
    "11217",
    _("Birth Date in the Future"),
    _("Birth date {BirthDate} is in the future."),
    source=KNOWLEDGE_BASE,
)
def born_in_the_future(facts: NewStudent | IdentityChange):
    """The birth date is after today, the date in Alberta; today passes."""
    birth_date = facts.identification.birth_date
    if birth_date > facts.today:
        yield {"BirthDate": birth_date}


document_issued_in_the_future = not_raised(
    "11225",
    _("Document Issue Date in the Future"),
    _("Document issue date {IssueDate} is in the future."),
    because="Condition not public; an issue date in the future is the later warning 11232.",
    source=NUMBER_ONLY,
)


@rejection(
    "11231",
    _("Student Date of Birth can't be before 1890"),
    _("Birth date {BirthDate} is before 1890-01-01."),
    source=KNOWLEDGE_BASE,
)
def born_before_1890(facts: NewStudent | IdentityChange):
    """The birth date is before 1890-01-01; that day passes."""
    birth_date = facts.identification.birth_date
    if birth_date < EARLIEST_BIRTH_DATE:
        yield {"BirthDate": birth_date}


@rejection(
    "11233",
    _("Unreasonable Identification Document Issue date"),
    _("Document issue date {IssueDate} is before the birth date."),
    source=KNOWLEDGE_BASE + "; its title from the message",
)
def document_issued_before_birth(facts: NewStudent | IdentityChange):
    """The document's issue date is before the birth date; the same day, and no date, pass."""
    issued = facts.identification.document_issue_date
    if issued is not None and issued < facts.identification.birth_date:
        yield {"IssueDate": issued}


@rejection(
    "12006",
    _("Cannot Submit Source Document Type"),
    _("This source document type cannot be submitted; choose another."),
    source=KNOWLEDGE_BASE,
)
def system_only_document(facts: NewStudent | IdentityChange):
    """The source document type is one that only the system sets; the code values say which."""
    if not facts.identification.may_be_submitted:
        yield {}


@rejection(
    "11301",
    _("Section 23 Eligibility Cannot Be Submitted"),
    _("Section 23 eligibility {Section23Eligibility} cannot be submitted."),
    source=NUMBER_ONLY,
    certainty="inferred",
)
def section23_cannot_be_submitted(student: NewStudent):
    """Inferred (medium to low). A known value that stands in older records only; none passes."""
    if not student.section23_may_be_submitted:
        yield {"Section23Eligibility": student.section23_eligibility}


@rejection(
    "11326",
    _("Missing Document Expiry Date"),
    _("A document expiry date is required for citizenship status {CitizenshipStatus}."),
    source=KNOWLEDGE_BASE + "; that the stored values are judged: inferred",
)
def missing_document_expiry_date(student: NewStudent | CitizenshipChange):
    """The status is stored as 5, Temporary Resident, without an expiry date, and the guardian is no
    Canadian citizen. So 5 and 7 need the date, 6 does not.
    """
    citizenship = student.citizenship
    if (
        citizenship is not None
        and citizenship.status == TEMPORARY_RESIDENT
        and citizenship.guardian_status != CANADIAN_CITIZEN
        and citizenship.document_expiry_date is None
    ):
        yield {"CitizenshipStatus": citizenship.submitted}


@rejection(
    "11332",
    _("Document Expired Before Effective Date"),
    _(
        "The document expires on {DocumentExpiryDate}, before the status takes effect on "
        "{EffectiveDate}."
    ),
    source=KNOWLEDGE_BASE + "; its title ours; which day a status takes effect: inferred",
)
def document_expired_before_effect(change: CitizenshipChange):
    """The document expires before the status takes effect, which is today (inferred); a document
    that expires today passes.
    """
    expiry = change.citizenship.document_expiry_date
    if expiry is not None and expiry < change.today:
        yield {"DocumentExpiryDate": expiry, "EffectiveDate": change.today}
