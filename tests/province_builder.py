"""Small, exact set-ups for tests: students and what they have earned, written in one call."""

import datetime
import itertools
import uuid
from contextlib import contextmanager

from audit.current_call import current_call_id
from audit.models import ServiceCall
from credentials.models import (
    AwardedCredential,
    IssuedCredentialNumber,
    RequirementSetStatus,
)
from enrolments.arguments import arguments_key
from enrolments.models import (
    CoreAlert,
    CourseEnrolment,
    OfficialMark,
    RecordType,
    SchoolEnrolment,
)
from enrolments.processors import processor
from enrolments.status_processor import calculate
from pasi import bulk
from pasi.caller_info import of_operator
from pasi.models import Organization, PasiClient
from pasi.services import Caller, recorded_call
from students.models import Name, NameKey, Student
from students.name_keys import keys_of

# Beyond the numbers that tests name and those of an invented province.
_positions = itertools.count(900_001)
COMMAND = Caller(ServiceCall.Door.COMMAND)


@contextmanager
def set_up():
    """A recorded call to write test records in."""
    with recorded_call("TestSetUp", COMMAND, {"CallerInfo": of_operator("test")}) as call:
        yield call


def make_school(code="S.0001", authority="A.0001", **values) -> Organization:
    parent, _ = Organization.objects.get_or_create(
        code=authority, defaults={"name": f"Authority {authority}", "kind": "Authority"}
    )
    return Organization.objects.get_or_create(
        code=code,
        defaults={"name": f"School {code}", "kind": "School", "authority": parent, **values},
    )[0]


def make_student(
    asn: str | None = None,
    *,
    first_name="Ada",
    middle_name="",
    last_name="Byron",
    suffix="",
    birth_date=datetime.date(2008, 5, 17),
    other_names=(),
    created_by=None,
    achieved=(),
    not_achieved=(),
    marks=(),
    ged_marks=(),
    enrolments=(),
    courses=(),
    awards=(),
    **values,
) -> Student:
    """One student. Call inside set_up().

    other_names: (first, middle, last, suffix). created_by: the organization that created the
    student and its names. achieved / not_achieved: requirement set codes. marks: (course, school
    year, credits). ged_marks: (course, school year, letter). enrolments: (school, school year,
    start date). courses: (school, school year, start date or None). awards: (type, number, school
    year, is deleted).
    """
    [student_id] = bulk.next_ids(Student, 1)
    [name_id] = bulk.next_ids(Name, 1)
    [version] = bulk.next_versions(1)
    student = Student.objects.create(
        id=student_id,
        asn=asn or f"{next(_positions) + 100_000_000:09d}",
        legal_name_id=name_id,
        preferred_name_id=name_id,
        original_name_id=name_id,
        birth_date=birth_date,
        gender=values.pop("gender", "F"),
        version=version,
        created_by_organization=created_by,
        **values,
    )
    make_name(
        student,
        first_name,
        middle_name,
        last_name,
        suffix,
        id=name_id,
        was_legal=True,
        created_by_organization=created_by,
    )
    for parts in other_names:
        make_name(student, *parts, created_by_organization=created_by)
    for status, codes in (("Achieved", achieved), ("NotAchieved", not_achieved)):
        for code in codes:
            RequirementSetStatus.objects.create(
                student=student,
                requirement_set_id=code,
                status=status,
                version=bulk.next_versions(1)[0],
            )
    for course, year, credits_awarded in marks:
        make_mark(student, course, year, credits_awarded, "75")
    for course, year, letter in ged_marks:
        make_mark(student, course, year, 0, letter)
    for school, year, start in enrolments:
        make_enrolment(student, school, year, start)
    for school, year, start in courses:
        CourseEnrolment.objects.create(
            reference_id=uuid.uuid4(),
            student=student,
            school=school,
            school_year=year,
            course_code="ELA3105",
            status="Active",
            start_date=start,
            version=bulk.next_versions(1)[0],
        )
    for credential_type, number, year, is_deleted in awards:
        make_award(student, credential_type, number, year, is_deleted)
    return student


def make_name(
    student, first_name="Ada", middle_name="", last_name="Lovelace", suffix="", **values
) -> Name:
    """A name of the student with its key, unless it is deleted; not its legal name."""
    name = Name.objects.create(
        student=student,
        first_name=first_name,
        middle_name=middle_name,
        last_name=last_name,
        suffix=suffix,
        **{"was_legal": False, **values},
    )
    if not name.is_deleted:
        NameKey.objects.create(
            name=name,
            student=student,
            birth_date=student.birth_date,
            was_legal=name.was_legal,
            **keys_of(first_name, middle_name, last_name)._asdict(),
        )
    return name


def make_mark(student, course, year, credits_awarded, value, **values) -> OfficialMark:
    return OfficialMark.objects.create(
        student=student,
        course_code=course,
        achievement_school_year=year,
        achievement_date=datetime.date(year, 6, 28),
        mark_value=value,
        credits_awarded=credits_awarded,
        version=bulk.next_versions(1)[0],
        **values,
    )


def make_enrolment(student, school, year, start=None, **values) -> SchoolEnrolment:
    start = start or datetime.date(year - 1, 9, 1)
    return SchoolEnrolment.objects.create(
        **{
            "reference_id": uuid.uuid4(),
            "student": student,
            "school": school,
            "school_year": year,
            "grade": "12",
            "programming_type": "Regular",
            "programming_timeframe": "Day",
            "start_date": start,
            "exit_date": max(start, datetime.date(year, 6, 28)),
            "exit_date_type": "CompletionDate",
            "version": bulk.next_versions(1)[0],
            **values,
        }
    )


def make_alert(
    record: Student | SchoolEnrolment | CourseEnrolment,
    code=10018,
    alert_type="Advice",
    arguments=None,
    **values,
) -> CoreAlert:
    """An alert on a record, as its processor would have left it."""
    about = {"record_type": RecordType.STUDENT, "student": record}
    if not isinstance(record, Student):
        is_course = isinstance(record, CourseEnrolment)
        about = {
            "record_type": RecordType.COURSE_ENROLMENT if is_course else RecordType.SCHOOL_ENROLMENT
        } | {
            name: getattr(record, name)
            for name in ("student", "school", "school_year", "reference_id")
        }
    return CoreAlert.objects.create(
        **{
            **about,
            "record": record.pk,
            "alert_code": code,
            "alert_type": alert_type,
            "arguments": arguments or {},
            "arguments_key": arguments_key(arguments or {}),
            "description": f"Issue {code}. What it is about.",
            "version": bulk.next_versions(1)[0],
            **values,
        }
    )


def make_award(student, credential_type, number, year, is_deleted=False) -> AwardedCredential:
    IssuedCredentialNumber.objects.create(number=number)
    name = student.legal_name
    return AwardedCredential.objects.create(
        student=student,
        credential_type=credential_type,
        number_id=number,
        school_year=year,
        first_name=name.first_name,
        middle_name=name.middle_name,
        last_name=name.last_name,
        suffix=name.suffix,
        awarded_on=datetime.date(year, 7, 31),
        is_deleted=is_deleted,
        delete_reason="Awarded by mistake" if is_deleted else "",
        version=bulk.next_versions(1)[0],
    )


def make_client(
    name="Test client", *, organizations=("O.1",), roles=("PASI System User",), **values
) -> PasiClient:
    """A client of the given organizations. Call inside set_up()."""
    client = PasiClient.objects.create(
        name=name,
        roles=list(roles),
        client_type=PasiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=PasiClient.GRANT_CLIENT_CREDENTIALS,
        **values,
    )
    client.organizations.set(Organization.objects.filter(code__in=organizations))
    return client


def make_token(client: PasiClient, *, lifetime=datetime.timedelta(hours=1)) -> str:
    """A bearer token of the client."""
    from django.utils import timezone
    from oauth2_provider.models import AccessToken

    token = uuid.uuid4().hex
    AccessToken.objects.create(
        application=client, token=token, scope="pasi", expires=timezone.now() + lifetime
    )
    return token


def caller_info(**changes) -> dict:
    """A valid CallerInfo for the ministry."""
    return {
        "ClientMessageID": str(uuid.uuid4()),
        "SentUtcTime": "2026-07-31T18:00:00Z",
        "Software": {
            "Manufacturer": "Test",
            "Product": "Suite",
            "Version": "1",
            "BuildNumber": "1",
        },
        "User": {
            "Name": "Rita Clerk",
            "LocalID": "rita",
            "IPAddress": "10.0.0.7",
            "OrganizationCode": "O.1",
        },
        **changes,
    }


def process(name="Transcript", limit=10) -> list[int]:
    """Process outstanding triggers of a processor that has no rules; the records' keys. Call inside
    set_up()."""
    each = processor(name)
    claimed = bulk.claim_triggers(each.trigger, each.status, limit=limit)
    calculate(each.calculator, each.status, claimed, current_call_id())
    return [key for key, _version in claimed]
