"""Names the back office as the project's admin site."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "pasi.back_office.site.BackOfficeSite"
