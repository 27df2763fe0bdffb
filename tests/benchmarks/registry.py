"""A large, believable registry of students, written by COPY, which can grow while it is measured.

Students, their names (three for every two of them) and name keys, each student's and name's first
history row, triggers and their status rows; secondary and deactivated numbers, restrictions, and
this school year's enrolment for a part of those of school age. Left out, since neither creating nor
searching reads them: addresses and other parts of the record, marks, credentials, older enrolments.
"""

import datetime
import time
import uuid
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from audit.models import ServiceCall
from credentials.maturity import maturity
from enrolments.models import SchoolEnrolment, StudentTrigger, StudentValidationStatus
from pasi import bulk
from pasi.calendar import business_today, current_school_year, first_day
from pasi.models import Organization
from pasi.province.people import (
    GENDERS,
    SUFFIXES,
    birth_year_in,
    family_name,
    given_name,
    name_at_second_number,
    short_name,
)
from pasi.province.reference import GRADE_CODES, one_of, reference
from pasi.services import Caller, recorded_call
from students.asn import EIGHT_DIGITS, asn_of, skip_pool_to
from students.models import DisclosureRestriction, Name, NameKey, Student
from students.name_keys import keys_of
from students.writing import KEY_COLUMNS
from tests.benchmarks import bulk_loading

OPERATOR = Caller(ServiceCall.Door.COMMAND)
SEED = 1
CHUNK = 25_000
YOUNGEST, OLDEST = 5, 34  # reached in the present calendar year

# Shares of the students: assumptions, meant to give every kind of search something to find.
SAME_PERSON_TWICE = 0.001  # same name, same day: two numbers that nobody has linked
TWINS = 0.006
SECONDARY = 0.01
DEACTIVATED = 0.005
RESTRICTED = 0.005
WITH_MIDDLE_NAME = 0.72
WITH_SUFFIX = 0.003
WITH_OTHER_NAME = 0.5
FORMER_NAME, PREFERRED_NAME = 0.3, 0.2  # of the other names; the rest are nicknames
ENROLLED = 0.6  # of school age: the others live elsewhere now

TABLES = (
    *(Student, Student.history.model, Name, Name.history.model, NameKey),
    *(StudentTrigger, StudentValidationStatus, DisclosureRestriction, SchoolEnrolment),
)
STUDENT_COLUMNS = (
    *("id", "asn", "version", "is_deactivated", "primary_id"),
    *("legal_name_id", "preferred_name_id", "original_name_id", "birth_date", "gender"),
    *("document_type", "document_number", "is_name_exact", "section23_eligibility"),
    *("is_deceased", "maturity_date", "maturity_reason", "created_on"),
    "created_by_organization_id",
)
NAME_COLUMNS = (
    *("id", "student_id", "first_name", "middle_name", "last_name", "suffix"),
    *("was_legal", "is_deleted"),
)
RESTRICTION_COLUMNS = ("student_id", "code", "details", "effective_on", "is_active", "is_deleted")
ENROLMENT_COLUMNS = (
    *("version", "reference_id", "student_id", "school_id", "school_year", "grade"),
    *("programming_type", "programming_timeframe", "start_date", "exit_date", "exit_date_type"),
    *("enrolment_type_codes", "grants_program_codes", "exception_codes", "resident_board"),
    *("fnmi_declaration", "local_student_id", "is_deleted"),
)


class Day(NamedTuple):
    """A birth date and what follows from it; texts are as COPY takes them."""

    date: datetime.date
    born: str
    mature_on: str
    mature_by: str
    created_on: str
    grade: int  # 0 = ECS; outside 0 to 12: not of school age


class Person(NamedTuple):
    """Has what the functions of pasi.province.people ask of a person."""

    first: str
    middle: str
    last: str
    suffix: str
    gender: str
    origin: str
    day: Day

    @property
    def parts(self) -> tuple[str, str, str, str]:
        return (self.first, self.middle, self.last, self.suffix)


@cache
def birthdays() -> list[Day]:
    """Every day on which a student of the registry may be born."""
    today, year = business_today(), current_school_year()
    day = datetime.date(today.year - OLDEST, 1, 1)
    days = []
    while day.year <= today.year - YOUNGEST:
        mature = maturity(day, ())
        created = min(datetime.date(day.year + YOUNGEST, 8, 20), today - datetime.timedelta(1))
        days.append(
            Day(
                day,
                day.isoformat(),
                mature.date.isoformat(),
                mature.reason,
                f"{created}T15:00:00Z",
                birth_year_in(0, year) - day.year,
            )
        )
        day += datetime.timedelta(1)
    return days


def somebody(rng: Random, day: Day | None = None, like: Person | None = None) -> Person:
    """A person; `like` somebody: of the same family."""
    names = reference()
    gender = GENDERS.draw(rng)
    origin = like.origin if like else names.origins.draw(rng)
    first = given_name(rng, names, origin, gender)
    middle = given_name(rng, names, origin, gender) if rng.random() < WITH_MIDDLE_NAME else ""
    return Person(
        first,
        middle if middle != first else "",
        like.last if like else family_name(rng, names, origin),
        one_of(rng, SUFFIXES) if rng.random() < WITH_SUFFIX else "",
        gender,
        origin,
        day or one_of(rng, birthdays()),
    )


class Registry:
    """The registry in the database; empty at first."""

    def __init__(self) -> None:
        self.students = self.names = self._last_of_pool = 0
        self._rng = Random(SEED)
        with recorded_call("Bench", OPERATOR, {}) as call:
            self._schools = _write_schools(call.message_id)

    @property
    def school(self) -> str:
        """The code of a school to call for."""
        return next(iter(self._schools))

    def grow_to(self, students: int) -> float:
        """Add students until there are so many; the seconds it took, VACUUM included."""
        started = time.perf_counter()
        with bulk_loading.into(TABLES):
            while self.students < students:
                size = min(CHUNK, students - self.students)
                with recorded_call("Bench", OPERATOR, {}) as call:
                    self._write(size, call.message_id)
                self.students += size
        skip_pool_to(self._last_of_pool)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        return time.perf_counter() - started

    def _write(self, size: int, call: UUID) -> None:
        """One chunk. The rows of a table are made before they are sent."""
        students = bulk.next_ids(Student, size)
        versions = bulk.next_versions(size)
        pool = bulk.next_values(EIGHT_DIGITS, size)
        keys = iter(bulk.next_ids(Name, 2 * size))
        chunk = _Chunk()
        for student, version, eight_digits in zip(students, versions, pool, strict=True):
            person, primary, is_deactivated = self._next(chunk, student)
            legal = preferred = next(keys)
            chunk.add_name(legal, student, person.parts, person.day, was_legal=True)
            if self._rng.random() < WITH_OTHER_NAME:
                parts, was_legal, is_preferred = self._other_name(person)
                other = next(keys)
                chunk.add_name(other, student, parts, person.day, was_legal=was_legal)
                preferred = other if is_preferred else legal
            school = self._school(person.day.grade)
            chunk.students.append(
                (
                    *(student, asn_of(eight_digits), version, is_deactivated, primary),
                    *(legal, preferred, legal, person.day.born, person.gender),
                    *("AlbertaBirthCertificate", "", True, ""),
                    *(False, person.day.mature_on, person.day.mature_by, person.day.created_on),
                    school,
                )
            )
            if self._rng.random() < RESTRICTED:
                chunk.restrictions.append(
                    (student, "Caution", "Ask first.", person.day.created_on, True, False)
                )
            if 0 <= person.day.grade <= 12 and self._rng.random() < ENROLLED:
                chunk.enrolments.append(self._enrolment(student, school, person.day.grade))
        chunk.write(call)
        bulk.raise_first_triggers(StudentTrigger, StudentValidationStatus, students, "Bench")
        self._last_of_pool = pool[-1]
        self.names += len(chunk.names)

    def _next(self, chunk: "_Chunk", student: int) -> tuple[Person, int | None, bool]:
        """Who gets the number `student`, the primary of a secondary one, and is it deactivated."""
        rng = self._rng
        chance = rng.random()
        person, primary, is_deactivated = None, None, chance > 1 - DEACTIVATED
        if chunk.holders and chance < SECONDARY + TWINS + SAME_PERSON_TWICE:
            earlier, holder = one_of(rng, chunk.holders)
            if chance < SECONDARY:
                first, middle = name_at_second_number(rng, reference(), holder)
                person, primary = holder._replace(first=first, middle=middle), earlier
            elif chance < SECONDARY + TWINS:
                person = somebody(rng, holder.day, like=holder)
            else:
                person = holder
        person = person or somebody(rng)
        if primary is None and not is_deactivated:
            chunk.holders.append((student, person))
        return person, primary, is_deactivated

    def _other_name(self, person: Person) -> tuple[tuple[str, str, str, str], bool, bool]:
        """Another name than the legal one; was it legal once, and is it preferred."""
        rng, chance = self._rng, self._rng.random()
        if chance < FORMER_NAME:
            last = family_name(rng, reference(), person.origin)
            if last != person.last:
                return (person.first, person.middle, last, ""), True, False
        first = short_name(rng, reference(), person)
        is_preferred = chance < FORMER_NAME + PREFERRED_NAME
        return (first, "", person.last, ""), False, is_preferred

    def _school(self, grade: int) -> int:
        """A school where the grade is taught; the larger, the likelier."""
        seats = reference().seats_by_grade[min(max(grade, 0), 12)]
        return self._schools[seats.draw(self._rng).code]

    def _enrolment(self, student: int, school: int, grade: int) -> tuple:
        year = current_school_year()
        return (
            *(uuid.UUID(int=self._rng.getrandbits(128), version=4), student, school, year),
            *(GRADE_CODES[grade], "Regular", "Day", first_day(year)),
            *(datetime.date(year, 6, 28), "CompletionDate", "", "", "", "", "", "", False),
        )


class _Chunk:
    """Rows on their way into the database, and those of whom there can be a second number."""

    def __init__(self) -> None:
        self.holders: list[tuple[int, Person]] = []
        self.students: list[tuple] = []
        self.names: list[tuple] = []
        self.name_keys: list[tuple] = []
        self.restrictions: list[tuple] = []
        self.enrolments: list[tuple] = []

    def add_name(
        self, key: int, student: int, parts: Sequence[str], day: Day, *, was_legal: bool
    ) -> None:
        self.names.append((key, student, *parts, was_legal, False))
        self.name_keys.append((key, student, day.born, was_legal, *keys_of(*parts[:3])))

    def write(self, call: UUID) -> None:
        bulk.copy_rows(Student, STUDENT_COLUMNS, self.students)
        bulk.copy_rows(Name, NAME_COLUMNS, self.names)
        bulk.copy_rows(NameKey, KEY_COLUMNS, self.name_keys)
        bulk.copy_history(Name, call, [row[0] for row in self.names])
        bulk.copy_history(Student, call, [row[0] for row in self.students])
        bulk.copy_rows(DisclosureRestriction, RESTRICTION_COLUMNS, self.restrictions)
        versions = bulk.next_versions(len(self.enrolments))
        bulk.copy_rows(
            SchoolEnrolment,
            ENROLMENT_COLUMNS,
            ((version, *row) for version, row in zip(versions, self.enrolments, strict=True)),
        )


def _write_schools(call: UUID) -> dict[str, int]:
    """The schools of the generated province and their authorities; their keys by code."""
    schools = reference().schools
    authorities = sorted({school.authority_code for school in schools.values()})
    columns = ("id", "code", "name", "kind", "authority_id", "classification", "city", "access")
    kinds, normal = Organization.Kind, Organization.Access.NORMAL
    known: dict[str, int] = {}
    for codes, kind in ((authorities, kinds.AUTHORITY), (list(schools), kinds.SCHOOL)):
        keys = bulk.next_ids(Organization, len(codes))
        bulk.copy_rows(
            Organization,
            columns,
            [
                (key, code, code, kind, known[schools[code].authority_code], "", "", normal)
                if kind == kinds.SCHOOL
                else (key, code, code, kind, None, "", "", normal)
                for key, code in zip(keys, codes, strict=True)
            ],
        )
        bulk.copy_history(Organization, call, keys)
        known |= dict(zip(codes, keys, strict=True))
    return {code: known[code] for code in schools}
