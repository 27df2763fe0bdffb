"""Credentials to review: what awarding, ordering and calculating have left for a person to look at.

The lists are read in the order of an index, the newest first; nothing is counted for them. Where
what is looked for is rare, a page ends after a fixed number of rows that were looked at and says
where it stopped, so no page costs more with millions of students. Students whose recalculation is
outstanding are left out.
Source of the kinds: PASI knowledge base; their conditions: inferred.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from audit.models import ServiceCall
from credentials.models import AwardedCredential, DocumentOrderItem, RequirementSetStatus
from enrolments.models import SchoolEnrolment, TranscriptRecord, TranscriptTrigger
from enrolments.processors import processed_up_to
from enrolments.waiting import outstanding

Status = RequirementSetStatus.Status
PAGE_SIZE = 50
LOOKED_AT = 100_000  # rows for one page, at most


@dataclass(frozen=True)
class Kind:
    """`rows`: all there are; `among`: the rows that are looked at for them. `order`: two columns
    whose index both are read by, the greatest first; they name a place in it. `credential_type`:
    the column that has it.
    """

    title: Any
    what_it_is: Any
    rows: Callable[[], QuerySet]
    among: Callable[[], QuerySet]
    order: tuple[str, str]
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
    awards = _not_deleted().annotate(person=person)
    return awards.filter(~_being_recalculated("person")).select_related("student__legal_name")


def _not_deleted() -> QuerySet:
    return AwardedCredential.objects.filter(is_deleted=False)


def _achieved() -> QuerySet:
    return RequirementSetStatus.objects.filter(status=Status.ACHIEVED)


def _to_be_assessed() -> QuerySet:
    return RequirementSetStatus.objects.filter(status=Status.TO_BE_ASSESSED)


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
        _achieved,
        ("student", "requirement_set"),
        "requirement_set__credential_type",
    ),
    "awarded-not-ordered": Kind(
        _("Awarded but not ordered"),
        _("Credentials whose document was never ordered, or whose order was cancelled."),
        _awarded_not_ordered,
        _not_deleted,
        ("awarded_on", "pk"),
        "credential_type",
    ),
    "awarded-no-longer-achieved": Kind(
        _("Awarded but no longer achieved"),
        _("Credentials whose requirements the student does not meet any more."),
        _awarded_no_longer_achieved,
        _not_deleted,
        ("student", "credential_type"),
        "credential_type",
    ),
    "not-awarded-needs-review": Kind(
        _("Not awarded and needs review"),
        _("Students who lack nothing but what a person has to assess."),
        _not_awarded_needs_review,
        _to_be_assessed,
        ("student", "requirement_set"),
        "requirement_set__credential_type",
    ),
}


def counts() -> dict[str, int]:
    """How many there are of each kind; two queries each. Takes seconds in a large province: for the
    figures that a worker keeps, not for a page.
    """
    return {kind: of.rows().count() for kind, of in KINDS.items()}


def found(
    kind: str, *, credential_type: str = "", enrolled_in: int | None = None
) -> QuerySet[Model]:
    """The rows of a kind, the latest first: only of a credential type, only of students enrolled in
    a school year.
    """
    of = KINDS[kind]
    rows = of.rows()
    if credential_type:
        rows = rows.filter(**{of.credential_type: credential_type})
    if enrolled_in is not None:
        enrolments = SchoolEnrolment.objects.filter(
            student=OuterRef("student"), school_year=enrolled_in, is_deleted=False
        )
        rows = rows.filter(Exists(enrolments))
    return rows.order_by(*(f"-{column}" for column in of.order))


Place = tuple[Any, Any]  # the values of the two columns of Kind.order


@dataclass(frozen=True)
class Page:
    """`following`: where the next page starts, if anything is left to be looked at.
    `looked_at`: how many rows were, where that is why the page ended.
    """

    rows: list[Any]
    following: Place | None
    looked_at: int | None = None


def page(kind: str, rows: QuerySet, after: Place | None = None) -> Page:
    """The rows after a place. Two queries."""
    of = KINDS[kind]
    first, second = of.order
    among = _after(of.among().order_by(*(f"-{column}" for column in of.order)), of, after)
    [stop] = among.values_list(first, flat=True)[LOOKED_AT : LOOKED_AT + 1] or [None]
    rows = _after(rows, of, after)
    if stop is not None:
        rows = rows.filter(**{f"{first}__gte": stop})
    shown = list(rows[: PAGE_SIZE + 1])
    if len(shown) > PAGE_SIZE:
        shown = shown[:PAGE_SIZE]
        return Page(shown, tuple(getattr(shown[-1], _attribute(shown[-1], c)) for c in of.order))
    if stop is not None:
        # All that stands at `stop` was looked at: nothing is less than the least.
        return Page(shown, (stop, 0 if second == "pk" else ""), LOOKED_AT)
    return Page(shown, None)


def _after(rows: QuerySet, of: Kind, place: Place | None) -> QuerySet:
    if place is None:
        return rows
    first, second = of.order
    # The first condition bounds the index; the second is about rows at the same place of it.
    return rows.filter(
        Q(**{f"{first}__lte": place[0]}),
        Q(**{f"{first}__lt": place[0]}) | Q(**{f"{second}__lt": place[1]}),
    )


def _attribute(row: Model, name: str) -> str:
    return "pk" if name == "pk" else row._meta.get_field(name).attname
