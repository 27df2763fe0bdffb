"""Rules about the student that a request names and the caller's organization.

Facts: anything with an `access` (students.facts.StudentAccess).
"""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from pasi.rules import rejection
from students.facts import StudentAccess
from students.rules.sources import KNOWLEDGE_BASE


class NamesStudent(Protocol):
    """The facts of a request that names a student."""

    @property
    def access(self) -> StudentAccess: ...


@rejection(
    "9002",
    _("Invalid ASN"),
    _(
        "Alberta Student Number {StateProvinceId} was not found or you do not have access to it. "
        "Check the number."
    ),
    source=KNOWLEDGE_BASE,
)
def invalid_asn(facts: NamesStudent):
    """No student has the number, or the caller's access is limited and its association too weak.
    The answer does not tell which.
    """
    if not facts.access.is_accessible:
        yield {"StateProvinceId": facts.access.asn}


@rejection(
    "9011",
    _("Secondary ASN"),
    _(
        "{SecondaryASN} has been linked to {PrimaryASN}; send the request for {PrimaryASN}.",
    ),
    source=KNOWLEDGE_BASE,
)
def secondary_asn(facts: NamesStudent):
    """A secondary number is changed by ministry organizations (O.n) only."""
    access = facts.access
    if access.primary_asn and not access.is_ministry:
        yield {"SecondaryASN": access.asn, "PrimaryASN": access.primary_asn}


@rejection(
    "9065",
    _("Organization May Not Change Student Information"),
    _("Your organization may not change the information of student {StateProvinceId}."),
    source="number: seed document SubmitName; title and meaning inferred from rule 9010",
    certainty="inferred",
    is_essential=True,  # without it any organization could change any student
)
def may_not_change(facts: NamesStudent):
    """Inferred (medium). Neither associated By Last School Enrolment or better nor the student's
    record custodian: students.associations.may_change.
    """
    if not facts.access.may_change:
        yield {"StateProvinceId": facts.access.asn}
