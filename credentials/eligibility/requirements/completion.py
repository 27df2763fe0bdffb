"""Requirements of the Certificate of School Completion: a school nominates the student.

What cannot be judged says why in this order: not nominated, not enrolled there, the rule itself
(inferred). "Twelve years a student" and "worked toward individual goals" are attested by the
nomination. AchievedLessThan35Credits stands in credit_totals.py.
"""

import datetime

from credentials.eligibility.assessed import AssessedStudent, Nomination
from credentials.eligibility.outcomes import (
    ACHIEVED,
    NOT_ACHIEVED,
    Message,
    Outcome,
    message_of_texts,
    outcome,
)
from credentials.eligibility.requirements.registry import (
    CODE_VALUES,
    GUIDE,
    INFERRED,
    KNOWLEDGE_BASE,
    requirement,
)
from enrolments.facts import age_on
from pasi.calendar import school_year_text

OTHER_CREDENTIALS = ("AHSD", "HSED", "CHSA")


@requirement("StudentIsNominated-81350", source=KNOWLEDGE_BASE)
def student_is_nominated(student: AssessedStudent) -> Outcome:
    """Set by hand, by an organization where the student has an enrolment, whenever."""
    nomination = student.nomination
    if nomination is None:
        return outcome(False, "NoNomination")
    if not nomination.enrolments:
        return Outcome(NOT_ACHIEVED, _by("NominatedElsewhere", nomination))
    return Outcome(ACHIEVED, _by("Nominated", nomination))


@requirement("StudentIsEnrolledAtNominatingSchool-81305", source=KNOWLEDGE_BASE)
def enrolled_at_nominating_school(student: AssessedStudent) -> Outcome:
    """Nominated, and enrolled there by the day of nomination."""
    return _why_not(student) or Outcome(
        ACHIEVED,
        _by(
            "NominatedIn",
            student.nomination,
            LastEnrolmentYear=school_year_text(student.nomination.last_enrolment_year),
        ),
    )


@requirement(
    "CannotAchieveHSCred-81310",
    source=f"meaning: {CODE_VALUES}; computation: inferred",
    certainty=INFERRED,
    looks_at_other_sets=True,
)
def cannot_achieve_other_credentials(student: AssessedStudent) -> Outcome:
    """Nominated, and no other current credential is achieved or awarded. The disability itself is
    attested by the nomination (inferred).
    """
    if student.nomination is None:
        return outcome(False, "Nominate")
    for credential in OTHER_CREDENTIALS:
        if credential in student.achieved or credential in student.awarded:
            name = student.definitions.credentials[credential].name
            return outcome(False, "OtherCredential", CredentialName=name)
    return outcome(True, "NoOtherCredential")


@requirement("CodedWithExceptions-81315", source=f"{KNOWLEDGE_BASE}; the codes: {GUIDE}")
def coded_with_exceptions(student: AssessedStudent) -> Outcome:
    """An enrolment at the nominating school in the last year of enrolment there carries one of the
    codes.
    """
    if refused := _why_not(student):
        return refused
    nomination = student.nomination
    wanted = student.definitions.exception_codes
    found = {
        code
        for enrolment in nomination.enrolments
        if enrolment.school_year == nomination.last_enrolment_year
        for code in enrolment.exception_codes
        if code in wanted
    }
    if not found:
        return outcome(False, "NoExceptionCode")
    listed = ", ".join(f"{code} - {wanted[code]}" for code in sorted(found))
    return Outcome(ACHIEVED, message_of_texts("ExceptionCodes", ExceptionCodes=listed))


@requirement("NominatedInLastSchoolYear-81335", source=KNOWLEDGE_BASE)
def nominated_in_last_school_year(student: AssessedStudent) -> Outcome:
    """The nominating school has no enrolment in a later school year."""
    if refused := _why_not(student):
        return refused
    nomination = student.nomination
    if any(each.school_year > nomination.last_enrolment_year for each in nomination.enrolments):
        return outcome(False, "NotLastYear")
    return outcome(True, "LastYear")


@requirement("LastEnrolledPost2016-X81340", source=f"{KNOWLEDGE_BASE}; number ours")
def last_enrolled_after_2016(student: AssessedStudent) -> Outcome:
    """The latest enrolment anywhere is in 2016/2017 or later."""
    years = [enrolment.school_year for enrolment in student.facts.school_enrolments]
    if not years:
        return outcome(False, "NoEnrolment")
    first = student.definitions.limits.completion_first_enrolment_year
    latest = max(years)
    return outcome(latest >= first, "LatestEnrolment", SchoolYear=school_year_text(latest))


@requirement(
    "SeventeenByMarch-X81345",
    source=f"{GUIDE}; that PASI has it: inferred from the gaps in the numbers; code ours",
    certainty=INFERRED,
)
def seventeen_by_march(student: AssessedStudent) -> Outcome:
    """17 or older on 1 March of the last year of enrolment at the nominating school. That it is
    judged at all is inferred; its set may do without it.
    """
    if refused := _why_not(student):
        return refused
    year = student.nomination.last_enrolment_year
    age = age_on(student.facts.birth_date, datetime.date(year, 3, 1))
    needed = student.definitions.limits.completion_age
    return outcome(age >= needed, "AgeInMarch", Age=age, Year=year)


def _why_not(student: AssessedStudent) -> Outcome | None:
    """Why a requirement on the nominating school cannot be judged, if so."""
    nomination = student.nomination
    if nomination is None:
        return outcome(False, "Nominate")
    if nomination.last_enrolment_year is None:
        return Outcome(NOT_ACHIEVED, _by("NotEnrolled", nomination))
    return None


def _by(key: str, nomination: Nomination, **texts: str) -> Message:
    return message_of_texts(
        key,
        OrganizationName=nomination.organization_name,
        OrgCode=nomination.organization_code,
        **texts,
    )
