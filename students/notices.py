"""What must be known of a student before anything else, wherever the student's data are shown."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from pasi.back_office.formats import asn_text
from pasi.calendar import business_today
from students.models import DisclosureRestriction, Student


def with_restrictions(students: QuerySet) -> QuerySet:
    """The students, each with `is_restricted`: a disclosure restriction that is active and not
    expired today. That of a primary number holds for its secondary ones.
    """
    in_effect = DisclosureRestriction.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=business_today()), is_active=True, is_deleted=False
    )
    own = in_effect.filter(student=OuterRef("pk"))
    of_primary = in_effect.filter(student=OuterRef("primary"))
    return students.annotate(is_restricted=Exists(own) | Exists(of_primary))


def notices_on(student: Student) -> list[str]:
    """Of a student with `is_restricted` and the primary number."""
    notices = []
    if student.is_restricted:
        notices.append(_("A disclosure restriction is in effect: treat this record as sensitive."))
    if student.is_deactivated:
        notices.append(
            _(
                "This number is deactivated: schools and authorities can change nothing under it; "
                "the ministry can, but no school enrolment."
            )
        )
    if student.primary_id:
        notices.append(
            format_html(
                _("This is a secondary number. The student is known by {}."), _link(student.primary)
            )
        )
    if student.is_deceased:
        notices.append(_("The student is deceased."))
    return notices


def notices_on_numbers(asns: Iterable[str]) -> list[str]:
    """Of the students with these numbers; of several each notice names its number. One query."""
    numbers = set(asns)
    if not numbers:
        return []
    students = with_restrictions(Student.objects.filter(asn__in=sorted(numbers)))
    found = [
        (student, notice)
        for student in students.select_related("primary").order_by("asn")
        for notice in notices_on(student)
    ]
    if len(numbers) == 1:
        return [notice for _student, notice in found]
    return [format_html("{}: {}", _link(student), notice) for student, notice in found]


def _link(student: Student) -> str:
    address = reverse("admin:students_student_change", args=[student.pk])
    return format_html('<a href="{}">{}</a>', address, asn_text(student.asn))
