"""What holds under /admin/ alone: the theme's Content-Security-Policy, and compressed pages.

The policy is strict everywhere else, and the services answer as they always did.
"""

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.gzip import GZipMiddleware
from django.urls import reverse


def is_back_office(request: HttpRequest) -> bool:
    return request.path_info.startswith(reverse("admin:index"))


class PolicyMiddleware(CSPMiddleware):
    """The theme's scripts evaluate expressions written in its own templates (Alpine), and some of
    its pages set styles. User data is always escaped, so it never becomes such an expression.
    """

    def get_policy_parts(self, request: HttpRequest, response, report_only: bool = False):
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and is_back_office(request):
            parts.replace = settings.PASI_BACK_OFFICE_POLICY
        return parts


METHODS = ("GET", "HEAD", "POST")


class PlainMethods:
    """Browsers read pages and post forms; no page answers to anything else."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_back_office(request) and request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return self.get_response(request)


class CompressedPages(GZipMiddleware):
    """A list has 200 KB of markup, 13 KB compressed."""

    def process_response(self, request: HttpRequest, response) -> HttpResponse:
        if not is_back_office(request):
            return response
        return super().process_response(request, response)
