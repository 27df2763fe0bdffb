"""The school enrolment that a request names: found, locked, and what hangs together with it."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from enrolments.alert_facts import ENROLMENT_COLUMNS, enrolment_facts, organization_facts
from enrolments.facts import EnrolmentFacts, OrganizationFacts
from enrolments.models import CourseEnrolment, SchoolEnrolment
from enrolments.reference_lock import lock_reference
from pasi.faults import Fault
from pasi.models import Organization
from students.models import Student

_STUDENT, _SCHOOL = ENROLMENT_COLUMNS.index("student_id"), ENROLMENT_COLUMNS.index("school_id")


@dataclass(frozen=True, slots=True)
class Beside:
    """A school or course enrolment, not deleted, of a person under any linked number."""

    key: int
    person: int  # the key of the primary number
    school: int
    school_year: int


@dataclass(frozen=True)
class NamedEnrolment:
    """`student`: the submitted number; None where nobody has it. `students`: every one that is
    locked, by key: also the primary, and those of the stored enrolment. `school`: the submitted
    one.
    """

    student: Student | None
    students: Mapping[int, Student] = field(default_factory=dict)
    school: OrganizationFacts | None = None
    stored: EnrolmentFacts | None = None

    def person_of(self, student: int) -> Student:
        """Whom a number belongs to: the student of the primary number."""
        return self.students[self.students[student].primary_id or student]


def lock_enrolment(reference_id: UUID, asn: str, school_code: str) -> NamedEnrolment:
    """Find and lock the enrolment, and the students it is and shall be under. Six queries.

    The reference id first, then the students in the order of their keys, then the enrolment.
    """
    lock_reference(reference_id)
    found = Student.objects.filter(asn=asn).values_list("pk", "primary_id").first()
    if found is None:
        return NamedEnrolment(None)
    present = (
        SchoolEnrolment.objects.filter(reference_id=reference_id)
        .values_list("student_id", "student__primary_id")
        .first()
    )
    linked = dict(filter(None, (found, present)))
    students = _locked({*linked, *filter(None, linked.values())})
    if any(students[pk].primary_id != primary for pk, primary in linked.items()):
        raise Fault("4001")  # linked by somebody else in between
    row = (
        SchoolEnrolment.objects.filter(reference_id=reference_id)
        .select_for_update(no_key=True)
        .values_list(*ENROLMENT_COLUMNS)
        .first()
    )
    if row is not None and row[_STUDENT] not in students:
        raise Fault("4001")  # came in past this service
    schools = _schools(school_code, row[_SCHOOL] if row else None)
    return NamedEnrolment(
        student=students[found[0]],
        students=students,
        school=next((each for each in schools.values() if each.code == school_code), None),
        stored=enrolment_facts(row, schools) if row else None,
    )


def _locked(keys: Collection[int]) -> dict[int, Student]:
    found = Student.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
    return {student.pk: student for student in found}


def _schools(code: str, key: int | None) -> dict[int, OrganizationFacts]:
    """The school of a code, if there is one, and the school of a key, by their keys."""
    found = Organization.objects.filter(
        Q(code=code) | Q(pk=key), kind=Organization.Kind.SCHOOL
    ).select_related("authority")
    return {school.pk: organization_facts(school) for school in found}


def submitted_enrolment(request: dict[str, Any], named: NamedEnrolment) -> EnrolmentFacts:
    """The enrolment as the request wants it. Student and school exist."""
    stored = named.stored
    return EnrolmentFacts(
        key=stored.key if stored else 0,
        reference_id=request["RefId"],
        student=named.student.pk,
        school=named.school,
        school_year=request["SchoolYear"],
        grade=request["Grade"],
        programming_type=request["ProgrammingType"],
        programming_timeframe=request["ProgrammingTimeframe"],
        start_date=request["RegistrationStartDate"],
        exit_date=request["RegistrationExitDate"],
        exit_date_type=request["ExitDateType"],
        enrolment_type_codes=request["EnrolmentTypeCodes"],
        grants_program_codes=request["GrantsProgramCodes"],
        exception_codes=request["ExceptionCodes"],
        resident_board=request.get("ResidentBoard", ""),
        fnmi_declaration=request.get("FNMIDeclaration", ""),
        french_hours_of_instruction=request.get("FrenchHoursOfInstruction"),
        school_authority_provided_program_percentage=request.get(
            "SchoolAuthorityProvidedProgramPercentage"
        ),
        local_student_id=request.get("LocalStudentId", ""),
        is_deleted=request["IsDeleted"],
        version=stored.version if stored else 0,
    )


@dataclass(frozen=True)
class Neighbours:
    """What the persons concerned have besides the enrolment: nothing that is deleted."""

    enrolments: tuple[Beside, ...] = ()
    courses: tuple[Beside, ...] = ()

    def hold_courses_alone(self, person: int, school: int, school_year: int) -> bool:
        """There are course enrolments there, and no other school enrolment for them."""
        there = (person, school, school_year)
        return any(_place(each) == there for each in self.courses) and not any(
            _place(each) == there for each in self.enrolments
        )


def neighbours_of(named: NamedEnrolment) -> Neighbours:
    """All school and course enrolments of the persons but the one named. Three queries."""
    persons = {named.person_of(each).pk for each in named.students}
    secondary = Student.objects.filter(primary__any=sorted(persons)).values_list("pk", "primary_id")
    person_of = {**{person: person for person in persons}, **dict(secondary)}
    own = named.stored.key if named.stored else 0

    def of_persons(model: type) -> tuple[Beside, ...]:
        rows = model.objects.filter(student__any=sorted(person_of), is_deleted=False).values_list(
            "pk", "student_id", "school_id", "school_year"
        )
        return tuple(
            Beside(key, person_of[student], school, year) for key, student, school, year in rows
        )

    return Neighbours(
        enrolments=tuple(each for each in of_persons(SchoolEnrolment) if each.key != own),
        courses=of_persons(CourseEnrolment),
    )


def _place(each: Beside) -> tuple[int, int, int]:
    return each.person, each.school, each.school_year


def enrolments_from(numbers: Collection[int], since: datetime.date, school_year: int) -> list[int]:
    """Keys of enrolments, not deleted, under these numbers: of the school year, of later ones, and
    those that lasted until the day `since` or longer. One query.
    """
    return list(
        SchoolEnrolment.objects.filter(
            Q(school_year__gte=school_year) | Q(exit_date__gte=since),
            student__any=sorted(numbers),
            is_deleted=False,
        ).values_list("pk", flat=True)
    )
