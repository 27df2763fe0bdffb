"""Cases of the alert rules about the school and its authority."""

from enrolments.alert_rules import organizations
from tests.rules.cases import breaking, passing
from tests.rules.enrolment_facts import DAY, EXIT, START, authority, judged, school

OF_SCHOOL = {"SchoolCode": "S.1001", "RegistrationStartDate": START}
OF_AUTHORITY = {"SchoolAuthorityCode": "A.0001", "RegistrationStartDate": START}


def at_school(**dates):
    return judged(school=school(**dates))


def in_authority(**dates):
    return judged(school=school(of=authority(**dates)))


ORGANIZATION_CASES = [
    case
    for rule, facts, values in [
        (organizations.inactive_school, at_school, OF_SCHOOL),
        (organizations.inactive_authority, in_authority, OF_AUTHORITY),
    ]
    for case in [
        breaking(rule, "opens the day after", facts(opened_on=START + DAY), values),
        breaking(rule, "closes on the start date", facts(closed_on=START), values),
        breaking(rule, "closed before", facts(closed_on=START - DAY), values),
        passing(rule, "no dates", facts()),
        passing(rule, "opens on the start date", facts(opened_on=START)),
        passing(rule, "closes the day after the start", facts(closed_on=START + DAY)),
        passing(rule, "closes after the exit", facts(closed_on=EXIT + DAY)),
    ]
] + [
    passing(
        organizations.inactive_school, "only the authority closed", in_authority(closed_on=START)
    ),
    passing(organizations.inactive_authority, "only the school closed", at_school(closed_on=START)),
]
