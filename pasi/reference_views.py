"""Reading what every client may: code values, organizations, the rule catalogue, itself."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from pasi import catalogue
from pasi.catalogue import Entry
from pasi.fields import INT16, BooleanField, DayField, IntegerField, TextField
from pasi.filters import BOOLEAN, Parameter, TextParameter, one_of, text
from pasi.models import Code, Organization, Role
from pasi.operations import SERVICES
from pasi.paging import Page, page_of_items
from pasi.reading import Found, ListView, PageParameters, ReadingView, RecordListView, in_order


def _school_year(**options) -> IntegerField:
    return IntegerField(lowest=0, highest=INT16[1], allow_null=True, **options)


# --- Code values --------------------------------------------------------------------------------


class CodeSerializer(serializers.Serializer):
    """One value of a code list."""

    CodeType = TextField()
    Code = TextField()
    ShortName = TextField()
    LongName = TextField(allow_null=True)
    EffectiveSchoolYear = _school_year(help_text="First school year in effect; null = always.")
    ExpirySchoolYear = _school_year(help_text="Last school year in effect; null = no end.")


class CodeParameters(PageParameters):
    CodeType = TextParameter(text(max_length=40), "code_type")
    Code = TextParameter(text(max_length=60), "code")


class CodeListView(RecordListView):
    """Code values, by type and code."""

    operation = "ListCodes"
    parameters = CodeParameters
    answer = CodeSerializer
    key = ("code_type", "code")

    def queryset(self) -> QuerySet:
        return Code.objects.all()

    def results(self, rows: list, given: CodeParameters) -> list[dict]:
        found = Code.objects.filter(pk__any=rows).values()
        return [
            {
                "CodeType": row["code_type"],
                "Code": row["code"],
                "ShortName": row["short_name"],
                "LongName": row["long_name"] or None,
                "EffectiveSchoolYear": row["effective_school_year"],
                "ExpirySchoolYear": row["expiry_school_year"],
            }
            for row in in_order(rows, found, "id")
        ]


# --- Organizations ------------------------------------------------------------------------------


class OrganizationSerializer(serializers.Serializer):
    """The ministry, a school authority or a school."""

    OrganizationCode = TextField(help_text="O.n, A.nnnn or S.nnnn.")
    Name = TextField()
    Kind = serializers.ChoiceField(Organization.Kind.values)
    AuthorityCode = TextField(allow_null=True, help_text="Of a school: the authority it is under.")
    Classification = TextField(allow_null=True)
    City = TextField(allow_null=True)
    OpenedOn = DayField(allow_null=True)
    ClosedOn = DayField(allow_null=True)
    Access = serializers.ChoiceField(
        Organization.Access.values,
        help_text="Its own; a stricter access of its authority counts for it as well.",
    )


class OrganizationParameters(PageParameters):
    OrganizationCode = TextParameter(text(max_length=6), "code")
    Name = TextParameter(text(max_length=150), "name")
    Kind = Parameter(one_of(*Organization.Kind.values), "kind")
    AuthorityCode = TextParameter(text(max_length=6), "authority__code")
    Classification = TextParameter(text(max_length=40), "classification")
    City = TextParameter(text(max_length=60), "city")
    Access = Parameter(one_of(*Organization.Access.values), "access")


class OrganizationListView(RecordListView):
    """Organizations, by code."""

    operation = "ListOrganizations"
    parameters = OrganizationParameters
    answer = OrganizationSerializer
    key = ("code",)

    def queryset(self) -> QuerySet:
        return Organization.objects.all()

    def results(self, rows: list, given: OrganizationParameters) -> list[dict]:
        found = Organization.objects.filter(pk__any=rows).values(
            "pk",
            "code",
            "name",
            "kind",
            "authority__code",
            "classification",
            "city",
            "opened_on",
            "closed_on",
            "access",
        )
        return [_organization_json(row) for row in in_order(rows, found)]


def _organization_json(row: dict[str, Any]) -> dict[str, Any]:
    opened, closed = row["opened_on"], row["closed_on"]
    return {
        "OrganizationCode": row["code"],
        "Name": row["name"],
        "Kind": row["kind"],
        "AuthorityCode": row["authority__code"],
        "Classification": row["classification"] or None,
        "City": row["city"] or None,
        "OpenedOn": opened.isoformat() if opened else None,
        "ClosedOn": closed.isoformat() if closed else None,
        "Access": row["access"],
    }


# --- The catalogue ------------------------------------------------------------------------------


class RuleSerializer(serializers.Serializer):
    """One rule or fault: its code, what it means, and how sure that is."""

    Code = TextField()
    Title = TextField()
    Type = serializers.ChoiceField(
        catalogue.TYPES,
        help_text="A Fault replaces the response; a Rejection stands in it; Advice and Warning "
        "are found later, on what is stored.",
    )
    Services = serializers.ListField(child=TextField(), help_text="Operations that judge it.")
    Source = TextField()
    Certainty = serializers.ChoiceField(catalogue.CERTAINTIES)
    Message = TextField(allow_null=True, help_text="The wording may improve.")
    Placeholders = serializers.ListField(
        child=TextField(), help_text="Names in braces in the message. They are the contract."
    )
    FromSchoolYear = _school_year(help_text="First school year it applies to; null = all.")
    ToSchoolYear = _school_year(help_text="Last school year it applies to; null = no end.")
    IsRaised = BooleanField(help_text="false: this system never answers it.")


class EntryParameter(Parameter):
    """A parameter of the catalogue, which is in memory."""

    def filter(self, entries: list[Entry], value: list | None) -> list[Entry]:
        if value is None:
            return entries
        return [entry for entry in entries if set(self._values(entry)) & set(value)]

    def _values(self, entry: Entry) -> tuple:
        found = getattr(entry, self.field_name)
        return found if isinstance(found, tuple) else (found,)


class RuleParameters(PageParameters):
    Code = EntryParameter(text(max_length=10), "code")
    Type = EntryParameter(one_of(*catalogue.TYPES), "kind")
    Services = EntryParameter(text(max_length=80), "services")
    Certainty = EntryParameter(one_of(*catalogue.CERTAINTIES), "certainty")
    IsRaised = EntryParameter(BOOLEAN, "is_raised", several=False)


class RuleListView(ListView):
    """The catalogue of rules and faults, by code."""

    operation = "ListRules"
    parameters = RuleParameters
    answer = RuleSerializer

    def page(self, given: RuleParameters) -> Page:
        entries = given.apply(catalogue.entries())
        return page_of_items(entries, lambda entry: entry.code, given.cursor, given.size)

    def results(self, rows: list[Entry], given: RuleParameters) -> list[dict]:
        return [
            {
                "Code": entry.code,
                "Title": entry.title,
                "Type": entry.kind,
                "Services": list(entry.services),
                "Source": entry.source,
                "Certainty": entry.certainty,
                "Message": entry.message or None,
                "Placeholders": list(entry.placeholders),
                "FromSchoolYear": entry.from_school_year,
                "ToSchoolYear": entry.to_school_year,
                "IsRaised": entry.is_raised,
            }
            for entry in rows
        ]


# --- The client itself --------------------------------------------------------------------------


class ClientSerializer(serializers.Serializer):
    """What the client of this token may do."""

    Name = TextField()
    Organizations = serializers.ListField(
        child=TextField(),
        help_text="Codes of the organizations it acts for; an authority stands for its schools.",
    )
    Roles = serializers.ListField(child=serializers.ChoiceField(Role.values))
    Services = serializers.ListField(
        child=TextField(), help_text="Operations that its roles and organizations allow."
    )


class ClientView(ReadingView):
    """The client of this token: for whom it acts and what it may do."""

    operation = "ReadClient"
    answer = ClientSerializer

    def find(self, given) -> Found:
        reader = self.reader
        return Found(
            {
                "Name": reader.client.name,
                "Organizations": sorted(each.code for each in reader.organizations),
                "Roles": sorted(reader.client.roles),
                "Services": [
                    service.operation
                    for service in SERVICES
                    if service.roles.intersection(reader.client.roles)
                    and (reader.is_ministry or not service.ministry_only)
                ],
            }
        )
