"""Loading what the alert rules look at: the facts of many records in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q

from enrolments.facts import (
    CitizenshipFacts,
    CourseEnrolmentFacts,
    EnrolmentFacts,
    OrganizationFacts,
    PersonFacts,
    RecordedName,
    RestrictionFacts,
    SchoolEnrolmentFacts,
    StudentFacts,
)
from enrolments.models import CourseEnrolment, SchoolEnrolment
from enrolments.status_processor import Subject
from pasi.bulk import Many
from pasi.calendar import business_today, current_school_year
from pasi.codes import code_list
from pasi.models import Organization
from students.models import CitizenshipStatus, DisclosureRestriction, Name, Student

ENROLMENT_COLUMNS = (
    *("pk", "reference_id", "student_id", "school_id", "school_year", "grade"),
    *("programming_type", "programming_timeframe", "start_date", "exit_date", "exit_date_type"),
    *("enrolment_type_codes", "grants_program_codes", "exception_codes", "resident_board"),
    *("fnmi_declaration", "french_hours_of_instruction"),
    *("school_authority_provided_program_percentage", "local_student_id", "is_deleted", "version"),
)
_ORGANIZATION_COLUMNS = ("pk", "code", "kind", "classification", "opened_on", "closed_on")
_SCHOOL, _FIRST_CODES, _LAST_CODES = 3, 11, 13


def enrolment_facts(row: Sequence, schools: Mapping[int, OrganizationFacts]) -> EnrolmentFacts:
    """One row of ENROLMENT_COLUMNS; `schools` by key."""
    values = list(row)
    values[_SCHOOL] = schools[values[_SCHOOL]]
    for place in range(_FIRST_CODES, _LAST_CODES + 1):
        values[place] = tuple(values[place].split(";")) if values[place] else ()
    return EnrolmentFacts._make(values)


# --- School enrolments --------------------------------------------------------------------------


def load_school_enrolments(keys: Sequence[int]) -> dict[int, Subject]:
    """Subjects of school enrolments. Eight queries."""
    person_of, asns = _persons(SchoolEnrolment, keys)
    rows = list(
        SchoolEnrolment.objects.filter(student__any=Many(person_of)).values_list(*ENROLMENT_COLUMNS)
    )
    schools = organizations_by_key({row[_SCHOOL] for row in rows})
    enrolments = {row[0]: enrolment_facts(row, schools) for row in rows}
    wanted = set(keys)
    boards = _authorities({e.resident_board for e in enrolments.values() if e.key in wanted})
    people = _people(set(person_of.values()))
    of_person: dict[int, list[EnrolmentFacts]] = defaultdict(list)
    for enrolment in enrolments.values():
        if not enrolment.is_deleted:
            of_person[person_of[enrolment.student]].append(enrolment)
    today, year = business_today(), current_school_year()
    grants = code_list("GrantsProgram")
    subjects = {}
    for key in keys:
        enrolment = enrolments.get(key)
        if enrolment is None:
            continue
        person = person_of[enrolment.student]
        facts = SchoolEnrolmentFacts(
            enrolment=enrolment,
            person=_called(people[person], asns[enrolment.student]),
            today=today,
            current_school_year=year,
            others=[other for other in of_person[person] if other.key != key],
            resident_boards=boards,
            expired_grants=frozenset(
                code
                for code in enrolment.grants_program_codes
                if code in grants and not grants[code].is_in_effect(enrolment.school_year)
            ),
        )
        subjects[key] = Subject(
            enrolment.student,
            facts,
            enrolment.school.key,
            enrolment.school_year,
            enrolment.reference_id,
        )
    return subjects


def _persons(model: type, keys: Sequence[int]) -> tuple[dict[int, int], dict[int, str]]:
    """All numbers of the persons behind enrolments: student -> the key of the primary; and
    student -> ASN. Two queries.
    """
    persons = Many(
        {
            primary or student
            for student, primary in model.objects.filter(pk__any=Many(keys)).values_list(
                "student_id", "student__primary_id"
            )
        }
    )
    numbers = Student.objects.filter(Q(pk__any=persons) | Q(primary__any=persons)).values_list(
        "pk", "primary_id", "asn"
    )
    person_of, asns = {}, {}
    for student, primary, asn in numbers:
        person_of[student] = primary or student
        asns[student] = asn
    return person_of, asns


def organizations_by_key(keys: Iterable[int]) -> dict[int, OrganizationFacts]:
    """Schools with their authorities. One query."""
    authorities: dict[int, OrganizationFacts] = {}
    found = {}
    rows = Organization.objects.filter(pk__any=sorted(keys)).values_list(
        *_ORGANIZATION_COLUMNS, *(f"authority__{column}" for column in _ORGANIZATION_COLUMNS)
    )
    for row in rows:
        own, above = row[: len(_ORGANIZATION_COLUMNS)], row[len(_ORGANIZATION_COLUMNS) :]
        authority = None
        if above[0] is not None:
            authority = authorities.setdefault(above[0], OrganizationFacts(*above))
        found[own[0]] = OrganizationFacts(*own, authority)
    return found


def organization_facts(organization: Organization) -> OrganizationFacts:
    authority = organization.authority
    return OrganizationFacts(
        organization.pk,
        organization.code,
        organization.kind,
        organization.classification,
        organization.opened_on,
        organization.closed_on,
        organization_facts(authority) if authority else None,
    )


def _authorities(boards: Iterable[str]) -> dict[str, OrganizationFacts]:
    """Authorities by the four digits of their codes. One query."""
    codes = [f"A.{board}" for board in sorted(boards) if board]
    found = Organization.objects.filter(code__any=codes, kind=Organization.Kind.AUTHORITY)
    return {each.code.removeprefix("A."): organization_facts(each) for each in found}


def _people(persons: Iterable[int]) -> dict[int, PersonFacts]:
    """The persons by the key of the primary number. Three queries."""
    keys = Many(sorted(persons))
    citizenships: dict[int, list[CitizenshipFacts]] = defaultdict(list)
    for student, *values in (
        CitizenshipStatus.objects.filter(student__any=keys, is_deleted=False)
        .order_by("effective_on", "pk")
        .values_list("student_id", "citizenship_status", "document_expiry_date", "effective_on")
    ):
        citizenships[student].append(CitizenshipFacts(*values))
    restrictions: dict[int, list[RestrictionFacts]] = defaultdict(list)
    for student, *values in DisclosureRestriction.objects.filter(
        student__any=keys, is_deleted=False
    ).values_list("student_id", "code", "effective_on", "expires_on", "is_active"):
        restrictions[student].append(RestrictionFacts(*values))
    return {
        student: PersonFacts(
            *values,
            citizenships=citizenships.get(student, ()),
            restrictions=restrictions.get(student, ()),
            document_type=document_type,
        )
        for student, *values, document_type in Student.objects.filter(pk__any=keys).values_list(
            *("pk", "asn", "birth_date", "is_deceased", "date_of_death", "document_type")
        )
    }


def _called(person: PersonFacts, asn: str) -> PersonFacts:
    """The person under the number that an enrolment is under."""
    if person.asn == asn:
        return person
    return PersonFacts(
        asn,
        person.birth_date,
        person.is_deceased,
        person.date_of_death,
        person.citizenships,
        person.restrictions,
        person.document_type,
    )


# --- Course enrolments --------------------------------------------------------------------------


def load_course_enrolments(keys: Sequence[int]) -> dict[int, Subject]:
    """Subjects of course enrolments. Four queries."""
    person_of, _asns = _persons(CourseEnrolment, keys)
    enrolled = {
        (person_of[student], school, year)
        for student, school, year in SchoolEnrolment.objects.filter(
            student__any=Many(person_of), is_deleted=False
        ).values_list("student_id", "school_id", "school_year")
    }
    today, current = business_today(), current_school_year()
    return {
        key: Subject(
            student,
            CourseEnrolmentFacts(
                school_year=year,
                status=status,
                start_date=start,
                is_deleted=is_deleted,
                has_school_enrolment=(person_of[student], school, year) in enrolled,
                today=today,
                current_school_year=current,
            ),
            school,
            year,
            reference,
        )
        for key, reference, student, school, year, status, start, is_deleted in (
            CourseEnrolment.objects.filter(pk__any=Many(keys)).values_list(
                *("pk", "reference_id", "student_id", "school_id", "school_year"),
                *("status", "start_date", "is_deleted"),
            )
        )
        if student in person_of
    }


# --- Students -----------------------------------------------------------------------------------


def load_students(keys: Sequence[int]) -> dict[int, Subject]:
    """Subjects of students. Two queries."""
    keys = Many(keys)
    names: dict[int, list[tuple]] = defaultdict(list)
    for student, *name in (
        Name.objects.filter(student__any=keys, is_deleted=False)
        .order_by("pk")
        .values_list("student_id", "pk", "first_name", "middle_name", "last_name", "suffix")
    ):
        names[student].append(tuple(name))
    return {
        key: Subject(
            key,
            StudentFacts(
                asn,
                is_deactivated,
                [
                    RecordedName(ref_id, _descriptor(ref_id, legal, original), *parts)
                    for ref_id, *parts in names.get(key, ())
                ],
            ),
        )
        for key, asn, is_deactivated, legal, original in Student.objects.filter(
            pk__any=keys
        ).values_list("pk", "asn", "is_deactivated", "legal_name_id", "original_name_id")
    }


def _descriptor(ref_id: int, legal: int, original: int) -> str:
    """What messages call a name; the legal one so, also where it is the original one."""
    if ref_id == legal:
        return "Legal"
    return "Original" if ref_id == original else "Alias"
