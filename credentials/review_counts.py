"""How many credentials wait for somebody to review them, by kind; two queries for each kind.

The kinds are those of the review screens; students whose recalculation is outstanding are left out,
as they are there. Source: PASI knowledge base (names of the kinds); their conditions: inferred.
"""

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from audit.models import ServiceCall
from credentials.models import AwardedCredential, DocumentOrderItem, RequirementSetStatus
from enrolments.models import TranscriptRecord, TranscriptTrigger
from enrolments.processors import processed_up_to
from enrolments.waiting import outstanding

Status = RequirementSetStatus.Status


def achieved_not_awarded() -> int:
    """Students' credential types with a set that is achieved, awarded under no linked number."""
    return _of_types_not_awarded(Q(status=Status.ACHIEVED))


def not_awarded_needs_review() -> int:
    """Students' credential types with a set that somebody must assess, awarded under no linked
    number.
    """
    return _of_types_not_awarded(Q(status=Status.TO_BE_ASSESSED))


def awarded_not_ordered() -> int:
    """Active awards without an order for the number they have now; a cancelled one is none.

    Documents of legacy credentials, which an import brought or which have a legacy number, are only
    reprinted (44018): they are left out.
    """
    ordered = DocumentOrderItem.objects.filter(number=OuterRef("number")).exclude(
        status=DocumentOrderItem.Status.CANCELLED
    )
    imported = AwardedCredential.history.filter(
        id=OuterRef("pk"),
        version=OuterRef("version"),
        call__operation=ServiceCall.IMPORT_RECORDS,
    )
    found = _active_awards().filter(~Exists(ordered), ~Exists(imported), legacy_number="")
    return found.count()


def awarded_no_longer_achieved() -> int:
    """Active awards of a type of which the student has a set that is not achieved, and none that
    is. Where nothing was ever worked out, as for old awards, nothing is said.
    """
    of_type = RequirementSetStatus.objects.filter(
        student=OuterRef("person"), requirement_set__credential_type=OuterRef("credential_type")
    )
    return (
        _active_awards()
        .filter(Exists(of_type.filter(status__in=(Status.NOT_ACHIEVED, Status.NOT_ASSESSING))))
        .filter(~Exists(of_type.filter(status=Status.ACHIEVED)))
        .count()
    )


# The kinds in the order of the screens, under the names that their list knows them by.
KINDS: dict[str, Callable[[], int]] = {
    "achieved-not-awarded": achieved_not_awarded,
    "awarded-not-ordered": awarded_not_ordered,
    "awarded-no-longer-achieved": awarded_no_longer_achieved,
    "not-awarded-needs-review": not_awarded_needs_review,
}


def counts() -> dict[str, int]:
    return {kind: count() for kind, count in KINDS.items()}


def _of_types_not_awarded(condition: Q) -> int:
    awarded = AwardedCredential.objects.filter(
        credential_type=OuterRef("requirement_set__credential_type"), is_deleted=False
    )
    # Two conditions instead of one with OR: each is answered by an index.
    found = RequirementSetStatus.objects.filter(
        condition,
        ~Exists(awarded.filter(student=OuterRef("student"))),
        ~Exists(awarded.filter(student__primary=OuterRef("student"))),
        ~_being_recalculated("student"),
    )
    return found.values("student", "requirement_set__credential_type").distinct().count()


def _active_awards() -> QuerySet:
    """With `person`, the student behind the number; requirement sets are that one's."""
    person = Coalesce("student__primary", "student")
    awards = AwardedCredential.objects.filter(is_deleted=False).annotate(person=person)
    return awards.filter(~_being_recalculated("person"))


def _being_recalculated(student: str) -> Exists:
    """Whether the Transcript processor has yet to come up to a student. Only new triggers count."""
    new = TranscriptTrigger.objects.filter(version__gt=processed_up_to("Transcript"))
    return Exists(outstanding(new, TranscriptRecord).filter(student=OuterRef(student)))
