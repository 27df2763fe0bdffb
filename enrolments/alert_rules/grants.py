"""Alert rules about grants program codes."""

from django.utils.translation import gettext_lazy as _

from enrolments.facts import EnrolmentFacts, SchoolEnrolmentFacts, grade_number
from pasi.calendar import school_year_text
from pasi.rules import advice, warning
from students.rules.sources import KNOWLEDGE_BASE

# Programming for learners of English as an additional language.
ADDITIONAL_LANGUAGE = ("301", "302", "303")
SHARED_RESPONSIBILITY = ("610", "612")
CODES_620_TO_623 = frozenset({"620", "621", "622", "623"})
CODES_600_TO_630 = CODES_620_TO_623 | {"600", "610", "611", "612", "630"}
CODES_NOT_FOUND = KNOWLEDGE_BASE + "; which codes and which enrolment before: inferred"


def _count_of(codes: frozenset[str], enrolment: EnrolmentFacts) -> int:
    """How many different ones of these codes the enrolment has."""
    return len(codes.intersection(enrolment.grants_program_codes))


@advice(
    "10052",
    _("EAL Newly Claimed"),
    _("EAL claimed anew. Authority {PreviousSchoolAuthority} recorded no EAL programming."),
    source=CODES_NOT_FOUND + "; title ours",
    certainty="inferred",
)
def additional_language_newly_claimed(facts: SchoolEnrolmentFacts):
    """One of 301, 302, 303 here, none in the preceding enrolment at another authority. Current
    school year only. Inferred: the codes; the preceding enrolment is the one with the latest start
    before this one's, of any year, then with the latest exit, then with the highest version.
    """
    before = _before_at_other_authority(facts)
    if (
        before is not None
        and facts.enrolment.has_grant(*ADDITIONAL_LANGUAGE)
        and not before.has_grant(*ADDITIONAL_LANGUAGE)
    ):
        yield {"PreviousSchoolAuthority": before.authority.code}


@advice(
    "10053",
    _("EAL Dropped"),
    _("EAL no longer claimed. Authority {PreviousSchoolAuthority} recorded EAL programming."),
    source=CODES_NOT_FOUND + "; title ours; argument: inferred",
    certainty="inferred",
)
def additional_language_dropped(facts: SchoolEnrolmentFacts):
    """The reverse of 10052: one of the codes in the preceding enrolment at another authority, none
    here. Current school year only. Inferred: as in 10052.
    """
    before = _before_at_other_authority(facts)
    if (
        before is not None
        and before.has_grant(*ADDITIONAL_LANGUAGE)
        and not facts.enrolment.has_grant(*ADDITIONAL_LANGUAGE)
    ):
        yield {"PreviousSchoolAuthority": before.authority.code}


def _before_at_other_authority(facts: SchoolEnrolmentFacts) -> EnrolmentFacts | None:
    """The immediately preceding enrolment, if this one is of the current school year and that one
    was at another authority.
    """
    before = facts.preceding if facts.is_current_year else None
    if before is None or before.authority.code == facts.enrolment.authority.code:
        return None
    return before


@warning(
    "10029",
    _("Grants Program Code Expired For School Year"),
    _("Code expired. Grants code {GrantProgramCode} is not valid in {SchoolYear}."),
    source=KNOWLEDGE_BASE + "; one alert per code: inferred",
    from_school_year=2017,
)
def expired_grant(facts: SchoolEnrolmentFacts):
    """A grants program code that is known not to be in effect in the enrolment's school year. A
    code that is not in the code table passes. Inferred: one alert per code.
    """
    for code in sorted(facts.expired_grants):
        yield {
            "GrantProgramCode": code,
            "SchoolYear": school_year_text(facts.enrolment.school_year),
        }


@warning(
    "10033",
    _("Invalid GPC Combination (620-623)"),
    _("Conflicting codes. Only one of 620 to 623 may be used."),
    source=KNOWLEDGE_BASE,
    to_school_year=2024,
)
def several_of_620_to_623(facts: SchoolEnrolmentFacts):
    """More than one of 620, 621, 622, 623. Replaced by 10051 from 2024/2025."""
    if _count_of(CODES_620_TO_623, facts.enrolment) > 1:
        yield {}


@warning(
    "10051",
    _("Invalid GPC Combination (600-630)"),
    _("Conflicting codes. Only one program code of the 600 group may be used."),
    source=KNOWLEDGE_BASE,
    from_school_year=2025,
)
def several_of_600_to_630(facts: SchoolEnrolmentFacts):
    """More than one of 600, 610, 611, 612, 620, 621, 622, 623, 630."""
    if _count_of(CODES_600_TO_630, facts.enrolment) > 1:
        yield {}


@warning(
    "10094",
    _("Missing School-Authority Provided Program Percentage"),
    _("Percentage missing. Code {GrantsProgramCode} needs the authority's program percentage."),
    source=KNOWLEDGE_BASE + "; one alert per code: inferred",
    from_school_year=2019,
)
def percentage_missing(facts: SchoolEnrolmentFacts):
    """Code 610 or 612 without a percentage; 0 is one. Inferred: one alert per code."""
    if facts.enrolment.school_authority_provided_program_percentage is None:
        for code in SHARED_RESPONSIBILITY:
            if facts.enrolment.has_grant(code):
                yield {"GrantsProgramCode": code}


@warning(
    "10095",
    _("Percentage Too Low"),
    _("Percentage too low. Code {GrantsProgramCode} in grade {GradeLevel} needs at least 50."),
    source=KNOWLEDGE_BASE + "; title ours; one alert per code: inferred",
    from_school_year=2019,
    to_school_year=2019,
)
def percentage_too_low(facts: SchoolEnrolmentFacts):
    """Code 610 or 612 in grades 1 to 9 with a percentage below 50; a missing one is 10094's.
    Inferred: one alert per code.
    """
    enrolment = facts.enrolment
    percentage = enrolment.school_authority_provided_program_percentage
    if percentage is None or percentage >= 50 or not 1 <= grade_number(enrolment.grade) <= 9:
        return
    for code in SHARED_RESPONSIBILITY:
        if enrolment.has_grant(code):
            yield {"GrantsProgramCode": code, "GradeLevel": enrolment.grade}
