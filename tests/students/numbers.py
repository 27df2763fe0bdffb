"""The services on numbers, called over HTTP for the ministry, and what they answered."""

from enrolments.triggers import TABLES
from students.models import Student
from tests.province_builder import caller_info
from tests.students.calls import School, applied, version_of

LINK, DEACTIVATION = "SubmitStudentLink", "SubmitStudentDeactivation"
DEATH = "SubmitStudentDeath"


def _with(body: dict, changes: dict) -> dict:
    """None leaves a property out."""
    body = {"CallerInfo": caller_info(), **body, **changes}
    return {name: value for name, value in body.items() if value is not None}


def a_link(secondary: Student, primary: Student | None, **changes) -> dict:
    """Without a primary the link is undone."""
    body = {
        "PrimaryStateProvinceId": primary and primary.asn,
        "SecondaryStateProvinceId": secondary.asn,
        "PASICoreVersion": version_of(secondary.asn),
    }
    return _with(body, changes)


def a_deactivation(student: Student, to=True, **changes) -> dict:
    body = {
        "StateProvinceId": student.asn,
        "PASICoreVersion": version_of(student.asn),
        "IsDeactivated": to,
    }
    return _with(body, changes)


def a_death(student: Student, on: str | None = "2026-10-01", **changes) -> dict:
    body = {
        "StateProvinceId": student.asn,
        "PASICoreVersion": version_of(student.asn),
        "IsDeceased": True,
        "DateOfDeath": on,
    }
    return _with(body, changes)


def link(ministry: School, secondary: Student, primary: Student | None, **changes) -> dict:
    """The answer to a link that is applied."""
    return applied(ministry.post(LINK, a_link(secondary, primary, **changes)))


def now(student: Student) -> Student:
    return Student.objects.get(pk=student.pk)


def raised(processor: str) -> set[int]:
    """Keys of the records with a trigger; each is outstanding."""
    trigger, status = TABLES[processor]
    done = dict(status.objects.values_list("pk", "max_source_version"))
    rows = dict(trigger.objects.values_list("pk", "version"))
    assert all(version > done[key] for key, version in rows.items())
    return set(rows)


def forget_triggers() -> None:
    for trigger, _status in TABLES.values():
        trigger.objects.all().delete()
