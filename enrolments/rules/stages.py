"""The order in which the enrolment services judge their rules.

All violations of a stage are answered together, by code; a stage that fails ends the judging.
Order inferred; 9014 and 3004 are judged by pasi.services.
"""

from enrolments.rules import submitted
from pasi.rules import Rule
from students.rules import access

Stages = tuple[tuple[Rule, ...], ...]

SUBMIT_SCHOOL_ENROLMENT_ACCESS_STAGES: Stages = (
    (access.invalid_asn,),
    (submitted.deactivated_asn, access.secondary_asn),
    (submitted.unknown_school,),
    (submitted.unauthorized_school,),
)
SUBMIT_SCHOOL_ENROLMENT_STAGES: Stages = (
    (submitted.school_changes, submitted.new_and_deleted),
    (submitted.school_year_too_old, submitted.school_year_not_accepted),
    (
        submitted.exit_before_start,
        submitted.unexpected_percentage,
        submitted.student_is_deceased,
        submitted.start_outside_school_year,
        submitted.exit_outside_school_year,
        submitted.has_course_enrolments,
        submitted.language_codes_in_senior_high,
        submitted.same_language_twice,
    ),
)
