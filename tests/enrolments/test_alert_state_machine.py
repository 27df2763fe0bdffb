"""What is said of alerts lives as long as it should, whatever happens in which order.

Hypothesis submits two enrolments of a student, lets the processor look, and acknowledges, against
a small model: the data, the alerts that the processor has found, what is kept of what was said.
Source of the model: the table of the lifetime of acknowledgements (PASI knowledge base and seed
document).
"""

import datetime
import uuid
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from enrolments.models import Acknowledgement, CoreAlert, SchoolEnrolment
from students.models import CitizenshipStatus, Student
from tests import depth, invariants
from tests.enrolments import bodies
from tests.enrolments.alert_fixtures import (
    ACKNOWLEDGE,
    ACKNOWLEDGED,
    BOARD,
    IN_PROGRESS,
    LOWER,
    NONE,
    OVERRIDDEN,
    SKIPPED,
    Identity,
    acknowledgement,
    alerts_of,
    identity,
    kept_of,
    process,
    version_of,
)
from tests.enrolments.calls import SERVICE, make_enrolment_caller, stored
from tests.province_builder import make_school, make_student, set_up
from tests.students.calls import applied

EXAMPLES, STEPS = depth.examples(12, 5), 30
BOARDS = ("", "9991", "9992")  # none, and two that are unknown
SCHOOL, MINISTRY = "S.0001", "O.1"
KINDS = {SKIPPED: "Advice", LOWER: "Advice", BOARD: "Warning"}
BORN = datetime.date(2016, 5, 17)
OWN, LAST_YEARS = "own", "last year's"


def wrong_with(data: dict) -> set[Identity]:
    """The alerts that the rules raise on such data."""
    found = set()
    grade, before = data["grade"], data["previous"]
    if data["is_deleted"]:
        return found
    if int(grade) > int(before) + 1:
        found.add(identity(SKIPPED, {"Grade": grade, "PreviousGrade": before}))
    if int(grade) < int(before):
        arguments = {
            "PreviousSchoolYear": "2025/2026",
            "PreviousGrade": before,
            "Grade": grade,
        }
        found.add(identity(LOWER, arguments))
    if data["resident_board"]:
        found.add(identity(BOARD, {"ResidentBoard": data["resident_board"]}))
    return found


BROKEN = {"grade": "06", "previous": "04", "resident_board": "9991", "is_deleted": False}
FIXED = {"grade": "05", "resident_board": ""}


class Alerts(RuleBasedStateMachine):
    """Few rules, each of which does something in any state: so most runs get somewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.alerts: dict[Identity, str] = {}
        self.kept: dict[Identity, str] = {}
        self.known: list[Identity] = []  # every alert there ever was
        self.outstanding: set[str] = set()
        self.references = {OWN: str(uuid.uuid4()), LAST_YEARS: str(uuid.uuid4())}
        self.core_versions = {OWN: 0, LAST_YEARS: 0}
        self.submitted: dict[str, dict[str, Any]] = {}

    @initialize()
    def make(self) -> None:
        """Somebody of ten: grades 4 to 6 are usual, so nothing else can be wrong with them."""
        self.data = BROKEN.copy()
        with set_up():
            self.student = make_student(birth_date=BORN)
            CitizenshipStatus.objects.create(
                student=self.student, citizenship_status="1", effective_on=BORN
            )
        for which in (LAST_YEARS, OWN):
            self.send(which)
        self.enrolment = stored(self.references[OWN])
        self.version = version_of(self.enrolment)
        self.process()

    def content(self, which: str) -> dict[str, Any]:
        """What is submitted of an enrolment, but for its version."""
        if which == LAST_YEARS:
            return {
                "SchoolYear": 2026,
                "RegistrationStartDate": "2025-09-02",
                "RegistrationExitDate": "2026-06-26",
                "Grade": self.data["previous"],
            }
        return {
            "Grade": self.data["grade"],
            "ResidentBoard": self.data["resident_board"] or None,
            "IsDeleted": self.data["is_deleted"],
        }

    def send(self, which: str) -> None:
        """Submit an enrolment. What is as it was changes nothing, its version neither."""
        content, before = self.content(which), self.core_versions[which]
        body = bodies.enrolment_minimal(
            StateProvinceId=self.student.asn,
            RefId=self.references[which],
            PASICoreVersion=before,
            **content,
        )
        answer = applied(self.callers[SCHOOL].post(SERVICE, body))
        assert answer["Id"] == self.references[which]
        self.core_versions[which] = answer["PASICoreVersion"]
        if self.submitted.get(which) == content:
            assert answer["PASICoreVersion"] == before
            return
        assert answer["PASICoreVersion"] > before
        self.submitted[which] = content
        self.outstanding.add(which)
        if which == LAST_YEARS and OWN in self.submitted and not self.is_deleted:
            self.outstanding.add(OWN)  # its rules look at last year's

    @property
    def is_deleted(self) -> bool:
        return self.submitted[OWN]["IsDeleted"]

    # --- What happens ---

    @rule(
        values=st.fixed_dictionaries(
            {},
            optional={
                "grade": st.sampled_from(["05", "06", "04"]),
                "previous": st.sampled_from(["04", "03", "05", "06"]),
                "resident_board": st.sampled_from(BOARDS),
                "is_deleted": st.booleans(),
            },
        ),
        is_processed=st.booleans(),
    )
    def submit(self, values, is_processed) -> None:
        """Other data, of last year's enrolment too, or the same again."""
        self.data.update(values)
        if "previous" in values:
            self.send(LAST_YEARS)
        if not values or values.keys() - {"previous"}:
            self.send(OWN)
        if is_processed:
            self.process()

    @rule(grade=st.sampled_from(["04", "03", "05", "06"]), is_processed=st.booleans())
    def correct_last_year(self, grade, is_processed) -> None:
        """What this year's enrolment is compared with; it itself stays as it is."""
        self.submit({"previous": grade}, is_processed)

    @rule(is_processed=st.sampled_from([True, True, False]))
    def fix_or_break(self, is_processed) -> None:
        """Away from the first data, or back to them: the same alerts return."""
        self.submit(FIXED if self.data == BROKEN else BROKEN, is_processed)

    @rule()
    def leave_and_return(self) -> None:
        """Every alert disappears, and those of the first data come."""
        self.submit({**FIXED, "previous": "04"}, True)
        assert self.alerts == {}
        self.submit(BROKEN, True)

    @rule()
    def process(self) -> None:
        done = process()
        assert done.set_aside == 0
        assert done.processed == len(self.outstanding)
        self.outstanding = set()
        found = wrong_with(self.data)
        self.kept = {
            alert: status
            for alert, status in self.kept.items()
            if alert in found or status != IN_PROGRESS
        }
        former, self.alerts = self.alerts, {alert: self.kept.get(alert, NONE) for alert in found}
        self.known += [alert for alert in sorted(found) if alert not in self.known]
        if former.keys() != self.alerts.keys():
            self.version_rises()
        assert version_of(self.enrolment) == self.version

    def version_rises(self) -> None:
        now = version_of(self.enrolment)
        assert now > self.version
        self.version = now

    # --- What is said ---

    @rule(
        choice=st.integers(0, 9),
        status=st.sampled_from([NONE, IN_PROGRESS, ACKNOWLEDGED, OVERRIDDEN]),
        by=st.sampled_from([SCHOOL, MINISTRY]),
    )
    def say_anything(self, choice, status, by) -> None:
        """Of any alert there ever was, so also of those that are gone."""
        self.say(self.known[choice % len(self.known)], status, by)

    @rule(choice=st.integers(0, 9), intent=st.sampled_from(["work", "settle", "take back"]))
    def say_what_is_allowed(self, choice, intent) -> None:
        """Of an alert that is there, if any is."""
        alerts = sorted(self.alerts) or self.known
        alert = alerts[choice % len(alerts)]
        final = ACKNOWLEDGED if KINDS[alert[0]] == "Advice" else OVERRIDDEN
        status = {"work": IN_PROGRESS, "settle": final, "take back": NONE}[intent]
        self.say(alert, status, MINISTRY)

    def say(self, alert: Identity, status: str, by: str) -> None:
        expected = self.reasons_against(alert, status, by)
        code, arguments = alert
        body = acknowledgement(self.enrolment, status, code, dict(reversed(arguments)))
        answer = self.callers[by].post(ACKNOWLEDGE, body).json()
        assert [each["Code"] for each in answer["Rejections"]] == expected
        if expected:
            assert answer["PASICoreVersion"] == 0
            return
        if status != self.alerts[alert]:
            self.version_rises()
            self.alerts[alert] = status
            self.kept.pop(alert, None)
            if status != NONE:
                self.kept[alert] = status
        assert answer["PASICoreVersion"] == self.version

    def reasons_against(self, alert: Identity, status: str, by: str) -> list[str]:
        if alert not in self.alerts or self.is_deleted:
            return ["12000"]
        wrong = []
        if KINDS[alert[0]] == "Advice" and status == OVERRIDDEN:
            wrong.append("12001")
        if KINDS[alert[0]] == "Warning" and status == ACKNOWLEDGED:
            wrong.append("12002")
        if by == SCHOOL:
            if self.alerts[alert] == OVERRIDDEN and status != OVERRIDDEN:
                wrong.append("12003")
            if status == OVERRIDDEN:
                wrong.append("12004")
        return wrong

    # --- What must hold ---

    @invariant()
    def stored_as_in_the_model(self) -> None:
        if hasattr(self, "enrolment"):
            assert alerts_of(self.enrolment) == self.alerts
            assert kept_of(self.enrolment) == self.kept
            assert version_of(self.enrolment) == self.version

    def teardown(self) -> None:
        if hasattr(self, "enrolment"):
            invariants.assert_history_is_complete([Acknowledgement, SchoolEnrolment, Student])
            invariants.assert_alerts_are_sound()
            kinds = CoreAlert.objects.filter(record=self.enrolment.pk).values_list(
                "alert_code", "alert_type"
            )
            assert set(kinds) <= set(KINDS.items())
            process()  # nothing is left to the next run


def test_alerts_and_what_is_said_of_them(db):
    with set_up():
        make_school(SCHOOL, "A.0001")
        Alerts.callers = {code: make_enrolment_caller(code) for code in (SCHOOL, MINISTRY)}
    run_state_machine_as_test(
        Alerts,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # making a failing run shorter takes minutes
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
