"""SubmitStudentSchoolEnrolment: add, change or logically delete one school enrolment.

Role Submit Enrolment User. Source: technical documentation of Submit Student School Enrolment; the
shape of the request is ours.
"""

import datetime

from django.utils import timezone

from enrolments.alert_facts import organization_facts
from enrolments.facts import EnrolmentFacts
from enrolments.models import SchoolEnrolment
from enrolments.named_enrolment import (
    NamedEnrolment,
    Neighbours,
    enrolments_from,
    lock_enrolment,
    neighbours_of,
    submitted_enrolment,
)
from enrolments.requests import SubmitStudentSchoolEnrolmentRequest
from enrolments.rules.stages import (
    SUBMIT_SCHOOL_ENROLMENT_ACCESS_STAGES,
    SUBMIT_SCHOOL_ENROLMENT_STAGES,
)
from enrolments.rules.submitted import SENIOR_HIGH_GRADES, credential_needs_enrolment
from enrolments.step_children import tell_citizenship
from enrolments.submit_facts import SubmittedEnrolment
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.calendar import current_school_year
from pasi.models import Organization, Role
from pasi.services import Call, Result, SubmitService
from students.citizenship import STEP_CHILDREN
from students.facts import StudentAccess
from students.named_student import linked_numbers
from students.writing import change_student

ENROLMENT_OBJECT = "StudentSchoolEnrolment"

_COLUMNS = (
    *("student_id", "school_id", "school_year", "grade", "programming_type"),
    *("programming_timeframe", "start_date", "exit_date", "exit_date_type"),
    *("enrolment_type_codes", "grants_program_codes", "exception_codes", "resident_board"),
    *("fnmi_declaration", "french_hours_of_instruction"),
    *("school_authority_provided_program_percentage", "local_student_id", "is_deleted"),
)


class SubmitStudentSchoolEnrolment(SubmitService):
    """Add, change or delete a school enrolment; the Id answered is its RefId.

    A deleted enrolment stays and can be brought back. What is submitted as it is stored changes
    nothing, and its version stays.
    """

    operation = "SubmitStudentSchoolEnrolment"
    roles = frozenset({Role.SUBMIT_ENROLMENT_USER})
    request_serializer = SubmitStudentSchoolEnrolmentRequest
    takes_version = True
    access_stages = SUBMIT_SCHOOL_ENROLMENT_ACCESS_STAGES
    stages = SUBMIT_SCHOOL_ENROLMENT_STAGES
    listed_only = (credential_needs_enrolment,)

    def carry_out(self, call: Call) -> Result:
        request = call.request
        version = request["PASICoreVersion"]
        named = lock_enrolment(request["RefId"], request["StateProvinceId"], request["SchoolCode"])
        neighbours = neighbours_of(named) if named.student else Neighbours()
        facts = _facts(call, named, neighbours)
        if rejections := self.judge(facts, version=facts.core_version(version), submitted=version):
            return self.rejected(call, rejections)
        after = facts.submitted.version
        if not facts.is_unchanged:
            key, after = _write(call, facts)
            person = named.person_of(named.student.pk)
            told = tell_citizenship(facts.submitted, person, call.message_id)
            changed = _students_changed(facts, named) | ({person.pk} if told else set())
            for each in sorted(changed):
                change_student(named.students[each], {}, call.message_id)
            _raise_triggers(facts, key, named, neighbours, changed, told)
        result = self.applied(named.student.asn, str(request["RefId"]), after)
        if facts.stored:
            result.state_province_ids = sorted(
                {named.student.asn, named.students[facts.stored.student].asn}
            )
        return result


def _facts(call: Call, named: NamedEnrolment, neighbours: Neighbours) -> SubmittedEnrolment:
    request, client = call.request, call.caller.client
    student, stored = named.student, named.stored
    person = named.person_of(student.pk) if student else None
    return SubmittedEnrolment(
        access=StudentAccess(
            request["StateProvinceId"],
            # A number exists for every caller: it is by enrolling that a school gets access.
            is_accessible=student is not None,
            primary_asn=person.asn if student and student.primary_id else "",
            is_deactivated=student is not None and student.is_deactivated,
            is_ministry=call.organization.kind == Organization.Kind.MINISTRY,
        ),
        caller=organization_facts(call.organization),
        reference_id=request["RefId"],
        school_code=request["SchoolCode"],
        current_school_year=current_school_year(),
        school=named.school,
        stored=stored,
        submitted=submitted_enrolment(request, named) if student and named.school else None,
        may_submit_old_years=client is None or Role.PASI_SYSTEM_USER in client.roles,
        is_deceased=person is not None and person.is_deceased,
        has_course_enrolments=stored is not None
        and neighbours.hold_courses_alone(
            named.person_of(stored.student).pk, stored.school.key, stored.school_year
        ),
    )


# --- Writing ------------------------------------------------------------------------------------


def _write(call: Call, facts: SubmittedEnrolment) -> tuple[int, int]:
    """Insert or update the enrolment, with its history; its key and new version."""
    submitted = facts.submitted
    values = _values(submitted)
    if facts.is_new:
        key, version = bulk.next_of_each(SchoolEnrolment, bulk.VERSION_SEQUENCE)
        columns = ("id", "reference_id", "version", *_COLUMNS)
        row = (key, submitted.reference_id, version, *values)
        bulk.insert_rows(SchoolEnrolment, columns, [row], call.message_id)
        return key, version
    [version] = bulk.next_of_each(bulk.VERSION_SEQUENCE)
    row = (submitted.key, version, timezone.now(), *values)
    columns = ("version", "updated_at", *_COLUMNS)
    bulk.update_rows(SchoolEnrolment, columns, [row], call.message_id)
    return submitted.key, version


def _values(enrolment: EnrolmentFacts) -> tuple:
    """What is stored, in the order of _COLUMNS."""
    return (
        enrolment.student,
        enrolment.school.key,
        enrolment.school_year,
        enrolment.grade,
        enrolment.programming_type,
        enrolment.programming_timeframe,
        enrolment.start_date,
        enrolment.exit_date,
        enrolment.exit_date_type,
        ";".join(enrolment.enrolment_type_codes),
        ";".join(enrolment.grants_program_codes),
        ";".join(enrolment.exception_codes),
        enrolment.resident_board,
        enrolment.fnmi_declaration,
        enrolment.french_hours_of_instruction,
        enrolment.school_authority_provided_program_percentage,
        enrolment.local_student_id,
        enrolment.is_deleted,
    )


def _raise_triggers(
    facts: SubmittedEnrolment,
    key: int,
    named: NamedEnrolment,
    neighbours: Neighbours,
    students: set[int],
    citizen_since: datetime.date | None,
) -> None:
    """Everything whose alerts, or whose transcript, may look otherwise now.

    Before and after count alike: the former person, school year and grade lose the enrolment.
    `students`: those that have changed; `citizen_since`: another citizenship counts from that day.
    """
    both = [each for each in (facts.stored, facts.submitted) if each]
    places = {(named.person_of(each.student).pk, each.school_year) for each in both}
    beside = _enrolments_beside(places, neighbours, facts.current_school_year)
    if citizen_since:
        numbers = linked_numbers(named.student)
        beside += enrolments_from(numbers, citizen_since, facts.current_school_year)
    raise_triggers("StudentSchoolEnrolment", [key, *beside], ENROLMENT_OBJECT)
    raise_triggers(
        "CourseEnrolment",
        [
            each.key
            for each in neighbours.courses
            if (each.person, each.school_year) in places and each.school == facts.school.key
        ],
        ENROLMENT_OBJECT,
    )
    if any(each.grade in SENIOR_HIGH_GRADES for each in both):
        raise_triggers("Transcript", [person for person, _year in places], ENROLMENT_OBJECT)
    raise_triggers("Student", sorted(students), ENROLMENT_OBJECT)


def _enrolments_beside(
    places: set[tuple[int, int]], neighbours: Neighbours, current: int
) -> list[int]:
    """The persons' other enrolments of the same school year and of the next one, whose rules look
    at this one; inferred. Those of the current year too: they look at the enrolment before them,
    however long ago that was.
    """
    return [
        each.key
        for each in neighbours.enrolments
        if any(
            each.person == person and each.school_year in (year, year + 1, current)
            for person, year in places
        )
    ]


def _students_changed(facts: SubmittedEnrolment, named: NamedEnrolment) -> set[int]:
    """The persons who gain or lose enrolment type 417 or 418. A deleted enrolment has none."""
    before, after = ({}, {})
    for codes, each in ((before, facts.stored), (after, facts.submitted)):
        if each is not None and not each.is_deleted:
            person = named.person_of(each.student).pk
            codes[person] = STEP_CHILDREN.keys() & set(each.enrolment_type_codes)
    return {
        person
        for person in {*before, *after}
        if before.get(person, set()) != after.get(person, set())
    }
