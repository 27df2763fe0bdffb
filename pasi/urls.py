"""Every address. Services are routed from pasi.operations."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from audit.views import ServiceCallListView, ServiceCallView
from credentials.views import CredentialListView, CredentialView, StudentCredentialsView
from enrolments.views import CoreAlertListView, ProcessorListView, SchoolEnrolmentListView
from pasi.metrics import metrics
from pasi.operations import SERVICES
from pasi.reference_views import ClientView, CodeListView, OrganizationListView, RuleListView
from pasi.schema_views import DocumentationView, SchemaView
from pasi.token_views import RevokeTokenView, TokenView
from pasi.views import healthz, service_view
from students.views import StudentListView, StudentView

reading = [
    path("students/", StudentListView.as_view(), name="students"),
    path("students/<str:asn>/", StudentView.as_view(), name="student"),
    path(
        "students/<str:asn>/credentials/",
        StudentCredentialsView.as_view(),
        name="student-credentials",
    ),
    path("credentials/", CredentialListView.as_view(), name="credentials"),
    path("credentials/<str:number>/", CredentialView.as_view(), name="credential"),
    path("school-enrolments/", SchoolEnrolmentListView.as_view(), name="school-enrolments"),
    path("core-alerts/", CoreAlertListView.as_view(), name="core-alerts"),
    path("service-calls/", ServiceCallListView.as_view(), name="service-calls"),
    path("service-calls/<str:message_id>/", ServiceCallView.as_view(), name="service-call"),
    path("codes/", CodeListView.as_view(), name="codes"),
    path("rules/", RuleListView.as_view(), name="rules"),
    path("organizations/", OrganizationListView.as_view(), name="organizations"),
    path("processors/", ProcessorListView.as_view(), name="processors"),
    path("client/", ClientView.as_view(), name="client"),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("healthz", healthz),
    path("metrics", metrics),
    path("oauth/token/", TokenView.as_view(), name="token"),
    path("oauth/revoke/", RevokeTokenView.as_view(), name="revoke-token"),
    *(
        path(f"api/services/{service.operation}", service_view(service), name=service.operation)
        for service in SERVICES
    ),
    path("api/", include(reading)),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", DocumentationView.as_view(), name="docs"),
    path("admin/", admin.site.urls),
]

handler403 = "pasi.back_office.error_pages.refused"
handler404 = "pasi.back_office.error_pages.not_found"
handler500 = "pasi.back_office.error_pages.failed"
