"""Work items in words: what is wrong, what the rule looked at, what may be said and by whom."""

import re
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enrolments.models import (
    Acknowledgement,
    AcknowledgementStatus,
    CoreAlert,
    CourseEnrolment,
    RecordType,
    SchoolEnrolment,
)
from pasi import rules
from pasi.back_office.formats import NOTHING, asn_text, code_text
from pasi.back_office.rule_links import rule_link
from students.models import Student

ENROLMENTS = {
    RecordType.SCHOOL_ENROLMENT: SchoolEnrolment,
    RecordType.COURSE_ENROLMENT: CourseEnrolment,
}
FIRST_SENTENCE = re.compile(r"(.+?[.?!])(?:\s+(.*))?", re.DOTALL)
START_OF_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Arguments whose name says too little, and those whose value is a code with a name.
LABELS = {
    "StateProvinceID": _("ASN"),
    "StateProvinceId": _("ASN"),
    "RefID": _("Reference id"),
    "EnrolmentTypeCode": _("Enrolment type"),
    "GradeLevel": _("Grade"),
    "GrantProgramCode": _("Grants program"),
    "GrantsProgramCode": _("Grants program"),
    "ListOfSchoolCodes": _("Schools"),
    "NameDescriptor": _("Name"),
    "SchoolCode": _("School"),
    "SchoolAuthorityCode": _("Authority"),
    "AuthorityCode": _("Authority"),
}
CODES = {
    "EnrolmentTypeCode": "EnrolmentType",
    "Grade": "Grade",
    "GradeLevel": "Grade",
    "PreviousGrade": "Grade",
    "GrantProgramCode": "GrantsProgram",
    "GrantsProgramCode": "GrantsProgram",
    "ProgrammingTimeframe": "ProgrammingTimeframe",
    "ProgrammingType": "ProgrammingType",
}


def issue_and_rest(description: str) -> tuple[str, str]:
    """The first sentence of an alert's description, and what follows it."""
    match = FIRST_SENTENCE.fullmatch(description)
    return (match[1], match[2] or "") if match else (description, "")


def argument_label(key: str) -> str:
    """The name of an argument in words: "PreviousGrade" -> "Previous grade"."""
    if key in LABELS:
        return str(LABELS[key])
    first, *others = START_OF_WORD.split(key)
    return " ".join([first, *(word.lower() for word in others)])


def argument_value(key: str, value: str | None) -> str:
    if key in CODES:
        return code_text(CODES[key], value or "")
    if key.lower() == "stateprovinceid" and re.fullmatch(r"[0-9]{9}", value or ""):
        return asn_text(value)
    return value or NOTHING


def arguments_text(arguments: dict[str, str | None]) -> str:
    """The arguments of an alert in a line: "Grade: 06 Grade 6; Previous grade: 04 Grade 4"."""
    pairs = [
        f"{argument_label(key)}: {argument_value(key, value)}"
        for key, value in sorted(arguments.items())
    ]
    return "; ".join(pairs) or NOTHING


def rule_text(code: int) -> str:
    """The code of an alert with the title of its rule; of a rule that is gone, the code alone."""
    try:
        return f"{code} {rules.rule(str(code)).title}"
    except KeyError:
        return str(code)


def rule_of(code: int) -> str:
    """As rule_text(), leading to the rule where there is one."""
    text = rule_text(code)
    return text if text == str(code) else rule_link(str(code), text)


def code_of(code: int) -> str:
    """The code alone, leading to the rule where there is one."""
    return str(code) if rule_text(code) == str(code) else rule_link(str(code))


def who_said_it(said: Acknowledgement) -> str:
    return f"{said.user_name}, {said.organization}"


def record_link(about: Acknowledgement | CoreAlert) -> str:
    """To the record that an alert or acknowledgement is about."""
    model = ENROLMENTS.get(about.record_type, Student)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    return format_html(
        '<a href="{}">{}</a>', reverse(name, args=[about.record]), about.get_record_type_display()
    )


# --- What may be said of one --------------------------------------------------------------------


@dataclass(frozen=True)
class Saying:
    """A status that staff give a work item. `button`: what they press; `done`: what then is so;
    `consequences`: what that means, a sentence each; `of`: of which kind of alert it can be said.
    """

    status: str
    button: Promise
    done: Promise
    consequences: tuple[Promise, ...]
    of: frozenset[str]


ADVICE, WARNING = CoreAlert.AlertType.ADVICE, CoreAlert.AlertType.WARNING
SAYINGS = {
    each.status: each
    for each in (
        Saying(
            AcknowledgementStatus.IN_PROGRESS.value,
            _("Put in progress"),
            _("In progress"),
            (
                _("Everybody sees that somebody is working on it. It stays in the open list."),
                _("Once the data are mended, it goes together with the work item."),
            ),
            frozenset({ADVICE, WARNING}),
        ),
        Saying(
            AcknowledgementStatus.ACKNOWLEDGED.value,
            _("Acknowledge"),
            _("Acknowledged"),
            (
                _("You say: the data were looked at and are right as they are."),
                _("It leaves the open list, and stays acknowledged for these same data."),
                _("It can be taken back."),
            ),
            frozenset({ADVICE}),
        ),
        Saying(
            AcknowledgementStatus.OVERRIDDEN.value,
            _("Override"),
            _("Overridden"),
            (
                _("The ministry accepts the data in spite of the warning, which counts as solved."),
                _("It leaves the open list, and stays overridden for these same data."),
                _("Only the ministry can take that back; the school cannot."),
            ),
            frozenset({WARNING}),
        ),
        Saying(
            AcknowledgementStatus.UNACKNOWLEDGED.value,
            _("Take back"),
            _("Taken back"),
            (
                _("It is open again, as when it was found."),
                _("What was said of it before stays in its history."),
            ),
            frozenset({ADVICE, WARNING}),
        ),
    )
}


def sayings_of(alert: CoreAlert) -> list[Saying]:
    """What can be said of the work item now. Whether one may is for the service to decide."""
    return [
        each
        for each in SAYINGS.values()
        if alert.alert_type in each.of and each.status != alert.acknowledgement_status
    ]
