"""The second factor: a code from an app that changes every half minute (TOTP), or a recovery code.

Who has set it up is asked for it after the password. PASI_SECOND_FACTOR=required has everybody set
it up at the next sign-in.
"""

import re
from datetime import timedelta

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp import login as mark_verified
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from audit.models import SignIn
from pasi.back_office.calls import set_up_call
from pasi.back_office.sign_in import REQUIRED, note, onward
from pasi.back_office.theme import TextInput

RECOVERY_CODES = 10
TIMED_CODE = re.compile(r"[0-9]{6}")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split()).lower()


def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a code of whoever has a second factor and has not shown it yet."""
    has_one = TOTPDevice.objects.filter(user=request.user, confirmed=True).exists()
    if request.user.is_verified() or not has_one:
        return onward(request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        device, wait = _accepted(request.user, form.cleaned_data["code"])
        if device is not None:
            request.session.cycle_key()
            mark_verified(request, device)
            note(request, SignIn.Outcome.CODE_ACCEPTED, staff=request.user)
            return onward(request)
        note(request, SignIn.Outcome.WRONG_CODE, staff=request.user)
        if wait:
            form.add_error(
                "code",
                _("Too many wrong codes. Try again in %(seconds)s seconds.") % {"seconds": wait},
            )
        else:
            form.add_error("code", _("This code is not right, or was used before."))
    return _page(request, "admin/second_factor.html", _("Enter your code"), form=form)


def _accepted(user: User, code: str) -> tuple[TOTPDevice | StaticDevice | None, int]:
    """The device that accepts `code`; else None and how many seconds to wait before the next try.

    Each wrong code doubles the wait.
    """
    model = TOTPDevice if TIMED_CODE.fullmatch(code) else StaticDevice
    device = model.objects.filter(user=user, confirmed=True).first()
    if device is None:
        return None, 0
    allowed, why = device.verify_is_allowed()
    if not allowed:
        left = why["locked_until"] - timezone.now() if why else timedelta(seconds=1)
        return None, max(1, round(left.total_seconds()))
    return (device, 0) if verify_token(user, device.persistent_id, code) else (None, 0)


def set_up(request: HttpRequest) -> HttpResponse:
    """Show how it stands; set it up, replace it, or remove it where that is allowed."""
    present = TOTPDevice.objects.filter(user=request.user, confirmed=True).first()
    wanted = request.POST.get("what") or request.GET.get("what")
    if present and request.method == "POST" and wanted == "remove":
        return _remove_own(request)
    if present and wanted != "replace":
        left = StaticDevice.objects.filter(user=request.user).aggregate(left=Count("token_set"))
        return _page(
            request,
            "admin/second_factor_present.html",
            _("Second factor"),
            device=present,
            codes_left=left["left"],
            may_remove=settings.PASI_SECOND_FACTOR != REQUIRED,
        )
    return _set_up_new(request)


def _set_up_new(request: HttpRequest) -> HttpResponse:
    device = TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
    if device is None:
        device = TOTPDevice.objects.create(user=request.user, confirmed=False, name="App")
    form = CodeForm(request.POST if "code" in request.POST else None)
    if form.is_valid():
        if verify_token(request.user, device.persistent_id, form.cleaned_data["code"]):
            codes = _confirm(request, device)
            mark_verified(request, device)
            return _page(
                request, "admin/recovery_codes.html", _("Your recovery codes"), codes=codes
            )
        form.add_error("code", _("This code is not right. Wait for the next one and try again."))
    return _page(
        request,
        "admin/second_factor_set_up.html",
        _("Set up your second factor"),
        form=form,
        picture=segno.make(device.config_url).svg_data_uri(scale=5, border=4, light="#fff"),
        key=" ".join(re.findall(".{1,4}", _written_key(device))),
    )


def _written_key(device: TOTPDevice) -> str:
    """The secret as apps take it when it is typed."""
    return re.search(r"secret=([A-Z2-7]+)", device.config_url).group(1)


def _confirm(request: HttpRequest, device: TOTPDevice) -> list[str]:
    """Make the device the user's only one; the recovery codes that go with it."""
    codes = [StaticToken.random_token() for _each in range(RECOVERY_CODES)]
    with _recorded(request, request.user, "set up"):
        TOTPDevice.objects.filter(user=request.user).exclude(pk=device.pk).delete()
        device.refresh_from_db()
        device.confirmed = True
        device.save()
        StaticDevice.objects.filter(user=request.user).delete()
        recovery = StaticDevice.objects.create(user=request.user, name="Recovery codes")
        StaticToken.objects.bulk_create(StaticToken(device=recovery, token=code) for code in codes)
    return codes


def _remove_own(request: HttpRequest) -> HttpResponse:
    if settings.PASI_SECOND_FACTOR == REQUIRED:
        messages.error(request, _("The second factor is required; it can only be replaced."))
    else:
        with _recorded(request, request.user, "removed"):
            remove(request.user)
        messages.success(request, _("Your second factor is removed."))
    return onward(request)


def remove(user: User) -> None:
    """Forget every device and recovery code of `user`."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _recorded(request: HttpRequest, user: User, what: str):
    return set_up_call(request, {"Staff": user.get_username(), "SecondFactor": what})


def _page(request: HttpRequest, template: str, title, **context) -> HttpResponse:
    shown = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, template, shown)
