"""The definitions of credential eligibility in the back office, changed by staff.

What would contradict itself is refused. After a change everybody who has a row in one of the sets
concerned is looked at again.
"""

from collections.abc import Sequence

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from audit.current_call import current_call_id
from credentials.definition_models import (
    CourseGroup,
    CourseMapping,
    CourseSubject,
    Credential,
    CredentialRequirement,
    CreditCap,
    EligibilityLimit,
    ExemptionReason,
    Recalculation,
    SetRequirement,
)
from credentials.definitions import check
from credentials.eligibility.definitions import DefinitionError
from credentials.models import RequirementSet, RequirementSetStatus
from credentials.recalculations import every_set, sets_with, want
from pasi.back_office.admins import ReadOnlyAdmin
from pasi.back_office.formats import school_years_text
from pasi.back_office.lists import credential_types
from pasi.back_office.recorded import RecordedAdmin
from pasi.back_office.theme import Select, TabularInline
from pasi.faults import Fault, Problem


class DefinitionsRefused(Fault):
    """The change was made, contradicts what is there, and is taken back."""

    def __init__(self, error: DefinitionError) -> None:
        super().__init__("3001", problems=[Problem("", str(error))])
        self.said = str(error)


class DefinitionAdmin(RecordedAdmin):
    """A table of the definitions. `only_described`: fields on which no outcome depends."""

    only_described: tuple[str, ...] = ("name", "source")

    def sets_concerned(self, record) -> Sequence[str]:
        return every_set()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DefinitionsRefused as refused:
            messages.error(request, refused.said)
            return HttpResponseRedirect(request.get_full_path())

    def save_related(self, request, form, formsets, change) -> None:
        super().save_related(request, form, formsets, change)
        try:
            check()
        except DefinitionError as error:
            raise DefinitionsRefused(error) from error
        changed = set(form.changed_data).difference(self.only_described)
        if changed or any(formset.has_changed() for formset in formsets):
            want(f"Change of definitions {current_call_id()}", self.sets_concerned(form.instance))

    @admin.display(description=_("School years"))
    def in_effect(self, record) -> str:
        return school_years_text(record.effective_school_year, record.expiry_school_year)


class RequirementSetForm(forms.ModelForm):
    credential_type = forms.ChoiceField(choices=credential_types, widget=Select)


class SetRequirementInline(TabularInline):
    model = SetRequirement
    extra = 0
    ordering = ("sequence",)

    def has_add_permission(self, request, obj=None) -> bool:
        return self._may_change_sets(request)

    def has_change_permission(self, request, obj=None) -> bool:
        return self._may_change_sets(request)

    def has_delete_permission(self, request, obj=None) -> bool:
        return self._may_change_sets(request)

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.has_perm("credentials.view_requirementset")

    def _may_change_sets(self, request) -> bool:
        """A requirement of a set is a part of the set."""
        return request.user.has_perm("credentials.change_requirementset")


@admin.register(RequirementSet)
class RequirementSetAdmin(DefinitionAdmin):
    form = RequirementSetForm
    keys = ("code",)
    list_display = ("code", "name", "credential_type", "category", "is_calculated", "in_effect")
    list_filter = ("credential_type", "category")
    search_fields = ("code", "name")
    inlines = (SetRequirementInline,)

    def sets_concerned(self, record):
        return [record.code]

    def related_lists(self, record):
        return [(_("Where students stand"), RequirementSetStatus, {"requirement_set": record.code})]


@admin.register(Credential)
class CredentialAdmin(DefinitionAdmin):
    keys = ("code",)
    list_display = ("code", "name", "level", "in_effect")


@admin.register(CredentialRequirement)
class CredentialRequirementAdmin(DefinitionAdmin):
    keys = ("code",)
    only_described = ("name", "client_role", "user_roles")
    list_display = ("code", "name", "is_system_updateable", "client_role", "user_roles")
    list_filter = ("is_system_updateable",)
    search_fields = ("code", "name")

    def sets_concerned(self, record):
        return sets_with([record.code])


@admin.register(ExemptionReason)
class ExemptionReasonAdmin(DefinitionAdmin):
    keys = ("requirement", "reason")
    list_display = ("requirement", "reason", "name", "requested_by", "approved_by", "source")
    list_select_related = ("requirement",)
    search_fields = ("requirement__code", "reason", "name")

    def sets_concerned(self, record):
        """Exemptions that were given stay."""
        return []


@admin.register(CourseGroup)
class CourseGroupAdmin(DefinitionAdmin):
    keys = ("code",)
    list_display = ("code", "name")
    search_fields = ("code", "name")

    def related_lists(self, record):
        return [(_("Its courses"), CourseMapping, {"course_group__code__exact": record.code})]


@admin.register(CourseMapping)
class CourseMappingAdmin(DefinitionAdmin):
    list_display = ("value", "by", "course_group", "level", "in_effect", "source")
    list_filter = ("by", "course_group")
    list_select_related = ("course_group",)
    search_fields = ("value", "course_group__code")


@admin.register(CourseSubject)
class CourseSubjectAdmin(DefinitionAdmin):
    keys = ("letters",)
    list_display = ("letters", "subject", "source")
    search_fields = ("letters", "subject")


@admin.register(CreditCap)
class CreditCapAdmin(DefinitionAdmin):
    keys = ("requirement", "course_group")
    list_display = ("requirement", "course_group", "most_credits", "source")
    list_select_related = ("requirement", "course_group")

    def sets_concerned(self, record):
        return sets_with([record.requirement_id])


@admin.register(EligibilityLimit)
class EligibilityLimitAdmin(DefinitionAdmin):
    keys = ("name",)
    list_display = ("name", "value", "source")


@admin.register(Recalculation)
class RecalculationAdmin(ReadOnlyAdmin):
    list_display = ("cause", "sets", "students", "wanted_at", "finished_at")
    ordering = ("-pk",)
    fields = (*list_display, "done_up_to")

    @admin.display(description=_("Requirement sets"))
    def sets(self, recalculation: Recalculation) -> str:
        return ", ".join(recalculation.requirement_sets)
