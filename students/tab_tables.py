"""The tables on the parts of a student's page. Each table is one query, for whoever may see it."""

import datetime
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from credentials.credential_numbers import written
from credentials.models import AwardedCredential
from enrolments.admin import REGISTRATION_STATUSES
from enrolments.alert_admin import CoreAlertAdmin
from enrolments.models import (
    CoreAlert,
    CourseEnrolment,
    ExamMark,
    OfficialMark,
    SchoolEnrolment,
)
from enrolments.registration_status import registration_status
from enrolments.waiting import is_waiting
from enrolments.work_item_filters import OPEN
from pasi.back_office.formats import NOTHING, code_text, instant_text
from pasi.back_office.tables import Table, history_link, record_link, yes_or_no
from pasi.calendar import business_today, school_year_text
from students.models import (
    CitizenshipStatus,
    DisclosureRestriction,
    EmailAddress,
    MailingAddress,
    Name,
    PhoneNumber,
    Student,
)
from students.part_admin import name_uses

WORK_ITEMS_SHOWN = 200
OF_STUDENT = ("of_student", "name")  # columns that say no more than the page itself

Tasks = Sequence[tuple[str, str]]


def _day(day: datetime.date | None) -> str:
    return format_html('<span class="nowrap">{}</span>', date_format(day)) if day else NOTHING


def _state(record) -> str:
    return _("Deleted") if record.is_deleted else NOTHING


def _last_first(rows: QuerySet) -> QuerySet:
    """Deleted ones stay to be seen, after the others."""
    return rows.order_by("is_deleted", "pk")


# --- Identity -------------------------------------------------------------------------------------


def restrictions(student: Student, tasks: Tasks = (), change: Callable | None = None) -> Table:
    rows = [
        [
            code_text("DisclosureRestriction", each.code),
            each.details,
            _day(each.effective_on),
            _day(each.expires_on),
            yes_or_no(each.is_active),
            _state(each),
            history_link(each, each.code),
            *([change(each)] if change else []),
        ]
        for each in _last_first(DisclosureRestriction.objects.filter(student=student))
    ]
    columns = [
        *(_("Kind"), _("Details"), _("From"), _("Until"), _("Active"), _("Deleted")),
        *(_("History"), *([_("To do")] if change else [])),
    ]
    return Table(
        "restrictions",
        _("Disclosure restrictions"),
        columns,
        rows,
        tasks=tasks,
        none=_("None: the record may be disclosed as usual."),
    )


def citizenship(student: Student, tasks: Tasks = ()) -> Table:
    rows = [
        [
            code_text("CitizenshipStatus", each.citizenship_status),
            code_text("CitizenshipStatus", each.guardian_citizenship_status),
            _day(each.document_expiry_date),
            _day(each.effective_on),
            _state(each),
            history_link(each, each.effective_on),
        ]
        for each in CitizenshipStatus.objects.filter(student=student).order_by(
            "is_deleted", "-effective_on", "-pk"
        )
    ]
    columns = [
        *(_("Status"), _("Status of the guardian"), _("Document valid until"), _("From")),
        *(_("Deleted"), _("History")),
    ]
    return Table("citizenship", _("Citizenship"), columns, rows, tasks=tasks)


# --- Names ----------------------------------------------------------------------------------------


def names(student: Student, todo: Callable | None = None, tasks: Tasks = ()) -> Table:
    """`todo`: what can be done with a name, as links."""
    records = Name.objects.filter(student=student).select_related(
        "created_by_organization", "updated_by_organization"
    )
    rows = []
    for name in _last_first(records):
        name.student = student
        rows.append(
            [
                record_link(name, name.full_name),
                name_uses(name),
                instant_text(name.effective_on),
                name.created_by_organization,
                name.updated_by_organization,
                instant_text(name.updated_at),
                _state(name),
                history_link(name, name.full_name),
                *([todo(name)] if todo else []),
            ]
        )
    columns = [
        *(_("Name"), _("Used as"), _("From"), _("Recorded by"), _("Last changed by")),
        *(_("Last changed"), _("Deleted"), _("History"), *([_("To do")] if todo else [])),
    ]
    return Table("names", _("Names"), columns, rows, tasks=tasks)


# --- Addresses and contacts -----------------------------------------------------------------------


def addresses(student: Student) -> Table:
    rows = [
        [
            record_link(each, each.street),
            code_text("AddressType", each.address_type),
            each.city,
            each.state_province,
            each.postal_code,
            each.country,
            _day(each.effective_on),
            _day(each.expires_on),
            _state(each),
            history_link(each, each.street),
        ]
        for each in _last_first(MailingAddress.objects.filter(student=student))
    ]
    columns = [
        *(_("Street"), _("Type"), _("City"), _("Province"), _("Postal code"), _("Country")),
        *(_("From"), _("Until"), _("Deleted"), _("History")),
    ]
    none = _("No mailing address is recorded.")
    return Table("addresses", _("Mailing addresses"), columns, rows, none=none)


def phones(student: Student) -> Table:
    rows = [
        [
            record_link(each, str(each)),
            code_text("PhoneType", each.phone_type),
            each.get_is_listable_display(),
            _day(each.effective_on),
            _day(each.expires_on),
            _state(each),
            history_link(each, str(each)),
        ]
        for each in _last_first(PhoneNumber.objects.filter(student=student))
    ]
    columns = [
        *(_("Number"), _("Type"), _("May be published"), _("From"), _("Until")),
        *(_("Deleted"), _("History")),
    ]
    none = _("No phone number is recorded.")
    return Table("phones", _("Phone numbers"), columns, rows, none=none)


def emails(student: Student) -> Table:
    rows = [
        [
            record_link(each, each.email_address),
            instant_text(each.updated_at),
            _state(each),
            history_link(each, each.email_address),
        ]
        for each in _last_first(EmailAddress.objects.filter(student=student))
    ]
    columns = [_("Address"), _("Last changed"), _("Deleted"), _("History")]
    none = _("No e-mail address is recorded.")
    return Table("emails", _("E-mail addresses"), columns, rows, none=none)


# --- Enrolments and marks -------------------------------------------------------------------------


def school_enrolments(student: Student) -> Table:
    today = business_today()
    rows = [
        [
            record_link(each, school_year_text(each.school_year)),
            each.school,
            each.grade,
            REGISTRATION_STATUSES[
                registration_status(
                    each.is_deleted, each.start_date, each.exit_date, each.exit_date_type, today
                )
            ],
            _day(each.start_date),
            _day(each.exit_date),
            _state(each),
            history_link(each, school_year_text(each.school_year)),
        ]
        for each in SchoolEnrolment.objects.filter(student=student)
        .select_related("school")
        .order_by("is_deleted", "-school_year", "-start_date", "-pk")
    ]
    columns = [
        *(_("School year"), _("School"), _("Grade"), _("Registration")),
        *(_("Start"), _("Exit"), _("Deleted"), _("History")),
    ]
    none = _("No school has enrolled the student under this number.")
    return Table("school-enrolments", _("School enrolments"), columns, rows, none=none)


def course_enrolments(student: Student) -> Table:
    rows = [
        [
            record_link(each, f"{school_year_text(each.school_year)} {each.course_code}"),
            each.school,
            each.status,
            _day(each.start_date),
            _day(each.end_date),
            _state(each),
        ]
        for each in CourseEnrolment.objects.filter(student=student)
        .select_related("school")
        .order_by("is_deleted", "-school_year", "course_code", "-pk")
    ]
    columns = [_("Course"), _("School"), _("Status"), _("Start"), _("End"), _("Deleted")]
    return Table("course-enrolments", _("Course enrolments"), columns, rows)


def official_marks(student: Student) -> Table:
    mark, credits_awarded = _("Mark"), _("Credits")
    rows = [
        [
            record_link(each, each.course_code),
            school_year_text(each.achievement_school_year),
            _day(each.achievement_date),
            each.mark_value,
            each.credits_awarded,
            yes_or_no(each.is_available),
            _state(each),
        ]
        for each in OfficialMark.objects.filter(student=student).order_by(
            "is_deleted", "-achievement_school_year", "course_code", "-pk"
        )
    ]
    columns = [
        *(_("Course"), _("School year"), _("Achieved on"), mark, credits_awarded),
        *(_("Available"), _("Deleted")),
    ]
    return Table(
        "official-marks",
        _("Official marks"),
        columns,
        rows,
        numbers=frozenset({mark, credits_awarded}),
    )


def exam_marks(student: Student) -> Table:
    rows = [
        [
            record_link(each, each.course_code),
            school_year_text(each.school_year),
            each.status,
        ]
        for each in ExamMark.objects.filter(student=student).order_by(
            "-school_year", "course_code", "-pk"
        )
    ]
    columns = [_("Course"), _("School year"), _("Kind of mark")]
    return Table("exam-marks", _("Diploma exam marks"), columns, rows)


# --- Credentials ----------------------------------------------------------------------------------


def awards(student: Student) -> Table:
    rows = [
        [
            record_link(each, written(each.number_id)),
            code_text("CredentialType", each.credential_type),
            school_year_text(each.school_year),
            each.full_name,
            _day(each.awarded_on),
            code_text("CredentialDeleteReason", each.delete_reason) if each.is_deleted else NOTHING,
            history_link(each, written(each.number_id)),
        ]
        for each in AwardedCredential.objects.filter(student=student).order_by(
            "is_deleted", "-awarded_on", "-pk"
        )
    ]
    columns = [
        *(_("Number"), _("Credential"), _("School year"), _("Name on it"), _("Awarded on")),
        *(_("Deleted because"), _("History")),
    ]
    return Table(
        "awards",
        _("Credentials awarded under this number"),
        columns,
        rows,
        none=_("None is awarded yet. What follows says what is missing."),
    )


# --- Work items -----------------------------------------------------------------------------------


class OpenItems(NamedTuple):
    """How many work items are open; and how many more that may be out of date."""

    sure: int
    recalculated: int


def open_items(student: Student) -> OpenItems:
    """One query."""
    found = CoreAlert.objects.filter(student=student, acknowledgement_status__in=OPEN)
    waiting = list(found.annotate(is_waiting=is_waiting()).values_list("is_waiting", flat=True))
    return OpenItems(waiting.count(False), waiting.count(True))


def work_items(student: Student, pages: CoreAlertAdmin, request: HttpRequest) -> Table:
    """As their list shows them, with what can be done. What is open first, the warnings before the
    advice."""
    is_done = Case(When(acknowledgement_status__in=OPEN, then=0), default=1)
    found = pages.get_queryset(request).filter(student=student)
    items = list(found.order_by(is_done, *pages.ordering)[: WORK_ITEMS_SHOWN + 1])
    shown = [name for name in pages.list_display if name not in OF_STUDENT]
    rows = [
        [
            record_link(item, pages.issue(item)),
            *(getattr(pages, name)(item) for name in shown if name != "issue"),
            format_html('<span class="nowrap">{}</span>', instant_text(item.raised_at)),
            _links(pages.tasks(request, item)),
        ]
        for item in items[:WORK_ITEMS_SHOWN]
    ]
    labels = [getattr(pages, name).short_description for name in shown]
    columns = [*labels, _("Raised"), _("What to do")]
    notes = []
    if any(item.is_waiting for item in items):
        notes.append(
            _("What is being recalculated may be out of date: its record is being looked at again.")
        )
    if len(items) > WORK_ITEMS_SHOWN:
        notes.append(
            _("Only the first %s are shown; the list of work items has them all.")
            % WORK_ITEMS_SHOWN
        )
    return Table(
        "work-items",
        _("Work items"),
        columns,
        rows,
        note=" ".join(notes),
        none=_("No work item: nothing of this student waits for anybody."),
    )


def _links(tasks: Tasks) -> str:
    return format_html_join(" · ", '<a href="{}">{}</a>', ((url, label) for label, url in tasks))
