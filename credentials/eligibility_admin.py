"""The page that explains a student's eligibility, reached from the student's page; read only."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from credentials.explaining import explain
from pasi.back_office.admins import READING
from pasi.back_office.formats import asn_text
from pasi.back_office.reads import record_read
from pasi.calendar import business_today, school_year_text
from students.models import Student

PAGE = "explain_eligibility"


def eligibility_url(student: Student) -> str:
    return reverse(f"admin:{PAGE}", args=[student.asn])


class ExplainsEligibility:
    """Adds the page to the admin of the stored statuses: who may view those may view it."""

    def get_urls(self):
        page = path("of/<str:asn>/", self.admin_site.admin_view(self.explanation), name=PAGE)
        return [page, *super().get_urls()]

    def explanation(self, request: HttpRequest, asn: str) -> HttpResponse:
        if not self.has_view_permission(request) or request.method not in READING:
            raise PermissionDenied
        explained = explanation_context(asn)
        if explained is None:
            raise Http404("There is no such student.")
        found = explained["found"]
        record_read(request, (asn, found.person))
        student = Student.objects.get(asn=asn)
        pages = self.admin_site.get_model_admin(Student)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What %(name)s has earned") % {"name": found.name},
            "headline": _("What %(name)s has earned") % {"name": found.name},
            "trail": pages.trail(record=student),
            "opts": Student._meta,
            **explained,
        }
        return TemplateResponse(request, "admin/eligibility.html", context)


def explanation_context(asn: str) -> dict[str, Any] | None:
    """What the template wants to explain a student's eligibility; None if there is no such one."""
    found = explain(asn, business_today()) if asn.isdecimal() else None
    if found is None:
        return None
    year = found.awarding.school_year
    return {
        "primary": asn_text(found.person) if found.person != asn else "",
        "found": found,
        "award_year": school_year_text(year) if year else "",
        # First what is under way or done, then what is not open to the student.
        "open": [each for each in found.credentials if each.progress or each.is_awarded],
        "closed": [each for each in found.credentials if not each.progress],
    }
