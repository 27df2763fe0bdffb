"""The back office as a site: its pages, its clock, and what comes before them."""

from contextlib import nullcontext
from functools import wraps

from django.conf import settings
from django.contrib.auth.models import User
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from audit.models import SignIn
from pasi import codes
from pasi.back_office import second_factor, sign_in
from pasi.back_office.admins import READING
from pasi.back_office.calls import recorded_page
from pasi.back_office.home import home
from pasi.back_office.menu import finds, navigation
from pasi.back_office.rule_pages import rule_urls
from pasi.back_office.sign_in import next_step
from pasi.back_office.theme import ThemedSite
from pasi.calendar import ALBERTA
from pasi.models import OneTimePassword


class BackOfficeSite(ThemedSite):
    login_form = sign_in.SignInForm
    index_title = _("Start")
    index_template = "admin/start.html"

    def admin_view(self, view, cacheable=False):
        """Every page shows Alberta time, and none opens before signing in is done with."""

        @wraps(view)
        def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
                raise Http404  # PostgreSQL has no such character; no record has such an address
            if (first := next_step(request)) is not None:
                return first
            # One state of the code values for the whole page, however many rows name one.
            reading = request.method in READING
            with timezone.override(ALBERTA), codes.read_once() if reading else nullcontext():
                response = view(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()
                return response

        guarded = super().admin_view(page, cacheable)

        @wraps(guarded)
        def or_why_not(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            response = guarded(request, *args, **kwargs)
            return sign_in.say_that_it_ended(request, response)

        return or_why_not

    def each_context(self, request: HttpRequest) -> dict:
        minutes = settings.SESSION_COOKIE_AGE // 60 if request.user.is_authenticated else None
        return {**super().each_context(request), "session_minutes": minutes}

    def index(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        context = {
            "finds": finds(request),
            **home(request),
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
        """A password of one's own: a recorded call, without the password."""

        def page() -> HttpResponse:
            if request.method == "POST":
                # The whole row is saved: what an administrator changes meanwhile must stay.
                User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
                request.user.refresh_from_db()
            response = super(BackOfficeSite, self).password_change(request, extra_context)
            if request.method == "POST" and response.status_code == 302:
                OneTimePassword.objects.filter(user=request.user.pk).delete()
            return response

        if request.method != "POST":
            return page()
        key = str(request.user.pk)
        return recorded_page(
            request, User._meta.label, key, page, lambda response: response.status_code == 302
        )

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        response = super().login(request, {**sign_in.what_ended(request), **(extra_context or {})})
        if request.method == "POST":
            sign_in.note_password(request, accepted=response.status_code == 302)
        return response

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        if request.method == "POST" and request.user.is_authenticated:
            sign_in.note(request, SignIn.Outcome.SIGNED_OUT, staff=request.user)
        return super().logout(request, extra_context)

    def get_urls(self):
        return [
            path("second-factor/", self.admin_view(second_factor.ask), name="second_factor"),
            path(
                "second-factor/set-up/",
                self.admin_view(second_factor.set_up),
                name="second_factor_set_up",
            ),
            *rule_urls(self),
            *super().get_urls(),
        ]
