"""Which documents are to be ordered at once: the active awards that criteria name, and what would
become of each.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from credentials.document_orders import AwardToOrder, load_awards
from credentials.models import AwardedCredential, AwardingOutcome
from credentials.rules.document_orders import ORDER_STAGES
from credentials.selection import most_current_schools, schools_of
from pasi.calendar import business_today
from pasi.models import Organization
from pasi.rules import Rejection, first_failing_stage

MOST_DOCUMENTS = 50_000


@dataclass(frozen=True)
class Criteria:
    """All of them must hold; None or empty is no criterion. `organization`: a school or authority
    that holds the student's most current enrolment.
    """

    run: int | None = None
    credential_types: tuple[str, ...] = ()
    school_year: int | None = None
    awarded_from: datetime.date | None = None
    awarded_to: datetime.date | None = None
    organization: Organization | None = None

    def as_json(self) -> dict[str, Any]:
        """What the record of the call says of the choice."""
        chosen = {
            "Run": self.run,
            "CredentialTypes": list(self.credential_types),
            "SchoolYear": self.school_year,
            "AwardedFrom": self.awarded_from and self.awarded_from.isoformat(),
            "AwardedTo": self.awarded_to and self.awarded_to.isoformat(),
            "Organization": self.organization and self.organization.code,
        }
        return {name: value for name, value in chosen.items() if value}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An award that was chosen, and why its document cannot be ordered, if so."""

    number: int
    asn: str
    name: str
    credential_type: str
    school_year: int
    refused: Rejection | None = None


@dataclass(frozen=True)
class Selection:
    """`is_cut`: there are more than are ordered at once; the first are here."""

    candidates: tuple[Candidate, ...]
    is_cut: bool = False

    @property
    def to_order(self) -> list[Candidate]:
        return [each for each in self.candidates if each.refused is None]

    @property
    def refused(self) -> list[Candidate]:
        return [each for each in self.candidates if each.refused is not None]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why not, and how many, the commonest first."""
        return Counter(each.refused.code for each in self.refused).most_common()


def select(criteria: Criteria) -> Selection:
    """The awards in the order of their numbers' award, with what decides about each. A fixed number
    of queries.
    """
    awards = AwardedCredential.objects.filter(is_deleted=False)
    if criteria.run is not None:
        outcomes = AwardingOutcome.objects.filter(run=criteria.run, credential_number__gt=0)
        awards = awards.filter(number__in=outcomes.values("credential_number"))
    if criteria.credential_types:
        awards = awards.filter(credential_type__in=criteria.credential_types)
    if criteria.school_year is not None:
        awards = awards.filter(school_year=criteria.school_year)
    if criteria.awarded_from is not None:
        awards = awards.filter(awarded_on__gte=criteria.awarded_from)
    if criteria.awarded_to is not None:
        awards = awards.filter(awarded_on__lte=criteria.awarded_to)
    rows = list(
        awards.order_by("awarded_on", "pk").values_list(
            *("number", "student__asn", "first_name", "middle_name", "last_name", "suffix"),
            *("credential_type", "school_year"),
        )[: MOST_DOCUMENTS + 1]
    )
    is_cut, rows = len(rows) > MOST_DOCUMENTS, rows[:MOST_DOCUMENTS]
    if criteria.organization is not None:
        schools = schools_of(criteria.organization)
        current = most_current_schools([row[1] for row in rows], today=business_today())
        rows = [row for row in rows if current.get(row[1]) in schools]
    facts = load_awards([row[0] for row in rows])
    found = tuple(
        Candidate(number, asn, " ".join(filter(None, name)), kind, year, _why_not(facts[number]))
        for number, asn, *name, kind, year in rows
    )
    return Selection(found, is_cut)


def _why_not(award: AwardToOrder) -> Rejection | None:
    return next(iter(first_failing_stage(ORDER_STAGES, award)), None)
