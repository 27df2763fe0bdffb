"""Signing in: what is recorded of it, who is locked out, and what must come first.

After the password come, where they apply, the code of the second factor, a password of one's own,
and setting a second factor up. Nothing else opens before.
"""

import ipaddress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from audit.models import SignIn
from pasi.back_office.theme import PasswordForm
from pasi.http import client_address
from pasi.models import OneTimePassword

REQUIRED = "required"
LONGEST_NAME = User._meta.get_field("username").max_length
# Pages that are open before the steps are done.
ALWAYS_OPEN = {"logout", "jsi18n"}
WHY = {
    "second_factor": None,  # its page says it
    "password_change": _("Choose a password of your own first."),
    "second_factor_set_up": _("Set up your second factor first."),
}


class SignInForm(PasswordForm):
    def clean_username(self) -> str:
        """A name longer than any login is refused before failures are counted by it."""
        name = self.cleaned_data["username"]
        if len(name) > LONGEST_NAME:
            raise self.get_invalid_login_error()
        return name


def address_of(request: HttpRequest) -> str | None:
    """The caller's network address, if it is one: failures are counted by it."""
    try:
        return str(ipaddress.ip_address(client_address(request)))
    except ValueError:
        return None


def note(request: HttpRequest, outcome: str, *, name: str = "", staff: User | None = None) -> None:
    """Record a step of somebody's way in or out."""
    name = name.replace("\x00", "")
    if staff is None and name:
        staff = User.objects.filter(username=name).first()
    SignIn.objects.create(
        message_id=request.message_id,
        staff=staff,
        name=(name or (staff.get_username() if staff else ""))[:150],
        outcome=outcome,
        address=client_address(request),
        software=request.headers.get("User-Agent", "")[:200],
    )


def note_password(request: HttpRequest, accepted: bool) -> None:
    """Record what became of a name and a password."""
    if accepted:
        note(request, SignIn.Outcome.SIGNED_IN, staff=request.user)
        return
    locked = getattr(request, "axes_locked_out", False)
    outcome = SignIn.Outcome.LOCKED_OUT if locked else SignIn.Outcome.REFUSED
    note(request, outcome, name=request.POST.get("username", ""))


# What the address of the sign-in page says of a session that ended: a page was asked for after its
# end, a form was sent after its end, or sent without any (signed out in another tab).
ENDED, IDLE, LOST, GONE = "ended", "idle", "lost", "gone"


def say_that_it_ended(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the sign-in page know why it comes, where somebody was signed in before."""
    if request.user.is_authenticated or response.status_code != 302:
        return response
    path, _mark, query = response["Location"].partition("?")
    had_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    if path != reverse("admin:login") or not (had_session or request.method == "POST"):
        return response
    asked = QueryDict(query, mutable=True)
    sent = LOST if had_session else GONE
    asked[ENDED] = sent if request.method == "POST" else IDLE
    response["Location"] = f"{path}?{asked.urlencode(safe='/')}"
    return response


def what_ended(request: HttpRequest) -> dict[str, Any]:
    """What the sign-in page says of it."""
    ended = request.GET.get(ENDED)
    return {
        "has_ended": ended in (IDLE, LOST, GONE) and not request.user.is_authenticated,
        "is_idle": ended in (IDLE, LOST),
        "is_lost": ended in (LOST, GONE),
        "session_minutes": settings.SESSION_COOKIE_AGE // 60,
    }


def locked_out(request: HttpRequest, *args) -> HttpResponse:
    """The answer to a name that failed too often from one address."""
    from django.contrib import admin

    context = {
        **admin.site.each_context(request),
        "title": _("Too many failed attempts"),
        "minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
    }
    response = TemplateResponse(request, "admin/locked_out.html", context, status=429)
    response["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return response.render()


def next_step(request: HttpRequest) -> HttpResponse | None:
    """A redirect to what the user must do before this page opens; None where nothing is left."""
    page = request.resolver_match.url_name
    if page in ALWAYS_OPEN:
        return None
    step = _step(request)
    if step is None or page == step:
        return None
    if WHY[step]:
        messages.warning(request, WHY[step])
    address = reverse(f"admin:{step}")
    if request.method == "GET":
        address += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(address)


def _step(request: HttpRequest) -> str | None:
    user = User.objects.annotate(
        has_one_time_password=Exists(OneTimePassword.objects.filter(user=OuterRef("pk"))),
        has_device=Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)),
    ).get(pk=request.user.pk)
    if user.has_device and not request.user.is_verified():
        return "second_factor"
    if user.has_one_time_password:
        return "password_change"
    if settings.PASI_SECOND_FACTOR == REQUIRED and not user.has_device:
        return "second_factor_set_up"
    return None


def onward(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that was asked for, if it is one of ours."""
    asked = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure()):
        asked = reverse("admin:index")
    return HttpResponseRedirect(asked)
