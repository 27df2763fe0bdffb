"""A page with one box: what is typed leads straight to a record, or the page says why not."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views import View

from pasi.back_office.admins import READING, BackOfficeAdmin


class LookupPage(View):
    """`pages`: the admin class whose records are looked for (as_view(pages=self))."""

    pages: BackOfficeAdmin = None
    title: Any
    label: Any
    help_text: Any
    button: Any
    lead: Any = ""
    http_method_names = [method.lower() for method in READING]

    def may_open(self, request: HttpRequest) -> bool:
        return self.pages.has_view_permission(request)

    def answer(self, request: HttpRequest, text: str) -> HttpResponse | dict[str, Any]:
        """Where `text` leads; or what the page shows besides: `nothing`, `hits`, `elsewhere`."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.may_open(request):
            raise PermissionDenied
        text = " ".join(request.GET.get("q", "").split())[:100]
        found = self.answer(request, text) if text else {}
        if isinstance(found, HttpResponse):
            return found
        context = {
            **self.pages.admin_site.each_context(request),
            "title": self.title,
            "headline": self.title,
            "opts": self.pages.opts,
            "trail": self.pages.trail(),
            "label": self.label,
            "help_text": self.help_text,
            "button": self.button,
            "lead": self.lead,
            "typed": text,
            **found,
        }
        return TemplateResponse(request, "admin/lookup.html", context)
