"""Cases of the rules on acknowledgements: every status on every alert, by a school and by O.1."""

from itertools import product

from enrolments import acknowledgement_rules as rules
from enrolments.acknowledgement_rules import (
    EnrolmentAcknowledgement,
    MatchedAlert,
    StudentAcknowledgement,
)
from students.facts import StudentAccess
from students.rules import access
from tests.rules.cases import breaking, passing

GUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
ASN = "100000001"
SCHOOL, MINISTRY = "S.0001", "O.1"
NONE, IN_PROGRESS = "Unacknowledged", "InProgress"
ACKNOWLEDGED, OVERRIDDEN = "Acknowledged", "Overridden"
STATUSES = (NONE, IN_PROGRESS, ACKNOWLEDGED, OVERRIDDEN)
ADVICE, WARNING = MatchedAlert("Advice", NONE), MatchedAlert("Warning", NONE)
OVERRIDDEN_WARNING = MatchedAlert("Warning", OVERRIDDEN)


def on_enrolment(status=IN_PROGRESS, alert=ADVICE, by=SCHOOL, **values) -> EnrolmentAcknowledgement:
    """The enrolment's school says something of an alert that is there."""
    return EnrolmentAcknowledgement(
        record=GUID,
        alert_code=10018,
        status=status,
        organization_code=by,
        alert=alert,
        **{"school_code": "S.0001", **values},
    )


def on_student(status=IN_PROGRESS, alert=ADVICE, by=SCHOOL, **values) -> StudentAcknowledgement:
    return StudentAcknowledgement(
        record=ASN,
        alert_code=11205,
        status=status,
        organization_code=by,
        alert=alert,
        **{"access": StudentAccess(ASN), **values},
    )


ON_BOTH = (on_enrolment, on_student)


def everything(rule, violation):
    """The whole table of one rule: `violation` (alert, status, organization) -> values or None."""
    for make, alert, status, by in product(
        ON_BOTH,
        (ADVICE, WARNING, OVERRIDDEN_WARNING, MatchedAlert("Advice", ACKNOWLEDGED)),
        STATUSES,
        (SCHOOL, MINISTRY, "O.2"),
    ):
        facts = make(status, alert, by)
        name = f"{make.__name__}: {alert.alert_type} {alert.status}, {status} by {by}"
        values = violation(facts, alert, status, by)
        yield passing(rule, name, facts) if values is None else breaking(rule, name, facts, values)


def _12001(facts, alert, status, by):
    if (alert.alert_type, status) == ("Advice", OVERRIDDEN):
        return {"AlertCode": facts.alert_code, "Status": status}
    return None


def _12002(facts, alert, status, by):
    if (alert.alert_type, status) == ("Warning", ACKNOWLEDGED):
        return {"AlertCode": facts.alert_code, "Status": status}
    return None


def _12003(facts, alert, status, by):
    if alert.status == OVERRIDDEN and status in STATUSES[:3] and by != MINISTRY:
        return {}
    return None


def _12004(facts, alert, status, by):
    return {"OrganizationCode": by} if status == OVERRIDDEN and by != MINISTRY else None


def not_its_own(by):
    return {"OrganizationCode": by, "ReferenceId": GUID, "SchoolCode": "S.0001"}


UNKNOWN = {"RecordType": "school enrolment", "ReferenceId": GUID}

ACKNOWLEDGEMENT_CASES = [
    breaking(
        rules.unknown_reference_id,
        "nobody's",
        on_enrolment(alert=None, school_code="", is_owner=False),
        UNKNOWN,
    ),
    breaking(
        rules.unknown_reference_id,
        "nobody's, asked by O.1",
        on_enrolment(alert=None, by=MINISTRY, school_code="", is_owner=False),
        UNKNOWN,
    ),
    passing(rules.unknown_reference_id, "an enrolment", on_enrolment()),
    passing(rules.unknown_reference_id, "without alerts", on_enrolment(alert=None)),
    # ---
    breaking(
        rules.not_its_enrolment,
        "another school",
        on_enrolment(by="S.0002", is_owner=False),
        not_its_own("S.0002"),
    ),
    breaking(
        rules.not_its_enrolment,
        "another ministry",
        on_enrolment(by="O.2", is_owner=False),
        not_its_own("O.2"),
    ),
    passing(rules.not_its_enrolment, "its school or authority", on_enrolment()),
    passing(rules.not_its_enrolment, "O.1", on_enrolment(by=MINISTRY, is_owner=False)),
    # ---
    breaking(
        access.invalid_asn,
        "alert of nobody",
        on_student(access=StudentAccess(ASN, is_accessible=False)),
        {"StateProvinceId": ASN},
    ),
    passing(access.invalid_asn, "alert of a student", on_student()),
    breaking(
        rules.not_associated,
        "a stranger",
        on_student(is_associated=False),
        {"StateProvinceId": ASN},
    ),
    passing(rules.not_associated, "associated", on_student()),
    passing(
        rules.not_associated,
        "a secondary number",
        on_student(access=StudentAccess(ASN, primary_asn="200000001")),
    ),
    # ---
    breaking(
        rules.alert_not_found,
        "enrolment",
        on_enrolment(alert=None),
        {"AlertCode": 10018, "ReferenceId": GUID},
    ),
    breaking(
        rules.alert_not_found,
        "student",
        on_student(alert=None),
        {"AlertCode": 11205, "ReferenceId": ASN},
    ),
    breaking(
        rules.alert_not_found,
        "to take back what is no longer there",
        on_enrolment(NONE, None, MINISTRY),
        {"AlertCode": 10018, "ReferenceId": GUID},
    ),
    passing(rules.alert_not_found, "enrolment", on_enrolment()),
    passing(rules.alert_not_found, "student", on_student()),
    # ---
    *everything(rules.advice_cannot_be_overridden, _12001),
    *everything(rules.warning_cannot_be_acknowledged, _12002),
    *everything(rules.overridden_stays, _12003),
    *everything(rules.ministry_overrides, _12004),
]
