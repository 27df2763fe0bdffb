"""Reading awards: GET /api/credentials/ and /api/credentials/{number}/; and what a student has
earned: GET /api/students/{asn}/credentials/.
"""

from django.db.models import QuerySet
from django.http import Http404

from credentials.explaining import explain
from credentials.explanation_json import StudentCredentialsSerializer, explanation_json
from credentials.filters import CredentialParameters
from credentials.finding import LONGEST_NUMBER, MATCHES, best_matches, find_by_number
from credentials.models import ArchivedCredential, AwardedCredential
from credentials.serializers import CREDENTIAL_COLUMNS, CredentialSerializer, credential_json
from pasi import fields
from pasi.calendar import business_today
from pasi.models import Role
from pasi.reading import Found, Reader, ReadingView, RecordListView, in_order
from students.associations import Association, Periods, visible
from students.models import Student

CREDENTIAL_READERS = frozenset({Role.PASI_SYSTEM_USER, Role.SUBMIT_TRANSCRIPT_USER})


def visible_awards(awards: QuerySet, reader: Reader) -> QuerySet:
    """The part of `awards` that a reader may see."""
    if reader.is_ministry:
        return awards
    return visible(
        awards.filter(is_deleted=False),
        reader.organizations,
        Periods.on(business_today()),
        worst=Association.LAST_ENROLMENT,
        student="student",
    )


def credentials_json(keys: list[int], matches: dict[int, str]) -> list[dict]:
    """The awards `keys` as they are answered, in this order. Two queries."""
    rows = AwardedCredential.objects.filter(pk__any=keys).values(*CREDENTIAL_COLUMNS)
    prior: dict[int, list[int]] = {}
    archived = ArchivedCredential.objects.filter(award__any=keys).order_by("archived_at", "pk")
    for award, number in archived.values_list("award_id", "number_id"):
        prior.setdefault(award, []).append(number)
    return [
        credential_json(row, prior.get(row["pk"], []), matches.get(row["pk"]))
        for row in in_order(keys, rows)
    ]


class CredentialListView(RecordListView):
    """Awarded credentials, by number.

    The ministry sees all, deleted ones too; others see the active credentials of students
    associated with their organizations by creation or by a current or the last school enrolment.
    """

    operation = "ListCredentials"
    roles = CREDENTIAL_READERS
    parameters = CredentialParameters
    answer = CredentialSerializer
    key = ("number_id",)

    def queryset(self) -> QuerySet:
        return AwardedCredential.objects.all()

    def visible(self, queryset: QuerySet) -> QuerySet:
        return visible_awards(queryset, self.reader)

    def results(self, rows: list, given: CredentialParameters) -> list[dict]:
        return credentials_json(rows, given.matches)


class CredentialView(ReadingView):
    """One awarded credential, by any number it ever had.

    XXXXX-XXXXX, ten digits or a legacy number. Where a legacy number fits several, the best match
    with the lowest number is answered; the list shows them all.
    """

    operation = "ReadCredential"
    roles = CREDENTIAL_READERS
    answer = CredentialSerializer
    path_fields = {"number": fields.TextField(max_length=LONGEST_NUMBER)}

    def find(self, given, *, number: str) -> Found:
        matches = best_matches(find_by_number([number]))
        awards = AwardedCredential.objects.filter(pk__any=sorted(matches))
        found = visible_awards(awards, self.reader).values_list("pk", "number_id")
        if not found:
            raise Http404
        key, _number = min(found, key=lambda row: (MATCHES.index(matches[row[0]]), row[1]))
        [body] = credentials_json([key], matches)
        return Found(body, [body["StateProvinceId"]])


class StudentCredentialsView(ReadingView):
    """What one student has earned, what is missing, and what would be awarded now.

    Every credential with the ways to it and their requirements. For the ministry, and for
    organizations associated with the student by creation or by a current or the last school
    enrolment; to others the student is absent. A secondary number answers what its primary has.
    """

    operation = "ReadStudentCredentials"
    roles = CREDENTIAL_READERS
    answer = StudentCredentialsSerializer
    path_fields = {"asn": fields.AsnField()}

    def find(self, given, *, asn: str) -> Found:
        students = Student.objects.filter(asn=asn)
        if not self.reader.is_ministry:
            students = visible(
                students,
                self.reader.organizations,
                Periods.on(business_today()),
                worst=Association.LAST_ENROLMENT,
            )
        found = explain(asn, business_today()) if students.exists() else None
        if found is None:
            raise Http404
        return Found(explanation_json(found), list(dict.fromkeys((asn, found.person))))
