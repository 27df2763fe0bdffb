"""Reading students: GET /api/students/ and /api/students/{asn}/."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from drf_spectacular.utils import PolymorphicProxySerializer

from pasi import fields
from pasi.calendar import business_today
from pasi.models import Role
from pasi.paging import Page
from pasi.reading import Found, ReadingView, RecordListView, in_order
from students.associations import Association, Periods, View, known_students, view_of, visible
from students.filters import StudentParameters, enrolled_at, schools_asked_for
from students.models import DisclosureRestriction, Student
from students.serializers import (
    IDENTITY_COLUMNS,
    StudentIdentitySerializer,
    StudentSerializer,
    identity_json,
    student_json,
)

STUDENT_READERS = frozenset(
    {Role.SUBMIT_STUDENT_USER, Role.SUBMIT_ENROLMENT_USER, Role.PASI_SYSTEM_USER}
)


def identity_rows(students: QuerySet) -> QuerySet:
    """Rows for identity_json()."""
    restriction = DisclosureRestriction.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=business_today()),
        student=Coalesce(OuterRef("primary_id"), OuterRef("pk")),
        is_active=True,
        is_deleted=False,
    )
    return students.values(*IDENTITY_COLUMNS, has_disclosure_restriction=Exists(restriction))


class StudentListView(RecordListView):
    """Students, by number: the identity block of each.

    The ministry sees all; others see the students associated with their organizations by creation
    or by a current, the last or a recent school enrolment.
    """

    operation = "ListStudents"
    roles = STUDENT_READERS
    parameters = StudentParameters
    answer = StudentIdentitySerializer
    key = ("asn",)

    def queryset(self) -> QuerySet:
        return Student.objects.all()

    def page(self, given: StudentParameters) -> Page:
        self.school_codes = given.given("SchoolCode")
        return super().page(given)

    def visible(self, queryset: QuerySet) -> QuerySet:
        if self.school_codes is not None:
            schools = schools_asked_for(self.school_codes, self.reader)
            queryset = enrolled_at(queryset, schools)
        return visible(
            queryset,
            self.reader.organizations,
            Periods.on(business_today()),
            worst=Association.RECENT_ENROLMENT,
        )

    def results(self, rows: list, given: StudentParameters) -> list[dict]:
        found = identity_rows(Student.objects.filter(pk__any=rows))
        return [identity_json(row) for row in in_order(rows, found)]


class StudentView(ReadingView):
    """One student.

    The whole record for the ministry and for organizations associated with the student; the
    identity block for others, unless their access is limited: to them the student is absent.
    """

    operation = "ReadStudent"
    roles = STUDENT_READERS
    answer = PolymorphicProxySerializer(
        component_name="StudentOrIdentity",
        serializers=[StudentSerializer, StudentIdentitySerializer],
        resource_type_field_name=None,
    )
    path_fields = {"asn": fields.AsnField()}

    def find(self, given, *, asn: str) -> Found:
        number = self._number(asn)
        if self.reader.is_ministry:
            view = View.FULL
        else:
            periods = Periods.on(business_today())
            [facts] = known_students([number.pk]).values()
            view = view_of(facts, self.reader.organizations, periods)
        if view is View.NOTHING:
            raise Http404
        identity = identity_json(identity_rows(Student.objects.filter(pk=number.pk)).get())
        shown = [asn, *([number.primary.asn] if number.primary else [])]
        if view is View.IDENTITY:
            return Found(identity, shown)
        return Found(student_json(number, identity, self._parts(number.primary or number)), shown)

    def _number(self, asn: str) -> Student:
        number = (
            Student.objects.filter(asn=asn)
            .select_related(
                "legal_name",
                "primary__legal_name",
            )
            .first()
        )
        if number is None:
            raise Http404
        return number

    def _parts(self, person: Student) -> dict[str, list]:
        """The parts of the record that are not deleted: names newest first, others by RefId."""
        names = person.names.select_related("created_by_organization", "updated_by_organization")
        return {
            "names": list(names.filter(is_deleted=False).order_by("-effective_on", "-pk")),
            **{
                part: list(getattr(person, part).filter(is_deleted=False).order_by("pk"))
                for part in (
                    "mailing_addresses",
                    "phone_numbers",
                    "email_addresses",
                    "citizenship_statuses",
                    "disclosure_restrictions",
                )
            },
        }
