"""Cases of the alert rules, by subject."""

from tests.rules.enrolment_age_cases import AGE_CASES
from tests.rules.enrolment_citizenship_cases import CITIZENSHIP_CASES
from tests.rules.enrolment_course_cases import COURSE_ENROLMENT_CASES
from tests.rules.enrolment_grant_cases import GRANT_CASES
from tests.rules.enrolment_independence_cases import INDEPENDENCE_CASES
from tests.rules.enrolment_organization_cases import ORGANIZATION_CASES
from tests.rules.enrolment_period_cases import PERIOD_CASES
from tests.rules.enrolment_residency_cases import RESIDENCY_CASES
from tests.rules.enrolment_student_cases import STUDENT_ALERT_CASES
from tests.rules.enrolment_type_cases import TYPE_CASES

SCHOOL_ENROLMENT_CASES = [
    *ORGANIZATION_CASES,
    *TYPE_CASES,
    *AGE_CASES,
    *INDEPENDENCE_CASES,
    *CITIZENSHIP_CASES,
    *PERIOD_CASES,
    *GRANT_CASES,
    *RESIDENCY_CASES,
]

ENROLMENT_CASES = [*SCHOOL_ENROLMENT_CASES, *COURSE_ENROLMENT_CASES, *STUDENT_ALERT_CASES]
