"""The reading side: who reads for whom, what a GET has in common, lists page by page.

Every GET is recorded as one RecordRead. What a caller may not see is absent: 404, never 403.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from audit.models import RecordRead
from pasi import bulk, paging
from pasi.clients import represented
from pasi.faults import Fault, Problem, contract_fault
from pasi.fields import UNSTORABLE
from pasi.filters import CURSOR, CursorText, Parameter, Parameters, integer
from pasi.models import Organization, PasiClient

ORGANIZATION_HEADER = "PASI-Organization-Code"
MOST_ASNS_RECORDED = 100
_CODE = re.compile(r"[SAO]\.[0-9]{1,4}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Reader:
    """A client, and the organizations for which it reads: all of its own, or the one it names.

    An authority stands for its schools; the ministry sees everything.
    """

    client: PasiClient
    organizations: list[Organization] = field(default_factory=list)

    @cached_property
    def is_ministry(self) -> bool:
        return any(each.kind == Organization.Kind.MINISTRY for each in self.organizations)

    @property
    def organization_code(self) -> str:
        """For the record of the read; empty where it is not one organization."""
        return self.organizations[0].code if len(self.organizations) == 1 else ""


def reader_of(client: PasiClient, code: str | None) -> Reader:
    """The reader behind a request; 1008 if the client does not act for the organization `code`."""
    if code is None:
        return Reader(client, list(client.organizations.select_related("authority")))
    organization = represented(client, code) if _CODE.fullmatch(code) else None
    if organization is None:
        raise Fault("1008", {"OrganizationCode": code[:20]})
    return Reader(client, [organization])


@dataclass(frozen=True)
class Found:
    """What a GET answers, and whom it shows."""

    body: Any
    asns: Sequence[str] = ()
    count: int = 1


class ReadingView(APIView, ABC):
    """A GET. Subclasses name the attributes and write find().

    `operation`: its name in the published schema. `roles`: one of them is needed; none = every
    client. `answer`: the serializer that describes the answer (of a list: one item of it).
    """

    http_method_names = ("get", "head")
    operation: str
    roles: frozenset[str] = frozenset()
    parameters: type[Parameters] = Parameters
    answer: type[serializers.Serializer]

    @abstractmethod
    def find(self, given: Parameters, **path: str) -> Found:
        """What the address stands for. Http404 for what is absent or not to be seen."""

    def queryset(self) -> QuerySet:
        """All records of a list, before filters and visibility; none for other addresses."""
        return RecordRead.objects.none()

    def get_view_name(self) -> str:
        return self.operation

    def initial(self, request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        self.reader = reader_of(request.auth.application, request.headers.get(ORGANIZATION_HEADER))

    def get(self, request, **path: str) -> Response:
        given = self.read_parameters()
        try:
            if any(UNSTORABLE.search(value) for value in path.values()):
                raise Http404
            found = self.find(given, **path)
        except Http404:
            self._record(Found(None, count=0))
            raise
        self._record(found)
        return Response(found.body, headers={"Cache-Control": "no-store"})

    def read_parameters(self) -> Parameters:
        """The query parameters; 3001 naming each that is unknown, repeated or wrong."""
        query = self.request.query_params
        given = self.parameters(query, queryset=self.queryset())
        problems = []
        for name in query:
            if name not in given.filters:
                shown = UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", name)[:100]
                problems.append(Problem(shown, _("is not a parameter of this address")))
            elif len(query.getlist(name)) > 1:
                problems.append(Problem(name, _("may be given once; commas separate values")))
        problems += given.problems()
        if problems:
            raise contract_fault(*problems)
        return given

    def _record(self, found: Found) -> None:
        filters = {name[:100]: value[:500] for name, value in self.request.query_params.items()}
        RecordRead.objects.create(
            message_id=self.request._request.message_id,
            client=self.reader.client,
            organization_code=self.reader.organization_code,
            path=UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", self.request.path)[:200],
            filters=filters,
            state_province_ids=list(dict.fromkeys(found.asns))[:MOST_ASNS_RECORDED],
            count=found.count,
        )


# --- Lists --------------------------------------------------------------------------------------


class PageParameters(Parameters):
    """What every list takes besides its filters."""

    PageSize = Parameter(
        integer(1, paging.LARGEST_SIZE),
        several=False,
        help_text=f"Results on a page; {paging.DEFAULT_SIZE} where it is not given.",
    )
    Cursor = Parameter(
        CURSOR,
        several=False,
        help_text="Where the page begins: part of the links next and previous.",
    )

    @property
    def size(self) -> int:
        [size] = self.given("PageSize") or [paging.DEFAULT_SIZE]
        return size

    @property
    def cursor(self) -> paging.Cursor | None:
        text = self.given("Cursor")
        return paging.Cursor.read(text[0]) if text else None


class ListView(ReadingView):
    """A list by cursor: {next, previous, results}. Subclasses write page() and results()."""

    parameters: type[PageParameters] = PageParameters

    @abstractmethod
    def page(self, given: PageParameters) -> paging.Page:
        """One page of what the reader may see."""

    @abstractmethod
    def results(self, rows: list, given: PageParameters) -> list[dict]:
        """The rows of the page as the answer shows them."""

    def asns(self, results: list[dict]) -> list[str]:
        """The students shown, for the record of the read."""
        return [each["StateProvinceId"] for each in results if "StateProvinceId" in each]

    def find(self, given: PageParameters, **path: str) -> Found:
        try:
            page = self.page(given)
        except paging.BadCursor:
            raise contract_fault(Problem("Cursor", str(CursorText.what))) from None
        results = self.results(page.rows, given)
        body = {
            "next": self._link(page.after),
            "previous": self._link(page.before),
            "results": results,
        }
        return Found(body, self.asns(results), len(results))

    def _link(self, cursor: paging.Cursor | None) -> str | None:
        if cursor is None:
            return None
        here = self.request.build_absolute_uri()
        return replace_query_param(here, "Cursor", cursor.written())


class RecordListView(ListView):
    """A list of database records, ordered by `key`: fields that together are unique.

    The keys of the page are found first, on indexes alone, then its records are read: a fixed
    number of queries, whatever the page and the filters.
    """

    key: tuple[str, ...]
    descending = False

    def visible(self, queryset: QuerySet) -> QuerySet:
        """The part of `queryset` that the reader may see."""
        return queryset

    def page(self, given: PageParameters) -> paging.Page:
        found = given.apply(self.queryset())
        key = self.key
        if given.given("ChangedSinceVersion"):
            # Read before the rows, in a statement of its own: what is still being written below
            # this version could come to light only after we have passed it.
            found = found.filter(version__lte=bulk.visible_version())
            key = ("version", *self.key)
        return paging.page_of_records(
            self.visible(found), key, given.cursor, given.size, descending=self.descending
        )


def in_order(keys: Sequence[Hashable], rows: Iterable[dict], name: str = "pk") -> list[dict]:
    """`rows` in the order of their keys; one that vanished meanwhile is left out."""
    by_key = {row[name]: row for row in rows}
    return [by_key[key] for key in keys if key in by_key]
