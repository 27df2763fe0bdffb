"""The page that explains a student's eligibility, reached from the student's page, and what can be
done from there: set requirements by hand, exempt, award.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from credentials.award_one_pages import (
    AWARD_ONE,
    AWARD_WHOM,
    AwardOnePage,
    AwardWhomPage,
    award_one_url,
)
from credentials.by_hand_pages import ByHand, by_hand_urls
from credentials.explaining import (
    ExplainedCredential,
    ExplainedRequirement,
    ExplainedSet,
    explain,
)
from credentials.services import SubmitCredentialAwardingSingle
from pasi.back_office.admins import READING
from pasi.back_office.formats import asn_text
from pasi.back_office.reads import record_read
from pasi.back_office.service_forms import page_urls
from pasi.calendar import business_today, school_year_text
from pasi.staff_roles import may_send
from students.models import Student
from students.notices import notices_on_numbers

PAGE = "explain_eligibility"


# What is explained, each with what the reader can do about it: an address, "" for nothing.


@dataclass(frozen=True, slots=True)
class ShownRequirement:
    explained: ExplainedRequirement
    by_hand_url: str
    exemption_url: str


@dataclass(frozen=True, slots=True)
class ShownSet:
    explained: ExplainedSet
    by_hand_url: str
    requirements: tuple[ShownRequirement, ...]


@dataclass(frozen=True, slots=True)
class ShownCredential:
    explained: ExplainedCredential
    sets: tuple[ShownSet, ...]


def _shown(credential: ExplainedCredential, by_hand: ByHand) -> ShownCredential:
    return ShownCredential(
        credential,
        tuple(
            ShownSet(
                each,
                by_hand.set_url(each.code, has_status=each.status is not None),
                tuple(
                    ShownRequirement(
                        requirement,
                        by_hand.requirement_url(each.code, requirement.code),
                        by_hand.exemption_url(requirement.code),
                    )
                    for requirement in each.requirements
                ),
            )
            for each in credential.sets
        ),
    )


class ExplainsEligibility:
    """Adds the pages to the admin of the stored statuses: who may view those may view it."""

    def get_urls(self):
        students = self.admin_site.get_model_admin(Student)
        pages = (
            ("award-one/", AwardWhomPage, AWARD_WHOM),
            ("of/<str:asn>/award/", AwardOnePage, AWARD_ONE),
        )
        return [
            *page_urls(students, pages),
            *by_hand_urls(students),
            path("of/<str:asn>/", self.admin_site.admin_view(self.explanation), name=PAGE),
            *super().get_urls(),
        ]

    def explanation(self, request: HttpRequest, asn: str) -> HttpResponse:
        if not self.has_view_permission(request) or request.method not in READING:
            raise PermissionDenied
        student = Student.objects.filter(asn=asn).first()
        explained = explanation_context(request, student) if student else None
        if explained is None:
            raise Http404("There is no such student.")
        record_read(request, (asn, explained["found"].person))
        name = _("What %(name)s has earned") % {"name": explained["found"].name}
        context = {
            **self.admin_site.each_context(request),
            "title": name,
            "headline": name,
            "trail": self.admin_site.get_model_admin(Student).trail(record=student),
            "opts": Student._meta,
            "notices": notices_on_numbers((asn, explained["found"].person)),
            **explained,
        }
        return TemplateResponse(request, "admin/eligibility.html", context)


def explanation_context(request: HttpRequest, student: Student) -> dict[str, Any] | None:
    """What the template wants to explain a student's eligibility, and what the reader can do about
    it; None where nothing is known of the student.
    """
    found = explain(student.asn, business_today())
    if found is None:
        return None
    year = found.awarding.school_year
    by_hand = ByHand(request, found.person, student.primary_id or student.pk)
    shown = [_shown(each, by_hand) for each in found.credentials]
    may_award = may_send(request.user, SubmitCredentialAwardingSingle)
    return {
        "primary": asn_text(found.person) if found.person != student.asn else "",
        "found": found,
        "award_url": award_one_url(student.asn) if may_award else "",
        "award_year": school_year_text(year) if year else "",
        # First what is under way or done, then what is not open to the student.
        "open": [each for each in shown if each.explained.progress or each.explained.is_awarded],
        "closed": [each for each in shown if not each.explained.progress],
    }
