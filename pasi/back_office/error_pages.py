"""What staff see where a page can not be shown: what happened, what to do, and the way back.

The answers of the API become problem details afterwards (pasi/http.py).
"""

import logging
import re

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from pasi.back_office.policy import is_back_office

logger = logging.getLogger(__name__)

# What Django says of a missing row names classes, and of an unknown address its patterns.
OF_DJANGO = re.compile(r"matches the given query\.$")


@requires_csrf_token
def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = str(exception) or _("Your groups do not let you open this page, or do this here.")
    todo = [_("What you may open stands in the menu, and on Start.")]
    if request.method == "POST":
        todo.insert(0, _("Nothing was changed."))
    todo.append(
        _("If your work needs it, ask an administrator to change your groups, and name this page.")
    )
    return _answer(request, 403, _("You may not open this"), [said, *todo])


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = exception.args[0] if isinstance(exception, Http404) and exception.args else ""
    if not isinstance(said, str) or not said or OF_DJANGO.search(said):
        said = _("There is nothing at this address.")
    todo = _(
        "The address may have been mistyped, or cut short when it was copied. Find what you look "
        "for from Start."
    )
    return _answer(request, 404, _("Not found"), [said, todo])


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of another sign-in than the present one, or a browser without cookies."""
    said = [
        _(
            "Nothing was saved: the form was opened before you last signed in or out, perhaps in "
            "another tab, or your browser keeps no cookies for this site."
        ),
        _(
            "Sign in again in this tab; what you typed is still in the former page: go back in the "
            "browser, and copy it or press again."
        ),
    ]
    return _answer(request, 403, _("The form could not be taken"), said)


@requires_csrf_token
def failed(request: HttpRequest) -> HttpResponse:
    """A mistake of ours, or the database is away: nothing here asks it anything."""
    message_id = getattr(request, "message_id", "")
    logger.error("Message %s failed", message_id)
    context = {"message_id": message_id, "static_url": settings.STATIC_URL}
    return HttpResponse(get_template("500.html").render(context), status=500)


def _answer(request: HttpRequest, status: int, title: str, said: list[str]) -> HttpResponse:
    """With the menu for who is signed in."""
    user = getattr(request, "user", None)
    if is_back_office(request) and user is not None and user.is_active and user.is_staff:
        context = {**admin.site.each_context(request), "title": title, "said": said}
        return render(request, "admin/error.html", context, status=status)
    context = {"title": title, "said": said, "static_url": settings.STATIC_URL}
    return HttpResponse(get_template("error.html").render(context), status=status)
