"""The set-up in the back office: organizations, code values, staff and their groups.

Clients: pasi/client_pages.py.
"""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashWidget
from django.contrib.auth.models import Group, User
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
)
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.models import ServiceCall
from enrolments.models import SchoolEnrolment
from enrolments.reference_changes import code_changed, organization_changed
from pasi.back_office import second_factor
from pasi.back_office.admins import BackOfficeAdmin
from pasi.back_office.formats import NOTHING, school_years_text
from pasi.back_office.recorded import Recorded, RecordedAdmin
from pasi.back_office.theme import Checkboxes, OthersPasswordForm, Select, Switch, UserForm
from pasi.client_pages import PasiClientAdmin
from pasi.models import Code, OneTimePassword, Organization, PasiClient

# The library of the tokens registers them all, and its own page of clients. Tokens lie in their
# table in clear: nobody reads them here, nor the secrets of second factors. Jobs only say "look":
# what waits is in the triggers.
for model in (
    PasiClient,
    get_access_token_model(),
    get_grant_model(),
    get_id_token_model(),
    get_refresh_token_model(),
    ProcrastinateJob,
    StaticDevice,
    TOTPDevice,
    Group,
    User,
):
    admin.site.unregister(model)

admin.site.register(PasiClient, PasiClientAdmin)


class OrganizationForm(forms.ModelForm):
    def clean(self) -> dict:
        """What the table demands of kind and authority, said at the field."""
        values = super().clean()
        kind, authority = values.get("kind") or self.instance.kind, values.get("authority")
        if kind == Organization.Kind.SCHOOL:
            if authority is None:
                self.add_error("authority", _("A school belongs to an authority."))
            elif authority.kind != Organization.Kind.AUTHORITY:
                self.add_error("authority", _("This organization is not an authority."))
        elif authority is not None:
            self.add_error("authority", _("Only a school belongs to an authority."))
        opened, closed = values.get("opened_on"), values.get("closed_on")
        if opened and closed and closed < opened:
            self.add_error("closed_on", _("It cannot close before it opens."))
        return values


@admin.register(Organization)
class OrganizationAdmin(RecordedAdmin):
    form = OrganizationForm
    keys = ("code", "kind")
    fields = (
        "code",
        "kind",
        "name",
        "authority",
        "classification",
        "city",
        "access",
        "opened_on",
        "closed_on",
    )
    list_display = ("code", "name", "kind", "authority", "city", "access", "opened_on", "closed_on")
    list_filter = ("kind", "access")
    list_select_related = ("authority",)
    search_fields = ("code", "name", "authority__code", "city")
    search_help_text = _("Code, name, city, or the code of an authority for its schools")
    autocomplete_fields = ("authority",)

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        _say_what_follows(request, organization_changed(obj, form.changed_data))

    def related_lists(self, record):
        lists = []
        if record.kind == Organization.Kind.AUTHORITY:
            lists.append((_("Its schools"), Organization, {"q": record.code}))
        if record.kind == Organization.Kind.SCHOOL:
            lists.append((_("School enrolments"), SchoolEnrolment, {"q": record.code}))
        return [*lists, (_("Calls made for it"), ServiceCall, {"q": record.code})]


class CodeForm(forms.ModelForm):
    """A type is a list that this system asks: a new name would be a list that nothing reads, for
    ever. So a value is added to one of those that there are."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "code_type" in self.fields:
            types = (
                Code.objects.order_by("code_type").values_list("code_type", flat=True).distinct()
            )
            self.fields["code_type"] = forms.ChoiceField(
                label=self.fields["code_type"].label,
                choices=[("", NOTHING), *((each, each) for each in types)],
                widget=Select,
                help_text=_("The list that the value belongs to. It can not be changed later."),
            )


@admin.register(Code)
class CodeAdmin(RecordedAdmin):
    form = CodeForm
    keys = ("code_type", "code")
    fields = (
        "code_type",
        "code",
        "short_name",
        "long_name",
        "effective_school_year",
        "expiry_school_year",
        "may_be_submitted",
        "quality",
    )
    list_display = (
        "code",
        "code_type",
        "short_name",
        "long_name",
        "in_effect",
        "may_be_submitted",
    )
    list_filter = ("code_type", "may_be_submitted")
    search_fields = ("code", "short_name", "code_type")
    search_help_text = _("Code, name, or type of the code")

    def name_of(self, record):
        return f"{record} {record.short_name}"

    def get_fields(self, request, obj=None):
        """Only source document types have a quality."""
        fields = super().get_fields(request, obj)
        if obj is None or obj.code_type == "SourceDocumentType":
            return fields
        return [name for name in fields if name != "quality"]

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        _say_what_follows(request, code_changed(obj, form.changed_data))

    @admin.display(description=_("School years"))
    def in_effect(self, code: Code) -> str:
        return school_years_text(code.effective_school_year, code.expiry_school_year)


def _say_what_follows(request, count: int) -> None:
    if count:
        said = ngettext(
            "%(count)s enrolment is looked at again.",
            "%(count)s enrolments are looked at again.",
            count,
        )
        messages.info(request, said % {"count": f"{count:,}"})


class PasswordSet(ReadOnlyPasswordHashWidget):
    template_name = "admin/password_set.html"


class StaffForm(UserForm):
    groups = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"), required=False, label=_("Groups"), widget=Checkboxes
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            self.fields["password"].widget = PasswordSet()
            self.fields["password"].help_text = _("They must then choose their own.")

    remove_second_factor = forms.BooleanField(
        required=False,
        label=_("Remove the second factor"),
        help_text=_(
            "When the phone is lost. They sign in with the password alone, until they set "
            "it up again."
        ),
        widget=Switch,
    )


@admin.register(User)
class StaffAdmin(Recorded, BackOfficeAdmin, UserAdmin):
    """Staff are made by manage.py create_staff, which shows a one-time password.

    What they may do comes from their groups alone. Nobody changes their own rights, and only
    superusers those of superusers.
    """

    form = StaffForm
    change_password_form = OthersPasswordForm
    list_display = ("username", "first_name", "last_name", "in_groups", "is_active", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    readonly_fields = ("last_login", "date_joined", "second_factor")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Second factor"), {"fields": ("second_factor", "remove_second_factor")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or request.user.is_superuser:
            return True
        return not obj.is_superuser and obj.pk != request.user.pk

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "is_superuser")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("remove_second_factor"):
            second_factor.remove(obj)

    @admin.display(description=_("Second factor"))
    def second_factor(self, user: User) -> str:
        device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
        if device is None:
            return _("not set up")
        return _("set up on %s") % formats.date_format(device.created_at, "DATE_FORMAT")

    @admin.display(description=_("Groups"))
    def in_groups(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def user_change_password(self, request, id, form_url=""):
        """A password that somebody else chose is a one-time password too."""

        def page():
            response = super(StaffAdmin, self).user_change_password(request, id, form_url)
            if response.status_code == 302 and str(request.user.pk) != id:
                OneTimePassword.objects.get_or_create(user_id=int(id))
                messages.info(request, _("They must choose their own at the next sign-in."))
            return response

        user = self.get_object(request, unquote(id))
        if request.method != "POST" or not self.has_change_permission(request, user):
            return page()
        return self.recorded(request, id, page, lambda response: response.status_code == 302)


@admin.register(Group)
class StaffGroupAdmin(Recorded, BackOfficeAdmin, GroupAdmin):
    pass
