"""POST /oauth/token/ and /oauth/revoke/: the library's views, for client credentials only.

Their errors are those of RFC 6749 ({"error": …}), not problem details: that is what OAuth client
libraries understand.
"""

import oauth2_provider.views
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import Throttled

from pasi.faults import fault_of, problem_response
from pasi.throttling import AddressThrottle


class _Careful:
    """Limits how often an address may ask, and answers junk with 400."""

    http_method_names = ("post",)

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        throttle = AddressThrottle()
        if not throttle.allow_request(request, self):
            return problem_response(fault_of(Throttled(throttle.wait())), request.message_id)
        try:
            return super().dispatch(request, *args, **kwargs)
        except (DataError, LookupError, MultiPartParserError, ValueError):
            # U+0000, half a surrogate pair, an unknown character set, a form without boundary.
            return JsonResponse({"error": "invalid_request"}, status=400)

    def http_method_not_allowed(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = JsonResponse({"error": "invalid_request"}, status=405)
        response["Allow"] = "POST"
        return response


@method_decorator(csrf_exempt, name="dispatch")
class TokenView(_Careful, oauth2_provider.views.TokenView):
    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        grant = request.POST.get("grant_type")
        if grant is not None and grant != "client_credentials":
            return JsonResponse({"error": "unsupported_grant_type"}, status=400)
        response = super().post(request, *args, **kwargs)
        response["Content-Type"] = "application/json"  # of refusals after the judgement, too
        return response


@method_decorator(csrf_exempt, name="dispatch")
class RevokeTokenView(_Careful, oauth2_provider.views.RevokeTokenView):
    pass
