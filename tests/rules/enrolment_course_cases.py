"""Cases of the alert rules of course enrolments."""

from enrolments.alert_rules.course_enrolments import missing_school_enrolment
from tests.rules.cases import breaking, passing
from tests.rules.enrolment_facts import DAY, TODAY, course_enrolment


def registered(start):
    return course_enrolment(status="Registered", start_date=start)


COURSE_ENROLMENT_CASES = [
    breaking(missing_school_enrolment, "active", course_enrolment()),
    breaking(missing_school_enrolment, "registered, starts today", registered(TODAY)),
    breaking(missing_school_enrolment, "registered, no start date", registered(None)),
    breaking(
        missing_school_enrolment,
        "active though it starts tomorrow",
        course_enrolment(start_date=TODAY + DAY),
    ),
    breaking(missing_school_enrolment, "first accepted year", course_enrolment(school_year=2011)),
    passing(missing_school_enrolment, "year before", course_enrolment(school_year=2010)),
    passing(missing_school_enrolment, "registered, starts tomorrow", registered(TODAY + DAY)),
    passing(missing_school_enrolment, "enrolled", course_enrolment(has_school_enrolment=True)),
    passing(missing_school_enrolment, "deleted", course_enrolment(is_deleted=True)),
]
