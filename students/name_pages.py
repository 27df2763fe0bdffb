"""What a Registry Clerk does with the names of a student: forms over SubmitName."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from students.models import NAME_PARTS, Name, Student
from students.services import SubmitName
from students.task_forms import (
    Label,
    NamedForm,
    OfStudentForm,
    StudentPage,
    given,
    name_fields,
    name_properties,
    tick,
    under,
)

RECORDED = gettext_lazy("Alerts of the student are looked at again.")


class NameForm(NamedForm, OfStudentForm):
    """A name to add or to correct."""

    properties = under("Name", name_properties())
    codes = {
        "11201": "last_name",
        "9049": "first_name",
        "11227": "first_name",
    }
    names = {"Alias": ""}
    delete = False

    ref_id = forms.IntegerField(widget=forms.HiddenInput)
    is_preferred = tick(
        Label("The student is called by this name"),
        help_text=Label("It becomes the preferred name."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        preferred = self.fields.pop("is_preferred")
        self.fields |= name_fields() | {"is_preferred": preferred}

    def request(self) -> dict[str, Any]:
        name = given(self.cleaned_data, name_properties())
        sent = {
            **self.of_student(),
            "DeleteName": self.delete,
            "Name": {"RefId": self.cleaned_data["ref_id"], **name},
        }
        if self.cleaned_data.get("is_preferred"):
            sent["IsPreferred"] = True
        return sent


class UnchangedNameForm(NameForm):
    """A name that is only named: nothing to type."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in (*NAME_PARTS, "is_preferred"):
            self.fields[name].widget = forms.HiddenInput()


class DeleteNameForm(UnchangedNameForm):
    delete = True


class AddNamePage(StudentPage):
    service = SubmitName
    form_class = NameForm
    template_name = "admin/student_form.html"
    tab = "names"
    button = gettext_lazy("Add the name")

    def heading(self) -> str:
        return _("Add a name of %s") % self.who()

    def consequences(self) -> list[str]:
        return [
            _("The name is found by every search, beside the names that are there."),
            _("The legal name stays as it is: it is changed with the identity."),
            _("A name that was deleted before comes back under its own reference number."),
            str(RECORDED),
        ]

    def initial(self) -> dict[str, Any]:
        return {"asn": self.record.asn, "ref_id": 0}

    def done(self, answer):
        return _("The name is added."), self.back()


class NamePage(AddNamePage):
    """Of one name that is there."""

    name: Name

    def load(self) -> Student | None:
        student = super().load()
        self.name = Name.objects.filter(pk=self.kwargs["name"], student=student).first()
        if self.name is None:
            raise Http404("There is no such name.")
        self.name.student = student
        return student

    def warnings(self) -> list[str]:
        """Somebody may have deleted it while this form was filled in: what was typed stays here."""
        if not self.name.is_deleted:
            return []
        return [_("The name %s is deleted. To have it back, add it again.") % self.name.full_name]

    def initial(self) -> dict[str, Any]:
        parts = {part: getattr(self.name, part) for part in NAME_PARTS}
        return {"asn": self.record.asn, "ref_id": self.name.pk, **parts}


class CorrectNamePage(NamePage):
    button = gettext_lazy("Save the correction")

    def heading(self) -> str:
        return _("Correct the name %(name)s of %(student)s") % {
            "name": self.name.full_name,
            "student": self.who(),
        }

    def consequences(self) -> list[str]:
        changed = [_("The name reads as corrected from now on; what it was stays in its history.")]
        if self.name.pk == self.record.original_name_id:
            changed.append(_("It is the original name, under which the number was created."))
        return [*changed, _("Documents that are printed already stay as they are."), str(RECORDED)]

    def done(self, answer):
        return _("The name is corrected."), self.back()


class DeleteNamePage(NamePage):
    form_class = DeleteNameForm
    button = gettext_lazy("Delete the name")

    def heading(self) -> str:
        return _("Delete the name %(name)s of %(student)s") % {
            "name": self.name.full_name,
            "student": self.who(),
        }

    def consequences(self) -> list[str]:
        return [
            _("No search finds the student by it any longer. It stays to be seen as deleted."),
            _("It comes back when the same name is added again."),
            str(RECORDED),
        ]

    def done(self, answer):
        return _("The name is deleted."), self.back()


class PreferNamePage(NamePage):
    form_class = UnchangedNameForm
    button = gettext_lazy("Make it the preferred name")

    def heading(self) -> str:
        return _("Call %(student)s by the name %(name)s") % {
            "name": self.name.full_name,
            "student": self.who(),
        }

    def consequences(self) -> list[str]:
        return [
            _("%(name)s becomes the preferred name, in place of %(former)s.")
            % {"name": self.name.full_name, "former": self.record.preferred_name.full_name},
            _("The legal name stays as it is; credentials are printed with the legal name."),
            str(RECORDED),
        ]

    def initial(self) -> dict[str, Any]:
        return {**super().initial(), "is_preferred": True}

    def done(self, answer):
        return _("%s is the preferred name.") % self.name.full_name, self.back()


def deletable(name: Name) -> bool:
    """The legal, the preferred and the original name stay (11215, 11216)."""
    student = name.student
    return name.pk not in (
        student.legal_name_id,
        student.preferred_name_id,
        student.original_name_id,
    )
