"""The back office as a site: its name, its clock, and the password chosen at first sign-in."""

from functools import wraps

from django.contrib import messages
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pasi.back_office.menu import finds, navigation
from pasi.back_office.theme import ThemedSite
from pasi.calendar import ALBERTA
from pasi.models import OneTimePassword

# What somebody who still has a one-time password may open.
OPEN_WITH_ONE_TIME_PASSWORD = {"password_change", "logout", "jsi18n"}


class BackOfficeSite(ThemedSite):
    index_title = _("Start")
    index_template = "admin/start.html"

    def admin_view(self, view, cacheable=False):
        """Every page shows Alberta time; a one-time password must be replaced before anything."""

        @wraps(view)
        def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if "\x00" in request.path + "".join(request.GET.values()):
                raise Http404  # PostgreSQL has no such character; no record has such an address
            if (
                request.resolver_match.url_name not in OPEN_WITH_ONE_TIME_PASSWORD
                and OneTimePassword.objects.filter(user=request.user.pk).exists()
            ):
                messages.warning(request, _("Choose a password of your own first."))
                return HttpResponseRedirect(reverse("admin:password_change"))
            with timezone.override(ALBERTA):
                response = view(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()
                return response

        return super().admin_view(page, cacheable)

    def index(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        context = {
            "finds": finds(request),
            "may_open_something": any(subject["may_open"] for subject in navigation(request)),
            **(extra_context or {}),
        }
        return super().index(request, context)

    def app_index(self, request: HttpRequest, app_label: str, extra_context=None) -> HttpResponse:
        """The start page has everything."""
        return HttpResponseRedirect(reverse("admin:index"))

    def search(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """The theme's palette; a page that is not there is not an error."""
        try:
            return super().search(request, *args, **kwargs)
        except (ValueError, InvalidPage) as error:
            raise Http404("There is no such page of results.") from error

    def password_change(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            OneTimePassword.objects.filter(user=request.user.pk).delete()
        return response
