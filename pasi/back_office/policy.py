"""The Content-Security-Policy: strict everywhere, and what the theme needs under /admin/ alone."""

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class PolicyMiddleware(CSPMiddleware):
    """The theme's scripts evaluate expressions written in its own templates (Alpine), and some of
    its pages set styles. User data is always escaped, so it never becomes such an expression.
    """

    def get_policy_parts(self, request: HttpRequest, response, report_only: bool = False):
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path_info.startswith(reverse("admin:index")):
            parts.replace = settings.PASI_BACK_OFFICE_POLICY
        return parts
