"""Credentials to review: what awarding, ordering and calculating have left for a person to look at.

A worker keeps which they are, together with the figures of the start page: to look for them takes
seconds in a large province. A list shows those that still are, so what was done since is left out
at once, and what is new comes with the next count. Students whose recalculation is outstanding are
left out. Source of the kinds: PASI knowledge base; their conditions: inferred.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from audit.models import ServiceCall
from credentials.models import (
    AwardedCredential,
    DocumentOrderItem,
    RequirementSetStatus,
    ReviewCandidate,
)
from enrolments.models import SchoolEnrolment, TranscriptRecord, TranscriptTrigger
from enrolments.processors import processed_up_to
from enrolments.waiting import outstanding
from pasi import bulk

Status = RequirementSetStatus.Status
PAGE_SIZE = 50


@dataclass(frozen=True)
class Kind:
    """`rows`: all there are now. `credential_type`: the column that has it."""

    title: Any
    what_it_is: Any
    rows: Callable[[], QuerySet]
    credential_type: str


def _not_awarded(status: str) -> QuerySet:
    """Rows of a status whose credential is awarded under no linked number: one for each student and
    credential type, whichever of its sets it is.
    """
    awarded = AwardedCredential.objects.filter(
        credential_type=OuterRef("requirement_set__credential_type"), is_deleted=False
    )
    same = RequirementSetStatus.objects.filter(
        student=OuterRef("student"),
        requirement_set__credential_type=OuterRef("requirement_set__credential_type"),
        status=status,
        requirement_set__gt=OuterRef("requirement_set"),
    )
    # Two conditions instead of one with OR: each is answered by an index.
    return RequirementSetStatus.objects.filter(
        ~Exists(awarded.filter(student=OuterRef("student"))),
        ~Exists(awarded.filter(student__primary=OuterRef("student"))),
        ~Exists(same),
        ~_being_recalculated("student"),
        status=status,
    ).select_related("student__legal_name", "requirement_set")


def _achieved_not_awarded() -> QuerySet:
    return _not_awarded(Status.ACHIEVED)


def _not_awarded_needs_review() -> QuerySet:
    return _not_awarded(Status.TO_BE_ASSESSED)


def _awarded_not_ordered() -> QuerySet:
    """Without an order for the number that they have now; a cancelled one is none. Documents of
    legacy credentials are only reprinted (44018), so they are left out.
    """
    ordered = DocumentOrderItem.objects.filter(number=OuterRef("number")).exclude(
        status=DocumentOrderItem.Status.CANCELLED
    )
    imported = AwardedCredential.history.filter(
        id=OuterRef("pk"),
        version=OuterRef("version"),
        call__operation=ServiceCall.IMPORT_RECORDS,
    )
    return _active_awards().filter(
        ~Exists(ordered),
        ~Exists(imported),
        legacy_number="",
    )


def _awarded_no_longer_achieved() -> QuerySet:
    """The student has a set of the credential, and none that is achieved. Where nothing was ever
    worked out, as for old awards, nothing is said.
    """
    of_type = RequirementSetStatus.objects.filter(
        student=OuterRef("person"), requirement_set__credential_type=OuterRef("credential_type")
    )
    return _active_awards().filter(
        ~Exists(of_type.filter(status=Status.ACHIEVED)),
        Exists(of_type.filter(status__in=(Status.NOT_ACHIEVED, Status.NOT_ASSESSING))),
    )


def _active_awards() -> QuerySet:
    """With `person`, the student behind the number: requirement sets are that one's."""
    person = Coalesce("student__primary", "student")
    awards = AwardedCredential.objects.filter(is_deleted=False).annotate(person=person)
    return awards.filter(~_being_recalculated("person")).select_related("student__legal_name")


def _being_recalculated(student: str) -> Exists:
    """Whether the Transcript processor has yet to come up to a student. Only new triggers count."""
    new = TranscriptTrigger.objects.filter(version__gt=processed_up_to("Transcript"))
    return Exists(outstanding(new, TranscriptRecord).filter(student=OuterRef(student)))


# In the order of the screens, under the names that the address of the list knows them by.
KINDS: dict[str, Kind] = {
    "achieved-not-awarded": Kind(
        _("Achieved but not awarded"),
        _("Students who have achieved a credential that nobody has awarded to them."),
        _achieved_not_awarded,
        "requirement_set__credential_type",
    ),
    "awarded-not-ordered": Kind(
        _("Awarded but not ordered"),
        _("Credentials whose document was never ordered, or whose order was cancelled."),
        _awarded_not_ordered,
        "credential_type",
    ),
    "awarded-no-longer-achieved": Kind(
        _("Awarded but no longer achieved"),
        _("Credentials whose requirements the student does not meet any more."),
        _awarded_no_longer_achieved,
        "credential_type",
    ),
    "not-awarded-needs-review": Kind(
        _("Not awarded and needs review"),
        _("Students who lack nothing but what a person has to assess."),
        _not_awarded_needs_review,
        "requirement_set__credential_type",
    ),
}


def keep() -> dict[str, int]:
    """Bring what is kept of each kind up to date; how many there are. One statement and one query
    each; nothing is written where nothing has changed. The caller sees to it that no other does the
    same meanwhile.
    """
    counts = {}
    for kind, of in KINDS.items():
        wanted = of.rows().select_related(None).values_list("pk", of.credential_type)
        bulk.keep_rows(ReviewCandidate, ("kind", kind), ("record", "credential_type"), wanted)
        counts[kind] = ReviewCandidate.objects.filter(kind=kind).count()
    return counts


def found(
    kind: str, *, credential_type: str = "", enrolled_in: int | None = None
) -> QuerySet[Model]:
    """The rows of a kind, the latest first: only of a credential type, only of students enrolled in
    a school year.
    """
    kept = ReviewCandidate.objects.filter(kind=kind)
    if credential_type:
        kept = kept.filter(credential_type=credential_type)
    rows = KINDS[kind].rows().filter(pk__in=kept.values("record"))
    if enrolled_in is not None:
        enrolments = SchoolEnrolment.objects.filter(
            student=OuterRef("student"), school_year=enrolled_in, is_deleted=False
        )
        rows = rows.filter(Exists(enrolments))
    return rows.order_by("-pk")


@dataclass(frozen=True)
class Page:
    """`following`: the key after which the next page starts, if there is more."""

    rows: list[Any]
    following: int | None


def page(rows: QuerySet, after: int | None = None) -> Page:
    """The rows after a key. One query."""
    if after is not None:
        rows = rows.filter(pk__lt=after)
    shown = list(rows[: PAGE_SIZE + 1])
    more = len(shown) > PAGE_SIZE
    shown = shown[:PAGE_SIZE]
    return Page(shown, shown[-1].pk if more else None)
