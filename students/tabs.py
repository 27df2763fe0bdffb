"""The page of a student: one address for each part of the record, each with its own permission.

The first part, the identity, is the page of the record itself; the others stand below its address.
Above every part stands what must not be overlooked.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from audit.models import RecordRead, ServiceCall
from credentials.eligibility_admin import explanation_context
from credentials.models import (
    AwardedCredential,
    DocumentOrderItem,
    RequirementAchievement,
    RequirementExemption,
    RequirementSetStatus,
)
from enrolments.models import (
    Acknowledgement,
    CoreAlert,
    CourseEnrolment,
    ExamMark,
    OfficialMark,
    SchoolEnrolment,
)
from pasi.back_office.admins import READING, list_url, may_view
from pasi.back_office.lists import uuid_in
from pasi.back_office.reads import record_read
from pasi.codes import read_once
from students import tab_tables
from students.models import EmailAddress, MailingAddress, Name, PhoneNumber, Student
from students.notices import notices_on
from students.timeline import kinds, time_line


class Tab(NamedTuple):
    """A part of the record: who may view one of `models` sees it. `lists`: (label, model) of lists
    that hold more of it."""

    name: str
    label: Any
    models: Sequence[type[models.Model]]
    lists: Sequence[tuple[Any, type[models.Model]]] = ()


IDENTITY, TIME_LINE = "identity", "time-line"
TABS = (
    Tab(IDENTITY, _("Identity"), (Student,)),
    Tab("names", _("Names"), (Name,)),
    Tab(
        "contacts",
        _("Addresses and contacts"),
        (MailingAddress, PhoneNumber, EmailAddress),
    ),
    Tab(
        "enrolments",
        _("Enrolments and marks"),
        (SchoolEnrolment, CourseEnrolment, OfficialMark, ExamMark),
        (
            (_("School enrolments"), SchoolEnrolment),
            (_("Course enrolments"), CourseEnrolment),
            (_("Official marks"), OfficialMark),
            (_("Diploma exam marks"), ExamMark),
        ),
    ),
    Tab(
        "credentials",
        _("Credentials"),
        (AwardedCredential, RequirementSetStatus),
        (
            (_("Credentials"), AwardedCredential),
            (_("Requirement sets"), RequirementSetStatus),
            (_("Requirements set by hand"), RequirementAchievement),
            (_("Exemptions"), RequirementExemption),
            (_("Orders of documents"), DocumentOrderItem),
        ),
    ),
    Tab(
        "work-items",
        _("Work items"),
        (CoreAlert,),
        ((_("Work items"), CoreAlert), (_("Acknowledgements"), Acknowledgement)),
    ),
    Tab(
        TIME_LINE,
        _("Time line"),
        (Student,),
        ((_("Service calls"), ServiceCall), (_("Who looked"), RecordRead)),
    ),
)
BY_NAME = {tab.name: tab for tab in TABS}


def tab_url(student: int, name: str) -> str:
    if name == IDENTITY:
        return reverse("admin:students_student_change", args=[student])
    return reverse("admin:student_tab", args=[student, name])


class StudentTabs:
    """Adds the parts to the admin of students."""

    def get_urls(self):
        tab = self.admin_site.admin_view(self.tab)
        return [
            path("<int:student>/part/<slug:name>/", tab, name="student_tab"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """The identity: fields of the record, and what belongs to them."""
        if obj is not None:
            with read_once():
                context["tables"] = self.tables(request, obj, IDENTITY)
                context["tabs"] = self.tabs(request, obj, IDENTITY)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def tab(self, request: HttpRequest, student: int, name: str) -> HttpResponse:
        """Any other part."""
        shown = BY_NAME.get(name)
        if shown is None or name == IDENTITY:
            raise Http404("There is no such part.")
        if request.method not in READING or not (
            self.has_view_permission(request) and _may_open(request, shown)
        ):
            raise PermissionDenied
        record = self.get_queryset(request).filter(pk=student).first()
        if record is None:
            raise Http404("There is no such student.")
        persons = [record.primary.asn] if record.primary and name == "credentials" else []
        record_read(request, [record.asn, *persons])
        with read_once():
            context = {
                **self.admin_site.each_context(request),
                "title": f"{self.name_of(record)}: {shown.label}",
                "headline": self.name_of(record),
                "opts": self.opts,
                "original": record,
                "trail": self.trail(),
                "notices": notices_on(record),
                "tabs": self.tabs(request, record, name),
                "tasks": [],
                "related": [
                    {"label": label, "url": list_url(model, {"q": record.asn})}
                    for label, model in shown.lists
                    if may_view(request, model)
                ],
                "tables": self.tables(request, record, name),
                **self.more(request, record, name),
            }
        return TemplateResponse(request, _TEMPLATES.get(name, "admin/student_tab.html"), context)

    def tabs(self, request: HttpRequest, student: Student, shown: str) -> list[dict[str, Any]]:
        """The parts that the reader may open; how many work items are open. One query at most."""
        return [
            {
                "label": tab.label,
                "url": tab_url(student.pk, tab.name),
                "is_shown": tab.name == shown,
                "open": tab_tables.open_items(student) if tab.models == (CoreAlert,) else None,
            }
            for tab in TABS
            if _may_open(request, tab)
        ]

    def tables_of_identity(self, request: HttpRequest, student: Student) -> list:
        raise NotImplementedError

    def table_of_names(self, request: HttpRequest, student: Student):
        raise NotImplementedError

    def table_of_work_items(self, request: HttpRequest, student: Student):
        items = self.admin_site.get_model_admin(CoreAlert)
        return tab_tables.work_items(student, items, request)

    def tables(self, request: HttpRequest, student: Student, name: str) -> list:
        """Those that the reader may see, one query each."""
        if name == IDENTITY:
            return self.tables_of_identity(request, student)
        if name == "names":
            return [self.table_of_names(request, student)]
        if name == "work-items":
            return [self.table_of_work_items(request, student)]
        of = tab_tables
        found = {
            "contacts": (
                (MailingAddress, of.addresses),
                (PhoneNumber, of.phones),
                (EmailAddress, of.emails),
            ),
            "enrolments": (
                (SchoolEnrolment, of.school_enrolments),
                (CourseEnrolment, of.course_enrolments),
                (OfficialMark, of.official_marks),
                (ExamMark, of.exam_marks),
            ),
            "credentials": ((AwardedCredential, of.awards),),
            TIME_LINE: (),
        }
        return [table(student) for model, table in found[name] if may_view(request, model)]

    def more(self, request: HttpRequest, student: Student, name: str) -> dict[str, Any]:
        """What a part shows besides tables."""
        if name == "credentials" and may_view(request, RequirementSetStatus):
            return explanation_context(request, student) or {}
        if name == TIME_LINE:
            return {
                "line": time_line(
                    student,
                    before=uuid_in(request.GET.get("before", "")),
                    may_see=lambda model: may_view(request, model),
                ),
                "leaves_out": not all(may_view(request, model) for model in kinds()),
                "may_view_calls": may_view(request, ServiceCall),
            }
        return {}


_TEMPLATES = {
    "credentials": "admin/student_credentials.html",
    TIME_LINE: "admin/student_timeline.html",
}


def _may_open(request: HttpRequest, tab: Tab) -> bool:
    return any(may_view(request, model) for model in tab.models)
