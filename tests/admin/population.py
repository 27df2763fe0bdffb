"""Some of every record that the back office shows, each in its own row of every list."""

import datetime
import uuid

from django.contrib.auth.models import Group, User
from django.db.models import Max
from django.utils import timezone

from audit.models import RecordRead, ServiceCall, ServiceResponse, SignIn
from credentials import definition_models as definitions
from credentials.models import (
    ArchivedCredential,
    AwardingBatch,
    AwardingOutcome,
    AwardingRun,
    DocumentOrderItem,
    IssuedCredentialNumber,
    RequirementAchievement,
    RequirementExemption,
    RequirementSet,
)
from credentials.ordering_in_bulk import ORDER_DOCUMENTS
from enrolments import models as enrolments
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.http import new_message_id
from pasi.models import Code, Organization, PasiClient
from students.models import (
    CitizenshipStatus,
    DisclosureRestriction,
    EmailAddress,
    MailingAddress,
    PhoneNumber,
    Student,
    StudentActivity,
)
from tests.province_builder import (
    make_alert,
    make_client,
    make_enrolment,
    make_mark,
    make_name,
    make_school,
    make_student,
    set_up,
)

DAY = datetime.date(2025, 9, 2)


def populate(count: int) -> None:
    """`count` more rows in every list. No two rows share what they refer to."""
    first = (Student.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    with set_up() as call:
        for number in range(first, first + count):
            _one_of_each(number, call.message_id)
        bulk_raise(since=first)


def ready_for_tasks() -> None:
    """What each page wants that changes something: of every kind a record in the right state."""
    with set_up():
        school = make_school("S.0901", "A.0901")
        ready = make_student(
            first_name="Ready",
            achieved=["AHSD-2018"],
            marks=[("ELA3105", 2026, 5)],
            enrolments=[(school, 2026, DAY)],
            awards=[("CHSA", 1_200_000_001, 2025, False), ("GHSD", 1_200_000_002, 2025, True)],
            other_names=[("Other", "", "Byron", "")],
        )
        make_mark(ready, "MAT3791", 2026, 5, "70", is_deleted=True)
        make_enrolment(ready, school, 2025, is_deleted=True)
        make_alert(ready)
        make_alert(ready.school_enrolments.get(school_year=2026))
        others = [
            make_student(first_name="Closed", is_deactivated=True),
            make_student(first_name="Second", primary=ready),
            make_student(first_name="Dead", is_deceased=True),
            make_student(first_name="Bare"),
        ]
        for student in (ready, *others):
            DisclosureRestriction.objects.create(
                student=student, code="CourtOrdered", effective_on=DAY, is_active=True
            )
        _one_more_of_each(ready, 2022)
        _runs_of_staff(ready)
        raise_triggers("Student", [ready.pk], "Test")
        enrolment = ready.school_enrolments.get(school_year=2026)
        raise_triggers("StudentSchoolEnrolment", [enrolment.pk], "Test")
    enrolments.StudentValidationStatus.objects.filter(pk=ready.pk).update(
        set_aside_at=timezone.now(), set_aside_error="Test"
    )
    make_call(
        operation=ORDER_DOCUMENTS,
        door="back_office",
        answer={"Applied": [], "Refused": [(1_200_000_001, "44020", "It is ordered.")]},
    )


def more_of_what_is_ready() -> None:
    """Three more rows in each table on the page of the student that is ready for all tasks."""
    with set_up():
        ready = Student.objects.get(legal_name__first_name="Ready")
        for year in (2019, 2020, 2021):
            _one_more_of_each(ready, year)


def _one_more_of_each(student: Student, year: int) -> None:
    school = Organization.objects.get(code="S.0901")
    day = datetime.date(year, 9, 2)
    make_name(student, f"Of{year}")
    make_mark(student, f"TST{year}", year, 5, "70")
    make_enrolment(student, school, year)
    make_alert(student, arguments={"Grade": str(year)})
    enrolments.CourseEnrolment.objects.create(
        reference_id=uuid.uuid4(),
        student=student,
        school=school,
        school_year=year,
        course_code="ELA3105",
        status="Active",
        start_date=day,
        version=1,
    )
    enrolments.ExamMark.objects.create(
        student=student,
        course_code="ELA3105",
        school_year=year,
        status="RegularExamMark",
        version=1,
    )
    PhoneNumber.objects.create(
        student=student, phone_type="Home", number=f"403555{year}", effective_on=day
    )
    EmailAddress.objects.create(student=student, email_address=f"of{year}@example.org")
    second = make_student(first_name=f"Second of {year}", primary=student)
    for each in (student, second):
        DisclosureRestriction.objects.create(
            student=each, code="CourtOrdered", effective_on=day, is_active=True
        )


def _runs_of_staff(student: Student) -> None:
    """A preview to be confirmed, a run that stopped, and one that did not award everybody."""
    staff = User.objects.order_by("pk").first()
    of = {"origin": "back_office", "started_by": "tests", "staff": staff, "requested": 1}
    now = timezone.now()
    preview = AwardingRun.objects.create(**of, is_dry_run=True, finished_at=now)
    AwardingRun.objects.create(**of, stopped_because="A time-out.")
    award = AwardingRun.objects.create(**of, finished_at=now)
    outcome = {"position": 0, "asn": student.asn}
    AwardingOutcome.objects.create(run=preview, credential_type="AHSD", school_year=2026, **outcome)
    AwardingOutcome.objects.create(run=award, rejection_code="44012", **outcome)


def _four(number: int) -> str:
    """The last four digits: numbers go on through all the tests of a process."""
    return f"{number % 10_000:04d}"


def _one_of_each(number: int, call: uuid.UUID) -> None:
    school = make_school(f"S.{_four(number)}", f"A.{_four(number)}")
    student = make_student(
        first_name=f"Ada{number}",
        achieved=["AHSD-2018"],
        marks=[("ELA3105", 2026, 5)],
        enrolments=[(school, 2026, DAY)],
        courses=[(school, 2026, DAY)],
        awards=[("CHSA", 1_000_000_000 + number, 2025, False)],
        created_by=school,
    )
    MailingAddress.objects.create(
        student=student, address_type="Mailing", street="1 Elm St", country="CA", effective_on=DAY
    )
    PhoneNumber.objects.create(
        student=student, phone_type="Home", number="4035551234", effective_on=DAY
    )
    EmailAddress.objects.create(student=student, email_address=f"ada{number}@example.org")
    StudentActivity.objects.create(student=student, school_year=2026)
    CitizenshipStatus.objects.create(student=student, citizenship_status="1", effective_on=DAY)
    DisclosureRestriction.objects.create(
        student=student, code="CourtOrdered", effective_on=DAY, is_active=True
    )
    _alert(student, school)
    _set_up(number)
    _archive(student, number, call)
    _order(student)
    RequirementAchievement.objects.create(
        student=student,
        requirement="StudentIsNominated-81350",
        achievement="Achieved",
        organization=school,
        version=1,
    )
    RequirementExemption.objects.create(
        student=student,
        requirement="CALM-81160",
        reason="ReligiousCALM",
        status="Requested",
        organization=school,
        version=1,
    )
    enrolments.ExamMark.objects.create(
        student=student,
        course_code="ELA3105",
        school_year=2026,
        status="RegularExamMark",
        version=1,
    )
    _run(student, number)
    _audit(student, number)


def _alert(student: Student, school: Organization) -> None:
    """One alert, and what was said of it; by turns on each type of record."""
    records = [student, student.school_enrolments.get(), student.course_enrolments.get()]
    alert = make_alert(records[student.pk % 3], arguments={"Grade": "06"})
    enrolments.Acknowledgement.objects.create(
        record_type=alert.record_type,
        record=alert.record,
        alert_code=alert.alert_code,
        arguments=alert.arguments,
        arguments_key=alert.arguments_key,
        status="InProgress",
        organization=school,
        user_name="Rita Clerk",
    )


def _set_up(number: int) -> None:
    Code.objects.create(code_type="Test", code=str(number), short_name="Test")
    enrolments.Course.objects.create(code=f"TST{_four(number)}", name="Test")
    RequirementSet.objects.create(
        code=f"TEST-{number}", name="Test", credential_type="AHSD", category="Manual"
    )
    _definitions(number)
    group = Group.objects.create(name=f"Group {number}")
    user = User.objects.create(username=f"user{number}", is_staff=True)
    user.groups.add(group)
    make_client(f"Client {number}", organizations=[f"A.{_four(number)}"])


def _definitions(number: int) -> None:
    """What the eligibility calculator works by, beside what was loaded."""
    requirement = definitions.CredentialRequirement.objects.create(code=f"Test-{number}")
    group = definitions.CourseGroup.objects.create(code=f"TEST{number}")
    definitions.Credential.objects.create(code=_four(number))
    definitions.ExemptionReason.objects.create(requirement=requirement, reason="Test")
    definitions.CourseMapping.objects.create(course_group=group, by="code", value="TST1000")
    definitions.CourseSubject.objects.create(letters=_four(number)[1:], subject="Test")
    definitions.CreditCap.objects.create(
        requirement=requirement, course_group=group, most_credits=5
    )
    definitions.EligibilityLimit.objects.create(name=f"test_{number}", value="1")
    definitions.Recalculation.objects.create(cause=f"Test {number}")


def _archive(student: Student, number: int, call: uuid.UUID) -> None:
    award = student.awarded_credentials.get()
    IssuedCredentialNumber.objects.create(number=1_100_000_000 + number)
    ArchivedCredential.objects.create(
        award=award,
        call_id=call,
        credential_type=award.credential_type,
        number_id=1_100_000_000 + number,
        school_year=2024,
        first_name="Ada",
        last_name="Former",
        awarded_on=DAY,
        legacy_number=f"L-{number}",
        version=1,
    )


def _order(student: Student) -> None:
    award = student.awarded_credentials.get()
    DocumentOrderItem.objects.create(
        award=award,
        number_id=award.number_id,
        status="Ordered",
        delivery_method="ManualMail",
        language="en",
        copies=1,
        version=1,
    )


def _run(student: Student, number: int) -> None:
    run = AwardingRun.objects.create(
        origin="command", started_by="tests", requested=1, finished_at=timezone.now()
    )
    call = make_call(operation="SubmitCredentialAwardingMultiple")
    AwardingBatch.objects.create(run=run, first_position=0, asns=[student.asn], call=call)
    AwardingOutcome.objects.create(
        run=run,
        position=0,
        asn=student.asn,
        credential_type="CHSA",
        credential_number=1_000_000_000 + number,
        school_year=2025,
    )


def _audit(student: Student, number: int) -> None:
    client = PasiClient.objects.get(name=f"Client {number}")
    user = User.objects.get(username=f"user{number}")
    make_call(client=client, door="http", asns=[student.asn])
    make_call(staff=user, door="back_office")
    SignIn.objects.create(message_id=new_message_id(), staff=user, name=user.username)
    RecordRead.objects.create(
        message_id=new_message_id(), client=client, path="/api/students/", count=1
    )


def make_call(*, asns=(), answered=True, body="{}", answer=None, **values) -> ServiceCall:
    """A recorded call, answered unless told otherwise."""
    call = ServiceCall.objects.create(
        **{
            "message_id": new_message_id(),
            "operation": "TestCall",
            "door": "command",
            "user_name": "Rita Clerk",
            "organization_code": "O.1",
            "body": body,
            **values,
        }
    )
    if answered:
        ServiceResponse.objects.create(
            call=call,
            duration_milliseconds=7,
            outcome="Applied",
            http_status=200,
            state_province_ids=list(asns),
            body=answer or {"Answer": "given"},
        )
    return call


def bulk_raise(since: int = 0) -> None:
    """Every record, of students from this key on, waits for every processor."""
    of = {"pk__gte": since}, {"student__gte": since}
    for trigger, status, model, chosen in (
        ("StudentTrigger", "StudentValidationStatus", Student, of[0]),
        (
            "SchoolEnrolmentTrigger",
            "SchoolEnrolmentValidationStatus",
            enrolments.SchoolEnrolment,
            of[1],
        ),
        (
            "CourseEnrolmentTrigger",
            "CourseEnrolmentValidationStatus",
            enrolments.CourseEnrolment,
            of[1],
        ),
        ("ResponsibleSchoolTrigger", "ResponsibleSchoolStatus", Student, of[0]),
        ("TranscriptTrigger", "TranscriptRecord", Student, of[0]),
    ):
        bulk.raise_triggers(
            getattr(enrolments, trigger),
            getattr(enrolments, status),
            list(model.objects.filter(**chosen).values_list("pk", flat=True)),
            "Test",
        )
