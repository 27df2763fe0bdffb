"""Which alerts a submitted citizenship brings beside an enrolment, through both services.

What the 2017 contract calls 6 and 7 is a temporary resident with a guardian of known status, judged
as any other temporary resident: no rule looks at the guardian's.
"""

import datetime

import pytest

from enrolments.alert_rules.registry import RULES_OF_CITIZENSHIP
from enrolments.models import CoreAlert
from tests.enrolments.alert_fixtures import process
from tests.enrolments.calls import make_enrolment_caller
from tests.province_builder import caller_info, make_school, make_student, set_up
from tests.students.calls import applied, version_of

EXIT, TODAY = "2027-06-28", datetime.date(2026, 11, 26)
MISSING, PERMIT, STEP_CHILD, FROM_OUTSIDE = 10065, 10105, 10114, 10154


@pytest.mark.parametrize(
    ("types", "alerts"),
    [
        # Without a code; one that needs a study permit; a step-child's; a foreign student's.
        ([], {"9": [MISSING], "5, expired": [MISSING], "7, expired": [MISSING]}),
        (
            ["413"],
            {
                "9": [MISSING],
                "6": [PERMIT],
                "5, expired": [MISSING, PERMIT],
                "7, expired": [MISSING, PERMIT],
            },
        ),
        (
            ["418"],
            {
                "1": [STEP_CHILD],
                "2": [STEP_CHILD],
                "9": [MISSING, STEP_CHILD],
                "5, expired": [MISSING],
                "7, expired": [MISSING],
            },
        ),
        (
            ["414"],
            {status: [FROM_OUTSIDE] for status in ("1", "2", "6", "9", "5, expired", "7, expired")},
        ),
    ],
    ids=lambda value: ",".join(value) or "none" if isinstance(value, list) else "",
)
def test_alerts_of_every_status_that_can_be_submitted(db, settings, types, alerts):
    with set_up():
        make_school()
        caller = make_enrolment_caller("S.0001", "Submit Enrolment User", "Submit Student User")
        students = {
            name: make_student()
            for name in ("1", "2", "5", "6", "7", "9", "5, expired", "7, expired")
        }
    for name, student in students.items():
        caller.enrol(student, EnrolmentTypeCodes=types)
        body = {
            "CallerInfo": caller_info(),
            "StateProvinceId": student.asn,
            "PASICoreVersion": version_of(student.asn),
            "CitizenshipStatus": name[0],
        }
        if name[0] in "57":
            body["DocumentExpiryDate"] = str(TODAY) if "expired" in name else EXIT
        applied(caller.post("SubmitStudentCitizenshipStatus", body))
    settings.PASI_TODAY = TODAY + datetime.timedelta(days=1)
    process()
    found = {
        name: list(
            CoreAlert.objects.filter(
                student=student, alert_code__in=[int(rule.code) for rule in RULES_OF_CITIZENSHIP]
            )
            .order_by("alert_code")
            .values_list("alert_code", flat=True)
        )
        for name, student in students.items()
    }
    assert {name: codes for name, codes in found.items() if codes} == alerts
