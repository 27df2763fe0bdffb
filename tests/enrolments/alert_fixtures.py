"""Enrolments with alerts, stored and changed directly, and what is said of them."""

import datetime
from typing import Any

from enrolments.models import Acknowledgement, CoreAlert, SchoolEnrolment
from enrolments.processors import Drained, drain, processor
from enrolments.triggers import TABLES, raise_triggers
from pasi import bulk
from students.models import CitizenshipStatus
from tests.province_builder import (
    COMMAND,
    caller_info,
    make_enrolment,
    make_school,
    make_student,
    set_up,
)

ACKNOWLEDGE = "SubmitStudentSchoolEnrolmentStatusAcknowledgement"
ACKNOWLEDGE_STUDENT = "SubmitStudentStatusAcknowledgement"
ENROLMENT, STUDENT = "StudentSchoolEnrolment", "Student"
THIS_YEAR = 2027
SKIPPED, LOWER, BOARD, UPPER_CASE = 10018, 10019, 10068, 11205
NONE, IN_PROGRESS = "Unacknowledged", "InProgress"
ACKNOWLEDGED, OVERRIDDEN = "Acknowledged", "Overridden"
FROM_4_TO_6 = {"Grade": "06", "PreviousGrade": "04"}

Identity = tuple[int, tuple[tuple[str, str], ...]]


def identity(code: int, arguments: dict[str, str]) -> Identity:
    return code, tuple(sorted(arguments.items()))


# --- Records ------------------------------------------------------------------------------------


def make_pupil(school=None, *, grade="06", previous="04", **values) -> SchoolEnrolment:
    """This year's enrolment of somebody of ten, who was in grade 4 last year; outstanding.

    Grades 4 to 6 are usual at that age, so nothing but 10018 and 10019 can be wrong with them.
    Call inside set_up().
    """
    school = school or make_school()
    student = make_student(birth_date=datetime.date(2016, 5, 17))
    CitizenshipStatus.objects.create(
        student=student, citizenship_status="1", effective_on=student.birth_date
    )
    make_enrolment(student, school, THIS_YEAR - 1, grade=previous)
    enrolment = make_enrolment(student, school, THIS_YEAR, grade=grade, **values)
    raise_triggers(ENROLMENT, [enrolment.pk], ENROLMENT)
    return enrolment


def make_shouting_student(**values):
    """A student whose name is in upper case only; outstanding. Call inside set_up()."""
    student = make_student(first_name="ADA", **values)
    raise_triggers(STUDENT, [student.pk], STUDENT)
    return student


def change(enrolment: SchoolEnrolment, **values) -> None:
    """Store other values, as a submit does. Call inside set_up()."""
    [version] = bulk.next_versions(1)
    for name, value in {**values, "version": version}.items():
        setattr(enrolment, name, value)
    enrolment.save()
    raise_triggers(ENROLMENT, [enrolment.pk], ENROLMENT)


def changed(enrolment: SchoolEnrolment, **values) -> None:
    """The same in a call of its own, and processed."""
    with set_up():
        change(enrolment, **values)
    process()


def process(name: str = ENROLMENT) -> Drained:
    """Do what a worker does."""
    return drain(processor(name), COMMAND)


# --- What is stored -----------------------------------------------------------------------------


def alerts_of(record, record_type=ENROLMENT) -> dict[Identity, str]:
    """Alert -> its status. Two of the same fail."""
    found = CoreAlert.objects.filter(record_type=record_type, record=record.pk)
    listed = [(identity(a.alert_code, a.arguments), a.acknowledgement_status) for a in found]
    assert len(dict(listed)) == len(listed)
    return dict(listed)


def kept_of(record, record_type=ENROLMENT) -> dict[Identity, str]:
    """Alert -> what was said of it, whether it is there or not."""
    found = Acknowledgement.objects.filter(record_type=record_type, record=record.pk)
    return {identity(a.alert_code, a.arguments): a.status for a in found}


def version_of(record, record_type=ENROLMENT) -> int:
    """The Validation Status's."""
    return TABLES[record_type][1].objects.get(pk=record.pk).version


# --- Requests -----------------------------------------------------------------------------------


def pairs(arguments: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in arguments.items()]


def acknowledgement(
    enrolment: SchoolEnrolment,
    status: str = IN_PROGRESS,
    code: int = SKIPPED,
    arguments: dict[str, str] = FROM_4_TO_6,
    **changes,
) -> dict[str, Any]:
    """A request of the enrolments' service; None leaves a property out."""
    body = {
        "AlertCode": code,
        "Arguments": pairs(arguments),
        "CallerInfo": caller_info(),
        "ReferenceId": str(enrolment.reference_id),
        "Status": status,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def student_acknowledgement(
    student, status: str = IN_PROGRESS, code: int = UPPER_CASE, **changes
) -> dict[str, Any]:
    """A request of the students' service, on the first alert of the student there is."""
    alert = CoreAlert.objects.filter(record_type=STUDENT, record=student.pk).first()
    body = {
        "AlertCode": code,
        "Arguments": pairs(alert.arguments) if alert else [],
        "CallerInfo": caller_info(),
        "StateProvinceId": student.asn,
        "Status": status,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}
