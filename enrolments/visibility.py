"""Which school enrolments and core alerts a reader sees, and which parts of them."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from enrolments.alert_rules.enrolment_types import too_many_types_with_declaration
from pasi.calendar import business_today
from pasi.models import Organization
from pasi.reading import Reader
from students.associations import Association, Periods, associated_students
from students.filters import ALL_OF_THEM, MANY

# Alerts that tell of an FNMI declaration, which is for the owner of the enrolment.
TELLING_ALERTS = (int(too_many_types_with_declaration.code),)


def own_schools(reader: Reader) -> set[int]:
    """Keys of the schools whose records are the reader's own. One query; none for the ministry."""
    if reader.is_ministry:
        return set()
    own = [organization.pk for organization in reader.organizations]
    schools = Organization.objects.filter(kind=Organization.Kind.SCHOOL)
    found = schools.filter(Q(pk__in=own) | Q(authority__in=own))
    return set(found.values_list("pk", flat=True))


def visible_records(
    records: QuerySet, reader: Reader, own: Collection[int], *, elsewhere: Q | None = None
) -> QuerySet:
    """The part of `records` that a reader may see: of its own schools, and of students associated
    by creation or by a current or the last school enrolment.

    `elsewhere`: a condition on what is not of the own schools. Records under a deactivated number
    are for the ministry alone. At most seven queries, besides the one that is returned.
    """
    if reader.is_ministry:
        return records
    schools = sorted(own)
    others = records.exclude(school__any=schools)
    students = associated_students(
        others,
        reader.organizations,
        Periods.on(business_today()),
        worst=Association.LAST_ENROLMENT,
        student="student",
    )
    by_student = Q(student__any=sorted(students)) & (elsewhere or Q())
    found = records.filter(Q(school__any=schools) | by_student, student__is_deactivated=False)
    if found.order_by()[: MANY + 1].count() > MANY:
        return found
    # So few are found first and then ordered: a walk in order might pass millions of others.
    return records.model.objects.filter(pk__in=found.order_by().values("pk")[:ALL_OF_THEM])


def visible_alerts(alerts: QuerySet, reader: Reader, own: Collection[int]) -> QuerySet:
    """The part of `alerts` that a reader may see. Those of a student belong to no school."""
    return visible_records(alerts, reader, own, elsewhere=~Q(alert_code__in=TELLING_ALERTS))
