"""What the loaders of the files share: the call, what is known by now, and how rows are written.

Rows are written as they are read, so the tables themselves say what exists: what an earlier row of
the file brought and what the database had before are found by the same question. Memory does not
grow with the files, but for eight bytes a new student. At the first error history and triggers are
no longer written, since everything will be rolled back; good rows still are, because later ones may
refer to them.
"""

import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials import recalculations
from credentials.eligibility_facts import primaries_of
from credentials.models import RequirementSet
from credentials.transcripts import hand_over
from enrolments import triggers
from enrolments.models import CourseEnrolment, SchoolEnrolment
from pasi import bulk
from pasi.importing.columns import CodeList, Column
from pasi.importing.reader import Chunk, Errors
from pasi.models import Code, Organization, Versioned
from students.models import Student

TRIGGER_OBJECT = "Import"
REQUIREMENT_SETS = "RequirementSet"  # a code list that is a table of its own
STUDENTS_AT_ONCE = 20_000
ROWS_WORTH_COUNTING = 1_000


class KnownOrganization(NamedTuple):
    id: int | None  # None: its row was refused, so it is known but not written
    kind: str


NOWHERE = KnownOrganization(None, "")


class ImportSession:
    """One import in progress, inside the transaction of its call."""

    def __init__(self, call: UUID, *, is_dry_run: bool, calculates: bool = False) -> None:
        self.call = call
        self.calculates = calculates
        self.now = timezone.now()
        self.errors = Errors()
        self.is_dry_run = is_dry_run
        self.has_new_courses = False
        self.history_and_trigger_seconds = 0.0
        # At most 30,000: that many codes there are.
        self.organizations: dict[str, KnownOrganization] = {
            code: KnownOrganization(key, kind)
            for code, key, kind in Organization.objects.values_list("code", "id", "kind")
        }
        self.refused_asns: set[str] = set()
        self._new_students = array("q")
        self._known_students: set[int] = set()
        self._enrolled_students: set[int] = set()
        self._counted: set[type[models.Model]] = set()

    # --- Writing ---

    @property
    def will_stay(self) -> bool:
        """Whether what is written now can still be kept."""
        return not self.is_dry_run and not self.errors

    def write(
        self,
        model: type[models.Model],
        count: int,
        columns: Mapping[str, Iterable[Any]],
        *,
        ids: Sequence[Any] | None = None,
        has_history: bool = True,
    ) -> Sequence[Any]:
        """COPY `count` rows, given as columns, and their history; their primary keys.

        Keys come from the database unless `ids` brings them; versions are taken where the model
        carries one. Columns may be endless (itertools.repeat): the keys are not.
        """
        if not count:
            return []
        columns = dict(columns)
        if ids is None:
            ids = bulk.next_ids(model, count)
        columns.setdefault(model._meta.pk.column, ids)
        if issubclass(model, Versioned):
            columns["version"] = bulk.next_versions(count)
        bulk.copy_rows(model, list(columns), zip(*columns.values(), strict=False))
        if count >= ROWS_WORTH_COUNTING and model not in self._counted:
            self._counted.add(model)
            bulk.count_rows_for_planner(model)
        if has_history:
            self.write_history(model, ids)
        return ids

    def write_history(self, model: type[models.Model], ids: Sequence[Any]) -> None:
        if self.will_stay:
            with self._timed():
                bulk.copy_history(model, self.call, ids)

    def raise_first_triggers(self, processor: str, ids: Sequence[int]) -> None:
        """Have new records looked at."""
        if self.will_stay:
            with self._timed():
                triggers.raise_first_triggers(processor, ids, TRIGGER_OBJECT)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.history_and_trigger_seconds += time.perf_counter() - started

    # --- Students ---

    def note_enrolled(self, students: Iterable[int]) -> None:
        """Students who got an enrolment, or another number: of those who were there before, what
        they had hangs together with what came."""
        self._enrolled_students.update(key for key in students if not self.is_new(key))

    def add_students(self, ids: Iterable[int]) -> None:
        """Note students made by this import; `ids` ascend and are above all noted before."""
        self._new_students.extend(ids)

    def is_new(self, student: int) -> bool:
        position = bisect_left(self._new_students, student)
        return position < len(self._new_students) and self._new_students[position] == student

    def find_students(self, chunk: Chunk) -> None:
        """Add the column student_id to a chunk with a column asn; refuse unknown numbers."""
        asns = chunk["asn"]
        found = bulk.keys_by(Student, "asn", sorted(set(asns)), "varchar")
        known = {key for key in found.values() if not self.is_new(key)}
        self.lock_known_students(known)
        self._known_students.update(known)
        self.refer(chunk, "student_id", "asn", found.get, self.refused_asns)

    def change_students(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Set `columns` of students; each row is (student, value of each column).

        A student of this import gets one history row, at its end. One that was there before gets
        a new version and a history row of its own.
        """
        bulk.complete_rows(Student, columns, [row for row in rows if self.is_new(row[0])])
        known = sorted(row for row in rows if not self.is_new(row[0]))
        versions = bulk.next_versions(len(known))
        bulk.update_rows(
            Student,
            (*columns, "version", "updated_at"),
            [(*row, version, self.now) for row, version in zip(known, versions, strict=True)],
            self.call,
        )

    def lock_known_students(self, students: Iterable[int]) -> None:
        """Lock those of `students` that others can see, in the order of their keys."""
        known = [student for student in students if not self.is_new(student)]
        if known:
            list(
                Student.objects.select_for_update(no_key=True)
                .filter(id__any=known)
                .order_by("id")
                .values_list("id")
            )

    def finish_students(self) -> None:
        """History of the new students, now that they are complete, and triggers for all."""
        for ids in _slices(self._new_students):
            self.write_history(Student, ids)
            self.raise_first_triggers("Student", ids)
        if self.will_stay:
            with self._timed():
                for ids in _slices(array("q", sorted(self._known_students))):
                    triggers.raise_triggers("Student", ids, TRIGGER_OBJECT)
                for ids in _slices(array("q", sorted(self._enrolled_students))):
                    self._have_enrolments_looked_at(ids)

    def have_transcripts_calculated(self) -> None:
        """Hand the students of this import over to the calculator, if that was asked for."""
        if not self.calculates or not self.will_stay:
            return
        if self.has_new_courses:  # they may be in other groups than their codes told
            recalculations.want(f"Import {self.call}", recalculations.every_set())
        with self._timed():
            for ids in _slices(self._new_students):
                numbers = dict(primaries_of(ids))
                own = [key for key, primary in numbers.items() if key == primary]
                self.raise_first_triggers("Transcript", sorted(own))
                self._known_students.update(
                    primary for primary in numbers.values() if not self.is_new(primary)
                )
                hand_over(own, self.call)
            for ids in _slices(array("q", sorted(self._known_students))):
                students = sorted(set(primaries_of(ids).values()))
                self.lock_known_students(students)
                hand_over(students, self.call)
                triggers.raise_triggers("Transcript", students, TRIGGER_OBJECT)

    def _have_enrolments_looked_at(self, students: Sequence[int]) -> None:
        """Enrolments that were there before may hang together with what came, under any linked
        number of the person."""
        persons = [
            primary or student
            for student, primary in Student.objects.filter(pk__any=students).values_list(
                "pk", "primary_id"
            )
        ]
        secondary = Student.objects.filter(primary__any=persons).values_list("pk", flat=True)
        numbers = [*persons, *secondary]
        for processor, model in (
            ("StudentSchoolEnrolment", SchoolEnrolment),
            ("CourseEnrolment", CourseEnrolment),
        ):
            found = model.objects.filter(student__any=numbers, is_deleted=False)
            triggers.raise_triggers(
                processor, list(found.values_list("pk", flat=True)), TRIGGER_OBJECT
            )

    # --- Checks ---

    def refer(
        self,
        chunk: Chunk,
        name: str,
        column: str,
        key_of: Callable[[Any], Any],
        refused: Container[Any] = (),
        *,
        problem: str = "",
    ) -> None:
        """Add the column `name`: the key of what `column` refers to.

        A row that refers to nothing is refused; one that refers to a refused row is left out, for
        that row is reported already.
        """
        values = chunk[column]
        chunk[name] = map(key_of, values)
        if None in chunk[name]:
            for row, key in enumerate(chunk[name]):
                if key is not None:
                    continue
                if values[row] in refused:
                    chunk.leave_out(row)
                else:
                    what = problem or _("is not known")
                    chunk.refuse(row, column, f"{what}: {values[row]!r}")
            chunk.keep_good()

    def find_schools(self, chunk: Chunk) -> None:
        """Add the column school_id to a chunk with a column school_code."""
        schools = {
            code: known.id
            for code, known in self.organizations.items()
            if known.kind == Organization.Kind.SCHOOL and known.id is not None
        }
        refused = {code for code, known in self.organizations.items() if known.id is None}
        problem = _("is not a known school")
        self.refer(chunk, "school_id", "school_code", schools.get, refused, problem=problem)

    def find_organizations(self, chunk: Chunk, name: str, column: str) -> None:
        """Add the column `name`: the organization that the optional `column` names, or None."""
        known = self.organizations
        missing = {code for code in set(chunk[column]) if code and not known.get(code, NOWHERE).id}
        if missing:
            for row, code in enumerate(chunk[column]):
                if code in missing and code in known:
                    chunk.leave_out(row)
                elif code in missing:
                    chunk.refuse(
                        row, column, _("is not a known organization: {code!r}").format(code=code)
                    )
            chunk.keep_good()
        chunk[name] = [known[code].id if code else None for code in chunk[column]]

    def refuse_existing(
        self,
        chunk: Chunk,
        column: str,
        model: type[models.Model],
        keys: Mapping[str, Sequence[Any]],
        problem: str = "",
    ) -> None:
        """Refuse rows whose key an earlier row or the database has.

        `keys`: database column -> values, together unique in the table of `model`.
        """
        rows = list(zip(*keys.values(), strict=True))
        taken = self._taken(model, list(keys), rows)
        if len(set(rows)) < len(rows):
            seen = set()
            for row, key in enumerate(rows):
                if key in seen:
                    taken.add(row)
                seen.add(key)
        for row in sorted(taken):
            what = problem or _("exists already, in an earlier row or in the database")
            chunk.refuse(row, column, f"{what}: {chunk[column][row]!r}")
        chunk.keep_good()

    def _taken(
        self, model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple]
    ) -> set[int]:
        """Positions of the `rows` that exist in the table.

        Where rows of one student stand together, most students are met for the first time: asking
        for the students first spares most of the questions.
        """
        leading = list({row[0] for row in rows})
        if len(columns) == 1 or len(leading) > len(rows) // 2:
            return set(bulk.existing(model, columns, rows))
        met = {
            leading[position]
            for position in bulk.existing(model, columns[:1], [(key,) for key in leading])
        }
        asked = [position for position, row in enumerate(rows) if row[0] in met]
        found = bulk.existing(model, columns, [rows[position] for position in asked])
        return {asked[position] for position in found}


def _slices(ids: array) -> Iterator[list[int]]:
    for start in range(0, len(ids), STUDENTS_AT_ONCE):
        yield ids[start : start + STUDENTS_AT_ONCE].tolist()


def code_values(columns: Iterable[Column]) -> dict[str, frozenset[str]]:
    """The values of every code list that `columns` name."""
    wanted = {c.reading.code_type for c in columns if isinstance(c.reading, CodeList)}
    found: dict[str, set[str]] = {code_type: set() for code_type in wanted}
    for code_type, code in Code.objects.filter(code_type__in=wanted).values_list(
        "code_type", "code"
    ):
        found[code_type].add(code)
    if REQUIREMENT_SETS in wanted:
        found[REQUIREMENT_SETS] = set(RequirementSet.objects.values_list("code", flat=True))
    return {code_type: frozenset(values) for code_type, values in found.items()}
