"""What every HTTP answer has in common: the message id, problem details, the caller's address."""

import datetime
import ipaddress
import logging
from uuid import UUID

import uuid_utils.compat as uuid_utils
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from pasi import faults

logger = logging.getLogger(__name__)

MESSAGE_ID_HEADER = "PASI-Message-Id"


def new_message_id():
    """A UUIDv7: unique, and ordered by time."""
    return uuid_utils.uuid7()


def first_message_id(instant: datetime.datetime) -> UUID:
    """The lowest UUIDv7 of an instant: 48 bits of milliseconds, then nothing."""
    return UUID(int=int(instant.timestamp() * 1000) << 80)


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/oauth/"))


class MessageIdMiddleware:
    """Gives every request its message id, every answer its header, every API fault its form."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.message_id = new_message_id()
        if settings.PASI_CLOSED and is_api(request):
            response = faults.problem_response(faults.Fault("2001"), request.message_id)
        else:
            response = self.get_response(request)
        if (
            is_api(request)
            and response.status_code in {400, 404, 500}
            and not response["Content-Type"].startswith(("application/json", faults.PROBLEM_JSON))
        ):
            # Django's own pages: an unknown path, a suspicious request, an uncaught error.
            response = faults.problem_response(_plain(response, request), request.message_id)
        response[MESSAGE_ID_HEADER] = str(request.message_id)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_api(request):
            return None
        fault = faults.fault_of(error)
        if fault is None:
            logger.error("Message %s failed", request.message_id, exc_info=error)
            fault = faults.Fault("9001", {"MessageId": request.message_id})
        return faults.problem_response(fault, request.message_id)


def _plain(response: HttpResponse, request: HttpRequest) -> faults.Fault:
    if response.status_code == 404:
        return faults.plain_fault(404, "Not Found", "There is nothing at this address.")
    if response.status_code == 400:
        return faults.Fault("3002", {"Why": "the request is not well formed."})
    return faults.Fault("9001", {"MessageId": request.message_id})


def client_address(request: HttpRequest) -> str:
    """The caller's network address; behind a trusted proxy, the last one that is not a proxy."""
    address = request.META.get("REMOTE_ADDR") or ""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    for hop in reversed([hop.strip() for hop in forwarded.split(",") if hop.strip()]):
        if not in_networks(address, settings.PASI_TRUSTED_PROXIES):
            break
        address = hop
    return address[:45]


def in_networks(address: str, networks: list[str]) -> bool:
    """Whether `address` lies in one of `networks` (CIDR); a malformed address lies in none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in ipaddress.ip_network(network, strict=False) for network in networks)


def read_body(request: HttpRequest, limit: int) -> bytes:
    """The request's body, or 413 without reading more than the limit.

    Django's own limit does not bind a body that is read as a stream, and a body sent in chunks
    (no Content-Length) looks empty to Django: it is read from the server, if that marks its end.
    """
    too_large = faults.plain_fault(
        413, "Content Too Large", f"The request may have at most {limit} bytes."
    )
    announced = request.META.get("CONTENT_LENGTH") or ""
    try:
        length = int(announced or 0)
    except ValueError:
        length = 0
    if length > limit:
        raise too_large
    in_chunks = not announced and request.META.get("wsgi.input_terminated")
    body = (request.META["wsgi.input"] if in_chunks else request).read(limit + 1)
    if len(body) > limit:
        raise too_large
    return body
