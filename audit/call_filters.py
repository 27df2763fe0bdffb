"""Filters of the list of calls in the back office: chosen from a list, or typed."""

import datetime
import re

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.filters import calls_about
from audit.models import ServiceResponse
from pasi.back_office.formats import asn_text
from pasi.back_office.lists import asn_in
from pasi.back_office.typed_filters import TypedFilter
from pasi.calendar import ALBERTA
from pasi.clients import normalized_code
from pasi.figures.counting import unanswered
from pasi.http import first_message_id
from pasi.models import PasiClient
from pasi.text_search import folded

ORGANIZATION = re.compile(r"(?:[SA]\.[0-9]{4}|O\.[0-9]{1,4})")
CODE = re.compile(r"[0-9]{4,5}")


# Filters by time, and the time in which a missing answer is looked for where none of them is set.
TIMES = ("since", "until", "received")
LOOKED_FOR_IN = datetime.timedelta(days=1)


class OutcomeFilter(admin.SimpleListFilter):
    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request, model_admin):
        return [
            *ServiceResponse.Outcome.choices,
            (
                "unanswered",
                _("Unanswered: nothing was applied (last 24 hours, or the time you set)"),
            ),
            ("none", _("No answer, or none yet (last 24 hours, or the time you set)")),
        ]

    def queryset(self, request, queryset):
        """What is missing has no index: without a time every call ever made would be looked at."""
        if self.value() not in {"unanswered", "none"}:
            return queryset.filter(response__outcome=self.value()) if self.value() else queryset
        if not any(request.GET.get(name) for name in TIMES):
            since = timezone.now() - LOOKED_FOR_IN
            queryset = queryset.filter(message_id__gte=first_message_id(since))
        if self.value() == "unanswered":
            return queryset.filter(unanswered(timezone.now()))
        return queryset.filter(response__isnull=True)


def instant_of(text: str, *, end: bool) -> datetime.datetime:
    """The instant that "2026-11-22" or "2026-11-22 14:05" stands for in Alberta; with `end`, that
    after the day or the minute. ValueError for anything else.
    """
    try:
        instant, length = datetime.datetime.strptime(text, "%Y-%m-%d"), {"days": 1}
    except ValueError:
        text = text.replace("T", " ")
        instant, length = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M"), {"minutes": 1}
    if end:
        instant += datetime.timedelta(**length)
    return instant.replace(tzinfo=ALBERTA)


class SinceFilter(TypedFilter):
    title = _("from")
    parameter_name = "since"
    help_text = _("2026-11-22, or 2026-11-22 14:05")
    how_to_write = _("“From” is a day such as 2026-11-22, or a time such as 2026-11-22 14:05.")

    def found(self, text):
        return Q(message_id__gte=first_message_id(instant_of(text, end=False)))


class UntilFilter(TypedFilter):
    title = _("to")
    parameter_name = "until"
    help_text = _("that day or minute included")
    how_to_write = _("“To” is a day such as 2026-11-22, or a time such as 2026-11-22 14:05.")

    def found(self, text):
        return Q(message_id__lt=first_message_id(instant_of(text, end=True)))


class ClientFilter(TypedFilter):
    title = _("client")
    parameter_name = "client"
    how_to_write = _("Choose a client from the list.")

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        clients = PasiClient.objects.order_by("name").values_list("pk", "name")
        self.options = [(str(key), name) for key, name in clients]

    def shown(self):
        return dict(self.options).get(self.text, self.text)

    def found(self, text):
        return Q(client=int(text))


class OrganizationFilter(TypedFilter):
    title = _("organization")
    parameter_name = "organization"
    help_text = _("S.0982, A.3020 or O.1")
    how_to_write = _("An organization is written S.0982, A.3020 or O.1.")

    def found(self, text):
        code = normalized_code(text)
        if not ORGANIZATION.fullmatch(code):
            raise ValueError(code)
        return Q(organization_code=code)


class UserFilter(TypedFilter):
    title = _("user")
    parameter_name = "user"
    help_text = _("name as in the call, or login of staff")

    def found(self, text):
        staff = User.objects.filter(username=text).values_list("pk", flat=True)
        return Q(user_name__folded=folded(text)) | Q(staff__in=list(staff))


class StudentFilter(TypedFilter):
    title = _("student")
    parameter_name = "asn"
    help_text = _("ASN, with or without hyphens")
    how_to_write = _("An ASN has nine digits, with or without hyphens: 1234-5678-9.")

    def shown(self):
        asn = asn_in(self.text)
        return asn_text(asn) if asn else self.text

    def found(self, text):
        asn = asn_in(text)
        if asn is None:
            raise ValueError(text)
        return Q(pk__any=list(calls_about([asn])))


class CodeFilter(TypedFilter):
    title = _("rule code")
    parameter_name = "code"
    help_text = _("of a rejection or fault: 44012, 3001")
    how_to_write = _("A rule code has four or five digits, such as 44012 or 3001.")

    def found(self, text):
        if not CODE.fullmatch(text):
            raise ValueError(text)
        return Q(response__codes__contains=[text])

    def narrowed(self, queryset):
        """The condition of the index is added by itself: in one filter it would be written as no
        index has it.
        """
        return super().narrowed(queryset).filter(~Q(response__codes=[]))


TYPED = (
    *(SinceFilter, UntilFilter, ClientFilter, OrganizationFilter, UserFilter, StudentFilter),
    CodeFilter,
)
