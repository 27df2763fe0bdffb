"""students.csv and the files of a student's names, addresses and disclosure restrictions."""

import datetime
from collections.abc import Iterable, Sequence
from itertools import compress, repeat
from typing import Any

from django.utils.translation import gettext as _

from credentials.maturity import Maturity, maturity
from pasi import bulk
from pasi.calendar import ALBERTA
from pasi.importing.loader import Loader
from pasi.importing.reader import CellError, Chunk
from pasi.importing.session import ImportSession
from students.asn import FIRST_OF_POOL, LAST_OF_POOL, skip_pool_to
from students.citizenship import stored_citizenship
from students.countries import preferred_country
from students.models import (
    NAME_PARTS,
    CitizenshipStatus,
    DisclosureRestriction,
    MailingAddress,
    Name,
    NameKey,
    Student,
)
from students.name_keys import Keys, keys_of

KEYED_PARTS = ("first_name", "middle_name", "last_name")  # as keys_of() takes them


class StudentLoader(Loader):
    """Students with their legal name, which is the original and, unless another name is marked, the
    preferred one. Secondary numbers wait until the whole file is read, for their primary may stand
    below them.
    """

    def __init__(self, session: ImportSession) -> None:
        super().__init__(session)
        self.secondaries: list[Chunk] = []
        self.secondary_asns: set[str] = set()
        self.greatest_of_pool = 0
        self._mature: dict[str, Maturity] = {}

    def load(self, chunk: Chunk) -> None:
        statuses = chunk["status"]
        for row, primary in enumerate(chunk["primary_asn"]):
            is_secondary = statuses[row] == Student.Status.SECONDARY
            if is_secondary and not primary:
                chunk.refuse(row, "primary_asn", _("is required for a secondary number"))
            elif primary and not is_secondary:
                chunk.refuse(row, "primary_asn", _("is for secondary numbers only"))
            elif chunk["citizenship_expires_on"][row] and not chunk["citizenship_status"][row]:
                chunk.refuse(row, "citizenship_status", _("is required with an expiry date"))
            elif chunk["asn"][row] in self.secondary_asns:
                chunk.refuse(row, "asn", _("stands in an earlier row"))
        chunk.keep_good()
        self.session.refuse_existing(chunk, "asn", Student, {"asn": chunk["asn"]})
        self.session.find_organizations(chunk, "created_by_organization_id", "created_by")
        self._note_greatest(chunk["asn"])
        statuses = chunk["status"]
        if Student.Status.SECONDARY in statuses:
            part = chunk.split([status == Student.Status.SECONDARY for status in statuses])
            self.secondaries.append(part)
            self.secondary_asns.update(part["asn"])
        self.session.refused_asns.update(chunk.lost)
        self._write(chunk, repeat(None))

    def finish(self) -> list[CellError]:
        errors = []
        for chunk in self.secondaries:
            self._find_primaries(chunk)
            self._write(chunk, chunk["primary_id"])
            self.session.refused_asns.update(chunk.lost)
            errors += chunk.errors
        return errors

    def conclude(self) -> None:
        """Have the pool go on above the numbers that came."""
        if self.greatest_of_pool:
            skip_pool_to(self.greatest_of_pool)

    def _note_greatest(self, asns: Sequence[str]) -> None:
        low, high = str(FIRST_OF_POOL), str(LAST_OF_POOL)
        of_pool = [digits for asn in asns if low <= (digits := asn[:8]) <= high]
        self.greatest_of_pool = max(self.greatest_of_pool, int(max(of_pool, default="0")))

    def _find_primaries(self, chunk: Chunk) -> None:
        """Add the column primary_id; refuse numbers whose primary cannot be one.

        Those that others can see are locked first: nobody links or deactivates them meanwhile.
        """
        asns = sorted(set(chunk["primary_asn"]))
        self.session.lock_known_students(bulk.keys_by(Student, "asn", asns, "varchar").values())
        found = {
            asn: (key, primary, is_deactivated)
            for asn, key, primary, is_deactivated in Student.objects.filter(
                asn__any=asns
            ).values_list("asn", "id", "primary_id", "is_deactivated")
        }
        for row, asn in enumerate(chunk["primary_asn"]):
            _key, primary, is_deactivated = found.get(asn, (None, None, False))
            if asn in self.secondary_asns or primary is not None:
                problem = _("is itself secondary: {asn!r}")
            elif is_deactivated:
                problem = _("is deactivated: {asn!r}")
            elif asn in found:
                continue
            elif asn in self.session.refused_asns:
                chunk.leave_out(row)
                continue
            else:
                problem = _("is not known: {asn!r}")
            chunk.refuse(row, "primary_asn", problem.format(asn=asn))
        chunk.keep_good()
        chunk["primary_id"] = [found[asn][0] for asn in chunk["primary_asn"]]
        self.session.note_enrolled(chunk["primary_id"])

    def _write(self, chunk: Chunk, primaries: Iterable[int | None]) -> None:
        """Write students, each with its legal name: the one refers to the other."""
        students = bulk.next_ids(Student, len(chunk))
        names = bulk.next_ids(Name, len(chunk))
        chunk["created_on"] = [moment or self.session.now for moment in chunk["created_on"]]
        mature = [self._mature_by_age(birth_date) for birth_date in chunk["birth_date"]]
        columns = {
            "asn": chunk["asn"],
            "is_deactivated": [s == Student.Status.DEACTIVATED for s in chunk["status"]],
            "primary_id": primaries,
            "legal_name_id": names,
            "preferred_name_id": names,
            "original_name_id": names,
            "birth_date": chunk["birth_date"],
            "gender": chunk["gender"],
            "document_type": chunk["document_type"],
            "document_number": repeat(""),
            "is_name_exact": repeat(True),
            "section23_eligibility": repeat(""),
            "is_deceased": [day is not None for day in chunk["deceased_on"]],
            "date_of_death": chunk["deceased_on"],
            "maturity_date": [found.date for found in mature],
            "maturity_reason": [found.reason for found in mature],
            "created_on": chunk["created_on"],
            "created_by_organization_id": chunk["created_by_organization_id"],
        }
        with bulk.reference_checked_later(Name, "student_id"):
            self._write_legal_names(chunk, students, names)
            self.session.write(Student, len(chunk), columns, ids=students, has_history=False)
        self.session.write_history(Name, names)
        _write_name_keys(
            self.session,
            names,
            students,
            chunk["birth_date"],
            [chunk[part] for part in KEYED_PARTS],
            was_legal=True,
        )
        self.session.add_students(students)
        self._write_citizenships(chunk, students)

    def _write_legal_names(
        self, chunk: Chunk, students: Sequence[int], names: Sequence[int]
    ) -> None:
        self.session.write(
            Name,
            len(chunk),
            {
                "student_id": students,
                **{part: chunk[part] for part in NAME_PARTS},
                "was_legal": repeat(True),
                "is_deleted": repeat(False),
                "effective_on": chunk["created_on"],
                "created_by_organization_id": chunk["created_by_organization_id"],
                "updated_by_organization_id": chunk["created_by_organization_id"],
            },
            ids=names,
            has_history=False,
        )

    def _write_citizenships(self, chunk: Chunk, students: Sequence[int]) -> None:
        rows = [
            (student, *stored_citizenship(status), expires, created.astimezone(ALBERTA).date())
            for student, status, expires, created in zip(
                students,
                chunk["citizenship_status"],
                chunk["citizenship_expires_on"],
                chunk["created_on"],
                strict=True,
            )
            if status
        ]
        if not rows:
            return
        columns = (
            "student_id",
            "citizenship_status",
            "guardian_citizenship_status",
            "document_expiry_date",
            "effective_on",
        )
        self.session.write(
            CitizenshipStatus,
            len(rows),
            {
                **dict(zip(columns, zip(*rows, strict=True), strict=True)),
                "is_deleted": repeat(False),
            },
        )

    def _mature_by_age(self, birth_date: str) -> Maturity:
        found = self._mature.get(birth_date)
        if found is None:
            found = maturity(datetime.date.fromisoformat(birth_date), ())
            self._mature[birth_date] = found
        return found


class NameLoader(Loader):
    """Names beside the legal one. One of them may be marked as preferred."""

    def load(self, chunk: Chunk) -> None:
        self.session.find_students(chunk)
        self.session.refuse_existing(
            chunk,
            "last_name",
            Name,
            {"student_id": chunk["student_id"], **{part: chunk[part] for part in NAME_PARTS}},
            _("the student has this name already"),
        )
        self.session.find_organizations(chunk, "added_by_organization_id", "added_by")
        self._refuse_second_preferred(chunk)
        names = self.session.write(
            Name,
            len(chunk),
            {
                "student_id": chunk["student_id"],
                **{part: chunk[part] for part in NAME_PARTS},
                "is_deleted": chunk["is_deleted"],
                "created_by_organization_id": chunk["added_by_organization_id"],
                "updated_by_organization_id": chunk["added_by_organization_id"],
            },
        )
        self._write_keys(chunk, names)
        preferred = [
            (student, name)
            for student, name, is_preferred in zip(
                chunk["student_id"], names, chunk["is_preferred"], strict=True
            )
            if is_preferred
        ]
        self.session.change_students(["preferred_name_id"], preferred)

    def _write_keys(self, chunk: Chunk, names: Sequence[int]) -> None:
        kept = [not is_deleted for is_deleted in chunk["is_deleted"]]
        students = list(compress(chunk["student_id"], kept))
        born = dict(
            Student.objects.filter(id__any=sorted(set(students))).values_list("id", "birth_date")
        )
        _write_name_keys(
            self.session,
            list(compress(names, kept)),
            students,
            [born[student] for student in students],
            [compress(chunk[part], kept) for part in KEYED_PARTS],
            was_legal=False,
        )

    def _refuse_second_preferred(self, chunk: Chunk) -> None:
        wanted = [row for row, is_preferred in enumerate(chunk["is_preferred"]) if is_preferred]
        students = chunk["student_id"]
        taken = {
            key
            for key, legal, preferred in Student.objects.filter(
                id__any=[students[row] for row in wanted]
            ).values_list("id", "legal_name_id", "preferred_name_id")
            if legal != preferred
        }
        for row in wanted:
            if chunk["is_deleted"][row]:
                chunk.refuse(row, "is_preferred", _("a deleted name cannot be preferred"))
            elif students[row] in taken:
                chunk.refuse(row, "is_preferred", _("the student has a preferred name already"))
            taken.add(students[row])
        chunk.keep_good()


def _write_name_keys(
    session: ImportSession,
    names: Sequence[int],
    students: Sequence[int],
    birth_dates: Sequence[Any],
    parts: Sequence[Iterable[str]],
    *,
    was_legal: bool,
) -> None:
    """Write what a search compares: the keys of names that are not deleted.

    `parts`: a column for each of KEYED_PARTS.
    """
    keys = zip(*map(keys_of, *parts), strict=True)
    session.write(
        NameKey,
        len(names),
        {
            "student_id": students,
            "birth_date": birth_dates,
            "was_legal": repeat(was_legal),
            **dict(zip(Keys._fields, keys, strict=False)),
        },
        ids=names,
        has_history=False,
    )


class AddressLoader(Loader):
    def load(self, chunk: Chunk) -> None:
        self.session.find_students(chunk)
        chunk["country"] = map(preferred_country, chunk["country"])
        columns = ("student_id", "address_type", "street", "city", "state_province")
        columns += ("postal_code", "country", "effective_on", "expires_on")
        self.session.write(
            MailingAddress,
            len(chunk),
            {**{column: chunk[column] for column in columns}, "is_deleted": repeat(False)},
        )


class RestrictionLoader(Loader):
    def load(self, chunk: Chunk) -> None:
        self.session.find_students(chunk)
        columns = ("student_id", "code", "details", "effective_on", "expires_on", "is_active")
        self.session.write(
            DisclosureRestriction,
            len(chunk),
            {**{column: chunk[column] for column in columns}, "is_deleted": repeat(False)},
        )
