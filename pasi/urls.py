"""Every address. Services are routed from pasi.operations."""

from django.contrib import admin
from django.urls import path
from oauth2_provider.views import RevokeTokenView, TokenView

from pasi.operations import SERVICES
from pasi.views import healthz, service_view

urlpatterns = [
    path("healthz", healthz),
    path("oauth/token/", TokenView.as_view(), name="token"),
    path("oauth/revoke/", RevokeTokenView.as_view(), name="revoke-token"),
    *(
        path(f"api/services/{service.operation}", service_view(service), name=service.operation)
        for service in SERVICES
    ),
    path("admin/", admin.site.urls),
]
