"""Rules about a school enrolment that is submitted: access, reference, school year, content."""

import datetime

from django.utils.translation import gettext_lazy as _

from enrolments.submit_facts import SubmittedEnrolment
from pasi.calendar import school_year_text
from pasi.models import Organization
from pasi.rules import not_raised, rejection
from students.rules.sources import KNOWLEDGE_BASE

FIRST_SCHOOL_YEAR = 1905  # of a school year anywhere. Source: PASI knowledge base (course types)
YEARS_BACK = 3  # that every client may submit
SENIOR_HIGH_GRADES = frozenset({"10", "11", "12"})
SHARED_RESPONSIBILITY = ("610", "612")
# Language and culture courses that end with grade 9. Source: PASI knowledge base.
UP_TO_GRADE_9 = frozenset(
    {
        *("413", "414", "416", "417", "418", "419", "420", "422", "424", "426", "427", "429"),
        *("430", "432", "434", "436", "438", "440", "442", "443", "445", "447", "449", "451"),
        *("452", "454", "456", "457", "459", "460"),
    }
)
# A bilingual program and the course of the same language: Spanish, the one pair that is public.
SAME_LANGUAGE = (frozenset({"409", "452"}),)


# --- Access -------------------------------------------------------------------------------------


@rejection(
    "9009",
    _("Deactivated ASN"),
    _("ASN {StateProvinceId} has been deactivated; nothing can be changed under it."),
    source=KNOWLEDGE_BASE,
)
def deactivated_asn(facts: SubmittedEnrolment):
    """The number is deactivated. For school enrolments the ministry is no exception."""
    if facts.access.is_deactivated:
        yield {"StateProvinceId": facts.access.asn}


@rejection(
    "9003",
    _("Invalid School Code"),
    _("School {SchoolCode} is not known."),
    source="title: index of the PASI knowledge base; meaning inferred from it",
)
def unknown_school(facts: SubmittedEnrolment):
    """No school has the code."""
    if facts.school is None:
        yield {"SchoolCode": facts.school_code}


@rejection(
    "10058",
    _("Unauthorized School Code"),
    _("You may not submit enrolment {RefId} for school {SchoolCode}."),
    source=KNOWLEDGE_BASE + "; that the stored school is judged too: inferred",
)
def unauthorized_school(facts: SubmittedEnrolment):
    """The caller is neither the school, nor its authority, nor the ministry. Judged on the school
    of the stored enrolment and on the submitted one; each is named once.
    """
    if facts.caller.kind == Organization.Kind.MINISTRY:
        return
    schools = [facts.stored.school, facts.school] if facts.stored else [facts.school]
    for school in {each.key: each for each in schools}.values():
        if facts.caller.key not in (school.key, school.authority.key):
            yield {"RefId": facts.reference_id, "SchoolCode": school.code}


# --- Reference and school year --------------------------------------------------------------------


@rejection(
    "10103",
    _("Cannot Change School Code"),
    _("The school of an enrolment cannot change; delete it and add a new one."),
    source=KNOWLEDGE_BASE,
)
def school_changes(facts: SubmittedEnrolment):
    """The stored enrolment is at another school."""
    if facts.stored is not None and facts.stored.school.key != facts.school.key:
        yield {}


@rejection(
    "10150",
    _("Cannot Submit A New Enrolment As Deleted"),
    _("A new enrolment cannot be submitted as deleted."),
    source=KNOWLEDGE_BASE,
)
def new_and_deleted(facts: SubmittedEnrolment):
    """The reference id is new, and the enrolment is submitted as deleted."""
    if facts.is_new and facts.submitted.is_deleted:
        yield {}


@rejection(
    "9030",
    _("School Year Too Long Ago"),
    _("School year {SchoolYear} is too long ago for you to submit."),
    source=KNOWLEDGE_BASE + "; its title, and that it holds for school enrolments: inferred",
    certainty="inferred",
)
def school_year_too_old(facts: SubmittedEnrolment):
    """Inferred (medium). More than three school years before the current one, of the enrolment as
    stored or as submitted, for a client without the role PASI System User.
    """
    if facts.may_submit_old_years:
        return
    years = {facts.submitted.school_year, *([facts.stored.school_year] if facts.stored else [])}
    for year in sorted(years):
        if FIRST_SCHOOL_YEAR <= year < facts.current_school_year - YEARS_BACK:
            yield {"SchoolYear": school_year_text(year)}


@rejection(
    "99001",
    _("School Year Not Accepted"),
    _("School year {SchoolYear} is not accepted."),
    source="number and title ours; condition inferred from rule 40201",
    certainty="inferred",
    is_essential=True,  # no dates can be reckoned for years that do not exist
)
def school_year_not_accepted(facts: SubmittedEnrolment):
    """Inferred (medium). After the school year that follows the current one, or before 1904/1905,
    where school years begin.
    """
    year = facts.submitted.school_year
    if year > facts.current_school_year + 1 or year < FIRST_SCHOOL_YEAR:
        yield {"SchoolYear": school_year_text(year)}


# --- Dates --------------------------------------------------------------------------------------


@rejection(
    "10016",
    _("Invalid Enrolment Period"),
    _("The exit date {RegistrationExitDate} is before the start date {RegistrationStartDate}."),
    source=KNOWLEDGE_BASE,
)
def exit_before_start(facts: SubmittedEnrolment):
    """The exit date is before the start date; the same day passes."""
    submitted = facts.submitted
    if submitted.exit_date < submitted.start_date:
        yield {
            "RegistrationExitDate": submitted.exit_date,
            "RegistrationStartDate": submitted.start_date,
        }


def _outside(day: datetime.date, school_year: int) -> dict | None:
    """The placeholders of 10087 and 10088 where a date lies outside the years of a school year."""
    first = datetime.date(school_year - 1, 1, 1)
    last = datetime.date(school_year, 12, 31)
    if first <= day <= last:
        return None
    return {"MinDate": first, "MaxDate": last, "SchoolYear": school_year_text(school_year)}


@rejection(
    "10087",
    _("Invalid Start Date for School Year"),
    _("The start date must lie between {MinDate} and {MaxDate} for {SchoolYear}."),
    source=KNOWLEDGE_BASE + "; its title from rule 10088",
)
def start_outside_school_year(facts: SubmittedEnrolment):
    """The start date lies outside the two calendar years of the school year, 1 January of the first
    to 31 December of the second.
    """
    if outside := _outside(facts.submitted.start_date, facts.submitted.school_year):
        yield outside


@rejection(
    "10088",
    _("Invalid Exit Date for School Year"),
    _("The exit date must lie between {MinDate} and {MaxDate} for {SchoolYear}."),
    source=KNOWLEDGE_BASE,
)
def exit_outside_school_year(facts: SubmittedEnrolment):
    """The exit date lies outside the two calendar years of the school year."""
    if outside := _outside(facts.submitted.exit_date, facts.submitted.school_year):
        yield outside


# --- Codes --------------------------------------------------------------------------------------


@rejection(
    "10064",
    _("Unexpected School-Authority Provided Program Percentage"),
    _("A percentage of {SchoolAuthorityProvidedProgramPercentage} needs code 610 or 612."),
    source=KNOWLEDGE_BASE,
    from_school_year=2019,
)
def unexpected_percentage(facts: SubmittedEnrolment):
    """A percentage, 0 included, without grants program code 610 or 612."""
    submitted = facts.submitted
    percentage = submitted.school_authority_provided_program_percentage
    if (
        percentage is not None
        and unexpected_percentage.is_in_force(submitted.school_year)
        and not submitted.has_grant(*SHARED_RESPONSIBILITY)
    ):
        yield {"SchoolAuthorityProvidedProgramPercentage": percentage}


@rejection(
    "10133",
    _("Language Codes Only To Grade 9"),
    _("Codes {GrantsProgramCodes} are not for grades 10 to 12."),
    source=KNOWLEDGE_BASE + "; its title ours, its school years not public",
)
def language_codes_in_senior_high(facts: SubmittedEnrolment):
    """Grade 10, 11 or 12 with a language-and-culture code that ends with grade 9."""
    found = UP_TO_GRADE_9.intersection(facts.submitted.grants_program_codes)
    if found and facts.submitted.grade in SENIOR_HIGH_GRADES:
        yield {"GrantsProgramCodes": _listed(found)}


@rejection(
    "10134",
    _("Bilingual With Language Course"),
    _("Codes {GrantsProgramCodes} name the same language twice."),
    source=KNOWLEDGE_BASE + "; its title ours; only the pair for Spanish is public",
)
def same_language_twice(facts: SubmittedEnrolment):
    """A bilingual code and the language-and-culture code of the same language: 409 with 452. The
    other pairs are not public and not judged.
    """
    for pair in SAME_LANGUAGE:
        if pair.issubset(facts.submitted.grants_program_codes):
            yield {"GrantsProgramCodes": _listed(pair)}


def _listed(codes) -> str:
    return ", ".join(sorted(codes))


# --- Other records ------------------------------------------------------------------------------


@rejection(
    "10080",
    _("Cannot Enrol a Deceased Student"),
    _("A deceased student cannot be enrolled."),
    source=KNOWLEDGE_BASE,
)
def student_is_deceased(facts: SubmittedEnrolment):
    """A new enrolment of the current or a later school year for a student who is deceased, under
    whichever of the person's numbers.
    """
    is_current = facts.submitted.school_year >= facts.current_school_year
    if facts.is_new and facts.is_deceased and is_current:
        yield {}


@rejection(
    "10117",
    _("Cannot Delete School Enrolment"),
    _("Delete the linked course enrolments first."),
    source=KNOWLEDGE_BASE + "; which course enrolments are linked: inferred",
)
def has_course_enrolments(facts: SubmittedEnrolment):
    """The deletion would leave course enrolments without a school enrolment. Linked (inferred): the
    person's at the same school and school year, unless another school enrolment is there.
    """
    if facts.is_deletion and facts.has_course_enrolments:
        yield {}


credential_needs_enrolment = not_raised(
    "10118",
    _("Invalid School Enrolment"),
    _("An external credential needs this school year's enrolment."),
    because=_("External credentials are not kept in this system."),
    source=KNOWLEDGE_BASE,
    certainty="confirmed",
)
