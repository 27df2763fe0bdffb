"""The page of credentials to review: one list for each kind, each row with what to do."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from credentials.award_one_pages import award_one_url
from credentials.credential_numbers import written
from credentials.models import AwardedCredential, RequirementSetStatus
from credentials.order_in_bulk_forms import type_field, year_field
from credentials.order_in_bulk_pages import ORDER_IN_BULK, order_in_bulk_url
from credentials.reviews import (
    AWARDED_NOT_ORDERED,
    KINDS,
    Place,
    Sought,
    numbers_of_all,
    page,
    rows_of,
)
from credentials.services import SubmitCredentialAwardingSingle, SubmitDocumentOrder
from pasi.back_office.admins import BackOfficeAdmin, may_view, record_url
from pasi.back_office.csv_out import csv_file
from pasi.back_office.formats import asn_text
from pasi.back_office.reads import record_read
from pasi.calendar import current_school_year, first_day, school_year_text
from pasi.models import FigureSet
from pasi.staff_roles import may_send

Label = gettext_lazy
REVIEWS = "credentials_reviews"
MOST_EXPORTED = 100_000
PLACE = re.compile(r"([0-9]{1,18})~([0-9]{1,18})")


class FilterForm(forms.Form):
    credential_type = type_field()
    enrolled_in = year_field(Label("Enrolled in the school year"))

    def chosen(self) -> dict[str, Any]:
        return self.cleaned_data if self.is_valid() else {}


class ReviewsPage(View):
    """`pages`: the admin class of awarded credentials (as_view(pages=self)). Who sees credentials
    and where students stand sees what is to be reviewed; what can be done asks for itself.
    """

    pages: BackOfficeAdmin = None
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may_review(request):
            raise PermissionDenied
        kind = request.GET.get("kind", "")
        kind = kind if kind in KINDS else next(iter(KINDS))
        chosen = FilterForm({name: request.GET.get(name, "") for name in FilterForm.base_fields})
        sought = Sought(kind, **chosen.chosen())
        if "csv" in request.GET:
            return self.exported(sought)
        shown = page(sought, _place(request.GET.get("after", "")))
        record_read(request, [row.student.asn for row in shown.rows])
        kept = FigureSet.objects.filter(pk="reviews").first()
        context = {
            **self.pages.admin_site.each_context(request),
            "title": _("Credentials to review"),
            "headline": _("Credentials to review"),
            "opts": self.pages.opts,
            "trail": self.pages.trail(),
            "kinds": [(name, each.title) for name, each in KINDS.items()],
            "kind": kind,
            "what_it_is": KINDS[kind].what_it_is,
            "leaves_out_legacy": kind == AWARDED_NOT_ORDERED,
            "kept_at": kept and kept.counted_at,
            "filters": chosen,
            "rows": [self.row(request, kind, row) for row in shown.rows],
            "is_first": not request.GET.get("after"),
            "first_url": self.address(kind, after=None),
            "next_url": shown.following and self.address(kind, after=_written(shown.following)),
            "csv_url": self.address(kind, after=None, csv="1"),
            **self.ordering(request, kind, chosen.chosen()),
        }
        return TemplateResponse(request, "admin/reviews.html", context)

    def address(self, kind: str, **changes: str | None) -> str:
        query = self.request.GET.copy()
        query["kind"] = kind
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    def ordering(self, request: HttpRequest, kind: str, chosen: dict[str, Any]) -> dict[str, Any]:
        """Where the documents of ticked rows are ordered; and at once those of the list, of the
        last two years.
        """
        if kind != AWARDED_NOT_ORDERED or not may_send(request.user, SubmitDocumentOrder):
            return {}
        since = first_day(current_school_year() - 1).isoformat()
        return {
            "order_url": reverse(f"admin:{ORDER_IN_BULK}"),
            "bulk_url": order_in_bulk_url(**chosen, awarded_from=since, to_review="on"),
            "bulk_since": since,
        }

    def exported(self, sought: Sought) -> HttpResponse:
        """All rows, fetched as they are sent; who is in them is noted before."""
        found = numbers_of_all(sought, MOST_EXPORTED)
        record_read(self.request, found.values())
        lines = (_line(row) for row in rows_of(sought, [*found]))
        return csv_file(f"{sought.kind}.csv", HEADINGS, lines)

    def row(self, request: HttpRequest, kind: str, row) -> dict[str, Any]:
        student = row.student
        is_award = isinstance(row, AwardedCredential)
        return {
            "asn": asn_text(student.asn),
            "student_url": record_url(student),
            "name": student.legal_name.full_name,
            "type": row.credential_type if is_award else row.requirement_set.credential_type,
            "number": f"{row.number_id:010d}" if is_award else "",
            "what": written(row.number_id) if is_award else row.requirement_set.name,
            "what_url": record_url(row) if is_award else _eligibility(student.asn),
            "since": row.awarded_on if is_award else row.updated_at,
            "year": school_year_text(row.school_year) if is_award else "",
            "steps": list(_steps(request, kind, row)),
        }


def may_review(request: HttpRequest) -> bool:
    return may_view(request, AwardedCredential) and may_view(request, RequirementSetStatus)


def _eligibility(asn: str) -> str:
    return reverse("admin:explain_eligibility", args=[asn])


def _steps(request: HttpRequest, kind: str, row) -> Iterator[tuple[str, str]]:
    """What to do about a row, the likeliest first: (label, address)."""
    asn = row.student.asn
    if kind == "achieved-not-awarded":
        if may_send(request.user, SubmitCredentialAwardingSingle):
            yield _("Award it"), award_one_url(asn)
        yield _("See what is achieved"), _eligibility(asn)
    elif kind == AWARDED_NOT_ORDERED:
        if may_send(request.user, SubmitDocumentOrder):
            yield _("Order its document"), reverse("admin:order_document", args=[row.pk])
    elif kind == "awarded-no-longer-achieved":
        yield _("See what is missing"), _eligibility(asn)
        if may_send(request.user, SubmitCredentialAwardingSingle):
            yield _("Delete it with a reason"), reverse("admin:delete_award", args=[row.pk])
    else:
        yield _("Assess it"), _eligibility(asn)


# --- Places in the list, as the address has them ------------------------------------------------


def _written(place: Place) -> str:
    return "~".join(map(str, place))


def _place(text: str) -> Place | None:
    """None for the first page, and for what is no place."""
    found = PLACE.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


# --- CSV ----------------------------------------------------------------------------------------

HEADINGS = (
    *("StateProvinceId", "Name", "CredentialType", "RequirementSet", "CredentialNumber"),
    *("SchoolYear", "AwardedOnDate"),
)


def _line(row) -> tuple:
    student = row.student
    if isinstance(row, AwardedCredential):
        award = (row.credential_type, "", row.number_id, row.school_year, row.awarded_on)
        return student.asn, student.legal_name.full_name, *award
    kind_of_set = row.requirement_set
    name = student.legal_name.full_name
    return student.asn, name, kind_of_set.credential_type, kind_of_set.code, "", "", ""
