"""Alert rules about the school of an enrolment and its authority."""

from django.utils.translation import gettext_lazy as _

from enrolments.facts import SchoolEnrolmentFacts
from pasi.rules import warning
from students.rules.sources import KNOWLEDGE_BASE


@warning(
    "10005",
    _("Inactive School"),
    _("School not active. School {SchoolCode} is not active on {RegistrationStartDate}."),
    source=KNOWLEDGE_BASE,
)
def inactive_school(facts: SchoolEnrolmentFacts):
    """The school is not open on the start date. It is open on its opening day, no longer on its
    closing day.
    """
    enrolment = facts.enrolment
    if not enrolment.school.is_active_on(enrolment.start_date):
        yield {
            "SchoolCode": enrolment.school.code,
            "RegistrationStartDate": enrolment.start_date,
        }


@warning(
    "10008",
    _("Inactive School Authority"),
    _(
        "Authority not active. Authority {SchoolAuthorityCode} is not active on "
        "{RegistrationStartDate}."
    ),
    source=KNOWLEDGE_BASE,
)
def inactive_authority(facts: SchoolEnrolmentFacts):
    """The school's authority is not active on the start date; days count as in 10005."""
    enrolment = facts.enrolment
    if not enrolment.authority.is_active_on(enrolment.start_date):
        yield {
            "SchoolAuthorityCode": enrolment.authority.code,
            "RegistrationStartDate": enrolment.start_date,
        }
