"""Clients in the back office: made here, with a secret that is shown once; changed; given another
secret.

The secret stands in the answer to the one request that made it and nowhere else: not in a message,
a session, an address, the audit, the history or a log. So that page is never got again.
"""

import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from oauth2_provider.models import get_access_token_model

from audit.models import ServiceCall
from pasi.back_office.admins import record_url
from pasi.back_office.calls import set_up_call
from pasi.back_office.recorded import RecordedAdmin, last_change
from pasi.back_office.theme import Checkboxes, Textarea, TextInput
from pasi.faults import Fault, Problem
from pasi.models import PasiClient, Role
from pasi.networks import network_text
from pasi.setting_up import give_secret, rotate_secret

Label = gettext_lazy
WHAT_ROLES_DO = {
    Role.PASI_SYSTEM_USER: Label("awards, re-issues and deletes credentials, submits marks"),
    Role.SUBMIT_STUDENT_USER: Label("creates students, submits their names, finds them"),
    Role.SUBMIT_ENROLMENT_USER: Label("submits school enrolments, acknowledges their alerts"),
    Role.SUBMIT_TRANSCRIPT_USER: Label("submits requirement achievements and exemptions"),
    Role.VIEW_ENROLMENT_USER: Label("reads enrolments, core alerts, processors"),
    Role.VIEW_AUDIT_USER: Label("reads service calls"),
}


class NetworksField(forms.Field):
    """Networks, one a line."""

    widget = Textarea(attrs={"rows": 4})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value) -> list[str]:
        try:
            return list(dict.fromkeys(network_text(line) for line in (value or "").split()))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def has_changed(self, initial, data) -> bool:
        return (initial or []) != (data or "").split()


def role_choices() -> list[tuple[str, str]]:
    return [(role.value, f"{role}: {WHAT_ROLES_DO[role]}") for role in Role]


class ClientForm(forms.ModelForm):
    name = forms.CharField(
        label=Label("Name"),
        max_length=PasiClient._meta.get_field("name").max_length,
        widget=TextInput,
        help_text=Label("As its people know it. No two clients have the same."),
    )
    roles = forms.MultipleChoiceField(
        choices=role_choices,
        widget=Checkboxes,
        label=Label("Roles"),
        help_text=Label("What it may do. A role that is taken away is gone at its next call."),
    )
    addresses = NetworksField(
        required=False,
        label=Label("Networks"),
        help_text=Label(
            "Where it may call from, one network a line (10.1.0.0/16); empty = anywhere."
        ),
    )

    def clean_name(self) -> str:
        """As create_client takes it."""
        return " ".join(self.cleaned_data["name"].split())

    class Meta:
        labels = {"is_enabled": Label("Enabled")}
        help_texts = {
            "is_enabled": Label("Off: each of its calls is refused at once (1003)."),
            "organizations": Label("For whom it acts. An authority stands for its schools."),
        }


class PasiClientAdmin(RecordedAdmin):
    form = ClientForm
    keys = ("client_id", "created", "updated")
    fields = ("name", "is_enabled", "client_id", "organizations", "roles", "addresses", *keys[1:])
    list_display = ("name", "enabled", "for_organizations", "has_roles", "client_id")
    list_filter = ("is_enabled",)
    search_fields = ("name", "client_id", "organizations__code")
    search_help_text = Label("Name, client id, or the code of an organization")
    when_empty = Label("No program may call yet. Add a client: its secret is then shown once.")
    autocomplete_fields = ("organizations",)
    not_in_history = (
        "user",
        "redirect_uris",
        "post_logout_redirect_uris",
        "client_type",
        "authorization_grant_type",
        "hash_client_secret",
        "skip_authorization",
        "algorithm",
        "allowed_origins",
        "registration_source",
        "cimd_expires_at",
    )

    def get_urls(self):
        rotate = RotatePage.as_view(pages=self)
        own = path(
            "<int:client>/rotate-secret/", self.admin_site.admin_view(rotate), name="rotate_secret"
        )
        return [own, *super().get_urls()]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("organizations")

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        return fields if obj is not None else [name for name in fields if name not in self.keys]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """A new client leads to the page with its secret, and to nothing else."""
        if add:
            context.update(show_save_and_add_another=False, show_save_and_continue=False)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change) -> None:
        if not change:
            request.secret = give_secret(obj)
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None) -> HttpResponse:
        return secret_page(self, request, obj, request.secret, _("The client is made."))

    def notices(self, record: PasiClient) -> list[str]:
        return [] if record.is_enabled else [_("Disabled: each of its calls is refused (1003).")]

    def tasks(self, request: HttpRequest, record: PasiClient) -> list[tuple[str, str]]:
        if not self.has_change_permission(request, record):
            return []
        return [(_("Give it another secret"), reverse("admin:rotate_secret", args=[record.pk]))]

    def related_lists(self, record):
        return [(_("Its calls"), ServiceCall, {"client": record.pk})]

    @admin.display(description=Label("Enabled"))
    def enabled(self, client: PasiClient) -> str:
        return _("Yes") if client.is_enabled else _("Disabled")

    @admin.display(description=Label("Organizations"))
    def for_organizations(self, client: PasiClient) -> str:
        codes = [organization.code for organization in client.organizations.all()]
        return ", ".join(codes[:10]) + (f" (+{len(codes) - 10})" if len(codes) > 10 else "")

    @admin.display(description=Label("Roles"))
    def has_roles(self, client: PasiClient) -> str:
        return ", ".join(client.roles)


def secret_page(
    pages: PasiClientAdmin, request: HttpRequest, client: PasiClient, secret: str, done: str
) -> HttpResponse:
    """The one page that shows a secret. The site forbids to keep any of its pages."""
    title = _("The secret of %s") % client.name
    context = {
        **pages.admin_site.each_context(request),
        "title": title,
        "headline": title,
        "opts": pages.opts,
        "trail": pages.trail(record=client),
        "done": done,
        "client": client,
        "secret": secret,
        "next": record_url(client),
    }
    return TemplateResponse(request, "admin/client_secret.html", context)


class RotatePage(View):
    """Another secret for a client, after saying what that does. The form names the state of the
    client that it was shown for, so pressing twice gives one secret, and the second press says so.
    """

    pages: PasiClientAdmin = None

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        client = PasiClient.objects.filter(pk=kwargs["client"]).first()
        if not self.pages.has_change_permission(request, client):
            raise PermissionDenied
        if client is None:
            raise Http404("There is no such client.")
        return super().dispatch(request, client, *args, **kwargs)

    def get(self, request: HttpRequest, record: PasiClient, **kwargs) -> HttpResponse:
        return self.page(request, record)

    def post(self, request: HttpRequest, record: PasiClient, **kwargs) -> HttpResponse:
        what = {"Record": PasiClient._meta.label, "Key": str(record.pk), "Action": "RotateSecret"}
        late = Fault("3001", problems=[Problem("as_of", str(_("the client has changed since.")))])
        try:
            with set_up_call(request, what):
                client = PasiClient.objects.select_for_update().get(pk=record.pk)
                if request.POST.get("as_of") != _as_of(client):
                    raise late
                secret, tokens = rotate_secret(client)
        except Fault as fault:
            if fault is not late:
                raise
            return self.page(request, PasiClient.objects.get(pk=record.pk), came_too_late=True)
        done = ngettext(
            "The former secret has stopped, and %(tokens)s access token with it.",
            "The former secret has stopped, and %(tokens)s access tokens with it.",
            tokens,
        ) % {"tokens": tokens}
        return secret_page(self.pages, request, client, secret, done)

    def page(
        self, request: HttpRequest, client: PasiClient, came_too_late: bool = False
    ) -> HttpResponse:
        title = _("Give %s another secret") % client.name
        tokens = get_access_token_model().objects.filter(
            application=client, expires__gt=timezone.now()
        )
        context: dict[str, Any] = {
            **self.pages.admin_site.each_context(request),
            "title": title,
            "headline": title,
            "opts": self.pages.opts,
            "trail": self.pages.trail(record=client),
            "consequences": self.consequences(tokens.count()),
            "as_of": _as_of(client),
            "back": record_url(client),
            "last": last_change(client) if came_too_late else "",
        }
        return TemplateResponse(request, "admin/rotate_secret.html", context)

    def consequences(self, tokens: int) -> list[str]:
        withdrawn = ngettext(
            "The former secret stops at once, and the %(tokens)s access token that is still good "
            "for it: what the program sends next is refused (1001).",
            "The former secret stops at once, and the %(tokens)s access tokens that are still good "
            "for it: what the program sends next is refused (1001).",
            tokens,
        )
        return [
            withdrawn % {"tokens": tokens},
            _("The new secret is shown on the next page, once. Have the program's people at hand."),
            _("Name, roles, organizations and networks stay as they are."),
        ]


def _as_of(client: PasiClient) -> str:
    return client.updated.astimezone(datetime.UTC).isoformat()
