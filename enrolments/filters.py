"""The parameters of the lists of school enrolments and core alerts."""

from django.db.models import Q

from enrolments import registration_status as status
from enrolments.models import (
    AcknowledgementStatus,
    CoreAlert,
    CourseEnrolment,
    RecordType,
    SchoolEnrolment,
)
from enrolments.serializers import REGISTRATION_STATUSES
from pasi.calendar import business_today
from pasi.fields import INT32, CodeField
from pasi.filters import (
    ASN,
    BOOLEAN,
    GUID,
    SCHOOL_YEAR,
    ChangedSince,
    Kind,
    Parameter,
    integer,
    one_of,
    text,
)
from pasi.models import Organization
from pasi.reading import PageParameters
from pasi.text_search import matching

CODE = text(max_length=6)  # of an organization


class SchoolParameter(Parameter):
    """By the code of the school, or of its authority. One query."""

    def __init__(self, path: str, **options):
        self.path = path
        super().__init__(CODE, **options)

    def filter(self, queryset, value: list | None):
        if value is None:
            return queryset
        schools = Organization.objects.filter(
            matching(self.path, value), kind=Organization.Kind.SCHOOL
        )
        return queryset.filter(school__any=list(schools.values_list("pk", flat=True)))


class RegistrationStatusParameter(Parameter):
    """The status is calculated, so it is asked for by what it is calculated from."""

    def filter(self, queryset, value: list | None):
        if value is None:
            return queryset
        today = business_today()
        begun = Q(is_deleted=False, start_date__lte=today)
        over = begun & Q(exit_date__lt=today)
        conditions = {
            status.CREATED_IN_ERROR: Q(is_deleted=True),
            status.REGISTERED: Q(is_deleted=False, start_date__gt=today),
            status.ACTIVE: begun & Q(exit_date__gte=today),
            status.COMPLETED: over & Q(exit_date_type=SchoolEnrolment.ExitDateType.COMPLETION),
            status.WITHDRAWN: over & Q(exit_date_type=SchoolEnrolment.ExitDateType.WITHDRAWAL),
        }
        found = Q()
        for each in value:
            found |= conditions[each]
        return queryset.filter(found)


class SchoolEnrolmentParameters(PageParameters):
    StateProvinceId = Parameter(ASN, "student__asn", help_text="Under this very number.")
    RefId = Parameter(GUID, "reference_id")
    SchoolCode = SchoolParameter("code", help_text="S.nnnn")
    AuthorityCode = SchoolParameter("authority__code", help_text="A.nnnn: at any of its schools.")
    SchoolYear = Parameter(SCHOOL_YEAR, "school_year")
    Grade = Parameter(Kind(CodeField("Grade", accepts_expired=True)), "grade")
    RegistrationStatus = RegistrationStatusParameter(
        one_of(*REGISTRATION_STATUSES), help_text="As of today."
    )
    IsDeleted = Parameter(BOOLEAN, "is_deleted", several=False)
    ChangedSinceVersion = ChangedSince()


class ReferenceParameter(Parameter):
    """Alerts by the reference id of their record: the record is found by it, then its alerts.

    Two queries.
    """

    def filter(self, queryset, value: list | None):
        return queryset if value is None else queryset.filter(of_references(value))


def of_references(references: list) -> Q:
    """Alerts or acknowledgements of the enrolments with these reference ids. Two queries."""
    found = Q(pk__in=[])
    for record_type, model in (
        (RecordType.SCHOOL_ENROLMENT, SchoolEnrolment),
        (RecordType.COURSE_ENROLMENT, CourseEnrolment),
    ):
        keys = model.objects.filter(reference_id__any=references).values_list("pk", flat=True)
        if keys := list(keys):
            found |= Q(record_type=record_type, record__any=keys)
    return found


class CoreAlertParameters(PageParameters):
    RecordType = Parameter(one_of(*RecordType.values), "record_type")
    ReferenceId = ReferenceParameter(GUID, help_text="Of an enrolment.")
    StateProvinceId = Parameter(ASN, "student__asn", help_text="Under this very number.")
    SchoolCode = SchoolParameter("code", help_text="S.nnnn")
    AuthorityCode = SchoolParameter("authority__code", help_text="A.nnnn: at any of its schools.")
    SchoolYear = Parameter(SCHOOL_YEAR, "school_year")
    AlertCode = Parameter(integer(1, INT32[1]), "alert_code")
    AlertType = Parameter(one_of(*CoreAlert.AlertType.values), "alert_type")
    AcknowledgementStatus = Parameter(
        one_of(*AcknowledgementStatus.values), "acknowledgement_status"
    )
    ChangedSinceVersion = ChangedSince()
