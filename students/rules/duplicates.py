"""Rules about students who are in the Core already. What they say to callers of limited access
must never have a number in it.

Similar: a High match of first and last name and birth date. Exact: the same, to the letter but for
case, and the same middle name where one is sent. students.duplicates searches for both.
"""

from django.utils.translation import gettext_lazy as _

from pasi.rules import rejection
from students.facts import Duplicates, IdentityChange, NewStudent
from students.rules.sources import KNOWLEDGE_BASE


@rejection(
    "11401",
    _("Duplicate Student"),
    _(
        "This student seems to exist already. Check these records before you submit again: ASN "
        "{StateProvinceIds}."
    ),
    source=KNOWLEDGE_BASE,
)
def similar_students(student: NewStudent):
    """Normal access, the ministry included: at least one similar student is not acknowledged.
    Names all of those.
    """
    found = student.duplicates
    if found.unseen and not found.has_limited_access:
        yield {"StateProvinceIds": ", ".join(found.unseen)}


@rejection(
    "11402",
    _("Limited Access Authorities Cannot Acknowledge ASNs"),
    _("Your authority may not acknowledge ASNs. Contact Student Records."),
    source=KNOWLEDGE_BASE,
)
def limited_access_acknowledges(student: NewStudent):
    """Limited access: any number is acknowledged, also one that nobody has."""
    found = student.duplicates
    if found.has_limited_access and found.acknowledged:
        yield {}


@rejection(
    "11403",
    _("Student cannot be created"),
    _("You cannot create an ASN for this student. Contact Student Records."),
    source="number: seed document CreateStudent; meaning inferred as the counterpart of 11401",
    certainty="inferred",
    is_essential=True,  # without it limited access would create students twice
)
def limited_access_similar_students(student: NewStudent):
    """Inferred (medium). Limited access: there is a similar student, acknowledged or not."""
    found = student.duplicates
    if found.has_limited_access and found.similar:
        yield {}


@rejection(
    "11404",
    _("Student cannot be created"),
    _(
        "This student already exists with ASN {StateProvinceIds}. Contact Student Records if a "
        "second student with the same name and birth date is needed."
    ),
    source=KNOWLEDGE_BASE,
)
def exact_duplicate(student: NewStudent):
    """Normal access: there is an exact duplicate. O.1 passes by acknowledging all of them."""
    yield from _exact_for_normal_access(student.duplicates)


@rejection(
    "11405",
    _("Student cannot be created"),
    _("You cannot create an ASN for this student. Contact Student Records."),
    source=KNOWLEDGE_BASE,
)
def limited_access_exact_duplicate(student: NewStudent):
    """Limited access: there is an exact duplicate; no exception."""
    yield from _exact_for_limited_access(student.duplicates)


@rejection(
    "11406",
    _("Student cannot be updated"),
    _(
        "A student with this name and birth date already exists with ASN {StateProvinceIds}. "
        "Contact Student Records if a second student with the same name and birth date is needed."
    ),
    source=KNOWLEDGE_BASE + "; that O.1 must acknowledge: inferred from 11404",
)
def becomes_exact_duplicate(change: IdentityChange):
    """Normal access: the new identity makes the student an exact duplicate of another. O.1 passes
    by acknowledging all of them.
    """
    yield from _exact_for_normal_access(change.duplicates)


@rejection(
    "11407",
    _("Student cannot be updated"),
    _("You cannot give this student that name and birth date. Contact Student Records."),
    source=KNOWLEDGE_BASE,
)
def limited_access_becomes_exact_duplicate(change: IdentityChange):
    """Limited access: the new identity makes the student an exact duplicate; no exception."""
    yield from _exact_for_limited_access(change.duplicates)


def _exact_for_normal_access(found: Duplicates):
    if found.has_limited_access or not found.exact:
        return
    if not (found.is_ministry and found.acknowledged.issuperset(found.exact)):
        yield {"StateProvinceIds": ", ".join(found.exact)}


def _exact_for_limited_access(found: Duplicates):
    if found.has_limited_access and found.exact:
        yield {}
