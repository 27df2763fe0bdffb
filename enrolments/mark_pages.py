"""What a Credential Officer does with a student's official marks: add, change, delete, bring back.

Forms over SubmitOfficialMark: one mark per student and course.
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolments.enrolment_forms import day, offer_school_year, school_years
from enrolments.models import OfficialMark
from enrolments.services import SubmitOfficialMark
from pasi.back_office.admins import list_url, record_url
from pasi.back_office.formats import asn_text
from pasi.back_office.lists import asn_in
from pasi.back_office.service_forms import Meanwhile, ServiceForm, ServiceFormPage, page_urls
from pasi.back_office.theme import Select, TextInput
from pasi.calendar import current_school_year
from pasi.services import Answer
from pasi.staff_roles import may_send
from students.models import Student

Label = gettext_lazy
WORKED_OUT = gettext_lazy("What it means for the student's credentials is worked out again.")


class MarkForm(ServiceForm):
    properties = {
        "CourseCode": "course",
        "AchievementSchoolYear": "school_year",
        "AchievementDate": "achieved_on",
        "MarkValue": "mark",
        "CreditsAwarded": "credits",
        "EvaluationMethod": "evaluation_method",
    }
    codes = {"99050": "course", "99051": "achieved_on", "99052": "achieved_on"}

    asn = forms.CharField(widget=forms.HiddenInput)
    is_deleted = forms.BooleanField(widget=forms.HiddenInput, required=False)
    course = forms.CharField(widget=forms.HiddenInput, label=Label("Course"))
    mark = forms.CharField(
        label=Label("Mark"),
        required=False,
        max_length=20,
        widget=TextInput,
        help_text=Label("As it is to be printed: 75, P, A …"),
    )
    credits = forms.IntegerField(
        label=Label("Credits awarded"), widget=TextInput(attrs={"inputmode": "numeric"})
    )
    school_year = forms.TypedChoiceField(
        label=Label("School year in which it was earned"),
        choices=school_years,
        coerce=int,
        widget=Select,
    )
    achieved_on = day(
        Label("Achievement date"), help_text=Label("Within that school year, 1 September on.")
    )
    is_available = forms.BooleanField(
        label=Label("Counts"),
        required=False,
        help_text=Label("Without the tick the mark is kept, and counts for nothing."),
    )
    evaluation_method = forms.CharField(
        label=Label("Evaluation method"),
        required=False,
        max_length=40,
        widget=TextInput,
        help_text=Label("Of an evaluated mark, as CHA; empty: earned at a school in Alberta."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_school_year(self)

    def request(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "StateProvinceId": data["asn"],
            "CourseCode": data["course"],
            "PASICoreVersion": data["core_version"],
            "AchievementSchoolYear": data["school_year"],
            "AchievementDate": data["achieved_on"].isoformat(),
            "MarkValue": data["mark"],
            "CreditsAwarded": data["credits"],
            "IsAvailable": data["is_available"],
            "EvaluationMethod": data["evaluation_method"],
            "IsDeleted": data["is_deleted"],
        }


class NewMarkForm(MarkForm):
    course = forms.CharField(
        label=Label("Course"),
        max_length=10,
        widget=TextInput,
        help_text=Label("The code of the course, as ELA3105."),
    )
    field_order = ["course"]

    def clean_course(self) -> str:
        return self.cleaned_data["course"].upper()


class MarkPage(ServiceFormPage):
    """A form over the service for one mark. `is_deleted`: what becomes of it; None: as it is."""

    service = SubmitOfficialMark
    form_class = MarkForm
    is_deleted: bool | None = None

    def load(self) -> OfficialMark | None:
        marks = OfficialMark.objects.select_related("student__legal_name")
        return marks.filter(pk=self.kwargs["mark"]).first()

    @property
    def student(self) -> Student:
        return self.record.student

    def asns(self) -> list[str]:
        return [self.student.asn]

    def text(self) -> str:
        return _("%(course)s of %(name)s (%(asn)s)") % {
            "course": self.record.course_code,
            "name": self.student.legal_name.full_name,
            "asn": asn_text(self.student.asn),
        }

    def initial(self) -> dict[str, Any]:
        mark = self.record
        return {
            "asn": mark.student.asn,
            "course": mark.course_code,
            "is_deleted": mark.is_deleted if self.is_deleted is None else self.is_deleted,
            "mark": mark.mark_value,
            "credits": mark.credits_awarded,
            "school_year": mark.achievement_school_year,
            "achieved_on": mark.achievement_date,
            "is_available": mark.is_available,
            "evaluation_method": mark.evaluation_method,
        }


class ChangeMarkPage(MarkPage):
    button = gettext_lazy("Save")

    def heading(self) -> str:
        return _("Change the mark in %s") % self.text()

    def consequences(self) -> list[str]:
        return [
            _("The mark is stored as it stands here; what is empty is cleared."),
            str(WORKED_OUT),
            _("A credential that is awarded already stays awarded."),
        ]

    def done(self, answer: Answer) -> tuple[str, str]:
        return _("Saved. %s") % WORKED_OUT, record_url(self.record)


class DeleteMarkPage(MarkPage):
    """The whole mark is sent as it is, but deleted: nothing else is typed."""

    is_deleted = True
    template_name = "admin/only_press.html"
    button = gettext_lazy("Delete the mark")

    def heading(self) -> str:
        return _("Delete the mark in %s") % self.text()

    def consequences(self) -> list[str]:
        return [
            _("It counts for nothing any more. The record itself stays."),
            str(WORKED_OUT),
            _("It can be brought back."),
        ]

    def renewed(self, form: ServiceForm) -> tuple[ServiceForm, list[Meanwhile]]:
        """What the form holds was not typed: pressing again sends what somebody else has made."""
        _typed, changes = super().renewed(form)
        return self.fresh_form(), changes

    def done(self, answer: Answer) -> tuple[str, str]:
        return _("The mark is deleted."), record_url(self.record)


class UndeleteMarkPage(DeleteMarkPage):
    is_deleted = False
    button = gettext_lazy("Bring the mark back")

    def heading(self) -> str:
        return _("Bring back the mark in %s") % self.text()

    def consequences(self) -> list[str]:
        return [_("It counts again as it did."), str(WORKED_OUT)]

    def done(self, answer: Answer) -> tuple[str, str]:
        return _("The mark is back."), record_url(self.record)


class AddMarkPage(MarkPage):
    """A mark in a course in which the student has none."""

    form_class = NewMarkForm
    button = gettext_lazy("Add the mark")

    def load(self) -> Student | None:
        students = Student.objects.select_related("legal_name")
        return students.filter(asn=self.kwargs["asn"]).first()

    @property
    def student(self) -> Student:
        return self.record

    def version(self) -> int:
        return 0

    def initial(self) -> dict[str, Any]:
        return {
            "asn": self.student.asn,
            "is_deleted": False,
            "is_available": True,
            "school_year": current_school_year(),
        }

    def heading(self) -> str:
        return _("Add a mark of %(name)s (%(asn)s)") % {
            "name": self.student.legal_name.full_name,
            "asn": asn_text(self.student.asn),
        }

    def consequences(self) -> list[str]:
        return [_("The student has the mark in this course."), str(WORKED_OUT)]

    def renewed(self, form: ServiceForm) -> tuple[ServiceForm, Any]:
        """The course has a mark already, a deleted one perhaps."""
        if (course := form.cleaned_data.get("course")) is None:  # a form that is not ours
            return super().renewed(form)
        mark = OfficialMark.objects.filter(student=self.student, course_code=course).first()
        there = format_html('<a href="{}">{}</a>', record_url(mark), course) if mark else course
        text = _("The student has a mark in {} already. Change that one, or bring it back.")
        form.place("course", format_html(text, there))
        return form, None

    def trail(self) -> list[tuple[str, str]]:
        return [*self.pages.trail(), (asn_text(self.student.asn), self.back())]

    def back(self) -> str:
        return list_url(OfficialMark, {"q": self.student.asn})

    def done(self, answer: Answer) -> tuple[str, str]:
        mark = OfficialMark.objects.get(student=self.student, course_code=answer.body["Id"])
        return _("The mark is added. %s") % WORKED_OUT, record_url(mark)


class MarkTasks:
    """Adds the forms to the admin of official marks, and their buttons to the pages they belong
    to: those of one mark to its page, a new one to the list of a student's marks.
    """

    def get_urls(self):
        pages = (
            ("<int:mark>/change-mark/", ChangeMarkPage, "change_mark"),
            ("<int:mark>/mark-deleted/", DeleteMarkPage, "delete_mark"),
            ("<int:mark>/bring-back/", UndeleteMarkPage, "undelete_mark"),
            ("of/<str:asn>/add/", AddMarkPage, "add_mark"),
        )
        return [*page_urls(self, pages), *super().get_urls()]

    def list_tasks(self, request: HttpRequest) -> list[tuple[str, str]]:
        asn = asn_in(request.GET.get("q", ""))
        may = asn and may_send(request.user, SubmitOfficialMark)
        if not (may and Student.objects.filter(asn=asn).exists()):
            return []
        return [(_("Add a mark of %s") % asn_text(asn), _add_url(asn))]

    def tasks(self, request: HttpRequest, record: OfficialMark) -> list[tuple[str, str]]:
        if not may_send(request.user, SubmitOfficialMark):
            return []
        if record.is_deleted:
            found = [(_("Bring it back"), reverse("admin:undelete_mark", args=[record.pk]))]
        else:
            found = [
                (_("Change it"), reverse("admin:change_mark", args=[record.pk])),
                (_("Delete it"), reverse("admin:delete_mark", args=[record.pk])),
            ]
        return [*found, (_("Add another mark of the student"), _add_url(record.student.asn))]


def _add_url(asn: str) -> str:
    return reverse("admin:add_mark", args=[asn])
