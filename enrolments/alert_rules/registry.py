"""Which alert rules a processor judges, and what they find on one record, in order of codes."""

from collections.abc import Callable, Iterable
from functools import cache

from django.conf import settings

from enrolments.alert_rules import (
    ages_and_grades,
    citizenship,
    course_enrolments,
    enrolment_types,
    french,
    grants,
    independence,
    not_implemented,  # noqa: F401  (their codes stand in the catalogue)
    organizations,
    periods,
    residency,
    students,
)
from enrolments.facts import CourseEnrolmentFacts, SchoolEnrolmentFacts, StudentFacts
from pasi.rules import Alert, Rule

# School enrolments of earlier school years get no alerts. Source: PASI knowledge base.
FIRST_SCHOOL_YEAR = 2011


def _by_code(*rules: Rule) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: int(rule.code)))


# What they find depends on whether the enrolment's school year is the current one.
CURRENT_YEAR_RULES = _by_code(
    ages_and_grades.unusual_age,
    ages_and_grades.skipped_grade,
    ages_and_grades.lower_grade,
    grants.additional_language_newly_claimed,
    grants.additional_language_dropped,
    citizenship.missing_citizenship,
    periods.overlap_in_authority,
    periods.overlap_across_authorities,
)

SCHOOL_ENROLMENT_RULES = _by_code(
    *CURRENT_YEAR_RULES,
    organizations.inactive_school,
    organizations.inactive_authority,
    enrolment_types.conflicting_types,
    enrolment_types.independent_and_step_child,
    enrolment_types.too_many_types_with_declaration,
    enrolment_types.too_many_exceptions,
    ages_and_grades.under_two_and_a_half,
    independence.independent_under_16,
    independence.restricted_but_not_independent,
    independence.independent_but_not_restricted,
    citizenship.study_permit_needed,
    citizenship.citizenship_of_step_child,
    citizenship.citizenship_of_student_from_outside,
    periods.duplicate_enrolment,
    periods.exit_after_death,
    grants.expired_grant,
    grants.several_of_620_to_623,
    grants.several_of_600_to_630,
    grants.percentage_missing,
    grants.percentage_too_low,
    french.too_few_alternative_hours,
    french.french_hours_unexpected,
    residency.unknown_resident_board,
    residency.resident_board_of_other_classification,
    residency.resident_board_missing,
)

# Rules that find nothing on an enrolment that lacks what they look at: most enrolments have no
# codes at all, and judging them spares three rules of four. That it changes nothing is tested.
ONLY_WITH: tuple[tuple[Callable[[SchoolEnrolmentFacts], object], tuple[Rule, ...]], ...] = (
    (
        lambda facts: facts.enrolment.enrolment_type_codes,
        (
            enrolment_types.conflicting_types,
            enrolment_types.independent_and_step_child,
            enrolment_types.too_many_types_with_declaration,
            independence.independent_under_16,
            independence.independent_but_not_restricted,
            citizenship.study_permit_needed,
            citizenship.citizenship_of_step_child,
            citizenship.citizenship_of_student_from_outside,
        ),
    ),
    (
        lambda facts: facts.enrolment.grants_program_codes,
        (
            grants.additional_language_newly_claimed,
            grants.expired_grant,
            grants.several_of_620_to_623,
            grants.several_of_600_to_630,
            grants.percentage_missing,
            grants.percentage_too_low,
            french.too_few_alternative_hours,
            residency.resident_board_missing,
        ),
    ),
    (lambda facts: facts.enrolment.exception_codes, (enrolment_types.too_many_exceptions,)),
    (
        lambda facts: facts.enrolment.resident_board,
        (residency.unknown_resident_board, residency.resident_board_of_other_classification),
    ),
    (
        lambda facts: facts.enrolment.french_hours_of_instruction is not None,
        (french.french_hours_unexpected,),
    ),
    (lambda facts: facts.person.restrictions, (independence.restricted_but_not_independent,)),
    (
        lambda facts: facts.others,
        (
            ages_and_grades.skipped_grade,
            ages_and_grades.lower_grade,
            grants.additional_language_dropped,
        ),
    ),
    (
        lambda facts: facts.overlapping,
        (
            periods.duplicate_enrolment,
            periods.overlap_in_authority,
            periods.overlap_across_authorities,
        ),
    ),
)

# Of these, those that look at a part of the student's record as well.
RULES_OF_CITIZENSHIP = _by_code(
    citizenship.missing_citizenship,
    citizenship.study_permit_needed,
    citizenship.citizenship_of_step_child,
    citizenship.citizenship_of_student_from_outside,
)
RULES_OF_RESTRICTIONS = _by_code(
    independence.restricted_but_not_independent,
    independence.independent_but_not_restricted,
)
RULES_OF_BIRTH_DATE = _by_code(
    ages_and_grades.unusual_age,
    ages_and_grades.under_two_and_a_half,
    independence.independent_under_16,
    independence.independent_but_not_restricted,
)

RULES_OF_DEATH = _by_code(periods.exit_after_death)
# Those that look at the person's other enrolments, whatever number they are under.
RULES_OF_OTHERS = _by_code(
    ages_and_grades.skipped_grade,
    ages_and_grades.lower_grade,
    grants.additional_language_newly_claimed,
    grants.additional_language_dropped,
    french.too_few_alternative_hours,
    periods.duplicate_enrolment,
    periods.overlap_in_authority,
    periods.overlap_across_authorities,
)
# All that may find something else once the number belongs to another person.
RULES_OF_PERSON = _by_code(
    *{
        *RULES_OF_BIRTH_DATE,
        *RULES_OF_CITIZENSHIP,
        *RULES_OF_RESTRICTIONS,
        *RULES_OF_DEATH,
        *RULES_OF_OTHERS,
    }
)

COURSE_ENROLMENT_RULES = _by_code(course_enrolments.missing_school_enrolment)

STUDENT_RULES = _by_code(students.name_not_in_mixed_case)


@cache
def school_enrolment_rules(school_year: int) -> tuple[Rule, ...]:
    """Those in force in a school year; none before the first that is judged."""
    if school_year < FIRST_SCHOOL_YEAR:
        return ()
    return tuple(rule for rule in SCHOOL_ENROLMENT_RULES if rule.is_in_force(school_year))


@cache
def course_enrolment_rules(school_year: int) -> tuple[Rule, ...]:
    return tuple(rule for rule in COURSE_ENROLMENT_RULES if rule.is_in_force(school_year))


def student_rules(school_year: int) -> tuple[Rule, ...]:
    """Those of students hold in all school years."""
    return STUDENT_RULES


def evaluate_school_enrolment(facts: SchoolEnrolmentFacts) -> list[Alert]:
    """Every alert of a school enrolment; none of a deleted one."""
    if facts.enrolment.is_deleted:
        return []
    has = tuple([bool(look(facts)) for look, _rules in ONLY_WITH])
    rules = _rules_with(has, facts.enrolment.school_year, tuple(settings.PASI_RULES_OFF))
    return _alerts(rules, facts)


@cache
def _rules_with(has: tuple[bool, ...], school_year: int, off: tuple[str, ...]) -> tuple[Rule, ...]:
    """Those in force in a school year that can find something; `has` as in ONLY_WITH."""
    left_out = {
        rule.code
        for is_there, (_look, rules) in zip(has, ONLY_WITH, strict=True)
        for rule in rules
        if not is_there
    }
    raised = _raised(school_enrolment_rules, school_year, off)
    return tuple(rule for rule in raised if rule.code not in left_out)


def evaluate_course_enrolment(facts: CourseEnrolmentFacts) -> list[Alert]:
    """Every alert of a course enrolment; none of a deleted one."""
    if facts.is_deleted:
        return []
    off = tuple(settings.PASI_RULES_OFF)
    return _alerts(_raised(course_enrolment_rules, facts.school_year, off), facts)


def evaluate_student(facts: StudentFacts) -> list[Alert]:
    """Every alert of a student; none under a deactivated number, which nobody may change any more
    (inferred).
    """
    if facts.is_deactivated:
        return []
    return _alerts(_raised(student_rules, 0, tuple(settings.PASI_RULES_OFF)), facts)


RulesOfYear = Callable[[int], tuple[Rule, ...]]


def _alerts(rules: Iterable[Rule], facts) -> list[Alert]:
    return [rule.alert(values) for rule in rules for values in rule.judge(facts)]


@cache
def _raised(rules_of: RulesOfYear, school_year: int, off: tuple[str, ...]) -> tuple[Rule, ...]:
    """Those that are not switched off: asked once, not for each of a hundred thousand records."""
    return tuple(rule for rule in rules_of(school_year) if rule.is_raised)
