"""Alert rules of course enrolments."""

from django.utils.translation import gettext_lazy as _

from enrolments.facts import CourseEnrolmentFacts
from pasi.rules import warning
from students.rules.sources import KNOWLEDGE_BASE

REGISTERED = "Registered"
# The first school year whose school enrolments are accepted and judged (inferred).
FIRST_ACCEPTED_YEAR = 2011


def waits_for_its_start(facts: CourseEnrolmentFacts) -> bool:
    """Registered for a day that is still to come. Today has come."""
    return (
        facts.status == REGISTERED
        and facts.start_date is not None
        and facts.start_date > facts.today
    )


@warning(
    "40214",
    _("Missing Student School Enrolment for Course Enrolment"),
    _("Enrolment missing. A student taking a course must be enrolled in the school."),
    source=KNOWLEDGE_BASE + "; accepted school years: inferred",
    from_school_year=1990,
)
def missing_school_enrolment(facts: CourseEnrolmentFacts):
    """The student has no enrolment, not deleted, at the course enrolment's school in its school
    year. Not while it is registered for a day still to come, nor when it is deleted or lies before
    the school years in which school enrolments are accepted.

    Inferred: those are the years from 2010/2011 on, from which the Core judges school enrolments;
    older records of them may be missing without fault. A missing start date has come.
    """
    if facts.is_deleted or facts.school_year < FIRST_ACCEPTED_YEAR:
        return
    if not facts.has_school_enrolment and not waits_for_its_start(facts):
        yield {}
