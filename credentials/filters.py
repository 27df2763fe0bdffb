"""The parameters of the list of awards."""

from django.utils.functional import cached_property

from credentials.finding import LONGEST_NUMBER, best_matches, find_by_number
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
from students.filters import NAME_HELP, named


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

    @cached_property
    def matches(self) -> dict[int, str]:
        """The awards that the numbers given lead to, each with how it was found. One query."""
        return best_matches(find_by_number(self.given("CredentialNumber") or ()))

    def apply(self, queryset):
        queryset = super().apply(queryset)
        queryset = named(
            queryset, self.given("LastName"), self.given("FirstName"), student="student"
        )
        if self.given("CredentialNumber"):
            queryset = queryset.filter(pk__any=sorted(self.matches))
        return queryset
