"""Finding awards: by every number they ever had, and by the parameters of their list."""

from django.db.models import Q

from credentials.credential_numbers import HIGHEST_NUMBER, WRITTEN
from credentials.models import ArchivedCredential, AwardedCredential
from credentials.serializers import ARCHIVED, ARCHIVED_LEGACY, CURRENT, LEGACY, MATCHES
from pasi.fields import TextField
from pasi.filters import (
    ASN,
    BOOLEAN,
    DAY,
    NAME,
    SCHOOL_YEAR,
    ChangedSince,
    Kind,
    Parameter,
    text,
)
from pasi.reading import PageParameters
from pasi.text_search import matching
from students.filters import NAME_HELP, named

LONGEST_NUMBER = 14  # characters; legacy numbers are the longest


def found_by_number(texts: list[str]) -> dict[int, str]:
    """Keys of the awards that any of `texts` is a number of, each with how it was found.

    A text is a credential number (XXXXX-XXXXX or ten digits) or a legacy number, current or
    archived. Two queries.
    """
    numbers = {
        int(digits)
        for written in texts
        if WRITTEN.fullmatch(written) and int(digits := written.replace("-", "")) <= HIGHEST_NUMBER
    }
    wanted = Q(number__in=numbers) | (matching("legacy_number", texts) & ~Q(legacy_number=""))
    ways: dict[int, str] = {}

    def note(award: int, way: str) -> None:
        if award not in ways or MATCHES.index(way) < MATCHES.index(ways[award]):
            ways[award] = way

    for award, number in AwardedCredential.objects.filter(wanted).values_list("pk", "number_id"):
        note(award, CURRENT if number in numbers else LEGACY)
    for award, number in ArchivedCredential.objects.filter(wanted).values_list(
        "award_id", "number_id"
    ):
        note(award, ARCHIVED if number in numbers else ARCHIVED_LEGACY)
    return ways


class CredentialParameters(PageParameters):
    CredentialNumber = Parameter(
        text(max_length=LONGEST_NUMBER),
        help_text=(
            "XXXXX-XXXXX, ten digits, or a legacy number; current and former numbers are searched. "
            "MatchedBy says how each result was found."
        ),
    )
    CredentialType = Parameter(Kind(TextField(max_length=4), str.upper), "credential_type")
    StateProvinceId = Parameter(ASN, "student__asn")
    SchoolYear = Parameter(SCHOOL_YEAR, "school_year")
    LastName = Parameter(NAME, help_text=NAME_HELP)
    FirstName = Parameter(NAME, help_text=NAME_HELP)
    AwardedOnDate = Parameter(DAY, "awarded_on")
    IsDeleted = Parameter(BOOLEAN, "is_deleted", several=False)
    ChangedSinceVersion = ChangedSince()

    def apply(self, queryset):
        queryset = super().apply(queryset)
        queryset = named(
            queryset, self.given("LastName"), self.given("FirstName"), student="student"
        )
        if numbers := self.given("CredentialNumber"):
            queryset = queryset.filter(pk__any=sorted(found_by_number(numbers)))
        return queryset
