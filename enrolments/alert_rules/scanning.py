"""When to look at a record again though nothing has changed but the date.

The Next Scan Date is the earliest day in the future on which the outcome of a rule can change by
time alone; on it the record is judged again and the next date found. Source: PASI knowledge base
for the start date and the expiry of citizenship; the other days, and that the earliest wins:
inferred.
"""

import datetime
from collections.abc import Collection, Iterator

from enrolments.alert_rules.citizenship import (
    PERMANENT_RESIDENT,
    missing_citizenship,
    needs_citizenship,
)
from enrolments.alert_rules.course_enrolments import waits_for_its_start
from enrolments.alert_rules.registry import (
    CURRENT_YEAR_RULES,
    course_enrolment_rules,
    school_enrolment_rules,
)
from enrolments.facts import CourseEnrolmentFacts, SchoolEnrolmentFacts
from pasi.calendar import first_day
from pasi.rules import Alert

DAY = datetime.timedelta(days=1)
OF_THE_CURRENT_YEAR = frozenset(int(rule.code) for rule in CURRENT_YEAR_RULES)


def next_scan_date(
    facts: SchoolEnrolmentFacts | CourseEnrolmentFacts, alerts: Collection[Alert]
) -> datetime.date | None:
    """The day on which to judge the record again; None if time alone changes nothing.

    `alerts`: what the rules found on these facts.
    """
    if isinstance(facts, CourseEnrolmentFacts):
        days = _days_of_course_enrolment(facts)
    else:
        days = _days_of_school_enrolment(facts, {alert.code for alert in alerts})
    return min((day for day in days if day > facts.today), default=None)


def _days_of_course_enrolment(facts: CourseEnrolmentFacts) -> Iterator[datetime.date]:
    """Its start, if the missing school enrolment is not yet held against it."""
    is_judged = not facts.is_deleted and course_enrolment_rules(facts.school_year)
    if is_judged and not facts.has_school_enrolment and waits_for_its_start(facts):
        yield facts.start_date


def _days_of_school_enrolment(
    facts: SchoolEnrolmentFacts, found: set[int]
) -> Iterator[datetime.date]:
    own = facts.enrolment
    if own.is_deleted or not school_enrolment_rules(own.school_year):
        return
    yield own.start_date
    yield first_day(own.school_year)
    # Alerts that are raised in the current year only go with it.
    end = first_day(own.school_year + 1)
    if end > facts.today and found & OF_THE_CURRENT_YEAR:
        yield end
    for each in facts.person.citizenships:
        if each.effective_on <= own.exit_date:
            yield each.effective_on
    if needs_citizenship(facts):
        yield from _days_of_citizenship(facts, found)


def _days_of_citizenship(facts: SchoolEnrolmentFacts, found: set[int]) -> Iterator[datetime.date]:
    """A missing citizenship is held against an enrolment to its exit date; a valid one stops being
    valid the day after its document expired, if the enrolment is active on that day.
    """
    exit_date = facts.enrolment.exit_date
    if int(missing_citizenship.code) in found:
        yield exit_date + DAY
        return
    valid = facts.person.citizenship_on(facts.today)
    expires_on = valid.document_expiry_date if valid else None
    if expires_on is not None and expires_on < exit_date and valid.status != PERMANENT_RESIDENT:
        yield expires_on + DAY
