"""What staff change here is a recorded call, like any other: who, from where, what was posted."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from audit.models import ServiceCall
from pasi.caller_info import in_process
from pasi.faults import Fault, Problem
from pasi.http import client_address
from pasi.services import Caller, recorded_call
from pasi.setting_up import CHANGE_SET_UP


def staff_caller(request: HttpRequest) -> Caller:
    return Caller(ServiceCall.Door.BACK_OFFICE, staff=request.user, address=client_address(request))


def staff_caller_info(request: HttpRequest) -> dict[str, Any]:
    """CallerInfo of a staff user: acts for the ministry."""
    user = request.user
    return in_process(
        product="Back office",
        user_name=user.get_full_name() or user.get_username(),
        local_id=user.get_username(),
        address=client_address(request),
    )


def set_up_call(request: HttpRequest, what: dict[str, Any]):
    """The context of a change of the set-up; `what` says which, without secrets."""
    return staff_call(CHANGE_SET_UP, request, what)


def staff_call(operation: str, request: HttpRequest, what: dict[str, Any]):
    """The context of something that a staff user has done and that no service does."""
    body = {"CallerInfo": staff_caller_info(request), **what}
    return recorded_call(operation, staff_caller(request), body)


def recorded_page(
    request: HttpRequest,
    record: str,
    key: str | None,
    page: Callable[[], HttpResponse],
    was_saved: Callable[[HttpResponse], bool],
) -> HttpResponse:
    """Carry out `page`, which saves or shows what is wrong, as a recorded call.

    The whole of a save is one transaction inside the call. A form that does not pass is a call
    too: fault 3001, nothing written.
    """
    refused = None
    try:
        with set_up_call(request, {"Record": record, "Key": key, "Form": _as_posted(request)}):
            response = page()
            if not was_saved(response):
                refused = Fault("3001", problems=_problems(response))
                raise refused
    except Fault as fault:
        if fault is not refused:
            raise
    return response


def _as_posted(request: HttpRequest) -> dict[str, list[str]]:
    """What was submitted, without passwords and without what only the page itself needs."""
    return {
        name: values
        for name, values in request.POST.lists()
        if "password" not in name and name != "csrfmiddlewaretoken" and not name.startswith("_")
    }


def _problems(response: HttpResponse) -> list[Problem]:
    context = getattr(response, "context_data", None) or {}
    form = context.get("adminform") or context.get("adminForm") or context.get("form")
    if form is None:
        return [Problem("", str(_("the record does not exist.")))]
    changed = [
        Problem(each.label, str(_("has changed since the form was opened.")))
        for each in context.get("meanwhile") or ()
    ]
    forms = [getattr(form, "form", form)]
    for inline in context.get("inline_admin_formsets", ()):
        forms += inline.formset.forms
    found = changed + [
        Problem("" if name == "__all__" else each.add_prefix(name), " ".join(messages))
        for each in forms
        for name, messages in each.errors.items()
    ]
    return found or [Problem("", str(_("what was sent is not what the form has.")))]
