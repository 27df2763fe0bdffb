"""Who is to be awarded: students with something achieved and not awarded."""

from collections.abc import Iterator

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from credentials.awarding import load_candidates
from credentials.models import AwardedCredential, RequirementSetStatus
from enrolments.models import SchoolEnrolment, TranscriptTrigger
from pasi.calendar import business_today
from pasi.models import Organization
from students.models import Student

CHUNK = 2_000


def achieved_not_awarded(
    *, organization: Organization | None = None, credential_types: tuple[str, ...] = ()
) -> Iterator[str]:
    """ASNs, ascending, of students with an achieved credential that is not awarded.

    Students of any ASN status; one whose recalculation is outstanding reads nothing new as
    achieved. `organization`: a school or authority that holds the student's most current
    enrolment. `credential_types`: only students whose credential to be awarded is one of them.
    Streams: memory does not grow with the number of students.
    """
    asns = _asns(organization)
    if not credential_types:
        yield from asns
        return
    today = business_today()
    for chunk in in_chunks(asns, CHUNK):
        candidates = load_candidates(chunk, today=today)
        yield from (asn for asn in chunk if candidates[asn].credential in credential_types)


def in_chunks(items: Iterator[str], size: int) -> Iterator[list[str]]:
    chunk = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _asns(organization: Organization | None) -> Iterator[str]:
    students = Student.objects.filter(Exists(_open_achievements())).exclude(
        Exists(
            TranscriptTrigger.objects.filter(
                student=OuterRef("pk"),
                version__gt=F("student__transcriptrecord__max_source_version"),
            )
        )
    )
    if organization is not None:
        students = students.annotate(current_school=_most_current_school())
        if organization.kind == Organization.Kind.AUTHORITY:
            schools = Organization.objects.filter(authority=organization).values("pk")
            students = students.filter(current_school__in=schools)
        else:
            students = students.filter(current_school=organization.pk)
    return students.order_by("asn").values_list("asn", flat=True).iterator(chunk_size=CHUNK)


def _open_achievements() -> QuerySet:
    """Achieved sets of the outer student whose credential is not awarded under a linked ASN."""
    awarded = AwardedCredential.objects.filter(
        Q(student=OuterRef("student")) | Q(student__primary=OuterRef("student")),
        credential_type=OuterRef("requirement_set__credential_type"),
        is_deleted=False,
    )
    return RequirementSetStatus.objects.filter(
        ~Exists(awarded),
        student=OuterRef("pk"),
        status=RequirementSetStatus.Status.ACHIEVED,
    )


def _most_current_school() -> Subquery:
    """The school of the most current enrolment: started ones first, then the greatest year."""
    started = Case(
        When(start_date__lte=business_today(), then=0), default=1, output_field=IntegerField()
    )
    return Subquery(
        SchoolEnrolment.objects.filter(
            Q(student=OuterRef("pk")) | Q(student__primary=OuterRef("pk")), is_deleted=False
        )
        .order_by(started, "-school_year", "-start_date", "-exit_date", "-version")
        .values("school")[:1]
    )
