"""Requirements of credentials from before 2010, which a person reviews, and of the honorary one.

Source: PASI knowledge base: there are manual requirements; which: inferred.
"""

from credentials.eligibility.assessed import AssessedStudent
from credentials.eligibility.outcomes import (
    ACHIEVED,
    NOT_ACHIEVED,
    NOT_ASSESSED,
    Message,
    Outcome,
    message_of_texts,
    outcome,
)
from credentials.eligibility.requirements.courses import credits_in
from credentials.eligibility.requirements.diploma import activity
from credentials.eligibility.requirements.registry import (
    INFERRED,
    KNOWLEDGE_BASE,
    requirement,
)

NO_HIGHER_ORDER = f"{KNOWLEDGE_BASE} (of ADEX); that the date decides: inferred; number ours"
ASSESSED = "inferred; code ours"


@requirement(
    "ActivityBefore2010-X81600",
    source="inferred from the cut-off of 2010; code ours",
    certainty=INFERRED,
)
def activity_before_2010(student: AssessedStudent) -> Outcome:
    """Academic activity in 2009/2010 or before (inferred). The message names the latest year."""
    years = student.activity(last=student.definitions.limits.activity_before_2010_last_year)
    return activity(years[-1] if years else None)


@requirement("IOPCredits-X81655", source="inferred; code ours", certainty=INFERRED)
def industrial_credits(student: AssessedStudent) -> Outcome:
    """Any credit in a course of the Integrated Occupational Program (inferred)."""
    return credits_in(student, "IOP", 1)


# --- No Higher Order or Equivalent Credential ---------------------------------------------------


@requirement("NoHigherOrderCredential-AHSD-PRE2010-X81650", source=NO_HIGHER_ORDER)
def no_higher_order_diploma(student: AssessedStudent) -> Outcome:
    """None of the other diplomas was awarded before."""
    return _no_higher_order(student, "AHSD")


@requirement("NoHigherOrderCredential-ADEX-X81650", source=NO_HIGHER_ORDER)
def no_higher_order_excellence(student: AssessedStudent) -> Outcome:
    """None of the other diplomas was awarded before."""
    return _no_higher_order(student, "ADEX")


@requirement("NoHigherOrderCredential-ADVD-X81650", source=NO_HIGHER_ORDER)
def no_higher_order_advanced(student: AssessedStudent) -> Outcome:
    """None of the other diplomas was awarded before."""
    return _no_higher_order(student, "ADVD")


@requirement("NoHigherOrderCredential-GHSD-X81650", source=NO_HIGHER_ORDER)
def no_higher_order_general(student: AssessedStudent) -> Outcome:
    """None of the other diplomas was awarded before."""
    return _no_higher_order(student, "GHSD")


@requirement("NoHigherOrderCredential-IOPC-X81650", source=NO_HIGHER_ORDER, certainty=INFERRED)
def no_higher_order_industrial(student: AssessedStudent) -> Outcome:
    """No diploma, equivalency diploma or Certificate of High School Achievement was awarded before
    (inferred from the order of credentials).
    """
    return _no_higher_order(student, "IOPC")


def _no_higher_order(student: AssessedStudent, own: str) -> Outcome:
    """A higher or equivalent award stands in the way unless the credential itself was awarded no
    later: a diploma of today does not undo an old one.
    """
    own_award = min(
        (award.awarded_on for award in student.facts.awards if award.credential == own),
        default=None,
    )
    for other in student.definitions.higher_or_equivalent(own):
        for award in student.facts.awards:
            if award.credential == other.code and (
                own_award is None or award.awarded_on < own_award
            ):
                return outcome(False, "HigherAward", CredentialName=other.name)
    return outcome(True, "NoHigherAward")


# --- Set by hand --------------------------------------------------------------------------------


@requirement("RequirementsAssessed-AHSD-PRE2010-X81660", source=ASSESSED, certainty=INFERRED)
def diploma_assessed(student: AssessedStudent) -> Outcome:
    """Set by hand after a review (inferred); not assessed until then."""
    return _assessed(student, "RequirementsAssessed-AHSD-PRE2010-X81660")


@requirement("RequirementsAssessed-ADEX-X81660", source=ASSESSED, certainty=INFERRED)
def excellence_assessed(student: AssessedStudent) -> Outcome:
    """Set by hand after a review (inferred); not assessed until then."""
    return _assessed(student, "RequirementsAssessed-ADEX-X81660")


@requirement("RequirementsAssessed-ADVD-X81660", source=ASSESSED, certainty=INFERRED)
def advanced_assessed(student: AssessedStudent) -> Outcome:
    """Set by hand after a review (inferred); not assessed until then."""
    return _assessed(student, "RequirementsAssessed-ADVD-X81660")


@requirement("RequirementsAssessed-GHSD-X81660", source=ASSESSED, certainty=INFERRED)
def general_assessed(student: AssessedStudent) -> Outcome:
    """Set by hand after a review (inferred); not assessed until then."""
    return _assessed(student, "RequirementsAssessed-GHSD-X81660")


@requirement("RequirementsAssessed-IOPC-X81660", source=ASSESSED, certainty=INFERRED)
def industrial_assessed(student: AssessedStudent) -> Outcome:
    """Set by hand after a review (inferred); not assessed until then."""
    return _assessed(student, "RequirementsAssessed-IOPC-X81660")


@requirement("HonoraryGranted-X81990", source=ASSESSED, certainty=INFERRED)
def honorary_granted(student: AssessedStudent) -> Outcome:
    """Set by hand (inferred). The calculator leaves its set alone."""
    return _assessed(student, "HonoraryGranted-X81990")


def _assessed(student: AssessedStudent, requirement: str) -> Outcome:
    said = student.manual(requirement)
    if said is None or said.achievement == NOT_ASSESSED:
        return Outcome(NOT_ASSESSED, Message("AwaitingReview"))
    if said.achievement == NOT_ACHIEVED:
        return outcome(False, "NotConfirmed")
    message = message_of_texts(
        "Confirmed",
        OrganizationName=said.organization_name or said.organization_code,
        OrgCode=said.organization_code,
    )
    return Outcome(ACHIEVED, message)
