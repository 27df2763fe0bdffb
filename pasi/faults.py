"""Faults: what replaces a service's response when it can not be given (RFC 9457)."""

import logging
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
MOST_PROBLEMS = 200

# code -> (HTTP status, title, text). Source: titles PASI knowledge base; HTTP statuses ours.
FAULTS = {
    "1001": (
        401,
        _("Certificate Not Registered"),
        _("Access denied: a valid access token is needed."),
    ),
    "1003": (403, _("PASI Client Disabled"), _("Access denied: this client is disabled.")),
    "1006": (
        403,
        _("Invalid IP Address"),
        _("Access denied: calls from this address are not allowed for this client."),
    ),
    "1007": (
        403,
        _("No Access to Service Requested"),
        _("Access denied: this client may not use {ServiceName}."),
    ),
    "1008": (
        403,
        _("Invalid Organization Code"),
        _("This client may not act for organization {OrganizationCode}."),
    ),
    "2001": (
        503,
        _("PASI Core Not Available"),
        _("The Core is not available at the moment. Try again later."),
    ),
    "3001": (
        400,
        _("Request Doesn't Match Schema"),
        _("The request does not meet its contract: {AdditionalDetails}"),
    ),
    "3002": (400, _("Request Not Structured Correctly"), _("The request could not be read: {Why}")),
    "3004": (
        409,
        _("PASI Core Version Mismatch"),
        _(
            "Your copy of this record is out of date (yours {ClientVersion}, Core {CoreVersion}). "
            "Fetch it again, then resubmit."
        ),
    ),
    "4001": (503, _("Unable To Save"), _("The data could not be saved. Try again.")),
    "4002": (
        503,
        _("Connection Timeout in PASI"),
        _("A time-out happened inside the Core. Try again."),
    ),
    "9001": (
        500,
        _("Unexpected Problem in PASI"),
        _("An unexpected problem happened. Quote message id {MessageId} to support."),
    ),
}
# Known codes that this system never answers, for the catalogue.
CERTIFICATE_FAULTS = {
    "1002": _("Certificate Disabled"),
    "1004": _("Invalid Certification Information"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a request: the full property name, and what is wrong with it."""

    field: str
    problem: str


@dataclass(eq=False)
class Fault(Exception):
    """A call can not be answered by its service. `code` is None for plain HTTP faults."""

    code: str | None
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    http_status: int = 0
    title: str = ""
    detail: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code:
            self.http_status, title, text = FAULTS[self.code]
            self.title = str(title)
            if self.problems:
                named = "; ".join(f"{p.field or 'body'}: {p.problem}" for p in self.problems[:3])
                more = len(self.problems) - 3
                self.values.setdefault(
                    "AdditionalDetails", named + (f"; and {more} more" if more > 0 else "")
                )
            self.detail = str(text).format(**self.values)
        if self.code == "1001":
            self.headers.setdefault("WWW-Authenticate", 'Bearer realm="pasi"')
        if self.code == "2001":
            self.headers.setdefault("Retry-After", "60")

    def __str__(self) -> str:
        return f"{self.code or self.http_status}: {self.detail}"

    def as_json(self, message_id: Any) -> dict[str, Any]:
        body = {
            "type": f"urn:pasi:fault:{self.code}" if self.code else "about:blank",
            "title": self.title,
            "status": self.http_status,
            "detail": self.detail,
            "code": self.code,
            "messageId": str(message_id),
        }
        if self.code == "3001":
            body["errors"] = [
                {"field": p.field, "problem": p.problem} for p in self.problems[:MOST_PROBLEMS]
            ]
        return body


def contract_fault(*problems: Problem) -> Fault:
    """3001 with everything that is wrong."""
    return Fault("3001", problems=list(problems))


def plain_fault(status: int, title: str, detail: str, **headers: str) -> Fault:
    """A fault without a PASI code: 404, 405, 406, 413, 415, 429."""
    return Fault(None, http_status=status, title=title, detail=detail, headers=headers)


def fault_of_database_error(error: Exception) -> Fault | None:
    """The fault that a database error stands for, or None if it is a mistake of ours.

    55P03 lock not available and 57014 statement timeout: 4002. 40001, 40P01 (serialization,
    deadlock) and a violated constraint: 4001. No connection: 2001.
    """
    state = getattr(error.__cause__, "sqlstate", None) or ""
    if state in {"55P03", "57014"}:
        return Fault("4002")
    if state in {"40001", "40P01"} or state.startswith("23"):
        return Fault("4001")
    if isinstance(error, InterfaceError) or state.startswith(("08", "57P", "53")):
        return Fault("2001")
    if isinstance(error, OperationalError) and not state:
        return Fault("2001")
    return None


def problem_response(fault: Fault, message_id: Any) -> JsonResponse:
    return JsonResponse(
        fault.as_json(message_id),
        status=fault.http_status,
        content_type=PROBLEM_JSON,
        headers=fault.headers,
    )


def fault_of(error: Exception) -> Fault | None:
    """The fault for an error that REST framework or Django raised, or None."""
    match error:
        case Fault():
            return error
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Fault("1001")
        case Http404() | exceptions.NotFound():
            return plain_fault(404, "Not Found", "There is nothing here that you may see.")
        case exceptions.PermissionDenied() | PermissionDenied():
            return Fault("1007", {"ServiceName": "this resource"})
        case exceptions.MethodNotAllowed():
            return plain_fault(405, "Method Not Allowed", str(error.detail))
        case exceptions.NotAcceptable():
            return plain_fault(406, "Not Acceptable", "Answers are given as application/json.")
        case exceptions.UnsupportedMediaType():
            return plain_fault(415, "Unsupported Media Type", "Send application/json.")
        case exceptions.Throttled():
            wait = str(int(error.wait or 60) + 1)
            return plain_fault(
                429, "Too Many Requests", "Too many calls; wait a little.", **{"Retry-After": wait}
            )
        case exceptions.ParseError():
            return Fault("3002", {"Why": str(error.detail)})
        case SuspiciousOperation():
            return Fault("3002", {"Why": "the request is not well formed."})
        case DatabaseError() | InterfaceError():
            return fault_of_database_error(error)
    return None


def exception_handler(error: Exception, context: dict[str, Any]):
    """REST framework's hook: every failure of an API view becomes problem details."""
    request: HttpRequest = context["request"]._request
    fault = fault_of(error)
    if fault is None:
        return None
    # These are not in the audit: what comes before the record of a call, and readings.
    # The route, not the path: that may name a student.
    route = getattr(request.resolver_match, "route", "")
    logger.warning("Message %s: %s refused: %r", request.message_id, route, str(fault))
    response = problem_response(fault, request.message_id)
    if isinstance(error, exceptions.MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response
