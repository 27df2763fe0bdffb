"""The HTTP door of the services, and the health check."""

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.views import APIView

from audit.models import ServiceCall
from pasi.faults import Fault
from pasi.http import client_address, read_body
from pasi.services import Caller, Service


class ServiceView(APIView):
    """POST /api/services/<Operation>.

    Only the token is judged before the call is recorded; what the client may do is the service's
    first step, so that refusals are in the audit too.
    """

    service: type[Service]
    permission_classes = ()
    http_method_names = ("post",)

    def post(self, request) -> JsonResponse:
        if request.auth is None or request.auth.application is None:
            raise Fault("1001")
        if request._request.content_type != "application/json":
            raise UnsupportedMediaType(request._request.content_type)
        service = self.service()
        body = read_body(request._request, service.request_bytes)
        caller = Caller(
            ServiceCall.Door.HTTP,
            client=request.auth.application,
            address=client_address(request._request),
        )
        answer = service.execute(body, caller, request._request.message_id)
        return JsonResponse(
            answer.body,
            status=answer.http_status,
            headers=answer.headers,
            content_type=answer.content_type,
        )


def service_view(service: type[Service]):
    """The view of one service, documented by its own request and response."""
    view = type(f"{service.operation}View", (ServiceView,), {"service": service})
    view.__doc__ = service.__doc__
    return view.as_view()


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers and every migration is applied; 503 otherwise."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception:
        return JsonResponse({"status": "no database"}, status=503)
    if settings.PASI_CLOSED:
        return JsonResponse({"status": "closed"}, status=503)
    if pending:
        return JsonResponse({"status": "migrations pending"}, status=503)
    return JsonResponse({"status": "ok"})
