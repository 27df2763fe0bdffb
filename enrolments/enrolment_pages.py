"""What an Alerts Officer does with one school enrolment: correct it, delete it, bring it back.

Forms over SubmitStudentSchoolEnrolment. The service takes the whole enrolment: what the form leaves
empty is cleared.
"""

import uuid
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolments.enrolment_forms import EnrolmentForm, NewEnrolmentForm
from enrolments.models import CoreAlert, SchoolEnrolment
from enrolments.services import SubmitStudentSchoolEnrolment
from pasi.back_office.admins import list_url, record_url
from pasi.back_office.formats import asn_text
from pasi.back_office.lists import asn_in
from pasi.back_office.service_forms import Meanwhile, ServiceForm, ServiceFormPage, page_urls
from pasi.calendar import current_school_year, school_year_text
from pasi.services import Answer
from pasi.staff_roles import may_send
from students.models import Student

FROM_ITEM = "work_item"  # the work item that the form was opened from, in its address


class EnrolmentPage(ServiceFormPage):
    """A form over the service for one enrolment. `is_deleted`: what becomes of it; None: it stays
    as it is."""

    service = SubmitStudentSchoolEnrolment
    form_class = EnrolmentForm
    is_deleted: bool | None = None

    def load(self) -> SchoolEnrolment | None:
        enrolments = SchoolEnrolment.objects.select_related("student__legal_name", "school")
        return enrolments.filter(pk=self.kwargs["enrolment"]).first()

    def asns(self) -> list[str]:
        return [self.record.student.asn]

    def text(self) -> str:
        return _("%(name)s (%(asn)s) at %(school)s, %(year)s") % {
            "name": self.record.student.legal_name.full_name,
            "asn": asn_text(self.record.student.asn),
            "school": self.record.school,
            "year": school_year_text(self.record.school_year),
        }

    def initial(self) -> dict[str, Any]:
        enrolment = self.record
        values = {
            name: getattr(enrolment, name)
            for name in (
                *("reference_id", "grade", "start_date", "exit_date", "exit_date_type"),
                *("programming_type", "programming_timeframe", "resident_board", "school_year"),
                *("fnmi_declaration", "local_student_id", "is_deleted"),
            )
        }
        if self.is_deleted is not None:
            values["is_deleted"] = self.is_deleted
        return values | {
            "asn": asn_text(enrolment.student.asn),
            "school": enrolment.school.code,
            "enrolment_types": enrolment.enrolment_type_codes.replace(";", " "),
            "grants_programs": enrolment.grants_program_codes.replace(";", " "),
            "exceptions": enrolment.exception_codes.replace(";", " "),
            "french_hours": enrolment.french_hours_of_instruction,
            "percentage": enrolment.school_authority_provided_program_percentage,
        }

    def work_item(self) -> CoreAlert | None:
        """The one that the form was opened from."""
        key = self.request.GET.get(FROM_ITEM, "")
        if not (key.isascii() and key.isdecimal() and len(key) < 16):
            return None
        return CoreAlert.objects.filter(pk=key, record=self.record.pk).first()

    def back(self) -> str:
        return record_url(self.work_item() or self.record)


class CorrectPage(EnrolmentPage):
    button = gettext_lazy("Save")

    def heading(self) -> str:
        return _("Correct the enrolment of %s") % self.text()

    def consequences(self) -> list[str]:
        return [
            _("The enrolment is stored as it stands here; what is empty is cleared."),
            _(
                "Its work items, and those of what hangs together with it, are worked out again. "
                "That takes seconds where a worker runs."
            ),
            _("The school stays: delete the enrolment, and add one at the other school."),
        ]

    def own_context(self) -> dict[str, Any]:
        item = self.work_item()
        return {"mends": item.description if item else ""}

    template_name = "admin/enrolment_form.html"

    def done(self, answer: Answer) -> tuple[str, str]:
        item = self.work_item()
        if item is None:
            return _("Saved. Its work items are worked out again."), record_url(self.record)
        return _("Saved. Whether this work item goes is worked out now."), record_url(item)


class DeleteEnrolmentPage(EnrolmentPage):
    """The whole enrolment is sent as it is, but deleted: nothing else is typed."""

    is_deleted = True
    template_name = "admin/only_press.html"
    button = gettext_lazy("Delete the enrolment")

    def heading(self) -> str:
        return _("Delete the enrolment of %s") % self.text()

    def consequences(self) -> list[str]:
        return [
            _("It counts nowhere any more, and its work items go. The record itself stays."),
            _("It cannot be deleted while course enrolments hang on it."),
            _("It can be brought back."),
        ]

    def renewed(self, form: ServiceForm) -> tuple[ServiceForm, list[Meanwhile]]:
        """What the form holds was not typed: pressing again sends what somebody else has made."""
        _typed, changes = super().renewed(form)
        return self.fresh_form(), changes

    def done(self, answer: Answer) -> tuple[str, str]:
        return _("The enrolment is deleted."), record_url(self.record)


class UndeleteEnrolmentPage(DeleteEnrolmentPage):
    is_deleted = False
    button = gettext_lazy("Bring the enrolment back")

    def heading(self) -> str:
        return _("Bring back the enrolment of %s") % self.text()

    def consequences(self) -> list[str]:
        return [_("It counts again as it was, and is looked at for work items.")]

    def done(self, answer: Answer) -> tuple[str, str]:
        return _("The enrolment is back."), record_url(self.record)


class AddEnrolmentPage(ServiceFormPage):
    """A new enrolment of a student. Its reference id is chosen here, with the form."""

    service = SubmitStudentSchoolEnrolment
    form_class = NewEnrolmentForm
    button = gettext_lazy("Add the enrolment")

    def load(self) -> Student | None:
        students = Student.objects.select_related("legal_name")
        return students.filter(asn=self.kwargs["asn"]).first()

    def version(self) -> int:
        return 0

    def asns(self) -> list[str]:
        return [self.record.asn]

    def initial(self) -> dict[str, Any]:
        return {
            "reference_id": uuid.uuid4(),
            "asn": self.record.asn,
            "school_year": current_school_year(),
        }

    def heading(self) -> str:
        return _("Add an enrolment of %(name)s (%(asn)s)") % {
            "name": self.record.legal_name.full_name,
            "asn": asn_text(self.record.asn),
        }

    def consequences(self) -> list[str]:
        return [
            _("The student is enrolled at the school, which may then see and change the record."),
            _("The enrolment is looked at for work items, and so are the student's others."),
        ]

    def renewed(self, form: ServiceForm) -> tuple[ServiceForm, None]:
        """The reference id is this form's own: what has it was added with this very form."""
        reference = form.cleaned_data.get("reference_id")
        added = SchoolEnrolment.objects.filter(reference_id=reference).first()
        there = format_html('<a href="{}">{}</a>', record_url(added), added.school) if added else ""
        text = _("The enrolment was added with this form already: {}. Correct that one.")
        form.place(None, format_html(text, there))
        return form, None

    def trail(self) -> list[tuple[str, str]]:
        return [*self.pages.trail(), (asn_text(self.record.asn), self.back())]

    def back(self) -> str:
        return list_url(SchoolEnrolment, {"q": self.record.asn})

    def done(self, answer: Answer) -> tuple[str, str]:
        enrolment = SchoolEnrolment.objects.get(reference_id=answer.body["Id"])
        return _("The enrolment is added."), record_url(enrolment)


def correct_url(enrolment: int, item: CoreAlert | None = None) -> str:
    address = reverse("admin:correct_enrolment", args=[enrolment])
    return f"{address}?{urlencode({FROM_ITEM: item.pk})}" if item else address


class EnrolmentTasks:
    """Adds the forms to the admin of school enrolments, and their buttons to the pages they belong
    to: those of one enrolment to its page, a new one to the list of a student's enrolments.
    """

    def get_urls(self):
        pages = (
            ("<int:enrolment>/correct/", CorrectPage, "correct_enrolment"),
            ("<int:enrolment>/mark-deleted/", DeleteEnrolmentPage, "delete_enrolment"),
            ("<int:enrolment>/bring-back/", UndeleteEnrolmentPage, "undelete_enrolment"),
            ("of/<str:asn>/add/", AddEnrolmentPage, "add_enrolment"),
        )
        return [*page_urls(self, pages), *super().get_urls()]

    def list_tasks(self, request: HttpRequest) -> list[tuple[str, str]]:
        asn = asn_in(request.GET.get("q", ""))
        may = asn and may_send(request.user, SubmitStudentSchoolEnrolment)
        if not (may and Student.objects.filter(asn=asn).exists()):
            return []
        address = reverse("admin:add_enrolment", args=[asn])
        return [(_("Add an enrolment of %s") % asn_text(asn), address)]

    def tasks(self, request: HttpRequest, record: SchoolEnrolment) -> list[tuple[str, str]]:
        if not may_send(request.user, SubmitStudentSchoolEnrolment):
            return []
        if record.is_deleted:
            return [(_("Bring it back"), reverse("admin:undelete_enrolment", args=[record.pk]))]
        return [
            (_("Correct it"), correct_url(record.pk)),
            (_("Delete it"), reverse("admin:delete_enrolment", args=[record.pk])),
        ]
