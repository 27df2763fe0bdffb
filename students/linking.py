"""Putting the numbers of one person together, and taking them apart: locked, loaded, written.

Only the link is written, on the secondary number. Enrolments, marks, awards, names and all other
parts stay under the number they are under; whoever asks for the person's looks under all linked
numbers. So a link can be undone, and everything is as it was before. Source: PASI knowledge base;
that nothing moves, and undoing: inferred.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from credentials.maturity import Maturity, maturity
from credentials.models import AwardedCredential
from enrolments.course_start_dates import course_enrolments_between
from enrolments.regrouping import numbers_regrouped
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.calendar import business_today
from pasi.faults import Fault
from students.facts import StudentAccess
from students.models import DisclosureRestriction, Student
from students.number_facts import LinkChange, NumberFacts

LINK_OBJECT = "StudentLink"

Award = tuple[str, int]  # credential type and school year


@dataclass(frozen=True)
class NamedLink:
    """The numbers of a request, locked, and what is decided about.

    `other`: the primary to be, or, where a link is undone, the one so far. `beside`: the other
    secondary numbers of that one. `awards`: the active ones, by number.
    """

    change: LinkChange
    secondary: Student | None = None
    other: Student | None = None
    beside: tuple[int, ...] = ()
    awards: Mapping[int, Collection[Award]] = field(default_factory=dict)

    def awards_under(self, *numbers: int) -> list[Award]:
        return [award for number in numbers for award in self.awards.get(number, ())]


def lock_link(secondary_asn: str, primary_asn: str) -> NamedLink:
    """Find and lock the numbers of a request, and the primary that the secondary one has. Six
    queries.

    `primary_asn` is empty where a link is undone. The keys are read first, locked in one statement
    in their order, then everything that decides is read: whoever links to one of them, or changes
    an award of its person, holds it too.
    """
    wanted = [asn for asn in (secondary_asn, primary_asn) if asn]
    found = {
        asn: (key, primary)
        for asn, key, primary in Student.objects.filter(asn__in=wanted).values_list(
            "asn", "pk", "primary_id"
        )
    }
    for asn in wanted:
        if asn not in found:
            return NamedLink(LinkChange(StudentAccess(asn, is_accessible=False)))
    own, former = found[secondary_asn]
    to = found[primary_asn][0] if primary_asn else former
    keys = {each for each in (own, former, to) if each}
    locked = {
        student.pk: student
        for student in Student.objects.filter(pk__in=keys)
        .order_by("pk")
        .select_for_update(no_key=True)
    }
    secondary, other = locked[own], locked.get(to)
    if secondary.primary_id and secondary.primary_id not in locked:
        raise Fault("4001")  # linked by somebody else in between
    return _loaded(secondary, other, locked, is_undone=not primary_asn)


def _loaded(
    secondary: Student, other: Student | None, locked: Mapping[int, Student], *, is_undone: bool
) -> NamedLink:
    """The facts of students who are locked. Four queries."""
    both = [each for each in (secondary, other) if each]
    keys = [each.pk for each in both]
    primaries = dict(
        Student.objects.filter(pk__in=[each.primary_id for each in both]).values_list("pk", "asn")
    )
    secondaries: dict[int, dict[int, str]] = defaultdict(dict)
    for key, primary, asn in (
        Student.objects.filter(primary__in=keys)
        .order_by("asn")
        .values_list("pk", "primary_id", "asn")
    ):
        secondaries[primary][key] = asn
    awards = _active_awards([*keys, *chain.from_iterable(secondaries.values())])
    restrictions = _restrictions(keys)

    def facts(student: Student) -> NumberFacts:
        linked = secondaries[student.pk]
        return NumberFacts(
            student.asn,
            primary_asn=primaries.get(student.primary_id, ""),
            secondary_asns=tuple(linked.values()),
            is_deactivated=student.is_deactivated,
            is_deceased=student.is_deceased,
            credentials=frozenset(
                kind for key in (student.pk, *linked) for kind, _year in awards[key]
            ),
            restrictions=restrictions[student.pk],
        )

    return NamedLink(
        LinkChange(
            StudentAccess(secondary.asn),
            secondary=facts(secondary),
            primary=None if is_undone else facts(other),
        ),
        secondary=secondary,
        other=other,
        beside=tuple(key for key in secondaries[other.pk] if key != secondary.pk) if other else (),
        awards=awards,
    )


def _active_awards(numbers: Collection[int]) -> Mapping[int, list[Award]]:
    """By number. One query."""
    found: dict[int, list[Award]] = defaultdict(list)
    for number, *award in AwardedCredential.objects.filter(
        student__any=numbers, is_deleted=False
    ).values_list("student_id", "credential_type", "school_year"):
        found[number].append(tuple(award))
    return found


def _restrictions(numbers: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Codes of disclosure restrictions that hold or will hold, by number. One query."""
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for number, code in DisclosureRestriction.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=business_today()),
        student__any=numbers,
        is_active=True,
        is_deleted=False,
    ).values_list("student_id", "code"):
        found[number] |= {code}
    return found


# --- Writing ------------------------------------------------------------------------------------


def write_link(named: NamedLink, call: UUID) -> int:
    """Link the secondary number to the other one, or undo that; the secondary's new version.

    The primary gets a new version as well: to whom its person is shown may have changed, and with
    it whose copy of the record it belongs in. Maturity dates are those of the awards that count
    now: while it is linked, the secondary's own is nobody's and stays as it was.
    """
    secondary, other = named.secondary, named.other
    own, rest = (secondary.pk,), (other.pk, *named.beside)
    is_undone = named.change.primary is None
    before = other if is_undone else secondary  # whose maturity date has counted for the secondary
    kept = Maturity(secondary.maturity_date, secondary.maturity_reason)
    if is_undone:
        of_other = maturity(other.birth_date, named.awards_under(*rest))
        stored = after = maturity(secondary.birth_date, named.awards_under(*own))
    else:
        of_other = after = maturity(other.birth_date, named.awards_under(*rest, *own))
        stored = kept
    versions = bulk.next_versions(2)
    now = timezone.now()
    bulk.update_rows(
        Student,
        ("primary_id", "maturity_date", "maturity_reason", "version", "updated_at"),
        [
            (secondary.pk, None if is_undone else other.pk, *stored, versions[0], now),
            (other.pk, None, *of_other, versions[1], now),
        ],
        call,
    )
    # Asked one by one, for the first looks under all numbers that are linked now.
    courses = [
        key
        for student, former, new in (
            (other, other.maturity_date, of_other.date),
            (secondary, before.maturity_date, after.date),
        )
        if former != new
        for key in course_enrolments_between([(student.pk, former, new)])
    ]
    both = [secondary.pk, other.pk]
    raise_triggers("Student", both, LINK_OBJECT)
    numbers_regrouped(own, rest, courses, LINK_OBJECT)
    raise_triggers("ResponsibleSchool", both, LINK_OBJECT)
    # What is calculated of a person's credentials is stored under the primary number only.
    raise_triggers("Transcript", both if is_undone else [other.pk], LINK_OBJECT)
    return versions[0]
