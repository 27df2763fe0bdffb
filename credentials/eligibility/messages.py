"""What outcomes say, in words for students and their parents.

The placeholders are the contract, the wording may improve. Source: PASI knowledge base for which
messages there are and which values they carry, where eligibility.md says so; the others: inferred.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from credentials.eligibility.outcomes import Message

TEXTS = {
    # --- Credits ---
    "Credits": ngettext_lazy("{total} credit earned.", "{total} credits earned.", "total"),
    "CreditsOverLimits": _("{accepted} of {total} credits count: {reasons}."),
    "HighSchoolCredits": ngettext_lazy(
        "{high_school} credit from high-school courses.",
        "{high_school} credits from high-school courses.",
        "high_school",
    ),
    "CourseCredits": ngettext_lazy(
        "{credits} credit from relevant courses.",
        "{credits} credits from relevant courses.",
        "credits",
    ),
    "NoCourse": _("No relevant course has been credited."),
    "MatureStatus": _("Met through mature status."),
    "AlbertaCredits": ngettext_lazy(
        "{credits} credit from 30-level work in Alberta.",
        "{credits} credits from 30-level work in Alberta.",
        "credits",
    ),
    "TooFewAlbertaCredits": _("Fewer than 5 credits from 30-level work in Alberta."),
    # --- Activity ---
    "Activity": _("Academic activity in {school_year}."),
    "NoActivity": _("No academic activity in the required school years."),
    "KnowledgeActivity": _("Knowledge and Employability course or code in {school_year}."),
    "NoKnowledgeActivity": _("No Knowledge and Employability course or code."),
    # --- Equivalency ---
    "OfAge": _("{Age} years old on 1 September {Year}."),
    "NotOfAge": _("Must be {RequiredAge} years old on 1 September {Year}."),
    "DiplomaHeld": _("{CredentialName} is already awarded."),
    "Requested": _("Assessment requested by {OrganizationName} ({OrgCode})."),
    "NotRequested": _("The student has not requested an assessment."),
    "TestTaken": _("Test results from {school_year}."),
    "NoTestTaken": _("No test result is on record."),
    "TestPassed": _("Passed with {mark}."),
    "TestNotPassed": _("Not passed."),
    # --- School completion ---
    "Nominated": _("{OrganizationName} ({OrgCode}) nominated the student."),
    "NominatedIn": _(
        "{OrganizationName} ({OrgCode}) nominated the student for {LastEnrolmentYear}."
    ),
    "NoNomination": _("No nomination is on record."),
    "Nominate": _("Nominate the student to have this assessed."),
    "NominatedElsewhere": _(
        "{OrganizationName} ({OrgCode}) nominated the student, but has no enrolment of the student."
    ),
    "NotEnrolled": _(
        "Before the nomination the student was not enrolled at {OrganizationName} ({OrgCode})."
    ),
    "ExceptionCodes": _("Exception codes: {ExceptionCodes}."),
    "NoExceptionCode": _("None of the required exception codes."),
    "LastYear": _("The nomination falls in the last year of schooling."),
    "NotLastYear": _("The nominating school has a newer enrolment for the student."),
    "LatestEnrolment": _("Latest school enrolment: {SchoolYear}."),
    "NoEnrolment": _("No school enrolment is on record."),
    "NoOtherCredential": _("No other high-school credential can be achieved."),
    "OtherCredential": _("The student has achieved {CredentialName}."),
    "AgeInMarch": _("{Age} years old on 1 March {Year}."),
    # --- Assessed by hand ---
    "NoHigherAward": _("No earlier award of a higher or equivalent credential."),
    "HigherAward": _("{CredentialName} is already awarded."),
    "Confirmed": _("Confirmed by {OrganizationName} ({OrgCode})."),
    "NotConfirmed": _("Not confirmed."),
    "AwaitingReview": _("Awaiting review."),
    # --- Why a mark does not count ---
    "OverLimit": _("Over the limit of {most} credits: {group}."),
    "NeverCounts": _("Does not count here: {group}."),
    "OtherRequirement": _("Is not an additional course: {group}."),
    "NotAlberta": _("Not earned at a school in Alberta ({method})."),
    "NotSchoolWork": _("Does not show schooling in Alberta."),
    "OnlyTogether": _("Counts only together with another course: {group}."),
    "NoCredit": _("Carries no credit."),
    "NotAvailable": _("Is not available."),
}

# Why fewer credits count than were earned; the values that are there, in this order.
REASONS = {
    "lang_x": ngettext_lazy(
        "{lang_x} second-language credit is over the limit",
        "{lang_x} second-language credits are over the limit",
        "lang_x",
    ),
    "we_x": ngettext_lazy(
        "{we_x} work-experience credit is over the limit",
        "{we_x} work-experience credits are over the limit",
        "we_x",
    ),
    "ext_x": ngettext_lazy(
        "{ext_x} external-learning credit is over the limit",
        "{ext_x} external-learning credits are over the limit",
        "ext_x",
    ),
    "mature_x": ngettext_lazy(
        "{mature_x} credit of mature students is over the limit",
        "{mature_x} credits of mature students are over the limit",
        "mature_x",
    ),
    "adult": ngettext_lazy(
        "{adult} adult-education credit serves only the High School Equivalency Diploma, "
        "Alternative 1",
        "{adult} adult-education credits serve only the High School Equivalency Diploma, "
        "Alternative 1",
        "adult",
    ),
}


def text(message: Message) -> str:
    """A message in the language of the moment."""
    values = dict(message.values)
    reasons = [reason.format(**values) for name, reason in REASONS.items() if name in values]
    if reasons:
        values["reasons"] = "; ".join(reasons)
    return str(TEXTS[message.key].format(**values))
