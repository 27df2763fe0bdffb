"""Who is to be awarded: students with something achieved and not awarded."""

import datetime
from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, QuerySet

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
    today = business_today()
    schools = schools_of(organization)
    for chunk in in_chunks(_asns(), CHUNK):
        if organization is not None:
            current = most_current_schools(chunk, today=today)
            chunk = [asn for asn in chunk if current.get(asn) in schools]
        if credential_types:
            candidates = load_candidates(chunk, today=today)
            chunk = [asn for asn in chunk if _would_be_awarded(candidates[asn], credential_types)]
        yield from chunk


def _would_be_awarded(candidate, credential_types: tuple[str, ...]) -> bool:
    """Whether bulk awarding would choose one of the types; 44011 means it would choose none."""
    return candidate.credential in credential_types and not candidate.has_open_outside_order


def in_chunks(items: Iterator[str], size: int) -> Iterator[list[str]]:
    chunk = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _asns() -> Iterator[str]:
    outstanding = TranscriptTrigger.objects.filter(
        student=OuterRef("pk"),
        version__gt=F("student__transcriptrecord__max_source_version"),
    )
    return (
        Student.objects.filter(Exists(_open_achievements()))
        .exclude(Exists(outstanding))
        .order_by("asn")
        .values_list("asn", flat=True)
        .iterator(chunk_size=CHUNK)
    )


def _open_achievements() -> QuerySet:
    """Achieved sets of the outer student whose credential is not awarded under a linked ASN.

    Two conditions instead of one with OR: each is answered by an index.
    """
    awarded = AwardedCredential.objects.filter(
        credential_type=OuterRef("requirement_set__credential_type"), is_deleted=False
    )
    return RequirementSetStatus.objects.filter(
        ~Exists(awarded.filter(student=OuterRef("student"))),
        ~Exists(awarded.filter(student__primary=OuterRef("student"))),
        student=OuterRef("pk"),
        status=RequirementSetStatus.Status.ACHIEVED,
    )


def schools_of(organization: Organization | None) -> set[int]:
    """Keys of the schools that a school or an authority stands for."""
    if organization is None:
        return set()
    if organization.kind == Organization.Kind.AUTHORITY:
        return set(organization.schools.values_list("pk", flat=True))
    return {organization.pk}


def most_current_schools(asns: list[str], *, today: datetime.date) -> dict[str, int]:
    """ASN -> key of the school of the most current enrolment: those started come first, then the
    greatest school year, then the latest dates. Enrolments under secondary numbers count.
    """
    asn_of = dict(Student.objects.filter(asn__any=asns).values_list("id", "asn"))
    linked = Student.objects.filter(primary__any=list(asn_of)).values_list("id", "primary")
    asn_of |= {holder: asn_of[primary] for holder, primary in linked}
    best: dict[str, tuple] = {}
    for holder, school, year, start, end, version in SchoolEnrolment.objects.filter(
        student__any=list(asn_of), is_deleted=False
    ).values_list("student_id", "school_id", "school_year", "start_date", "exit_date", "version"):
        rank = (start <= today, year, start, end, version, school)
        asn = asn_of[holder]
        best[asn] = max(best.get(asn, rank), rank)
    return {asn: rank[-1] for asn, rank in best.items()}
