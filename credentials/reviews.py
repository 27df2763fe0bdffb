"""Credentials to review: what awarding, ordering and calculating have left for a person to look at.

A worker keeps which they are, together with the figures of the start page: to look for them takes
seconds in a large province. A list is read in the order of an index from what was kept, and shows
those that still are: what was done since is left out at once, and what is new comes with the next
count. Students whose recalculation is outstanding are left out. Source of the kinds: PASI knowledge
base; their conditions: inferred.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Expression, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, ExtractDay, ExtractMonth, ExtractYear
from django.utils.translation import gettext_lazy as _

from credentials.document_orders import is_imported, is_ordered
from credentials.models import AwardedCredential, RequirementSetStatus, ReviewCandidate
from enrolments.models import SchoolEnrolment, TranscriptRecord, TranscriptTrigger
from enrolments.processors import processed_up_to
from enrolments.waiting import outstanding
from pasi import bulk

Status = RequirementSetStatus.Status
PAGE_SIZE = 50
# Of how many that were kept the records are looked at for one page: so many, and where those are
# too few that are to be reviewed still, so many more. Then the page ends, however short it is.
LOOKS = (PAGE_SIZE + 1, 1_000, 4_000)
AT_ONCE = 2_000  # rows of a CSV file


@dataclass(frozen=True)
class Kind:
    """`rows`: all there are now. `credential_type`: the column that has it. `rank`: a number of
    each, the greatest first in the list; after it the key counts.
    """

    title: Any
    what_it_is: Any
    rows: Callable[[], QuerySet]
    credential_type: str
    rank: Expression


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
    return _active_awards().filter(~is_ordered(), ~is_imported(), legacy_number="")


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


# 2026-07-31 as 20260731. Not the key: an old award that is imported today has a new one.
_DAY_OF_AWARD = (
    ExtractYear("awarded_on") * 10_000 + ExtractMonth("awarded_on") * 100 + ExtractDay("awarded_on")
)

AWARDED_NOT_ORDERED = "awarded-not-ordered"

# In the order of the screens, under the names that the address of the list knows them by.
KINDS: dict[str, Kind] = {
    "achieved-not-awarded": Kind(
        _("Achieved but not awarded"),
        _("Students who have achieved a credential that nobody has awarded to them."),
        _achieved_not_awarded,
        "requirement_set__credential_type",
        F("pk"),
    ),
    AWARDED_NOT_ORDERED: Kind(
        _("Awarded but not ordered"),
        _("Credentials whose document was never ordered, or whose order was cancelled."),
        _awarded_not_ordered,
        "credential_type",
        _DAY_OF_AWARD,
    ),
    "awarded-no-longer-achieved": Kind(
        _("Awarded but no longer achieved"),
        _("Credentials whose requirements the student does not meet any more."),
        _awarded_no_longer_achieved,
        "credential_type",
        _DAY_OF_AWARD,
    ),
    "not-awarded-needs-review": Kind(
        _("Not awarded and needs review"),
        _("Students who lack nothing but what a person has to assess."),
        _not_awarded_needs_review,
        "requirement_set__credential_type",
        F("pk"),
    ),
}


def keep() -> dict[str, int]:
    """Bring what is kept of each kind up to date; how many there are. Six statements each at most;
    nothing is written where nothing has changed. The caller sees to it that no other does the same
    meanwhile.
    """
    counts = {}
    for kind, of in KINDS.items():
        wanted = of.rows().select_related(None).values_list("pk", of.rank, of.credential_type)
        columns = ("record", "rank", "credential_type")
        counts[kind] = bulk.keep_rows(ReviewCandidate, ("kind", kind), columns, wanted)
    return counts


# --- The lists ----------------------------------------------------------------------------------

Place = tuple[int, int]  # in a list: rank and key


@dataclass(frozen=True)
class Sought:
    """What a list is narrowed to: a credential type, students enrolled in a school year."""

    kind: str
    credential_type: str = ""
    enrolled_in: int | None = None


@dataclass(frozen=True)
class Page:
    """`following`: after which place the next page starts, if anything is left to look at."""

    rows: list[Any]
    following: Place | None


def page(sought: Sought, after: Place | None = None) -> Page:
    """The rows after a place, in the order of the list. Two queries where all that was kept is to
    be reviewed still; two for each of LOOKS at most.
    """
    shown: list[tuple[Place, Any]] = []
    for many in LOOKS:
        places = _places(sought, after, many)
        shown += _still(sought, places)
        if len(shown) > PAGE_SIZE:
            shown = shown[:PAGE_SIZE]
            after, _row = shown[-1]
            break
        if len(places) < many:
            after = None
            break
        after = places[-1]
    return Page([row for _place, row in shown], after)


def numbers_of_all(sought: Sought, most: int) -> dict[int, str]:
    """Key -> ASN of the first `most` rows, in the order of the list."""
    found: dict[int, str] = {}
    after = None
    while len(found) < most:
        places = _places(sought, after, AT_ONCE)
        keys = [key for _rank, key in places]
        asns = dict(_of(sought, keys).values_list("pk", "student__asn"))
        found |= {key: asns[key] for key in keys if key in asns}
        if len(places) < AT_ONCE:
            break
        after = places[-1]
    return dict(list(found.items())[:most])


def rows_of(sought: Sought, keys: list[int]) -> Iterator[Any]:
    """The rows with these keys, as many at once that memory does not grow with them."""
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        yield from _in_order(_of(sought, some), some)


def all_of(sought: Sought) -> QuerySet[Model]:
    """Every row of a list, as a query, in no order."""
    return _narrowed(sought, KINDS[sought.kind].rows()).filter(
        pk__in=_kept(sought).values("record")
    )


def _kept(sought: Sought) -> QuerySet[ReviewCandidate]:
    kept = ReviewCandidate.objects.filter(kind=sought.kind)
    if sought.credential_type:
        kept = kept.filter(credential_type=sought.credential_type)
    return kept


def _places(sought: Sought, after: Place | None, many: int) -> list[Place]:
    kept = _kept(sought)
    if after is not None:
        rank, key = after
        # The first condition bounds the index; the second is about rows at the same place of it.
        kept = kept.filter(Q(rank__lte=rank), Q(rank__lt=rank) | Q(record__lt=key))
    return list(kept.order_by("-rank", "-record").values_list("rank", "record")[:many])


def _still(sought: Sought, places: list[Place]) -> list[tuple[Place, Any]]:
    """Those that are to be reviewed still, with their rows."""
    keys = [key for _rank, key in places]
    rank_of = {key: rank for rank, key in places}
    return [((rank_of[row.pk], row.pk), row) for row in _in_order(_of(sought, keys), keys)]


def _of(sought: Sought, keys: list[int]) -> QuerySet[Model]:
    """What is to be reviewed now among the records with these keys."""
    return _narrowed(sought, KINDS[sought.kind].rows().filter(pk__any=keys))


def _narrowed(sought: Sought, rows: QuerySet[Model]) -> QuerySet[Model]:
    return rows if sought.enrolled_in is None else rows.filter(enrolled_in(sought.enrolled_in))


def enrolled_in(school_year: int) -> Exists:
    """Of a row with a student: whether that one is enrolled in a school year."""
    return Exists(
        SchoolEnrolment.objects.filter(
            student=OuterRef("student"), school_year=school_year, is_deleted=False
        )
    )


def _in_order(rows: QuerySet[Model], keys: list[int]) -> Iterator[Any]:
    found = {row.pk: row for row in rows}
    return (found[key] for key in keys if key in found)
